"""Citizen service numbers of the Netherlands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["NlBsn"]


class NlBsn(Detector):
    """Nine digits, or eight where a leading zero is missing, that pass the eleven test (Wet abb, article 10).

    One random number in eleven passes: most of a column must, and text needs a word before the number.
    """

    title: ClassVar[str] = "Citizen service number (Netherlands, BSN)"
    taxonomy = ("GDPR art. 87: national identification number",)
    identifying = True
    patterns = (r"[0-9]{8,9}", r"[0-9]{4}[. ][0-9]{2}[. ][0-9]{3}", r"[0-9]{3}[.\- ][0-9]{3}[.\- ][0-9]{3}")
    needs = "[0-9]{2}"
    chance = 0.091
    in_text = True
    named_patterns = (r"[0-9]{8,9}", r"[0-9]{4}[. ][0-9]{2}[. ][0-9]{3}", r"[0-9]{3}[.\- ][0-9]{3}[.\- ][0-9]{3}")
    tokens: ClassVar[Words] = {
        "en": ("bsn", "citizen service number", "bsn number", "dutch social security number"),
        "de": ("bsn", "bürgerservicenummer"),
        "fr": ("bsn", "numéro bsn"),
        "es": ("bsn", "número bsn"),
        "it": ("bsn", "numero bsn"),
        "pt": ("bsn", "número bsn"),
        "nl": ("bsn", "burgerservicenummer", "sofinummer", "bsn nummer", "sofi nummer", "bsnnr"),
        "pl": ("bsn", "numer bsn"),
    }
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("111222333", "1112.22.333", "123456782", "10000008")
    counterexamples = ("111252333", "1112223334", "000000000", "123456789", "1234567")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fpe": {"as": "digits", "else": "token"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The eleven test."""
        from stdnum.nl import bsn

        return [bsn.is_valid(value) for value in values]
