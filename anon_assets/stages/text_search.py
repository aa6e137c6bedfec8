"""Finds entities inside values: one pass over distinct values for all detectors, then only the hits are looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import re2

from anon_assets.contracts.detector import Detector
from anon_assets.errors import ScanFailed
from anon_assets.text_shapes import GAP, TextShape, text_shape

__all__ = ["Found", "ShapeSearch", "TextSearch", "recognised", "says_something"]

_MEMORY = 256 << 20  # bytes for the automaton of all detectors; it degrades gently beyond
_SHAPES_SIZE, _WORDS_SIZE = 3_000, 9_500  # instructions per union: beyond, RE2's automaton outgrows its memory
_PROBE = 4_096  # values looked at to see which entities are frequent
_KEPT = 512  # hits among those from which one is: as many as a sample keeps
_EDGE_LEFT, _EDGE_RIGHT = r"(?:^|[^A-Za-z0-9])", r"(?:[^A-Za-z0-9]|$)"
_BEYOND = r"\x80-\x{10FFFF}"
_WIDE = {
    r"\p{L}": f"A-Za-z{_BEYOND}", r"\p{Lu}": f"A-Z{_BEYOND}", r"\p{Ll}": f"a-z{_BEYOND}", r"\p{N}": f"0-9{_BEYOND}",
    r"\p{M}": _BEYOND,
}  # fmt: skip
_TOKEN = re.compile(r"\\[pP]\{\w+\}|\\.|\[\^?|.", re.DOTALL)


def _widened(pattern: str) -> str:
    """A pattern that matches at least as much and runs up to seventy times as fast.

    Unicode classes become their ASCII part and everything beyond ASCII: few bytes to tell apart, a small automaton.
    What passes it is looked at again with the pattern itself.
    """
    parts, inside = [], ""
    for part in _TOKEN.findall(pattern):
        if part in {"[", "[^"} and not inside:
            inside = part
        elif part == "]" and inside:
            inside = ""
        wide = _WIDE.get(part) if inside != "[^" else None
        parts.append(part if wide is None else wide if inside else f"[{wide}]")
    return "".join(parts)


class ShapeSearch:
    """Which whole values have the shape of which detector: one pass for all of them, compiled once.

    Args:
        detectors: those without patterns never match.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._shaped = [each for each in detectors if each.patterns]
        options = re2.Options()
        options.max_mem = _MEMORY
        self._set = re2.Set.FullMatchSet(options)
        for detector in self._shaped:
            self._set.Add(_union(detector))
        self._set.Compile()

    def match(self, values: pa.Array) -> dict[Detector, np.ndarray]:
        """Per detector with a hit, for each value whether the whole of it has the shape.

        Args:
            values: texts without nulls; a few thousand at most.
        """
        found: dict[Detector, np.ndarray] = {}
        for row, text in enumerate(values.cast(pa.binary()).to_pylist()):
            for which in self._set.Match(text) or ():
                found.setdefault(self._shaped[which], np.zeros(len(values), bool))[row] = True
        return found


def _union(detector: Detector) -> str:
    return "|".join(f"(?:{pattern})" for pattern in detector.patterns)


def says_something(detector: Detector) -> bool:
    """Its presence makes a text personal: not that of a link, which proves nothing."""
    return detector.chance < 1 or detector.identifying or bool(detector.named_patterns)


@cache
def _single(detector: Detector) -> ShapeSearch:
    return ShapeSearch([detector])


def _judged(detector: Detector, values: Sequence[str], place: str, *, inside: bool = False) -> np.ndarray:
    """The detector's own judgement, whose failure stops the scan without a word of what it looked at.

    Args:
        detector: who judges. values: distinct texts. place: for the error.
        inside: the values are pieces of running text.
    """
    try:
        judged = [bool(each) for each in (detector.inside(values) if inside else detector.valid(values))]
        problem = "" if len(judged) == len(values) else f"it gave {len(judged)} answers"
    except Exception as error:  # noqa: BLE001 -- whatever a detector raises may quote the value it stumbled over
        problem = type(error).__name__
    if problem:
        what = f"the detector {detector.kind()} failed on {len(values)} values ({problem})"
        raise ScanFailed(place, what, "the column was not judged; mend the detector or remove it")
    return np.array(judged, bool)


