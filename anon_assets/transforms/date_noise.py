"""Move each date by a random distance of its own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import polars as pl
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.crypto.prf import bounded, words
from anon_assets.errors import TransformError
from anon_assets.moments import DAY, Moments, Seconds, add_months, beside, microseconds
from anon_assets.parallel import in_parts
from anon_assets.sealed import Sealed

__all__ = ["DateNoise", "Within"]

_TEXT = re.compile(r"([1-9][0-9]{0,8}) ?(year|month|week|day|hour|minute|second)s?")
_MOST_DAYS = 366_000
_CHUNK_ROWS = 32_768  # what is worked out of a chunk stays in the processor's cache


class Within(BaseModel):
    """The largest distance, in several units at once."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    years: int = Field(0, ge=0, le=1_000, description="Moved by whole months, up to twelve times as many")
    months: int = Field(0, ge=0, le=12_000, description="Moved by whole months")
    weeks: int = Field(0, ge=0, le=50_000, description="Moved by whole days, up to seven times as many")
    days: int = Field(0, ge=0, le=_MOST_DAYS, description="Moved by whole days")
    hours: int = Field(0, ge=0, le=24 * _MOST_DAYS, description="Moved by whole seconds")
    minutes: int = Field(0, ge=0, le=1_440 * _MOST_DAYS, description="Moved by whole seconds")
    seconds: int = Field(0, ge=0, le=DAY * _MOST_DAYS, description="Moved by whole seconds")

    @model_validator(mode="after")
    def _is_somewhere(self) -> Within:
        if not any(self.most):
            raise ValueError("one of years, months, weeks, days, hours, minutes, seconds is 1 or more")
        return self

    @property
    def most(self) -> tuple[int, int, int]:
        """Most months, days and seconds."""
        seconds = self.hours * 3_600 + self.minutes * 60 + self.seconds
        return self.years * 12 + self.months, self.weeks * 7 + self.days, seconds


