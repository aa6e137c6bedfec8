"""Transformed columns back into a frame of the same class, with the types that they had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import logical_of, plain
from anon_assets.errors import TransformError
from anon_assets.frames.dictionaries import as_dictionary, chunked, reordered
from anon_assets.frames.reading import names_of
from anon_assets.frames.types import bare

__all__ = ["rebuilt"]


def rebuilt(
    frame: Any, changed: Mapping[str, pa.ChunkedArray], dropped: Sequence[str] = (), *, whole: bool = True
) -> Any:
    """The frame with some columns replaced and some left out.

    Args:
        frame: as ``columns_of`` took it; it is not changed.
        changed: new columns by name, each as long as the frame.
        dropped: names of the columns to leave out.
        whole: keep what belongs to no column as well: metadata of the schema, attributes.

    Returns: a frame of the same class: same order and index; a replaced column has its former type when its
        values still are of that logical type.
    Raises: TransformError when results do not fit that type (a number beyond ``uint8``, a label that an Enum lacks).
    """
    kept = [name for name in names_of(frame) if name not in dropped]
    changed = {name: _stripped(column) for name, column in changed.items()}
    if isinstance(frame, pa.Table | pa.RecordBatch):
        return _arrow(frame, changed, kept, whole=whole)
    if isinstance(frame, pl.DataFrame):
        return frame.select(
            _polars(frame.get_column(name), changed[name], name) if name in changed else frame.get_column(name)
            for name in kept
        )
    return _pandas(frame, changed, kept, whole=whole)


def _stripped(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = bare(column.type)
    return column if kind.equals(column.type, check_metadata=True) else column.cast(kind)


def _arrow(frame: Any, changed: Mapping[str, pa.ChunkedArray], kept: list[str], *, whole: bool) -> Any:
    arrays, fields = [], []
    for name in kept:
        field = frame.schema.field(name)
        column = frame.column(name)
        if name in changed:
            column = _back(changed[name], column, name)
            field = field.with_type(column.type).with_nullable(field.nullable or column.null_count > 0)
            field = field.remove_metadata()  # it may tell of values that are gone
        arrays.append(column)
        fields.append(field)
    schema = pa.schema(fields, frame.schema.metadata if whole else None)
    if isinstance(frame, pa.RecordBatch):
        return pa.RecordBatch.from_arrays([plain(array) for array in arrays], schema=schema)
    return pa.Table.from_arrays(arrays, schema=schema)


def _back(column: pa.ChunkedArray, source: pa.Array | pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """The column in the type of its source, when it still is of that logical type."""
    former = bare(source.type)
    if pa.types.is_dictionary(column.type) and logical_of(column.type) != logical_of(former):
        column = chunked(plain(column))
    if pa.types.is_dictionary(column.type):
        return _dictionary(column, former, source)
    if column.type == former or logical_of(column.type) != logical_of(former) or pa.types.is_struct(former):
        return column  # what is inside a struct may be of another type now
    if pa.types.is_null(former):
        return column if column.null_count < len(column) else pa.chunked_array([pa.nulls(len(column))])
    try:
        if pa.types.is_dictionary(former):
            return _dictionary(column, former, source)
        made = column.cast(former, safe=_ends_early(former) or not pa.types.is_temporal(former))
    except pa.ArrowException:
        raise _misfit(name, str(former)) from None
    if pa.types.is_floating(former) and pc.sum(pc.is_inf(made)) != pc.sum(pc.is_inf(column)):
        raise _misfit(name, str(former))
    return made


def _dictionary(column: pa.ChunkedArray, former: pa.DataType, source: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """Encoded with indices as wide as they must be, and in the source's order where it has one and knows every value."""
    encoded = as_dictionary(column)
    values = encoded.dictionary.cast(former.value_type)
    encoded = pa.DictionaryArray.from_arrays(encoded.indices, values, safe=False)  # as many as before
    chunks, ordered = chunked(source).chunks, False
    if former.ordered and chunks:
        ranks = pc.index_in(encoded.dictionary, chunks[0].dictionary)
        if ordered := ranks.null_count == 0:
            encoded = reordered(encoded, pc.sort_indices(ranks))
    width = former.index_type if len(encoded.dictionary) <= 2 ** (former.index_type.bit_width - 1) else pa.int32()
    return chunked(encoded.cast(pa.dictionary(width, former.value_type, ordered)))


def _ends_early(kind: pa.DataType) -> bool:
    """Nanoseconds in 64 bits end in 2262: beyond it a cast would wrap around."""
    return bool(pa.types.is_timestamp(kind) and kind.unit == "ns")


