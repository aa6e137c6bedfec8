"""Empty a column."""

from __future__ import annotations

from typing import ClassVar

import pyarrow as pa

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform

__all__ = ["Null"]


class Null(Transform):
    """Every value becomes null, in the column's own Arrow type. The safest choice where the column may be null."""

    title: ClassVar[str] = "Replace every value by null"
    good: ClassVar[Example] = Example({}, ("call her back", None), (None, None), note="Free remarks that nobody needs.")
    bad: ClassVar[Example] = Example({}, ("DE", "FR"), None, note="A NOT NULL column cannot be emptied: use constant.")

    def effects(self, column: Column) -> Effects:
        """Null for all, so it reveals nothing."""
        return Effects(preserves_nulls=False, may_null=True, max_length=0, fixed=True)

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """As many nulls."""
        return pa.nulls(len(column), column.type)
