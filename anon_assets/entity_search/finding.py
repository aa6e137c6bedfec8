"""Where entities stand in texts: one RE2 pass of each detector over a buffer of many rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pyarrow as pa

from anon_assets.contracts.detector import DETECTORS
from anon_assets.entity_search.gates import Gate, gate, matching, unions
from anon_assets.entity_search.groups import groups
from anon_assets.entity_search.looking import SURE, Known, Look, Rows
from anon_assets.entity_search.overlapping import Spans

__all__ = ["Finder", "entities", "finder"]

_ROWS = 16_384  # whose text stays in the cache between the passes
_FIRST = 2_048  # that show what is frequent
_FREQUENT = 0.05  # share of the texts with a shape of a group from which each shape is searched by itself


def entities() -> list[str]:
    """The kinds of detectors that can be looked for inside longer text, sorted."""
    return [kind for kind in DETECTORS.kinds() if DETECTORS.load(kind).in_text]


class Finder:
    """Some detectors, compiled to search running text.

    Args:
        kinds: of ``entities()``; their order numbers the spans.

    What a detector finds is the longest text of its shape that its ``valid`` accepts, with no letter or digit on either
    side unless chance rarely makes that shape; in one that it does not accept, the parts between words that it does
    (``Dear Ada Miller``), overlapping ones as one. Values are judged beside the detector's own examples: what stands in
    other rows plays no part. One that minds the context is asked again about what it refused, with the words before it.
    """

    def __init__(self, kinds: Sequence[str]) -> None:
        self._looks = [Look.of(DETECTORS.load(kind)()) for kind in kinds]
        self._gates = [gate(look.shape) for look in self._looks]
        self._words = unions(tuple(Gate("", each.word) for each in self._gates))
        # what stands free and needs no naming word: a gate lets through all of it
        self._gated = frozenset(
            number for number, look in enumerate(self._looks) if look.detector.chance > SURE and not look.shape.named
        )
        self._groups = groups({
            number: look.searched for number, look in enumerate(self._looks) if look.searched and number not in self._gated
        })  # fmt: skip
        self.chances = [look.detector.chance for look in self._looks]

    def find(self, values: pa.Array, place: str) -> Iterator[Spans]:
        """What stands in the texts, in parts; spans of different entities may overlap.

        Args:
            values: texts without nulls. place: for the error.

        Raises: TransformError when a detector fails.
        """
        known = [Known() for _ in self._looks]
        rare, together = frozenset[int](), list(self._groups)
        starts = [0, *range(_FIRST, len(values), _ROWS)]
        for start, stop in pairwise([*starts, len(values)]):
            texts = Rows.of(values[start:stop].cast(pa.large_string()))
            wordy = texts.take(matching(texts.values, self._words))
            searched = dict.fromkeys(range(len(self._looks)), texts)
            if rare:  # what was not met in the part before is looked for only where it may be
                gates = tuple(self._gates[number] for number in sorted(rare))
                searched |= dict.fromkeys(rare, texts.take(matching(texts.values, unions(gates))))
            few = {group: texts.take(group.rows(texts.joined)) for group in together}
            for group, rows in few.items():
                searched |= dict.fromkeys(group.numbers, rows)
            # a group that leaves few texts out is of no use any more
            together = [group for group, rows in few.items() if len(rows.places) <= _FREQUENT * len(texts.places)]
            met = set()
            for number, rows in searched.items():
                begins, ends = self._looks[number].find(texts, rows, wordy, known[number], place)
                if len(begins):
                    met.add(number)
                    row = texts.joined.rows(begins)
                    within = texts.joined.starts[row]
                    entity = np.full(len(row), number, np.int16)
                    found = texts.joined.slices(begins, ends)
                    yield Spans(row + start, begins - within, ends - within, entity, found)
            rare = self._gated - met


@lru_cache(maxsize=32)
def finder(kinds: tuple[str, ...]) -> Finder:
    """The finder of these entities, compiled once."""
    return Finder(kinds)
