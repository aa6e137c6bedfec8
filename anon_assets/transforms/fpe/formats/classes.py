"""Formats told by character classes alone: digits, letters, alphanumeric, hex, auto, username, and templates."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import numpy as np
import pyarrow.compute as pc

from anon_assets.transforms.fpe.alphabets import DIGITS, LOWER, UPPER, Alphabets
from anon_assets.transforms.fpe.ciphers import Numerals
from anon_assets.transforms.fpe.parts import Part, Reading
from anon_assets.transforms.fpe.text import Bools, Text, classes_of, mapped

__all__ = ["alphanumeric", "auto", "digits", "hexadecimal", "letters", "template", "username"]

Style = Literal["lower", "upper", "mixed"]
_STYLES: tuple[Style, ...] = ("lower", "upper", "mixed")


class _Classes(Part):
    """All characters of the alphabets are encrypted, all others stay."""

    def read(self, text: Text) -> Reading:
        classes, known = classes_of(text, self.alphabets)
        return Reading(known, classes)


@lru_cache(maxsize=1)
def digits() -> tuple[Part, ...]:
    """ASCII digits."""
    return (_Classes("digits", Alphabets(DIGITS)),)


@lru_cache(maxsize=1)
def letters() -> tuple[Part, ...]:
    """Letters, each of its own case and script."""
    return (_Classes("letters", Alphabets(LOWER, UPPER, beyond="letters")),)


@lru_cache(maxsize=1)
def auto() -> tuple[Part, ...]:
    """Letters and digits, each of its own class and script."""
    return (_Classes("auto", Alphabets(DIGITS, LOWER, UPPER, beyond="letters and digits")),)


class _Styled(Part):
    """Digits and letters stand for one another; a value keeps to lower case, to upper case, or has both.

    Each style is a part. Results without an upper-case letter (of both cases, for mixed) would be of another style: they
    are walked past.
    """

    def __init__(self, name: str, style: Style, last: int) -> None:
        self.style = style
        self.lower, self.upper = LOWER[:last], UPPER[:last]
        chosen = {"lower": self.lower, "upper": self.upper, "mixed": self.lower + self.upper}[style]
        self.last = last
        self.walks = style != "lower"
        super().__init__(f"{name} {style}", Alphabets(DIGITS + chosen))
        self._letters = Alphabets(DIGITS, self.lower, self.upper, beyond="letters and digits")

    def read(self, text: Text) -> Reading:
        codes = text.data
        lower, upper = (_any(text, (codes >= case[0]) & (codes <= case[-1])) for case in (self.lower, self.upper))
        fits = {"lower": ~upper, "upper": upper & ~lower, "mixed": upper & lower}[self.style]
        if self.last == 26 and (codes >= 0x80).any():  # letters beyond ASCII would stay in clear
            classes, known = classes_of(text, self._letters)
            fits = fits & known & text.without(np.flatnonzero(classes >= 8))
        return Reading(fits, mapped(codes, self.alphabets.class_of))

    def accept(self, numerals: Numerals) -> Bools:
        if self.style == "upper":
            return np.asarray((numerals >= 10).any(axis=1))
        higher = numerals >= 10 + self.last
        return np.asarray(higher.any(axis=1) & ((numerals >= 10) & ~higher).any(axis=1))


def _any(text: Text, found: Bools) -> Bools:
    """Per value whether any of its bytes is found."""
    return ~text.without(np.flatnonzero(found)) if found.any() else np.zeros(len(text), np.bool_)


@lru_cache(maxsize=1)
def alphanumeric() -> tuple[Part, ...]:
    """ASCII letters and digits as one alphabet of 36, or of 62 for values of both cases."""
    return tuple(_Styled("alphanumeric", style, 26) for style in _STYLES)


@lru_cache(maxsize=1)
def hexadecimal() -> tuple[Part, ...]:
    """Hexadecimal digits as one alphabet of 16, or of 22 for values of both cases."""
    return tuple(_Styled("hex", style, 6) for style in _STYLES)


class _Username(Part):
    """ASCII letters and digits, each of its own class; dots, hyphens and underscores stay, others do not fit."""

    def __init__(self) -> None:
        super().__init__("username", Alphabets(DIGITS, LOWER, UPPER))

    def read(self, text: Text) -> Reading:
        classes = mapped(text.data, self.alphabets.class_of)
        strange = (classes == 0) & ~np.isin(text.data, np.frombuffer(b"._-", np.uint8))
        return Reading(text.without(np.flatnonzero(strange)), classes)


@lru_cache(maxsize=1)
def username() -> tuple[Part, ...]:
    """Names of accounts."""
    return (_Username(),)


class _Template(Part):
    """Values of one pattern.

    Args:
        pattern: 9 for a digit, A and a for letters; all else literal, a backslash before what shall be.
    """

    def __init__(self, pattern: str) -> None:
        super().__init__("template", Alphabets(DIGITS, LOWER, UPPER))
        classes, expression = [], []
        tokens = re.findall(r"\\(.)|(.)", pattern, re.DOTALL)
        self.characters = len(tokens)
        for escaped, character in tokens:
            drawn = {"9": (1, "[0-9]"), "a": (2, "[a-z]"), "A": (3, "[A-Z]")}.get(character)
            if drawn is None:
                literal = escaped or character
                classes += [0] * len(literal.encode())
                expression.append(re.escape(literal))
            else:
                classes.append(drawn[0])
                expression.append(drawn[1])
        self._pattern = np.array(classes, np.uint8)
        self._expression = f"^(?:{''.join(expression)})$"

    def read(self, text: Text) -> Reading:
        fits = pc.match_substring_regex(text.values, self._expression).to_numpy(zero_copy_only=False)
        if fits.all():
            return Reading(fits, np.tile(self._pattern, len(text)))
        classes = np.zeros(len(text.data), np.uint8)
        where = text.starts[fits][:, None] + np.arange(len(self._pattern))
        classes[where] = self._pattern
        return Reading(fits, classes)

    @property
    def size(self) -> int:
        """How many values the template has."""
        return int(np.prod(self.alphabets.sizes(self._pattern).astype(object), initial=1))


@lru_cache(maxsize=64)
def template(pattern: str) -> tuple[_Template, ...]:
    """Values written as ``pattern``: 9 for a digit, A and a for letters, all else literal, a backslash before literals."""
    return (_Template(pattern),)
