"""No row is lost or added on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

import pyarrow as pa

from anon_assets.contracts.check import Check, Evidence, Result

__all__ = ["RowCount"]


class RowCount(Check):
    """The anonymized table has as many rows as the source table had in the snapshot, and as were read from it."""

    title: ClassVar[str] = "as many rows as the source table"
    always: ClassVar[bool] = True

    def run(self, evidence: Evidence, tables: Sequence[str]) -> Iterable[Result]:
        """One result per table; ``counts``: rows, source_rows, read_rows."""
        for table in tables:
            columns = list(evidence.columns(table))[:1]
            rows = _length(evidence.anonymized(table, columns))
            read = _length(evidence.source(table, columns))
            source = evidence.source_rows(table)
            passed = rows == source == read
            detail = f"{rows} rows" if passed else f"{rows} rows anonymized, {read} read, {source} in the source"
            yield Result(
                self.kind(),
                table,
                passed,
                counts={"rows": rows, "source_rows": source, "read_rows": read},
                detail=detail,
            )


def _length(batches: Iterator[pa.RecordBatch]) -> int:
    return sum(batch.num_rows for batch in batches)
