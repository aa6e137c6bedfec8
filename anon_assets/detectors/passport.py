"""Numbers of passports and identity cards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import cycle
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["Passport"]

_TWO_LINES = r"P[A-Z<][A-Z<]{3}[A-Z<]{39}\s?[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{7}[FMX<][0-9]{7}[A-Z0-9<]{15}[0-9]"
_SECOND_LINE = r"[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{7}[FMX<][0-9]{7}[A-Z0-9<]{14}[0-9<][0-9]"
# Nine letters and digits in which a letter follows a digit: what other countries use is letters, then digits.
_MIXED = "|".join(f"[A-Z][A-Z0-9]{{{first}}}[0-9][A-Z][A-Z0-9]{{{6 - first}}}" for first in range(6))
_GERMAN = re.compile(r"[CFGHJ-NPRTV-Z][CFGHJ-NPRTV-Z0-9]{8}")  # no vowel, no B, D, Q, S: they look like digits
_PLAIN = (r"[A-Z]{1,3}[0-9]{5,9}[A-Z]?", r"[0-9]{7,9}", r"[0-9]{2}[A-Z]{2}[0-9]{5}", r"[a-z]{1,2}[0-9]{6,8}")


class Passport(Detector):
    """A machine-readable zone, a German number, or what stands under or behind a word for passports and identity cards.

    The numbers of most countries are too plain to tell from others. The second line of a passport's machine-readable
    zone has check digits (ICAO Doc 9303, 7-3-1), of which one random line in ten thousand passes the two of number
    and birth. German numbers use 27 letters and digits only: one random code of nine places in fourteen does.
    """

    title: ClassVar[str] = "Passport or identity card number"
    taxonomy = ("HIPAA: certificate and license numbers", "GDPR art. 4(1): identifier")
    identifying = True
    patterns = (_TWO_LINES, _SECOND_LINE, _MIXED)
    needs = "[0-9]{2}"
    chance = 0.07
    in_text = True
    text_patterns = (_TWO_LINES, _SECOND_LINE)
    named_patterns = (*_PLAIN, r"[CFGHJ-NPRTV-Z][0-9][CFGHJ-NPRTV-Z0-9]{7,8}")
    tokens: ClassVar[Words] = {
        "en": ("passport", "passport number", "passport no", "passport num", "travel document", "identity card",
               "identity card number", "id card", "id card number", "national id", "national identity number",
               "national identification number", "identity number", "government id", "identity document"),
        "de": ("reisepass", "reisepassnummer", "passnummer", "ausweisnummer", "personalausweis",
               "personalausweisnummer", "passnr", "ausweisnr"),
        "fr": ("passeport", "numéro de passeport", "carte d'identité", "pièce d'identité", "cni"),
        "es": ("pasaporte", "número de pasaporte", "cédula", "documento de identidad", "cédula de identidad"),
        "it": ("passaporto", "numero passaporto", "carta d'identità", "documento d'identità", "carta identità"),
        "pt": ("passaporte", "número do passaporte", "bilhete de identidade", "cartão de cidadão",
               "carteira de identidade"),
        "nl": ("paspoort", "paspoortnummer", "identiteitskaart", "identiteitsbewijs"),
        "pl": ("paszport", "numer paszportu", "dowód osobisty", "numer dowodu", "nr dowodu", "seria dowodu"),
    }  # fmt: skip
    negative = frozenset({
        "authority", "country", "expiration", "expires", "expiry", "image", "issue", "issued", "issuer", "issuing",
        "land", "pays", "photo", "place", "scan", "url", "validity", "visa",
    })  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = (
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "C01X00T47",
    )
    counterexamples = (
        "L898902C35UTO7408122F1204159ZE184226B<<<<<10",
        "AB1234567",
        "123456789",
        "C01X00T4",
        "CHOCOLATE",
    )
    proposes: ClassVar[tuple[Any, ...]] = ({"fpe": {"as": "auto", "else": "token"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The check digits of a machine-readable zone; the letters of a German number."""
        return [_valid(value) for value in values]


def _valid(value: str) -> bool:
    if len(value) >= 44:
        line = value[-44:]
        return _check(line[:9]) == line[9] and _check(line[13:19]) == line[19]
    return bool(_GERMAN.fullmatch(value)) or not re.fullmatch(_MIXED, value)


def _check(field: str) -> str:
    values = (0 if sign == "<" else int(sign, 36) for sign in field)
    return str(sum(value * weight for value, weight in zip(values, cycle((7, 3, 1)), strict=False)) % 10)
