"""Finds entities inside values: one pass over distinct values for all detectors, then only the hits are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
import polars as pl
import pyarrow as pa
import re2

from anon_assets.contracts.detector import Detector
from anon_assets.entity_search.gates import gate, matching, unions
from anon_assets.errors import ScanFailed
from anon_assets.text_shapes import text_shape

__all__ = ["Found", "ShapeSearch", "TextSearch", "recognised", "says_something"]

_MEMORY = 256 << 20  # bytes for the automaton of all detectors; it degrades gently beyond
_PROBE = 4_096  # values looked at first, to see which entities are frequent
_KEPT = 512  # hits among those from which one is: as many as a sample keeps
_LEAST = 512  # values looked at of each batch for what is known to be frequent
_HEAVY = 256  # a value that so large a part of the rows holds is looked at whatever its hash
_FAR = 1 << 61  # limits beyond an eighth of all hashes spare nothing


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
        found = np.zeros((len(self._shaped), len(values)), bool)
        for row, text in enumerate(values.cast(pa.binary()).to_pylist()):
            found[self._set.Match(text) or [], row] = True
        return {self._shaped[which]: found[which] for which in np.flatnonzero(found.any(axis=1))}


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


@dataclass(frozen=True, slots=True)
class Found:
    """Values that probably hold what one detector looks for.

    Args:
        detector: which. positions: of the values, ascending.
        scales: how many rows there are for each row that holds one of them; 1 where all such values are given.
    """

    detector: Detector
    positions: np.ndarray
    scales: np.ndarray


class TextSearch:
    """The detectors that count inside longer text, compiled once.

    Args:
        detectors: those with ``in_text`` whose presence says that text is personal; others, such as links, are left out.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self.detectors = tuple(each for each in detectors if each.in_text and says_something(each))
        self._shapes = {detector: text_shape(detector) for detector in self.detectors}
        self._gates = [gate(shape) for shape in self._shapes.values()]
        options = re2.Options()
        options.max_mem = _MEMORY
        self._set = re2.Set.SearchSet(options)
        for each in self._gates:
            self._set.Add(each.pattern)
        self._set.Compile()

    def find(
        self,
        values: pa.Array,
        rows: np.ndarray | None = None,
        limits: Mapping[str, int] = MappingProxyType({}),
        *,
        whole: bool = False,
    ) -> Iterator[Found]:
        """Which values may hold the shape of which detector: all that do, and some that ``extract`` will clear.

        What is frequent is looked for in the values that many rows hold and in those of the smallest hashes: a fair sample,
        and all that a ``DistinctSample`` can still keep. What is rare is looked for in every value.

        Args:
            values: distinct non-null texts. rows: that hold each of them; one by default.
            limits: of kinds with enough hits, the largest hash (``polars.Series.hash``) at which another is still wanted.
            whole: every value of every detector, however many there are.
        """
        if whole or len(values) <= 2 * _PROBE:
            yield from self._all(values, range(len(self.detectors)))
            return
        rows = np.ones(len(values), np.int64) if rows is None else rows
        hashes, heavy = pl.Series(pl.from_arrow(values)).hash().to_numpy(), rows * _HEAVY >= rows.sum()
        rare = set(range(len(self.detectors)))
        for number, within, near in self._frequent(values, hashes, heavy, limits):
            rare.remove(number)
            if len(within):
                # rows that hold a value looked at stand for those that hold any but the heavy ones
                scale = rows[~heavy].sum() / max(1, rows[near & ~heavy].sum())
                yield Found(self.detectors[number], within, np.where(heavy[within], 1.0, scale))
        yield from self._all(values, sorted(rare))

    def _frequent(
        self, values: pa.Array, hashes: np.ndarray, heavy: np.ndarray, limits: Mapping[str, int]
    ) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Per frequent detector: its number, which values it looks for among those looked at, and which those are."""
        reach = {number: limits.get(each.kind(), _FAR) for number, each in enumerate(self.detectors)}
        least, size = _KEPT, _PROBE  # nothing is known yet: a probe tells what is frequent
        if limits:
            least, size = 0, _LEAST
            reach = {number: limit for number, limit in reach.items() if limit < _FAR}
        if not reach:
            return
        bound = int(np.partition(hashes, size)[size])
        reach = {number: max(bound, limit) if limits else bound for number, limit in reach.items()}
        seen = np.flatnonzero(heavy | (hashes <= max(reach.values())))
        for number, positions in enumerate(self._identify(values, seen)):
            if number in reach and np.count_nonzero(hashes[positions] <= reach[number]) >= least:
                near = heavy | (hashes <= reach[number])
                yield number, positions[near[positions]], near

    def _all(self, values: pa.Array, numbers: Sequence[int]) -> Iterator[Found]:
        """All values that may hold the shape of these detectors."""
        found = self._identify(values, matching(values, unions(tuple(self._gates[number] for number in numbers))))
        for number in numbers:
            if len(found[number]):
                yield Found(self.detectors[number], found[number], np.ones(len(found[number])))

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
