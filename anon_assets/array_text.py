r"""The text form that PostgreSQL writes arrays in: ``{a,"b c",NULL}``, ``{{1,2},{3,4}}``. Whole columns at a time.

Source: PostgreSQL documentation, section 8.15.6, Array Input and Output Syntax.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import to_arrow, to_polars
from anon_assets.errors import TransformError

__all__ = ["TextArrays"]

_ELEMENT = r'"(?:[^"\\]|\\(?s:.))*"|[^,{}"]+'
_BOUNDS = r"^((?:\[-?[0-9]+:-?[0-9]+\])+=)"
_HERE = "\0"  # in the place of an element: no text of the server holds it
_FORM = r"^(?:\{\}|\{[{},\x00]*\})$"
_MALFORMED = r"\x00[\x00{]|\}[\x00{]|,[,}]|\{,|\},\x00|\x00,\{|.\{\}|\{\}."


@dataclass(frozen=True, slots=True)
class TextArrays:
    r"""A column of arrays, read from their text form: elements, and what stands around them.

    Args:
        elements: of all dimensions in their order, ``pa.list_(pa.string())``; null where the column is.
        around: bounds, braces and commas before each element and, one more, behind the last; null likewise.

    >>> arrays = TextArrays.read(pa.array(['{a,"b c",NULL}', "[0:1]={{x},{y}}", "{}", None]), "t.c")
    >>> arrays.elements.to_pylist()
    [['a', 'b c', None], ['x', 'y'], [], None]
    >>> arrays.written(arrays.elements).to_pylist()
    ['{"a","b c",NULL}', '[0:1]={{"x"},{"y"}}', '{}', None]
    """

    elements: pa.ListArray
    around: pa.ListArray

    @classmethod
    def read(cls, column: pa.Array, where: str) -> TextArrays:
        """Arrays of any dimension and bounds.

        Args:
            column: text. where: for errors.

        Returns: as many rows as the column has.
        Raises: TransformError with a count for values that are no array.
        """
        text = to_polars(column).cast(pl.String)
        body = text.str.replace(_BOUNDS, "")
        form = body.str.replace_all(_ELEMENT, _HERE)
        braces = form.str.count_matches("{", literal=True) == form.str.count_matches("}", literal=True)
        odd = int((~(form.str.contains(_FORM) & ~form.str.contains(_MALFORMED) & braces)).sum())
        if odd:
            hint = "use keep, null or constant for such a column"
            raise TransformError(where, f"{odd} of {len(column)} values are not arrays", hint)
        raw = pl.element()
        unquoted = raw.str.slice(1, raw.str.len_chars() - 2).str.replace_all(r"\\((?s:.))", "$1")
        value = pl.when(raw.str.starts_with('"')).then(unquoted).when(raw.str.to_uppercase() != "NULL").then(raw)
        found = body.to_frame("a").select(pl.col("a").str.extract_all(_ELEMENT).list.eval(value)).to_series()
        around = (text.str.extract(_BOUNDS).fill_null("") + form).str.split(_HERE)
        return cls(to_arrow(found, pa.list_(pa.string())), to_arrow(around, pa.list_(pa.string())))

    def written(self, elements: pa.ListArray) -> pa.Array:
        """The text form with other elements in their places; each is quoted, which the server reads as the same value.

        Args:
            elements: lists of text, each as long as it was.

        Returns: ``pa.string()``, null where the column is.
        """
        flat = to_polars(elements.flatten()).cast(pl.String).to_frame("v")
        escaped = pl.col("v").str.replace_all(r'(["\\])', r"\$1")
        quoted = to_arrow(flat.select(pl.concat_str(pl.lit('"'), escaped, pl.lit('"')).fill_null("NULL")).to_series())
        around = self.around.flatten()
        ends = np.cumsum(pc.fill_null(pc.list_value_length(self.around), 0).to_numpy(), dtype=np.int64)
        last = np.zeros(len(around), np.bool_)
        last[ends[self.around.is_valid().to_numpy(zero_copy_only=False)] - 1] = True
        own = quoted.take(pa.array(np.cumsum(~last) - 1, mask=last))
        parts = pc.binary_join_element_wise(around, own.fill_null(""), "")
        offsets = pa.array(np.concatenate([np.zeros(1, np.int64), ends]).astype(np.int32))
        return pc.binary_join(pa.ListArray.from_arrays(offsets, parts, mask=self.around.is_null()), "")
