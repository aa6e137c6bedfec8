"""What substitutes are made from, and the rounds in which none of them stays equal to its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from anon_assets.columns import to_arrow, to_polars
from anon_assets.crypto.prf import words
from anon_assets.sealed import Sealed
from anon_assets.transforms.fake.names import folded

__all__ = ["CHUNK_ROWS", "Given", "by_chunks", "settled"]

CHUNK_ROWS = 16_384  # what is made of them stays in the processor's cache
_ROUNDS = 4  # draws before a result that equals its value is let be


@dataclass(frozen=True, slots=True)
class Given:
    """Values to be replaced.

    Args:
        text: the values. spelled: folded. words: uniform, shape (rows, 4).
        names: of the row, which the result is made of; empty where there are none. None when none are asked for.
    """

    text: pl.Series
    spelled: pl.Series
    words: npt.NDArray[np.uint64]
    names: pl.Series | None = None

    @staticmethod
    def of(values: pa.Array, key: Sealed, *, by_spelling: bool) -> Given:
        """Text, with words drawn from each value, or from its folded form so that spellings of one name agree."""
        text, spelled = to_polars(values), to_polars(folded(values))
        return Given(text, spelled, words(key, spelled if by_spelling else text, 4))

    def at(self, rows: npt.NDArray[np.intp]) -> Given:
        """Only these rows."""
        names = None if self.names is None else self.names.gather(rows)
        return Given(self.text.gather(rows), self.spelled.gather(rows), self.words[rows], names)


def settled(given: Given, make: Callable[[Given], pl.Series]) -> pl.Series:
    """Results that differ from their values where they can: those that do not are drawn anew from the next words.

    ``given.words`` are left as the results were drawn from them. An empty text stays empty.
    """
    made = make(given)
    empty = given.text == ""
    for _ in range(_ROUNDS):
        same = np.flatnonzero(((to_polars(folded(to_arrow(made))) == given.spelled) & ~empty).to_numpy())
        if not len(same):
            break
        given.words[same] += np.uint64(1)
        places = np.arange(len(made))
        places[same] = len(made) + np.arange(len(same))
        made = pl.concat([made, make(given.at(same))]).gather(places)
    return made.zip_with(~empty, given.text) if empty.any() else made


def by_chunks(function: Callable[[pa.Array], pa.Array], values: pa.Array) -> pa.Array:
    """The function's results for a column, some thousand values at a time."""
    if len(values) <= CHUNK_ROWS:
        return function(values)
    starts = range(0, len(values), CHUNK_ROWS)
    return pa.concat_arrays([function(values.slice(start, CHUNK_ROWS)) for start in starts])
