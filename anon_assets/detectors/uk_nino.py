"""National insurance numbers of the United Kingdom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words

__all__ = ["UkNino"]

_GAP = r"[ \-]?"
_DIGITS = rf"[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}"
_GOOD = re.compile(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]?")
_UNUSED = frozenset({"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})


class UkNino(Detector):
    """Two letters, six digits and a letter A-D, the letters as HMRC gives them out (manual NIM39110).

    There is no check digit. Of random texts of two letters, six digits and a letter, 8 % pass. Without the last letter
    the number counts where a name speaks.
    """

    title: ClassVar[str] = "National insurance number (United Kingdom)"
    taxonomy = ("GDPR art. 87: national identification number",)
    identifying = True
    patterns = (rf"[A-Z]{{2}}{_GAP}{_DIGITS}{_GAP}[A-Z]", r"[a-z]{2}[0-9]{6}[a-z]")
    needs = "[0-9]{2}"
    chance = 0.09
    in_text = True
    text_patterns = (rf"[A-Z]{{2}}{_GAP}{_DIGITS}{_GAP}[A-Z]",)
    named_patterns = (rf"[A-Za-z]{{2}}{_GAP}{_DIGITS}{_GAP}[A-Da-d]?",)
    tokens: ClassVar[Words] = {
        "en": ("nino", "national insurance number", "national insurance no", "national insurance", "ni number",
               "ni no", "ni num"),
        "de": ("nino", "britische sozialversicherungsnummer"),
        "fr": ("nino", "numéro d'assurance nationale"),
        "es": ("número de seguro nacional",),
        "it": ("numero di assicurazione nazionale",),
        "pt": ("número de seguro nacional",),
        "nl": ("nino", "brits verzekeringsnummer"),
        "pl": ("brytyjski numer ubezpieczenia", "nino"),
    }  # fmt: skip
    negative = frozenset({"category", "contribution", "contributions", "letter", "rate"})
    names_suffice = True
    examples = ("AB123456C", "JG 12 13 16 A", "CE-12-34-56-D", "ab123456c")
    counterexamples = ("DA123456C", "QQ123456C", "GB123456A", "AO123456A", "AB123456E", "AB12345C", "AB123456")
    proposes: ClassVar[tuple[Any, ...]] = ({"fpe": {"as": "auto", "else": "token"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Letters that HMRC gives out."""
        numbers = [re.sub("[ -]", "", value).upper() for value in values]
        return [bool(_GOOD.fullmatch(number)) and number[:2] not in _UNUSED for number in numbers]
