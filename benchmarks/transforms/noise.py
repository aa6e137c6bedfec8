"""``noise``, ``round``, ``bucket``, ``normalize``, ``categorize`` and ``random`` on 1,000,000 rows.

The peer is the algorithm of cape-privacy 0.3, which itself asks for pandas 1: numbers get uniform noise from one numpy
generator, or are rounded by pandas. Its noise is drawn from the position of a row and is other in every run; ours is a
keyed function of value and row. What that costs shows beside it, and beside a loop that draws by ``hmac.digest``.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
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
LOOPED = 50_000
BATCH = 65_536
KEYS = KeyRing("example", {1: Sealed(bytes(32))})


def run(kind: str, parameters: dict[str, Any], column: pa.Array, *, batch: int = BATCH, **facts: Any) -> None:
    """Learn and apply in batches, as a run does."""
    transform = TRANSFORMS.load(kind).model_validate(parameters)
    facts = {"logical": logical_of(column.type), **facts}
    ids = pl.Series(np.arange(len(column))).cast(pl.String)
    context = Context("s.t.c", Column("c", **facts), "d", KEYS)
    cuts = range(0, len(column), batch)
    batches = [
        (column[cut : cut + batch], replace(context, rows=lambda cut=cut: ids[cut : cut + batch])) for cut in cuts
    ]
    learnt = None
    if transform.effects(context.column).scope in {"column", "table"}:
        learnt = transform.learn(iter(batches))
    for part, own in batches:
        transform.apply(part, replace(own, learnt=learnt))


def hmac_loop(values: list[int]) -> list[int]:
    """Noise by one HMAC a value, in Python."""
    key = bytes(range(32)).hex().encode()
    made = []
    for row, value in enumerate(values):
        drawn = int.from_bytes(hmac.digest(key, f"{value}\x1f{row}".encode(), "sha256")[:8], "big")
        made.append(value + round((drawn / 2**63 - 1) * 1_000))
    return made


def measure() -> Iterator[Figure]:
    """Each kind on a column of its own, the numbers all distinct unless told."""
    rng = np.random.default_rng(1)
    whole, floats = rng.integers(0, 2**31, ROWS), rng.normal(50_000, 9_000, ROWS)
    few = rng.integers(0, 10_000, ROWS)
    integers, numbers = pa.array(whole), pa.array(floats)
    cents = pa.array(whole).cast(pa.decimal128(21, 2)).cast(pa.decimal128(17, 2))
    texts = pa.array(map(str, whole[:100_000]))
    series, real, generator = pd.Series(whole), pd.Series(floats), np.random.default_rng()

    def cape_integers() -> object:
        return series + pd.Series(generator.uniform(-1_000, 1_000, ROWS)).astype("int64")

    def cape_floats() -> object:
        return real + pd.Series(generator.uniform(-1_000, 1_000, ROWS))

    amount = {"amount": 1_000}
    looped = best(lambda: hmac_loop(whole[:LOOPED].tolist()), LOOPED)
    by_numpy, ours = best(cape_integers, ROWS), best(lambda: run("noise", amount, integers, bits=64), ROWS)
    yield Figure("noise, integers", ours, "cape-privacy's algorithm", by_numpy)
    yield Figure("noise, integers", ours, "loop over hmac.digest", looped)
    ours = best(lambda: run("noise", amount, numbers), ROWS)
    yield Figure("noise, floats", ours, "cape-privacy's algorithm", best(cape_floats, ROWS))
    gaussian = {**amount, "distribution": "gaussian"}
    yield Figure("noise, floats, gaussian", best(lambda: run("noise", gaussian, numbers), ROWS))
    facts = {"precision": 17, "scale": 2}
    yield Figure("noise, decimals", best(lambda: run("noise", amount, cents, **facts), ROWS))
    yield Figure("noise, numbers as text", best(lambda: run("noise", amount, texts, logical="decimal"), len(texts)))

    ours, pandas = best(lambda: run("round", {"digits": 2}, numbers), ROWS), best(lambda: real.round(2), ROWS)
    yield Figure("round, floats", ours, "cape-privacy's algorithm", pandas)
    yield Figure("round, integers", best(lambda: run("round", {"to": 10}, integers), ROWS))
    yield Figure("round, decimals", best(lambda: run("round", {"to": Decimal("0.5")}, cents, **facts), ROWS))
    for parameters in ({"width": 10}, {"edges": [0, 18, 65, 2**31]}, {"quantiles": 10}):
        (name,) = parameters
        # in one batch, as frames are worked on: values are told apart within a batch
        alone, often = (
            best(lambda p=parameters, c=column: run("bucket", p, c, batch=ROWS), ROWS)
            for column in (integers, pa.array(few))
        )
        yield Figure(f"bucket, {name}, distinct", alone)
        yield Figure(f"bucket, {name}, 1 % distinct", often, "all distinct", alone)
    yield Figure("normalize, learnt", best(lambda: run("normalize", {}, numbers), ROWS))
    repeated = pa.array([f"value {number}" for number in few])
    yield Figure("categorize, 1 % distinct", best(lambda: run("categorize", {}, repeated), ROWS))
    yield Figure(
        "random, integers", best(lambda: run("random", {"as": "integer", "from": 0, "to": 99}, integers), ROWS)
    )
    yield Figure("random, string of 12", best(lambda: run("random", {"as": "string", "length": 12}, repeated), ROWS))
    yield Figure("random, uuid", best(lambda: run("random", {"as": "uuid"}, repeated), ROWS))