def _polars(former: pl.Series, column: pa.ChunkedArray, name: str) -> pl.Series:
    if pa.types.is_dictionary(column.type):
        column = chunked(as_dictionary(column))
    series = pl.Series(name, pl.from_arrow(column))
    wanted = former.dtype
    if isinstance(wanted, pl.Enum):
        return _enumerated(wanted, series)
    if isinstance(wanted, pl.List | pl.Array) and isinstance(wanted.inner, pl.Enum):
        inner = _enumerated(wanted.inner, series.explode()).dtype
        return series.cast(pl.List(inner) if isinstance(wanted, pl.List) else pl.Array(inner, wanted.size))
    wanted = _unlabelled(wanted)
    if series.dtype == wanted or isinstance(wanted, pl.Struct):
        return series
    kind = logical_of(former.to_arrow(compat_level=pl.CompatLevel.oldest()).type)
    if logical_of(column.type) != kind and former.dtype != pl.Null:
        return series
    if former.dtype == pl.Null:
        return series if series.null_count() < len(series) else former
    try:
        return series.cast(wanted)
    except pl.exceptions.PolarsError:
        raise _misfit(name, str(wanted)) from None


def _unlabelled(kind: Any) -> Any:
    """The type with text in the place of enums, whose labels are values of the source."""
    if isinstance(kind, pl.Enum):
        return pl.String()
    if isinstance(kind, pl.List):
        return pl.List(_unlabelled(kind.inner))
    if isinstance(kind, pl.Array):
        return pl.Array(_unlabelled(kind.inner), kind.size)
    if isinstance(kind, pl.Struct):
        return pl.Struct([pl.Field(field.name, _unlabelled(field.dtype)) for field in kind.fields])
    return kind


def _enumerated(former: pl.Enum, series: pl.Series) -> pl.Series:
    """An Enum of the labels that are there: the former ones would tell the source's values."""
    if not isinstance(series.dtype, pl.String | pl.Categorical):
        return series
    there = set(series.drop_nulls().unique().cast(pl.String).to_list())
    known = former.categories.to_list()
    return series.cast(pl.Enum([each for each in known if each in there] + sorted(there - set(known))))


def _pandas(frame: Any, changed: Mapping[str, pa.ChunkedArray], kept: list[str], *, whole: bool) -> Any:
    import pandas as pd

    columns = {}
    for name in kept:
        series = frame[name]
        columns[name] = _series(pd, series, changed[name], name) if name in changed else series
    result = pd.DataFrame(columns, index=frame.index, columns=kept, copy=False)
    if whole:
        result.columns = frame.columns[[name in columns for name in frame.columns]]  # with their name
        result.attrs = dict(frame.attrs)
    return result


def _series(pd: Any, former: Any, column: pa.ChunkedArray, name: str) -> Any:
    dtype, like = former.dtype, {"index": former.index, "name": former.name}
    try:
        if isinstance(dtype, pd.CategoricalDtype):
            return pd.Series(_categories(pd, dtype, column), **like)
        if pd.api.types.is_object_dtype(dtype):
            return pd.Series(column.to_pylist(), dtype=object, **like)
        empty = pa.Array.from_pandas(former.iloc[:0])
        if logical_of(empty.type) != logical_of(column.type):
            return pd.Series(column.to_pandas().array, **like)
        narrow = _back(column, empty, name)  # astype alone would wrap around
        if narrow.null_count:
            dtype = _NULLABLE.get(str(dtype), dtype)
        return pd.Series(pd.arrays.ArrowExtensionArray(narrow), **like).astype(dtype)
    except (ValueError, TypeError, OverflowError, pa.ArrowException):  # their messages may quote a value
        if column.null_count == len(column):  # of a type that Arrow does not have, or not without values
            return pd.Series([None] * len(column), dtype=object, **like)
        raise _misfit(name, str(dtype)) from None


_NULLABLE = {"bool": "boolean"} | {
    f"{sign}int{bits}": f"{sign.upper()}Int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)
}
"""numpy types that hold no nulls, and those of pandas that do."""


def _categories(pd: Any, dtype: Any, column: pa.ChunkedArray) -> Any:
    """Categories of the values that are there, and no other: the former ones would tell the source's values.

    They are in order where the former ones were, as long as those hold them all.
    """
    encoded = as_dictionary(column)
    labels = pd.Index(encoded.dictionary.to_pandas())
    if logical_of(pa.Array.from_pandas(dtype.categories[:0]).type) == logical_of(column.type):
        labels = labels.astype(dtype.categories.dtype)
    made = pd.Categorical.from_codes(encoded.indices.fill_null(-1).to_numpy(), categories=labels)
    if dtype.ordered and labels.isin(dtype.categories).all():
        return made.reorder_categories(dtype.categories[dtype.categories.isin(labels)], ordered=True)
    return made.reorder_categories(labels.sort_values())


def _misfit(name: str, kind: str) -> TransformError:
    return TransformError(name, f"some results do not fit the column's type {kind}", "widen the column's type first")
