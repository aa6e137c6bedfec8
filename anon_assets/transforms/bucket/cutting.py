"""Values to bins, and what is shown of a bin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import LogicalType, as_text
from anon_assets.contracts.transform import Context
from anon_assets.moments import DAY
from anon_assets.transforms.bucket.carriers import Units, read_units
from anon_assets.units import UNITS, scale_of

__all__ = ["Binned", "Cutting", "Shown", "edge_labels"]

Shown = Literal["lower", "upper", "middle", "label"]
_HALF = pa.scalar(Decimal("0.5"), pa.decimal256(1, 1))
_TWO = pa.scalar(Decimal(2), UNITS)


@dataclass(frozen=True, slots=True)
class Binned:
    """Distinct values in their bins.

    Args:
        shown: what stands for each.
        outside: it lies outside of the edges; what is shown is then of the nearest bin.
    """

    shown: pa.Array
    outside: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cutting:
    """Bins in the column's unit: numbers, days of dates, seconds of times.

    Args:
        cuts: edges, ascending, the first and last may be infinite; empty for bins of one width.
        width: of every bin, where there are no edges.
        origin: where one of these begins.
        shown: what stands for a bin.
        labels: one for each bin between edges, when they are shown: all text or all numbers.
    """

    cuts: tuple[Decimal, ...]
    width: Decimal
    origin: Decimal
    shown: Shown
    labels: tuple[Any, ...]

    def bin(self, values: pa.Array, context: Context) -> Binned:
        """The bin of each value; what is no finite number or date stays, in labels of text as its text."""
        if pa.types.is_floating(values.type):
            return self._floats(values)
        finite = [each for each in (*self.cuts, self.width, self.origin) if each.is_finite()]
        read = read_units(values, max(map(scale_of, finite)), context)
        if not self.cuts:
            step, start = (_units(each, read.scale) for each in (self.width, self.origin))
            steps = pc.round_to_multiple(pc.subtract(read.numbers, start).cast(UNITS), step, "down").cast(UNITS)
            lower = pc.add(steps, start).cast(UNITS)
            upper = pc.add(lower, step).cast(UNITS)
            return Binned(self._shown(values, lower, upper, _middle, read.placed, read.still), _none(values))
        index = np.sum([_reached(read, each) for each in self.cuts], axis=0) - 1
        outside = ((index < 0) | _beyond(read, self.cuts[-1])) & ~read.still
        at = pa.array(np.clip(index, 0, len(self.cuts) - 2))
        if self.labels:
            return Binned(self._labelled(values, at, read.still), outside)
        units = pa.array([each.scaleb(read.scale).to_integral_value() for each in self.cuts], UNITS)
        lower, upper = units.take(at), units.take(pc.add(at, 1))
        return Binned(self._shown(values, lower, upper, _middle, read.placed, read.still), outside)

    def _floats(self, values: pa.Array) -> Binned:
        raw = values.to_numpy(zero_copy_only=False)
        still = ~np.isfinite(raw)
        number = np.where(still, 0.0, raw).astype(np.float64)
        outside = _none(values)
        if self.cuts:
            ends = np.array([float(each) for each in self.cuts])
            index = np.searchsorted(ends, number, side="right") - 1
            outside = ((index < 0) | (number > ends[-1])) & ~still
            index = np.clip(index, 0, len(ends) - 2)
            if self.labels:
                return Binned(self._labelled(values, pa.array(index), still), outside)
            lower, upper = ends[index], ends[index + 1]
        else:
            part = Fraction(
                self.width
            )  # over and under the line both whole, so that 0.1 is 1 / 10 and no float near it
            over, under, start = float(part.numerator), float(part.denominator), float(self.origin)
            with np.errstate(over="ignore"):
                steps = np.floor((number - start) * under / over)
                lower, upper = start + steps * over / under, start + (steps + 1) * over / under
        most = float(np.finfo(raw.dtype).max)

        def placed(ends: pa.Array) -> pa.Array:
            inside = np.clip(np.nan_to_num(ends.to_numpy(), nan=0.0), -most, most)
            return pa.array(np.where(still, raw, inside.astype(raw.dtype)), values.type)

        def middle(one: pa.Array, two: pa.Array) -> pa.Array:
            return pa.array(one.to_numpy() / 2 + two.to_numpy() / 2)

        return Binned(self._shown(values, pa.array(lower), pa.array(upper), middle, placed, still), outside)

    def _shown(
        self,
        values: pa.Array,
        lower: pa.Array,
        upper: pa.Array,
        middle: Callable[[pa.Array, pa.Array], pa.Array],
        placed: Callable[[pa.Array], pa.Array],
        still: npt.NDArray[np.bool_],
    ) -> pa.Array:
        """Ends in the column's type, or as a text of both."""
        if self.shown == "label":
            both = pc.binary_join_element_wise(as_text(placed(lower)), as_text(placed(upper)), " - ")
            return pc.if_else(pa.array(still), as_text(values), both)
        return placed(
            {"lower": lambda: lower, "upper": lambda: upper, "middle": lambda: middle(lower, upper)}[self.shown]()
        )

    def _labelled(self, values: pa.Array, at: pa.Array, still: npt.NDArray[np.bool_]) -> pa.Array:
        if isinstance(self.labels[0], str):
            return pc.if_else(pa.array(still), as_text(values), pa.array(self.labels, pa.string()).take(at))
        if pa.types.is_string(values.type):
            listed = pa.array([format(Decimal(each), "f") for each in self.labels], pa.string())
        else:
            whole = pa.types.is_integer(values.type)
            listed = pa.array([int(each) if whole else Decimal(each) for each in self.labels]).cast(values.type)
        return pc.if_else(pa.array(still), values, listed.take(at))


