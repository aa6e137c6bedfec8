"""``date_shift``, ``date_noise`` and ``date_truncate`` on 1,000,000 rows.

The peer is the algorithm of cape-privacy 0.3, which itself asks for pandas 1: noise from one numpy generator as a pandas
timedelta (a year of 365 days, a month of 30), dates that Python holds turned to pandas and back; truncation by a numpy cast.
Its noise is drawn from the position of a row and is other in every run; ours is keyed by value and row, and its months
are those of the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from anon_assets.columns import logical_of
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed
from benchmarks.measuring import Figure, best

__all__ = ["measure"]

ROWS = 1_000_000
BATCH = 65_536
KEYS = KeyRing("example", {1: Sealed(bytes(32))})


def run(
    kind: str, parameters: dict[str, Any], column: pa.Array, subjects: pa.Array | None = None, **facts: Any
) -> None:
    """Apply in batches, as a run does."""
    transform = TRANSFORMS.load(kind).model_validate(parameters)
    facts = {"logical": logical_of(column.type), **facts}
    ids = pl.Series(np.arange(len(column))).cast(pl.String)
    context = Context("s.t.c", Column("c", **facts), "d", KEYS)
    for cut in range(0, len(column), BATCH):
        here = slice(cut, cut + BATCH)
        sources = {} if subjects is None else {"person": subjects[here]}
        own = replace(
            context, rows=lambda here=here: ids[here], sources=sources, domains=dict.fromkeys(sources, "people")
        )
        transform.apply(column[here], own)


def measure() -> Iterator[Figure]:
    """Days among 20,000, moments all distinct."""
    rng = np.random.default_rng(1)
    days = pa.array(rng.integers(0, 20_000, ROWS).astype(np.int32)).view(pa.date32())
    moments = pa.array(rng.integers(0, 1_700_000_000_000_000, ROWS)).view(pa.timestamp("us"))
    zoned = moments.cast(pa.timestamp("us", "UTC"))
    texts = moments[:200_000].cast(pa.string())
    people = pa.array([f"person {number}" for number in rng.integers(0, 100_000, ROWS)])
    stamps, objects = pd.Series(moments.to_numpy()), pd.Series(days.to_pylist())
    generator = np.random.default_rng()

    def cape(series: pd.Series, frequencies: tuple[str, ...]) -> pd.Series:
        dated = series.dtype == object
        moved = pd.to_datetime(series) if dated else series
        for name in frequencies:
            drawn = generator.integers(-30, 30, size=series.shape)
            times = {"YEAR": (365, "days"), "MONTH": (30, "days"), "DAY": (1, "days"), "HOUR": (1, "hours")}[name]
            moved = moved + pd.to_timedelta(drawn * times[0], unit=times[1])
        return moved.dt.date if dated else moved

    within = {"within": "30 days"}
    ours = best(lambda: run("date_noise", within, days), ROWS)
    yield Figure("date_noise, dates", ours, "cape-privacy's algorithm", best(lambda: cape(objects, ("DAY",)), ROWS))
    ours = best(lambda: run("date_noise", within, moments), ROWS)
    yield Figure("date_noise, times", ours, "cape-privacy's algorithm", best(lambda: cape(stamps, ("DAY",)), ROWS))
    several = {"within": {"years": 1, "months": 2, "days": 30, "hours": 12}}
    ours = best(lambda: run("date_noise", several, moments), ROWS)
    peer = best(lambda: cape(stamps, ("YEAR", "MONTH", "DAY", "HOUR")), ROWS)
    yield Figure("date_noise, four units", ours, "cape-privacy's algorithm", peer)
    yield Figure(
        "date_noise, times as text", best(lambda: run("date_noise", within, texts, logical="timestamp"), len(texts))
    )
    yield Figure("date_shift, dates, one offset", best(lambda: run("date_shift", within, days), ROWS))
    per = {**within, "per": "person"}
    yield Figure("date_shift, dates, 100,000 subjects", best(lambda: run("date_shift", per, days, people), ROWS))
    yield Figure(
        "date_shift, times as text", best(lambda: run("date_shift", within, texts, logical="timestamp"), len(texts))
    )

    def cape_month(series: pd.Series) -> pd.Series:
        cut = pd.Series(series.to_numpy().astype("<M8[M]").astype("<M8[s]"))  # pandas 3 refuses a series of months
        return cut.dt.date if series.dtype == object else cut

    ours = best(lambda: run("date_truncate", {"to": "month"}, days), ROWS)
    yield Figure("date_truncate, dates", ours, "cape-privacy's algorithm", best(lambda: cape_month(objects), ROWS))
    ours = best(lambda: run("date_truncate", {"to": "month"}, moments), ROWS)
    yield Figure("date_truncate, times", ours, "cape-privacy's algorithm", best(lambda: cape_month(stamps), ROWS))
    berlin = {"to": "day", "zone": "Europe/Berlin"}
    ours = best(lambda: run("date_truncate", berlin, zoned), ROWS)
    aware = stamps.dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin")
    yield Figure(
        "date_truncate, day of a zone", ours, "pandas floor", best(lambda: aware.dt.floor("D", ambiguous=True), ROWS)
    )
