"""Tax identification numbers of persons in Germany."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["DeTaxId"]


class DeTaxId(Detector):
    """Eleven digits (Identifikationsnummer, section 139b AO): one digit of the first ten occurs twice or three times.

    With the check digit (ISO 7064, mod 11-10), three random numbers in a thousand pass.
    """

    title: ClassVar[str] = "Tax identification number (Germany)"
    taxonomy = ("GDPR art. 87: national identification number",)
    identifying = True
    patterns = (r"[1-9][0-9]{10}", r"[1-9][0-9] [0-9]{3} [0-9]{3} [0-9]{3}", r"[1-9][0-9]/[0-9]{3}/[0-9]{3}/[0-9]{3}")
    needs = "[0-9]{2}"
    chance = 0.005
    in_text = True
    tokens: ClassVar[Words] = {
        "en": ("german tax number", "german tax id", "tax identification number", "personal tax id"),
        "de": ("steuer id", "steueridentifikationsnummer", "steuer identifikationsnummer", "idnr", "steueridnr",
               "identifikationsnummer", "steuernummer", "steuernr"),
        "fr": ("numéro fiscal", "identifiant fiscal", "numéro d'identification fiscale"),
        "es": ("número de identificación fiscal alemán",),
        "it": ("numero di identificazione fiscale",),
        "pt": ("número de identificação fiscal", "número de contribuinte"),
        "nl": ("fiscaal nummer", "belastingnummer"),
        "pl": ("numer identyfikacji podatkowej", "numer podatkowy"),
    }  # fmt: skip
    weak: ClassVar[Words] = {
        "en": ("tax id", "tin", "tax number", "tax no"),
        "de": ("tin",),
        "fr": ("nif",),
        "es": ("identificación fiscal",),
        "it": ("partita fiscale",),
        "pt": ("contribuinte", "nif"),
        "nl": ("tin",),
        "pl": ("nip",),
    }
    negative = frozenset({"company", "finanzamt", "firma", "rate", "umsatzsteuer", "ust", "vat", "vendor"})
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("36574261809", "47 036 892 816", "36/574/261/809")
    counterexamples = ("36574261808", "12345678901", "06574261809", "3657426180", "11111111111")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fpe": {"as": "digits", "else": "token"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The repeated digit and the check digit."""
        from stdnum.de import idnr

        return [idnr.is_valid(value) for value in values]
