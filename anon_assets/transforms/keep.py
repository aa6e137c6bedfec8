"""Keep a column as it is."""

from __future__ import annotations

from typing import ClassVar

import pyarrow as pa

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform

__all__ = ["Keep"]


class Keep(Transform):
    """Every value passes through unchanged, Arrow type and all. An owner's decision that nothing in it is personal."""

    title: ClassVar[str] = "Keep every value as it is"
    good: ClassVar[Example] = Example(
        {}, (7, None, -1), (7, None, -1), pa.int64(), "A stock count tells nothing about a person."
    )
    bad: ClassVar[Example] = Example({}, ("ada@example.org",), None, note="An e-mail address points at one person.")

    def effects(self, column: Column) -> Effects:
        """Passes source values; keeps everything."""
        return Effects(
            injective=True, preserves_length=True, preserves_format=True, preserves_order=True, passes=True
        )  # fmt: skip

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """The column itself."""
        return column
