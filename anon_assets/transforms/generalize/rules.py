"""Generalization by rule: what a value becomes follows from the value alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.addresses import host_bits, parse, write
from anon_assets.columns import to_arrow, to_polars
from anon_assets.moments import DAY, Moments, Seconds, civil, day_number

__all__ = ["LABEL_LENGTHS", "Period", "band_labels", "lower_bounds", "networks", "period_labels", "periods", "prefixes"]

Period = Literal["year", "quarter", "month", "week", "day"]
LABEL_LENGTHS: dict[Period, int] = {"year": 4, "quarter": 7, "month": 7, "week": 8, "day": 10}
"""Characters of a text label: 2024, 2024-Q1, 2024-03, 2024-W09, 2024-03-05."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MONDAY = 4  # 1970-01-05
_DATE = r"^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}.*)?)?$"
_DIGITS = 18  # 64 bits hold every number of so many digits, and the end of its band


def prefixes(texts: pa.Array, kept: int, fill: str) -> pa.Array:
    """The first ``kept`` characters, and ``fill`` for each of the others."""
    first = pc.utf8_slice_codeunits(texts, 0, kept)
    if not fill:
        return first
    others = pc.max_element_wise(pc.subtract(pc.utf8_length(texts), kept), pa.scalar(0, pa.int32()))
    return pc.binary_join_element_wise(first, pc.binary_repeat(fill, others), "")


def networks(texts: pa.Array, four: int, six: int) -> pa.Array:
    """The network of each IP address: the first ``four`` or ``six`` bits, then zeros; null for what is no address.

    Of an IPv4-mapped IPv6 address ``four`` counts from the mapped one. A ``/length`` stays, but is never longer.
    """
    found = parse(texts)
    mapped = (found.family == 6) & (found.high == 0) & (found.low >> np.uint64(32) == 0xFFFF)
    length = np.where(found.family == 4, four, np.where(mapped, 96 + four, six)).astype(np.int16)
    low, high = host_bits(found.family, length)
    shorter = np.where(found.length < 0, found.length, np.minimum(found.length, length))
    return write(replace(found, low=found.low & ~low, high=found.high & ~high, length=shorter))


def periods(dates: pa.Array, period: Period, place: str) -> pa.Array:
    """The first day of the period that each date lies in, in the column's type; what is infinite stays.

    Raises: TransformError for text that is no date, with the count.
    """
    moments = Moments.of(dates, place)
    first = _first_day(moments.seconds // DAY, period) * DAY
    return moments.written(np.where(moments.still, 0, np.maximum(first, moments.limits[0])), fractions=False)


def period_labels(texts: pa.Array, period: Period) -> pa.Array:
    """The period that each date lies in, as a label; null for text that is no date of the years 1 to 9999.

    Args:
        texts: ``YYYY-MM-DD``, alone or before a time of day.
        period: weeks are those of ISO 8601 and carry its year.
    """
    part = pl.col("v").str.extract_groups(_DATE)
    read = to_polars(texts).to_frame("v").select(
        part.struct.field(str(place)).cast(pl.Int64).fill_null(0).alias(name)
        for place, name in enumerate(("year", "month", "day"), 1)
    )  # fmt: skip
    year, month, day = (read[name].to_numpy() for name in ("year", "month", "day"))
    days = day_number(year, month, day)
    sound = (year > 0) & np.all([a == b for a, b in zip((year, month, day), civil(days), strict=True)], axis=0)
    if period == "week":
        thursday = _first_day(days, "week") + 3  # its year is the week's
        year = civil(thursday)[0]
        new_year = day_number(year, np.ones_like(year), np.ones_like(year))
        week = (thursday - new_year) // 7 + 1
    frame = pl.DataFrame(
        {"y": year, "m": month, "d": day, "q": (month + 2) // 3, "w": week if period == "week" else day}
    )
    shown = {"year": "{}", "quarter": "{}-Q{}", "month": "{}-{}", "week": "{}-W{}", "day": "{}-{}-{}"}[period]
    names = {"year": "y", "quarter": "yq", "month": "ym", "week": "yw", "day": "ymd"}[period]
    widths = {"y": 4, "q": 1}
    parts = [pl.col(name).cast(pl.String).str.zfill(widths.get(name, 2)) for name in names]
    made = frame.select(
        pl.when(pl.Series(sound & (year > 0) & (year < 10_000))).then(pl.format(shown, *parts)).alias("v")
    )
    return to_arrow(made.to_series())


def _first_day(days: Seconds, period: Period) -> Seconds:
    if period == "day":
        return days
    if period == "week":
        return np.asarray(days - (days - _MONDAY) % 7)
    year, month, _ = civil(days)
    step = _MONTHS[period]
    return day_number(year, (month - 1) // step * step + 1, np.ones_like(days))


def lower_bounds(numbers: pa.Array, width: int, least: int) -> pa.Array:
    """The largest multiple of ``width`` that is not above each integer, or the ``least`` that the column holds."""
    kind = numbers.type
    missing = pc.is_null(numbers).to_numpy(zero_copy_only=False)
    wide = pa.uint64() if pa.types.is_uint64(kind) else pa.int64()
    values = pc.fill_null(numbers.cast(wide), 0).to_numpy(zero_copy_only=False)
    first = values.dtype.type(least)
    lower = values - values % values.dtype.type(width)  # below the least of 64 bits it goes on at their end
    return pa.array(np.where((lower > values) | (lower < first), first, lower), mask=missing).cast(kind)


def band_labels(texts: pa.Array, width: int) -> pa.Array:
    """``30-39`` for whole numbers written as text; null for other text and more than 18 digits."""
    read = to_polars(texts).str.extract(f"^([0-9]{{1,{_DIGITS}}})$", 1).cast(pl.Int64)
    lower = read // width * width
    made = pl.DataFrame({"a": lower, "b": lower + (width - 1)}).select(
        pl.when(pl.col("a").is_not_null()).then(pl.format("{}-{}", "a", "b")).alias("v")
    )
    return to_arrow(made.to_series())
