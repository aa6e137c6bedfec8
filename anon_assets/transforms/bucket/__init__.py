"""Put numbers and dates into bins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from anon_assets.columns import as_text
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.distinct import on_distinct
from anon_assets.errors import TransformError
from anon_assets.moments import DAY, microseconds
from anon_assets.transforms.bucket.cutting import Cutting, Shown, edge_labels
from anon_assets.transforms.bucket.quantiles import Counted
from anon_assets.units import MORE, scale_of

__all__ = ["Bucket"]

_SORTED_DIGITS = 38
_GRAINS = {"date": DAY, "timestamp": 1}  # seconds of the column's unit


class Bucket(Transform):
    """The bin that a value lies in, shown by its lower end, upper end, middle, or a label.

    Bins are given by ``edges``: ``[0, 18, 65, 120]`` makes three, each with its lower edge and without its upper one, the
    last with both; ``-.inf`` and ``.inf`` leave the ends open, for labels. Or by ``width``: from ``origin`` on in both
    directions, without end. Or by ``quantiles``, learnt from the column: so many bins of about as many rows each, cut at
    values of the column (the inverse of its distribution function), which lower, upper and middle then show. Equal values
    always share a bin.

    Integers, decimals, dates and times keep their type (a middle is rounded down); labels make text, which files and
    frames hold and a database column of another type does not. Labels that are numbers stay numbers. On dates and times
    edges and ``origin`` are such (UTC in a column with a zone), and ``width`` is in days. What is no finite number or date
    (NaN, infinity) stays, in labels as its text. Ends of bins beyond the type's range are drawn in to it.

    All but floats are cut exactly. Memory of ``quantiles``: every distinct value with its count.

    Raises: TransformError for values outside of ``edges`` under ``else: refuse``, with their count.
    Guarantees: order is kept, but for labels and nulls.
    """

    title: ClassVar[str] = "Put numbers or dates into bins"
    source: ClassVar[str] = "Quantiles: Hyndman and Fan 1996, definition 1"
    good: ClassVar[Example] = Example(
        {"width": 10},
        (34, None, 39, -1, 40),
        (30, None, 30, -10, 40),
        pa.int64(),
        "Ages by decade.",
    )
    bad: ClassVar[Example] = Example(
        {"quantiles": 100, "show": "upper"},
        (41_250, 1_250_000),
        None,
        pa.int64(),
        "The end of the last bin is the largest value itself: give labels, or edges.",
    )

    edges: tuple[Any, ...] | None = Field(
        None, description="Ends of the bins, ascending: numbers, or dates (`.inf` and `-.inf` for open ends)"
    )
    width: Decimal | None = Field(
        None, gt=0, allow_inf_nan=False, description="Width of every bin; of dates and times in days"
    )
    origin: Any = Field(None, description="Where a bin of `width` begins; default: 0, or 1970-01-01")
    quantiles: int | None = Field(None, ge=2, le=1_000, description="Number of bins with about as many rows each")
    labels: tuple[str, ...] | tuple[int, ...] | tuple[Decimal, ...] | None = Field(
        None, description="One for each bin of edges or quantiles, in order: text, or numbers"
    )
    show: Shown | None = Field(
        None, description="What stands for a bin; default: the label where labels are given, else lower"
    )
    else_: Literal["refuse", "null", "nearest"] = Field(
        "refuse",
        alias="else",
        description="A value outside of edges: stops the run, becomes null, or counts to the nearest bin",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Bucket:
        if sum(each is not None for each in (self.edges, self.width, self.quantiles)) != 1:
            raise ValueError("give one of edges, width and quantiles")
        try:
            cuts, start = self._cuts, _number(0 if self.origin is None else self.origin)
        except (ValueError, InvalidOperation):
            raise ValueError("edges and origin are numbers, or dates in ISO 8601") from None
        if reasons := list(self._odd(cuts, start)):
            raise ValueError("; ".join(reasons))
        return self

    def _odd(self, cuts: tuple[Decimal, ...], start: Decimal) -> Iterator[str]:
        if self.edges is not None and len(cuts) < 2:
            yield "edges are two or more"
        if any(one >= two for one, two in pairwise(cuts)):
            yield "edges ascend"
        if self.edges is not None and len({_dated(each) for each in self.edges if not _endless(each)}) > 1:
            yield "edges are either numbers or dates"
        if any(each.is_finite() and scale_of(each) > MORE for each in (*cuts, start, self.width or Decimal(1))):
            yield f"a number has more than {MORE} digits after the point"
        if not start.is_finite():
            yield "origin is finite"
        yield from self._not_together(len(cuts) - 1)
        if any(not each.is_finite() for each in cuts) and self._shown != "label":
            yield "a bin without end has no number to show: show label"

    def _not_together(self, between: int) -> Iterator[str]:
        """Parameters that do not go with others."""
        if self.origin is not None and self.width is None:
            yield "origin goes with width"
        if "else_" in self.model_fields_set and self.edges is None:
            yield "else goes with edges: other bins have no outside"
        if self.labels is not None and self.width is not None:
            yield "labels go with edges or quantiles: bins of one width are without end"
        if self.labels is not None and len(self.labels) != (self.quantiles or between):
            yield "there are not as many labels as bins"
        if self.labels is not None and self.show not in {None, "label"}:
            yield "labels are given and not shown"

    @property
    def _cuts(self) -> tuple[Decimal, ...]:
        return tuple(_number(each) for each in self.edges or ())

    @property
    def _shown(self) -> Shown:
        return self.show or ("label" if self.labels is not None else "lower")

    @property
    def _textual(self) -> bool:
        return self._shown == "label" and (self.labels is None or isinstance(self.labels[0], str))

    @property
    def _given_dates(self) -> bool | None:
        """Whether edges or origin are dates; None where nothing tells."""
        given = [*(self.edges or ()), *([] if self.origin is None else [self.origin])]
        return next((_dated(each) for each in given if not _endless(each)), None)

    def effects(self, column: Column) -> Effects:
        """Numbers, dates and times; to text under labels that are text."""
        nulls = self.else_ == "null"
        longest = max(map(len, map(str, self.labels))) if self.labels is not None else None
        return Effects(
            accepts=frozenset({"integer", "decimal", "float", "date", "timestamp"}),
            result="text" if self._textual else None,
            scope="value" if self.quantiles is None else "column",
            preserves_order=self._shown != "label" and not nulls,
            preserves_nulls=not nulls,
            may_null=nulls,
            max_length=longest,
            coincides=True,
            spares=True,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """Edges, width or labels that the column's values cannot be compared with, or cannot show."""
        dates = column.logical in {"date", "timestamp"}
        if self._given_dates is not None and self._given_dates != dates:
            yield f"edges and origin are {'dates' if self._given_dates else 'numbers'}, the column holds others"
            return
        if dates and self.labels is not None and not self._textual:
            yield "a date has no number for a label: write labels as text"
        if self.width is not None and dates and self.width * DAY % _GRAINS[column.logical]:
            yield f"the width is no whole number of {'days' if column.logical == 'date' else 'seconds'}"
        scale = {"integer": 0, "decimal": column.scale, "float": None}.get(column.logical)
        if scale is not None and not (self._textual and self.width is None):
            shown = self._cuts if self.labels is None else [Decimal(each) for each in self.labels]
            if any(scale_of(each) > scale for each in (*shown, self.width or Decimal(0), _number(self.origin or 0))):
                yield f"the column holds {scale} digits after the point, and these have more"
        if column.logical == "integer" and self.labels is not None and not self._textual:
            low, high = column.integers()
            if not all(low <= int(each) <= high for each in self.labels):
                yield f"the column holds {low:,} to {high:,}, and a label goes beyond"
        if column.logical == "decimal" and self.quantiles is not None and (column.precision or 0) > _SORTED_DIGITS:
            yield f"quantiles are learnt of decimals of up to {_SORTED_DIGITS} digits"

    def _cutting(self, context: Context) -> Cutting:
        """Bins in the column's unit: numbers, days of dates, seconds of times."""
        cuts, width, origin = self._cuts, self.width or Decimal(0), _number(self.origin or 0)
        logical = context.column.logical
        if logical in {"date", "timestamp"}:
            grain = _GRAINS[logical]
            cuts = tuple(-(-each // grain) if each.is_finite() else each for each in cuts)
            width, origin = width * DAY / grain, origin // grain
        labels: tuple[Any, ...] = self.labels or ()
        if self.quantiles is not None:
            if context.learnt is None:
                raise TransformError(context.place, "bucket was given nothing learnt from the column")
            cuts = tuple(map(Decimal, context.learnt["edge"].to_pylist()))
            labels = labels or tuple(f"{number + 1} of {self.quantiles}" for number in range(self.quantiles))
        elif self.edges is not None:
            labels = labels or edge_labels(cuts, logical, self.else_ == "nearest")
        return Cutting(cuts, width, origin, self._shown, labels if self._shown == "label" else ())

    def learn(self, batches: Iterator[tuple[pa.Array, Context]]) -> pa.Table:
        """The ends of the quantiles, ascending, as text in the column's unit (dates in days, times in seconds)."""
        counted = Counted()
        for column, context in batches:
            counted.add(column, context)
        return pa.table({"edge": pa.array(counted.cut(self.quantiles or 1), pa.string())})

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Bins in the column's type, or as text. Raises: TransformError as the class says; when ``problems`` has any."""
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        cutting = self._cutting(context)
        if not cutting.cuts and self.width is None:  # quantiles of a column without a finite value: none may be here
            counted = Counted()
            counted.add(column, context)
            if counted.cut(1):
                raise TransformError(context.place, "holds values, and none were there when its quantiles were learnt")
            return as_text(column) if self._textual else column
        beyond: list[pa.Array] = []

        def shown(values: pa.Array) -> pa.Array:
            binned = cutting.bin(values, context)
            outside = pa.array(binned.outside)
            beyond.append(values.filter(outside))
            return (
                pc.if_else(outside, pa.scalar(None, binned.shown.type), binned.shown)
                if self.else_ == "null"
                else binned.shown
            )

        made = on_distinct(column, shown)
        if self.edges is not None and self.else_ == "refuse" and len(beyond[0]):
            count = pc.sum(pc.is_in(column, beyond[0])).as_py()
            what = f"{count} of {len(column)} values lie outside of the edges"
            raise TransformError(context.place, what, "add edges, or write else: null or nearest")
        return made


def _dated(value: Any) -> bool:
    if isinstance(value, str):
        try:
            Decimal(value)
        except InvalidOperation:
            return True
    return isinstance(value, dt.date)


def _endless(value: Any) -> bool:
    return isinstance(value, float | Decimal) and not Decimal(value).is_finite()


def _number(value: Any) -> Decimal:
    """A number, or the seconds since 1970 of a date. Raises: ValueError, InvalidOperation."""
    if isinstance(value, bool):
        raise ValueError("no number")  # noqa: TRY004 all misfits are one class
    if isinstance(value, str) and _dated(value):
        value = dt.date.fromisoformat(value) if len(value) == len("2024-01-01") else dt.datetime.fromisoformat(value)
    if isinstance(value, dt.date):
        return Decimal(microseconds(value)) / 10**6
    number = Decimal(str(value))
    if number.is_nan():
        raise ValueError("no number")
    return number
