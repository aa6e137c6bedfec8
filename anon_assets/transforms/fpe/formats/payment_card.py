"""Payment card numbers: the check digit is computed anew."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from anon_assets.transforms.fpe.alphabets import DIGITS, Alphabets
from anon_assets.transforms.fpe.parts import Part, Reading
from anon_assets.transforms.fpe.text import Bytes, Places, Text, mapped, spans

__all__ = ["payment_card"]

_FEWEST, _MOST = 12, 19  # digits, ISO/IEC 7812-1
_BIN = 6
_DOUBLED = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], np.int64)  # the digit sum of twice a digit


class _PaymentCard(Part):
    """12 to 19 digits that pass the Luhn check, with blanks and hyphens anywhere between."""

    def __init__(self, *, keep_bin: bool) -> None:
        super().__init__("account" if keep_bin else "number", Alphabets(DIGITS))
        self._keep_bin = keep_bin

    def read(self, text: Text) -> Reading:
        classes = mapped(text.data, self.alphabets.class_of)
        digits = np.flatnonzero(classes)
        firsts = text.firsts(classes != 0)
        counts = np.diff(firsts)
        fits = (counts >= _FEWEST) & (counts <= _MOST)
        fits &= text.without(np.flatnonzero((classes == 0) & ~np.isin(text.data, np.frombuffer(b" -", np.uint8))))
        last = digits[np.maximum(firsts[1:] - 1, 0)] if len(digits) else text.starts
        fits &= _check_digits(text.data[digits], firsts) == text.data[np.minimum(last, len(text.data) - 1)]
        classes[last[fits]] = 0
        if self._keep_bin:
            classes[digits[spans(firsts[:-1], firsts[:-1] + np.where(fits, _BIN, 0))]] = 0
        return Reading(fits, classes, (digits, firsts))

    def mend(self, data: Bytes, text: Text, reading: Reading) -> None:
        digits, firsts = reading.memo
        check = _check_digits(data[digits], firsts)
        data[digits[firsts[1:][reading.fits] - 1]] = check[reading.fits]

    def shortest(self) -> int:
        return _FEWEST + (1 if self._keep_bin else 0)


def _check_digits(codes: Bytes, firsts: Places) -> npt.NDArray[np.uint8]:
    """The Luhn check digit, as ASCII code, that the digits of each value but its last have."""
    counts = np.diff(firsts)
    from_right = np.repeat(firsts[1:], counts) - np.arange(len(codes))  # 1 for the check digit
    numbers = (codes - np.uint8(ord("0"))).astype(np.int64)
    weighted = np.where(from_right & 1, numbers, _DOUBLED[numbers])
    weighted[from_right == 1] = 0
    total = np.concatenate([[0], np.cumsum(weighted)])
    return np.asarray((-(total[firsts[1:]] - total[firsts[:-1]]) % 10 + ord("0")).astype(np.uint8))


@lru_cache(maxsize=2)
def payment_card(*, keep_bin: bool) -> tuple[Part, ...]:
    """Card numbers, with all digits but the last encrypted, or with the first six kept as well."""
    return (_PaymentCard(keep_bin=keep_bin),)
