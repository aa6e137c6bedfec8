"""Check digits that a country writes inside its account numbers, beside those of the IBAN.

All of them are sums: each character adds a number that depends on its place, and the sum modulo some number tells what the
check reads. What stands there is kept apart from what should: an account whose check is right gets a right one, and one
whose check is wrong stays as far from it as it was, so that no two accounts become the same.

Source: European Committee for Banking Standards, TR 201 (Register of European Account Numbers); schwifty 2026.10 for
Tunisia, Mauritania and Timor-Leste. schwifty accepts the results for each of these countries whose checks it knows (not AL and
HU), but for Norwegian accounts that begin with 00, where python-stdnum does.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["NationalCheck", "national_checks"]

_NONE = -1
_UNDEFINED = -(2**40)  # what a character adds that the sum does not know

Numbers = npt.NDArray[np.int64]


class NationalCheck:
    """One check of one country.

    Args:
        places: of its characters in the national number, 0 the first.
        adds: what each character (0 to 9, A to Z) at each place adds to the sum; shape (places, 36).
        shown: what the check reads, by the sum modulo as many as these are; empty where no check can be right.
    """

    def __init__(self, places: Sequence[int], adds: Numbers, shown: Sequence[str]) -> None:
        self.places = np.array(places)
        self._adds, self._modulus = adds.copy(), len(shown)
        self._adds[self.places] = 0
        self._legal = sorted({text for text in shown if text})
        self._ranks = np.array([self._legal.index(text) if text else _NONE for text in shown])

    @cached_property
    def _rank_of(self) -> Numbers:
        """The place among all readings, by the number that the characters write in base 36."""
        ranks = np.full(36 ** len(self.places), _NONE)
        ranks[[int(text, 36) for text in self._legal]] = np.arange(len(self._legal))
        return ranks

    @cached_property
    def _written(self) -> npt.NDArray[np.uint8]:
        return np.array([list(text.encode()) for text in self._legal], np.uint8)

    def rank(self, numbers: Numbers) -> Numbers:
        """The place among all readings of the right one; -1 where there is none.

        Args:
            numbers: the characters of each national number, as places in 0-9 and A-Z; shape (rows, characters).
        """
        total = np.zeros(len(numbers), np.int64)
        for place, adds in enumerate(self._adds):
            if adds.any():
                total += adds[numbers[:, place]]
        return np.where(total >= 0, self._ranks[total % self._modulus], _NONE)

    def offset(self, numbers: Numbers) -> Numbers:
        """How far what stands there is from what should, 0 where it is right; -1 where nobody would have written it."""
        code = np.zeros(len(numbers), np.int64)
        for place in self.places.tolist():
            code = code * 36 + numbers[:, place]
        found, right = self._rank_of[code], self.rank(numbers)
        known = (found != _NONE) & (right != _NONE)
        return np.where(known, (found - right) % len(self._legal), _NONE)

    def characters(self, numbers: Numbers, offset: Numbers) -> npt.NDArray[np.uint8]:
        """What stands so far from what should, in ASCII; shape (rows, places). No offset is -1, and no right one missing."""
        return np.asarray(self._written[(self.rank(numbers) + offset) % len(self._legal)])


def _of_digits(weights: Iterable[int]) -> Numbers:
    """Each digit adds itself times the weight of its place. A letter has no value, where the place has a weight."""
    letters = [_UNDEFINED] * 26
    return np.array([[weight * digit for digit in range(10)] + letters if weight else [0] * 36 for weight in weights])


def _decimal(count: int, factor: int = 1) -> list[int]:
    """Weights of the digits of a number, modulo 97."""
    return [factor * 10**place % 97 for place in range(count - 1, -1, -1)]


def _last(length: int, weights: Sequence[int], shown: Sequence[str], start: int = 0) -> NationalCheck:
    """The weights belong to the places from ``start``; what follows them is the check."""
    every = [0] * start + [*weights] + [0] * (length - start - len(weights))
    end = start + len(weights)
    return NationalCheck(range(end, end + len(shown[-1] or shown[0])), _of_digits(every), shown)


def _cycled(weights: Sequence[int], count: int) -> list[int]:
    return [weights[place % len(weights)] for place in range(count)]


_TENS = [str(-total % 10) for total in range(10)]  # what is missing to the next ten
_ISO = [f"{98 - rest:02d}" for rest in range(97)]  # ISO/IEC 7064, MOD 97-10
_KEY = [f"{97 - rest:02d}" for rest in range(97)]
_SPANISH = [str((11 - rest) % 11 if rest != 1 else 1) for rest in range(11)]
_SPANISH_WEIGHTS = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6]


def _iso(length: int) -> NationalCheck:
    return _last(length, [weight * 100 % 97 for weight in _decimal(length - 2)], _ISO)


def _french(character: int) -> int:
    """A to I, J to R and S to Z count 1 to 9, 1 to 9 and 2 to 9."""
    return character if character < 10 else (character - 10) % 9 + 1 if character < 28 else character - 26


def _french_key() -> NationalCheck:
    weights = _decimal(5, 89) + _decimal(5, 15) + _decimal(11, 3) + [0, 0]
    adds = np.array([[weight * _french(character) for character in range(36)] for weight in weights])
    return NationalCheck((21, 22), adds, _KEY)


def _italian() -> NationalCheck:
    odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
    plain = [*range(10), *range(26)]
    adds = np.array([[0] * 36] + [[odd[value] if place % 2 else value for value in plain] for place in range(1, 23)])
    return NationalCheck((0,), adds, string.ascii_uppercase)


def _finnish() -> NationalCheck:
    doubled = np.array([value * 2 // 10 + value * 2 % 10 for value in range(10)] + [0] * 26)
    adds = np.array([doubled if place % 2 == 0 else np.arange(36) for place in range(14)])
    return NationalCheck((13,), adds, _TENS)


@lru_cache(maxsize=1)
def national_checks() -> dict[str, tuple[NationalCheck, ...]]:
    """By country code. Checks without digits of their own (CZ, SK) and those that are no sum (HR, IS, DE) are left out."""
    french, italian = (_french_key(),), (_italian(),)
    return {
        "AL": (_last(24, [9, 7, 3, 1, 9, 7, 3], _TENS),),
        "BA": (_iso(16),),
        "BE": (_last(12, _decimal(10), [f"{rest or 97:02d}" for rest in range(97)]),),
        "EE": (_last(16, _cycled([7, 1, 3], 13), _TENS, start=2),),
        "ES": (_last(20, _SPANISH_WEIGHTS[2:], _SPANISH), NationalCheck(
            (9,), _of_digits([0] * 10 + _SPANISH_WEIGHTS), _SPANISH)),
        "FI": (_finnish(),),
        "FR": french,
        "HU": (_last(24, [9, 7, 3, 1, 9, 7, 3], _TENS), _last(24, _cycled([9, 7, 3, 1], 15), _TENS, start=8)),
        "IT": italian,
        "MC": french,
        "ME": (_iso(18),),
        "MK": (_iso(15),),
        "MR": (_last(23, [weight * 100 % 97 for weight in _decimal(21)], _KEY),),
        "NO": (_last(11, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2], [str((11 - rest) % 11) if rest != 1 else "" for rest in range(11)]),),
        "PL": (_last(24, [3, 9, 7, 1, 3, 9, 7], _TENS),),
        "PT": (_iso(21),),
        "RS": (_iso(18),),
        "SI": (_iso(15),),
        "SM": italian,
        "TL": (_iso(19),),
        "TN": (_last(20, [weight * 100 % 97 for weight in _decimal(18)], _KEY),),
    }  # fmt: skip
