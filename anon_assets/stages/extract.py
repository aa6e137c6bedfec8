"""Stage extract: rows of one table from the source snapshot into an encrypted file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import chain

import pyarrow as pa

from anon_assets.contracts.database import Snapshot
from anon_assets.encoded import Encoder, recurs
from anon_assets.errors import AnonError, DatabaseError, StoreError
from anon_assets.guarding import own_errors
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import Plan, PlannedTable
from anon_assets.stages.encrypted_parquet import Facts, write_batches
from anon_assets.stages.prefetching import prefetch
from anon_assets.stages.product import Product, Progress, quiet

__all__ = ["BATCH_ROWS", "encoded", "extract_table"]

BATCH_ROWS = 65_536


def extract_table(
    product: Product, keys: KeyRing, plan: Plan, table: PlannedTable, snapshot: Snapshot, progress: Progress = quiet
) -> Facts:
    """Copy the planned columns of one table into the store, encrypted.

    Raises: StoreError when the schema changed since the plan was made, or the store cannot be written; DatabaseError.
    """
    schema = snapshot.schema()
    if schema.fingerprint != plan.schema.fingerprint:
        hint = "materialize the structure asset again, or run the whole product"
        raise StoreError(table.place, "the source's schema changed since its structure was read", hint)
    expected = snapshot.count(table.table)
    reader = _reader(table, snapshot)

    name = product.staged("raw", table.place)
    with product.profile.store.stage(name) as folder, closing(prefetch(reader)) as ahead:
        schema, recoded = encoded(reader.schema, ahead, table.place)

        def batches() -> Iterator[pa.RecordBatch]:
            rows = 0
            for batch in recoded:
                yield batch
                rows += batch.num_rows
                progress("extract", table.place, rows)

        facts = write_batches(folder, name, schema, batches(), keys,
            place=table.place, source_rows=expected, made_from=plan.hash, structure=plan.schema.fingerprint,
        )  # fmt: skip
        if facts.rows != expected:
            raise DatabaseError(table.place, f"{facts.rows} rows were read where the snapshot counts {expected}")
    return facts


def encoded(
    schema: pa.Schema, batches: Iterator[pa.RecordBatch], place: str
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """The same batches, dictionary-encoded where a column repeats its text, as the first of them tells; and their schema.

    Args:
        schema: of the batches. batches: the first is taken at once.
        place: ``schema.table``, for errors: DatabaseError.
    """
    first = next(batches, None)
    if first is None:
        return schema, batches
    encoders = {number: Encoder() for number, column in enumerate(first.columns) if recurs(column)}
    for number in encoders:
        field = schema.field(number)
        schema = schema.set(number, field.with_type(pa.dictionary(pa.int32(), field.type)))

    def recoded(batch: pa.RecordBatch) -> pa.RecordBatch:
        with own_errors(lambda kind: DatabaseError(place, f"its rows cannot be held ({kind})")):
            arrays = [
                encoders[number].encode(column) if number in encoders else column
                for number, column in enumerate(batch.columns)
            ]
            return pa.RecordBatch.from_arrays(arrays, schema=schema)

    return schema, map(recoded, chain([first], batches))


def _reader(table: PlannedTable, snapshot: Snapshot) -> pa.RecordBatchReader:
    if not table.reads:  # a table of generated columns only, or of none
        raise DatabaseError(table.place, "has no column that can be read", "write skip or drop for it in the policy")
    try:
        return snapshot.read(table.table, table.reads, batch_rows=BATCH_ROWS)
    except AnonError:
        raise
    except Exception as error:  # noqa: BLE001 a driver's message may quote rows
        raise DatabaseError(table.place, f"reading failed ({type(error).__name__})") from None
