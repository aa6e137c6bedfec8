"""Work on a column's distinct values, spread back over the column."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import is_text, plain
from anon_assets.parallel import in_parallel, slices

__all__ = ["decoded", "on_distinct", "recurrence", "sharing_dictionaries", "used_entries", "used_only"]

_SAMPLE = 4_096  # from the start, and as many from all over
_RECURRENCE = 1.25  # rows per distinct value from which the dictionary pays
_OFTEN = 16.0  # rows per distinct value from which dictionaries of parts are small enough to be put together
_MOST_BYTES = 2**31 - 1  # of a text column with offsets of 32 bits
_PART = 1 << 16  # rows of such a part, at least


def on_distinct(column: pa.Array, function: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Apply ``function`` to the distinct values and spread its results back; a column that hardly repeats goes as it is.

    Args:
        column: any Arrow type that can be dictionary-encoded; ``string_view`` reaches ``function`` as ``large_string``.
        function: non-null values in, as many results out; each result depends on its value alone. Values are distinct when
            they recur enough for the dictionary to pay.

    Returns: an Array of the same length; null where ``column`` is null.
    """
    column = plain(column)
    if pa.types.is_string_view(column.type):  # Arrow takes no rows of it
        column = column.cast(pa.large_string())
    encoded = _encoded(column)
    if encoded is None:
        if not column.null_count:
            return function(column)
        known = column.is_valid().to_numpy(zero_copy_only=False)
        return function(column.drop_null()).take(pa.array(np.cumsum(known) - 1, pa.int64(), mask=~known))
    if len(encoded.dictionary) == 0:
        return pa.nulls(len(column), function(encoded.dictionary).type)
    return _spread(plain(function(encoded.dictionary)), encoded.indices)


def used_entries(column: pa.DictionaryArray, kept: int = 0) -> npt.NDArray[np.bool_]:
    """Which entries of the dictionary stand in a row.

    Args:
        column: encoded. kept: so many of the first entries count in any case.

    Returns: boolean, one per entry.
    """
    used = np.zeros(len(column.dictionary), np.bool_)
    used[:kept] = True
    places = column.indices.drop_null().to_numpy()
    for part in slices(len(places), _PART):
        used[places[part]] = True
        if used.all():
            break
    return used


def used_only(column: pa.DictionaryArray, kept: int = 0) -> pa.DictionaryArray:
    """The same rows by a dictionary without entries that stand in none.

    Args:
        column: encoded. kept: so many of the first entries stay in any case.

    Returns: the column itself where all entries stand in a row; else with indices of 32 bits.
    """
    used = used_entries(column, kept)
    if used.all():
        return column
    moved = pa.array(np.cumsum(used, dtype=np.int32) - np.int32(1))
    return pa.DictionaryArray.from_arrays(moved.take(column.indices), column.dictionary.filter(pa.array(used)))


def _spread(values: pa.Array, places: pa.Array) -> pa.Array:
    """The values at these places; texts that are all equally long go in half the time."""
    if not pa.types.is_string(values.type) or values.null_count or places.null_count:
        return values.take(places)
    offsets = np.frombuffer(values.buffers()[1], np.int32, len(values) + 1, values.offset * 4)
    width = int(offsets[1] - offsets[0])
    if not width or not (np.diff(offsets) == width).all() or width * len(places) > _MOST_BYTES:
        return values.take(places)
    content = values.buffers()[2].slice(int(offsets[0]))
    taken = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(values), [None, content]).take(places)
    ends = np.arange(len(places) + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(len(places), pa.py_buffer(ends), taken.buffers()[1])


@contextmanager
def sharing_dictionaries(columns: Iterable[pa.Array]) -> Iterator[None]:
    """Inside, each of these columns that holds text is dictionary-encoded at most once, whoever asks for its values.

    Args:
        columns: kept, with their dictionaries, until the end.
    """
    before = _SHARED.set({_place(column): _Shared(column) for column in columns if is_text(column.type)})
    try:
        yield
    finally:
        _SHARED.reset(before)


def decoded(column: pa.Array) -> pa.Array:
    """The column without dictionary encoding; inside ``sharing_dictionaries`` its dictionary is not made anew."""
    values, shared = plain(column), _SHARED.get()
    if shared is not None and pa.types.is_dictionary(column.type) and is_text(values.type):
        shared[_place(values)] = _Shared(values, column)
    return values


class _Shared:
    """A column and, once asked for, its dictionary.

    Args:
        column: without encoding.
        known: the same, encoded: each value once, though some may stand in no row.
    """

    def __init__(self, column: pa.Array, known: pa.DictionaryArray | None = None) -> None:
        self._column, self._known = column, known  # while the column is held, no other can lie in its place
        self._asking = threading.Lock()
        self._encoded: list[pa.DictionaryArray | None] = []

    def encoded(self) -> pa.DictionaryArray | None:
        with self._asking:
            if not self._encoded:
                self._encoded.append(_encode(self._column) if self._known is None else used_only(self._known))
            return self._encoded[0]


_Place = tuple[str, int, int, tuple[int, ...]]
_SHARED: ContextVar[dict[_Place, _Shared] | None] = ContextVar("_SHARED", default=None)


def _place(column: pa.Array) -> _Place:
    """Where a column's content lies: two arrays that agree in it are the same values."""
    buffers = tuple(0 if buffer is None else buffer.address for buffer in column.buffers())
    return str(column.type), column.offset, len(column), buffers


def _encoded(column: pa.Array) -> pa.DictionaryArray | None:
    shared = _SHARED.get()
    known = shared.get(_place(column)) if shared else None
    return _encode(column) if known is None else known.encoded()


def _encode(column: pa.Array) -> pa.DictionaryArray | None:
    """The column with a dictionary of its distinct values, in the order of their first rows; None where that does not pay."""
    often = np.inf if len(column) <= 2 * _SAMPLE else recurrence(column)  # a short one costs little
    if often < _RECURRENCE:
        return None
    size = max(_PART, -(-len(column) // pl.thread_pool_size()))
    if often < _OFTEN or len(column) <= size or not is_text(column.type):
        return pc.dictionary_encode(column)
    parts = in_parallel(lambda part: pc.dictionary_encode(column[part]), slices(len(column), size))
    joined = pa.chunked_array(parts).unify_dictionaries().chunks
    return pa.DictionaryArray.from_arrays(pa.concat_arrays([part.indices for part in joined]), joined[0].dictionary)


def recurrence(column: pa.Array) -> float:
    """How many rows a value has, about: told by how many pairs of a sample are equal. Infinite where it shows no value."""
    if len(column) <= 2 * _SAMPLE:
        known, values = len(column) - column.null_count, pc.count_distinct(column, "only_valid").as_py()
        return float(known / values) if values else np.inf
    stride = len(column) // _SAMPLE
    spread = column.take(pa.array(np.arange(_SAMPLE) * stride + np.arange(_SAMPLE) * 7_919 % stride))
    found = []
    for sample, population in ((column[:_SAMPLE], _SAMPLE), (spread, len(column))):
        if known := len(sample) - sample.null_count:
            equal = known - pc.count_distinct(sample, "only_valid").as_py()
            # a sample of s from n rows, each value r times, has about s * s * (r - 1) / (2 * n) equal pairs
            found.append(1 + equal * 2 * population / (known * known))
    return max(found, default=np.inf)
