"""AES-CMAC of whole columns.

Source: NIST SP 800-38B; RFC 4493.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from anon_assets.crypto.blocks import BLOCK_BYTES, Blocks
from anon_assets.crypto.ragged import Bytes, Offsets, groups, in_order_of_length, units_of
from anon_assets.sealed import Sealed

__all__ = ["KEPT", "WHOLE_BLOCK", "Chain", "Words", "cmac", "doubled", "end_marks", "mixed", "table", "words"]

WHOLE_BLOCK = f"V{BLOCK_BYTES}"
"""A block as one element of an array: what tables of blocks are looked up by and columns are gathered as."""

KEPT = np.frombuffer(
    b"".join(b"\xff" * size + bytes(BLOCK_BYTES - size) for size in range(BLOCK_BYTES + 1)), WHOLE_BLOCK
)
"""By the bytes that a message fills of a block: ones over them, zeros over the rest."""

_REDUCTION = 0x87  # x**128 = x**7 + x**2 + x + 1

Words = npt.NDArray[np.uint64]
"""Blocks as pairs of 64-bit words, as they lie in memory: shape (..., 2)."""


def doubled(block: bytes) -> bytes:
    """A block times x in GF(2**128).

    >>> doubled(bytes(15) + bytes([1])).hex()[-2:], doubled(bytes([128]) + bytes(15)).hex()[-2:]
    ('02', '87')
    """
    number = int.from_bytes(block, "big") << 1
    if number >> 128:
        number ^= 1 << 128 | _REDUCTION
    return number.to_bytes(BLOCK_BYTES, "big")


def words(blocks: npt.NDArray[Any]) -> Words:
    """Blocks of any shape as pairs of words: shape (..., 2)."""
    return np.ascontiguousarray(blocks).view(np.uint64).reshape(*blocks.shape, 2)


def table(blocks: Iterable[bytes]) -> npt.NDArray[np.void]:
    """Blocks to look up by number: shape (n,)."""
    return np.frombuffer(b"".join(blocks), WHOLE_BLOCK)


def end_marks(subkey: bytes) -> list[bytes]:
    """What is mixed into a block that its message fills by 0 to 15 bytes: a one bit after them, and the subkey."""
    marks = (bytes(size) + b"\x80" + bytes(BLOCK_BYTES - 1 - size) for size in range(BLOCK_BYTES))
    return [mixed(mark, subkey) for mark in marks]


def mixed(one: bytes, other: bytes) -> bytes:
    """Two blocks, each bit of the one flipped where the other has a one."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(BLOCK_BYTES, "big")


class Chain:
    """The subkeys of CMAC under one key, and its chain of blocks. One object serves one thread.

    Args:
        where: who asks, for the error.
        key: 16, 24 or 32 bytes.

    Raises: TransformError for a key of another length, without the key.
    """

    def __init__(self, where: str, key: Sealed) -> None:
        self._blocks, self._key = Blocks(where, key), key
        self.whole = doubled(self._blocks.encrypt(np.zeros(BLOCK_BYTES, np.uint8)).tobytes())
        self.part = doubled(self.whole)

    def macs(self, blocks: Sequence[Words]) -> Words:
        """The last block of the CBC chain over each row.

        Args:
            blocks: the first block of all rows, the second of all rows, and so on; each of shape (rows, 2). The last ones
                have end mark and subkey in them.

        Returns: shape (rows, 2).
        """
        if len(blocks[0]) < len(blocks):
            return self._macs_of_few(blocks)
        state = self.step(blocks[0])
        for block in blocks[1:]:
            state = self.step(block ^ state)
        return state.copy()

    def step(self, blocks: Words) -> Words:
        """One block of each row through AES. Returns: shape (rows, 2), valid until the next call."""
        return self._blocks.encrypt(blocks).view(np.uint64)

    def _macs_of_few(self, blocks: Sequence[Words]) -> Words:
        """Few long rows take fewer steps one after the other than block by block."""
        last = []
        for row in np.stack(blocks, axis=1):
            chain = Cipher(AES(self._key.reveal()), CBC(bytes(BLOCK_BYTES))).encryptor()
            last.append(chain.update(row.tobytes())[-BLOCK_BYTES:])
        return words(table(last))


def cmac(key: Sealed, data: Bytes, offsets: Offsets) -> Bytes:
    """The message authentication code of every value. Fastest when values come in order of length.

    Values that fill equally many blocks go through AES together, one call for each place of a block.

    Args:
        key: 16, 24 or 32 bytes.
        data: flat bytes.
        offsets: n + 1, ascending; value i is ``data[offsets[i]:offsets[i + 1]]``.

    Returns: shape (n, 16); a shorter code is its first bytes.
    Raises: TransformError for a key of another length, without the key.

    >>> key = Sealed(bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"))
    >>> cmac(key, np.zeros(0, np.uint8), np.array([0, 0])).tobytes().hex()
    'bb1d6929e95937287fa37d129b756746'
    """
    chain = Chain("cmac", key)
    data, offsets, order = in_order_of_length(data, offsets)
    lengths = np.diff(offsets)
    ends = table([*end_marks(chain.part), chain.whole])
    codes = np.empty((len(lengths), BLOCK_BYTES), np.uint8)
    for rows, units in groups(lengths, BLOCK_BYTES):
        count = max(1, units)
        filled = lengths[rows] - (count - 1) * BLOCK_BYTES
        blocks = list(words(units_of(data, offsets, rows, count, BLOCK_BYTES, WHOLE_BLOCK)))
        blocks[-1] = blocks[-1] & words(KEPT.take(filled)) ^ words(ends.take(filled))
        codes[rows] = chain.macs(blocks).view(np.uint8)
    if order is not None:
        codes[order] = codes.copy()
    return codes
