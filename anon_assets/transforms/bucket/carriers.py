"""Columns of numbers and dates as exact units, and back: what bins are cut in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import to_arrow, to_polars
from anon_assets.contracts.transform import Context
from anon_assets.errors import TransformError
from anon_assets.moments import DAY, YEAR_1, YEAR_10000, Moments
from anon_assets.units import UNITS, NumberTexts, rescaled, units_of_decimals

__all__ = ["Units", "read_units"]


@dataclass(frozen=True, slots=True)
class Units:
    """A column counted in whole units.

    Args:
        numbers: ``UNITS``; whatever where ``still``.
        scale: a unit is 10 to the power of minus this: of dates a day, of times a second.
        still: null, NaN or infinite.
        low: least units that the type holds; None for no bound.
        high: most.
        written: units of ``least`` digits after the point in the column's type; what is still stays.
        least: see there.
    """

    numbers: pa.Array
    scale: int
    still: npt.NDArray[np.bool_]
    low: int | None
    high: int | None
    written: Callable[[pa.Array], pa.Array]
    least: int

    def placed(self, units: pa.Array) -> pa.Array:
        """Units as values of the column: inside of what the type holds, and rounded down to ``least`` digits."""
        for bound, outside in ((self.low, pc.less), (self.high, pc.greater)):
            if bound is not None:
                end = pa.scalar(Decimal(bound), UNITS)
                units = pc.if_else(outside(units, end), end, units)
        if self.scale > self.least:
            step = pa.scalar(Decimal(10) ** (self.scale - self.least), UNITS)
            units = pc.round_to_multiple(units, step, "down").cast(UNITS)
            units = rescaled(rescaled(units, self.scale).cast(pa.decimal256(UNITS.precision, self.least)), 0)
        return self.written(units)


def read_units(column: pa.Array, least: int, context: Context) -> Units:
    """A column of integers, decimals, dates or times, each in Arrow's type or as text.

    Args:
        column: without nulls or with.
        least: digits after the point that results need.
        context: for the column's facts and for errors.

    Raises: TransformError for values that are not what the column holds, with their count.
    """
    kind, logical = column.type, context.column.logical
    missing = pc.is_null(column).to_numpy(zero_copy_only=False)
    if pa.types.is_integer(kind):
        ends = context.column.integers(kind)
        return Units(column.cast(UNITS), 0, missing, *ends, lambda units: units.cast(kind), 0)
    if pa.types.is_decimal(kind):
        most = 10**kind.precision - 1
        units = units_of_decimals(column, context.place)
        return Units(
            units, kind.scale, missing, -most, most, lambda units: rescaled(units, kind.scale).cast(kind), kind.scale
        )
    if logical in {"date", "timestamp"}:
        return _moments(column, DAY if logical == "date" else 1, context)
    return _texts(column, least, context)


def _moments(column: pa.Array, grain: int, context: Context) -> Units:
    moments = Moments.of(column, context.place, context.column.type)
    low, high = moments.limits
    first, last = moments.era
    usual = (first >= YEAR_1 * DAY) & (
        last < YEAR_10000 * DAY
    )  # their bins end with the year 9999, as Python's dates do
    least = np.where(usual, max(low, YEAR_1 * DAY), low)
    most = np.where(usual, min(high, YEAR_10000 * DAY - 1), high)

    def written(units: pa.Array) -> pa.Array:
        seconds = units.cast(pa.int64()).to_numpy(zero_copy_only=False) * grain + moments.ahead
        return moments.written(np.clip(seconds, least, most), fractions=False)

    units = pa.array((moments.seconds - moments.ahead) // grain).cast(UNITS)
    return Units(units, 0, moments.still, low // grain, high // grain, written, 0)


def _texts(column: pa.Array, least: int, context: Context) -> Units:
    read = NumberTexts.of(column, context.place)
    scale = max(least, int(read.scales.max(initial=0)))
    plain = pl.when(pl.Series(read.still)).then(pl.lit("0")).otherwise(pl.col("v").str.strip_prefix("+"))
    texts = to_arrow(to_polars(column, "v").cast(pl.String).to_frame().select(plain.alias("v")).to_series())
    try:
        units = rescaled(texts.cast(pa.decimal256(UNITS.precision, scale)), 0)
    except pa.ArrowInvalid:
        what = f"numbers with {scale} digits after the point and others too large for that"
        raise TransformError(context.place, what) from None
    return Units(
        units, scale, read.still, None, None, lambda units: read.written(units, np.full(len(units), least)), least
    )
