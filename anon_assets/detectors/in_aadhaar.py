"""Aadhaar numbers of residents of India."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["InAadhaar"]


class InAadhaar(Detector):
    """Twelve digits that do not begin with 0 or 1, with a check digit (Verhoeff); one random number in ten passes."""

    title: ClassVar[str] = "Aadhaar number (India)"
    taxonomy = ("GDPR art. 87: national identification number", "Aadhaar Act 2016")
    identifying = True
    patterns = (r"[2-9][0-9]{11}", r"[2-9][0-9]{3}[ \-][0-9]{4}[ \-][0-9]{4}")
    needs = "[0-9]{4}"
    chance = 0.1
    in_text = True
    named_patterns = (r"[2-9][0-9]{3}[ \-]?[0-9]{4}[ \-]?[0-9]{4}",)
    tokens: ClassVar[Words] = {
        "en": ("aadhaar", "aadhar", "adhaar", "aadhaar number", "aadhaar no", "uidai", "uid number", "aadhaar card"),
        "de": ("aadhaar", "aadhaar nummer"),
        "fr": ("aadhaar", "numéro aadhaar"),
        "es": ("aadhaar", "número aadhaar"),
        "it": ("aadhaar", "numero aadhaar"),
        "pt": ("aadhaar", "número aadhaar"),
        "nl": ("aadhaar", "aadhaar nummer"),
        "pl": ("aadhaar", "numer aadhaar"),
    }
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("2341 2341 2346", "234123412346", "2341-2341-2346")
    counterexamples = ("2341 2341 2347", "134123412346", "222222222222", "234123412347")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"mask": {"last": 4, "separators": "keep"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The check digit; no palindrome."""
        from stdnum.in_ import aadhaar

        return [aadhaar.is_valid(value) for value in values]
