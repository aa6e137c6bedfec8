"""Permanent account numbers of India's tax office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words

__all__ = ["InPan"]

_SHAPE = r"[A-Z]{5}[0-9]{4}[A-Z]"


class InPan(Detector):
    """Five letters, four digits and a letter; the fourth letter tells the holder, P for a person (Rule 114).

    Eleven of 26 letters are in use there, so that 42 % of random texts of that shape pass and nearly all of a column
    must.
    """

    title: ClassVar[str] = "Permanent account number (India, PAN)"
    taxonomy = ("GDPR art. 87: national identification number",)
    identifying = True
    patterns = (_SHAPE, r"[a-z]{5}[0-9]{4}[a-z]")
    needs = "[0-9]{4}"
    chance = 0.43
    in_text = True
    text_patterns = (_SHAPE,)
    named_patterns = (r"[a-z]{5}[0-9]{4}[a-z]",)
    tokens: ClassVar[Words] = {
        "en": ("pan number", "pan no", "pan card", "permanent account number", "pan num", "panno"),
        "de": ("pan nummer", "indische steuernummer"),
        "fr": ("numéro pan",),
        "es": ("número pan",),
        "it": ("numero pan",),
        "pt": ("número pan",),
        "nl": ("pan nummer",),
        "pl": ("numer pan",),
    }
    weak: ClassVar[Words] = dict.fromkeys(("en", "de", "fr", "es", "it", "pt", "nl", "pl"), ("pan",))
    names_suffice = True
    examples = ("ACUPA7085R", "AAPPV8261K", "aappv8261k")
    counterexamples = ("ACUXA7085R", "AAPPV0000K", "AAPPV826K", "AAPP78261K")
    proposes: ClassVar[tuple[Any, ...]] = ({"fpe": {"as": "auto", "else": "token"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The letter of the holder, and digits other than 0000."""
        from stdnum.in_ import pan

        return [pan.is_valid(value) for value in values]
