"""Crypto-PAn: the first prefix-preserving encryption of IP addresses, for exchange with those who use it.

New data uses ipcrypt-pfx, which is proven secure beyond the birthday bound and has a decryption of its own. Words are
those of ``anon_assets.crypto.prefix_preserving``.

Source: J. Xu, J. Fan, M. Ammar and S. Moon, "Prefix-Preserving IP Address Anonymization", ICNP 2002, and the reference
implementation of the same authors; IPv6 as in yacryptopan and others that followed it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from anon_assets.crypto.blocks import Blocks
from anon_assets.crypto.prefix_preserving import Bits, Flips, Words, permute
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

__all__ = ["CryptoPan"]

_ALL = np.uint64(2**64 - 1)
_WORD, _FOUR = np.uint64(64), np.uint64(32)
_Word = TypeVar("_Word", np.uint32, np.uint64)


class CryptoPan:
    """Crypto-PAn over IPv4 and IPv6.

    Bit k is flipped when the first bit of AES(K, p) is set, where p is the k plain bits before it, filled up to 128 bits
    with the rest of the pad. The pad is AES(K, second half of the key).

    Args:
        key: 32 bytes: the AES key and what the pad is made of.

    Raises: TransformError for another length.

    >>> scheme = CryptoPan(Sealed(bytes(range(32))))
    >>> low, _ = scheme.encrypt(np.array([0xC0000201], np.uint64))  # 192.0.2.1
    >>> f"{low[0]:08x}"  # 2.90.93.17
    '025a5d11'
    """

    def __init__(self, key: Sealed) -> None:
        if len(key) != 32:
            raise TransformError("Crypto-PAn", f"a key has 32 bytes, this one {len(key)}")
        self._key = key
        self._aes = Blocks("Crypto-PAn", Sealed(key.reveal()[:16]))
        pad = self._aes.encrypt(np.frombuffer(key.reveal()[16:], np.uint8))
        self._pad = pad.copy().view(np.uint64)[0]  # in network order
        self._padded, self._scratch = np.empty((2, 0, 2), np.uint64)

    def encrypt(self, low: Words, high: Words | None = None, passed: Bits | None = None) -> tuple[Words, Words | None]:
        """The image of each address.

        Args:
            low: IPv4 addresses, or the lower halves of IPv6 addresses.
            high: the upper halves of IPv6 addresses; None for IPv4.
            passed: leading bits that pass, as ``permute`` has it.

        Returns: low and high, in the same order.
        """
        return permute(self._own(32 if high is None else 128), low, high, passed=passed)

    def decrypt(self, low: Words, high: Words | None = None, passed: Bits | None = None) -> tuple[Words, Words | None]:
        """The address of each image; arguments as of ``encrypt``."""
        return permute(self._own(32 if high is None else 128), low, high, inverse=True, passed=passed)

    def flips(self, bits: int) -> Flips:
        """The keyed function for addresses of 32 or 128 bits, as ``permute`` has it. It serves one thread."""
        return self._four if bits == 32 else self._six

    def _own(self, bits: int) -> Callable[[], Flips]:
        return lambda: CryptoPan(self._key).flips(bits)

    def _four(self, lengths: Words, low: Words, _: Words | None) -> Bits:
        size = len(lengths) * len(low)
        if len(self._padded) < size:
            self._padded = np.tile(self._pad, (size, 1))
        blocks = self._padded[:size].view(np.uint32).reshape(len(lengths), len(low), 4)  # only their first word changes
        kept = ~_big_endian((_ALL >> lengths >> _FOUR).astype(np.uint32))
        pad = self._pad.view(np.uint32)[0]
        np.bitwise_or(_big_endian(low.astype(np.uint32)) & kept, pad & ~kept, out=blocks[..., 0])
        return self._first_bits(blocks)

    def _six(self, lengths: Words, low: Words, high: Words | None) -> Bits:
        assert high is not None  # noqa: S101 there is one of every IPv6 address
        size = len(lengths) * len(low)
        if len(self._scratch) < size:
            self._scratch = np.empty((size, 2), np.uint64)
        blocks = self._scratch[:size].reshape(len(lengths), len(low), 2)
        in_lower = int(lengths[0, 0] >= _WORD)  # which word the prefix ends in
        kept, cut = ~_big_endian(_ALL >> lengths % _WORD), _big_endian(low if in_lower else high)
        np.bitwise_or(cut & kept, self._pad[in_lower] & ~kept, out=blocks[..., in_lower])
        blocks[..., 1 - in_lower] = _big_endian(high) if in_lower else self._pad[1]
        return self._first_bits(blocks)

    def _first_bits(self, blocks: npt.NDArray[np.uint32] | Words) -> Bits:
        return self._aes.encrypt(blocks)[:, 0].reshape(blocks.shape[:2]) >> np.uint8(7)


def _big_endian(words: npt.NDArray[_Word]) -> npt.NDArray[_Word]:
    """The words with their bytes in network order, as they lie in a block."""
    return words if sys.byteorder == "big" else words.byteswap()
