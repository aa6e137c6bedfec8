"""Age of a person in years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["Age"]

_YEARS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_OLDEST = 122  # years; the greatest age on record is Jeanne Calment's


class Age(Detector):
    """A number of years between 0 and 122 in a column named for ages. A small number alone says nothing.

    HIPAA's safe harbor asks for ages over 89 to be put into one class (45 CFR 164.514(b)(2)(i)(C)).
    """

    title: ClassVar[str] = "Age"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("HIPAA: ages over 89", "GDPR art. 4(1): personal characteristic")
    patterns = (
        r"[0-9]{1,3}(?:\.[05]0*)?",
        r"[0-9]{1,3} ?(?:years?|yrs?|y\.?o\.?|Jahre|ans|años|anni|anos|jaar|lat)(?: old| alt)?",
    )
    chance = 1.0
    tokens: ClassVar[Words] = {
        "en": ("age", "age years", "age in years", "patient age", "years old"),
        "de": ("alter", "lebensalter"),
        "fr": ("âge",),
        "es": ("edad", "años de edad"),
        "it": ("età",),
        "pt": ("idade",),
        "nl": ("leeftijd",),
        "pl": ("wiek",),
    }
    negative = frozenset({
        "account", "bucket", "building", "cache", "car", "day", "days", "debt", "file", "group", "hours", "house", "invoice",
        "limit", "max", "maximum", "min", "minimum", "minutes", "months", "policy", "price", "record", "seconds", "stock",
        "table", "vehicle", "wine",
    })  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"integer", "decimal", "float", "text"})
    names_suffice = True
    examples = ("0", "42", "97", "35 years", "67 Jahre")
    counterexamples = ("130", "2024", "-4", "new", "")
    proposes: ClassVar[tuple[Any, ...]] = ({"noise": {"amount": 2}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """At most the greatest age on record."""
        return [float(_YEARS.match(value)[0]) <= _OLDEST for value in values]  # type: ignore[index] # the pattern begins so
