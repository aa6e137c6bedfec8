"""Data frames of pyarrow, pandas and polars as Arrow columns, and back into the same type with the same index.

Columns that nothing happened to are handed back as the very objects that came in. A transformed column gets its former
type back wherever its values still mean the same kind of thing: categoricals, nullable integers, time zones, dictionary
encoding, ``large_string`` and ``string_view`` alike.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import logical_of, plain
from anon_assets.errors import TransformError, UsageError

__all__ = ["columns_of", "has_index", "names_of", "rebuilt"]

_WIDER: dict[pa.DataType, pa.DataType] = {
    pa.int8(): pa.int16(), pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64(),
    pa.uint64(): pa.int64(), pa.float16(): pa.float32(), pa.null(): pa.string(), pa.string_view(): pa.large_string(),
    pa.binary_view(): pa.large_binary(), pa.date64(): pa.date32(), pa.time32("s"): pa.time64("us"),
    pa.time32("ms"): pa.time64("us"), pa.time64("ns"): pa.time64("us"),
}  # fmt: skip
"""Types that transforms know only in a wider or more usual form."""


def names_of(frame: Any) -> list[str]:
    """The names of the columns, in order.

    Raises: UsageError for an object that is no frame, or for column names that are not text or not unique.
    """
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


def has_index(frame: Any) -> bool:
    """The frame has a pandas index with values of its own, which no column name speaks of."""
    if isinstance(frame, pa.Table | pa.RecordBatch | pl.DataFrame):
        return False
    import pandas as pd

    return not isinstance(frame.index, pd.RangeIndex)


def columns_of(
    frame: Any, names: Iterable[str], *, unread: Container[str] = (), untouched: Container[str] = ()
) -> dict[str, tuple[pa.ChunkedArray, pa.DataType]]:
    """Columns of a frame by name, in the Arrow types that transforms know, each with its type in the frame.

    Args:
        frame: ``pyarrow.Table`` or ``RecordBatch``, ``pandas.DataFrame`` or ``polars.DataFrame``.
        names: of the columns wanted; no other is looked at.
        unread: those whose values nobody needs: they come as nulls, whatever they hold.
        untouched: those that only tell rows apart: they may hold what no transform takes, such as numbers beyond 63 bits.

    Returns: ``ChunkedArray`` and former Arrow type; nothing is copied that needs no conversion.
    Raises: UsageError for a column that Arrow or transforms cannot hold: mixed pandas objects, unsigned numbers beyond 64
        bits with a sign, times finer than a microsecond.
    """
    found = {}
    for name in names:
        try:
            if name in unread:
                kind = _type_of(frame, name)
                found[name] = _chunked(pa.nulls(len(frame), kind)), kind
                continue
            array = _arrow_of(frame, name)
            found[name] = (_readable(array) if name in untouched else _usual(array)), array.type
        except _NO_ARROW:
            what = "its values are of several types, or of one that no transform takes"
            hint = "give the column one type; times in microseconds at the finest, whole numbers of 64 bits at most"
            raise UsageError(name, what, hint) from None
    return found


_NO_ARROW = (pa.ArrowException, pl.exceptions.PolarsError, TypeError, ValueError, OverflowError)


def _arrow_of(frame: Any, name: str, rows: slice = slice(None)) -> pa.ChunkedArray:
    if isinstance(frame, pa.Table | pa.RecordBatch):
        return _chunked(frame.column(name)[rows])
    if isinstance(frame, pl.DataFrame):
        return _chunked(frame.get_column(name)[rows].to_arrow(compat_level=pl.CompatLevel.oldest()))
    return _chunked(pa.Array.from_pandas(frame[name].iloc[rows]))


def _type_of(frame: Any, name: str) -> pa.DataType:
    """The Arrow type that a column has; ``null`` where Arrow has none."""
    try:
        return _bare(_arrow_of(frame, name, slice(0)).type)
    except _NO_ARROW:
        return pa.null()


def _bare(kind: pa.DataType) -> pa.DataType:
    """The type without what is written beside its inner fields, such as the labels of an enum."""
    if pa.types.is_struct(kind):
        return pa.struct([field.remove_metadata().with_type(_bare(field.type)) for field in kind])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _list_like(kind, kind.value_field.remove_metadata().with_type(_bare(kind.value_type)))
    return kind


def _list_like(kind: pa.DataType, inner: pa.Field) -> pa.DataType:
    """A list of the same make of something else."""
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(inner, kind.list_size)
    return pa.large_list(inner) if pa.types.is_large_list(kind) else pa.list_(inner)


def _readable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """In the usual type where the values allow, for equal rows to be equal in frames of other types."""
    try:
        return _usual(column)
    except pa.ArrowException:
        return column


def _chunked(column: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column], column.type)


def _usual(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        if logical_of(column.type) == "text":
            return _one_dictionary(column)
        column = _chunked(plain(column))
    wanted = _usual_type(column.type)
    return column if wanted == column.type else column.cast(wanted)


def _one_dictionary(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text in the usual type, dictionary-encoded as it was; all chunks share the dictionary."""
    chunks = [_once_each(chunk) for chunk in column.chunks]
    kind = pa.dictionary(pa.int32(), _usual_type(column.type))
    return pa.chunked_array([chunk.cast(kind) for chunk in chunks], kind).unify_dictionaries()


