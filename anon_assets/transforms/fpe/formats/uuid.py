"""UUIDs: version and variant stay, the other 120 bits are encrypted."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow.compute as pc

from anon_assets.transforms.fpe.alphabets import DIGITS, LOWER, UPPER, Alphabets
from anon_assets.transforms.fpe.ciphers import Numerals
from anon_assets.transforms.fpe.parts import Part, Reading
from anon_assets.transforms.fpe.text import Bools, Text, mapped

__all__ = ["uuid"]

_FIXED = ((36, (8, 13, 14, 18, 19, 23)), (32, (12, 16)))  # length, places of hyphens, version and variant


class _Uuid(Part):
    """32 hexadecimal digits of one case, with hyphens after 8, 12, 16 and 20 of them or without any.

    The digits that hold version and variant stay. A value of upper case keeps a letter beside those.
    """

    def __init__(self, *, upper: bool) -> None:
        super().__init__("upper" if upper else "lower", Alphabets(DIGITS + (UPPER if upper else LOWER)[:6]))
        self.walks = upper
        x = "[0-9A-F]" if upper else "[0-9a-f]"
        self._expression = f"^(?:{x}{{8}}(?:-{x}{{4}}){{3}}-{x}{{12}}|{x}{{32}})$"

    def read(self, text: Text) -> Reading:
        fits = pc.match_substring_regex(text.values, self._expression).to_numpy(zero_copy_only=False).copy()
        classes = mapped(text.data, self.alphabets.class_of)
        lengths = np.diff(text.offsets)
        for length, places in _FIXED:
            rows = fits & (lengths == length)
            classes[text.starts[rows][:, None] + np.array(places)] = 0
        if self.walks:  # without a letter it would be one of lower case
            encrypted = np.flatnonzero((classes > 0) & (text.data >= ord("A")))
            fits &= ~text.without(encrypted)
        return Reading(fits, classes)

    def accept(self, numerals: Numerals) -> Bools:
        return np.asarray((numerals >= 10).any(axis=1))

    def shortest(self) -> int:
        return 32


@lru_cache(maxsize=1)
def uuid() -> tuple[Part, ...]:
    """UUIDs of any version in lower or upper case."""
    return (_Uuid(upper=False), _Uuid(upper=True))
