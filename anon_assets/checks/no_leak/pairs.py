"""First and last name side by side: no source person may stand in a published row again, beyond chance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anon_assets.checks.no_leak.chance import poisson_bound
from anon_assets.checks.no_leak.hashes import Hashes, hashed
from anon_assets.checks.no_leak.words import normal

__all__ = ["PairSet", "expected_pairs", "leaked_pairs"]

_ONCE = 1e-3  # expected pairs from which one is no sign of a leak
_FACTOR = np.uint64(0xD1342543DE82EF95)


class PairSet:
    """Distinct pairs of two name columns as hashes: 24 bytes per distinct pair."""

    def __init__(self, batches: Iterator[pa.RecordBatch], columns: tuple[str, str]) -> None:
        self._first, self._last, self.rows = np.empty(0, np.uint64), np.empty(0, np.uint64), 0
        waiting: list[tuple[Hashes, Hashes]] = []
        for batch in batches:
            first, last = (normal(batch.column(name)) for name in columns)
            both = (first.str.len_chars() >= 2).fill_null(value=False) & (last.str.len_chars() >= 2).fill_null(
                value=False
            )
            waiting.append((hashed(first.filter(both)), hashed(last.filter(both))))
            self.rows += int(both.sum())
            if sum(len(each[0]) for each in waiting) > 1 << 20:
                self._merge(waiting)
                waiting = []
        self._merge(waiting)

    def _merge(self, waiting: list[tuple[Hashes, Hashes]]) -> None:
        first = np.concatenate([self._first, *(each[0] for each in waiting)])
        last = np.concatenate([self._last, *(each[1] for each in waiting)])
        self.keys, where = np.unique(first * _FACTOR + last, return_index=True)
        self._first, self._last = first[where], last[where]

    def parts(self) -> tuple[Hashes, Hashes]:
        """Hashes of the first and of the last names, in the order of ``keys``."""
        return self._first, self._last


def expected_pairs(source: PairSet, published: PairSet) -> float:
    """Source pairs expected among the published ones if first and last names were drawn independently.

    From the observed frequencies of the published names, without the pair's own occurrence: a leaked pair does not
    vouch for itself.
    """
    first, last = published.parts()
    if not len(first):
        return 0.0
    wanted_first, wanted_last = source.parts()
    present = _among(source.keys, published.keys).astype(np.float64)
    often_first = np.maximum(_often(first, wanted_first) - present, 0)
    often_last = np.maximum(_often(last, wanted_last) - present, 0)
    return float(np.sum(often_first * often_last)) / len(first)


def leaked_pairs(source: PairSet, published: PairSet) -> int:
    """Distinct source pairs found, when they are more than chance explains; else 0."""
    found = int(np.count_nonzero(_among(source.keys, published.keys)))
    if not found:
        return 0
    return found if found > _bound(expected_pairs(source, published)) else 0


def _bound(expected: float) -> int:
    """Pairs that chance explains: invented names hit upon some source person's now and then.

    A single pair is let pass from an expectation of 1e-3 on; between that and ``NEGLIGIBLE`` a second one comes by
    chance in at most 1.2 cases of a thousand.
    """
    return max(poisson_bound(expected), 1) if expected >= _ONCE else 0


def _among(hashes: Hashes, known: Hashes) -> npt.NDArray[np.bool_]:
    """Which hashes are in a sorted array."""
    if not len(known):
        return np.zeros(len(hashes), np.bool_)
    spot = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    found: npt.NDArray[np.bool_] = known[spot] == hashes
    return found


def _often(names: Hashes, wanted: Hashes) -> npt.NDArray[np.float64]:
    every = np.sort(names)
    counts = np.searchsorted(every, wanted, "right") - np.searchsorted(every, wanted, "left")
    return counts.astype(np.float64)
