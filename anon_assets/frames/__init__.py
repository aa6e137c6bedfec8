"""Data frames of pyarrow, pandas and polars as Arrow columns, and back into the same type with the same index.

Columns that nothing happened to are handed back as the very objects that came in. A transformed column gets its former
type back wherever its values still mean the same kind of thing: categoricals, nullable integers, time zones, dictionary
encoding, ``large_string`` and ``string_view`` alike.
"""

from __future__ import annotations

from anon_assets.frames.reading import columns_of, has_index, names_of
from anon_assets.frames.rebuilding import rebuilt

__all__ = ["columns_of", "has_index", "names_of", "rebuilt"]
