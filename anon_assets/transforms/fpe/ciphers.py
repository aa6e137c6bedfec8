"""The keyed permutations of a format: of numerals in one radix, and of the numbers below any size.

Source: NIST SP 800-38G; Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002 (cycle walking).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from anon_assets.crypto.ff1 import FF1, SMALLEST_DOMAIN
from anon_assets.crypto.permutation import Permutation
from anon_assets.sealed import Sealed

__all__ = ["Ciphers", "Numerals", "Words", "permuted"]

Numerals = npt.NDArray[np.unsignedinteger]
"""Digits of values of equal length: shape (values, length)."""

Words = npt.NDArray[np.uint64]

_CHUNK_ROWS = 65_536


@dataclass(slots=True)
class Ciphers:
    """The permutations of one format, each made when first used.

    Args:
        key: of FF1 in this format.
        small_key: of the lookup permutations.
        tweak: tells apart the ways in which one format is read.
        forward: encrypt; else decrypt.
        permute_small: encrypt domains below a million by a lookup permutation.
    """

    key: Sealed
    small_key: Sealed
    tweak: bytes
    forward: bool
    permute_small: bool = False
    _made: dict[tuple[int, bytes], FF1] = field(default_factory=dict)
    _small: dict[int, Permutation] = field(default_factory=dict)

    def _ff1(self, radix: int, pattern: bytes) -> FF1:
        name = radix, pattern
        if name not in self._made:
            self._made[name] = FF1(self.key, radix, tweak=self.tweak + b"/" + pattern)
        return self._made[name]

    def _tweaks(self, patterns: Words) -> npt.NDArray[np.uint8]:
        """The tweak of each value: the format's and eight bytes for its pattern."""
        prefix = np.frombuffer(self.tweak + b"/", np.uint8)
        tweaks = np.empty((len(patterns), len(prefix) + 8), np.uint8)
        tweaks[:, : len(prefix)] = prefix
        tweaks[:, len(prefix) :] = patterns.astype(">u8")[:, None].view(np.uint8)
        return tweaks

    def numerals(self, radix: int, rows: Numerals, pattern: bytes | Words, kind: npt.DTypeLike = np.uint16) -> Numerals:
        """Numerals in ``radix``, shape (values, length) in and out; ``pattern`` is that of all values or of each.

        Args:
            radix: rows: pattern: of the values.
            kind: the integer type of the result, one that holds the radix's numerals.
        """
        cipher, tweaks = self._tweaked(radix, pattern)
        return cipher.encrypt(rows, tweaks, kind) if self.forward else cipher.decrypt(rows, tweaks, kind)

    def pairs(self, radix: int, a: Words, b: Words, length: int, pattern: bytes | Words) -> tuple[Words, Words]:
        """As ``numerals``, where both halves are given as numbers."""
        cipher, tweaks = self._tweaked(radix, pattern)
        run = cipher.encrypt_pairs if self.forward else cipher.decrypt_pairs
        return run(a, b, length, tweaks)

    def _tweaked(self, radix: int, pattern: bytes | Words) -> tuple[FF1, npt.NDArray[np.uint8] | None]:
        if isinstance(pattern, bytes):
            return self._ff1(radix, pattern), None
        return self._ff1(radix, b""), self._tweaks(pattern)

    def small(self, size: int, ranks: Words) -> Words:
        """Numbers below ``size``, which is below a million."""
        if size not in self._small:
            self._small[size] = Permutation(self.small_key, size)
        cipher = self._small[size]
        return np.asarray(cipher.encrypt(ranks) if self.forward else cipher.decrypt(ranks)).astype(np.uint64)


def permuted(numbers: Words, size: int, ciphers: Ciphers) -> Words:
    """A permutation of [0, ``size``).

    From a million on FF1, with two numerals up to 2**32 and four above, in the least radix that holds ``size``: what falls
    beyond is encrypted again, which is rare. Below a million a lookup permutation.

    Args:
        numbers: below ``size``.
        size: 2 to 2**64.
        ciphers: what encrypts.
    """
    if size < SMALLEST_DOMAIN:
        return ciphers.small(size, numbers)
    length = 2 if size <= 2**32 else 4
    radix = _root(size, length)
    half = np.uint64(radix ** (length // 2))
    top, rest = divmod(size - 1, int(half))
    result = np.empty_like(numbers)
    for first in range(0, len(numbers), _CHUNK_ROWS):
        made = result[first : first + _CHUNK_ROWS]
        a = numbers[first : first + _CHUNK_ROWS] // half
        b = numbers[first : first + _CHUNK_ROWS] - a * half
        todo = np.arange(len(made))
        while len(todo):
            a, b = ciphers.pairs(radix, a, b, length, b"")
            beyond = (a > top) | ((a == top) & (b > rest))
            fine = ~beyond
            made[todo[fine]] = a[fine] * half + b[fine]
            a, b, todo = a[beyond], b[beyond], todo[beyond]
    return result


def _root(size: int, length: int) -> int:
    """The least radix with ``radix ** length >= size``."""
    radix = int(size ** (1 / length)) + 1
    while radix**length >= size:
        radix -= 1
    return radix + 1
