"""What transforms must know of a whole column before its first value: means, quantiles, codes, a permutation."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping

import polars as pl
import pyarrow as pa

from anon_assets.columns import plain
from anon_assets.contracts.transform import Context
from anon_assets.crypto.envelope import open_sealed, seal
from anon_assets.distinct import decoded
from anon_assets.errors import StoreError
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import Learnt, PlannedColumn, PlannedTable
from anon_assets.stages.product import Product
from anon_assets.stages.row_identity import RowIdentity

__all__ = ["contexts", "keep_learnt", "learn_table", "load_learnt"]

_FILE = "learnt.sealed"


def contexts(table: PlannedTable, batch: pa.RecordBatch, keys: KeyRing, identity: RowIdentity) -> dict[str, Context]:
    """The context of every planned column, by column name; its source values are among ``sources``.

    Args:
        table: with its columns.
        batch: source columns by name; at least those that the plan reads.
        keys: of the product. identity: kept over the batches of one pass, asked at most once for each.
    """
    sources = _Sources(batch)
    domains = {planned.column.name: planned.domain for planned in table.columns}
    rows: list[pl.Series] = []
    asking = threading.Lock()  # columns are worked on in parallel

    def row_identities() -> pl.Series:
        with asking:
            if not rows:
                rows.append(identity.of(sources))
            return rows[0]

    return {
        planned.column.name: Context(
            f"{table.place}.{planned.column.name}", planned.column, planned.domain, keys, sources, domains, row_identities
        )
        for planned in table.columns
    }  # fmt: skip


class _Sources(Mapping[str, pa.Array]):
    """The columns of a batch, each without dictionary encoding from when it is first asked for."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self._batch = batch
        self._known: dict[str, pa.Array] = {}

    def __getitem__(self, name: str) -> pa.Array:
        if name not in self._known:
            self._known[name] = decoded(self._batch.column(name))
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._batch.schema.names)

    def __len__(self) -> int:
        return int(self._batch.num_columns)


def learn_table(table: PlannedTable, read: Callable[[], Iterable[pa.RecordBatch]], keys: KeyRing) -> Learnt:
    """Everything that the table's transforms must know first; each that learns costs one pass over the rows.

    Args:
        table: of the plan.
        read: begins a pass over the source rows, in the same order each time.
        keys: of the product.

    Raises: TransformError.
    """
    learnt: dict[tuple[str, int], pa.Table] = {}
    for planned in table.columns:
        for number in planned.learning:
            learnt[planned.column.name, number] = planned.learn(
                number, _pass(table, planned, number, read, keys, learnt)
            )
    return learnt


def _pass(
    table: PlannedTable, planned: PlannedColumn, number: int, read: Callable[[], Iterable[pa.RecordBatch]],
    keys: KeyRing, learnt: Learnt,
) -> Iterator[tuple[pa.Array, Context]]:  # fmt: skip
    identity = RowIdentity(table.table, keys)
    for batch in read():
        context = contexts(table, batch, keys, identity)[planned.column.name]
        values = context.sources[planned.column.name]
        yield plain(planned.apply(values, context, learnt, steps=number)), context


def keep_learnt(product: Product, keys: KeyRing, table: PlannedTable, learnt: Learnt) -> None:
    """Keep, encrypted, what is needed to reverse the table's columns; nothing else is kept. Raises: StoreError."""
    store, name = product.profile.store, product.staged("learnt", table.place)
    reversible = {each.column.name for each in table.columns if each.effects.reversible}
    kept = {key: known for key, known in learnt.items() if key[0] in reversible}
    if not kept:
        store.remove(name)
        return
    parts = [{"column": column, "step": step, "table": _written(known)} for (column, step), known in kept.items()]
    with store.stage(name) as folder:
        (folder / _FILE).write_bytes(seal(keys.derive("learnt"), json.dumps(parts).encode(), table.place.encode()))


def load_learnt(product: Product, keys: KeyRing, table: PlannedTable) -> Learnt:
    """What ``keep_learnt`` kept; empty when nothing was. Raises: StoreError when it cannot be read with these keys."""
    store, name = product.profile.store, product.staged("learnt", table.place)
    if not store.files(name):
        return {}
    with store.open(name, _FILE) as file:
        blob = file.read()
    parts = json.loads(open_sealed(keys.derive("learnt"), blob, table.place.encode()))
    if not isinstance(parts, list):
        raise StoreError(table.place, "what its transforms learnt cannot be read")
    return {(part["column"], part["step"]): _read(part["table"]) for part in parts}


def _written(table: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return str(sink.getvalue().to_pybytes().hex())


def _read(text: str) -> pa.Table:
    with pa.ipc.open_stream(bytes.fromhex(text)) as reader:
        return reader.read_all()
