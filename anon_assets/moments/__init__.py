"""Dates and times of any carrier as whole seconds, and back: Arrow types and the text that databases write.

Seconds are counted from 1970-01-01 00:00 in the proleptic Gregorian calendar, by the clock as it is written: of an Arrow
timestamp with a zone that is UTC, of text with a zone the clock of that zone. Fractions of a second are kept aside.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import plain, to_arrow, to_polars
from anon_assets.errors import TransformError
from anon_assets.moments.calendar import DAY, Seconds, add_months, civil, day_number
from anon_assets.moments.zones import first_reading, known_zone, utc_offset

__all__ = [
    "DAY",
    "YEAR_1",
    "YEAR_10000",
    "Moments",
    "Seconds",
    "add_months",
    "beside",
    "civil",
    "day_number",
    "first_reading",
    "known_zone",
    "microseconds",
    "utc_offset",
]

YEAR_1, YEAR_10000 = -719_162, 2_932_897  # days since 1970 of the first day of each
_JULIAN_0 = -2_440_588  # 4714-11-24 BC: where PostgreSQL's calendar begins
_LAST_DATE = 2_145_042_905  # 5874897-12-31, the last of its dates
_LAST_MOMENT = 106_751_991  # 294247-01-10, where Arrow's microseconds end
_LAST_TEXT = 106_762_939  # 294276-12-31, the last of PostgreSQL's timestamps
_NANOSECOND_DAYS = 106_751  # so many whole days of nanoseconds are on either side of 1970
_LAST_NANOSECOND = 2**63 - 1  # since 1970, in April 2262; as many before is the first, for -2**63 stands for nothing
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_INFINITE = ("infinity", "-infinity")
_FORM = (  # year, month, day, hour, minute, second, fraction, zone, era
    r"^([0-9]{4,7})-([0-9]{2})-([0-9]{2})"
    r"(?:[ T]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?(Z|[+-][0-9]{2}(?::?[0-9]{2}){0,2})?)?( BC)?$"
)


@dataclass(frozen=True, slots=True)
class Moments:
    """A column of dates or times, read.

    Args:
        column: as it came.
        seconds: by the written clock; 0 where ``still``.
        still: null or infinite: a transform leaves these as they are.
        ahead: seconds by which the written clock is ahead of UTC; 0 without a zone.
        zoned: the value has a zone, written or by its Arrow type.
        read: of text: fraction, zone and whether there is a clock, each as written.
        narrow: the column is of nanoseconds, or goes back into a type of them: both end in 1677 and 2262.

    >>> moments = Moments.of(pa.array(["0044-03-15 BC", "2024-02-29 12:00:00.5+02", "infinity"]), "s.t.c")
    >>> moments.written(moments.seconds + DAY).to_pylist()
    ['0044-03-16 BC', '2024-03-01 12:00:00.5+02', 'infinity']
    """

    column: pa.Array
    seconds: Seconds
    still: npt.NDArray[np.bool_]
    ahead: Seconds
    zoned: npt.NDArray[np.bool_]
    read: pl.DataFrame | None = None
    narrow: bool = False

    @classmethod
    def of(cls, column: pa.Array, place: str, declared: str = "") -> Moments:
        """Read a column of date, timestamp or text type.

        Args:
            column: text is ``YYYY-MM-DD``, a clock ``HH:MM:SS`` or none, a fraction, a zone (``Z``, ``+02``, ``+05:30``)
                and `` BC``, as PostgreSQL writes in the style ISO; or ``infinity``, ``-infinity``.
            place: ``schema.table.column``, for errors.
            declared: the type that results must fit, where it may be narrower than that of ``column``.

        Raises: TransformError for text of another form and for days outside 4714-11-24 BC to what the type holds, with
            their count.
        """
        column = plain(column)
        kind = column.type
        if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
            missing = pc.is_null(column).to_numpy(zero_copy_only=False)
            numbers = _numbers(column)
            seconds = numbers * DAY if pa.types.is_date32(kind) else numbers // _units(kind)
            zoned = np.full(len(column), pa.types.is_timestamp(kind) and kind.tz is not None)
            narrow = "timestamp[ns" in f"{kind} {declared}"
            moments = cls(column, seconds, missing, np.zeros(len(column), np.int64), zoned, narrow=narrow)
        else:
            moments = _texts(cls, column, place)
        low, high = moments.limits
        if not moments.lie_between(low, high):
            odd = int(((moments.seconds < low) | (moments.seconds > high)).sum())
            what = f"{odd} of {len(column)} values are dates outside the calendar"
            raise TransformError(place, what, "set them null in the source, or use null or constant")
        return moments

    def lie_between(self, low: int, high: int) -> bool:
        """No value is before the one or after the other second."""
        return not len(self.seconds) or bool(low <= self.seconds.min() and self.seconds.max() <= high)

    @property
    def limits(self) -> tuple[int, int]:
        """First and last second that the type holds."""
        kind = self.column.type
        if pa.types.is_date(kind):
            return _JULIAN_0 * DAY, (_LAST_DATE + 1) * DAY - 1
        if self.read is not None:
            return _JULIAN_0 * DAY, (_LAST_TEXT + 1) * DAY - 1
        if self.narrow:
            return -_LAST_NANOSECOND // 10**9, _LAST_NANOSECOND // 10**9
        return _JULIAN_0 * DAY, _LAST_MOMENT * DAY - 1

    @property
    def era(self) -> tuple[Seconds, Seconds]:
        """First and last second of the era of each value: BC, years 1 to 9999, later; or the whole days that the type holds.

        Nanoseconds have a few hours beside these days: values there have the same era.
        """
        low, high = (-_NANOSECOND_DAYS * DAY, _NANOSECOND_DAYS * DAY - 1) if self.narrow else self.limits
        common = max(low, YEAR_1 * DAY), min(YEAR_10000 * DAY - 1, high)
        if self.narrow or self.lie_between(*common):
            first, last = (np.broadcast_to(np.int64(end), self.seconds.shape) for end in common)
            return first, last
        starts = np.array([low, max(low, YEAR_1 * DAY), min(YEAR_10000 * DAY, high + 1), high + 1])
        at = np.clip(np.searchsorted(starts, self.seconds, side="right") - 1, 0, 2)
        return starts[at], starts[at + 1] - 1

    def between(self, first: dt.date | None, last: dt.date | None) -> tuple[Seconds, Seconds]:
        """Least and greatest second for each value: from the bounds, and within its era where there is none.

        Args:
            first: a date counts from its midnight; a time without a zone is UTC where the column has a zone.
            last: a date counts to its end.
        """
        low, high = self.era
        if first is not None:
            low = np.maximum(self.limits[0], -(-microseconds(first) // 10**6) + self.ahead)
        if last is not None:
            whole = isinstance(last, dt.datetime) and last.microsecond == 0
            end = (
                microseconds(last) // 10**6 if isinstance(last, dt.datetime) else microseconds(last) // 10**6 + DAY - 1
            )
            high = np.minimum(self.limits[1], end - self._fractional * whole + self.ahead)
        if first is None or last is None:  # a bound in another era: it counts, the era's end does not
            low, high = (
                np.where(low > high, self.limits[0], low) if first is None else low,
                np.where(low > high, self.limits[1], high) if last is None else high,
            )
        return low, high

    @property
    def _fractional(self) -> Seconds:
        """1 for a value with a fraction of a second, else 0."""
        if self.read is not None:
            return (self.read["fraction"] != "").to_numpy().astype(np.int64)
        if not pa.types.is_timestamp(self.column.type):
            return np.zeros(len(self.seconds), np.int64)
        return np.asarray(_numbers(self.column) % _units(self.column.type) != 0, np.int64)

    def written(self, seconds: Seconds, *, fractions: bool = True) -> pa.Array:
        """These seconds in the form of the column: same type, same fraction, same zone. What is still stays.

        Args:
            seconds: by the written clock.
            fractions: False leaves fractions of a second out.

        Text without a clock gets one only where the seconds are not of a whole day. Of the first and last second of
        nanoseconds there is a part: what lies beside it becomes its end.
        """
        kind = self.column.type
        if self.read is not None:
            read = self.read.with_columns(
                to_polars(self.column, "text").cast(pl.String), pl.Series("still", self.still)
            )
            return to_arrow(_spelled(read, seconds, fractions), kind)
        mask = pc.is_null(self.column).to_numpy(zero_copy_only=False) if self.column.null_count else None
        if pa.types.is_date32(kind):
            return pa.array((seconds // DAY).astype(np.int32), mask=mask).view(kind)
        moved, kept = (seconds - self.seconds, _numbers(self.column)) if fractions else (seconds, 0)
        numbers = moved * _units(kind) + kept
        if self.narrow and len(seconds) and (seconds.min() <= self.limits[0] or seconds.max() >= self.limits[1]):
            last = _LAST_NANOSECOND // (10**9 // _units(kind))
            over = (numbers < 0) != (seconds < 0)  # it wrapped around
            numbers = np.where(over, np.where(seconds < 0, -last, last), np.clip(numbers, -last, last))
        return pa.array(numbers, mask=mask).view(kind)


def microseconds(bound: dt.date) -> int:
    """Microseconds since 1970 of a date's midnight or of a time, in UTC where it has a zone."""
    if not isinstance(bound, dt.datetime):
        bound = dt.datetime.combine(bound, dt.time())
    since = bound.replace(tzinfo=None) - dt.datetime(1970, 1, 1) - (bound.utcoffset() or dt.timedelta())  # noqa: DTZ001
    return since // dt.timedelta(microseconds=1)


