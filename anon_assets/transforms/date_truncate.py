"""Cut dates and times down to a year, month, day, hour ..."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field, field_validator

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.distinct import on_distinct
from anon_assets.errors import TransformError
from anon_assets.moments import DAY, Moments, Seconds, civil, day_number, first_reading, known_zone, utc_offset

__all__ = ["DateTruncate"]

_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": DAY}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MONDAY = 4  # 1970-01-01 was a Thursday, 1970-01-05 a Monday


class DateTruncate(Transform):
    """The beginning of the year, quarter, month, week (Monday), day, hour, minute or second that a value lies in.

    A time with a zone is cut by the clock of ``zone``: its day begins at that zone's midnight. Where clocks are put back
    over midnight, the day begins with the first; where they skip midnight, with the first instant that there is. Of an
    hour that a night has twice, each keeps its own beginning. A time without a zone is cut as it is written. In BC too
    weeks begin on Monday, and years on 1 January, of the proleptic Gregorian calendar.

    Columns carried as text keep ``infinity`` and ``-infinity``, and each its written offset from UTC; fractions of a
    second fall away. What would lie before the first value of the type becomes that.

    Guarantees: order is kept, but for the hour after a zone's clock is put back over midnight (declared for dates, and for
    times where ``zone`` is UTC).
    """

    title: ClassVar[str] = "Cut dates down to a year, month, day or hour"
    shorthand: ClassVar[str | None] = "to"
    source: ClassVar[str] = "ISO 8601 (weeks), IANA time zone database"
    good: ClassVar[Example] = Example(
        {"to": "quarter"},
        (dt.date(2024, 2, 27), None, dt.date(2024, 12, 31)),
        (dt.date(2024, 1, 1), None, dt.date(2024, 10, 1)),
        pa.date32(),
        "Seasons stay, days do not.",
    )
    bad: ClassVar[Example] = Example(
        {"to": "month"},
        (dt.date(1911, 3, 9),),
        None,
        pa.date32(),
        "Few people are that old: the month of birth still singles them out. Bound such dates too.",
    )

    to: Literal["year", "quarter", "month", "week", "day", "hour", "minute", "second"] = Field(
        description="What is left of the date"
    )
    zone: str | None = Field(
        None,
        description="Time zone whose clock decides, such as Europe/Berlin; default: that of the column (databases: UTC)",
    )

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, value: str | None) -> str | None:
        if value is not None and not known_zone(value):
            raise ValueError("no such time zone; write a name of the IANA database, such as Europe/Berlin")
        return value

    def effects(self, column: Column) -> Effects:
        """Dates may coincide with other dates of the source."""
        return Effects(
            accepts=frozenset({"date", "timestamp"}),
            preserves_length=column.logical == "date",
            preserves_order=column.logical == "date" or self.zone == "UTC",
            max_length=None,
            coincides=True,
            spares=True,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """Nothing to cut, or no clock to cut by, in a column of whole days."""
        if column.logical == "date" and self.to in _SECONDS:
            yield f"a date has nothing below the day; cutting it to the {self.to} changes nothing"
        if column.logical == "date" and self.zone is not None:
            yield "a date has no time zone; leave out zone"

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Truncated dates in the column's Arrow type.

        Raises: TransformError for dates before 4714-11-24 BC or beyond what the type holds and text that is no date,
            with their count.
        """
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        if pa.types.is_null(column.type):
            return column
        return on_distinct(column, lambda values: self._cut(values, context))

    def _cut(self, values: pa.Array, context: Context) -> pa.Array:
        moments = Moments.of(values, context.place, context.column.type)
        zone = self.zone or (values.type.tz if pa.types.is_timestamp(values.type) else None) or "UTC"
        cut = self._beginning(moments.seconds)
        rows = np.flatnonzero(moments.zoned)
        if len(rows):
            ahead = moments.ahead[rows]
            cut[rows] = self._by_clock(moments.seconds[rows] - ahead, zone) + ahead
        return moments.written(np.where(moments.still, 0, np.maximum(cut, moments.limits[0])), fractions=False)

    def _by_clock(self, instants: Seconds, zone: str) -> Seconds:
        """Beginnings as instants, for instants in UTC."""
        local = instants + utc_offset(instants, zone)
        within_day = self.to in {"hour", "minute", "second"}
        if within_day:
            return first_reading(self._beginning(local), zone, instants)
        days, at = np.unique(self._beginning(local), return_inverse=True)
        return first_reading(days, zone)[at]

    def _beginning(self, clock: Seconds) -> Seconds:
        if self.to in _SECONDS:
            return np.asarray(clock // _SECONDS[self.to] * _SECONDS[self.to])
        days = clock // DAY
        if self.to == "week":
            return np.asarray((days - (days - _MONDAY) % 7) * DAY)
        year, month, _ = civil(days)
        step = _MONTHS[self.to]
        return day_number(year, (month - 1) // step * step + 1, np.ones_like(days)) * DAY
