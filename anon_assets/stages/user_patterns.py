"""Patterns that users write: are they RE2 that the scan can use, and do they say more than any number or word would?"""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import re2

__all__ = ["fits_anything", "pattern_problem", "too_large", "whole"]

_LONGEST = 2_000
_LARGEST = 10_000  # instructions of one detector's automaton: a union of several must stay fast in the 8 MiB of Arrow
_HALF = 0.5
_EACH = 60
_PART = re.compile(
    r"(?P<posix>\[:\^?[a-z]+:\])|(?P<escaped>\\[pPx]\{[^}]*\}|\\.)|(?P<open>\[\^?\]?)|(?P<close>\])"
    r"|(?P<named>\(\?P?<)|(?P<one>.)",
    re.DOTALL,
)
_NO_ANCHOR = "leave out ^, $, \\A, \\z, \\b and \\Q; a pattern is held against the whole value"


def pattern_problem(pattern: str, *, anchors: bool = False) -> str:
    """Why the scan cannot use a pattern, empty when it can. The pattern itself is never quoted.

    Args:
        pattern: as the user wrote it. anchors: ``^``, ``$`` and the like may stand in it, as in a rule for names.

    >>> pattern_problem("S[0-9]{6}"), pattern_problem("S?")
    ('', 'it matches empty text')
    """
    if not pattern or len(pattern) > _LONGEST:
        return f"write 1 to {_LONGEST:,} characters"
    try:
        compiled = _compiled(pattern)
        pc.match_substring_regex(pa.array([""]), pattern)
    except (re2.error, pa.ArrowException):  # their messages quote the pattern
        return "RE2 does not take it; RE2 has no look-around and no back-references, and counts to 1,000 at most"
    if refused := _refused(pattern, anchors):
        return refused
    empty = compiled.search("") if anchors else compiled.fullmatch("")
    return "it matches empty text" if empty is not None else ""


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def too_large(patterns: Sequence[str]) -> bool:
    """Patterns that are fine one by one, but as one make a larger automaton than one detector may have.

    >>> too_large(["S[0-9]{6}"]), too_large([f"{digit}[a-z]{{1000}}" for digit in range(50)])
    (False, True)
    """
    try:
        return int(_compiled(whole(patterns)).programsize) > _LARGEST
    except re2.error:
        return True


def _refused(pattern: str, anchors: bool) -> str:
    inside = False
    for part in _PART.finditer(pattern):
        kind, text = part.lastgroup, part.group()
        if kind == "escaped" and not inside and text[1] in ("Q" if anchors else "AzZbBQ"):
            return _NO_ANCHOR
        if kind == "escaped" and text[1] == "C":
            return "\\C takes characters apart; write . or a class"
        if kind == "named" and not inside:
            return "leave the names of groups out; two detectors could use the same"
        if kind == "open":
            inside = True
        elif kind == "close":
            inside = False
        elif kind == "one" and text in "^$" and not inside and not anchors:
            return _NO_ANCHOR
    return ""


def whole(patterns: Sequence[str]) -> str:
    """One pattern that matches values which match one of these from beginning to end."""
    return rf"\A(?:{'|'.join(f'(?:{pattern})' for pattern in patterns)})\z"


def fits_anything(patterns: Sequence[str]) -> bool:
    """The patterns accept what any table holds, such as most six-digit numbers: by themselves they prove nothing.

    Asked are generated numbers of each length, decimals, dates and times, UUIDs, hashes, versions, words and codes of a
    few capital letters.

    >>> fits_anything(["[0-9]{6}"]), fits_anything(["S[0-9]{6}"])
    (True, False)
    """
    if not patterns:
        return False
    union = whole(patterns)
    return any(pc.mean(pc.match_substring_regex(texts, union).cast(pa.int8())).as_py() >= _HALF for texts in _common())


@cache
def _common() -> tuple[pa.Array, ...]:
    return tuple(pa.array(texts) for texts in _generated(random.Random(20)))  # noqa: S311 -- samples, no secrets


def _generated(chance: random.Random) -> Iterator[list[str]]:
    """Lists of values of one plain kind each."""
    some = range(_EACH)
    for digits in range(1, 20):
        yield [str(chance.randrange(10 ** (digits - 1), 10**digits)) for _ in some]
    days = [f"{chance.randrange(1950, 2030)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}" for _ in some]
    yield days
    for mark in (" ", "T"):
        yield [f"{day}{mark}{chance.randrange(24):02}:{chance.randrange(60):02}:00" for day in days]
    yield [f"{day[8:]}.{day[5:7]}.{day[:4]}" for day in days]
    yield [f"{day[5:7]}/{day[8:]}/{day[:4]}" for day in days]
    yield [f"{chance.randrange(10_000)}.{chance.randrange(100):02}" for _ in some]
    yield [f"{chance.randrange(10)}.{chance.randrange(20)}.{chance.randrange(20)}" for _ in some]
    yield [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in some]
    for digits in (32, 40, 64):
        yield [f"{chance.getrandbits(4 * digits):0{digits}x}" for _ in some]
    syllables = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zy"]
    words = ["".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in some]
    yield words
    yield [word.capitalize() for word in words]
    yield [word.upper() for word in words]
    yield [f"{word.capitalize()} {other}" for word, other in zip(words, reversed(words), strict=True)]
    for letters in (1, 2, 3):
        yield ["".join(chance.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=letters)) for _ in some]
