"""Leave a column out."""

from __future__ import annotations

from typing import ClassVar

import pyarrow as pa

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform

__all__ = ["Drop"]


class Drop(Transform):
    """The column is not published: files and frames come without it.

    A database target has the structure of the source, with the column: the plan refuses drop there, and ``null`` or
    ``constant`` is what to use. Until the column is left out its values are null.
    """

    title: ClassVar[str] = "Leave the column out of published files"
    good: ClassVar[Example] = Example(
        {}, ("call her back", None), (None, None), note="A column that no reader of the files has a use for."
    )
    bad: ClassVar[Example] = Example(
        {}, ("DE", "FR"), None, note="A database target keeps the column: use null or constant there."
    )

    def effects(self, column: Column) -> Effects:
        """Nothing of it is left."""
        return Effects(preserves_nulls=False, may_null=True, max_length=0, fixed=True, drops=True)

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """As many nulls."""
        return pa.nulls(len(column), column.type)
