"""Sums and differences of columns modulo a constant, where one operand is far wider than the modulus.

Columns of 64-bit words, and columns of wide numbers: int64 of shape (limbs, rows), least significant 32-bit limb first.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["WideModulus", "WordModulus"]

Words = npt.NDArray[np.uint64]
Limbs = npt.NDArray[np.int64]

_BITS = 32
_MASK = 2**_BITS - 1
_STEP = 30  # bits of quotient in one step: quotient times limb must fit an int64
_BIAS = 2.0**-10  # far above the rounding error of a float64 quotient below 2**32, far below one
_ONE_STEP = 2**46  # from here on the quotient of 96 bits is below 2**50: in floating point less than 2/5 off


class WordModulus:
    """Modulo ``modulus``, 2 to 2**63, for words below it and an operand of 64 or 96 bits.

    Where a difference may be negative, unsigned words wrap round to huge ones: the lesser of two candidates is the right one.
    """

    def __init__(self, modulus: int) -> None:
        self._modulus = np.uint64(modulus)
        self._per_word = 2.0**_BITS / modulus
        self._one_step = modulus >= _ONE_STEP

    def add(self, number: Words, high: Words, low: Words | None = None) -> None:
        """``number`` becomes (number + operand) mod modulus.

        Args:
            number: below the modulus; overwritten.
            high: the operand, or its first 64 bits; used up.
            low: its last 32 bits.
        """
        number += self.reduced(high, low)
        np.minimum(number, number - self._modulus, out=number)

    def subtract(self, number: Words, high: Words, low: Words | None = None) -> None:
        """``number`` becomes (number - operand) mod modulus. As ``add``."""
        number -= self.reduced(high, low)
        np.minimum(number, number + self._modulus, out=number)

    def reduced(self, high: Words, low: Words | None) -> Words:
        """The operand modulo the modulus. As ``add``."""
        modulus = self._modulus
        if low is not None and self._one_step:
            # an integer with a sign becomes a float64 six times faster than one without
            estimate = (high >> np.uint64(1)).view(np.int64).astype(np.float64)
            estimate *= 2 * self._per_word
            estimate -= 0.5  # so that the quotient is right, or too small by one
            return self._taken_off(high, low, estimate)
        high -= high // modulus * modulus  # numpy divides by a constant six times faster than it takes a remainder
        if low is None:
            return high
        if modulus <= 2**_BITS:
            high <<= np.uint64(_BITS)
            high |= low
            high -= high // modulus * modulus
            return high
        # the quotient is below 2**32: in floating point it is right, or too small by one or (small moduli) two
        estimate = high.view(np.int64).astype(np.float64)
        estimate *= self._per_word
        estimate -= _BIAS
        high = self._taken_off(high, low, estimate)
        if modulus < 2 ** (_BITS + 2):
            np.minimum(high, high - modulus, out=high)
        return high

    def _taken_off(self, high: Words, low: Words, quotient: npt.NDArray[np.float64]) -> Words:
        """The operand less so many moduli, and one more where that leaves enough. Its leading bits cancel out."""
        high <<= np.uint64(_BITS)
        high += low
        high -= quotient.astype(np.int64).view(np.uint64) * self._modulus
        np.minimum(high, high - self._modulus, out=high)
        return high


class WideModulus:
    """Modulo a constant of any size.

    Args:
        modulus: 2 and up.
        limbs: limbs of the wide operand; at least one more than those of ``modulus - 1``.

    The quotient is taken in steps of 30 bits, each estimated from the leading limbs in floating point and never too
    large; what remains above the modulus after the last is taken off by one comparison. So a reduction costs a few passes
    over the limbs, however long the numbers are.
    """

    def __init__(self, modulus: int, limbs: int) -> None:
        self._limbs = limbs
        self._modulus = self._split(modulus)
        ceiling = 2 ** (_BITS * limbs)
        self._multiple = self._split(-(-ceiling // modulus) * modulus)  # of the modulus, above any wide operand
        steps = 1 + max(0, -(-((2 * ceiling).bit_length() - modulus.bit_length() + 1 - _STEP) // _STEP))
        self._steps = []
        for step in range(steps - 1, -1, -1):
            scaled = modulus << (_STEP * step)
            # limbs below the lowest change the quotient by less than 2**-12; those above the highest are zero by now
            lowest = max(0, (scaled.bit_length() - 16) // _BITS)
            highest = min(limbs - 1, (scaled.bit_length() + _STEP) // _BITS)
            weights = [(place, (1 << (_BITS * place)) / scaled) for place in range(lowest, highest + 1)]
            self._steps.append(((_STEP * step) // _BITS, self._split(scaled), weights))

    def _split(self, number: int) -> list[int]:
        """Limbs of a constant; the last holds whatever is left."""
        top = self._limbs - 1
        return [number >> (_BITS * place) & _MASK for place in range(top)] + [number >> (_BITS * top)]

    def add(self, number: Limbs, wide: Limbs) -> None:
        """``number`` becomes (number + wide) mod modulus.

        Args:
            number: below the modulus; as many limbs as its values need, at most those of ``wide``. Overwritten.
            wide: any number of its limbs; used up.
        """
        wide[: len(number)] += number
        self._reduce(wide)
        self._take_off(wide, number)

    def subtract(self, number: Limbs, wide: Limbs) -> None:
        """``number`` becomes (number - wide) mod modulus. As ``add``."""
        np.subtract(np.array(self._multiple)[:, None], wide, out=wide)
        self.add(number, wide)

    def _reduce(self, wide: Limbs) -> None:
        """``wide`` less a multiple of the modulus: below it, or less than a 500th above."""
        rows = wide.shape[1]
        product, part = np.empty(rows, np.int64), np.empty(rows)
        for first, scaled, weights in self._steps:
            estimate = np.full(rows, -_BIAS)
            for place, weight in weights:
                np.copyto(part, wide[place])
                part *= weight
                estimate += part
            quotient = estimate.astype(np.int64)  # towards zero
            for place in range(first, self._limbs):
                wide[place] -= np.multiply(quotient, scaled[place], out=product)
            _carry(wide[first:])

    def _take_off(self, wide: Limbs, out: Limbs) -> None:
        """``wide`` less the modulus where that is not negative, else ``wide``."""
        less = wide - np.array(self._modulus)[:, None]
        _carry(less)
        count = len(out)
        np.copyto(out, wide[:count])
        np.copyto(out, less[:count], where=less[-1] >= 0)


def _carry(limbs: Limbs) -> None:
    """The same numbers with every limb but the last in 0 to 2**32 - 1; the last has the sign."""
    for place in range(len(limbs) - 1):
        limbs[place + 1] += limbs[place] >> _BITS
        limbs[place] &= _MASK
