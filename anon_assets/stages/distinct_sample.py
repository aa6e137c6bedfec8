"""A fair sample of a column's distinct values, with their number, in bounded memory."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa

__all__ = ["DistinctSample"]

_SPACE = 2.0**64


class DistinctSample:
    """Keeps what stands at the smallest 64-bit hashes: a uniform sample of the distinct values seen.

    A value that is kept at the end was kept from its first occurrence on, so that its row count is exact. The number of
    distinct values is exact up to ``size`` and estimated beyond from the largest hash kept (k minimum values; standard
    error 1 / sqrt(size)), whatever the order of the rows and however often a value repeats.

    Args:
        size: distinct values kept, at most.

    >>> sample = DistinctSample(2)
    >>> places, hashes = sample.pick(pl.Series(["a", "b"]))
    >>> sample.keep(hashes, pl.Series(["a", "b"]).gather(places), pl.Series([3, 1]).gather(places))
    >>> sample.distinct, int(sample.rows.sum())
    (2, 4)
    """

    def __init__(self, size: int = 1_024) -> None:
        self._size = size
        self._kept = pl.DataFrame(schema={"hash": pl.UInt64, "text": pl.String, "rows": pl.Int64})
        self._limit: int | None = None

    def pick(self, values: pl.Series) -> tuple[np.ndarray, pl.Series]:
        """Which of these distinct values enter the sample: their positions, and the hashes there."""
        hashes = values.hash()
        if self._limit is not None:
            places = (hashes <= self._limit).arg_true()
            hashes = hashes.gather(places)
        else:
            places = pl.int_range(len(values), eager=True)
        if len(hashes) > self._size:
            smallest = hashes.arg_sort().head(self._size)
            places, hashes = places.gather(smallest), hashes.gather(smallest)
        return places.to_numpy(), hashes

    def keep(self, hashes: pl.Series, texts: pl.Series, rows: pl.Series) -> None:
        """Take in picked values.

        Args:
            hashes: as ``pick`` gave them.
            texts: what to remember of each value, in the same order.
            rows: how many rows hold each.
        """
        if hashes.is_empty():
            return
        batch = pl.DataFrame({"hash": hashes, "text": texts, "rows": rows.cast(pl.Int64)})
        merged = pl.concat([self._kept, batch]).group_by("hash").agg(pl.col("text").first(), pl.col("rows").sum())
        self._kept = merged.sort("hash").head(self._size)
        if len(self._kept) == self._size:
            self._limit = int(self._kept["hash"][-1])

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def limit(self) -> int | None:
        """The largest hash (``polars.Series.hash``) that still enters a full sample; None while any does."""
        return self._limit

    @property
    def distinct(self) -> int:
        """Distinct values seen: exact while fewer than ``size``, else estimated."""
        if self._limit is None:
            return len(self._kept)
        return max(self._size, round((self._size - 1) * _SPACE / (self._limit + 1)))

    @property
    def texts(self) -> pa.Array:
        """What is remembered of the sampled values, in the order of their hashes, so that any beginning is fair too."""
        return self._kept["text"].to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())

    @property
    def rows(self) -> np.ndarray:
        """Rows that hold each sampled value."""
        return self._kept["rows"].to_numpy()