def beside(values: Seconds, wanted: Seconds, step: Seconds, low: Seconds | int, high: Seconds | int) -> Seconds:
    """``wanted`` between ``low`` and ``high``; where that is the value itself, one ``step`` from it or one back.

    >>> one = np.array([5, 5, 5])
    >>> beside(one, np.array([9, 5, 7]), one // 5, 0 * one, np.array([6, 8, 5])).tolist()
    [6, 6, 4]
    """
    moved = np.clip(wanted, low, high)
    for side in (1, -1):
        held = np.flatnonzero(moved == values)
        if not len(held):
            break
        least, most = (end[held] if isinstance(end, np.ndarray) else end for end in (low, high))
        moved[held] = np.clip(values[held] + side * step[held], least, most)
    return moved


def _numbers(column: pa.Array) -> npt.NDArray[np.int64]:
    """Dates or times as they are counted, 0 for nulls."""
    counted = column.view(pa.int32() if pa.types.is_date32(column.type) else pa.int64())
    numbers: npt.NDArray[np.signedinteger] = (pc.fill_null(counted, 0) if column.null_count else counted).to_numpy()
    return numbers.astype(np.int64, copy=False)


def _units(kind: pa.DataType) -> int:
    return _PER_SECOND["ms" if pa.types.is_date64(kind) else kind.unit]


