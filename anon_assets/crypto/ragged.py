"""Columns of byte strings of unequal length, worked on unit by unit.

A column is a flat buffer and n + 1 offsets, as Arrow keeps it: value i is ``data[offsets[i]:offsets[i + 1]]``. A unit is
what an algorithm takes at a time: the block of a cipher, the bytes that eight characters carry. Once the column is in
order of length, values that fill equally many units lie together, and unit k of all values of one length lies at equal
distances: it is gathered, and written back, in one strided copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anon_assets.errors import TransformError

__all__ = [
    "Bytes",
    "Offsets",
    "from_text",
    "groups",
    "in_order_of_length",
    "offsets_of",
    "put",
    "restored",
    "taken",
    "to_text",
    "units_of",
]

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]

_CHUNK_BYTES = 1 << 18  # a chunk and a few temporaries of its size stay in the processor's second cache
_LEAST_ROWS = 64
_ARROW_TEXT_LIMIT = 2**31 - 1
_SLACK = 16  # the last unit of the last value is read as a whole one


def offsets_of(lengths: Offsets) -> Offsets:
    """Where values of these lengths begin and end when they lie side by side.

    >>> offsets_of(np.array([2, 0, 3])).tolist()
    [0, 2, 2, 5]
    """
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def from_text(column: pa.Array) -> tuple[Bytes, Offsets]:
    r"""The UTF-8 bytes of a column of text or binary (not the large kinds), without a copy. Nulls count as empty.

    >>> data, offsets = from_text(pa.array(["ab", "é"]))
    >>> data.tobytes(), offsets.tolist()
    (b'ab\xc3\xa9', [0, 2, 4])
    """
    if not len(column):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    _, bounds, content = column.buffers()
    offsets = np.frombuffer(bounds, np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    return (np.zeros(0, np.uint8) if content is None else np.frombuffer(content, np.uint8)), offsets


def to_text(data: Bytes, offsets: Offsets) -> pa.Array:
    """Flat UTF-8 as a column of text.

    Returns: ``pa.string()``, one value less than offsets.
    Raises: TransformError when the text is larger than an Arrow text array holds (2 GiB).
    """
    if offsets[-1] > _ARROW_TEXT_LIMIT:
        what = f"{len(offsets) - 1} values of {offsets[-1]} bytes exceed one text array"
        raise TransformError("encoding", what, "use smaller batches")
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(data))


def in_order_of_length(data: Bytes, offsets: Offsets) -> tuple[Bytes, Offsets, Offsets | None]:
    """The column sorted by length, shorter values first; equal lengths keep their order.

    Returns: data, with some bytes to spare at its end; offsets; where each value was, None when they were in order.
    """
    lengths = np.diff(offsets)
    order = None
    if not bool((lengths[1:] >= lengths[:-1]).all()):
        small = lengths.astype(np.uint16) if int(lengths.max()) < 1 << 16 else lengths  # sorted in linear time
        order = np.argsort(small, kind="stable")
        data, offsets = taken(data, offsets, order)
    roomy = np.empty(int(offsets[-1]) + _SLACK, np.uint8)
    roomy[:-_SLACK] = data[: offsets[-1]]
    roomy[-_SLACK:] = 0
    return roomy, offsets, order


def restored(data: Bytes, offsets: Offsets, order: Offsets | None) -> tuple[Bytes, Offsets]:
    """The column back in the order it had before ``in_order_of_length`` gave ``order``."""
    if order is None:
        return data, offsets
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    return taken(data, offsets, places)


def taken(data: Bytes, offsets: Offsets, places: Offsets) -> tuple[Bytes, Offsets]:
    """The values at these places, in this order.

    >>> data, offsets = taken(np.frombuffer(b"abbccc", np.uint8), np.array([0, 1, 3, 6]), np.array([2, 0]))
    >>> data.tobytes(), offsets.tolist()
    (b'ccca', [0, 3, 4])
    """
    buffers = [None, pa.py_buffer(np.ascontiguousarray(offsets)), pa.py_buffer(data)]
    taken = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(offsets) - 1, buffers).take(pa.array(places))
    _, bounds, content = taken.buffers()
    bounds = np.frombuffer(bounds, np.int64, len(places) + 1)
    return (np.frombuffer(content, np.uint8) if content is not None else np.zeros(0, np.uint8)), bounds


def groups(lengths: Offsets, unit: int) -> Iterator[tuple[slice, int]]:
    """Rows that fill equally many units, in chunks.

    Args:
        lengths: ascending.
        unit: bytes.

    Yields: rows and how many units they fill; the last one may be filled in part.
    """
    units = -(-lengths // unit)
    for first, last in _even(units):
        count = int(units[first])
        rows = max(_LEAST_ROWS, _CHUNK_BYTES // max(1, count * unit))
        for start in range(first, last, rows):
            yield slice(start, min(start + rows, last)), count


def _even(numbers: Offsets) -> Iterator[tuple[int, int]]:
    """First place and place after the last of each run of equal numbers."""
    changes = (np.flatnonzero(np.diff(numbers)) + 1).tolist()
    return pairwise([0, *changes, len(numbers)] if len(numbers) else [])


def _runs(offsets: Offsets) -> Iterator[tuple[int, int, int]]:
    """First row, row after the last, and length of each run of rows of one length."""
    lengths = np.diff(offsets)
    for first, last in _even(lengths):
        yield first, last, int(lengths[first])


def units_of(
    data: Bytes, offsets: Offsets, rows: slice, count: int, step: int, kind: npt.DTypeLike
) -> npt.NDArray[Any]:
    """Units of these rows; what follows a row's end within its last unit is whatever lies there.

    Args:
        data: as ``in_order_of_length`` gives it.
        offsets: ascending in length.
        rows: that fill at most ``count`` units.
        count: units per row, 1 and up.
        step: bytes from a unit to the next, at most those of ``kind``.
        kind: how a unit is read: 1 to 16 bytes, in any byte order.

    Returns: shape (count, rows), in native byte order.
    """
    own, kind = offsets[rows.start : rows.stop + 1], np.dtype(kind)
    units = np.empty((count, len(own) - 1), kind.newbyteorder("="))
    for first, last, length in _runs(own):
        units[:, first:last] = np.ndarray((count, last - first), kind, data, int(own[first]), (step, length))
    return units


def put(units: npt.NDArray[Any], data: Bytes, offsets: Offsets, rows: slice, head: bytes = b"") -> None:
    """Write units into a flat buffer, each row cut to its length.

    Args:
        units: shape (count, rows), as they shall lie in memory.
        data: flat bytes, written to.
        offsets: of ``data``, ascending in length; a row's length is that of ``head`` and what is kept of its units.
        rows: which of ``offsets`` they are.
        head: bytes that each row begins with.
    """
    own, lead, size = offsets[rows.start : rows.stop + 1], np.frombuffer(head, np.uint8), units.itemsize
    for first, last, length in _runs(own):
        part, whole = units[:, first:last], (length - len(head)) // size
        if whole:
            start = int(own[first]) + len(head)
            np.ndarray((whole, last - first), f"V{size}", data, start, (size, length))[...] = part[:whole].view(
                f"V{size}"
            )
        place = data[own[first] : own[last]].reshape(last - first, length)
        place[:, : len(head)] = lead
        rest = length - len(head) - whole * size
        if rest:
            tail = np.ascontiguousarray(part[whole]).view(np.uint8).reshape(last - first, size)
            place[:, length - rest :] = tail[:, :rest]
