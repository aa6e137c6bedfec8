"""Add keyed noise to numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from anon_assets.columns import as_text, to_arrow, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.crypto.hmac import uniform
from anon_assets.errors import TransformError

__all__ = ["Noise"]

_DIGITS = 60  # most digits of a number written as text
_UNITS = pa.decimal256(70, 0)  # a number counted in its own last digit; sums stay below the 76 digits that Arrow has
_LARGEST = 10.0**_DIGITS
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"
_Scales = int | float | npt.NDArray[np.float64]
_Limits = tuple[int | pa.Array | None, int | pa.Array | None]
_UNBOUNDED = ("nan", "infinity", "-infinity", "inf", "-inf")


class Noise(Transform):
    """Add a random number to each value, drawn by key from the value and its row: another run draws the same.

    Integers stay integers, decimals keep precision and scale, numbers carried as text keep each its own scale; sums are
    exact. A result lies within ``minimum``, ``maximum`` and what the type holds, and differs from its value wherever
    these leave room (a draw of zero becomes one unit of the last digit); under ``ratio``, zero stays zero. NaN and
    infinities stay. No claim of differential privacy: noise is rounded, and fixed for a value and row.
    """

    title: ClassVar[str] = "Add keyed random noise to numbers"
    good: ClassVar[Example] = Example(
        {"ratio": 0.1, "minimum": 0},
        (41_250, None, 38_900),
        (39_671, None, 39_664),
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
        description="Size in the column's unit: largest (uniform), standard deviation (gaussian), scale (laplace)",
    )  # fmt: skip
    ratio: float | None = Field(None, gt=0, le=10, description="Size of the noise as a share of the value, up to 10")
    distribution: Literal["uniform", "gaussian", "laplace"] = Field("uniform", description="Shape of the noise")
    minimum: float | None = Field(None, allow_inf_nan=False, description="Smallest result")
    maximum: float | None = Field(None, allow_inf_nan=False, description="Largest result")
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    @model_validator(mode="after")
    def _fits_together(self) -> Noise:
        if (self.amount is None) == (self.ratio is None):
            raise ValueError("give either amount or ratio")
        if self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            raise ValueError("minimum is below maximum")
        return self

    def effects(self, column: Column) -> Effects:
        """Numbers; a result may coincide with another value of the source."""
        return Effects(
            accepts=frozenset({"integer", "decimal", "float"}),
            scope="row",
            max_length=None,
            needs_key=True,
            coincides=True,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """Noise too small to be seen in the column's unit; no number of the column between the bounds."""
        scale = 0 if column.logical == "integer" else column.scale
        if column.logical != "float" and scale is not None:
            if self.amount is not None and self.amount < 10.0**-scale:
                yield f"amount is below the column's last digit (10 to the power of {-scale})"
            low, high = _bound(self.minimum, scale, ROUND_CEILING), _bound(self.maximum, scale, ROUND_FLOOR)
            if low is not None and high is not None and low > high:
                yield "no number of the column lies between minimum and maximum"

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Noisy numbers in the column's Arrow type.

        Raises: TransformError for text that is no number of at most 60 digits, with the count.
        """
        kind = column.type
        if pa.types.is_null(kind):
            return column
        drawn = self._draws(column, context)
        if pa.types.is_floating(kind):
            return self._floats(column, drawn)
        if pa.types.is_integer(kind):
            low, high = _integer_range(kind, context.column.bits)
            return self._exact(column.cast(_UNITS), drawn, 0, self._limits(0, low, high)).cast(kind)
        if pa.types.is_decimal(kind):
            if kind.precision > _DIGITS or not 0 <= kind.scale <= kind.precision:
                raise TransformError(
                    context.place, f"noise takes decimals of up to {_DIGITS} digits with a scale from 0"
                )
            units = _rescaled(column.cast(pa.decimal256(_UNITS.precision, kind.scale)), 0)
            limits = self._limits(kind.scale, 1 - 10**kind.precision, 10**kind.precision - 1)
            return _rescaled(self._exact(units, drawn, kind.scale, limits), kind.scale).cast(kind)
        return self._texts(column, drawn, context)

    def _draws(self, column: pa.Array, context: Context) -> npt.NDArray[np.float64]:
        """One number per row of the standard distribution."""
        values = to_polars(as_text(column)).fill_null("")
        both = pl.DataFrame({"value": values, "row": context.rows()})
        message = both.select(pl.concat_str(["value", "row"], separator="\x1f")).to_series()
        u = uniform(context.key("noise", self.distribution), message, 2)
        if self.distribution == "gaussian":  # Box and Muller 1958
            return np.asarray(np.sqrt(-2 * np.log(u[:, 0])) * np.cos(2 * np.pi * u[:, 1]))
        if self.distribution == "laplace":
            return np.asarray(np.where(u[:, 1] < 0.5, 1, -1) * np.log(u[:, 0]))
        return np.asarray(2 * u[:, 0] - 1)

    def _sizes(self, magnitudes: npt.NDArray[np.float64], unit: _Scales) -> npt.NDArray[np.float64]:
        """Size of the noise in units of which ``unit`` make one."""
        if self.ratio is not None:
            return magnitudes * self.ratio
        return np.full(len(magnitudes), self.amount) * unit

    def _limits(self, scale: int, low: int | None, high: int | None) -> tuple[int | None, int | None]:
        """Smallest and largest result in units, from the parameters and from what the type holds."""
        lows = [each for each in (low, _bound(self.minimum, scale, ROUND_CEILING)) if each is not None]
        highs = [each for each in (high, _bound(self.maximum, scale, ROUND_FLOOR)) if each is not None]
        return max(lows, default=None), min(highs, default=None)

    def _exact(
        self, units: pa.Array, drawn: npt.NDArray[np.float64], scale: int | npt.NDArray[np.int64], limits: _Limits
    ) -> pa.Array:
        """Noise on numbers counted in their own last digit."""
        magnitudes = np.abs(pc.fill_null(units.cast(pa.float64()), 0.0).to_numpy(zero_copy_only=False))
        with np.errstate(over="ignore"):
            sizes = self._sizes(magnitudes, np.power(10.0, scale))
            noise = np.clip(np.rint(sizes * drawn), -_LARGEST, _LARGEST)
        step = np.where(sizes > 0, np.where(drawn < 0, -1.0, 1.0), 0.0)
        noise = np.where(noise == 0, step, noise)
        moved = _within(pc.add(units, pa.array(noise).cast(_UNITS)), limits)
        held = pc.equal(moved, units)  # at a bound: one unit the other way
        return pc.if_else(held, _within(pc.add(units, pa.array(-step).cast(_UNITS)), limits), moved)

    def _floats(self, column: pa.Array, drawn: npt.NDArray[np.float64]) -> pa.Array:
        missing = pc.is_null(column).to_numpy(zero_copy_only=False)
        values = pc.fill_null(column, pa.scalar(0, column.type)).to_numpy(zero_copy_only=False)
        kind = values.dtype
        low, high = np.asarray([-np.inf if self.minimum is None else self.minimum,
                                np.inf if self.maximum is None else self.maximum])  # fmt: skip
        most = float(np.finfo(kind).max)
        low, high = _inward(max(low, -most), kind, 1), _inward(min(high, most), kind, -1)
        with np.errstate(over="ignore", invalid="ignore"):
            sizes = self._sizes(np.abs(values.astype(np.float64)), 1)
            moved = np.clip(values.astype(np.float64) + sizes * drawn, low, high).astype(kind)
            for side in np.where(drawn < 0, -1, 1), np.where(drawn < 0, 1, -1):  # too small for the float's last bit
                stuck = (moved == values) & (sizes > 0)
                beside = np.nextafter(values, np.where(side < 0, -np.inf, np.inf).astype(kind))
                moved = np.where(stuck, np.clip(beside, low, high), moved).astype(kind)
        return pa.array(np.where(np.isfinite(values), moved, values), column.type, mask=missing)

    def _texts(self, column: pa.Array, drawn: npt.NDArray[np.float64], context: Context) -> pa.Array:
        frame = pl.DataFrame({"v": to_polars(column)})
        odd = pl.col("v").str.to_lowercase().is_in(_UNBOUNDED) | pl.col("v").is_null()
        sound = pl.col("v").str.contains(_NUMBER) & (pl.col("v").str.count_matches("[0-9]") <= _DIGITS)
        if wrong := frame.filter(~odd & ~sound).height:
            what = f"{wrong} of {len(column)} values are no numbers of at most {_DIGITS} digits"
            raise TransformError(context.place, what, "use null or constant")
        read = frame.select(
            pl.when(odd).then(pl.lit("0")).otherwise(pl.col("v").str.replace_all(r"[.+]", "")).alias("units"),
            pl.when(odd).then(0).otherwise(pl.col("v").str.extract(r"\.([0-9]+)$").str.len_bytes().fill_null(0))
            .cast(pl.Int64).alias("scale"),
            odd.alias("odd"),
        )  # fmt: skip
        scales, place = np.unique(read["scale"].to_numpy(), return_inverse=True)
        precision, own = context.column.precision, context.column.scale or 0
        whole = None if precision is None else precision - own
        limits = [
            self._limits(int(scale), whole and 1 - 10 ** (whole + int(scale)), whole and 10 ** (whole + int(scale)) - 1)
            for scale in scales
        ]
        low, high = ([limit[side] for limit in limits] for side in (0, 1))
        moved = self._exact(
            to_arrow(read["units"]).cast(_UNITS),
            drawn,
            read["scale"].to_numpy(),
            (_spread(low, place), _spread(high, place)),
        )
        return to_arrow(_written(frame["v"], to_polars(moved.cast(pa.string())), read), column.type)


def _written(values: pl.Series, units: pl.Series, read: pl.DataFrame) -> pl.Series:
    """Units as plain decimal text with the scale that each value had; where ``odd``, the value itself."""
    scale = pl.col("scale")
    digits = pl.col("moved").str.strip_prefix("-").str.zfill(scale + 1)
    point = digits.str.len_bytes().cast(pl.Int64) - scale
    number = (
        pl.when(pl.col("moved").str.starts_with("-")).then(pl.lit("-")).otherwise(pl.lit(""))
        + digits.str.slice(0, point)
        + pl.when(scale > 0).then(pl.lit(".") + digits.str.slice(point)).otherwise(pl.lit(""))
    )
    frame = read.with_columns(values.alias("v"), units.alias("moved"))
    return frame.select(pl.when("odd").then("v").otherwise(number).alias("v")).to_series()


def _bound(value: float | None, scale: int, rounding: str) -> int | None:
    if value is None:
        return None
    with localcontext(prec=400):
        return int((Decimal(repr(value)) * Decimal(10) ** scale).to_integral_value(rounding))


def _integer_range(kind: pa.DataType, bits: int | None) -> tuple[int, int]:
    signed = pa.types.is_signed_integer(kind)
    width = kind.bit_width if bits is None else min(bits, kind.bit_width)
    return (-(2 ** (width - 1)), 2 ** (width - 1) - 1) if signed else (0, 2**width - 1)


def _inward(bound: float, kind: np.dtype[np.floating], side: int) -> float:
    """The bound in a float type, rounded towards the inside (side 1: it is a lower bound)."""
    near = kind.type(bound)
    outside = near < bound if side > 0 else near > bound
    return float(np.nextafter(near, kind.type(math.inf * side))) if outside else float(near)


def _rescaled(array: pa.Array, scale: int) -> pa.Array:
    """The same 256-bit integers, read with another scale."""
    kind = pa.decimal256(_UNITS.precision, scale)
    return pa.Array.from_buffers(kind, len(array), array.buffers(), offset=array.offset)


def _spread(limits: list[int | None], place: npt.NDArray[np.intp]) -> pa.Array | None:
    if not limits or limits[0] is None:
        return None
    return pa.array([Decimal(str(limit)) for limit in limits], _UNITS).take(pa.array(place))


def _within(moved: pa.Array, limits: _Limits) -> pa.Array:
    low, high = (pa.scalar(Decimal(limit), _UNITS) if isinstance(limit, int) else limit for limit in limits)
    moved = moved.cast(_UNITS)
    if low is not None:
        moved = pc.if_else(pc.less(moved, low), low, moved)
    if high is not None:
        moved = pc.if_else(pc.greater(moved, high), high, moved)
    return moved
