"""Shift dates and times by a secret offset."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, field_validator

from anon_assets.columns import as_text, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.crypto.prf import bounded, words
from anon_assets.errors import TransformError
from anon_assets.moments import DAY, Moments
from anon_assets.sealed import Sealed

__all__ = ["DateShift"]

_UNITS = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_WITHIN = re.compile(r"([1-9][0-9]{0,8}) ?(minute|hour|day|week)s?")


class DateShift(Transform):
    """Add a secret offset, uniform within plus or minus ``within`` and never zero.

    With ``per``, each subject (each value of that column) has its own offset: intervals within a subject are preserved,
    and agree over all tables where ``per`` names a column of the same linkage domain with the same ``within``. Rows
    without a subject share one offset. Without ``per`` the whole linkage domain has one offset.

    Days and weeks shift by whole days, so the time of day stays; hours and minutes shift by whole seconds. What would
    leave the years 1 to 9999 (a sentinel such as 9999-12-31) continues at the other end; so do, each among themselves,
    the years BC from 4714 and those from 10000. Of nanoseconds, which hold no more, it is the days from 1677-09-22 to
    2262-04-10 that continue so. Columns carried as text keep ``infinity``, ``-infinity``, fractions and
    zones as written. Clocks are shifted as they are written, so a zone's change to summer time changes no result.
    """

    title: ClassVar[str] = "Shift dates by a secret offset"
    good: ClassVar[Example] = Example(
        {"within": "30 days"},
        (dt.date(2024, 2, 27), None, dt.date(2024, 3, 1)),
        (dt.date(2024, 2, 23), None, dt.date(2024, 2, 26)),
        pa.date32(),
        "The three days between the two stay three days.",
    )
    bad: ClassVar[Example] = Example(
        {"within": "1 day"}, (dt.date(2024, 2, 27),), None, pa.date32(), "Two offsets are possible: try both."
    )

    within: str = Field(description="Largest shift: a whole number of minutes, hours, days or weeks, such as `30 days`")
    per: str | None = Field(None, description="Column of the same row that names the subject; one offset per subject")
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    @field_validator("within")
    @classmethod
    def _is_a_duration(cls, value: str) -> str:
        if not _WITHIN.fullmatch(value.strip().lower()):
            raise ValueError("a whole number of minutes, hours, days or weeks, such as 30 days")
        return value.strip().lower()

    @property
    def _steps(self) -> tuple[int, int]:
        """How many steps the largest shift has, and the seconds of one step."""
        matched = _WITHIN.fullmatch(self.within)
        number, unit = int(matched[1]), _UNITS[matched[2]]  # type: ignore[index]  # validated
        step = DAY if unit >= DAY else 1
        return number * unit // step, step

    def effects(self, column: Column) -> Effects:
        """Dates may coincide with other dates of the source."""
        return Effects(
            accepts=frozenset({"date", "timestamp"}),
            scope="row" if self.per else "value",
            injective=self.per is None,
            preserves_length=column.logical == "date",
            max_length=None,
            needs_key=True,
            coincides=True,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """Hours and minutes on a column of whole days; more than a thousand years."""
        count, step = self._steps
        if column.logical == "date" and step < DAY:
            yield "a date moves by whole days; write within in days or weeks"
        if count * step > 366_000 * DAY:
            yield "within is more than a thousand years"

    def needs(self) -> frozenset[str]:
        """The subject's column."""
        return frozenset({self.per} if self.per else ())

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Shifted dates in the column's Arrow type.

        Raises: TransformError for dates before 4714-11-24 BC or beyond what the type holds and text that is no date,
            with their count; for a ``per`` column that is not there.
        """
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        if pa.types.is_null(column.type):
            return column
        offsets = self._offsets(len(column), context)
        moments = Moments.of(column, context.place, context.column.type)
        first, last = moments.era
        start = moments.seconds - first  # a ring: after its last second comes its first
        return moments.written(first + (start + offsets) % (last - first + 1))

    def _offsets(self, rows: int, context: Context) -> npt.NDArray[np.int64]:
        """Seconds to add, per row."""
        if self.per is None:
            return np.full(rows, self._drawn(context.key("date_shift", "one"), pl.Series(["one"]))[0])
        if self.per not in context.sources:
            raise TransformError(context.place, f"the row has no column {self.per}", "name the subject's column in per")
        domain = context.domains.get(self.per, context.domain)
        subjects = pc.dictionary_encode(as_text(context.sources[self.per]))
        nobody = self._drawn(context.key("date_shift", "one", domain=domain), pl.Series(["one"]))
        known = self._drawn(context.key("date_shift", "per", domain=domain), to_polars(subjects.dictionary))
        places = pc.fill_null(subjects.indices, len(known)).to_numpy(zero_copy_only=False)
        return np.asarray(np.concatenate([known, nobody])[places])

    def _drawn(self, key: Sealed, subjects: pl.Series) -> npt.NDArray[np.int64]:
        count, step = self._steps
        drawn = bounded(words(key, subjects)[:, 0], 2 * count) - count
        return np.asarray((drawn + (drawn >= 0)) * step)  # -count to -1 and 1 to count
