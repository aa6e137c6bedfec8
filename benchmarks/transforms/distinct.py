"""A text column with 1 % distinct values beside one of the same length that has distinct ones only.

As rows are staged: batches of 65,536 as the raw file holds them, where text that repeats is dictionary-encoded; and once with
reading and writing the files. Through ``apply``: dictionary-encoded, as pandas categories, polars categoricals and Arrow
dictionaries are, and as plain text, whose values must first be told apart (some 20 to 40 ns each, and as much again to put
the results in their rows).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

import anon_assets
from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import PlannedColumn, PlannedTable
from anon_assets.resources.stores.local import Local
from anon_assets.sealed import Sealed
from anon_assets.stages.anonymize import TablePass
from anon_assets.stages.encrypted_parquet import read_batches, write_batches
from anon_assets.stages.extract import BATCH_ROWS, encoded
from benchmarks.measuring import Figure, best

__all__ = ["measure"]

ROWS = 1_000_000
KEY = bytes(range(32))
_KEYS = KeyRing("example", {1: Sealed(KEY)})
SPECS: dict[str, Any] = {
    "token": "token",
    "cipher": "cipher",
    "hash": "hash",
    "fpe email": {"fpe": {"as": "email"}},
    "fpe auto": {"fpe": {"as": "auto"}},
    "fake person_name": {"fake": {"as": "person_name"}},
    "fake city": {"fake": {"as": "city"}},
    "fake email": {"fake": {"as": "email"}},
    "mask": {"mask": {"last": 4}},
    "mask email": {"mask": {"as": "email"}},
    "generalize prefix": {"generalize": {"prefix": 3}},
}


def _ns(column: pa.Array, spec: Any) -> float:
    table = pa.table({"x": column})
    return best(lambda: anon_assets.apply(table, {"x": spec}, key=KEY), len(column))


def _table(spec: Any) -> PlannedTable:
    column = Column("x")
    kind, parameters = (spec, {}) if isinstance(spec, str) else next(iter(spec.items()))
    steps = (TRANSFORMS.load(kind).model_validate(parameters),)
    return PlannedTable(Table("s", "t", (column,)), "copy", (PlannedColumn(column, steps, "x"),))


def _batches_ns(store: Local, name: str, spec: Any) -> float:
    batches, table = list(read_batches(store, name, _KEYS, encoded=True)), _table(spec)
    return best(lambda: list(map(TablePass(table, _KEYS).transform, batches)), ROWS)


def _stage_ns(store: Local, name: str, spec: Any) -> float:
    table = _table(spec)

    def stage() -> None:
        made = map(TablePass(table, _KEYS).transform, read_batches(store, name, _KEYS, encoded=True))
        first = next(made)
        _write(store, "made", first.schema, chain([first], made))

    return best(stage, ROWS)


def _write(store: Local, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    with store.stage(name) as folder:
        write_batches(folder, name, schema, batches, _KEYS, place="s.t", source_rows=ROWS)


def measure() -> Iterator[Figure]:
    addresses = pa.array([f"user{number}@shop{number % 97}.test" for number in range(ROWS)])
    repeated = addresses.take(pa.array(np.random.default_rng(3).integers(0, ROWS // 100, ROWS)))
    categories = repeated.dictionary_encode()
    with tempfile.TemporaryDirectory(prefix="ab-") as folder:
        store = Local(path=folder)
        for name, column in (("distinct", addresses), ("repeated", repeated)):
            _write(
                store,
                name,
                *encoded(pa.schema({"x": pa.string()}), iter(pa.table({"x": column}).to_batches(BATCH_ROWS)), "s.t"),
            )
        for name, spec in SPECS.items():
            once, often = _batches_ns(store, "distinct", spec), _batches_ns(store, "repeated", spec)
            yield Figure(f"{name}, 1 % distinct, staged", often, "all distinct", once, ratio_wanted=10)
        once, often = _stage_ns(store, "distinct", "token"), _stage_ns(store, "repeated", "token")
        yield Figure("token, 1 % distinct, with both files", often, "all distinct", once)
    for name, spec in SPECS.items():
        once = _ns(addresses, spec)
        yield Figure(f"{name}, 1 % distinct, encoded", _ns(categories, spec), "all distinct", once, ratio_wanted=10)
        yield Figure(f"{name}, 1 % distinct, plain", _ns(repeated, spec), "all distinct", once)
