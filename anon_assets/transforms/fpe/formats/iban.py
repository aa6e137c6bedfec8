"""International bank account numbers: the check digits are computed anew, and so are those of their countries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from anon_assets.transforms.fpe.alphabets import DIGITS, UPPER, Alphabets
from anon_assets.transforms.fpe.ciphers import Numerals
from anon_assets.transforms.fpe.national_checks import NationalCheck, national_checks
from anon_assets.transforms.fpe.parts import Part, Reading
from anon_assets.transforms.fpe.text import Bools, Bytes, Places, Text, mapped

__all__ = ["iban"]

_HEAD = 4  # characters of country and check digits
_MOST = 34
_DIGIT, _LETTER, _EITHER = 1, 2, 3
_NORWAY = 13 * 26 + 14


def _code(country: int) -> str:
    return chr(65 + country // 26) + chr(65 + country % 26)


@lru_cache(maxsize=1)
def _structures() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """By country (26 * first letter + second): what stands at each place, and the length; 0 for no such country."""
    from stdnum import numdb

    kinds = np.zeros((26 * 26, _MOST), np.uint8)
    lengths = np.zeros(26 * 26, np.int64)
    registry = numdb.get("iban")
    for country in range(26 * 26):
        structure = registry.info(_code(country) + "00")[0][1].get("bban", "")
        parts = re.findall(r"([1-9][0-9]*)!([nac])", structure)
        listed = [{"n": _DIGIT, "a": _LETTER, "c": _EITHER}[kind] for count, kind in parts for _ in range(int(count))]
        if listed:
            lengths[country] = _HEAD + len(listed)
            kinds[country, _HEAD : _HEAD + len(listed)] = listed
    return kinds, lengths


def _values() -> npt.NDArray[np.int64]:
    """What each character counts in the check: 0 to 9, A = 10 to Z = 35."""
    values = np.zeros(256, np.int64)
    values[np.frombuffer(DIGITS, np.uint8)] = np.arange(10)
    values[np.frombuffer(UPPER, np.uint8)] = np.arange(10, 36)
    return values


_VALUES = _values()


@dataclass(frozen=True, slots=True)
class _Checked:
    """Values whose country has a check of its own.

    Args:
        check: is computed anew.
        accounts: where the characters of each national number are; shape (values, characters).
        offsets: how far what stood there was from what should.
    """

    check: NationalCheck
    accounts: Places
    offsets: Places

    def mend(self, data: Bytes) -> None:
        """Write what stands as far from what should be there now."""
        characters = self.check.characters(_VALUES[data[self.accounts]], self.offsets)
        data[self.accounts[:, self.check.places]] = characters


class _Iban(Part):
    """A country of the registry, its length and structure, right check digits; blanks anywhere between.

    Digits stay digits and letters letters, so the structure is kept. The check digits that some countries have inside the
    national number become right where they were.
    """

    def __init__(self, name: str = "iban") -> None:
        super().__init__(name, Alphabets(DIGITS, UPPER))

    def _takes(self, countries: Places, data: Bytes, written: Places, starts: Places) -> Bools:
        """Which values are of this part, by their country and the characters from ``starts`` on."""
        return np.asarray(countries != _NORWAY)

    def read(self, text: Text) -> Reading:
        classes = mapped(text.data, self.alphabets.class_of)
        fits = text.without(np.flatnonzero((classes == 0) & (text.data != ord(" "))))
        written = np.flatnonzero(classes)
        firsts = text.firsts(classes != 0)
        counts = np.diff(firsts)
        fits &= (counts > _HEAD) & (counts <= _MOST)
        if not fits.any():
            return Reading(fits, classes)
        head = _matrix(text.data, written, firsts, fits, _HEAD)
        letters = (head[:, :2] >= ord("A")).all(axis=1) & (head[:, 2:] <= ord("9")).all(axis=1)
        country = np.where(letters, _VALUES[head[:, 0]] * 26 + _VALUES[head[:, 1]] - 270, 0)
        kinds, lengths = _structures()
        fine = letters & (lengths[country] == counts[fits])
        rows = np.flatnonzero(fits)
        fine[fine] = self._takes(country[fine], text.data, written, firsts[rows[fine]])
        fits[rows[~fine]] = False
        rows, country = rows[fine], country[fine]
        inside = np.repeat(fits, counts)
        place = np.arange(len(written)) - np.repeat(firsts[:-1], counts)
        of_row = np.zeros(len(text), np.int64)
        of_row[rows] = country
        wanted = kinds[np.repeat(of_row, counts)[inside], place[inside]]
        found = classes[written[inside]]
        wrong = (wanted == _DIGIT) & (found != 1) | (wanted == _LETTER) & (found != 2)
        fits &= text.without(written[inside][wrong])
        check = _check_digits(text.data, written, firsts, fits)
        right = (check == _matrix(text.data, written, firsts, fits, _HEAD)[:, 2:]).all(axis=1)
        fits[np.flatnonzero(fits)[~right]] = False
        classes[written[firsts[:-1][fits][:, None] + np.arange(_HEAD)]] = 0
        checked = []
        for number in np.unique(of_row[fits]).tolist():
            accounts = _accounts(written, firsts[:-1][fits & (of_row == number)], lengths[number])
            for own in national_checks().get(_code(number), ()):
                offsets = own.offset(_VALUES[text.data[accounts]])
                classes[accounts[:, own.places]] = 0  # what nobody would have written there stays as it is
                known = offsets >= 0
                checked.append(_Checked(own, accounts[known], offsets[known]))
        return Reading(fits, classes, (written, firsts, checked))

    def mend(self, data: Bytes, text: Text, reading: Reading) -> None:
        if reading.fits.any():
            written, firsts, checked = reading.memo
            for each in checked:
                each.mend(data)
            check = _check_digits(data, written, firsts, reading.fits)
            data[written[firsts[:-1][reading.fits][:, None] + np.arange(2, _HEAD)]] = check

    def shortest(self) -> int:
        return int(min(length for length in _structures()[1].tolist() if length))


class _Norwegian(_Iban):
    """Norwegian accounts: a number in eleven has no check digit, and none of its results may have one, or the reverse.

    Args:
        checked: those that have a check digit, right or wrong; else the others.
    """

    walks = True

    def __init__(self, *, checked: bool) -> None:
        super().__init__(f"iban of Norway, {'with' if checked else 'without'} a check digit")
        self._checked = checked

    def _takes(self, countries: Places, data: Bytes, written: Places, starts: Places) -> Bools:
        mine = np.asarray(countries == _NORWAY)
        accounts = _accounts(written, starts[mine], int(_structures()[1][_NORWAY]))
        mine[mine] = self._has_check(_VALUES[data[accounts]])
        return mine

    def accept(self, numerals: Numerals) -> Bools:
        return self._has_check(numerals.astype(np.int64))

    def _has_check(self, numbers: npt.NDArray[np.int64]) -> Bools:
        (check,) = national_checks()[_code(_NORWAY)]
        return np.asarray((check.rank(numbers) >= 0) == self._checked)


def _accounts(written: Places, starts: Places, length: int) -> Places:
    """Where the characters of national numbers are, in values of one length that start at these characters."""
    return np.asarray(written[starts[:, None] + np.arange(_HEAD, length)])


def _matrix(data: Bytes, written: Places, firsts: Places, rows: npt.NDArray[np.bool_], width: int) -> Bytes:
    """The first characters of these values, which have as many."""
    return np.asarray(data[written[firsts[:-1][rows][:, None] + np.arange(width)]])


def _check_digits(data: Bytes, written: Places, firsts: Places, rows: npt.NDArray[np.bool_]) -> Bytes:
    """98 less the number modulo 97 that each value has with country and 00 at its end (ISO 7064), as two ASCII digits."""
    starts, counts = firsts[:-1][rows], np.diff(firsts)[rows]
    remainder = np.zeros(len(starts), np.int64)

    def take(value: npt.NDArray[np.int64], taken: npt.NDArray[np.bool_] | bool) -> None:
        shifted = np.where(value >= 10, remainder * 100, remainder * 10) + value
        np.copyto(remainder, shifted % 97, where=taken)

    for place in range(_HEAD, int(counts.max(initial=0))):
        take(_VALUES[data[written[np.minimum(starts + place, len(written) - 1)]]], counts > place)
    for place in (0, 1):
        take(_VALUES[data[written[starts + place]]], True)
    check = 98 - remainder * 100 % 97
    return np.stack([check // 10 + ord("0"), check % 10 + ord("0")], axis=1).astype(np.uint8)


@lru_cache(maxsize=1)
def iban() -> tuple[Part, ...]:
    """IBANs in upper case."""
    return (_Iban(), _Norwegian(checked=True), _Norwegian(checked=False))
