"""Registration numbers of persons in France (social security)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["FrNir"]

_MONTH = r"(?:0[1-9]|1[0-2]|[2-9][0-9])"  # 20 and above: month unknown
_COMPACT = rf"[1278][0-9]{{2}}{_MONTH}(?:2[AB]|[0-9]{{2}})[0-9]{{6}}"
_GROUPED = rf"[1278] [0-9]{{2}} {_MONTH} (?:2[AB]|[0-9]{{2}}) [0-9]{{3}} [0-9]{{3}}"


class FrNir(Detector):
    """Sex, year and month of birth, place and order, with the key 97 minus the rest modulo 97 (INSEE).

    One random number of that shape in a hundred has its key. Without the key (13 places) a name must speak.
    """

    title: ClassVar[str] = "Social security number (France, NIR)"
    taxonomy = ("GDPR art. 87: national identification number",)
    identifying = True
    patterns = (rf"{_COMPACT} ?[0-9]{{2}}", rf"{_GROUPED}[ /]{{1,3}}[0-9]{{2}}")
    needs = "[0-9]{2}"
    chance = 0.0104
    in_text = True
    text_patterns = patterns
    named_patterns = (_COMPACT, _GROUPED)
    tokens: ClassVar[Words] = {
        "en": ("nir", "insee number", "french social security number", "nir number"),
        "de": ("nir", "französische sozialversicherungsnummer"),
        "fr": ("nir", "numéro de sécurité sociale", "numéro sécurité sociale", "sécurité sociale", "numéro insee",
               "num secu", "numéro de sécu", "nss", "no sécu", "immatriculation sécurité sociale"),
        "es": ("nir", "número insee"),
        "it": ("nir", "numero insee"),
        "pt": ("nir", "número insee"),
        "nl": ("nir", "insee nummer"),
        "pl": ("nir", "numer insee"),
    }  # fmt: skip
    negative = frozenset({"caisse", "commune", "organisme"})
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("295109912611193", "2 95 10 99 126 111 93", "253072B07300470", "1 85 05 78 006 084 91")
    counterexamples = ("295109912611199", "2951099126111", "595109912611193", "295139912611193", "253072C07300443")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fpe": {"as": "digits", "else": "token"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The key, where there is one; Corsica's 2A and 2B count as 19 and 18."""
        from stdnum.fr import nir

        numbers = [value.replace(" ", "").replace("/", "") for value in values]
        return [len(number) == 13 or nir.is_valid(number) for number in numbers]
