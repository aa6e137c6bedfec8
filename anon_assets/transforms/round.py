"""Round numbers to a multiple or to digits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.errors import TransformError
from anon_assets.units import MORE, UNITS, NumberTexts, rescaled, scale_of, units_of_decimals

__all__ = ["Round"]

_Floats = npt.NDArray[np.float64]
_Number = TypeVar("_Number", _Floats, np.float64)

_INT64 = 2**63
_EXACT = 2.0**48  # multiples: so far the products of `_past_half` leave no remainder
_WHOLE = 2.0**53  # multiples: beyond, a float is the nearest multiple itself
_NEAR = 2.0**-51  # relative error of a quotient of floats, with room
_SPLITTER = 2.0**27 + 1


class Round(Transform):
    """The nearest multiple of ``to``, or the nearest number with ``digits`` after the point; halves go away from zero.

    Integers stay integers, decimals keep precision and scale; numbers carried as text keep their scale, or get that of
    ``to`` where it is larger. All of these are exact. A float goes to the side on which it lies: to 2 digits 2.675, which
    a float holds as a number just below, becomes 2.67. That too is exact up to 10**14 multiples of a ``to`` of at most 15
    digits; others are rounded in 64-bit arithmetic. NaN and infinities stay. Where the nearest multiple lies outside of
    the type, the last one inside is taken.

    Raises: TransformError for text that is no number of at most 60 digits, with the count.
    Guarantees: order is kept; rounding twice gives what rounding once gives (save for the last bit of a float).
    """

    title: ClassVar[str] = "Round numbers"
    source: ClassVar[str] = "PostgreSQL round(numeric): halves away from zero"
    shorthand: ClassVar[str | None] = "to"
    good: ClassVar[Example] = Example(
        {"to": 500},
        (41_250, None, 38_900, -250),
        (41_500, None, 39_000, -500),
        pa.int64(),
        "A salary to the nearest 500.",
    )
    bad: ClassVar[Example] = Example(
        {"digits": 2},
        (48.151623,),
        None,
        pa.float64(),
        "A latitude to a hundredth of a degree still names the village.",
    )

    to: Decimal | None = Field(
        None, gt=0, le=Decimal(10) ** 30, allow_inf_nan=False,
        description="Results are multiples of this, such as 10 or 0.05; at most 14 digits after the point",
    )  # fmt: skip
    digits: int | None = Field(
        None, ge=-30, le=MORE, description="Digits after the point, -30 to 14; -3 rounds to thousands"
    )

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Round:
        if (self.to is None) == (self.digits is None):
            raise ValueError("give either to or digits")
        if scale_of(self.step) > MORE:
            raise ValueError(f"to has more than {MORE} digits after the point")
        return self

    @property
    def step(self) -> Decimal:
        """Results are multiples of this."""
        return self.to if self.to is not None else Decimal(10) ** -(self.digits or 0)

    def effects(self, column: Column) -> Effects:
        """Numbers; a result may be another value of the source."""
        return Effects(
            accepts=frozenset({"integer", "decimal", "float"}),
            preserves_order=True,
            max_length=None,
            coincides=True,
            spares=True,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """Multiples that the column cannot hold; nothing rounded."""
        scale = 0 if column.logical == "integer" else column.scale
        if column.logical == "float" or scale is None:
            return
        units = Fraction(self.step) * 10**scale  # a Decimal of Python is rounded to 28 digits
        if units.numerator == 1:
            yield "every number of the column is such a multiple already; round to a larger one"
        elif units.denominator > 1:
            yield f"multiples of it have more digits after the point than the column, which has {scale}"

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Rounded numbers in the column's Arrow type. Raises: TransformError for text that is no number."""
        kind = column.type
        if pa.types.is_null(kind):
            return column
        if pa.types.is_floating(kind):
            return self._floats(column)
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        if pa.types.is_integer(kind):
            return self._integers(column, *context.column.integers(kind))
        if pa.types.is_decimal(kind):
            most = 10**kind.precision - 1
            units = self._exact(units_of_decimals(column, context.place), kind.scale, most)
            return rescaled(units, kind.scale).cast(kind)
        declared = context.column.precision
        whole = None if declared is None else declared - (context.column.scale or 0)
        return NumberTexts.of(column, context.place).by_scale(
            lambda units, scale: self._exact(units, scale, None if whole is None else 10 ** (whole + scale) - 1),
            scale_of(self.step),
        )

    def _integers(self, column: pa.Array, low: int, high: int) -> pa.Array:
        step = int(self.step)
        missing = pc.is_null(column).to_numpy(zero_copy_only=False)
        values = pc.fill_null(column, pa.scalar(0, column.type)).to_numpy(zero_copy_only=False)
        if step >= 2 * _INT64:
            return pa.array(np.zeros_like(values), column.type, mask=missing)
        magnitude = values.astype(np.uint64)  # two's complement, of which the next line takes the absolute value
        magnitude = np.where(values < 0, np.uint64(0) - magnitude, magnitude)
        rest = magnitude % np.uint64(step)
        away = np.uint64(step) - rest
        most = np.where(values < 0, np.uint64(-low), np.uint64(high))
        up = (rest >= away) & (away <= most - magnitude)  # halves: rest equals away
        rounded = np.where(up, magnitude + away, magnitude - rest)
        signed = np.where(values < 0, np.uint64(0) - rounded, rounded)
        return pa.array(signed.astype(values.dtype), column.type, mask=missing)

    def _exact(self, units: pa.Array, scale: int, most: int | None) -> pa.Array:
        """Rounded numbers counted in their last digit, of at most ``most`` units."""
        whole = int(Fraction(self.step) * 10**scale)
        if whole >= 10**UNITS.precision:
            return pc.if_else(pc.is_valid(units), pa.scalar(Decimal(0), UNITS), units)
        step = pa.scalar(Decimal(whole), UNITS)
        rounded = pc.round_to_multiple(units, step, "half_towards_infinity").cast(UNITS)
        if most is None:
            return rounded
        inside = pc.less_equal(pc.abs(rounded), pa.scalar(Decimal(most), UNITS))
        return pc.if_else(inside, rounded, pc.round_to_multiple(units, step, "towards_zero").cast(UNITS))

    def _floats(self, column: pa.Array) -> pa.Array:
        missing = pc.is_null(column).to_numpy(zero_copy_only=False)
        values = pc.fill_null(column, pa.scalar(0, column.type)).to_numpy(zero_copy_only=False)
        step = Fraction(self.step)  # over and under the line both whole, so that 0.1 is 1 / 10 and no float near it
        over, under = float(step.numerator), float(step.denominator)
        with np.errstate(over="ignore", invalid="ignore"):
            magnitude = np.abs(values.astype(np.float64))
            steps = magnitude * under / over
            whole = np.floor(steps)
            rest = steps - whole
            up = rest >= 0.5
            if over == step.numerator:
                # the quotient was rounded, which matters beside a half alone
                beside = np.flatnonzero((np.abs(rest - 0.5) <= steps * _NEAR) & (steps < _EXACT))
                up[beside] = _past_half(magnitude[beside], under, whole[beside], over)
            rounded = np.where(steps < _WHOLE, (whole + up) * over / under, magnitude).astype(values.dtype)
            rounded = np.where(np.isfinite(values) & ~np.isfinite(rounded), np.finfo(values.dtype).max, rounded)
        return pa.array(np.copysign(rounded, values), column.type, mask=missing)


def _past_half(values: _Floats, under: float, whole: _Floats, over: float) -> npt.NDArray[np.bool_]:
    """Whether ``values * under`` is at least ``whole + 1/2`` times ``over``, without rounding.

    Args:
        values: so near to that half that the differences below are exact.
        under: a whole number; so are ``whole`` and ``over``.
    """
    (product, left), (least, least_left) = _product(values, under), _product(whole, over)
    return np.asarray(product - least - over / 2 + (left - least_left) >= 0)


def _product(values: _Floats, factor: float) -> tuple[_Floats, _Floats]:
    """The rounded product, and what rounding left out of it.

    Source: Dekker 1971, A Floating-Point Technique for Extending the Available Precision.
    """
    product = values * factor
    (high, low), (factor_high, factor_low) = _halves(values), _halves(np.float64(factor))
    return product, high * factor_high - product + high * factor_low + low * factor_high + low * factor_low


def _halves(number: _Number) -> tuple[_Number, _Number]:
    """Two numbers of half as many digits each, whose sum this is."""
    scaled = number * _SPLITTER
    high = scaled - (scaled - number)
    return high, number - high
