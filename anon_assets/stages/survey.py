"""A scan of a whole database without staging anything: rows stream through the detectors and are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from anon_assets.contracts.database import Database, Schema, Snapshot, Table
from anon_assets.contracts.detector import Verdict
from anon_assets.errors import DatabaseError
from anon_assets.stages.prefetching import prefetch
from anon_assets.stages.product import Progress, quiet
from anon_assets.stages.scan import refine, scan_batches

__all__ = ["survey"]


def survey(database: Database, progress: Progress = quiet) -> tuple[Schema, Mapping[str, Sequence[Verdict]]]:
    """Schema of a database and the refined verdict on every stored column. Every row is read.

    Raises: ConnectionFailed; DatabaseError, also for a database without tables.
    """
    with database.snapshot() as snapshot:
        schema = snapshot.schema()
        if not schema.tables:
            raise DatabaseError(database.describe(), "holds no tables that we may read", "is it the right database?")
        verdicts = {table.place: _scan(snapshot, table, progress) for table in schema.tables if table.stored}
    return schema, refine(schema, verdicts)


def _scan(snapshot: Snapshot, table: Table, progress: Progress) -> list[Verdict]:
    def batches() -> Iterator[pa.RecordBatch]:
        rows = 0
        for batch in prefetch(snapshot.read(table, [column.name for column in table.stored])):
            yield batch
            rows += batch.num_rows
            progress("scan", table.place, rows)

    return scan_batches(table, batches())
