"""Cheap patterns that let through every text in which an entity may stand, many of them tried in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import re2

from anon_assets.text_shapes import GAP, TextShape

__all__ = ["Gate", "Union", "gate", "matching", "packed", "size", "unions"]

_Item = TypeVar("_Item", int, str)

_SHAPES_SIZE, _WORDS_SIZE = 3_000, 20_000  # instructions per union: beyond, random text makes the automaton too large
_EDGE_LEFT, _EDGE_RIGHT = r"(?:^|[^A-Za-z0-9])", r"(?:[^A-Za-z0-9]|$)"
_BEYOND = r"\x80-\x{10FFFF}"
_WIDE = {
    r"\p{L}": f"A-Za-z{_BEYOND}", r"\p{Lu}": f"A-Z{_BEYOND}", r"\p{Ll}": f"a-z{_BEYOND}", r"\p{N}": f"0-9{_BEYOND}",
    r"\p{M}": _BEYOND,
}  # fmt: skip
_SPACE = r"\t\n\f\r "  # RE2's \s, which reaches further in Rust's engine
_FOREIGN = frozenset(rf"\{sign}" for sign in "wWdDSbB<>")  # what Rust's engine reads in another way than RE2
_TOKEN = re.compile(r"\\[pP]\{\w+\}|\\.|\[\^?\]?|.", re.DOTALL)  # a bracket right behind an opening one is a sign


def _widened(pattern: str) -> str:
    """A pattern that matches at least as much and runs up to seventy times as fast.

    Unicode classes become their ASCII part and everything beyond ASCII: few bytes to tell apart, a small automaton.
    What passes it is looked at again with the pattern itself.
    """
    parts, inside = [], ""
    for part in _TOKEN.findall(pattern):
        if part.startswith("[") and not inside:
            inside = part
        elif part == "]" and inside:
            inside = ""
        wide = _SPACE if part == r"\s" else _WIDE.get(part) if not inside.startswith("[^") else None
        parts.append(part if wide is None else wide if inside else f"[{wide}]")
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Gate:
    """What matches every text in which a shape may stand: the shape itself, or a word that names it; either may be empty."""

    free: str
    word: str

    @property
    def pattern(self) -> str:
        """Either of them."""
        return "|".join(filter(None, (self.free, self.word)))


def gate(shape: TextShape) -> Gate:
    """The gate of a detector's shapes, which stand free: with no ASCII letter or digit on either side."""
    phrases = shape.words.split("|") if shape.named else []
    # A phrase that holds another one adds nothing: where "passport number" stands, "passport" does.
    least = [
        phrase
        for phrase in phrases
        if not any(
            phrase.startswith(other + GAP) or phrase.endswith(GAP + other) or GAP + other + GAP in phrase
            for other in phrases
        )
    ]
    free = f"{_EDGE_LEFT}(?:{_widened(shape.free)}){_EDGE_RIGHT}" if shape.free else ""
    return Gate(free, f"{_EDGE_LEFT}(?i:{'|'.join(least)})(?:s|es)?{_EDGE_RIGHT}" if least else "")


@cache
def size(pattern: str) -> int:
    """Instructions of its program."""
    return int(re2.compile(pattern).programsize)


@cache
def _portable(pattern: str) -> bool:
    """Rust's engine reads this RE2 pattern as RE2 does.

    It has word and digit classes beyond ASCII, classes inside classes, and operators between them; quotes it lacks.
    """
    inside, before = False, ""
    for part in _TOKEN.findall(pattern):
        opens = part.startswith("[")
        if part in _FOREIGN or (inside and (opens or (part == before and part in {"&", "-", "~"}))):
            return False
        inside, before = part != "]" and (inside or opens), part[-1]
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Union:
    """Patterns that are searched together. Rust's engine needs half the time of RE2 and reads nearly all of them."""

    pattern: str
    portable: bool

    def matches(self, values: pa.Array, texts: pl.Series) -> np.ndarray:
        """Which of the values match, one boolean each. ``texts`` are the same values."""
        if self.portable:
            return texts.str.contains(self.pattern).to_numpy()
        return np.asarray(pc.match_substring_regex(values, self.pattern).to_numpy(zero_copy_only=False))


@lru_cache(maxsize=64)
def unions(gates: tuple[Gate, ...]) -> tuple[Union, ...]:
    """Unions small enough for an automaton, each pattern in the first that has room; shapes and words apart.

    Args:
        gates: any; the unions of those asked for lately are remembered.
    """
    shapes, words = [each.free for each in gates if each.free], [each.word for each in gates if each.word]
    return tuple(
        Union("|".join(each), portable)
        for patterns, room in ((shapes, _SHAPES_SIZE), (words, _WORDS_SIZE))
        for portable in (True, False)
        for each in packed([(size(each), each) for each in patterns if _portable(each) is portable], room)
    )


def packed(sized: Iterable[tuple[int, _Item]], room: int) -> list[list[_Item]]:
    """Items with their sizes, the largest first, each put where there is room; one too large stands alone."""
    packs: list[list[_Item]] = []
    left: list[int] = []
    for each, item in sorted(sized, reverse=True):
        place = next((place for place, free in enumerate(left) if free >= each), None)
        if place is None:
            place = len(packs)
            packs.append([])
            left.append(room)
        packs[place].append(item)
        left[place] -= each
    return packs


def matching(values: pa.Array, searched: Sequence[Union]) -> np.ndarray:
    """Positions of the values that match one of the unions, ascending: ``int64``.

    Args:
        values: texts of any Arrow type but views, without nulls.
    """
    hits, texts = np.zeros(len(values), bool), pl.Series(pl.from_arrow(values))
    for union in searched:
        hits |= union.matches(values, texts)
    return np.flatnonzero(hits)
