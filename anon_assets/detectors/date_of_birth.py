"""Dates of birth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["DateOfBirth"]

_ISO = re.compile(r"([0-9]{4})[\-/.]([0-9]{1,2})[\-/.]([0-9]{1,2})(?:[ T]([0-9:.]+))?")
_OTHER = re.compile(r"([0-9]{1,2})[\-/.]([0-9]{1,2})[\-/.]([0-9]{4})")
_FEW = 20  # distinct dates below which nothing can be said of how they spread
_OLDEST = 116  # years
_GROWN = 15  # years that nearly all persons in records have behind them
_YOUNG = 0.02  # share of dates that may be later nevertheless
_RANGE = 22  # years between the tenth and the ninetieth percentile, at least
_FIRST = 0.12  # share of first days of a month, at most: one in thirty births, most contracts
_WEEKEND = (0.15, 0.45)  # share of Saturdays and Sundays: two sevenths of births, hardly a business transaction
_LIFE = 95  # years: a spread up to today must reach back so far to be of whole lives


class DateOfBirth(Detector):
    """A date in a column named for births, or dates that spread as births do: decades wide, adults only, on all days alike.

    A date alone is never personal. Orders and contracts are younger, keep to working days and first days of a month; works
    reach up to today. Dates that any of that could be said of are not taken for births. Of columns of
    days drawn evenly between two years at least 28 apart (1930 to 2026), 60 % pass, hence the chance rate: a name that says
    what else the dates are is believed.
    """

    title: ClassVar[str] = "Date of birth"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("HIPAA: dates directly related to an individual", "GDPR art. 4(1): personal characteristic")
    patterns = (
        r"[0-9]{4}[\-/.][0-9]{1,2}[\-/.][0-9]{1,2}(?:[ T][0-9:.]+)?",
        r"[0-9]{1,2}[\-/.][0-9]{1,2}[\-/.](?:[0-9]{2}){1,2}",
    )
    chance = 0.6
    tokens: ClassVar[Words] = {
        "en": ("date of birth", "birth date", "birthday", "dob", "birth year", "year of birth", "born", "born on",
               "born at"),
        "de": ("geburtsdatum", "geburtstag", "geb datum", "geboren", "geburtsjahr", "geboren am"),
        "fr": ("date de naissance", "date naissance", "naissance", "année de naissance"),
        "es": ("fecha de nacimiento", "fecha nacimiento", "nacimiento"),
        "it": ("data di nascita", "data nascita", "nascita"),
        "pt": ("data de nascimento", "data nascimento", "nascimento"),
        "nl": ("geboortedatum", "geboren", "geboortejaar"),
        "pl": ("data urodzenia", "urodziny", "rok urodzenia"),
    }  # fmt: skip
    negative = frozenset({"city", "country", "lieu", "lugar", "luogo", "name", "pays", "place", "ville", "weight"})
    types: ClassVar[frozenset[LogicalType]] = frozenset({"date", "timestamp", "text", "integer"})
    names_suffice = True
    examples = ("1962-02-18", "18.02.1962")
    counterexamples = ("1962", "18:30", "soon", "2031-01-01")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"date_shift": {"within": "365 days"}},
        {"noise": {"amount": 3}},
        {"token": {}},
        "null",
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Dates within a life's span; of a column of many, only when they spread like births."""
        today = datetime.now(UTC).date()
        dates = [_parsed(value) for value in values]
        fine = [day is not None and today.year - _OLDEST <= day.year and day <= today for day in dates]
        births = len(values) < _FEW or (all(fine) and _like_births([day for day in dates if day], values, today))
        return [each and births and (len(values) >= _FEW or len(values) < _COUNTED) for each in fine]


_COUNTED = 3  # dates from which a column is judged by their spread


def _parsed(value: str) -> date | None:
    if match := _ISO.fullmatch(value):
        year, month, day = (int(part) for part in match.groups()[:3])
    elif match := _OTHER.fullmatch(value):
        day, month, year = (int(part) for part in match.groups())
        if month > 12:
            day, month = month, day
    else:
        parts = [int(part) for part in re.split(r"[\-/.]", value)]
        if len(parts) != 3:
            return None
        day, month, year = parts
        if month > 12:
            day, month = month, day
        year += 1900 if year > datetime.now(UTC).year % 100 else 2000
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _like_births(days: Sequence[date], values: Sequence[str], today: date) -> bool:
    ages = sorted((today - day).days / 365.25 for day in days)
    count = len(ages)
    if any(re.search(r"[1-9]", match[4]) for value in values if (match := _ISO.fullmatch(value)) and match[4]):
        return False
    young = sum(age < _GROWN for age in ages) / count
    wide = ages[int(count * 0.9)] - ages[int(count * 0.1)] >= _RANGE
    whole_lives = ages[-1] >= _LIFE and young <= 0.25
    weekend = sum(day.weekday() >= 5 for day in days) / count
    first = sum(day.day == 1 for day in days) / count
    return wide and (young <= _YOUNG or whole_lives) and _WEEKEND[0] <= weekend <= _WEEKEND[1] and first <= _FIRST
