"""JSON paths: which values of a document a policy names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["DEAD", "Automaton", "parse_path"]

DEAD = -1
"""The state of a value that no path leads to."""

_STEP = re.compile(
    r"""\.(?P<any>\*)|\.(?P<name>[^\s.\[\]'"*]+)|\[(?P<each>\*)\]|\[(?P<index>0|[1-9][0-9]{0,8})\]"""
    r"""|\['(?P<single>(?:[^'\\]|\\['\\])*)'\]|\["(?P<double>(?:[^"\\]|\\["\\])*)"\]"""
)
_ESCAPE = re.compile(r"\\(.)")

Steps = tuple[str | int | None, ...]
"""From the root downwards: the name of a child, its place in an array from 0, or None for any child."""


def parse_path(path: str) -> Steps:
    r"""The steps of a path: ``$`` for the document, then ``.name``, ``['any name']``, ``[0]``, ``.*`` or ``[*]``.

    Places in an array count from 0. Both wildcards stand for every child of an object or array.

    Raises: ValueError for what is no such path.
    Source: RFC 9535 (JSONPath), of which this is a part.

    >>> parse_path("$.contact.emails[*]")
    ('contact', 'emails', None)
    >>> parse_path("$.lines[0]")
    ('lines', 0)
    >>> parse_path("$['odd \\'key'].*")
    ("odd 'key", None)
    """
    if not path.startswith("$"):
        raise ValueError("a path begins with $")
    steps: list[str | int | None] = []
    at = 1
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            raise ValueError(
                "a path is $ and then .name, ['any name'], .*, [*] for every element of an array or [0] for its first"
            )
        name = step["name"]
        if name is None:
            quoted = step["single"] if step["single"] is not None else step["double"]
            name = None if quoted is None else _ESCAPE.sub(r"\1", quoted)
        steps.append(name if step["index"] is None else int(step["index"]))
        at = step.end()
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class Automaton:
    """All paths at once: a state for each set of paths that a value may be on. The document has state 0.

    Args:
        names: every name in a path, sorted.
        places: every place in an array in a path, sorted.
        follow: state of a child by the state of its parent and the child's code: 1 and up for ``names`` and then
            ``places``, 0 for any other. ``DEAD`` where no path leads.
        accepted: number of the path that ends in each state, -1 for none. Of several, the one with the fewest wildcards
            counts, then the first.
        leads_on: some path leads further down.
    """

    names: tuple[str, ...]
    places: tuple[int, ...]
    follow: npt.NDArray[np.int64]
    accepted: npt.NDArray[np.int64]
    leads_on: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, paths: Sequence[Steps]) -> Automaton:
        """The subset construction over the paths."""
        names = tuple(sorted({step for path in paths for step in path if isinstance(step, str)}))
        places = tuple(sorted({step for path in paths for step in path if isinstance(step, int)}))
        states: list[frozenset[int]] = [frozenset(range(len(paths)))]
        depth, follow = [0], []
        known = {(0, states[0]): 0}
        for number, state in enumerate(states):  # grows while it is read
            level, row = depth[number], []
            for child in (None, *names, *places):
                on = frozenset(
                    path for path in state if len(paths[path]) > level and paths[path][level] in {None, child}
                )
                if on and (level + 1, on) not in known:
                    known[level + 1, on] = len(states)
                    states.append(on)
                    depth.append(level + 1)
                row.append(known[level + 1, on] if on else DEAD)
            follow.append(row)
        accepted = [
            max(
                (path for path in state if len(paths[path]) == level),
                key=lambda path: (sum(step is not None for step in paths[path]), -path),
                default=-1,
            )
            for state, level in zip(states, depth, strict=True)
        ]
        leads = [any(len(paths[path]) > level for path in state) for state, level in zip(states, depth, strict=True)]
        return cls(names, places, np.array(follow, np.int64), np.array(accepted, np.int64), np.array(leads, bool))

    def codes_of_elements(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The codes of array elements at these places."""
        if not self.places:
            return np.zeros(len(positions), np.int64)
        places = np.array(self.places)
        found = np.minimum(np.searchsorted(places, positions), len(places) - 1)
        return np.where(places[found] == positions, found + len(self.names) + 1, 0)
