"""Stage anonymize: raw rows through the plan's transforms into a second encrypted file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from importlib import metadata

import pyarrow as pa

from anon_assets import __version__
from anon_assets.columns import plain
from anon_assets.contracts.transform import Context
from anon_assets.distinct import on_dictionary, sharing_dictionaries
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

__all__ = ["anonymize_table", "made_from", "transform_batch", "word_lists"]


def transform_batch(
    table: PlannedTable,
    batch: pa.RecordBatch,
    keys: KeyRing,
    identity: RowIdentity,
    learnt: Learnt = NOTHING_LEARNT,
) -> pa.RecordBatch:
    """One batch of the table through every column's chain.

    Args:
        table: with its columns and chains.
        batch: source columns by name; at least those that the plan reads.
        keys: of the product. identity: kept over the batches of one pass.
        learnt: what ``learn_table`` learnt.

    Returns: a batch of the same length with the planned columns in order; one that came dictionary-encoded and is made
        value by value stays so, though its dictionary may hold a value twice.
    Raises: TransformError naming the column, without a value, whatever went wrong inside a transform.
    """
    met = contexts(table, batch, keys, identity)
    with sharing_dictionaries(values for values, _ in met.values()):
        if keyed := next((each for each in table.columns if each.effects.keyed_by_row), None):
            context = met[keyed.column.name][1]
            with own_errors(_failing(context.place, "identifying its rows")):
                context.rows()  # all threads at work on it, before columns wait for it
        arrays = in_parallel(lambda planned: _apply(planned, *met[planned.column.name], learnt), table.columns)
    return pa.RecordBatch.from_arrays(arrays, names=[planned.column.name for planned in table.columns])


def _failing(place: str, told: str) -> Callable[[str], TransformError]:
    return lambda kind: TransformError(place, f"{told} failed ({kind})")


def _apply(planned: PlannedColumn, values: pa.Array, context: Context, learnt: Learnt) -> pa.Array:
    with own_errors(_failing(context.place, planned.spelled)):
        if pa.types.is_dictionary(values.type) and planned.by_value:
            result = on_dictionary(values, lambda used: planned.apply(used, context, learnt))
        else:
            result = plain(planned.apply(plain(values), context, learnt))
    if len(result) != len(values):
        raise TransformError(context.place, f"{planned.spelled} yielded {len(result)} values for {len(values)}")
    return result


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
    identity = RowIdentity(table.table, keys)

    def batches() -> Iterator[pa.RecordBatch]:
        rows = 0
        for batch in prefetch(read_batches(store, raw_name, keys, sha256=raw.sha256)):
            yield transform_batch(table, batch, keys, identity, learnt)
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
