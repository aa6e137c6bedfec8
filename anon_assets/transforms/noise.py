"""Add keyed noise to numbers and dates."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from anon_assets.columns import as_text, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.crypto.prf import uniform
from anon_assets.errors import TransformError
from anon_assets.moments import DAY, Moments, beside, microseconds
from anon_assets.parallel import in_parts
from anon_assets.sealed import Sealed
from anon_assets.units import DIGITS, UNITS, NumberTexts, rescaled, units_of_decimals

__all__ = ["Noise"]

_CHUNK_ROWS = 32_768  # what is worked out of a chunk stays in the processor's cache
_LARGEST = 10.0**DIGITS
_SAFE = 2.0**61  # two of these add up in 64 bits
_FARTHEST = 10.0**13  # steps of a date: beyond every calendar
_Bound = Annotated[float, Field(allow_inf_nan=False)] | dt.date | dt.datetime
_Scales = int | float | npt.NDArray[np.float64]
_Ends = tuple[int | None, int | None]
_Limits = tuple[int | pa.Array | None, int | pa.Array | None]


class Noise(Transform):
    """Add a random number to each value, drawn by key from the value and its row: another run draws the same.

    Integers stay integers, decimals keep precision and scale, numbers carried as text keep each its own scale; sums are
    exact. Dates move by whole days, times by whole seconds; a time's zone and fraction stay as they are, and BC stays BC.
    A result lies within ``minimum``, ``maximum`` and what the type holds, and differs from its value wherever these leave
    room (a draw of zero becomes one unit of the last digit); under ``ratio``, zero stays zero. NaN and infinities stay.
    No claim of differential privacy: noise is rounded, and fixed for a value and row.
    """

    title: ClassVar[str] = "Add keyed random noise to numbers or dates"
    source: ClassVar[str] = "Box and Muller 1958 (gaussian); inversion (laplace)"
    good: ClassVar[Example] = Example(
        {"ratio": 0.1, "minimum": 0},
        (41_250, None, 38_900),
        (38_383, None, 38_462),
        pa.int64(),
        "Salaries stay in their order of magnitude; sums over many rows stay close.",
    )
    bad: ClassVar[Example] = Example(
        {"amount": 2},
        (48_151_623,),
        None,
        pa.int64(),
        "A customer number so little changed still points at its customer.",
    )

    amount: float | None = Field(
        None, gt=0, allow_inf_nan=False,
        description="Size in the column's unit (dates and times: days): largest (uniform), standard deviation (gaussian), "
        "scale (laplace)",
    )  # fmt: skip
    ratio: float | None = Field(None, gt=0, le=10, description="Size of the noise as a share of the value, up to 10")
    distribution: Literal["uniform", "gaussian", "laplace"] = Field("uniform", description="Shape of the noise")
    minimum: _Bound | None = Field(None, description="Smallest result; a date or time for those columns")
    maximum: _Bound | None = Field(None, description="Largest result; a date (to its end) or time for those columns")
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    @model_validator(mode="after")
    def _fits_together(self) -> Noise:
        if (self.amount is None) == (self.ratio is None):
            raise ValueError("give either amount or ratio")
        dated = {isinstance(bound, dt.date) for bound in (self.minimum, self.maximum) if bound is not None}
        if len(dated) > 1 or (dated == {True} and self.ratio is not None):
            raise ValueError("dates and numbers do not go together, nor does a ratio go with dates")
        if self.minimum is not None and self.maximum is not None and _place(self.minimum) >= _place(self.maximum):
            raise ValueError("minimum is below maximum")
        return self

    @property
    def _dated(self) -> bool:
        return isinstance(self.minimum, dt.date) or isinstance(self.maximum, dt.date)

    def effects(self, column: Column) -> Effects:
        """Numbers and dates; a result may coincide with another value of the source."""
        return Effects(
            accepts=frozenset({"integer", "decimal", "float", "date", "timestamp"}),
            scope="row",
            max_length=None,
            needs_key=True,
            keyed_by_row=True,
            coincides=True,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """Noise too small for the column's unit; no number of the column within the bounds; bounds or size of another type."""
        if column.logical in {"date", "timestamp"}:
            yield from self._misfits(column)
            return
        if self._dated:
            yield "minimum and maximum are dates, the column holds numbers"
            return
        scale = 0 if column.logical == "integer" else column.scale
        if column.logical != "float" and scale is not None:
            if self.amount is not None and self.amount < 10.0**-scale:
                yield f"amount is below the column's last digit (10 to the power of {-scale})"
            low, high = self._limits(scale, *(column.integers() if column.logical == "integer" else (None, None)))
            if low is not None and high is not None and low > high:
                yield "no number of the column lies between minimum and maximum"

    def _misfits(self, column: Column) -> Iterator[str]:
        """With a column of dates or times."""
        if self.amount is None:
            yield "a date has no ratio; give amount in days"
        elif self.amount < (1 if column.logical == "date" else 1 / DAY):
            yield f"amount is less than a {'day' if column.logical == 'date' else 'second'}"
        if not self._dated and (self.minimum is not None or self.maximum is not None):
            yield "minimum and maximum are numbers, the column holds dates"

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Noisy values in the column's Arrow type.

        Raises: TransformError for text that is no number of at most 60 digits or no date, with the count; when
            ``problems`` has any for a column of dates.
        """
        if pa.types.is_null(column.type) or not len(column):
            return column
        key, rows = context.key("noise", self.distribution), context.rows()
        return in_parts(lambda part: self._noisy(column[part], rows[part], key, context), len(column), _CHUNK_ROWS)

    def _noisy(self, column: pa.Array, rows: pl.Series, key: Sealed, context: Context) -> pa.Array:
        kind = column.type
        drawn = self._draws(column, rows, key)
        if pa.types.is_floating(kind):
            return self._floats(column, drawn)
        if pa.types.is_integer(kind):
            low, high = context.column.integers(kind)
            return self._integers(column, drawn, self._limits(0, low, high))
        if pa.types.is_decimal(kind):
            units = units_of_decimals(column, context.place)
            limits = self._limits(kind.scale, 1 - 10**kind.precision, 10**kind.precision - 1)
            return rescaled(self._exact(units, drawn, kind.scale, limits), kind.scale).cast(kind)
        if context.column.logical in {"date", "timestamp"}:
            return self._dates(column, drawn, context)
        return self._texts(column, drawn, context)

    def _draws(self, column: pa.Array, rows: pl.Series, key: Sealed) -> npt.NDArray[np.float64]:
        """One number per row of the standard distribution."""
        u = uniform(key, _spelled(column), 1 if self.distribution == "uniform" else 2, rows=rows)
        if self.distribution == "gaussian":  # Box and Muller 1958
            return np.asarray(np.sqrt(-2 * np.log(u[:, 0])) * np.cos(2 * np.pi * u[:, 1]))
        if self.distribution == "laplace":
            return np.asarray(np.where(u[:, 1] < 0.5, 1, -1) * np.log(u[:, 0]))
        return np.asarray(2 * u[:, 0] - 1)

    def _sizes(self, values: npt.NDArray[Any], unit: _Scales) -> npt.NDArray[np.float64]:
        """Size of the noise in units of which ``unit`` make one; one for all values where it is one."""
        if self.ratio is not None:
            return np.abs(values.astype(np.float64)) * self.ratio
        return np.asarray(np.float64(self.amount or 0) * unit)

    def _limits(self, scale: int, low: int | None, high: int | None) -> _Ends:
        """Smallest and largest result in units, from the parameters and from what the type holds."""
        lows = [each for each in (low, _bound(self.minimum, scale, ROUND_CEILING)) if each is not None]
        highs = [each for each in (high, _bound(self.maximum, scale, ROUND_FLOOR)) if each is not None]
        return max(lows, default=None), min(highs, default=None)

    def _exact(
        self, units: pa.Array, drawn: npt.NDArray[np.float64], scale: int | npt.NDArray[np.int64], limits: _Limits
    ) -> pa.Array:
        """Noise on numbers counted in their own last digit."""
        magnitudes = pc.fill_null(units.cast(pa.float64()), 0.0).to_numpy(zero_copy_only=False)
        with np.errstate(over="ignore"):
            sizes = self._sizes(magnitudes, np.power(10.0, scale))
            noise = np.clip(np.rint(sizes * drawn), -_LARGEST, _LARGEST)
        step = np.where(sizes > 0, np.where(drawn < 0, -1.0, 1.0), 0.0)
        noise = np.where(noise == 0, step, noise)
        moved = _within(pc.add(units, pa.array(noise).cast(UNITS)), limits)
        held = pc.equal(moved, units)  # at a bound: one unit the other way
        return pc.if_else(held, _within(pc.add(units, pa.array(-step).cast(UNITS)), limits), moved)

    def _integers(self, column: pa.Array, drawn: npt.NDArray[np.float64], limits: _Ends) -> pa.Array:
        """As ``_exact``, in 64-bit arithmetic where that holds every sum."""
        values, missing = _filled(column)
        sizes = self._sizes(values, 1)
        noise = np.rint(sizes * drawn)
        if max(_most(noise), _most(values)) > _SAFE:
            return self._exact(column.cast(UNITS), drawn, 0, limits).cast(column.type)
        start = values.astype(np.int64, copy=False)
        step = np.where(drawn < 0, -1, 1) * (sizes > 0)
        low, high = (min(max(limit or 0, -(2**63)), 2**63 - 1) for limit in limits)
        moved = beside(start, start + noise.astype(np.int64), step, low, high)
        return pa.array(moved.astype(values.dtype, copy=False), column.type, mask=missing)

    def _floats(self, column: pa.Array, drawn: npt.NDArray[np.float64]) -> pa.Array:
        values, missing = _filled(column)
        kind = values.dtype
        low, high = (-math.inf if self.minimum is None else float(_place(self.minimum)),
                     math.inf if self.maximum is None else float(_place(self.maximum)))  # fmt: skip
        most = float(np.finfo(kind).max)
        low, high = _inward(max(low, -most), kind, 1), _inward(min(high, most), kind, -1)
        with np.errstate(over="ignore", invalid="ignore"):
            sizes = self._sizes(values, 1)
            moved = np.clip(values + sizes * drawn, low, high).astype(kind, copy=False)
            for side in (1, -1):  # too small for the float's last bit: to the next one
                stuck = np.flatnonzero((moved == values) & (sizes > 0))
                if not len(stuck):
                    break
                ends = (np.where(drawn[stuck] < 0, -side, side) * np.inf).astype(kind)
                moved[stuck] = np.clip(np.nextafter(values[stuck], ends), low, high)
        finite = np.isfinite(values)
        return pa.array(moved if finite.all() else np.where(finite, moved, values), column.type, mask=missing)

    def _texts(self, column: pa.Array, drawn: npt.NDArray[np.float64], context: Context) -> pa.Array:
        read = NumberTexts.of(column, context.place)
        scales, at = np.unique(read.scales, return_inverse=True)
        declared = context.column.precision
        digits = None if declared is None else declared - (context.column.scale or 0)
        limits = [self._limits(scale, *_ends(digits, scale)) for scale in scales.tolist()]
        low, high = (_spread([limit[side] for limit in limits], at) for side in (0, 1))
        return read.written(self._exact(read.units, drawn, read.scales, (low, high)))

    def _dates(self, column: pa.Array, drawn: npt.NDArray[np.float64], context: Context) -> pa.Array:
        for problem in self._misfits(context.column):
            raise TransformError(context.place, problem)
        moments = Moments.of(column, context.place, context.column.type)
        grain = DAY if context.column.logical == "date" else 1
        steps = np.rint(np.clip((self.amount or 0) * DAY / grain * drawn, -_FARTHEST, _FARTHEST)).astype(np.int64)
        first, last = (bound if isinstance(bound, dt.date) else None for bound in (self.minimum, self.maximum))
        low, high = moments.between(first, last)
        if grain == DAY:
            low, high = -(-low // DAY) * DAY, high // DAY * DAY
        step = np.where(drawn < 0, -grain, grain)
        moved = beside(moments.seconds, moments.seconds + steps * grain, step, low, high)
        return moments.written(np.where(moments.still, moments.seconds, moved))


def _ends(digits: int | None, scale: int) -> _Ends:
    """Ends of the range of numbers with so many digits before the point, in their last digit."""
    return (None, None) if digits is None else (1 - 10 ** (digits + scale), 10 ** (digits + scale) - 1)


def _place(bound: float | dt.date) -> float:
    """Where a bound lies among others of its kind."""
    return microseconds(bound) if isinstance(bound, dt.date) else bound


def _bound(value: float | dt.date | None, scale: int, rounding: str) -> int | None:
    if value is None or isinstance(value, dt.date):
        return None
    with localcontext(prec=400):
        return int((Decimal(repr(value)) * Decimal(10) ** scale).to_integral_value(rounding))


def _inward(bound: float, kind: np.dtype[np.floating], side: int) -> float:
    """The bound in a float type, rounded towards the inside (side 1: it is a lower bound)."""
    near = kind.type(bound)
    outside = near < bound if side > 0 else near > bound
    return float(np.nextafter(near, kind.type(math.inf * side))) if outside else float(near)


def _spread(limits: list[int | None], place: npt.NDArray[np.intp]) -> pa.Array | None:
    if not limits or limits[0] is None:
        return None
    return pa.array([Decimal(str(limit)) for limit in limits], UNITS).take(pa.array(place))


def _within(moved: pa.Array, limits: _Limits) -> pa.Array:
    low, high = (pa.scalar(Decimal(limit), UNITS) if isinstance(limit, int) else limit for limit in limits)
    moved = moved.cast(UNITS)
    if low is not None:
        moved = pc.if_else(pc.less(moved, low), low, moved)
    if high is not None:
        moved = pc.if_else(pc.greater(moved, high), high, moved)
    return moved


def _filled(column: pa.Array) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]:
    """The numbers, 0 for nulls; and where these are, None without any."""
    if not column.null_count:
        return column.to_numpy(), None
    missing = pc.is_null(column).to_numpy(zero_copy_only=False)
    return pc.fill_null(column, pa.scalar(0, column.type)).to_numpy(zero_copy_only=False), missing


def _most(numbers: npt.NDArray[Any]) -> float:
    """How far from zero the farthest is."""
    return max(-float(numbers.min(initial=0)), float(numbers.max(initial=0)))


def _spelled(column: pa.Array) -> pl.Series:
    """Every value in bytes, equal for equal values: numbers in eight, anything else as text. Nulls are zero or empty."""
    if pa.types.is_floating(column.type):
        numbers = _filled(column)[0].astype(np.float64, copy=False) + 0.0  # minus zero is zero
        return pl.Series(numbers.view(np.int64))
    if pa.types.is_integer(column.type):
        numbers = _filled(column)[0]
        return pl.Series(numbers if numbers.dtype == np.uint64 else numbers.astype(np.int64, copy=False))
    return to_polars(as_text(column)).fill_null("")
