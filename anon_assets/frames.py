"""Data frames of pyarrow, pandas and polars as Arrow columns, and back into the same type with the same index.

Columns that nothing happened to are handed back as the very objects that came in. A transformed column gets its former
type back wherever its values still mean the same kind of thing: categoricals, nullable integers, time zones, dictionary
encoding, ``large_string`` and ``string_view`` alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import logical_of, plain
from anon_assets.errors import TransformError, UsageError

__all__ = ["columns_of", "rebuilt"]

_WIDER: dict[pa.DataType, pa.DataType] = {
    pa.int8(): pa.int16(), pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64(),
    pa.uint64(): pa.int64(), pa.float16(): pa.float32(), pa.null(): pa.string(), pa.string_view(): pa.large_string(),
    pa.binary_view(): pa.large_binary(), pa.date64(): pa.date32(), pa.time32("s"): pa.time64("us"),
    pa.time32("ms"): pa.time64("us"), pa.time64("ns"): pa.time64("us"),
}  # fmt: skip
"""Types that transforms know only in a wider or more usual form."""


def columns_of(frame: Any) -> dict[str, pa.ChunkedArray]:
    """The columns of a frame by name, in the Arrow types that transforms know.

    Args:
        frame: ``pyarrow.Table`` or ``RecordBatch``, ``pandas.DataFrame`` or ``polars.DataFrame``.

    Returns: one ``ChunkedArray`` per column, as long as the frame; nothing is copied that needs no conversion.
    Raises: UsageError for another object, for column names that are not text or not unique, or for a column that is no
        Arrow column (a pandas column of mixed objects).
    """
    names = _names(frame)
    if isinstance(frame, pa.Table | pa.RecordBatch):
        arrays = [_chunked(column) for column in frame.columns]
    elif isinstance(frame, pl.DataFrame):
        arrays = [_chunked(series.to_arrow(compat_level=pl.CompatLevel.oldest())) for series in frame.get_columns()]
    else:
        arrays = [_from_pandas(frame.iloc[:, number], name) for number, name in enumerate(names)]
    return {name: _usual(array, name) for name, array in zip(names, arrays, strict=True)}


def _names(frame: Any) -> list[str]:
    if isinstance(frame, pa.Table | pa.RecordBatch):
        names = list(frame.schema.names)
    elif isinstance(frame, pl.DataFrame):
        names = frame.columns
    elif type(frame).__module__.partition(".")[0] == "pandas" and hasattr(frame, "iloc") and hasattr(frame, "columns"):
        names = list(frame.columns)
    else:
        raise UsageError(type(frame).__name__, "not a frame", "give a pyarrow Table, a pandas or a polars DataFrame")
    odd = sum(not isinstance(name, str) for name in names)
    if odd:
        raise UsageError("frame", f"{odd} column names are not text", "rename the columns")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError("frame", f"column names stand twice: {', '.join(twice)}", "rename the columns")
    return names


def _chunked(column: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column], column.type)


def _from_pandas(series: Any, name: str) -> pa.ChunkedArray:
    try:
        return _chunked(pa.Array.from_pandas(series))
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        what = f"a column of pandas type {series.dtype} holds values of several types"
        raise UsageError(name, what, "give the column one type") from None


def _usual(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = _chunked(plain(column))
    wanted = _WIDER.get(column.type, column.type)
    if pa.types.is_timestamp(wanted):
        wanted = pa.timestamp("us", wanted.tz)
    try:
        return column if wanted == column.type else column.cast(wanted, safe=not pa.types.is_temporal(wanted))
    except pa.ArrowException:
        raise UsageError(name, f"values of type {column.type} do not fit {wanted}") from None


def rebuilt(frame: Any, changed: Mapping[str, pa.ChunkedArray], dropped: Sequence[str] = ()) -> Any:
    """The frame with some columns replaced and some left out.

    Args:
        frame: as ``columns_of`` took it; it is not changed.
        changed: new columns by name, each as long as the frame.
        dropped: names of the columns to leave out.

    Returns: a frame of the same class: same order, index and metadata; a replaced column has its former type when its
        values still are of that logical type.
    Raises: TransformError when results do not fit that type (a number beyond ``uint8``, a label that an Enum lacks).
    """
    kept = [name for name in _names(frame) if name not in dropped]
    if isinstance(frame, pa.Table | pa.RecordBatch):
        return _arrow(frame, changed, kept)
    if isinstance(frame, pl.DataFrame):
        return frame.select(
            _polars(frame.get_column(name), changed[name], name) if name in changed else frame.get_column(name)
            for name in kept
        )
    return _pandas(frame, changed, kept)


def _arrow(frame: Any, changed: Mapping[str, pa.ChunkedArray], kept: list[str]) -> Any:
    arrays, fields = [], []
    for name in kept:
        field = frame.schema.field(name)
        column = frame.column(name)
        if name in changed:
            column = _back(changed[name], field.type, name)
            field = field.with_type(column.type).with_nullable(field.nullable or column.null_count > 0)
        arrays.append(column)
        fields.append(field)
    schema = pa.schema(fields, frame.schema.metadata)
    if isinstance(frame, pa.RecordBatch):
        return pa.RecordBatch.from_arrays([plain(array) for array in arrays], schema=schema)
    return pa.Table.from_arrays(arrays, schema=schema)


def _back(column: pa.ChunkedArray, former: pa.DataType, name: str) -> pa.ChunkedArray:
    """The column in its former type, when it still is of that logical type."""
    if column.type == former or logical_of(column.type) != logical_of(former):
        return column
    if pa.types.is_null(former):
        return column if column.null_count < len(column) else pa.chunked_array([pa.nulls(len(column))])
    try:
        if pa.types.is_dictionary(former):
            encoded = column.cast(former.value_type).combine_chunks()
            return _chunked(pc.dictionary_encode(encoded).cast(former))
        return column.cast(former, safe=not pa.types.is_temporal(former))
    except pa.ArrowException:
        raise _misfit(name, str(former)) from None


def _polars(former: pl.Series, column: pa.ChunkedArray, name: str) -> pl.Series:
    series = pl.Series(name, pl.from_arrow(column))
    if series.dtype == former.dtype:
        return series
    kind = logical_of(former.to_arrow(compat_level=pl.CompatLevel.oldest()).type)
    if logical_of(column.type) != kind and former.dtype != pl.Null:
        return series
    if former.dtype == pl.Null:
        return series if series.null_count() < len(series) else former
    try:
        return series.cast(former.dtype)
    except pl.exceptions.PolarsError:
        raise _misfit(name, str(former.dtype)) from None


def _pandas(frame: Any, changed: Mapping[str, pa.ChunkedArray], kept: list[str]) -> Any:
    import pandas as pd

    columns = {}
    for name in kept:
        series = frame[name]
        columns[name] = _series(pd, series, changed[name], name) if name in changed else series
    result = pd.DataFrame(columns, index=frame.index, columns=kept, copy=False)
    result.columns = frame.columns[[name in columns for name in frame.columns]]
    result.attrs = dict(frame.attrs)
    return result


def _series(pd: Any, former: Any, column: pa.ChunkedArray, name: str) -> Any:
    dtype = former.dtype
    kept = logical_of(pa.Array.from_pandas(former.iloc[:0]).type) == logical_of(column.type)
    if isinstance(dtype, pd.CategoricalDtype):
        values = column.to_pandas()
        kept = logical_of(pa.Array.from_pandas(dtype.categories[:0]).type) == logical_of(column.type)
        made = pd.Series(
            values.to_numpy() if not kept else values.astype(dtype.categories.dtype).array, index=former.index
        )
        return made.astype("category").rename(former.name)
    if pd.api.types.is_object_dtype(dtype):
        objects = column.to_pylist() if pa.types.is_nested(column.type) else column.to_pandas(date_as_object=True).array
        return pd.Series(objects, index=former.index, dtype=object, name=former.name)
    if not kept:
        return pd.Series(column.to_pandas().array, index=former.index, name=former.name)
    narrow = _back(column, pa.Array.from_pandas(former.iloc[:0]).type, name)  # astype alone would wrap around
    try:
        return pd.Series(pd.arrays.ArrowExtensionArray(narrow), index=former.index, name=former.name).astype(dtype)
    except (ValueError, TypeError, OverflowError, pa.ArrowException):
        raise _misfit(name, str(dtype)) from None


def _misfit(name: str, kind: str) -> TransformError:
    return TransformError(name, f"some results do not fit the column's type {kind}", "widen the column's type first")
