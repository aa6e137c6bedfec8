"""Sets of 64-bit hashes: collected in bounded memory, asked in bulk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["SEED", "Collector", "Hashes", "KeySet", "hashed", "ordered"]

Hashes = npt.NDArray[np.uint64]

SEED = 7


def hashed(text: pl.Series) -> Hashes:
    """One hash per value; leave nulls out before."""
    return text.hash(SEED).to_numpy()


def ordered(hashes: Hashes) -> Hashes:
    """Each hash once, ascending. Sorting beats the hash table that ``numpy.unique`` builds."""
    every = np.sort(hashes)
    if len(every) < 2:
        return every
    fresh = np.empty(len(every), np.bool_)
    fresh[0] = True
    np.not_equal(every[1:], every[:-1], out=fresh[1:])
    return every[fresh]


class Collector:
    """Gathers hashes and keeps each once: 8 bytes per distinct value, and a bounded rest that is not yet sorted."""

    def __init__(self) -> None:
        self._parts: list[Hashes] = []
        self._pending = 0

    def add(self, hashes: Hashes) -> None:
        """Take more hashes, repeats allowed."""
        self._parts.append(hashes)
        self._pending += len(hashes)
        if self._pending > 1 << 20:
            self._parts = [ordered(np.concatenate(self._parts))]
            self._pending = 0

    def result(self) -> Hashes:
        """Every hash once, ascending."""
        if len(self._parts) != 1 or self._pending:
            self._parts = [ordered(np.concatenate(self._parts)) if self._parts else np.empty(0, np.uint64)]
            self._pending = 0
        return self._parts[0]


class KeySet:
    """A set of 64-bit hashes with a fast answer for those that are not in it.

    Args:
        parts: arrays of hashes, in any order, repeats allowed.
    """

    def __init__(self, parts: Sequence[Hashes]) -> None:
        self.sorted: Hashes = ordered(np.concatenate(parts)) if parts else np.empty(0, np.uint64)
        bits = min(26, max(10, len(self.sorted).bit_length() + 3))
        self._shift = np.uint64(64 - bits)
        self._filter = np.zeros(1 << bits, np.bool_)
        self._filter[self.sorted >> self._shift] = True

    def __len__(self) -> int:
        return len(self.sorted)

    def where(self, hashes: Hashes) -> npt.NDArray[np.intp]:
        """Positions of the hashes that are in the set."""
        if not len(self.sorted) or not len(hashes):
            return np.empty(0, np.intp)
        maybe = np.flatnonzero(self._filter[hashes >> self._shift])
        picked = hashes[maybe]
        spot = np.minimum(np.searchsorted(self.sorted, picked), len(self.sorted) - 1)
        found: npt.NDArray[np.intp] = maybe[self.sorted[spot] == picked]
        return found
