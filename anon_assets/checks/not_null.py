"""What the database declares NOT NULL holds no null."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np

from anon_assets.contracts.check import Check, Evidence, Result

__all__ = ["NotNull"]


class NotNull(Check):
    """Every published column that is declared NOT NULL, or belongs to the primary key, has a value in every row."""

    title: ClassVar[str] = "no null where the database allows none"
    always: ClassVar[bool] = True

    def run(self, evidence: Evidence, tables: Sequence[str]) -> Iterable[Result]:
        """One result per table; ``counts``: columns, rows, missing."""
        for place in tables:
            table, published = evidence.schema.table(place), set(evidence.columns(place))
            names = [
                column.name
                for column in table.columns
                if column.name in published
                and (not column.nullable or column.name in table.primary_key)
                and not evidence.treatment(place, column.name).effects.drops
            ]
            missing, rows = np.zeros(len(names), np.int64), 0
            if names:
                for batch in evidence.anonymized(place, names):
                    rows += batch.num_rows
                    missing += [batch.column(name).null_count for name in names]
            failed = [f"{name} ({count})" for name, count in zip(names, missing, strict=True) if count]
            yield Result(
                self.kind(),
                place,
                not failed,
                counts={"columns": len(names), "rows": rows, "missing": int(missing.sum())},
                detail=f"nulls in {', '.join(failed)}" if failed else f"{len(names)} columns without null",
            )
