"""Arrow columns: logical types, text form, and the way to polars and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

import polars as pl
import pyarrow as pa

__all__ = [
    "LOGICAL_TYPES",
    "LogicalType",
    "as_text",
    "is_list",
    "is_text",
    "logical_of",
    "plain",
    "to_arrow",
    "to_polars",
]

LogicalType = Literal[
    "text", "integer", "decimal", "float", "boolean", "date", "timestamp", "time", "interval", "uuid", "inet", "json",
    "enum", "binary", "array", "other",
]  # fmt: skip
"""What a column means, whatever carries it. A database may carry uuid, inet, json, enum, array, interval, time, other
(and decimals without a declared scale) as Arrow text; a transform's ``accepts`` speaks of these names."""

LOGICAL_TYPES: tuple[LogicalType, ...] = get_args(LogicalType)

_BY_ARROW: tuple[tuple[Callable[[Any], bool], LogicalType], ...] = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_decimal, "decimal"),
    (pa.types.is_floating, "float"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "timestamp"),
    (pa.types.is_time, "time"),
    (pa.types.is_duration, "interval"),
    (pa.types.is_interval, "interval"),
    (pa.types.is_string, "text"),
    (pa.types.is_large_string, "text"),
    (pa.types.is_string_view, "text"),
    (pa.types.is_null, "text"),
    (pa.types.is_binary, "binary"),
    (pa.types.is_large_binary, "binary"),
    (pa.types.is_fixed_size_binary, "binary"),
    (pa.types.is_binary_view, "binary"),
    (pa.types.is_struct, "json"),
    (pa.types.is_nested, "array"),
)


def logical_of(kind: pa.DataType) -> LogicalType:
    """The logical type that an Arrow type has by itself; a dictionary has that of its values."""
    if pa.types.is_dictionary(kind):
        return logical_of(kind.value_type)
    return next((name for test, name in _BY_ARROW if test(kind)), "other")


def is_list(kind: pa.DataType) -> bool:
    """Lists of 32 or 64 bits, or of one size."""
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def is_text(kind: pa.DataType) -> bool:
    """Text with offsets: ``pa.string()`` or ``pa.large_string()``."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def plain(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The column as one Array without dictionary encoding; length and order kept."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):  # zero chunks
            column = pa.array([], column.type)
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def to_polars(column: pa.Array | pa.ChunkedArray, name: str = "") -> pl.Series:
    """The column as a polars Series, without a copy where the type allows."""
    return pl.Series(name, pl.from_arrow(plain(column)))


def to_arrow(series: pl.Series, kind: pa.DataType | None = None) -> pa.Array:
    """A polars Series as one Arrow Array, text as ``pa.string()`` unless another ``kind`` is asked for."""
    array = plain(series.to_arrow(compat_level=pl.CompatLevel.oldest()))
    if kind is None and pa.types.is_large_string(array.type):
        kind = pa.string()
    return array if kind is None or array.type == kind else array.cast(kind)


def as_text(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Every value written out as text (``pa.string()``), nulls kept: what equality across columns is judged by.

    Integers in decimal, booleans ``true``/``false``, dates and times in ISO 8601, binary in lower-case hex.
    """
    array = plain(column)
    if pa.types.is_string(array.type):
        return array
    if logical_of(array.type) == "binary":
        return to_arrow(to_polars(array.cast(pa.large_binary())).bin.encode("hex"))
    if pa.types.is_timestamp(array.type) and array.type.tz is not None:
        array = array.cast(pa.timestamp(array.type.unit))
    if pa.types.is_nested(array.type):
        return to_arrow(to_polars(array).cast(pl.List(pl.String)).list.join("\n", ignore_nulls=True))
    return array.cast(pa.string())
