"""``anon_assets.apply`` on a pandas frame of 1,000,000 x 6 beside what cape-privacy 0.3 does to the same columns.

cape-privacy itself asks for pandas 1 and an older Python, so its algorithms run here as they stand in its source: a token
is ``sha256(value + key)`` value by value, a number gets uniform noise from one generator, a date likewise in days. Its
noise differs from run to run unless seeded and depends on the order of rows; ours is keyed by value and row. Ours uses as
many threads as there are processors (``POLARS_MAX_THREADS`` bounds them).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pandas as pd
import polars as pl

import anon_assets
from benchmarks.measuring import Figure, best

__all__ = ["measure"]

ROWS = 1_000_000
KEY = bytes(range(32))
TOKEN = {"token": {"encoding": "hex", "length": 32}}
COLUMNS = {
    "customer": TOKEN,
    "email": TOKEN,
    "city": TOKEN,
    "salary": {"noise": {"amount": 1_000}},
    "score": {"noise": {"amount": 0.5}},
    "born": {"date_noise": {"within": "30 days"}},
}


def frame(people: int) -> pd.DataFrame:
    """Orders of so many people."""
    rng = np.random.default_rng(7)
    who = rng.permutation(ROWS) % people
    return pd.DataFrame({
        "customer": pd.Series(who).map(lambda n: f"customer {n:07d}"),
        "email": pd.Series(who).map(lambda n: f"first.last{n}@example{n % 97}.org"),
        "city": pd.Series(rng.integers(0, 2_000, ROWS)).map(lambda n: f"city {n}"),
        "salary": rng.integers(20_000, 90_000, ROWS),
        "score": rng.uniform(0, 10, ROWS),
        "born": pd.to_datetime("1950-01-01") + pd.to_timedelta(rng.integers(0, 20_000, ROWS), unit="D"),
    })  # fmt: skip


def cape(table: pd.DataFrame) -> pd.DataFrame:
    """The same columns by cape-privacy's algorithms."""
    rng = np.random.default_rng()
    made = table.copy(deep=False)
    for name in ("customer", "email", "city"):
        made[name] = table[name].apply(lambda value: hashlib.sha256(value.encode() + KEY).hexdigest()[:32])
    made["salary"] = table["salary"] + pd.Series(rng.uniform(-1_000, 1_000, ROWS)).astype("int64")
    made["score"] = table["score"] + pd.Series(rng.uniform(-0.5, 0.5, ROWS))
    made["born"] = table["born"] + pd.to_timedelta(rng.integers(-30, 30, ROWS), unit="days")
    return made


def measure() -> Iterator[Figure]:
    """Nanoseconds per row of six columns."""
    for people, wanted in ((ROWS // 100, 10.0), (ROWS, None)):
        table = frame(people)
        own = best(lambda table=table: anon_assets.apply(table, COLUMNS, key=KEY), ROWS)
        theirs = best(lambda table=table: cape(table), ROWS, repeat=2)
        work = f"apply, {ROWS:,} x 6, {people:,} people, {pl.thread_pool_size()} threads"
        yield Figure(work, own, "cape-privacy 0.3's algorithms", theirs, ratio_wanted=wanted)
