"""Which characters stand for one another: alphabets in ASCII, and one per script and case beyond it.

Beyond ASCII the alphabets are drawn from Unicode 3.2, which Python carries beside the current version and which never
changes, so that a value encrypted today can be decrypted by any later Python.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["DIGITS", "LOWER", "UNKNOWN", "UPPER", "Alphabets", "Beyond", "unicode_alphabets"]

DIGITS, LOWER, UPPER = b"0123456789", b"abcdefghijklmnopqrstuvwxyz", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Beyond = Literal["none", "letters", "letters and digits"]
"""What beyond ASCII is encrypted too."""

_LAST = 0x2FFFF  # the planes that hold letters in Unicode 3.2
_ASCII = 0x80
_ASCII_CLASSES = 8  # room for the alphabets of a format before those of Unicode
UNKNOWN = np.uint16(0xFFFF)  # a letter or digit younger than the alphabets


@dataclass(frozen=True, slots=True)
class _Unicode:
    """Per code point its class and place in it; per class its size and its code points."""

    classes: npt.NDArray[np.uint16]
    places: npt.NDArray[np.uint16]
    sizes: npt.NDArray[np.int64]
    firsts: npt.NDArray[np.int64]
    points: npt.NDArray[np.uint32]
    digits: npt.NDArray[np.bool_]


def _utf8_bytes(point: int) -> int:
    return 1 if point < 0x80 else 2 if point < 0x800 else 3 if point < 0x10000 else 4


@lru_cache(maxsize=1)
def unicode_alphabets() -> _Unicode:
    """The alphabets beyond ASCII, built once.

    Letters of one alphabet share script (the first word of their Unicode names), general category (upper case, lower
    case, no case), bytes in UTF-8, whether ISO 8859-1 has them, and whether normalisation (NFC) leaves them alone.
    Digits share their name up to "DIGIT". A letter alone in its alphabet (the micro sign) counts as punctuation.
    """
    old = unicodedata.ucd_3_2_0
    members: dict[tuple[str, str, int, bool, bool], list[int]] = {}
    classes = np.zeros(_LAST + 1, np.uint16)
    places = np.zeros(_LAST + 1, np.uint16)
    for point in range(_ASCII, _LAST + 1):
        letter = chr(point)
        category = old.category(letter)
        if category[0] == "L" or category == "Nd":
            name = old.name(letter, "")
            script = name.rpartition(" DIGIT ")[0] if category == "Nd" else name.partition(" ")[0].partition("-")[0]
            stable = old.normalize("NFC", letter) == letter
            members.setdefault((script, category, _utf8_bytes(point), point < 0x100, stable), []).append(point)
        elif category == "Cn" and (unicodedata.category(letter)[0] == "L" or unicodedata.category(letter) == "Nd"):
            classes[point] = UNKNOWN
    kept = [(key, listed) for key, listed in members.items() if len(listed) > 1]
    for number, (_, listed) in enumerate(kept, _ASCII_CLASSES):
        classes[listed] = number
        places[listed] = np.arange(len(listed))
    sizes = np.array([1] * _ASCII_CLASSES + [len(listed) for _, listed in kept], np.int64)
    return _Unicode(
        classes,
        places,
        sizes,
        np.concatenate([[0], np.cumsum(sizes)[:-1]]),
        np.concatenate([np.zeros(_ASCII_CLASSES, np.uint32), *(np.array(listed, np.uint32) for _, listed in kept)]),
        np.array([False] * _ASCII_CLASSES + [key[1] == "Nd" for key, _ in kept]),
    )


class Alphabets:
    """The alphabets of one format. Class 0 stays as it is; class k is the k-th alphabet, then come those of Unicode.

    Args:
        ascii_: alphabets of ASCII characters, at most seven, none sharing a character.
        beyond: what beyond ASCII is encrypted too.
    """

    def __init__(self, *ascii_: bytes, beyond: Beyond = "none") -> None:
        self.ascii = ascii_
        self.beyond = beyond
        classes, places = bytearray(256), bytearray(256)
        for number, alphabet in enumerate(ascii_, 1):
            for place, code in enumerate(alphabet):
                classes[code], places[code] = number, place
        self.class_of, self.place_of = bytes(classes), bytes(places)
        self._sizes = np.array([1, *map(len, ascii_)], np.int64)
        self._firsts = np.concatenate([[0], np.cumsum(self._sizes)[:-1]])
        self._points = np.frombuffer(b"\0" + b"".join(ascii_), np.uint8)

    def unicode_classes(self, points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint16]:
        """The class of each code point beyond ASCII; 65535 for a letter or digit that has none."""
        table = unicode_alphabets()
        known = points <= _LAST
        found = np.where(known, table.classes[np.where(known, points, 0)], 0).astype(np.uint16)
        found[(points > _LAST) & (points < 0xE0000)] = UNKNOWN
        if self.beyond == "letters":
            found[table.digits[np.where(found == UNKNOWN, 0, found)]] = 0
        return found

    def size(self, number: int) -> int:
        """How many characters the alphabet of one class has."""
        return int(self.sizes(np.array([number]))[0])

    def sizes(self, classes: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
        """How many characters the alphabet of each class has."""
        if self.beyond == "none":
            return np.asarray(self._sizes[classes])
        every = np.concatenate([_padded(self._sizes), unicode_alphabets().sizes[_ASCII_CLASSES:]])
        return np.asarray(every[classes])

    def points(
        self, classes: npt.NDArray[np.unsignedinteger] | int, places: npt.NDArray[np.unsignedinteger]
    ) -> npt.NDArray[np.unsignedinteger]:
        """The code points at these places of these alphabets: 8 bits each where no class is beyond ASCII."""
        if isinstance(classes, int) or classes.dtype != np.uint8:
            numbers = np.minimum(classes, _ASCII_CLASSES)
            firsts = np.concatenate([self._firsts, np.zeros(_ASCII_CLASSES + 1 - len(self._firsts), np.int64)])
            own = self._points[np.minimum(firsts[numbers] + places, len(self._points) - 1)]
            table = unicode_alphabets()
            other = table.points[np.minimum(table.firsts[classes] + places, len(table.points) - 1)]
            return np.asarray(np.where(np.asarray(classes) < _ASCII_CLASSES, own, other))
        firsts = np.zeros(256, np.uint8)
        firsts[: len(self._firsts)] = self._firsts
        at = np.frombuffer(bytearray(classes).translate(firsts.tobytes()), np.uint8) + places.astype(np.uint8)
        return np.frombuffer(bytearray(at).translate(self._points.tobytes().ljust(256, b"\0")), np.uint8)


def _padded(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([sizes, np.ones(_ASCII_CLASSES - len(sizes), np.int64)])