def edge_labels(cuts: tuple[Decimal, ...], logical: LogicalType, open_ended: bool) -> tuple[str, ...]:
    """A text for each bin: ``18 - 65``, and ``< 18`` or ``>= 65`` for bins without end.

    Args:
        cuts: edges in the column's unit.
        logical: the column's type; edges of dates are written as dates.
        open_ended: the first and the last bin also take what lies beyond.
    """
    written = []
    for number, ends in enumerate(pairwise(cuts)):
        low, high = (_spelled(each, logical) for each in ends)
        from_below = not ends[0].is_finite() or (open_ended and number == 0)
        to_above = not ends[1].is_finite() or (open_ended and number == len(cuts) - 2)
        text = f"< {high}" if from_below else f">= {low}" if to_above else f"{low} - {high}"
        written.append("any" if from_below and to_above else text)
    return tuple(written)


def _spelled(cut: Decimal, logical: LogicalType) -> str:
    if not cut.is_finite() or logical not in {"date", "timestamp"}:
        return format(cut, "f")
    seconds = int(cut) * (DAY if logical == "date" else 1)
    moment = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=seconds)  # noqa: DTZ001 a clock without a zone
    return str(moment.date() if logical == "date" else moment)


def _none(values: pa.Array) -> npt.NDArray[np.bool_]:
    return np.zeros(len(values), np.bool_)


def _units(number: Decimal, scale: int) -> pa.Scalar:
    return pa.scalar(number.scaleb(scale).to_integral_value(), UNITS)


def _middle(lower: pa.Array, upper: pa.Array) -> pa.Array:
    """Half of the sum, rounded down."""
    even = pc.round_to_multiple(pc.add(lower, upper).cast(UNITS), _TWO, "down")
    return pc.multiply(even.cast(pa.decimal256(UNITS.precision - 1, 0)), _HALF).cast(UNITS)


def _reached(read: Units, cut: Decimal) -> npt.NDArray[np.bool_]:
    """Where numbers are at a cut or beyond."""
    if not cut.is_finite():
        return np.full(len(read.numbers), cut < 0)
    end = pa.scalar(cut.scaleb(read.scale).to_integral_value("ROUND_CEILING"), UNITS)
    return np.asarray(pc.greater_equal(read.numbers, end).to_numpy(zero_copy_only=False))


def _beyond(read: Units, cut: Decimal) -> npt.NDArray[np.bool_]:
    """Where numbers are beyond a cut."""
    if not cut.is_finite():
        return np.zeros(len(read.numbers), np.bool_)
    end = pa.scalar(cut.scaleb(read.scale).to_integral_value("ROUND_FLOOR"), UNITS)
    return np.asarray(pc.greater(read.numbers, end).to_numpy(zero_copy_only=False))
