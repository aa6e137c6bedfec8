"""Stage extract: rows of one table from the source snapshot into an encrypted file."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from anon_assets.contracts.database import Snapshot
from anon_assets.errors import AnonError, DatabaseError, StoreError
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import Plan, PlannedTable
from anon_assets.stages.encrypted_parquet import Facts, write_batches
from anon_assets.stages.prefetching import prefetch
from anon_assets.stages.product import Product, Progress, quiet

__all__ = ["BATCH_ROWS", "extract_table"]

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

    def batches() -> Iterator[pa.RecordBatch]:
        rows = 0
        for batch in prefetch(reader):
            yield batch
            rows += batch.num_rows
            progress("extract", table.place, rows)

    name = product.staged("raw", table.place)
    with product.profile.store.stage(name) as folder:
        facts = write_batches(folder, name, reader.schema, batches(), keys,
            place=table.place, source_rows=expected, made_from=plan.hash, structure=plan.schema.fingerprint,
        )  # fmt: skip
        if facts.rows != expected:
            raise DatabaseError(table.place, f"{facts.rows} rows were read where the snapshot counts {expected}")
    return facts


def _reader(table: PlannedTable, snapshot: Snapshot) -> pa.RecordBatchReader:
    if not table.reads:  # a table of generated columns only, or of none
        raise DatabaseError(table.place, "has no column that can be read", "write skip or drop for it in the policy")
    try:
        return snapshot.read(table.table, table.reads, batch_rows=BATCH_ROWS)
    except AnonError:
        raise
    except Exception as error:  # noqa: BLE001 a driver's message may quote rows
        raise DatabaseError(table.place, f"reading failed ({type(error).__name__})") from None
