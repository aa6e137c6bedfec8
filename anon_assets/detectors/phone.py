"""Telephone and fax numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["Phone"]

_EXTENSION = r"(?: ?(?:x|ext\.?|#) ?[0-9]{1,6})?"
_INTERNATIONAL = r"(?:\+|00)[1-9][0-9]{0,2}[ .\-/]?(?:\(0?[0-9]{0,5}\))?(?:[ .\-/]?[0-9]){5,13}"
_AMERICAN = r"(?:1[ .\-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .\-])[2-9][0-9]{2}[ .\-][0-9]{4}"
_TRUNK = r"\(?0[1-9][0-9]{0,4}\)?(?:[ .\-/]{1,3}[0-9]{2,8}){1,4}"
_GROUPS = r"[5-9][0-9]{2}[ .\-][0-9]{3}[ .\-][0-9]{3}|[6-9][0-9]{2}(?:[ .\-][0-9]{2}){3}|3[0-9]{2}[ .\-][0-9]{6,7}"
_OTHER = re.compile(r"[0-9]{1,2}([./-])[0-9]{1,2}\1(?:[0-9]{2}){1,2}|[0-9]{3}-[0-9]{2}-[0-9]{4}")  # a date, a US SSN
_DIGITS = r"[0-9]{7,15}"
_REGIONS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(rf"(?:{_AMERICAN}){_EXTENSION}"), ("US",)),
    (re.compile(rf"(?:{_TRUNK}){_EXTENSION}"), ("DE", "GB", "FR", "NL", "IT", "AU")),
)


class Phone(Detector):
    """A number in international form, or a formatted national one that its country's numbering plan allows.

    Bare digits and plain groups of three are never proof: 39 % of random ten-digit numbers are valid in the USA, 79 %
    in Germany, and 96 % of groups 3-3-3 in Spain, Poland or Portugal. They count where the column is named for phones.
    The chance rate is that of the other shapes together: 11 % with a plus, 55 % American, 88 % with a leading zero.
    """

    title: ClassVar[str] = "Telephone or fax number"
    taxonomy = ("HIPAA: telephone numbers", "HIPAA: fax numbers", "GDPR art. 4(1): identifier")
    identifying = True
    patterns = (*(f"(?:{each}){_EXTENSION}" for each in (_INTERNATIONAL, _AMERICAN, _TRUNK, _GROUPS)), _DIGITS)
    chance = 0.6
    in_text = True
    text_patterns = (
        r"\+[1-9][0-9]{0,2}[ .\-/]?(?:\(0?[0-9]{0,5}\))?(?:[ .\-/]?[0-9]){6,13}",
        r"\([2-9][0-9]{2}\) ?[2-9][0-9]{2}[ .\-][0-9]{4}",
        r"[2-9][0-9]{2}[.\-][2-9][0-9]{2}[.\-][0-9]{4}",
        r"0[1-9](?:[ .\-][0-9]{2}){4}",
        r"\(?0[1-9][0-9]{1,4}\)?(?:[ .\-][0-9]{2,4}){2,3}",
    )
    tokens: ClassVar[Words] = {
        "en": ("phone", "phone number", "telephone", "tel", "mobile", "mobile number", "cell", "cellphone", "fax",
               "msisdn", "landline", "whatsapp"),
        "de": ("telefon", "telefonnummer", "handy", "handynummer", "mobil", "mobilnummer", "mobiltelefon",
               "rufnummer", "telefax", "faxnummer", "festnetz"),
        "fr": ("téléphone", "numéro de téléphone", "télécopie"),
        "es": ("teléfono", "móvil", "celular", "número de teléfono"),
        "it": ("telefono", "cellulare", "numero di telefono"),
        "pt": ("telefone", "telemóvel", "celular"),
        "nl": ("telefoon", "telefoonnummer", "mobiel", "gsm"),
        "pl": ("telefon", "komórka", "numer telefonu"),
    }  # fmt: skip
    negative = frozenset({
        "app", "brand", "call", "calls", "carrier", "code", "device", "extension", "line", "model", "os", "plan",
        "platform", "portal", "prefix", "provider", "version", "view",
    })  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("+1 (780) 428-9482", "+49 30 901820", "+442083661177", "030 901820", "(212) 736-5000")
    counterexamples = (
        "2024-01-31",
        "192.168.10.1",
        "1234567890",
        "12:30",
        "123-45-6789",
        "054-28-6917",
        "912 345 678",
        "01/02/2003",
        "+1 000 000 0000",
        "3.14159",
    )
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fake": {"as": "phone"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Valid by libphonenumber: in its country when international, else in the countries that write it so."""
        return [_valid(value) for value in values]


def _valid(value: str) -> bool:
    import phonenumbers

    if value.isdigit() and not value.startswith("00"):
        return False
    if _OTHER.fullmatch(value):
        return False
    number = value
    regions = next((regions for shape, regions in _REGIONS if shape.fullmatch(value)), ())
    if value.startswith(("+", "00")):
        number, regions = "+" + value.removeprefix("+").removeprefix("00"), ("ZZ",)
    for region in regions:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(number, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False
