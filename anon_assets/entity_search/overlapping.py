"""Pieces of text that are to be replaced, and which of them count where they overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anon_assets.text_buffer import Positions

__all__ = ["Spans"]


@dataclass(frozen=True, slots=True)
class Spans:
    """Pieces of text that are to be replaced, ordered by row and place.

    Args:
        rows: row of each. begins, ends: bytes within the row.
        entity: number of the entity it is.
        texts: the value that it stands for, ``pa.string()``.
    """

    rows: Positions
    begins: Positions
    ends: Positions
    entity: npt.NDArray[np.int16]
    texts: pa.Array

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, places: npt.NDArray[Any]) -> Spans:
        """Those at these places, or those that are marked."""
        where = np.flatnonzero(places) if places.dtype == np.bool_ else places
        entity, texts = self.entity[where], self.texts.take(pa.array(where))
        return Spans(self.rows[where], self.begins[where], self.ends[where], entity, texts)

    @staticmethod
    def together(parts: Sequence[Spans], chances: Sequence[float]) -> Spans:
        """All spans without overlaps: the longest stays, then the earliest, then the one least likely by chance.

        Args:
            parts: at least one. chances: chance rate of each entity.
        """
        rows, begins, ends, entity = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "begins", "ends", "entity")
        )
        every = Spans(rows, begins, ends, entity, pa.concat_arrays([part.texts for part in parts]))
        every = every.take(np.lexsort((begins, rows)))
        lost, rests = [], []
        for cluster in _clusters(every):
            chance = [chances[number] for number in every.entity[cluster].tolist()]
            begins, ends = every.begins[cluster], every.ends[cluster]
            order = np.lexsort((chance, begins, begins - ends))
            taken: list[tuple[int, int]] = []
            for place, begin, end in zip(*(each[order].tolist() for each in (cluster, begins, ends)), strict=True):
                if rest := _outside(begin, end, taken):
                    taken += rest
                if rest != [(begin, end)]:
                    lost.append(place)
                    rests += [(place, *part) for part in rest]
        if not lost:
            return every
        kept = every.take(np.setdiff1d(np.arange(len(every)), lost))
        return kept if not rests else kept.joined_by(every, np.array(rests, np.int64))

    def joined_by(self, every: Spans, rests: Positions) -> Spans:
        """These and what sticks out of others: it has no value of its own, and so gets the label of its entity.

        Args:
            every: the others. rests: place among them, begin, end.
        """
        place, begins, ends = rests.T
        both = Spans(
            np.concatenate([self.rows, every.rows[place]]),
            np.concatenate([self.begins, begins]),
            np.concatenate([self.ends, ends]),
            np.concatenate([self.entity, every.entity[place]]),
            pa.concat_arrays([self.texts, pa.nulls(len(place), pa.string())]),
        )
        return both.take(np.lexsort((both.begins, both.rows)))


def _outside(begin: int, end: int, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of a span that lie in none of others, which do not overlap."""
    rest = []
    for start, stop in sorted(taken):
        if start < end and stop > begin:
            if start > begin:
                rest.append((begin, start))
            begin = stop
    return [*rest, (begin, end)] if begin < end else rest


def _clusters(spans: Spans) -> Iterator[Positions]:
    """Places of spans that overlap, cluster by cluster."""
    if len(spans) < 2:
        return
    width = int(spans.ends.max()) + 1
    reach = np.maximum.accumulate(spans.rows * width + spans.ends)
    joined = spans.rows[1:] * width + spans.begins[1:] < reach[:-1]
    number = np.concatenate([[0], np.cumsum(~joined)])
    several = np.unique(number[1:][joined])
    for first, last in zip(np.searchsorted(number, several), np.searchsorted(number, several, "right"), strict=True):
        yield np.arange(first, last)