def recognised(
    detector: Detector, values: pa.Array, place: str, most: int | None = None, shape: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Which values have the detector's shape, and which of those it accepts.

    Args:
        values: distinct non-null texts.
        place: for the error.
        most: judge at most so many shaped values, and look no further; values in random order keep the result fair.
        shape: which have the shape, where that is known.

    Returns: two boolean arrays over the values looked at, which are the first ones: shaped; accepted.
    Raises: ScanFailed when the detector raises.
    """
    if shape is None:
        shape = _single(detector).match(values).get(detector, np.zeros(len(values), bool))
    positions = np.flatnonzero(shape)
    if most is not None and len(positions) > most:
        positions = positions[:most]
        shape = shape[: positions[-1] + 1]
    accepted = np.zeros(len(shape), bool)
    if len(positions):
        accepted[positions] = _judged(detector, values.take(pa.array(positions)).to_pylist(), place)
    return shape, accepted


def _unions(gates: Sequence[_Gate]) -> list[str]:
    """Unions small enough for RE2's automaton, each pattern in the first that has room; shapes and words apart."""
    unions: list[list[str]] = []
    rooms: list[int] = []
    for patterns, room in (
        ([gate.free for gate in gates if gate.free], _SHAPES_SIZE),
        ([gate.word for gate in gates if gate.word], _WORDS_SIZE),
    ):
        first = len(unions)
        for size, pattern in sorted(
            ((re2.compile(pattern).programsize, pattern) for pattern in patterns), reverse=True
        ):
            place = next((place for place in range(first, len(unions)) if rooms[place] >= size), None)
            if place is None:
                place = len(unions)
                unions.append([])
                rooms.append(room)
            unions[place].append(pattern)
            rooms[place] -= size
    return ["|".join(union) for union in unions]


def _matching(values: pa.Array, unions: Sequence[str]) -> np.ndarray:
    """Positions of the values that match one of the unions, ascending."""
    hits = np.zeros(len(values), bool)
    for union in unions:
        hits |= pc.match_substring_regex(values, union).to_numpy(zero_copy_only=False)
    return np.flatnonzero(hits)


@dataclass(frozen=True, slots=True)
class Found:
    """Values that probably hold what one detector looks for.

    Args:
        detector: which. positions: of the values, ascending.
        scale: how many such values there are for each position given; 1 when all are given.
    """

    detector: Detector
    positions: np.ndarray
    scale: float = 1.0


class TextSearch:
    """The detectors that count inside longer text, compiled once.

    Args:
        detectors: those with ``in_text`` whose presence says that text is personal; others, such as links, are left out.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self.detectors = tuple(each for each in detectors if each.in_text and says_something(each))
        self._shapes = {detector: text_shape(detector) for detector in self.detectors}
        self._gates = [_gate(shape) for shape in self._shapes.values()]
        self._made: dict[tuple[int, ...], list[str]] = {}
        self._unions = self._unions_of(tuple(range(len(self._gates))))
        options = re2.Options()
        options.max_mem = _MEMORY
        self._set = re2.Set.SearchSet(options)
        for gate in self._gates:
            self._set.Add(gate.pattern)
        self._set.Compile()

    def find(self, values: pa.Array, *, whole: bool = False) -> Iterator[Found]:
        """Which values may hold the shape of which detector: all that do, and some that ``extract`` will clear.

        What is frequent is looked for in the values of the smallest hashes only: a fair sample, and more than the one that a
        ``DistinctSample`` keeps. What is rare is looked for in every value.

        Args:
            values: distinct non-null texts. whole: every value of every detector, however many there are.
        """
        if whole or len(values) <= 2 * _PROBE:
            rows = _matching(values, self._unions)
            for detector, positions in zip(self.detectors, self._identify(values, rows), strict=True):
                if len(positions):
                    yield Found(detector, positions)
            return
        probe = np.zeros(len(values), bool)
        probe[pl.Series(pl.from_arrow(values)).hash().arg_sort().head(_PROBE).to_numpy()] = True
        probed = self._identify(values, np.flatnonzero(probe))
        rare = [number for number, positions in enumerate(probed) if len(positions) < _KEPT]
        rest = np.flatnonzero(~probe)
        hits = _matching(values.filter(pa.array(~probe)), self._unions_of(tuple(rare)))
        more = self._identify(values, rest[hits])
        for number, detector in enumerate(self.detectors):
            if number not in rare:
                yield Found(detector, probed[number], len(values) / _PROBE)
            elif len(probed[number]) or len(more[number]):
                yield Found(detector, np.sort(np.concatenate([probed[number], more[number]])))

    def _unions_of(self, numbers: tuple[int, ...]) -> list[str]:
        """The unions of these detectors, made once."""
        if numbers not in self._made:
            self._made[numbers] = _unions([self._gates[number] for number in numbers])
        return self._made[numbers]

    def _identify(self, values: pa.Array, rows: np.ndarray) -> list[np.ndarray]:
        """Per detector, which of these rows it looks for."""
        match = self._set.Match
        found: list[list[int]] = [[] for _ in self.detectors]
        for row, text in zip(rows.tolist(), values.take(rows).cast(pa.binary()).to_pylist(), strict=True):
            for which in match(text) or ():
                found[which].append(row)
        return [np.array(positions, np.int64) for positions in found]

    def extract(self, detector: Detector, texts: Sequence[str]) -> list[list[str]]:
        """For each text: what has the detector's shape in it, with no letter or digit on either side."""
        shape = self._shapes[detector]
        return [[text[start:end] for start, end in shape.spans(text)] for text in texts]

    def accepts(self, detector: Detector, parts: Sequence[Sequence[str]], place: str) -> np.ndarray:
        """For each list of extracts: the detector accepts at least one of them. Raises: ScanFailed."""
        distinct = sorted({part for found in parts for part in found})
        judged = _judged(detector, distinct, place, inside=detector.of_words())
        good = {part for part, fine in zip(distinct, judged, strict=True) if fine}
        return np.array([any(part in good for part in found) for found in parts], bool)


@dataclass(frozen=True, slots=True)
class _Gate:
    """What matches every text in which a shape may stand: the shape itself, or a word that names it; either may be empty."""

    free: str
    word: str

    @property
    def pattern(self) -> str:
        return "|".join(filter(None, (self.free, self.word)))


def _gate(shape: TextShape) -> _Gate:
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
    return _Gate(free, f"{_EDGE_LEFT}(?i:{'|'.join(least)})(?:s|es)?{_EDGE_RIGHT}" if least else "")
