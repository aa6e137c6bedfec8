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

from anon_assets.columns import as_text, plain, to_arrow, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.crypto.hmac import bounded, words
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

__all__ = ["DateShift"]

_UNITS = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_WITHIN = re.compile(r"([1-9][0-9]{0,8}) ?(minute|hour|day|week)s?")
_DAY = 86_400
_FIRST, _LAST = -62_135_596_800, 253_402_300_799  # seconds since 1970 of years 1 to 9999, the whole of both
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_FORM = (  # day, time, fraction, zone
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[ T]([0-9]{2}:[0-9]{2}:[0-9]{2}))?(\.[0-9]+)?(Z|[+-][0-9]{2}(?::?[0-9]{2}){0,2})?$"
)


class DateShift(Transform):
    """Add a secret offset, uniform within plus or minus ``within`` and never zero.

    With ``per``, each subject (each value of that column) has its own offset: intervals within a subject are preserved,
    and agree over all tables where ``per`` names a column of the same linkage domain with the same ``within``. Rows
    without a subject share one offset. Without ``per`` the whole linkage domain has one offset.

    Days and weeks shift by whole days, so the time of day stays; hours and minutes shift by whole seconds. What would
    leave the years 1 to 9999 (a sentinel such as 9999-12-31) continues at the other end. Columns carried as text keep
    ``infinity``, ``-infinity``, fractions and zones as written.
    """

    title: ClassVar[str] = "Shift dates by a secret offset"
    good: ClassVar[Example] = Example(
        {"within": "30 days"},
        (dt.date(2024, 2, 27), None, dt.date(2024, 3, 1)),
        (dt.date(2024, 3, 8), None, dt.date(2024, 3, 11)),
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
        step = _DAY if unit >= _DAY else 1
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
        if column.logical == "date" and step < _DAY:
            yield "a date moves by whole days; write within in days or weeks"
        if count * step > 366_000 * _DAY:
            yield "within is more than a thousand years"

    def needs(self) -> frozenset[str]:
        """The subject's column."""
        return frozenset({self.per} if self.per else ())

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Shifted dates in the column's Arrow type.

        Raises: TransformError for dates outside years 1 to 9999 (BC included) and text that is no date, with their
            count; for a ``per`` column that is not there.
        """
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        offsets = self._offsets(len(column), context)
        kind = column.type
        if pa.types.is_null(kind):
            return column
        if pa.types.is_date32(kind):
            moved = _moved(_numbers(column, pa.int32()), offsets // _DAY, _FIRST // _DAY, _LAST // _DAY, context.place)
            return _like(column, moved.astype(np.int32))
        if pa.types.is_date64(kind) or pa.types.is_timestamp(kind):
            unit = _PER_SECOND["ms" if pa.types.is_date64(kind) else kind.unit]
            first, last = _FIRST * unit, (_LAST + 1) * unit - 1
            if unit == _PER_SECOND["ns"]:  # 64 bits hold the years 1678 to 2261
                first, last = -106_751 * _DAY * unit, 106_751 * _DAY * unit - 1
            return _like(column, _moved(_numbers(column, pa.int64()), offsets * unit, first, last, context.place))
        return self._texts(column, offsets, context)

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

    def _texts(self, column: pa.Array, offsets: npt.NDArray[np.int64], context: Context) -> pa.Array:
        frame = pl.DataFrame({"v": to_polars(column), "by": offsets})
        part = pl.col("v").str.extract_groups(_FORM)
        date, time, fraction, zone = (part.struct.field(str(number)) for number in range(1, 5))
        moment = (date + " " + time.fill_null("00:00:00")).str.to_datetime(
            "%Y-%m-%d %H:%M:%S", time_unit="us", strict=False
        )
        infinite = pl.col("v").str.to_lowercase().is_in(["infinity", "-infinity"])
        seconds = frame.select(
            pl.when(infinite).then(0).otherwise(moment.dt.epoch("s")).alias("at"),
            (pl.col("v").is_not_null() & ~infinite & moment.is_null()).alias("odd"),
        )
        if odd := int(seconds["odd"].sum()):
            what = f"{odd} of {len(column)} values are no dates of the years 1 to 9999"
            raise TransformError(context.place, what, "set them null in the source, or use null or constant")
        moved = _moved(to_arrow(seconds["at"]), offsets, _FIRST, _LAST, context.place)
        written = pl.from_epoch(pl.Series("at", moved), "s")
        only_day = time.is_null() & (pl.col("by") % _DAY == 0)
        rest = fraction.fill_null("") + zone.fill_null("")
        clock = pl.when(only_day).then(pl.lit("")).otherwise(written.dt.strftime(" %H:%M:%S"))
        result = frame.select(
            pl.when(infinite | pl.col("v").is_null())
            .then(pl.col("v"))
            .otherwise(written.dt.strftime("%Y-%m-%d") + clock + rest)
            .alias("v")
        )
        return to_arrow(result.to_series(), column.type)


def _numbers(column: pa.Array, kind: pa.DataType) -> pa.Array:
    return plain(column).view(kind)


def _like(column: pa.Array, moved: npt.NDArray[np.integer]) -> pa.Array:
    mask = pc.is_null(column).to_numpy(zero_copy_only=False)
    return pa.array(moved, mask=mask).view(column.type)


def _moved(
    numbers: pa.Array, offsets: npt.NDArray[np.int64], first: int, last: int, place: str
) -> npt.NDArray[np.int64]:
    """``numbers + offsets``, going on at ``first`` after ``last`` and the other way round. Nulls give any number."""
    outside = pc.or_(pc.less(numbers, first), pc.greater(numbers, last))
    if odd := pc.sum(outside).as_py():
        raise TransformError(place, f"{odd} of {len(numbers)} dates are not of the years that can be shifted")
    start = pc.fill_null(numbers, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    room = np.array([last - first + 1], np.uint64).astype(np.int64)  # may wrap round 64 bits, and the sum wraps back
    over = np.where(offsets > 0, start > last - offsets, start < first - offsets)
    return np.asarray(np.where(over, start + offsets - np.sign(offsets) * room, start + offsets))
