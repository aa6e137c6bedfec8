"""``shuffle`` on 1,000,000 rows: learning the permutation and applying it, in batches.

The peer is ``numpy.random.Generator.permutation`` over the whole column, or pandas' over each group: other in every run,
and only for a column that is in memory at once.
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


def run(parameters: dict[str, Any], column: pa.Array, groups: pa.Array) -> None:
    """Learn and apply in batches, as a run does."""
    transform = TRANSFORMS.load("shuffle").model_validate(parameters)
    ids = pl.Series(np.arange(len(column))).cast(pl.String)
    context = Context("s.t.c", Column("c", logical=logical_of(column.type)), "d", KEYS)
    parts = [slice(cut, cut + BATCH) for cut in range(0, len(column), BATCH)]
    batches = [
        (column[part], replace(context, rows=lambda part=part: ids[part], sources={"city": groups[part]}))
        for part in parts
    ]
    learnt = transform.learn(iter(batches))
    for part, own in batches:
        transform.apply(part, replace(own, learnt=learnt))


def measure() -> Iterator[Figure]:
    """Distinct texts and numbers, in one group and in 1,000."""
    generator = np.random.default_rng(1)
    texts, numbers = pa.array([f"value {number}" for number in range(ROWS)]), pa.array(np.arange(ROWS))
    groups = pa.array([f"city {number}" for number in generator.integers(0, 1_000, ROWS)])
    gaps = pa.array(np.arange(ROWS), mask=generator.random(ROWS) < 0.5)
    raw, objects = numbers.to_numpy(), texts.to_numpy(zero_copy_only=False)
    frame = pd.DataFrame({"value": raw, "city": groups.to_pandas()})

    def in_groups() -> object:
        return frame.groupby("city")["value"].transform(lambda values: generator.permutation(values.to_numpy()))

    ours, peer = best(lambda: run({}, numbers, groups), ROWS), best(lambda: generator.permutation(raw), ROWS)
    yield Figure("shuffle, numbers", ours, "numpy permutation", peer)
    ours, peer = best(lambda: run({}, texts, groups), ROWS), best(lambda: generator.permutation(objects), ROWS)
    yield Figure("shuffle, texts", ours, "numpy permutation", peer)
    ours = best(lambda: run({"within": ["city"]}, numbers, groups), ROWS)
    yield Figure("shuffle, numbers, 1,000 groups", ours, "numpy permutation of each", best(in_groups, ROWS))
    yield Figure("shuffle, half of them null", best(lambda: run({}, gaps, groups), ROWS))
