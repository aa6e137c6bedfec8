"""Exact quantiles of a column that comes in batches: distinct values and how often each is there."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import polars as pl
import pyarrow as pa

from anon_assets.columns import to_polars
from anon_assets.contracts.transform import Context
from anon_assets.transforms.bucket.carriers import read_units
from anon_assets.units import NumberTexts

__all__ = ["Counted"]

_BATCHES = 64  # counts of so many batches are put together at a time


class Counted:
    """Distinct finite values with their counts.

    Memory: every distinct value, as a number or as its text, and 4 bytes.
    """

    def __init__(self) -> None:
        self._parts: list[pl.DataFrame] = []

    def add(self, column: pa.Array, context: Context) -> None:
        """Count the values of one batch."""
        counted = _comparable(column, context).to_frame("value").group_by("value").agg(pl.len().alias("count"))
        self._parts.append(counted)
        if len(self._parts) == _BATCHES:
            self._parts = [self._whole()]

    def _whole(self) -> pl.DataFrame:
        return pl.concat(self._parts).group_by("value").agg(pl.col("count").sum())

    def cut(self, bins: int) -> list[str]:
        """Least value, the value at each 1/bins of the rows, and the greatest, as text; nothing of no values.

        Source: Hyndman and Fan 1996, definition 1: the least value that so large a share of the rows does not exceed.
        """
        if not self._parts:
            return []
        whole = self._whole()
        # numbers carried as text stand in the order of their floats, and among equal floats in that of their texts
        order = [pl.col("value").cast(pl.Float64), "value"] if whole.schema["value"] == pl.String else ["value"]
        whole = whole.sort(order)
        if whole.is_empty():
            return []
        reached = np.cumsum(whole["count"].to_numpy().astype(np.int64))
        ranks = [-(-int(reached[-1]) * number // bins) for number in range(1, bins)]
        places = [0, *np.searchsorted(reached, ranks).tolist(), len(reached) - 1]
        values = whole["value"].gather(places)
        return [format(each, "f") if isinstance(each, Decimal) else str(each) for each in values]


def _comparable(column: pa.Array, context: Context) -> pl.Series:
    """Finite values as numbers that sort, or as plain text."""
    kind = column.type
    if pa.types.is_floating(kind):
        series = to_polars(column).cast(pl.Float64)
        return series.filter(series.is_finite().fill_null(value=False))
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return to_polars(column.drop_null())
    if context.column.logical == "decimal":
        read = NumberTexts.of(column, context.place)
        return to_polars(column).cast(pl.String).filter(pl.Series(~read.still)).str.strip_prefix("+")
    read_ = read_units(column, 0, context)
    return to_polars(read_.numbers.cast(pa.int64())).filter(pl.Series(~read_.still))
