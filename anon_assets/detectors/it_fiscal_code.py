"""Fiscal codes of persons in Italy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words

__all__ = ["ItFiscalCode"]

_DIGIT, _SMALL_DIGIT = (
    "[0-9LMNPQRSTUV]",
    "[0-9lmnpqrstuv]",
)  # letters replace digits where two persons would share a code
_GROUPED = rf"[A-Z]{{3}} ?[A-Z]{{3}} ?{_DIGIT}{{2}}[A-Z]{_DIGIT}{{2}} ?[A-Z]{_DIGIT}{{3}} ?[A-Z]"


class ItFiscalCode(Detector):
    """Sixteen letters and digits of name, birth and place, with a check letter (decree of 23 December 1976).

    Of random texts with letters and digits at these places, 14 in a thousand have a date and the check letter.
    """

    title: ClassVar[str] = "Fiscal code of a person (Italy)"
    taxonomy = ("GDPR art. 87: national identification number",)
    identifying = True
    patterns = (
        _GROUPED,
        rf"[a-z]{{6}}{_SMALL_DIGIT}{{2}}[a-z]{_SMALL_DIGIT}{{2}}[a-z]{_SMALL_DIGIT}{{3}}[a-z]",
    )
    needs = "[A-Za-z]{3}"
    chance = 0.015
    in_text = True
    text_patterns = patterns
    tokens: ClassVar[Words] = {
        "en": ("fiscal code", "italian tax code", "codice fiscale"),
        "de": ("italienische steuernummer", "codice fiscale"),
        "fr": ("code fiscal", "codice fiscale"),
        "es": ("código fiscal", "codice fiscale"),
        "it": ("codice fiscale", "cod fiscale", "cod fisc"),
        "pt": ("código fiscal", "codice fiscale"),
        "nl": ("fiscale code", "codice fiscale"),
        "pl": ("kod podatkowy", "codice fiscale"),
    }
    negative = frozenset({"azienda", "company", "ditta", "year"})
    names_suffice = True
    examples = ("RCCMNL83S18D969H", "CNT CHR 83T41 D969D", "rccmnl83s18d969h")
    counterexamples = ("RCCMNL83S18D969Q", "RCCMNL83S38D969F", "RCCMNL83S18D96H", "00743110157", "RCCMNL83Z18D969H")
    proposes: ClassVar[tuple[Any, ...]] = ({"fpe": {"as": "auto", "else": "token"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The date of birth and the check letter."""
        from stdnum.it import codicefiscale

        return [codicefiscale.is_valid(value) for value in values]
