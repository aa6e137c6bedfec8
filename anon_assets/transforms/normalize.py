"""Write numbers as distances from the mean, in standard deviations."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from anon_assets.columns import as_text
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.errors import TransformError

__all__ = ["Normalize"]

Numbers = npt.NDArray[np.float64]

_MANTISSA, _HALF = 53, 27  # bits of a float, and of the lower half that it is cut into
_EXACT = 2.0**40  # whole numbers of 32 bits come back through means and deviations up to this
_CHUNK = 1 << 16


class Normalize(Transform):
    """(value - mean) / deviation: the z-score. What is not given is learnt from the column.

    The mean and the population standard deviation are learnt exactly (sums of squares in rational arithmetic) and rounded
    once, so that they depend neither on the order of the rows nor on batches. NaN and infinities are left out of them and
    stay what they are. A column of one value only becomes zeros. Results are 64-bit floats, of a 32-bit float column 32-bit;
    integers and decimals are read as 64-bit floats first.

    ``reverse`` restores integer columns of 16 and 32 bits exactly. Of others it gives the value up to rounding, so that
    for them the transform is not declared reversible. The mean and the deviation, which ``reverse`` needs, are kept
    encrypted where they are learnt.

    Memory: a few kilobytes, whatever the column's length.

    Raises: TransformError for text that is no number, with the count.
    """

    title: ClassVar[str] = "Write numbers as distances from their mean"
    source: ClassVar[str] = "z-score; exact sums as in Kulisch 2013, Computer Arithmetic and Validity, chapter 8"
    good: ClassVar[Example] = Example(
        {},
        (2.0, 4.0, 4.0, None, 4.0, 5.0, 5.0, 7.0, 9.0),
        (-1.5, -0.5, -0.5, None, -0.5, 0.0, 0.0, 1.0, 2.0),
        pa.float64(),
        "Input for a model, without the unit; mean 5 and deviation 2 are learnt.",
    )
    bad: ClassVar[Example] = Example(
        {"mean": 0, "deviation": 1},
        (41_250.0,),
        None,
        pa.float64(),
        "A value can be read back by whoever knows two people's: this hides the unit, not the person.",
    )

    mean: float | None = Field(None, allow_inf_nan=False, description="What is subtracted; default: the column's mean")
    deviation: float | None = Field(
        None, gt=0, allow_inf_nan=False,
        description="What is divided by; default: the column's (population) standard deviation",
    )  # fmt: skip

    def effects(self, column: Column) -> Effects:
        """Numbers, to floats."""
        whole = column.logical == "integer" and column.bits in {16, 32}
        sane = abs(self.mean or 0.0) <= _EXACT and 1 / _EXACT <= (self.deviation or 1.0) <= _EXACT
        return Effects(
            accepts=frozenset({"integer", "decimal", "float"}),
            result="float",
            scope="column" if self.mean is None or self.deviation is None else "value",
            injective=False,
            reversible=whole and sane,
            preserves_order=True,
            max_length=None,
            coincides=True,
        )

    def learn(self, batches: Iterator[tuple[pa.Array, Context]]) -> pa.Table:
        """One row: mean and deviation."""
        total = _Sums()
        for column, context in batches:
            values, missing = _floats(column, context.place)
            total.add(values[~missing & np.isfinite(values)])
        mean, deviation = total.moments()
        return pa.table({"mean": [mean], "deviation": [deviation]})

    def _facts(self, context: Context) -> tuple[float, float]:
        """Mean, and deviation or 1 where that is zero."""
        mean, deviation = self.mean, self.deviation
        if mean is None or deviation is None:
            if context.learnt is None:
                raise TransformError(context.place, "normalize was given nothing learnt from the column")
            (row,) = context.learnt.to_pylist()
            mean = row["mean"] if mean is None else mean
            deviation = row["deviation"] if deviation is None else deviation
        return mean, deviation or 1.0

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Floats. Raises: TransformError for text that is no number, with the count."""
        mean, deviation = self._facts(context)
        values, missing = _floats(column, context.place)
        with np.errstate(over="ignore"):
            scores = (values - mean) / deviation
            kind = column.type if pa.types.is_floating(column.type) else pa.float64()
            return pa.array(scores.astype(kind.to_pandas_dtype()), kind, mask=missing)

    def reverse(self, column: pa.Array, context: Context) -> pa.Array:
        """Score * deviation + mean, as whole numbers of the column's bits where it holds integers.

        Raises: TransformError for results that such a column does not hold.
        """
        mean, deviation = self._facts(context)
        values, missing = _floats(column, context.place)
        with np.errstate(over="ignore"):
            restored = values * deviation + mean
        if context.column.logical != "integer":
            return pa.array(restored, column.type, mask=missing)
        bits = context.column.bits or 64
        restored = np.rint(np.where(missing, 0.0, restored))
        if odd := int((~(np.abs(restored) <= 2.0 ** (bits - 1))).sum()):
            raise TransformError(context.place, f"{odd} of {len(column)} results do not come from {bits} bits")
        kind = {16: pa.int16(), 32: pa.int32()}.get(bits, pa.int64())
        return pa.array(
            np.clip(restored, -(2.0 ** (bits - 1)), _below(bits)).astype(kind.to_pandas_dtype()), kind, mask=missing
        )


