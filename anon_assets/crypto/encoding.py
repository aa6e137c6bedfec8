"""Text forms of byte rows, whole columns at a time: hexadecimal, base32, base64url, fixed-width text.

Eight characters carry as many bytes as one character carries bits (4, 5 or 6). That is the unit of work: its bytes are
read as one 64-bit word, the eight fields of the word are spread to a byte each, and bytes become characters by
arithmetic, so that no step is taken per character. Rows of whole pairs of bytes become hexadecimal by table.

Source: RFC 4648, sections 5, 6 and 8, without padding.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anon_assets.crypto.ragged import Bytes, Offsets, groups, in_order_of_length, offsets_of, put, restored, units_of
from anon_assets.errors import TransformError
from anon_assets.parallel import in_parallel, slices

__all__ = ["ALPHABETS", "Encoding", "bits_per_character", "decode_rows", "encode", "encode_rows", "fixed_width"]

Encoding = Literal["base32", "hex", "base64url"]

ALPHABETS: dict[Encoding, bytes] = {
    "hex": b"0123456789abcdef",
    "base32": b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "base64url": b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
}
_UNIT = 8  # characters
_CHUNK_UNITS = 16_384  # the words of a chunk stay in the processor's cache
_ARROW_TEXT_LIMIT = 2**31 - 1

_Steps = list[tuple[int, int]]
Words = npt.NDArray[np.uint64]


def _steps(codes: bytes, values: range | list[int]) -> _Steps:
    """The mapping ``values[i] -> codes[i]`` as a sum of steps: from each threshold on, add so much (modulo 256)."""
    steps, shift = [], 0
    for value, code in zip(values, codes, strict=True):
        if (code - value) % 256 != shift:
            steps.append((value, (code - value - shift) % 256))
            shift = (code - value) % 256
    return steps


def _inverse(alphabet: bytes) -> _Steps:
    ascending = sorted(range(len(alphabet)), key=alphabet.__getitem__)
    return _steps(bytes(ascending), [alphabet[value] for value in ascending])


_TO_CODES: dict[Encoding, _Steps] = {name: _steps(codes, range(len(codes))) for name, codes in ALPHABETS.items()}
_TO_VALUES: dict[Encoding, _Steps] = {name: _inverse(codes) for name, codes in ALPHABETS.items()}


def _mapped(values: Bytes, steps: _Steps) -> Bytes:
    """The image of each byte. What lies below the first threshold is of no alphabet."""
    (_, start), *further = steps
    images, reached = values + np.uint8(start), np.empty(values.shape, bool)
    for threshold, amount in further:
        np.greater_equal(values, np.uint8(threshold), out=reached)
        step = reached.view(np.uint8)
        step *= np.uint8(amount)
        images += step
    return images


def _halves(bits: int) -> list[tuple[np.uint64, np.uint64, np.uint64]]:
    """For the halves, quarters and eighths of a word: its lower fields, its upper fields, and how far these move."""

    def repeated(field: int, width: int) -> np.uint64:
        return np.uint64(sum(field << place for place in range(0, 64, width)))

    found = []
    for fields in (4, 2, 1):
        low = (1 << fields * bits) - 1
        masks = repeated(low, 16 * fields), repeated(low << fields * bits, 16 * fields)
        found.append((*masks, np.uint64(fields * (8 - bits))))
    return found


_HALVES = {bits: _halves(bits) for bits in (4, 5, 6)}


def _spread(word: Words, bits: int) -> None:
    """Move the eight fields of ``bits`` bits at the low end of each word to a byte each, in place.

    The upper half of the fields moves first, then the upper half of each half, then of each quarter.
    """
    moved = np.empty_like(word)
    for low, high, distance in _HALVES[bits]:
        np.bitwise_and(word, high, out=moved)
        moved <<= distance
        word &= low
        word |= moved


def _gather(word: Words, bits: int) -> None:
    """Undo ``_spread``, in place. Bits that are not of a field are dropped."""
    moved = np.empty_like(word)
    for low, high, distance in reversed(_HALVES[bits]):
        np.right_shift(word, distance, out=moved)
        moved &= high
        word &= low
        word |= moved


def _hex_of_pairs() -> npt.NDArray[np.uint32]:
    """The four characters of two bytes, both read as numbers as they lie in memory."""
    codes = np.frombuffer(ALPHABETS["hex"], np.uint8)
    pairs = np.arange(1 << 16, dtype=np.uint16).view(np.uint8)
    return codes[np.stack([pairs >> 4, pairs & 15], axis=1)].reshape(-1).view(np.uint32)


_HEX_OF_PAIRS = _hex_of_pairs()


def bits_per_character(encoding: Encoding) -> int:
    """Bits that one character carries: 4, 5 or 6."""
    return len(ALPHABETS[encoding]).bit_length() - 1


def _characters(word: Words, encoding: Encoding) -> Words:
    """Words with the bytes of a unit at their low end as eight characters. The words given are changed."""
    _spread(word, bits_per_character(encoding))
    word.byteswap(inplace=True)
    return _mapped(word.view(np.uint8), _TO_CODES[encoding]).view(np.uint64)


def _unit(word: Words, encoding: Encoding) -> Words:
    """Undo ``_characters``. Characters outside the alphabet give other bytes."""
    values = _mapped(word.view(np.uint8), _TO_VALUES[encoding]).view(np.uint64)
    values.byteswap(inplace=True)
    _gather(values, bits_per_character(encoding))
    return values


def _ones(size: int, room: int) -> int:
    """A number of ``room`` bytes whose first ``size`` bytes are all ones."""
    return (1 << 8 * room) - (1 << 8 * (room - size))


def encode(rows: Bytes, encoding: Encoding, length: int) -> Bytes:
    """The first ``length`` characters of each row's encoding, as ASCII codes.

    Args:
        rows: shape (n, k), one value per row.
        encoding: which alphabet.
        length: 1 up to the characters that k bytes need; what the last one lacks is filled with zero bits.

    Returns: shape (n, length).
    Raises: TransformError when k bytes do not fill ``length`` characters.
    """
    bits = bits_per_character(encoding)
    if not 1 <= length <= -(-rows.shape[1] * 8 // bits):
        raise TransformError("encoding", f"{rows.shape[1]} bytes do not fill {length} characters of {encoding}")
    encoded = np.empty((rows.shape[0], length), np.uint8)
    pairs = -(-length // 4)  # of bytes, where the alphabet is hexadecimal

    def by_table(chunk: slice) -> None:
        part = np.ascontiguousarray(rows[chunk, : 2 * pairs]).view(np.uint16)
        encoded[chunk] = _HEX_OF_PAIRS.take(part).view(np.uint8)[:, :length]

    units = -(-length // _UNIT)
    width, used = units * bits, min(units * bits, rows.shape[1])

    def by_words(chunk: slice) -> None:
        part = rows[chunk, :used]
        raw = np.zeros(len(part) * width + 8, np.uint8)  # a word is read from the last unit as from all others
        raw[:-8].reshape(len(part), width)[:, :used] = part
        word = np.ndarray((len(part) * units,), ">u8", raw, strides=(bits,)).astype(np.uint64)
        word >>= np.uint64(64 - 8 * bits)
        codes = _characters(word, encoding).view(np.uint8)
        encoded[chunk] = codes.reshape(len(part), units * _UNIT)[:, :length]

    work = by_table if encoding == "hex" and 2 * pairs <= rows.shape[1] else by_words
    in_parallel(work, slices(rows.shape[0], max(1, _CHUNK_UNITS // units)))
    return encoded


def encode_rows(data: Bytes, offsets: Offsets, encoding: Encoding, head: bytes = b"") -> tuple[Bytes, Offsets]:
    """The encodings of values of unequal length. Fastest when they come in order of length.

    Args:
        data: flat bytes.
        offsets: n + 1, ascending; value i is ``data[offsets[i]:offsets[i + 1]]``.
        encoding: which alphabet.
        head: bytes written before each encoding.

    Returns: ASCII codes and their offsets, in the order of the values.

    >>> data, offsets = encode_rows(np.frombuffer(b"foobar", np.uint8), np.array([0, 3, 6]), "base32", b"v1.")
    >>> data.tobytes(), offsets.tolist()
    (b'v1.MZXW6v1.MJQXE', [0, 8, 16])
    """
    data, offsets, order = in_order_of_length(data, offsets)
    bits, lengths = bits_per_character(encoding), np.diff(offsets)
    made = offsets_of(len(head) + -(-8 * lengths // bits))
    codes = np.empty(int(made[-1]), np.uint8)
    kept = np.array([_ones(size, bits) for size in range(bits + 1)], np.uint64)
    for rows, count in groups(lengths, bits):
        word = units_of(data, offsets, rows, max(1, count), bits, ">u8")
        word >>= np.uint64(64 - 8 * bits)
        word[-1] &= kept.take(lengths[rows] - (len(word) - 1) * bits)
        put(_characters(word, encoding), codes, made, rows, head)
    return restored(codes, made, order)


def decode_rows(codes: Bytes, offsets: Offsets, encoding: Encoding) -> tuple[Bytes, Offsets, npt.NDArray[np.bool_]]:
    """The values whose encodings these are. Fastest when they come in order of length.

    Args:
        codes: flat ASCII codes.
        offsets: n + 1, ascending.
        encoding: which alphabet.

    Returns: flat bytes, their offsets, and whether each is an encoding at all: every character of the alphabet, a number
        of characters that occurs, and no bits set beyond the last byte. Where it is not, the bytes mean nothing.
    """
    codes, offsets, order = in_order_of_length(codes, offsets)
    bits, lengths = bits_per_character(encoding), np.diff(offsets)
    sizes = lengths * bits // 8
    made, sound = offsets_of(sizes), -(-8 * sizes // bits) == lengths
    data = np.empty(int(made[-1]), np.uint8)
    zero = int.from_bytes(ALPHABETS[encoding][:1] * _UNIT, "little")
    kept = np.array([(1 << 8 * size) - 1 for size in range(_UNIT + 1)], np.uint64)  # characters lie first one first
    filled = np.array([_ones(size * bits // 8, bits) for size in range(_UNIT + 1)], np.uint64)
    for rows, count in groups(lengths, _UNIT):
        word = units_of(codes, offsets, rows, max(1, count), _UNIT, np.uint64)
        used = lengths[rows] - (len(word) - 1) * _UNIT
        own = kept.take(used)
        word[-1] = word[-1] & own | ~own & np.uint64(zero)
        unit = _unit(word, encoding)
        unit[-1] &= filled.take(used)
        sound[rows] &= (_characters(unit.copy(), encoding) == word).all(axis=0)
        unit <<= np.uint64(64 - 8 * bits)
        unit.byteswap(inplace=True)
        put(np.ndarray(unit.shape, f"V{bits}", unit, strides=unit.strides), data, made, rows)
    data, made = restored(data, made, order)
    if order is not None:
        sound[order] = sound.copy()
    return data, made, sound


def fixed_width(codes: Bytes, prefix: str = "", suffix: str = "") -> pa.Array:
    """Rows of ASCII codes as a column of text, each between ``prefix`` and ``suffix``.

    Returns: ``pa.string()``, as many values as rows.
    Raises: TransformError when the text is larger than an Arrow text array holds (2 GiB).
    """
    before, after = (np.frombuffer(text.encode(), np.uint8) for text in (prefix, suffix))
    rows, width = codes.shape[0], len(before) + codes.shape[1] + len(after)
    if rows * width > _ARROW_TEXT_LIMIT:
        raise TransformError("encoding", f"{rows} values of {width} bytes exceed one text array", "use smaller batches")
    filled = np.empty((rows, width), np.uint8)
    filled[:, : len(before)] = before
    filled[:, len(before) : width - len(after)] = codes
    filled[:, width - len(after) :] = after
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int32) if width else np.zeros(rows + 1, np.int32)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(filled))
