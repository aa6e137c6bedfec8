"""Spans of text inside a column: rows laid end to end in one buffer, slices of it, and other text put in their place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Joined", "Positions", "splice"]

Positions = npt.NDArray[np.int64]
"""Byte positions or row numbers."""


@dataclass(frozen=True, slots=True)
class Joined:
    r"""The texts of a column in one buffer of UTF-8, a line feed after each: one search or scan reads them all.

    Args:
        buffer: the bytes.
        starts: where each row begins, and the length of the buffer: one more than there are rows. Row ``i`` is
            ``buffer[starts[i] : starts[i + 1] - 1]``.

    >>> joined = Joined.of(pa.array(["ab", "", "ä"]))
    >>> joined.buffer.to_pybytes(), joined.starts.tolist()
    (b'ab\n\n\xc3\xa4\n', [0, 3, 4, 7])
    """

    buffer: pa.Buffer
    starts: Positions

    @classmethod
    def of(cls, values: pa.Array) -> Joined:
        """Lay out a column of any text type without nulls."""
        text = values.cast(pa.large_string())
        lengths = pc.binary_length(text).to_numpy().astype(np.int64)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths + 1)])
        if not len(text):
            return cls(pa.py_buffer(b""), starts)
        text = pa.concat_arrays([text, pa.array([""], pa.large_string())])  # so that the last row has its line feed too
        rows = pa.ListArray.from_arrays(pa.array([0, len(text)], pa.int32()), text)
        return cls(pc.binary_join(rows, pa.scalar("\n", pa.large_string()))[0].as_buffer(), starts)

    @property
    def bytes(self) -> npt.NDArray[np.uint8]:
        """The buffer as numbers, without a copy."""
        return np.frombuffer(self.buffer, np.uint8)

    def rows(self, positions: Positions) -> Positions:
        """The row that each position of the buffer lies in."""
        return np.searchsorted(self.starts, positions, "right").astype(np.int64) - 1

    def slices(self, begins: Positions, ends: Positions) -> pa.Array:
        """The text between positions of the buffer, as ``pa.string()``. In any order; they may overlap."""
        lengths = ends - begins
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        places = np.repeat(begins - offsets[:-1], lengths) + np.arange(offsets[-1])
        data = pa.py_buffer(self.bytes[places])
        return pa.LargeStringArray.from_buffers(len(lengths), pa.py_buffer(offsets), data).cast(pa.string())


def splice(values: pa.Array, rows: Positions, begins: Positions, ends: Positions, texts: pa.Array) -> pa.Array:
    """Put texts in the place of spans; everything else stays byte for byte.

    Args:
        values: any text type, without nulls.
        rows: the row of each span, ascending.
        begins: first byte of each span within its row, ascending within a row.
        ends: the byte after its last one; spans do not overlap.
        texts: what stands there instead, one for each span, of any text type, without nulls.

    Returns: an array of the type and length of ``values``. No loop: Arrow copies whole pieces.

    >>> splice(pa.array(["from ada", "none"]), *np.array([[0], [5], [8]]), pa.array(["<NAME>"])).to_pylist()
    ['from <NAME>', 'none']
    """
    if not len(rows):
        return values
    text = values.cast(pa.large_string())
    offsets = np.frombuffer(text.buffers()[1], np.int64)[text.offset : text.offset + len(text) + 1]
    count = len(rows)
    edges = np.empty(2 * count + 2, np.int64)
    edges[0], edges[-1] = offsets[0], offsets[-1]
    edges[1:-1:2], edges[2:-1:2] = offsets[rows] + begins, offsets[rows] + ends
    pieces = pa.LargeStringArray.from_buffers(2 * count + 1, pa.py_buffer(edges), text.buffers()[2])
    replaced = np.zeros(2 * count + 1, bool)
    replaced[1::2] = True
    made = pc.replace_with_mask(pieces, pa.array(replaced), texts.cast(pa.large_string()))
    growth = np.zeros(count + 1, np.int64)
    np.cumsum(pc.binary_length(texts).to_numpy() - (ends - begins), out=growth[1:])
    moved = offsets - offsets[0] + growth[np.searchsorted(rows, np.arange(len(text) + 1), "left")]
    return pa.LargeStringArray.from_buffers(len(text), pa.py_buffer(moved), made.buffers()[2]).cast(values.type)
