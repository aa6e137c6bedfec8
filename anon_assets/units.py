"""Numbers counted in their own last digit: exact arithmetic on integers, decimals and numbers carried as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from anon_assets.columns import to_arrow, to_polars
from anon_assets.errors import TransformError

__all__ = [
    "DIGITS",
    "MORE",
    "UNITS",
    "NumberTexts",
    "largest_float",
    "rescaled",
    "scale_of",
    "units_of_decimals",
    "widened",
]

DIGITS = 60
"""Most digits of a number."""
MORE = 14
"""Most digits after the point that a parameter adds to those of a number."""
UNITS = pa.decimal256(DIGITS + MORE + 1, 0)
"""The type that carries numbers counted in their last digit; one digit less than Arrow has, so that sums fit."""

_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"
_NARROW_FLOATS: dict[str, type[np.floating]] = {"halffloat": np.float16, "float": np.float32, "real": np.float32}
_UNBOUNDED = ("nan", "infinity", "-infinity", "inf", "-inf")


def largest_float(declared: str) -> float:
    """Of the type that results must fit, as Arrow or SQL name it; it may be narrower than the one that carries them.

    >>> largest_float("real") < largest_float("double precision")
    True
    """
    for name, kind in _NARROW_FLOATS.items():
        if re.search(rf"\b{name}\b", declared):
            return float(np.finfo(kind).max)
    return float(np.finfo(np.float64).max)


def scale_of(number: Decimal) -> int:
    """Digits after the point that a number needs, 0 for a whole one.

    >>> scale_of(Decimal("2.50")), scale_of(Decimal("1e3"))
    (1, 0)
    """
    _, digits, exponent = number.as_tuple()  # normalize() would round to 28 digits
    if not isinstance(exponent, int) or exponent >= 0:
        return 0
    zeros = next((place for place, digit in enumerate(reversed(digits)) if digit), -exponent)
    return max(0, -exponent - zeros)


def rescaled(array: pa.Array, scale: int) -> pa.Array:
    """The same 256-bit integers, read with another scale."""
    kind = pa.decimal256(UNITS.precision, scale)
    return pa.Array.from_buffers(kind, len(array), array.buffers(), offset=array.offset)


def widened(units: pa.Array, scale: int, wider: int) -> pa.Array:
    """Units of one scale as units of a scale that is as large or larger, by at most ``MORE`` digits."""
    return rescaled(rescaled(units, scale).cast(pa.decimal256(UNITS.precision, wider)), 0)


def units_of_decimals(column: pa.Array, place: str) -> pa.Array:
    """A column of decimals as ``UNITS``, counted in its scale.

    Raises: TransformError for a type of more than 60 digits or a scale outside of its digits.
    """
    kind = column.type
    if kind.precision > DIGITS or not 0 <= kind.scale <= kind.precision:
        raise TransformError(
            place, f"decimals of more than {DIGITS} digits, or a scale that is negative or beyond them"
        )
    return rescaled(column.cast(pa.decimal256(UNITS.precision, kind.scale)), 0)


@dataclass(frozen=True, slots=True)
class NumberTexts:
    """Numbers carried as text, each with its own scale.

    Args:
        values: as they came.
        units: ``UNITS``, each counted in its own last digit; 0 where ``still``.
        scales: digits after the point.
        still: null, NaN or infinite.

    >>> read = NumberTexts.of(pa.array(["1.50", "NaN", "-0.05"]), "s.t.c")
    >>> read.scales.tolist(), read.written(read.units).to_pylist()
    ([2, 0, 2], ['1.50', 'NaN', '-0.05'])
    """

    values: pa.Array
    units: pa.Array
    scales: npt.NDArray[np.int64]
    still: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, column: pa.Array, place: str) -> NumberTexts:
        """Read plain decimal notation; NaN and infinities in any letter case.

        Raises: TransformError for text that is no number of at most 60 digits, with the count.
        """
        text = to_polars(column).cast(pl.String).rename("v")
        frame = text.to_frame()
        still = pl.col("v").str.to_lowercase().is_in(_UNBOUNDED) | pl.col("v").is_null()
        sound = pl.col("v").str.contains(_NUMBER) & (pl.col("v").str.count_matches("[0-9]") <= DIGITS)
        if wrong := frame.filter(~still & ~sound).height:
            what = f"{wrong} of {len(column)} values are no numbers of at most {DIGITS} digits"
            raise TransformError(place, what, "use null or constant")
        read = frame.select(
            pl.when(still).then(pl.lit("0")).otherwise(pl.col("v").str.replace_all(r"[.+]", "")).alias("units"),
            pl.when(still).then(0).otherwise(pl.col("v").str.extract(r"\.([0-9]+)$").str.len_bytes().fill_null(0))
            .cast(pl.Int64).alias("scale"),
            still.alias("still"),
        )  # fmt: skip
        units = to_arrow(read["units"]).cast(UNITS)
        return cls(column, units, read["scale"].to_numpy(), read["still"].to_numpy())

    def written(self, units: pa.Array, scales: npt.NDArray[np.int64] | None = None) -> pa.Array:
        """Units as plain decimal text, each with its own scale or with one of ``scales``. What is still stays."""
        frame = pl.DataFrame({
            "value": to_polars(self.values).cast(pl.String), "still": self.still,
            "units": to_polars(units.cast(pa.string())), "scale": self.scales if scales is None else scales,
        })  # fmt: skip
        scale = pl.col("scale")
        digits = pl.col("units").str.strip_prefix("-").str.zfill(scale + 1)
        point = digits.str.len_bytes().cast(pl.Int64) - scale
        number = (
            pl.when(pl.col("units").str.starts_with("-")).then(pl.lit("-")).otherwise(pl.lit(""))
            + digits.str.slice(0, point)
            + pl.when(scale > 0).then(pl.lit(".") + digits.str.slice(point)).otherwise(pl.lit(""))
        )
        written = frame.select(pl.when("still").then("value").otherwise(number).alias("v")).to_series()
        return to_arrow(written, self.values.type)

    def by_scale(self, function: Callable[[pa.Array, int], pa.Array], least: int = 0) -> pa.Array:
        """``function`` of the units at each scale in turn, put back in place and written out.

        Args:
            function: units of one scale and that scale in, as many ``UNITS`` of the same scale out.
            least: digits after the point that every result has at least.
        """
        made, places = [pa.array([], UNITS)], [np.zeros(0, np.int64)]
        for own in np.unique(self.scales).tolist():
            rows, scale = np.flatnonzero(self.scales == own), max(own, least)
            units = self.units.take(pa.array(rows))
            made.append(function(widened(units, own, scale), scale))
            places.append(rows)
        order = np.argsort(np.concatenate(places), kind="stable")
        return self.written(pa.concat_arrays(made).take(pa.array(order)), np.maximum(self.scales, least))
