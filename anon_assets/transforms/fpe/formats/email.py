"""E-mail addresses: letters and digits before the last dot are encrypted, so that the result is an address again."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from anon_assets.transforms.fpe.alphabets import DIGITS, LOWER, UPPER, Alphabets
from anon_assets.transforms.fpe.parts import Part, Reading
from anon_assets.transforms.fpe.text import Bools, Bytes, Places, Text, mapped, spans, with_unicode

__all__ = ["email"]

_WORD, _DOT, _AT, _HYPHEN, _SPECIAL, _STRANGE = range(6)  # kinds: most addresses have no other than the first three
_KIND = 0x0F  # of the marks below; above it lies the class
_CLASS_SHIFT = 4
_LOCAL, _LABEL, _WHOLE = 64, 63, 254  # most bytes, RFC 5321


def _marks(alphabets: Alphabets) -> bytes:
    """Kind and class of each byte in one."""
    marks = bytearray([_STRANGE]) * 256
    for characters, kind in (
        (DIGITS + LOWER + UPPER + bytes(range(0x80, 0x100)), _WORD),
        (b"-", _HYPHEN),
        (b".", _DOT),
        (b"@", _AT),
        (b"!#$%&'*+/=?^_`{|}~", _SPECIAL),
    ):
        for code in characters:
            marks[code] = kind | alphabets.class_of[code] << _CLASS_SHIFT
    return bytes(marks)


class _Email(Part):
    """``dot-atom@domain`` of RFC 5322, letters beyond ASCII allowed (RFC 6531); no quoted local parts, no literals.

    Lower-case letters and digits are one alphabet of 36; an upper-case letter stays one. Punctuation and the last label
    of the domain stay.
    """

    def __init__(self, *, keep_domain: bool) -> None:
        super().__init__("local part" if keep_domain else "address", Alphabets(DIGITS + LOWER, UPPER, beyond="letters"))
        self._keep_domain = keep_domain
        self._marks = _marks(self.alphabets)

    def read(self, text: Text) -> Reading:
        if not len(text.data):
            return Reading(np.zeros(len(text), np.bool_), np.zeros(0, np.uint8))
        marks = mapped(text.data, self._marks)
        kinds = marks & np.uint8(_KIND)
        classes, known = with_unicode(text, self.alphabets, marks >> np.uint8(_CLASS_SHIFT))
        separates = (kinds == _DOT) | (kinds == _AT)
        separators = np.flatnonzero(separates)
        if not len(separators):
            return Reading(np.zeros(len(text), np.bool_), classes)
        ats, fits = _one_at(text, separators[kinds.take(separators) == _AT])
        last = separators.take(np.maximum(np.searchsorted(separators, text.ends) - 1, 0))
        fits &= known & _is_valid(text, kinds, separates, ats, last)
        cut = ats if self._keep_domain else last
        classes[spans(np.where(fits, cut, text.ends), text.ends)] = 0
        return Reading(fits, classes)


def _one_at(text: Text, ats: Places) -> tuple[Places, Bools]:
    """Where the @ of each value is, and which values have exactly one."""
    if len(ats) == len(text) and ((ats >= text.starts) & (ats < text.ends)).all():
        return ats, np.ones(len(text), np.bool_)
    rows = text.rows_of(ats)
    places = text.starts.copy()
    places[rows] = ats
    return places, np.bincount(rows, minlength=len(text)) == 1


def _is_valid(text: Text, kinds: Bytes, separates: Bools, ats: Places, last: Places) -> Bools:
    """Which values have nothing strange, no label empty, too long or edged by hyphens, and a last one not of digits.

    Args:
        text: the values.
        kinds: of each byte.
        separates: which bytes are dots or @.
        ats: where the @ of each value is.
        last: where its last separator is, if it has one.
    """
    starts, ends, end = text.starts, text.ends, len(text.data) - 1
    number = text.data.take(np.minimum(last + 1, end)) - np.uint8(ord("0"))
    fits = (last > starts) & (last < ends - 1) & ~separates.take(np.minimum(starts, end)) & (number > 9)
    fits &= (ats - starts <= _LOCAL) & (ends - starts <= _WHOLE)
    if (doubled := separates[:-1] & separates[1:]).any():
        places = np.flatnonzero(doubled)
        rows = text.rows_of(places)
        fits[rows[places + 1 < ends[rows]]] = False  # the end of one value and the start of the next are not one label
    if int(kinds.max(initial=0)) > _AT:
        fits &= _is_plain(text, kinds, separates, ats)
    if (ends - ats > _LABEL + 1).any():
        places = np.flatnonzero(separates)
        rows = text.rows_of(places)
        gaps = np.append(np.diff(places), 0)
        fits[rows[(gaps > _LABEL + 1) & (places + gaps < ends[rows])]] = False
        fits &= ends - last <= _LABEL + 1
    return fits


def _is_plain(text: Text, kinds: Bytes, separates: Bools, ats: Places) -> Bools:
    """Which values have nothing strange, and in their domain no special character and no label edged by hyphens."""
    fits, end = text.without(np.flatnonzero(kinds == _STRANGE)), len(text.data) - 1
    places = np.flatnonzero(kinds == _HYPHEN)
    rows = text.rows_of(places)
    beside = separates[np.minimum(places + 1, end)] | (places + 1 == text.ends[rows]) | separates[places - 1]
    fits[rows[(places > ats[rows]) & beside]] = False
    places = np.flatnonzero(kinds == _SPECIAL)
    rows = text.rows_of(places)
    fits[rows[places > ats[rows]]] = False
    return fits


@lru_cache(maxsize=2)
def email(*, keep_domain: bool) -> tuple[Part, ...]:
    """Addresses; the domain but for its last label is encrypted together with the local part, unless it is kept."""
    return (_Email(keep_domain=keep_domain),)