def _once_each(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same rows by a dictionary that holds each value once and no null, with indices of 32 bits."""
    values = pc.dictionary_encode(column.dictionary)
    if len(values.dictionary) == len(column.dictionary):
        return pa.DictionaryArray.from_arrays(column.indices.cast(pa.int32()), column.dictionary)
    return pa.DictionaryArray.from_arrays(values.indices.take(column.indices), values.dictionary)


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """One array, whose dictionary holds each value once and no null, in an order that tells nothing of the source's."""
    if not pa.types.is_dictionary(column.type):
        return pc.dictionary_encode(plain(column))
    chunks = [_once_each(chunk) for chunk in column.chunks]
    if len(chunks) > 1:
        chunks = pa.chunked_array(chunks).unify_dictionaries().chunks
    indices = chunks[0].indices if len(chunks) == 1 else pa.concat_arrays([chunk.indices for chunk in chunks])
    return _reordered(indices, chunks[0].dictionary, pc.sort_indices(chunks[0].dictionary))


def _reordered(
    indices: pa.Array, dictionary: pa.Array, order: pa.Array, *, ordered: bool = False
) -> pa.DictionaryArray:
    """The same rows by the dictionary's values in this order."""
    places = np.empty(len(order), np.int32)
    places[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(places).take(indices), dictionary.take(order), ordered=ordered)


def _usual_type(kind: pa.DataType) -> pa.DataType:
    """The type in which transforms know such values; of a list, inside it."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    if pa.types.is_decimal32(kind) or pa.types.is_decimal64(kind):
        return pa.decimal128(kind.precision, kind.scale)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _list_like(kind, kind.value_field.with_type(_usual_type(kind.value_type)))
    return _WIDER.get(kind, kind)


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
    kind = _bare(column.type)
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
    former = _bare(source.type)
    if pa.types.is_dictionary(column.type) and logical_of(column.type) != logical_of(former):
        column = _chunked(plain(column))
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
    encoded = _encoded(column)
    encoded = pa.DictionaryArray.from_arrays(encoded.indices, encoded.dictionary.cast(former.value_type))
    chunks, ordered = _chunked(source).chunks, False
    if former.ordered and chunks:
        ranks = pc.index_in(encoded.dictionary, chunks[0].dictionary)
        if ordered := ranks.null_count == 0:
            encoded = _reordered(encoded.indices, encoded.dictionary, pc.sort_indices(ranks), ordered=True)
    width = former.index_type if len(encoded.dictionary) <= 2 ** (former.index_type.bit_width - 1) else pa.int32()
    return _chunked(encoded.cast(pa.dictionary(width, former.value_type, ordered)))


def _ends_early(kind: pa.DataType) -> bool:
    """Nanoseconds in 64 bits end in 2262: beyond it a cast would wrap around."""
    return bool(pa.types.is_timestamp(kind) and kind.unit == "ns")


def _polars(former: pl.Series, column: pa.ChunkedArray, name: str) -> pl.Series:
    if pa.types.is_dictionary(column.type):
        column = _chunked(_encoded(column))
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
    encoded = _encoded(column)
    labels = pd.Index(encoded.dictionary.to_pandas())
    if logical_of(pa.Array.from_pandas(dtype.categories[:0]).type) == logical_of(column.type):
        labels = labels.astype(dtype.categories.dtype)
    made = pd.Categorical.from_codes(encoded.indices.fill_null(-1).to_numpy(), categories=labels)
    if dtype.ordered and labels.isin(dtype.categories).all():
        return made.reorder_categories(dtype.categories[dtype.categories.isin(labels)], ordered=True)
    return made.reorder_categories(labels.sort_values())


def _misfit(name: str, kind: str) -> TransformError:
    return TransformError(name, f"some results do not fit the column's type {kind}", "widen the column's type first")
