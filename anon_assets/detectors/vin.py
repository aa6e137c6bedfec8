"""Vehicle identification numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words

__all__ = ["Vin"]

_PLACES = "[A-HJ-NPR-Z0-9]"
_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


class Vin(Detector):
    """Seventeen letters and digits without I, O and Q (ISO 3779), with the check digit of North America (49 CFR 565).

    The check digit is required of vehicles made there (first place 1 to 5); one random text in eleven with a digit at
    its place has it.
    Others need not have it: they count where their last four places are digits and those after the maker's hold a
    letter, which one random text in a hundred has, and hardly an order number. Both together: 10 %.
    """

    title: ClassVar[str] = "Vehicle identification number (VIN)"
    taxonomy = ("HIPAA: vehicle identifiers and serial numbers", "GDPR art. 4(1): identifier", "ISO 3779")
    identifying = True
    patterns = (rf"{_PLACES}{{17}}", r"[a-hj-npr-z0-9]{17}")
    needs = "[0-9]"
    chance = 0.1
    in_text = True
    text_patterns = (rf"{_PLACES}{{17}}",)
    tokens: ClassVar[Words] = {
        "en": ("vin", "vehicle identification number", "vin number", "chassis number", "vehicle identification no",
               "chassis no", "vin no"),
        "de": ("fahrgestellnummer", "fahrzeug identifizierungsnummer", "fin nummer", "fahrzeugidentnummer", "vin",
               "fahrzeugidentifikationsnummer"),
        "fr": ("numéro de châssis", "numéro vin", "numéro de série du véhicule"),
        "es": ("número de bastidor", "bastidor", "número de chasis"),
        "it": ("numero di telaio", "numero telaio"),
        "pt": ("número do chassi", "chassi", "número de chassis"),
        "nl": ("chassisnummer", "voertuigidentificatienummer"),
        "pl": ("numer vin", "numer nadwozia", "vin"),
    }  # fmt: skip
    negative = frozenset({"decoder", "region", "rouge", "blanc", "cave"})
    examples = ("1M8GDM9AXKP042788", "5GZCZ43D13S812715", "WVWZZZ1JZ3W386752", "1hgcm82633a004352")
    counterexamples = (
        "1M8GDM9A1KP042788",
        "12345678901234567",
        "1M8GDM9AXKP04278",
        "IO8GDM9AXKP042788",
        "ABCDEFGHJKLMNPRST",
    )
    proposes: ClassVar[tuple[Any, ...]] = ({"fpe": {"as": "auto", "else": "token"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The check digit, or outside of North America a serial number; letters and digits both."""
        return [_valid(value.upper()) for value in values]


def _valid(number: str) -> bool:
    if number.isdigit() or number.isalpha():
        return False
    rest = sum((_VALUES.get(sign) or int(sign)) * weight for sign, weight in zip(number, _WEIGHTS, strict=True)) % 11
    if number[8] == ("X" if rest == 10 else str(rest)):
        return True
    return number[0] not in "12345" and number[-4:].isdigit() and any(map(str.isalpha, number[3:13]))
