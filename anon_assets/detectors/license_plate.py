"""Number plates of vehicles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words

__all__ = ["LicensePlate"]

_GAP = r"[ \-]?"
_GERMAN = r"[A-ZÄÖÜ]{1,3}[ \-][A-Z]{1,2}[ \-]?[0-9]{1,4}[EH]?"
_FRENCH = r"[A-Z]{2}[ \-][0-9]{3}[ \-][A-Z]{2}"
_SPANISH = rf"[0-9]{{4}}{_GAP}[A-Z]{{3}}"
_BRITISH = r"[A-Z]{2}[0-9]{2} ?[A-Z]{3}"
_DUTCH = (
    "[A-Z]{2}-[0-9]{2}-[A-Z]{2}|[0-9]{2}-[A-Z]{2}-[A-Z]{2}|[0-9]{2}-[A-Z]{3}-[0-9]|[0-9]-[A-Z]{3}-[0-9]{2}|"
    "[A-Z]{2}-[0-9]{3}-[A-Z]|[A-Z]-[0-9]{3}-[A-Z]{2}|[A-Z]{3}-[0-9]{2}-[A-Z]"
)
# Shapes with the letters in use there. Letters that are mistaken for digits or form words are left out everywhere.
_RULES = tuple(
    (re.compile(shape), re.compile(rule))
    for shape, rule in (
        (_FRENCH, "(?!SS|WW)[A-HJ-NP-TV-Z]{2}.[0-9]{3}.(?!SS)[A-HJ-NP-TV-Z]{2}"),
        (_SPANISH, "[0-9]{4}[ -]?[BCDFGHJ-NPR-TV-Z]{3}"),
        (_BRITISH, "[A-HJ-PR-Y]{2}(?:0[2-9]|[12][0-9]|5[1-9]|[67][0-9]) ?[A-HJ-PR-Z]{3}"),
        (_DUTCH, "[BDFGHJ-LN-PR-TV-XZ0-9-]*"),
    )
)


class LicensePlate(Detector):
    """A plate of Germany, France, Spain, Britain or the Netherlands by its letters, others by the column's name.

    Letters and digits in groups are what order numbers and articles are made of. Plates leave out letters: of random
    texts in their shapes 61 % have only letters in use in France, less elsewhere. German plates begin with one of 400
    districts, as 77 % of single letters are. So nearly all of a column must pass.
    """

    title: ClassVar[str] = "Number plate of a vehicle"
    taxonomy = ("HIPAA: vehicle identifiers and serial numbers", "GDPR art. 4(1): identifier")
    identifying = True
    patterns = (_GERMAN, _FRENCH, _SPANISH, _BRITISH, _DUTCH)
    needs = "[0-9A-Z]"
    chance = 0.77
    in_text = True
    named_patterns = (
        _GERMAN,
        _DUTCH,
        r"[A-Z]{1,3}[ \-][0-9]{1,4}(?:[ \-]?[A-Z]{1,3})?",
        r"[0-9]{1,4}[ \-][A-Z]{1,3}(?:[ \-][0-9]{1,4})?",
        r"[A-Z]{1,2}[0-9]{1,2} [A-Z]{3}",
        r"[A-Z]{2,3} [0-9][A-Z0-9]{3,4}",
        r"[A-Z]{1,3}[0-9]{1,4}[A-Z]{0,3}",
        r"[0-9]{1,4}[A-Z]{1,3}[0-9]{0,4}",
        r"[A-Z]{3}[0-9][A-Z][0-9]{2}",
    )
    tokens: ClassVar[Words] = {
        "en": ("license plate", "licence plate", "number plate", "plate number", "plate no", "registration plate",
               "vehicle registration", "vehicle registration number", "vrm", "car plate", "vehicle plate"),
        "de": ("kfz kennzeichen", "autokennzeichen", "nummernschild", "fahrzeugkennzeichen", "amtliches kennzeichen"),
        "fr": ("plaque d'immatriculation", "immatriculation", "plaque immatriculation", "numéro d'immatriculation"),
        "es": ("matrícula del vehículo", "número de matrícula", "matrícula vehículo", "placa vehículo",
               "matrícula coche", "patente vehículo"),
        "it": ("targa", "numero di targa", "targa veicolo"),
        "pt": ("matrícula do veículo", "placa do veículo", "placa veículo", "matrícula veículo", "placa carro"),
        "nl": ("kenteken", "nummerplaat", "kentekennummer"),
        "pl": ("tablica rejestracyjna", "numer rejestracyjny", "nr rejestracyjny", "rejestracja pojazdu"),
    }  # fmt: skip
    weak: ClassVar[Words] = {
        "en": ("plate",),
        "de": ("kennzeichen",),
        "fr": ("plaque",),
        "es": ("matrícula", "placa"),
        "it": ("targhe",),
        "pt": ("matrícula", "placa"),
        "nl": ("plaat",),
        "pl": ("tablica",),
    }
    beside = frozenset({"driver_license", "vin"})
    negative = frozenset({"commerce", "country", "entreprise", "fee", "image", "photo", "region", "rcs", "state"})
    names_suffice = True
    examples = ("B-MW 1234", "AB-123-CD", "1234 BCD", "AB12 CDE", "HH-AB-123", "16-RSL-9")
    counterexamples = ("AI-123-OU", "1234 ABE", "AB99 CDE", "QQX-MW 1234", "ABC-1234", "12-ABE-9", "SKU-12345")
    proposes: ClassVar[tuple[Any, ...]] = ({"fpe": {"as": "auto", "else": "token"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Only letters in use; a German district."""
        return [_valid(value) for value in values]


@cache
def _districts() -> frozenset[str]:
    from faker.providers.automotive.de_DE import Provider

    return frozenset(Provider.license_plate_prefix)


def _valid(value: str) -> bool:
    ruled = [rule.fullmatch(value) is not None for shape, rule in _RULES if shape.fullmatch(value)]
    if re.fullmatch(_GERMAN, value):
        ruled.append(re.split("[ -]", value)[0] in _districts())
    return any(ruled) or (not ruled and any(map(str.isdigit, value)))
