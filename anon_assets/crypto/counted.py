"""AES-CMAC of messages that end in a counting byte, chunk by chunk: what the pseudo-random function is made of.

Rows whose parts are equally long fill equally many blocks in the same way. Their messages are laid out side by side in a
matrix of some hundred kilobytes, which stays in the processor's cache, and each place of a block goes through AES in one
call. Blocks before the last are the same whatever is counted, and are encrypted once.

Source: NIST SP 800-38B.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.crypto.blocks import BLOCK_BYTES
from anon_assets.crypto.cmac import WHOLE_BLOCK, Chain, Words, cmac, mixed
from anon_assets.crypto.ragged import Bytes, Offsets, taken
from anon_assets.parallel import in_parallel, slices
from anon_assets.sealed import Sealed

__all__ = ["SEPARATOR", "CountedMacs", "Part", "counted_macs", "room"]

SEPARATOR = 0x1F
"""The byte between two parts."""

_CHUNK_ROWS = 32_768
_CHUNK_BYTES = 1 << 21
_LONGEST = (65_535, 255)  # by parts less one: what 16 bits tell of their lengths
_MOST_RUNS = 64  # more combinations of lengths than that, and messages are joined and ordered over the whole column
_Blocks = npt.NDArray[np.void]
Ragged: TypeAlias = tuple[Bytes, Offsets]
Part: TypeAlias = Bytes | Ragged
"""A column of bytes: equally many in each row, as a matrix; or flat, with offsets."""


def room(size: int) -> int:
    """Bytes of the blocks that a message of ``size`` bytes and its counting byte fill.

    >>> room(15), room(16)
    (16, 32)
    """
    return (size // BLOCK_BYTES + 1) * BLOCK_BYTES


class CountedMacs:
    """Codes of messages of one length. One object serves one thread.

    Args:
        key: 16, 24 or 32 bytes.
    """

    def __init__(self, key: Sealed) -> None:
        self._chain = Chain("prf", key)

    def of(self, messages: Bytes, size: int, into: _Blocks) -> None:
        """The code of each message with a byte 1 after it, with a byte 2 after it, and so on.

        Args:
            messages: shape (rows, ``room(size)``), contiguous, zeros from ``size`` on.
            size: bytes of each message.
            into: shape (codes, rows): blocks, written to.
        """
        blocks = messages.view(WHOLE_BLOCK)
        place = blocks.shape[1] - 1
        last = _column(blocks, 0)
        for number in range(1, place + 1):
            state = self._chain.step(last)
            last = _column(blocks, number)
            last ^= state
        at = size - place * BLOCK_BYTES  # of the counting byte
        whole = at + 1 == BLOCK_BYTES
        subkey = self._chain.whole if whole else self._chain.part
        before = bytes(BLOCK_BYTES)
        for number, codes in enumerate(into, 1):
            end = bytes([number]) if whole else bytes([number, 0x80])
            mark = mixed((bytes(at) + end).ljust(BLOCK_BYTES, b"\0"), subkey)
            for half, word in enumerate(np.frombuffer(mixed(mark, before), np.uint64)):
                last[:, half] ^= word
            codes[...] = self._chain.step(last).view(WHOLE_BLOCK).reshape(-1)
            before = mark


def _column(blocks: _Blocks, number: int) -> Words:
    """A block of each row, as a copy."""
    return np.ascontiguousarray(blocks[:, number]).view(np.uint64).reshape(-1, 2)


def counted_macs(key: Sealed, parts: Sequence[Part], codes: int) -> Bytes:
    """The CMAC of each row's parts, byte ``1F`` between them, and a byte that counts from 1 to ``codes``.

    Args:
        key: 16, 24 or 32 bytes.
        parts: one or two columns, each of shape (rows, bytes), or flat bytes and n + 1 ascending offsets.
        codes: 1 to 255.

    Returns: shape (n, 16 * codes).
    Raises: TransformError for a key of another length, without the key.
    """
    fixed = [part for part in parts if isinstance(part, np.ndarray)]
    if len(fixed) == len(parts):
        return _of_fixed(key, fixed, codes)
    ragged = [_with_offsets(part) if isinstance(part, np.ndarray) else part for part in parts]
    rows = len(ragged[0][1]) - 1
    lengths = [np.diff(offsets) for _, offsets in ragged]
    longest = [int(each.max(initial=0)) for each in lengths]
    if max(longest) > _LONGEST[len(ragged) - 1]:
        return _joined(key, ragged, codes)
    shapes = lengths[0].astype(np.uint16)
    for further in lengths[1:]:
        shapes = shapes << np.uint16(8) | further.astype(np.uint16)
    if np.count_nonzero(np.bincount(shapes)) > _MOST_RUNS:
        return _joined(key, ragged, codes)
    made = np.empty((rows, codes), WHOLE_BLOCK)
    step = max(_MOST_RUNS, min(_CHUNK_ROWS, _CHUNK_BYTES // (sum(longest) + BLOCK_BYTES)))

    def work(chunk: slice) -> None:
        own = [(data, offsets[chunk.start : chunk.stop + 1]) for data, offsets in ragged]
        made[chunk] = _of_chunk(CountedMacs(key), own, shapes[chunk], codes).T

    in_parallel(work, slices(rows, step))
    return made.view(np.uint8).reshape(rows, codes * BLOCK_BYTES)


def _with_offsets(part: Bytes) -> Ragged:
    rows, size = part.shape
    return np.ascontiguousarray(part).reshape(-1), np.arange(rows + 1, dtype=np.int64) * size


def _of_fixed(key: Sealed, parts: Sequence[Bytes], codes: int) -> Bytes:
    """The same for parts of which each is equally long in all rows: nothing has to be ordered."""
    rows = len(parts[0])
    made = np.empty((rows, codes), WHOLE_BLOCK)

    def work(chunk: slice) -> None:
        messages, size = _side_by_side([part[chunk] for part in parts])
        into = np.empty((codes, len(messages)), WHOLE_BLOCK)
        CountedMacs(key).of(messages, size, into)
        made[chunk] = into.T

    in_parallel(work, slices(rows, _CHUNK_ROWS))
    return made.view(np.uint8).reshape(rows, codes * BLOCK_BYTES)


def _of_chunk(macs: CountedMacs, parts: Sequence[Ragged], shapes: npt.NDArray[np.uint16], codes: int) -> _Blocks:
    """The codes of some rows. Shape (codes, rows)."""
    order = None
    if not bool((shapes[1:] >= shapes[:-1]).all()):
        order = np.argsort(shapes, kind="stable")
        shapes = shapes[order]
        parts = [_in_order(data, offsets, order) for data, offsets in parts]
    made = np.empty((codes, len(shapes)), WHOLE_BLOCK)
    cuts = (np.flatnonzero(shapes[1:] != shapes[:-1]) + 1).tolist()
    for first, last in pairwise([0, *cuts, len(shapes)] if len(shapes) else []):
        macs.of(*_laid_out(parts, first, last), made[:, first:last])
    if order is None:
        return made
    back = np.empty_like(made)
    for there, here in zip(back, made, strict=True):
        there[order] = here
    return back


def _in_order(data: Bytes, offsets: Offsets, order: Offsets) -> tuple[Bytes, Offsets]:
    size = int(offsets[1] - offsets[0])
    if size and offsets[-1] - offsets[0] == size * len(order) and bool((np.diff(offsets) == size).all()):
        rows = np.ndarray((len(order),), f"V{size}", data, int(offsets[0]))
        return rows.take(order).view(np.uint8), offsets - offsets[0]
    return taken(data, offsets, order)


def _laid_out(parts: Sequence[Ragged], first: int, last: int) -> tuple[Bytes, int]:
    """The messages of rows whose parts are equally long, one under the other with room for the count; their length."""
    pieces = []
    for data, offsets in parts:
        start, size = int(offsets[first]), int(offsets[first + 1] - offsets[first])
        pieces.append(data[start : start + (last - first) * size].reshape(last - first, size))
    return _side_by_side(pieces)


def _side_by_side(pieces: Sequence[Bytes]) -> tuple[Bytes, int]:
    """The pieces of each row behind each other, the separator between them and room for the count; their length."""
    size, rows = sum(piece.shape[1] for piece in pieces) + len(pieces) - 1, len(pieces[0])
    messages = np.zeros((rows, room(size)), np.uint8)
    place = 0
    for number, piece in enumerate(pieces):
        if number:
            messages[:, place] = SEPARATOR
            place += 1
        own = piece.shape[1]
        if own:
            kind = f"V{own}"
            there = np.ndarray((rows,), kind, messages, place, (messages.shape[1],))
            there[...] = np.ascontiguousarray(piece).view(kind).reshape(-1)
        place += own
    return messages, size


def _joined(key: Sealed, parts: Sequence[Ragged], codes: int) -> Bytes:
    """The same for rows of many lengths: put together first, then ordered by length."""
    rows = len(parts[0][1]) - 1
    columns = [
        pa.LargeBinaryArray.from_buffers(pa.large_binary(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
        for data, offsets in ((data, np.ascontiguousarray(offsets)) for data, offsets in parts)
    ]
    separator = pa.scalar(bytes([SEPARATOR]), pa.large_binary())
    message = pc.binary_join_element_wise(*columns, separator) if len(columns) > 1 else columns[0]
    nothing = pa.scalar(b"", pa.large_binary())
    counted = pc.binary_join_element_wise(message, pa.scalar(b"\0", pa.large_binary()), nothing)
    _, bounds, content = counted.buffers()
    ends = np.frombuffer(bounds, np.int64, rows + 1, counted.offset * 8)
    data = np.frombuffer(content, np.uint8).copy()
    made = []
    for number in range(1, codes + 1):
        data[ends[1:] - 1] = number
        made.append(cmac(key, data, ends))
    return np.concatenate(made, axis=1) if codes > 1 else made[0]
