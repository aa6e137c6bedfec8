"""Time zones over whole columns: offsets from UTC in any year, and the instants at which a clock reads a time."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from anon_assets.moments.calendar import DAY, Seconds, civil, day_number

__all__ = ["first_reading", "known_zone", "utc_offset"]

_YEAR_1 = -719_162 * DAY
_UTC = ("UTC", "Etc/UTC", "Z")
_FIXED = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})")
_AFTER_CYCLE = 4_102_444_800  # 2100-01-01
_CYCLE_YEARS = (2072, 2100)  # each kind of year is among these 28, and polars knows the rules of zones up to here


def known_zone(zone: str) -> bool:
    """Whether this is the name of a time zone in the IANA database, or a fixed offset such as ``+05:30``.

    >>> known_zone("Europe/Berlin"), known_zone("Berlin")
    (True, False)
    """
    if fixed := _FIXED.fullmatch(zone):
        return int(fixed[2]) < 24 and int(fixed[3]) < 60
    try:
        pl.Series([0]).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone)
    except pl.exceptions.PolarsError:
        return False
    return True


def utc_offset(instants: Seconds, zone: str) -> Seconds:
    """Seconds by which a zone's clock is ahead of UTC at these instants, whatever their year.

    Args:
        instants: seconds since 1970 in UTC.
        zone: IANA name, or a fixed offset as Arrow writes it (``+05:30``).

    From 2100 on, a year is taken for one of 2072 to 2099 with the same weekdays, as the last rule of a zone goes on
    (for Morocco, which has a table to 2087 and then none, that of the table).
    """
    if zone in _UTC:
        return np.zeros_like(instants)
    if fixed := _FIXED.fullmatch(zone):
        return np.full_like(instants, int(fixed[1] + "1") * (int(fixed[2]) * 3600 + int(fixed[3]) * 60))
    late = instants >= _AFTER_CYCLE
    if late.any():
        instants = instants.copy()
        instants[late] = _stand_in(instants[late])
    instants = np.maximum(instants, _YEAR_1)
    utc = pl.Series(instants * 10**6).cast(pl.Datetime("us", "UTC"))
    local = utc.dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return np.asarray(local.to_physical().to_numpy() // 10**6 - instants)


def _stand_in(instants: Seconds) -> Seconds:
    """The same moment of a year among those of the cycle that begins on the same weekday and is as long."""
    year, month, day = civil(instants // DAY)
    years = np.arange(*_CYCLE_YEARS)
    starts, ends = (day_number(each, np.ones_like(each), np.ones_like(each)) for each in (years, years + 1))
    by_kind = np.zeros((7, 2), np.int64)
    by_kind[starts % 7, ends - starts - 365] = years
    one = np.ones_like(year)
    start, end = day_number(year, one, one), day_number(year + 1, one, one)
    return np.asarray(day_number(by_kind[start % 7, end - start - 365], month, day) * DAY + instants % DAY)


def first_reading(clock: Seconds, zone: str, not_after: Seconds | None = None) -> Seconds:
    """The instant at which a zone's clock first reads ``clock``; where it skips that, the first instant after the gap.

    Args:
        clock: seconds since 1970 by the zone's clock.
        zone: IANA name.
        not_after: instants: of two readings (clocks put back), take the later where it is not after this.

    Returns: seconds since 1970 in UTC.
    """
    before, after = utc_offset(clock - DAY, zone), utc_offset(clock + DAY, zone)
    early, late = np.minimum(clock - before, clock - after), np.maximum(clock - before, clock - after)
    reads_early, reads_late = (each + utc_offset(each, zone) == clock for each in (early, late))
    later = reads_late & (late <= not_after) if not_after is not None else np.zeros(len(clock), np.bool_)
    found = np.where(reads_early & ~later, early, late)
    skipped = ~reads_early & ~reads_late
    if skipped.any():  # the clock jumps between `low` and `high`: halve until one second is left
        low, high, new = clock[skipped] - 2 * DAY, clock[skipped] + 2 * DAY, after[skipped]
        while (high - low > 1).any():
            middle = (low + high) // 2
            jumped = utc_offset(middle, zone) == new
            low, high = np.where(jumped, low, middle), np.where(jumped, middle, high)
        found[skipped] = high
    return np.asarray(found)
