"""FF1: format-preserving encryption of numeral strings, a column at a time.

Source: NIST SP 800-38G, method FF1; domains as its Revision 1 asks (second public draft, February 2025).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from anon_assets.crypto.blocks import Blocks, check_key
from anon_assets.crypto.feistel import MOST_WORD, Octets, Rounds, Shape, WideRounds, WordRounds, lead
from anon_assets.crypto.modular import Words
from anon_assets.crypto.numerals import Numerals, check_numerals, check_radix
from anon_assets.crypto.split_rounds import SplitRounds
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

__all__ = ["FF1", "SMALLEST_DOMAIN"]

SMALLEST_DOMAIN = 1_000_000
"""Least number of strings in a domain (SP 800-38G Rev. 1, second draft)."""
_MOST_LENGTH = 2**32 - 1


class FF1:
    """Encrypts a column of numeral strings of one length into strings of the same length and radix, one to one.

    Args:
        key: an AES key of 16, 24 or 32 bytes.
        radix: 2 to 65536.
        tweak: 0 to 2**32 - 1 bytes that need not be secret; the strings under each tweak are permuted anew.
        domain_check: refuse a domain of fewer than 1,000,000 strings, as the standard requires: so few can be tried out.
            False only to exchange data with others who did not.

    Raises: TransformError for a key or radix out of range; from every method, for a length that is. It shows neither keys
        nor values.
    Guarantees: ``decrypt`` inverts ``encrypt``; a value's result does not depend on the rows beside it.
    Source: NIST SP 800-38G, method FF1 (algorithms 7 and 8); SP 800-38G Rev. 1, second public draft, February 2025.

    >>> cipher = FF1(Sealed(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C")), 10)
    >>> cipher.encrypt(np.array([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]], np.uint8))
    array([[2, 4, 3, 3, 4, 7, 7, 4, 8, 4]], dtype=uint16)
    """

    def __init__(self, key: Sealed, radix: int, *, tweak: bytes = b"", domain_check: bool = True) -> None:
        check_key("ff1", key)
        check_radix("ff1", radix)
        self._key, self._radix, self._domain_check = key, radix, domain_check
        self._tweak = np.frombuffer(tweak, np.uint8)[None, :]

    def __repr__(self) -> str:
        return f"FF1(radix {self._radix})"

    def encrypt(
        self, numerals: npt.NDArray[Any], tweaks: Octets | None = None, kind: npt.DTypeLike = np.uint16
    ) -> Numerals:
        """The strings, encrypted.

        Args:
            numerals: any unsigned integer type, shape (rows, length), most significant numeral first.
            tweaks: shape (rows, tweak bytes): a tweak for each row in place of the one for all.
            kind: the integer type of the result, one that holds the radix's numerals.

        Returns: a new array of the same shape.
        Raises: TransformError for a numeral that the radix lacks, a length below 2 or a domain that is too small.
        """
        return self._strings(numerals, tweaks, kind, backwards=False)

    def decrypt(
        self, numerals: npt.NDArray[Any], tweaks: Octets | None = None, kind: npt.DTypeLike = np.uint16
    ) -> Numerals:
        """The strings that ``encrypt`` turned into these. As ``encrypt``."""
        return self._strings(numerals, tweaks, kind, backwards=True)

    def encrypt_pairs(self, a: Words, b: Words, length: int, tweaks: Octets | None = None) -> tuple[Words, Words]:
        """As ``encrypt``, for callers who have the two halves of each string as numbers.

        Args:
            a: the first ``length // 2`` numerals as a number; shape (rows,).
            b: the other numerals.
            length: numerals in a string; radix**(length - length // 2) is at most 2**63.
            tweaks: as in ``encrypt``.

        Returns: the halves of the encrypted strings, new arrays.
        Raises: TransformError as ``encrypt``, and for halves that do not fit.
        """
        return self._pairs(a, b, length, tweaks, backwards=False)

    def decrypt_pairs(self, a: Words, b: Words, length: int, tweaks: Octets | None = None) -> tuple[Words, Words]:
        """The halves that ``encrypt_pairs`` turned into these. As ``encrypt_pairs``."""
        return self._pairs(a, b, length, tweaks, backwards=True)

    def _strings(
        self, numerals: npt.NDArray[Any], tweaks: Octets | None, kind: npt.DTypeLike, *, backwards: bool
    ) -> Numerals:
        check_numerals("ff1", numerals, self._radix)
        shape = self._shape(numerals.shape[1])
        blocks = Blocks("ff1", self._key)
        wide = SplitRounds if SplitRounds.suit(shape) else WideRounds
        rounds: Rounds = (WordRounds if shape.moduli[1] <= MOST_WORD else wide)(blocks, shape)
        out = np.empty(numerals.shape, kind)
        for rows, leads in self._chunks(rounds.rows, len(numerals), tweaks, blocks, shape):
            halves = rounds.load(numerals[rows])
            rounds.store(*rounds.run(*halves, leads, backwards=backwards), out[rows])
        return out

    def _pairs(self, a: Words, b: Words, length: int, tweaks: Octets | None, *, backwards: bool) -> tuple[Words, Words]:
        shape = self._shape(length)
        if shape.moduli[1] > MOST_WORD:
            raise TransformError("ff1", "halves beyond 2**63 are no pairs of words", "give numerals")
        self._check_pairs(a, b, shape)
        blocks = Blocks("ff1", self._key)
        rounds = WordRounds(blocks, shape)
        left, right = np.empty(a.shape, np.uint64), np.empty(b.shape, np.uint64)
        for rows, leads in self._chunks(rounds.rows, len(a), tweaks, blocks, shape):
            left[rows], right[rows] = rounds.run(a[rows].copy(), b[rows].copy(), leads, backwards=backwards)
        return left, right

    def _shape(self, length: int) -> Shape:
        if not 2 <= length <= _MOST_LENGTH:
            raise TransformError("ff1", f"strings of {length} numerals", f"2 to {_MOST_LENGTH} are possible")
        if self._domain_check and self._radix ** min(length, 20) < SMALLEST_DOMAIN:
            raise TransformError(
                "ff1",
                f"a domain of {self._radix**length:,} strings ({length} numerals in radix {self._radix}) is too small",
                f"Below {SMALLEST_DOMAIN:,} use the keyed permutation (crypto.permutation.Permutation)",
            )
        return Shape.of(self._radix, length)

    @staticmethod
    def _check_pairs(a: Words, b: Words, shape: Shape) -> None:
        if a.dtype != np.uint64 or b.dtype != np.uint64 or a.ndim != 1 or a.shape != b.shape:
            raise TransformError("ff1", "halves are not two columns of uint64 of one length")
        count = sum(int(np.count_nonzero(half >= bound)) for half, bound in zip((a, b), shape.moduli, strict=True))
        if count:
            raise TransformError("ff1", f"{count} halves do not fit their numerals ({shape.u} and {shape.v})")

    def _chunks(
        self, size: int, rows: int, tweaks: Octets | None, blocks: Blocks, shape: Shape
    ) -> Iterator[tuple[slice, Octets]]:
        """Slices of the rows, each with what the rounds begin from."""
        parts = (slice(start, min(start + size, rows)) for start in range(0, rows, size))
        if tweaks is None:
            common = lead(blocks, shape, self._tweak)
            yield from ((part, common) for part in parts)
        elif tweaks.ndim == 2 and tweaks.dtype == np.uint8 and len(tweaks) == rows:
            yield from ((part, lead(blocks, shape, tweaks[part])) for part in parts)
        else:
            raise TransformError("ff1", "tweaks are not one row of uint8 for each value")
