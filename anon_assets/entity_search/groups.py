"""Small patterns that one RE2 search tries together, to know in which texts each has to be searched by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import re2

from anon_assets.entity_search.gates import packed, size
from anon_assets.text_buffer import Joined, Positions

__all__ = ["Group", "groups"]

_SIZE = 300  # instructions per group: beyond, runs of random digits or letters make the automaton too large
_MEMORY = 64 << 20  # bytes for the automaton of a group


@dataclass(frozen=True)
class Group:
    """Some patterns, wherever they stand: also in the middle of a word, where a gate looks for none.

    Args:
        numbers: which patterns. pattern: either of them.
    """

    numbers: tuple[int, ...]
    pattern: str

    @cached_property
    def _search(self) -> Any:
        options = re2.Options()
        options.max_mem = _MEMORY
        return re2.compile(self.pattern, options)

    def rows(self, joined: Joined) -> Positions:
        """The rows in which one of the patterns stands, ascending; those that a match across line feeds touches, too."""
        spans = np.array([match.span() for match in self._search.finditer(joined.buffer)], np.int64).reshape(-1, 2)
        count = len(joined.starts)
        first, last = joined.rows(spans[:, 0]), joined.rows(spans[:, 1])
        covered = np.cumsum(np.bincount(first, minlength=count + 1) - np.bincount(last + 1, minlength=count + 1))
        return np.flatnonzero(covered[: count - 1])


def groups(patterns: Mapping[int, str]) -> tuple[Group, ...]:
    """Groups of two patterns or more; what fits into none is left out.

    Args:
        patterns: RE2 syntax, by their numbers.
    """
    small = {number: pattern for number, pattern in patterns.items() if size(pattern) <= _SIZE}
    together = packed([(size(pattern), number) for number, pattern in small.items()], _SIZE)
    return tuple(
        Group(tuple(numbers), "|".join(f"(?:{small[number]})" for number in numbers))
        for numbers in together
        if len(numbers) > 1
    )
