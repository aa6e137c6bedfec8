"""United States social security numbers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow.compute as pc

from anon_assets.transforms.fpe.alphabets import DIGITS, Alphabets
from anon_assets.transforms.fpe.ciphers import Numerals
from anon_assets.transforms.fpe.parts import Part, Reading
from anon_assets.transforms.fpe.text import Bools, Text, mapped

__all__ = ["ssn"]

_FORM = r"^[0-9]{3}(?:-[0-9]{2}-|[0-9]{2})[0-9]{4}$"


class _Ssn(Part):
    """``AAA-GG-SSSS``, with hyphens or without: area not 000, 666 or from 900, group not 00, serial not 0000."""

    walks = True

    def __init__(self) -> None:
        super().__init__("ssn", Alphabets(DIGITS))

    def read(self, text: Text) -> Reading:
        fits = pc.match_substring_regex(text.values, _FORM).to_numpy(zero_copy_only=False).copy()
        classes = mapped(text.data, self.alphabets.class_of)
        places = np.flatnonzero(classes)
        firsts = text.firsts(classes != 0)[:-1][fits]
        digits = text.data[places[firsts[:, None] + np.arange(9)]] - np.uint8(ord("0"))
        fits[fits] = self.accept(digits.astype(np.uint16))
        return Reading(fits, classes)

    def accept(self, numerals: Numerals) -> Bools:
        area = numerals[:, 0] * np.uint16(100) + numerals[:, 1] * np.uint16(10) + numerals[:, 2]
        zero = numerals == 0
        given = (area > 0) & (area != 666) & (area < 900)
        return np.asarray(given & ~zero[:, 3:5].all(axis=1) & ~zero[:, 5:].all(axis=1))

    def shortest(self) -> int:
        return 9


@lru_cache(maxsize=1)
def ssn() -> tuple[Part, ...]:
    """Numbers that may have been issued; digits of the others do not fit."""
    return (_Ssn(),)
