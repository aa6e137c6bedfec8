"""Sets of 64-bit hashes: collected in bounded memory, asked in bulk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["SEED", "Collector", "Hashes", "KeySet", "Tally", "hashed", "ordered"]

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


class Tally:
    """Counts rows per distinct hash, and how many of them are marked: 16 bytes per distinct value."""

    def __init__(self) -> None:
        self._parts: list[tuple[Hashes, npt.NDArray[np.uint32], npt.NDArray[np.uint32]]] = []
        self._pending = 0

    def add(self, hashes: Hashes, marked: npt.NDArray[np.bool_]) -> float:
        """Take rows. Returns the mean over their distinct values of the share of rows that is marked, 0 to 1."""
        keys, place = np.unique(hashes, return_inverse=True)
        rows = np.bincount(place, minlength=len(keys)).astype(np.uint32)
        some = np.bincount(place, weights=marked, minlength=len(keys)).astype(np.uint32)
        self._parts.append((keys, rows, some))
        self._pending += len(keys)
        if self._pending > 1 << 20:
            self._merge()
        return float(np.mean(some / rows)) if len(keys) else 0.0

    def _merge(self) -> None:
        keys, place = np.unique(np.concatenate([part[0] for part in self._parts]), return_inverse=True)
        rows, some = (
            np.bincount(place, weights=np.concatenate([part[side] for part in self._parts])).astype(np.uint32)
            for side in (1, 2)
        )
        self._parts, self._pending = [(keys, rows, some)], 0

    def result(self) -> tuple[int, float]:
        """How many distinct values, and the sum over them of the share of rows that is marked."""
        if not self._parts:
            return 0, 0.0
        self._merge()
        ((keys, rows, some),) = self._parts
        return len(keys), float(np.sum(some / rows))


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
