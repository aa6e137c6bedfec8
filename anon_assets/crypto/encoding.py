"""Text forms of byte rows, whole columns at a time: hexadecimal, base32, base64url, fixed-width text.

Source: RFC 4648, sections 5, 6 and 8, without padding.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anon_assets.errors import TransformError

__all__ = ["ALPHABETS", "Encoding", "bits_per_character", "encode", "fixed_width"]

Encoding = Literal["base32", "hex", "base64url"]

ALPHABETS: dict[Encoding, bytes] = {
    "hex": b"0123456789abcdef",
    "base32": b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "base64url": b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
}
_GROUPS: dict[Encoding, tuple[int, int]] = {"hex": (1, 2), "base32": (5, 8), "base64url": (3, 4)}  # bytes, characters
_CHUNK_ROWS = 8_192  # the words of a chunk stay in the processor's cache
_ARROW_TEXT_LIMIT = 2**31 - 1


def _pairs(alphabet: bytes) -> npt.NDArray[np.uint16]:
    """Two characters as they lie in memory, by the number that both carry."""
    codes = np.frombuffer(alphabet, np.uint8)
    both = np.stack([np.repeat(codes, len(codes)), np.tile(codes, len(codes))], axis=1)
    return np.ascontiguousarray(both).view(np.uint16).reshape(-1)


_PAIRS: dict[Encoding, npt.NDArray[np.uint16]] = {name: _pairs(alphabet) for name, alphabet in ALPHABETS.items()}


def bits_per_character(encoding: Encoding) -> int:
    """Bits that one character carries: 4, 5 or 6."""
    return len(ALPHABETS[encoding]).bit_length() - 1


def encode(rows: npt.NDArray[np.uint8], encoding: Encoding, length: int) -> npt.NDArray[np.uint8]:
    """The first ``length`` characters of each row's encoding, as ASCII codes.

    Args:
        rows: shape (n, k), one value per row.
        encoding: which alphabet.
        length: 1 up to the characters that k bytes fill.

    Returns: shape (n, length).
    Raises: TransformError when k bytes do not fill ``length`` characters.
    """
    bits = bits_per_character(encoding)
    if not 1 <= length <= rows.shape[1] * 8 // bits:
        raise TransformError("encoding", f"{rows.shape[1]} bytes do not fill {length} characters of {encoding}")
    size, characters = _GROUPS[encoding]
    groups = -(-length // characters)
    encoded = np.empty((rows.shape[0], groups * characters // 2), np.uint16)
    shifts = np.arange((characters - 2) * bits, -1, -2 * bits, dtype=np.uint64)
    mask = np.uint64((1 << 2 * bits) - 1)
    for first in range(0, rows.shape[0], _CHUNK_ROWS):
        part = rows[first : first + _CHUNK_ROWS, : groups * size]
        padded = np.zeros((part.shape[0], groups * size), np.uint8)
        padded[:, : part.shape[1]] = part
        word = np.zeros((part.shape[0], groups), np.uint64)
        for place in range(size):
            word = word << np.uint64(8) | padded[:, place::size]
        pairs = (word[:, :, None] >> shifts & mask).astype(np.intp)
        encoded[first : first + _CHUNK_ROWS] = _PAIRS[encoding][pairs.reshape(part.shape[0], -1)]
    return encoded.view(np.uint8)[:, :length]


def fixed_width(codes: npt.NDArray[np.uint8], prefix: str = "", suffix: str = "") -> pa.Array:
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
