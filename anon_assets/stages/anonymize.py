"""Stage anonymize: raw rows through the plan's transforms into a second encrypted file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from importlib import metadata

import pyarrow as pa

from anon_assets import __version__
from anon_assets.columns import plain
from anon_assets.contracts.transform import Context
from anon_assets.distinct import sharing_dictionaries
from anon_assets.encoded import OnDictionary
from anon_assets.errors import StoreError, TransformError
from anon_assets.guarding import own_errors
from anon_assets.keys import KeyRing
from anon_assets.parallel import in_parallel
from anon_assets.policies.plan import NOTHING_LEARNT, Learnt, Plan, PlannedColumn, PlannedTable
from anon_assets.stages.encrypted_parquet import Facts, read_batches, read_facts, write_batches
from anon_assets.stages.learning import contexts, keep_learnt, learn_table
from anon_assets.stages.prefetching import prefetch
from anon_assets.stages.product import Product, Progress, quiet
from anon_assets.stages.row_identity import RowIdentity

__all__ = ["TablePass", "anonymize_table", "made_from", "word_lists"]


class TablePass:
    """A table's rows through every column's chain, batch after batch in reading order.

    Args:
        table: with its columns and chains.
        keys: of the product.
        learnt: what ``learn_table`` learnt.
    """

    def __init__(self, table: PlannedTable, keys: KeyRing, learnt: Learnt = NOTHING_LEARNT) -> None:
        self._table, self._keys, self._learnt = table, keys, learnt
        self._identity = RowIdentity(table.table, keys)
        self._keyed = next((each.column.name for each in table.columns if each.effects.keyed_by_row), None)
        self._by_value = {each.column.name: OnDictionary() for each in table.columns if each.by_value}

    def transform(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The next batch.

        Args:
            batch: source columns by name; at least those that the plan reads.

        Returns: a batch of the same length with the planned columns in order; text that came dictionary-encoded and becomes
            text value by value stays so.
        Raises: TransformError naming the column, without a value, whatever went wrong inside a transform.
        """
        met = contexts(self._table, batch, self._keys, self._identity)
        with sharing_dictionaries(batch.columns):
            if self._keyed is not None:
                context = met[self._keyed]
                with own_errors(_failing(context.place, "identifying its rows")):
                    context.rows()  # all threads at work on it, before columns wait for it
            arrays = in_parallel(
                lambda planned: self._apply(planned, batch.column(planned.column.name), met[planned.column.name]),
                self._table.columns,
            )
        return pa.RecordBatch.from_arrays(arrays, names=[planned.column.name for planned in self._table.columns])

    def _apply(self, planned: PlannedColumn, values: pa.Array, context: Context) -> pa.Array:
        def run(values: pa.Array) -> pa.Array:
            made = plain(planned.apply(values, context, self._learnt))
            if len(made) != len(values):
                raise TransformError(context.place, f"{planned.spelled} yielded {len(made)} values for {len(values)}")
            return made

        with own_errors(_failing(context.place, planned.spelled)):
            by_value = self._by_value.get(planned.column.name)
            if by_value is not None and pa.types.is_dictionary(values.type):
                return by_value.apply(values, run)
            return run(context.sources[planned.column.name])


def _failing(place: str, told: str) -> Callable[[str], TransformError]:
    return lambda kind: TransformError(place, f"{told} failed ({kind})")


def anonymize_table(
    product: Product, keys: KeyRing, plan: Plan, table: PlannedTable, progress: Progress = quiet
) -> Facts:
    """Transform the staged raw rows of one table. Returns the facts of the new file.

    Raises: TransformError; StoreError when the raw rows are not there or were read under another schema.
    """
    store, raw_name = product.profile.store, product.staged("raw", table.place)
    raw = read_facts(store, raw_name, keys)
    if raw.structure != plan.schema.fingerprint:
        raise StoreError(table.place, "its raw rows were read under another schema", "materialize them anew")
    learnt = _learn(table, lambda: read_batches(store, raw_name, keys, sha256=raw.sha256), keys)
    keep_learnt(product, keys, table, learnt)
    transform = TablePass(table, keys, learnt).transform

    def batches() -> Iterator[pa.RecordBatch]:
        rows = 0
        for batch in prefetch(read_batches(store, raw_name, keys, sha256=raw.sha256, encoded=True)):
            yield transform(batch)
            rows += batch.num_rows
            progress("anonymize", table.place, rows)

    stream = batches()
    first = next(stream)

    def all_batches() -> Iterator[pa.RecordBatch]:
        yield first
        for batch in stream:
            yield _like(batch, first.schema, table.place)

    name = product.staged("anonymized", table.place)
    with store.stage(name) as folder:
        return write_batches(folder, name, first.schema, prefetch(all_batches()), keys,
            place=table.place, source_rows=raw.source_rows, made_from=made_from(plan, raw, keys), structure=raw.structure,
        )  # fmt: skip


def _learn(table: PlannedTable, read: Callable[[], Iterator[pa.RecordBatch]], keys: KeyRing) -> Learnt:
    with own_errors(_failing(table.place, "learning from its columns")):
        return learn_table(table, read, keys)


def made_from(plan: Plan, raw: Facts, keys: KeyRing) -> str:
    """What anonymized rows depend on, as one hash: plan, raw file, key version, and the versions of code and word lists."""
    parts = [plan.hash, raw.sha256, str(keys.current), __version__, word_lists()]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def word_lists() -> str:
    """The package that substitutes are drawn from; another version may choose others."""
    return f"Faker {metadata.version('Faker')}"


def _like(batch: pa.RecordBatch, schema: pa.Schema, place: str) -> pa.RecordBatch:
    if batch.schema.equals(schema):
        return batch
    try:
        return batch.cast(schema)
    except pa.ArrowException:
        raise TransformError(place, "batches of one column came out with different types") from None
