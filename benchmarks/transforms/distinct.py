"""A text column with 1 % distinct values beside one of the same length that has distinct ones only.

As rows are staged: batches of 65,536 as the raw file holds them, where text that repeats is dictionary-encoded; and once with
reading and writing the files. Through ``apply``: dictionary-encoded, as pandas categories, polars categoricals and Arrow
dictionaries are, and as plain text, whose values must first be told apart (some 20 to 40 ns each, and as much again to put
the results in their rows).
"""

from __future__ import annotations

import ipaddress
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
    "ip cryptopan": {"ip": {"scheme": "cryptopan"}},
    "ip ipcrypt_pfx": {"ip": {"scheme": "ipcrypt_pfx"}},
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


def _columns() -> Iterator[tuple[list[str], pa.Array, pa.Array]]:
    """Which kinds, all distinct values, as many rows of one in a hundred of them."""
    ip = [name for name in SPECS if name.startswith("ip ")]
    random = np.random.default_rng(3)
    hosts = random.choice(2**32, ROWS, replace=False).tolist()
    mail = pa.array([f"user{number}@shop{number % 97}.test" for number in range(ROWS)])
    addresses = pa.array([str(ipaddress.IPv4Address(host)) for host in hosts])
    few = pa.array(random.integers(0, ROWS // 100, ROWS))
    yield [name for name in SPECS if name not in ip], mail, mail.take(few)
    yield ip, addresses, addresses.take(few)


def measure() -> Iterator[Figure]:
    for names, distinct, repeated in _columns():
        with tempfile.TemporaryDirectory(prefix="ab-") as folder:
            store = Local(path=folder)
            for file, column in (("distinct", distinct), ("repeated", repeated)):
                batches = pa.table({"x": column}).to_batches(BATCH_ROWS)
                _write(store, file, *encoded(batches[0].schema, iter(batches), "s.t"))
            for name in names:
                once, often = (_batches_ns(store, file, SPECS[name]) for file in ("distinct", "repeated"))
                yield Figure(f"{name}, 1 % distinct, staged", often, "all distinct", once, ratio_wanted=10)
            if "token" in names:
                once, often = (_stage_ns(store, file, "token") for file in ("distinct", "repeated"))
                yield Figure("token, 1 % distinct, with both files", often, "all distinct", once)
        categories = repeated.dictionary_encode()
        for name in names:
            once = _ns(distinct, SPECS[name])
            often, plain = _ns(categories, SPECS[name]), _ns(repeated, SPECS[name])
            yield Figure(f"{name}, 1 % distinct, encoded", often, "all distinct", once, ratio_wanted=10)
            yield Figure(f"{name}, 1 % distinct, plain", plain, "all distinct", once)
