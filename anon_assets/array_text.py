r"""The text form that PostgreSQL writes arrays in: ``{a,"b c",NULL}``. Whole columns at a time.

Source: PostgreSQL documentation, section 8.15.6, Array Input and Output Syntax.
"""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from anon_assets.columns import to_arrow, to_polars
from anon_assets.errors import TransformError

__all__ = ["read_arrays", "write_arrays"]

_ELEMENT = r'"(?:[^"\\]|\\(?s:.))*"|[^,{}"]+'
_ONE_DIMENSION = r'^\{(?:(?:"(?:[^"\\]|\\(?s:.))*"|[^,{}"]+)(?:,(?:"(?:[^"\\]|\\(?s:.))*"|[^,{}"]+))*)?\}$'


def read_arrays(column: pa.Array, where: str) -> pa.Array:
    r"""Arrays of one dimension from their text form.

    Args:
        column: text, nulls kept.
        where: for errors.

    Returns: ``pa.list_(pa.string())``, null exactly where ``column`` is.
    Raises: TransformError with a count for values of several dimensions, with bounds, or that are no array.

    >>> read_arrays(pa.array(['{a,"b c",NULL}', "{}", None]), "t.c").to_pylist()
    [['a', 'b c', None], [], None]
    """
    text = to_polars(column).cast(pl.String)
    odd = int((~text.str.contains(_ONE_DIMENSION)).sum())
    if odd:
        what = f"{odd} of {len(column)} values are not arrays of one dimension"
        raise TransformError(where, what, "use keep, null or constant for such a column")
    raw = pl.element()
    unquoted = raw.str.slice(1, raw.str.len_chars() - 2).str.replace_all(r"\\((?s:.))", "$1")
    read = pl.when(raw.str.starts_with('"')).then(unquoted).when(raw.str.to_uppercase() != "NULL").then(raw)
    found = text.to_frame("a").select(pl.col("a").str.extract_all(_ELEMENT).list.eval(read)).to_series()
    return to_arrow(found, pa.list_(pa.string()))


def write_arrays(column: pa.Array) -> pa.Array:
    r"""The text form of arrays; every element is quoted, which PostgreSQL reads as the same value.

    Args:
        column: a list of text, nulls kept.

    Returns: ``pa.string()``.

    >>> write_arrays(pa.array([["a", 'b "c"', None], [], None])).to_pylist()
    ['{"a","b \\"c\\"",NULL}', '{}', None]
    """
    raw = pl.element()
    quoted = pl.concat_str(pl.lit('"'), raw.str.replace_all(r'(["\\])', r"\$1"), pl.lit('"')).fill_null("NULL")
    lists = to_polars(column).cast(pl.List(pl.String)).to_frame("a")
    joined = pl.concat_str(pl.lit("{"), pl.col("a").list.eval(quoted).list.join(","), pl.lit("}"))
    return to_arrow(lists.select(pl.when(pl.col("a").is_not_null()).then(joined)).to_series())
