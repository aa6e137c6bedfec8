"""The proleptic Gregorian calendar over whole columns: days since 1970 and back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["DAY", "Seconds", "add_months", "civil", "day_number"]

Seconds = npt.NDArray[np.int64]
"""Seconds or days since 1970, one per row."""

DAY = 86_400


def day_number(year: Seconds, month: Seconds, day: Seconds) -> Seconds:
    """Days since 1970-01-01 of a date in the proleptic Gregorian calendar; year 0 is 1 BC.

    A month of 1 to 12; a day beyond its month counts on into the next.

    Source: E. G. Richards, Mapping Time (1998), chapter 25; years begin in March, so that leap days come last.

    >>> day_number(np.array([1970, 2000]), np.array([1, 3]), np.array([1, 1])).tolist()
    [0, 11017]
    """
    early = month <= 2
    year = year - early
    cycle = year // 400
    of_cycle = year - cycle * 400
    of_year = (153 * (month + np.where(early, 9, -3)) + 2) // 5 + day - 1
    return np.asarray(cycle * 146_097 + of_cycle * 365 + of_cycle // 4 - of_cycle // 100 + of_year - 719_468)


def civil(days: Seconds) -> tuple[Seconds, Seconds, Seconds]:
    """Year, month and day of days since 1970-01-01: the inverse of ``day_number``.

    >>> [part.tolist() for part in civil(np.array([0, 11016, -719528]))]
    [[1970, 2000, 0], [1, 2, 1], [1, 29, 1]]
    """
    shifted = days + 719_468
    cycle = shifted // 146_097
    of_cycle = shifted - cycle * 146_097
    years = (of_cycle - of_cycle // 1_460 + of_cycle // 36_524 - of_cycle // 146_096) // 365
    of_year = of_cycle - (365 * years + years // 4 - years // 100)
    count = (5 * of_year + 2) // 153
    month = count + np.where(count < 10, 3, -9)
    return years + cycle * 400 + (month <= 2), month, of_year - (153 * count + 2) // 5 + 1


def add_months(days: Seconds, months: Seconds) -> Seconds:
    """Days since 1970 of the same day so many months later, or the last day of that month where it is shorter.

    >>> add_months(day_number(np.array([2024]), np.array([1]), np.array([31])), np.array([1])).tolist()
    [19782]
    """
    year, month, day = civil(days)
    count = year * 12 + month - 1 + months
    one = np.ones_like(days)
    first = day_number(count // 12, count % 12 + 1, one)
    length = day_number((count + 1) // 12, (count + 1) % 12 + 1, one) - first
    return np.asarray(first + np.minimum(day, length) - 1)
