"""Columns of data frames in the Arrow types that transforms know."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import polars as pl
import pyarrow as pa

from anon_assets.columns import logical_of, plain
from anon_assets.errors import UsageError
from anon_assets.frames.dictionaries import chunked, one_dictionary
from anon_assets.frames.types import bare, usual_type

__all__ = ["columns_of", "has_index", "names_of"]


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
                found[name] = chunked(pa.nulls(len(frame), usual_type(kind))), kind
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
        return chunked(frame.column(name)[rows])
    if isinstance(frame, pl.DataFrame):
        return chunked(frame.get_column(name)[rows].to_arrow(compat_level=pl.CompatLevel.oldest()))
    return chunked(pa.Array.from_pandas(frame[name].iloc[rows]))


def _type_of(frame: Any, name: str) -> pa.DataType:
    """The Arrow type that a column has; ``null`` where Arrow has none."""
    try:
        return bare(_arrow_of(frame, name, slice(0)).type)
    except _NO_ARROW:
        return pa.null()


def _readable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """In the usual type where the values allow, for equal rows to be equal in frames of other types."""
    try:
        return _usual(column)
    except pa.ArrowException:
        return column


def _usual(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        if logical_of(column.type) == "text":
            return one_dictionary(column)
        column = chunked(plain(column))
    wanted = usual_type(column.type)
    return column if wanted == column.type else column.cast(wanted)