def _below(bits: int) -> float:
    """The largest float that an integer of so many bits holds."""
    return float(2 ** (bits - 1) - 1) if bits <= _MANTISSA else float(np.nextafter(2.0 ** (bits - 1), 0))


def _floats(column: pa.Array, place: str) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """The column in 64-bit floats, 0 for null; and where it is null."""
    missing = pc.is_null(column).to_numpy(zero_copy_only=False)
    try:
        numbers = column.cast(pa.float64(), safe=False)
    except pa.ArrowInvalid:
        sound = pc.match_substring_regex(as_text(column), r"(?i)^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+|nan|inf(inity)?)$")
        odd = len(column) - (pc.sum(sound).as_py() or 0) - int(missing.sum())
        raise TransformError(place, f"{odd} of {len(column)} values are no numbers") from None
    return pc.fill_null(numbers, 0.0).to_numpy(zero_copy_only=False), missing


class _Sums:
    """Count, sum and sum of squares of floats, exact: whole numbers of halves of mantissas, by exponent."""

    def __init__(self) -> None:
        self._count = 0
        self._sum = Fraction(0)
        self._squares = Fraction(0)

    def add(self, values: Numbers) -> None:
        """Add finite numbers."""
        self._count += len(values)
        for start in range(0, len(values), _CHUNK):
            part, exponent = np.frexp(values[start : start + _CHUNK])
            whole = np.ldexp(part, _MANTISSA).astype(np.int64)
            high, low = whole >> _HALF, whole & (1 << _HALF) - 1
            exponents, place = np.unique(exponent, return_inverse=True)
            for number, power in enumerate(exponents.tolist()):
                mine = place == number if len(exponents) > 1 else slice(None)
                self._add(high[mine], low[mine], power - _MANTISSA)

    def _add(self, high: npt.NDArray[np.int64], low: npt.NDArray[np.int64], power: int) -> None:
        unit = Fraction(2) ** power
        self._sum += (_total(high) * 2**_HALF + _total(low)) * unit
        cross = _total(high * low) * 2 ** (_HALF + 1)
        self._squares += (_total(high * high) * 2 ** (2 * _HALF) + cross + _total(low * low)) * unit**2

    def moments(self) -> tuple[float, float]:
        """Mean and population standard deviation, each rounded once; 0 and 0 of nothing."""
        if not self._count:
            return 0.0, 0.0
        mean = self._sum / self._count
        variance = self._squares / self._count - mean * mean
        with localcontext(prec=60):
            root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
        return float(mean), float(root)


def _total(numbers: npt.NDArray[np.int64]) -> int:
    """Exact sum of at most 2**16 numbers below 2**62."""
    return int((numbers >> 32).sum()) * 2**32 + int((numbers & (1 << 32) - 1).sum())
