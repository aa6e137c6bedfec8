"""Numbers of driving licences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["DriverLicense"]

_BRITISH = re.compile(r"(?:[A-Z]{5}|[A-Z]{4}9|[A-Z]{3}99|[A-Z]{2}999|[A-Z]9999)[0-9]([0156][0-9])([0-3][0-9])[0-9]"
                      r"(?:[A-Z]{2}|[A-Z]9|99)[A-HJ-NP-Z0-9][A-Z]{2}")  # fmt: skip
_SIXTEEN = r"[A-Z][A-Z9]{4}[0-9]{6}[A-Z9]{2}[A-Z0-9]{3}"
_BRITISH_GAPS = r"[A-Z][A-Z9]{4} [0-9]{6} [A-Z9]{2}[A-Z0-9] ?[A-Z0-9]{2}"
_SOUNDEX = r"[A-Z][0-9]{3}-[0-9]{3}-[0-9]{2}-[0-9]{3}-[0-9]|[A-Z][0-9]{3}-[0-9]{4}-[0-9]{4}(?:-[0-9]{2})?"


class DriverLicense(Detector):
    """A British number, one of the American states that code the name, or what a word for licences speaks of.

    British numbers (DVLA) hold the surname, the date of birth and the initials: of random texts with letters and
    digits at these places three in a hundred have a date. Florida, Illinois and Wisconsin write a letter and groups
    of digits that nothing else has. All others are too plain to tell from numbers of other things.
    """

    title: ClassVar[str] = "Driving licence number"
    taxonomy = ("HIPAA: certificate and license numbers", "GDPR art. 4(1): identifier")
    identifying = True
    patterns = (_SIXTEEN, _BRITISH_GAPS, _SOUNDEX)
    needs = "[0-9]{2}"
    chance = 0.1
    in_text = True
    text_patterns = (_SIXTEEN, _BRITISH_GAPS, _SOUNDEX)
    named_patterns = (
        r"[A-Z]{0,3}[0-9]{5,14}[A-Z]{0,2}",
        r"[A-Z]?[0-9]{2,5}(?:[ \-][0-9]{2,6}){1,4}",
        r"[A-Z]{1,2}[0-9]{2}[ \-]?[0-9]{11}",
        r"[A-Z][0-9]{2}[A-Z0-9]{6,9}",
        r"[0-9]{5}/[0-9]{2}/[0-9]{4}",
    )
    tokens: ClassVar[Words] = {
        "en": ("driver license", "drivers license", "driver's license", "driving licence", "driving license",
               "driver licence", "drivers licence", "driver's licence", "driver license number", "dl number", "dl no",
               "driver lic", "drivers lic", "dln"),
        "de": ("führerschein", "führerscheinnummer", "führerscheinnr", "führerschein nr"),
        "fr": ("permis de conduire", "numéro de permis", "numéro permis", "permis conduire"),
        "es": ("permiso de conducir", "licencia de conducir", "carnet de conducir", "licencia de manejo"),
        "it": ("patente", "numero patente", "patente di guida"),
        "pt": ("carta de condução", "cnh", "carteira de motorista", "carteira nacional de habilitação"),
        "nl": ("rijbewijs", "rijbewijsnummer"),
        "pl": ("prawo jazdy", "numer prawa jazdy", "nr prawa jazdy"),
    }  # fmt: skip
    weak: ClassVar[Words] = {
        "en": ("license number", "licence number", "license no", "licence no"),
        "de": ("lizenznummer",),
        "fr": ("permis",),
        "es": ("licencia",),
        "it": ("licenza",),
        "pt": ("licença",),
        "nl": ("licentienummer",),
        "pl": ("numer licencji",),
    }
    negative = frozenset({
        "business", "category", "class", "country", "expiration", "expires", "expiry", "image", "issued", "issuer",
        "photo", "plate", "points", "product", "scan", "software", "state", "suspended", "url",
    })  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("MORGA657054SM9IJ", "MORGA 657054 SM9IJ", "F255-921-50-094-0", "J525-4209-0465-05")
    counterexamples = ("MORGA677054SM9IJ", "MORGA657554SM9IJ", "A1234567", "MORGA657054SM9I", "ABCDEFGHIJKLMNOP")
    proposes: ClassVar[tuple[Any, ...]] = ({"fpe": {"as": "auto", "else": "token"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Names, initials and date of birth of a British number."""
        return [_valid(value) for value in values]


def _valid(value: str) -> bool:
    plain = value.replace(" ", "")
    if not re.fullmatch(_SIXTEEN, plain):
        return True
    parts = _BRITISH.fullmatch(plain)
    return parts is not None and 1 <= int(parts[1]) % 50 <= 12 and 1 <= int(parts[2]) <= 31
