"""Dates of birth."""

from __future__ import annotations

from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["DateOfBirth"]


class DateOfBirth(Detector):
    """A date in a column named for births. A date alone is never personal."""

    title: ClassVar[str] = "Date of birth"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("HIPAA: dates directly related to an individual", "GDPR art. 4(1): personal characteristic")
    patterns = (
        r"[0-9]{4}[\-/.][0-9]{1,2}[\-/.][0-9]{1,2}(?:[ T][0-9:.]+)?",
        r"[0-9]{1,2}[\-/.][0-9]{1,2}[\-/.](?:[0-9]{2}){1,2}",
    )
    chance = 1.0
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
    examples = ("1962-02-18", "18.02.1962", "2/18/62", "1962-02-18 00:00:00")
    counterexamples = ("1962", "18:30", "soon")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"date_shift": {"within": "365 days"}},
        {"noise": {"amount": 3}},
        {"token": {}},
        "null",
    )