class DateNoise(Transform):
    """Add a random distance to each date, drawn by key from the value and its row: another run draws the same.

    Three distances are drawn apart, each uniform between plus and minus its most, and added in this order: whole months
    (``years``, ``months``; the 31st becomes the last of a shorter month), whole days (``weeks``, ``days``), whole seconds
    (``hours``, ``minutes``, ``seconds``). So ``years: 1`` is any of 24 other months, with the same day of the month, and
    without hours the time of day stays. Intervals between the dates of a subject are not preserved: see ``date_shift``.

    A result lies within ``not_before`` and ``not_after`` (what would lie beyond goes to the last one inside) and differs from
    its value wherever these leave room. Without bounds it stays within the years 1 to 9999, BC or from 10000, as its value;
    in a column of nanoseconds, within the whole days that these hold.
    Clocks are moved as they are written (of an Arrow type with a zone: in UTC). Columns carried as text keep ``infinity``,
    ``-infinity``, fractions and zones as written.
    """

    title: ClassVar[str] = "Move each date by a random distance of its own"
    shorthand: ClassVar[str | None] = "within"
    good: ClassVar[Example] = Example(
        {"within": {"months": 2, "days": 30}},
        (dt.date(2024, 2, 27), None, dt.date(2024, 2, 27)),
        (dt.date(2024, 5, 4), None, dt.date(2023, 12, 7)),
        pa.date32(),
        "Equal dates of two rows become different ones.",
    )
    bad: ClassVar[Example] = Example(
        {"within": "30 days"},
        (dt.date(2024, 2, 27), dt.date(2024, 2, 28)),
        None,
        pa.date32(),
        "Admission and discharge of one stay may change places: use date_shift.",
    )

    within: Within | str = Field(
        description="Largest distance: such as `30 days`, or several units: `{years: 1, months: 2, days: 30, hours: 12}`"
    )
    not_before: dt.date | dt.datetime | None = Field(None, description="Earliest result; without a zone: UTC")
    not_after: dt.date | dt.datetime | None = Field(
        None, description="Latest result; a date counts to its end; without a zone: UTC"
    )
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    @field_validator("within")
    @classmethod
    def _is_a_duration(cls, value: Within | str) -> Within | str:
        if isinstance(value, str):
            _read(value)
        return value

    @model_validator(mode="after")
    def _has_room(self) -> DateNoise:
        first, last = self.not_before, self.not_after
        if first is not None and last is not None and microseconds(first) >= microseconds(last):
            raise ValueError("not_before is before not_after")
        return self

    @property
    def most(self) -> tuple[int, int, int]:
        """Most months, days and seconds that a date moves by."""
        return (_read(self.within) if isinstance(self.within, str) else self.within).most

    def effects(self, column: Column) -> Effects:
        """Dates may coincide with other dates of the source."""
        return Effects(
            accepts=frozenset({"date", "timestamp"}),
            scope="row",
            max_length=None,
            needs_key=True,
            keyed_by_row=True,
            coincides=True,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """Hours, minutes or seconds on a column of whole days; more than a thousand years."""
        months, days, seconds = self.most
        if column.logical == "date" and seconds:
            yield "a date moves by whole days; write within in years, months, weeks or days"
        if months * 31 + days + seconds // DAY > _MOST_DAYS:
            yield "within is more than a thousand years"

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Moved dates in the column's Arrow type.

        Raises: TransformError for dates before 4714-11-24 BC or beyond what the type holds and text that is no date,
            with their count.
        """
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        if pa.types.is_null(column.type) or not len(column):
            return column
        key, rows = context.key("date_noise"), context.rows()
        return in_parts(lambda part: self._moved(column[part], rows[part], key, context), len(column), _CHUNK_ROWS)

    def _moved(self, column: pa.Array, rows: pl.Series, key: Sealed, context: Context) -> pa.Array:
        moments = Moments.of(column, context.place, context.column.type)
        months, days, seconds = self._distances(moments, rows, key)
        wanted = moments.seconds + days * DAY + seconds
        if self.most[0]:
            start = moments.seconds // DAY
            wanted += (add_months(start, months) - start) * DAY
        low, high = moments.between(self.not_before, self.not_after)
        if (wanted != moments.seconds).all() and (low <= wanted).all() and (wanted <= high).all():
            return moments.written(wanted)
        grain = 1 if self.most[2] else DAY
        if not self.most[2]:  # days only: the bounds move inwards to the value's time of day
            early, late = low + (moments.seconds - low) % DAY, high - (high - moments.seconds) % DAY
            low, high = np.where(early > late, low, early), np.where(early > late, high, late)
        step = np.where(wanted < moments.seconds, -grain, grain)
        return moments.written(beside(moments.seconds, wanted, step, low, high))

    def _distances(self, moments: Moments, rows: pl.Series, key: Sealed) -> tuple[Seconds, Seconds, Seconds]:
        used = [number for number, most in enumerate(self.most) if most]
        drawn = words(key, pl.Series(moments.seconds), used[-1] + 1, rows=rows)
        alone = len(used) == 1  # then zero is left out, which the others make rare
        none = np.zeros(len(rows), np.int64)
        months, days, seconds = (
            _symmetric(bounded(drawn[:, number], 2 * most + (not alone)), most, alone) if most else none
            for number, most in enumerate(self.most)
        )
        return months, days, seconds


def _symmetric(drawn: Seconds, most: int, alone: bool) -> Seconds:
    """Numbers from zero on as -most to most, zero left out when ``alone``."""
    return drawn - most + (drawn >= most) if alone else drawn - most


def _read(text: str) -> Within:
    matched = _TEXT.fullmatch(text.strip().lower())
    if matched is None:
        raise ValueError("a whole number of years, months, weeks, days, hours, minutes or seconds, such as 30 days")
    return Within.model_validate({f"{matched[2]}s": int(matched[1])})