def _texts(cls: type[Moments], column: pa.Array, place: str) -> Moments:
    text = to_polars(column).cast(pl.String)
    frame = pl.DataFrame({"v": text})
    part = pl.col("v").str.extract_groups(_FORM)
    names = ["year", "month", "day", "hour", "minute", "second", "fraction", "zone", "era"]
    read = frame.select(
        pl.col("v").str.to_lowercase().is_in(_INFINITE).fill_null(value=False).alias("infinite"),
        pl.col("v").is_null().alias("missing"),
        *(part.struct.field(str(number + 1)).alias(name) for number, name in enumerate(names)),
    )
    hms = [read[name].cast(pl.Int64).fill_null(0).to_numpy() for name in ("hour", "minute", "second")]
    year, month, day = (read[name].cast(pl.Int64).fill_null(1).to_numpy() for name in names[:3])
    year = np.where(read["era"].is_not_null().to_numpy(), 1 - year, year)
    days = day_number(year, month, day)
    sound = np.all([part == again for part, again in zip((year, month, day), civil(days), strict=True)], axis=0)
    sound &= (hms[0] < 24) & (hms[1] < 60) & (hms[2] < 60)
    sound &= read["year"].is_not_null().to_numpy() & (read["year"].cast(pl.Int64).fill_null(1).to_numpy() > 0)
    still = (read["infinite"] | read["missing"]).to_numpy()
    if odd := int((~sound & ~still).sum()):
        what = f"{odd} of {len(column)} values are not written as dates"
        raise TransformError(place, what, "set them null in the source, or use null or constant")
    seconds = np.where(still, 0, days * DAY + hms[0] * 3600 + hms[1] * 60 + hms[2])
    zones = read["zone"].fill_null("")
    digits = zones.str.replace_all("[^0-9]", "").str.pad_end(6, "0")
    parts = [digits.str.slice(at, 2).cast(pl.Int64).to_numpy() for at in (0, 2, 4)]
    ahead = (parts[0] * 3600 + parts[1] * 60 + parts[2]) * np.where(zones.str.starts_with("-").to_numpy(), -1, 1)
    kept = read.select(
        pl.col("fraction").fill_null(""), pl.col("zone").fill_null(""), pl.col("hour").is_not_null().alias("clock")
    )
    return cls(column, seconds, still, ahead, (zones != "").to_numpy(), kept)


def _spelled(read: pl.DataFrame, seconds: Seconds, fractions: bool) -> pl.Series:
    """Seconds in the text form of PostgreSQL's style ISO; the text itself where it is still."""
    year, month, day = civil(seconds // DAY)
    clock = seconds % DAY
    frame = read.with_columns(
        pl.Series("bc", year < 1), pl.Series("year", np.where(year < 1, 1 - year, year)), pl.Series("month", month),
        pl.Series("day", day), pl.Series("of_day", clock), pl.Series("h", clock // 3600),
        pl.Series("m", clock // 60 % 60), pl.Series("s", clock % 60),
    )  # fmt: skip

    def padded(name: str, width: int = 2) -> pl.Expr:
        return pl.col(name).cast(pl.String).str.zfill(width)

    date = pl.format("{}-{}-{}", padded("year", 4), padded("month"), padded("day"))
    time = pl.format(" {}:{}:{}{}{}", padded("h"), padded("m"), padded("s"),
                     pl.col("fraction") if fractions else pl.lit(""), pl.col("zone"))  # fmt: skip
    time = pl.when(~pl.col("clock") & (pl.col("of_day") == 0)).then(pl.lit("")).otherwise(time)
    era = pl.when("bc").then(pl.lit(" BC")).otherwise(pl.lit(""))
    return frame.select(pl.when("still").then("text").otherwise(date + time + era).alias("v")).to_series()
