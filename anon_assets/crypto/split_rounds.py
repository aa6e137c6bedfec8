"""The rounds of FF1 for halves of 64 to 96 bits in an even radix, in two words each.

An even radix is 2**s * t with t odd, so radix**v is 2**k * t**v with k = s * v. A half is kept as high * 2**k + low: the low
words add up modulo 2**k by themselves, and what they carry goes to the high words, which add up modulo t**v. That is a
modulus of one word where radix**v has two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from anon_assets.crypto.blocks import Blocks
from anon_assets.crypto.feistel import MOST_WORD, Octets, Rounds, Shape
from anon_assets.crypto.modular import WordModulus, Words
from anon_assets.crypto.numerals import Numerals, numerals_of_words, words_of

__all__ = ["SplitRounds"]

_WORD = np.uint64(32)
_MASK = np.uint64(2**32 - 1)
_TOP_BIT = np.uint64(63)
_MOST_BYTES = 12  # of a half: round and number then share one block, and one block is the whole output
_MOST_ODD = 2**62
_BIAS = 2.0**-10  # far above the rounding error of a float64 quotient below 2**32, far below one


class _Half:
    """How the strings of one half are kept.

    Args:
        radix: even, and no power of two.
        length: numerals.
    """

    def __init__(self, radix: int, length: int) -> None:
        self._radix, self._length = radix, length
        self.bits = ((radix & -radix).bit_length() - 1) * length
        self.odd = radix**length >> self.bits
        self._lower = length  # numerals that one word holds
        while radix**self._lower > MOST_WORD:
            self._lower -= 1
        self._base = radix**self._lower

    @property
    def fits(self) -> bool:
        """Whether words hold the parts."""
        upper = self._radix ** (self._length - self._lower)
        return 0 < self.bits < 64 and 1 < self.odd <= _MOST_ODD and upper <= 2**32

    def split(self, numerals: npt.NDArray[Any]) -> Words:
        """The high and low words of each string. ``numerals`` has shape (rows, length)."""
        low = words_of(numerals[:, self._length - self._lower :], self._radix)
        high = np.zeros_like(low)
        if self._lower < self._length:
            upper = words_of(numerals[:, : self._length - self._lower], self._radix)
            high = upper * np.uint64(self._base >> 32)
            part = upper * np.uint64(self._base % 2**32)
            middle = part + (high << _WORD)
            low += middle
            high >>= _WORD
            high += middle < part
            high += low < middle
        bits = np.uint64(self.bits)
        return np.stack([low >> bits | high << np.uint64(64 - self.bits), low & self.mask])

    def write(self, half: Words, out: Numerals, start: int) -> None:
        """The inverse of ``split``, into the columns of ``out`` from ``start`` on."""
        high, low = self.number(half)
        stop, middle = start + self._length, start + self._length - self._lower
        if middle > start:
            estimate = (high.astype(np.float64) * 2.0**64 + low.astype(np.float64)) / self._base - _BIAS
            upper, base = estimate.astype(np.uint64), np.uint64(self._base)  # right, or too small by one
            low -= upper * base
            over = (low >= base).astype(np.uint64)
            upper += over
            low -= over * base
            numerals_of_words(upper, self._radix, out, start, middle)
        numerals_of_words(low, self._radix, out, middle, stop)

    @property
    def mask(self) -> np.uint64:
        """Ones in the bits of the low word."""
        return np.uint64((1 << self.bits) - 1)

    def number(self, half: Words) -> tuple[Words, Words]:
        """The strings as numbers of 128 bits: their upper and lower 64."""
        return half[0] >> np.uint64(64 - self.bits), half[0] << np.uint64(self.bits) | half[1]


class SplitRounds(Rounds):
    """Halves of two words each: shape (2, rows), high words first."""

    rows = 8_192

    def __init__(self, blocks: Blocks, shape: Shape) -> None:
        super().__init__(blocks, shape)
        self._halves = _Half(shape.radix, shape.u), _Half(shape.radix, shape.v)
        self._moduli = WordModulus(self._halves[0].odd), WordModulus(self._halves[1].odd)
        self._input = np.empty((self.rows, 2), ">u8")

    @staticmethod
    def suit(shape: Shape) -> bool:
        """Whether strings of this shape can be worked on so."""
        if not 8 <= shape.b <= _MOST_BYTES or shape.radix % 2 or shape.radix & (shape.radix - 1) == 0:
            return False
        return all(_Half(shape.radix, length).fits for length in (shape.u, shape.v))

    def load(self, numerals: npt.NDArray[Any]) -> tuple[Words, Words]:
        """The two halves of each numeral string."""
        floats, u = numerals.astype(np.float64), self._shape.u
        return self._halves[0].split(floats[:, :u]), self._halves[1].split(floats[:, u:])

    def store(self, left: Words, right: Words, out: Numerals) -> None:
        """The inverse of ``load``."""
        self._halves[0].write(left, out, 0)
        self._halves[1].write(right, out, self._shape.u)

    def _begin(self, leads: Octets, rows: int) -> None:
        self._high, self._low = leads.view(">u8").astype(np.uint64).T
        self._block = self._input[:rows]

    def _step(self, number: int, left: Words, right: Words, *, backwards: bool) -> Words:
        own, modulus = self._halves[number % 2], self._moduli[number % 2]
        high, low = self._halves[1 - number % 2].number(right)
        high ^= self._high ^ np.uint64(number << (8 * (self._shape.b - 8)))
        low ^= self._low
        self._block[:, 0] = high
        self._block[:, 1] = low
        high, low = self._blocks.encrypt(self._block).view(">u8").astype(np.uint64).T
        if self._shape.d < 16:  # 12 bytes of output
            high, low = high >> _WORD, low >> _WORD | high << _WORD
        bits = np.uint64(own.bits)
        above = low >> bits | high << np.uint64(64 - own.bits)
        odd = modulus.reduced(modulus.reduced(high >> bits, above >> _WORD), above & _MASK)
        low &= own.mask
        if backwards:
            left[1] -= low
            left[0] -= odd + (left[1] >> _TOP_BIT)
            np.minimum(left[0], left[0] + np.uint64(own.odd), out=left[0])
        else:
            left[1] += low
            left[0] += odd + (left[1] >> bits)
            np.minimum(left[0], left[0] - np.uint64(own.odd), out=left[0])
        left[1] &= own.mask
        return left
