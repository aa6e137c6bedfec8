"""ipcrypt: deterministic encryption of IP addresses, with or without their prefixes preserved.

An IPv4 address counts as the IPv4-mapped IPv6 address ``::ffff:a.b.c.d``. Words are those of
``anon_assets.crypto.prefix_preserving``.

Source: draft-denis-ipcrypt (Methods for IP Address Encryption and Obfuscation), ipcrypt-deterministic and ipcrypt-pfx.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from anon_assets.crypto.blocks import Blocks
from anon_assets.crypto.prefix_preserving import Bits, Flips, Words, permute
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

__all__ = ["IpcryptDeterministic", "IpcryptPfx"]

_MAPPED_BITS = 96
_ONE, _FOUR, _WORD = np.uint64(1), np.uint64(32), np.uint64(64)
_MAPPED = 0xFFFF  # the first 96 bits of a mapped address, as a number


class IpcryptPfx:
    """ipcrypt-pfx: addresses with a common prefix get images with a common prefix of the same length.

    Bit k is flipped when AES(K1, p) xor AES(K2, p) is odd, where p is a one followed by the k plain bits before it.
    IPv4 addresses, and IPv4-mapped ones among the IPv6 addresses, keep the 96 bits that make them so.

    Args:
        key: 32 bytes, K1 and K2. Never use it for another scheme.

    Raises: TransformError for another length, and for equal halves, which would leave every address in clear.

    >>> scheme = IpcryptPfx(Sealed(bytes(range(32))))
    >>> low, _ = scheme.encrypt(np.array([0x0A000001, 0x0A000002], np.uint64))
    >>> [f"{value:08x}" for value in low], [f"{value:08x}" for value in scheme.decrypt(low)[0]]
    (['a3a9c384', 'a3a9c387'], ['0a000001', '0a000002'])
    """

    def __init__(self, key: Sealed) -> None:
        if len(key) != 32:
            raise TransformError("ipcrypt-pfx", f"a key has 32 bytes, this one {len(key)}")
        halves = key.reveal()[:16], key.reveal()[16:]
        if hmac.compare_digest(*halves):
            raise TransformError(
                "ipcrypt-pfx", "both halves of the key are equal", "they would leave addresses in clear"
            )
        self._key = key
        self._one, self._two = (Blocks("ipcrypt-pfx", Sealed(half)) for half in halves)
        self._scratch = np.empty(0, ">u8")

    def encrypt(self, low: Words, high: Words | None = None, passed: Bits | None = None) -> tuple[Words, Words | None]:
        """The image of each address.

        Args:
            low: IPv4 addresses, or the lower halves of IPv6 addresses.
            high: the upper halves of IPv6 addresses; None for IPv4.
            passed: leading bits that pass, as ``permute`` has it, counted from the first of 32 or 128.

        Returns: low and high, in the same order.
        """
        return self._permuted(low, high, passed, inverse=False)

    def decrypt(self, low: Words, high: Words | None = None, passed: Bits | None = None) -> tuple[Words, Words | None]:
        """The address of each image; arguments as of ``encrypt``."""
        return self._permuted(low, high, passed, inverse=True)

    def _permuted(
        self, low: Words, high: Words | None, passed: Bits | None, *, inverse: bool
    ) -> tuple[Words, Words | None]:
        if high is None:
            return permute(self._own(32), low, inverse=inverse, passed=passed)
        mapped = (high == 0) & (low >> np.uint64(32) == _MAPPED)
        if not mapped.any():
            return permute(self._own(128), low, high, inverse=inverse, passed=passed)
        inner = None if passed is None else passed[mapped] - np.minimum(passed[mapped], _MAPPED_BITS)
        outer = None if passed is None else passed[~mapped]
        made_low, made_high = low.copy(), high.copy()
        four, _ = permute(self._own(32), low[mapped] & np.uint64(0xFFFFFFFF), inverse=inverse, passed=inner)
        made_low[mapped] = four | np.uint64(_MAPPED << 32)
        six_low, six_high = permute(self._own(128), low[~mapped], high[~mapped], inverse=inverse, passed=outer)
        made_low[~mapped] = six_low
        if six_high is not None:
            made_high[~mapped] = six_high
        return made_low, made_high

    def flips(self, bits: int) -> Flips:
        """The keyed function for addresses of 32 or 128 bits, as ``permute`` has it. It serves one thread."""
        return self._four if bits == 32 else self._six

    def _own(self, bits: int) -> Callable[[], Flips]:
        return lambda: IpcryptPfx(self._key).flips(bits)

    def _four(self, lengths: Words, low: Words, _: Words | None) -> Bits:
        return self._odd(_ONE << (lengths + _FOUR), low >> (_FOUR - lengths) | np.uint64(_MAPPED) << lengths)

    def _six(self, lengths: Words, low: Words, high: Words | None) -> Bits:
        assert high is not None  # noqa: S101
        if lengths[0, 0] < _WORD:
            return self._odd(np.zeros_like(lengths), high >> (_WORD - lengths) | _ONE << lengths)
        more = lengths - _WORD
        rest = _WORD - more  # a shift by all 64 bits leaves none
        return self._odd(high >> rest | _ONE << more, np.bitwise_or(high << more, low >> rest))

    def _odd(self, upper: Words, lower: Words) -> Bits:
        """Whether one encryption of the block is odd and the other is not."""
        if len(self._scratch) < 2 * lower.size:
            self._scratch = np.empty(2 * lower.size, ">u8")
        blocks = self._scratch[: 2 * lower.size].reshape(*lower.shape, 2)
        blocks[..., 0], blocks[..., 1] = upper, lower
        odd: Bits = self._one.encrypt(blocks)[:, 15] ^ self._two.encrypt(blocks)[:, 15]
        return odd.reshape(lower.shape)


class IpcryptDeterministic:
    """ipcrypt-deterministic: AES-128 over the 16 bytes of an address. Nothing of its structure is left.

    Args:
        key: 16 bytes.

    Raises: TransformError for another length.
    """

    def __init__(self, key: Sealed) -> None:
        if len(key) != 16:
            raise TransformError("ipcrypt-deterministic", f"a key has 16 bytes, this one {len(key)}")
        self._cipher = Cipher(algorithms.AES(key.reveal()), modes.ECB())  # noqa: S305 one block is all there is

    def encrypt(self, low: Words, high: Words | None = None) -> tuple[Words, Words]:
        """The image of each address, an IPv6 address.

        Args:
            low: IPv4 addresses, or the lower halves of IPv6 addresses.
            high: the upper halves of IPv6 addresses; None for IPv4.
        """
        blocks = np.zeros((len(low), 2), ">u8")
        blocks[:, 0] = 0 if high is None else high
        blocks[:, 1] = low | np.uint64(_MAPPED << 32) if high is None else low
        return _halves(self._cipher.encryptor().update(blocks.tobytes()))

    def decrypt(self, low: Words, high: Words) -> tuple[Words, Words]:
        """The address of each image; an IPv4 address comes as IPv4-mapped."""
        return _halves(self._cipher.decryptor().update(np.stack([high, low], axis=1).astype(">u8").tobytes()))


def _halves(blocks: bytes) -> tuple[Words, Words]:
    words = np.frombuffer(blocks, ">u8").reshape(-1, 2).astype(np.uint64)
    return words[:, 1], words[:, 0]
