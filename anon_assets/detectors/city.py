"""Cities and other places where people live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Tier, Words
from anon_assets.gazetteer import alike

__all__ = ["City"]


class City(Detector):
    """A place name: known, or made like one; the column as a whole decides, for cities are named like people.

    It says something about a person only beside other data of it: a table of cities is a list.
    """

    title: ClassVar[str] = "City"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("HIPAA: geographic subdivisions smaller than a state", "GDPR art. 4(1): location data")
    patterns = (r"\p{L}[\p{L}\p{M} .,'\x{2019}()/\-]*",)
    chance = 0.05
    tokens: ClassVar[Words] = {
        "en": ("birth place", "place of birth", "hometown", "home town", "birth city"),
        "de": ("geburtsort", "wohnort"),
        "fr": ("lieu de naissance", "ville de naissance"),
        "es": ("lugar de nacimiento",),
        "it": ("luogo di nascita", "comune di nascita"),
        "pt": ("local de nascimento", "naturalidade"),
        "nl": ("geboorteplaats", "woonplaats"),
        "pl": ("miejsce urodzenia",),
    }
    weak: ClassVar[Words] = {
        "en": ("city", "town", "locality", "municipality", "place"),
        "de": ("stadt", "ort", "gemeinde"),
        "fr": ("ville", "commune"),
        "es": ("ciudad", "localidad", "município"),
        "it": ("città", "comune"),
        "pt": ("cidade", "localidade", "município"),
        "nl": ("stad", "plaats", "gemeente"),
        "pl": ("miasto", "miejscowość"),
    }
    negative = frozenset({"code", "population"})
    names_suffice = True
    examples = ("Stuttgart", "São José dos Campos", "St. John's", "Den Haag")
    counterexamples = ("12345", "ada@example.com", "Invoice", "")
    proposes: ClassVar[tuple[Any, ...]] = ({"fake": {"as": "city"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The values together are more like names of places than like anything else, and this one is, too."""
        return [bool(each) for each in alike("place", values)]
