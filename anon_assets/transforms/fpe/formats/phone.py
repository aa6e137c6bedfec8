"""Phone numbers: country code, leading zeros and punctuation stay, the other digits are encrypted."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from anon_assets.transforms.fpe.alphabets import DIGITS, Alphabets
from anon_assets.transforms.fpe.ciphers import Numerals
from anon_assets.transforms.fpe.parts import Part, Reading
from anon_assets.transforms.fpe.text import Bools, Places, Text, mapped, spans

__all__ = ["phone"]

_MOST_CODE = 3  # digits of a country calling code
_ALLOWED = np.frombuffer(b"+0123456789 ()-./#*,;xXextEXT", np.uint8)


@lru_cache(maxsize=1)
def _code_lengths() -> npt.NDArray[np.int64]:
    """Digits of the country calling code by the first three digits of a number; 0 where no code begins so."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE  # a table of 200 codes, of no other part of the package

    lengths = np.zeros(10**_MOST_CODE, np.int64)
    for code in COUNTRY_CODE_TO_REGION_CODE:
        digits = len(str(code))
        rest = 10 ** (_MOST_CODE - digits)
        lengths[code * rest : (code + 1) * rest] = digits
    return lengths


class _Phone(Part):
    """``+49 30 901820``, ``0049 30 901820``, ``(030) 90 18 20`` or ``212-555-0100``.

    What stays: the country code after ``+`` or ``00``, and zeros before the first other digit, which in turn never
    becomes zero. Digits, blanks and ``( ) - . / # * , ; x ext`` may stand in a number, a plus sign at its start only.
    """

    walks = True

    def __init__(self) -> None:
        super().__init__("phone", Alphabets(DIGITS))

    def read(self, text: Text) -> Reading:
        classes = mapped(text.data, self.alphabets.class_of)
        fits = text.without(np.flatnonzero(~np.isin(text.data, _ALLOWED)))
        plus = np.zeros(len(text), np.bool_)
        places = np.flatnonzero(text.data == ord("+"))
        rows = text.rows_of(places)
        at_start = places == text.starts[rows]
        fits[rows[~at_start]] = False
        plus[rows[at_start]] = True
        digits = np.flatnonzero(classes)
        firsts = text.firsts(classes != 0)
        numbers = text.data[digits] - np.uint8(ord("0"))
        kept, known = _kept(numbers, firsts, plus)
        classes[digits[spans(firsts[:-1], firsts[:-1] + kept)]] = 0
        return Reading(fits & known, classes)

    def accept(self, numerals: Numerals) -> Bools:
        return np.asarray(numerals[:, 0] != 0)


def _kept(numbers: npt.NDArray[np.uint8], firsts: Places, plus: Bools) -> tuple[Places, Bools]:
    """How many digits of each value stay, and which values have a country code where one must be."""
    counts = np.diff(firsts)

    def digit(place: Places | int) -> npt.NDArray[np.int64]:
        """The digit at a place of each value; 10 beyond its end."""
        padded = np.append(numbers, 0)[np.minimum(firsts[:-1] + place, len(numbers))].astype(np.int64)
        return np.where(counts > place, padded, 10)

    abroad = ~plus & (digit(0) == 0) & (digit(1) == 0)
    before = np.where(abroad, 2, 0)
    code = [digit(before + place) for place in range(_MOST_CODE)]
    whole = np.minimum(code[0], 9) * 100 + np.minimum(code[1], 9) * 10 + np.minimum(code[2], 9)
    length = _code_lengths()[whole]
    known = ~(plus | abroad) | ((length > 0) & (counts >= before + _MOST_CODE))
    kept = before + np.where(plus | abroad, length, 0)
    while (zero := digit(kept) == 0).any():
        kept = kept + zero
    return np.minimum(kept, counts), known


@lru_cache(maxsize=1)
def phone() -> tuple[Part, ...]:
    """Phone numbers as people write them."""
    return (_Phone(),)
