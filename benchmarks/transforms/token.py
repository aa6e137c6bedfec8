"""``token`` beside a loop over ``hmac.digest``, which yields the bare digest of each value.

A long column is hashed by as many threads as there are processors; ``POLARS_MAX_THREADS=1`` shows what one of them does.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

import numpy as np
import polars as pl
import pyarrow as pa

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed
from anon_assets.transforms.token import Token
from benchmarks.measuring import Figure, best

ROWS = 262_144
TURNS = 5


def measure() -> Iterator[Figure]:
    ring = KeyRing("bench", {1: Sealed(bytes(range(32)))})
    context = Context("s.t.c", Column("c"), "bench", ring)
    distinct = pa.array([f"user{number}@shop{number % 97}.test" for number in range(ROWS)])
    repeated = distinct.take(pa.array(np.random.default_rng(1).integers(0, ROWS // 100, ROWS)))
    values = [text.encode() for text in distinct.to_pylist()]
    key = ring.derive("bench", "token", "text").reveal().hex().encode()
    token = Token()
    works = (
        lambda: [hmac.digest(key, value, "sha256") for value in values],
        lambda: token.apply(distinct, context),
        lambda: token.apply(repeated, context),
    )
    # turn by turn, so that a moment in which the machine is busy falls on all of them
    turns = [[best(work, ROWS, repeat=1) for work in works] for _ in range(TURNS)]
    loop, alone, often = (min(times) for times in zip(*turns, strict=True))
    yield Figure(
        f"token, all distinct, {pl.thread_pool_size()} threads", alone, "hmac.digest loop", loop, ratio_wanted=5
    )
    yield Figure("token, 1 % distinct", often, "all distinct", alone, ratio_wanted=10)
