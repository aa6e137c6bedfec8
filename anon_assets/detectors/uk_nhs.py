"""Patient numbers of the United Kingdom's National Health Service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["UkNhs"]


class UkNhs(Detector):
    """Ten digits with a check digit (mod 11), which one random number in eleven has: most of a column must.

    The ISBN of a book with ten places has the same check digit, written X where it is ten. Numbers without groups
    that come along with such ones are books.
    """

    title: ClassVar[str] = "NHS number (United Kingdom)"
    taxonomy = ("GDPR art. 87: national identification number", "HIPAA: medical record numbers")
    identifying = True
    patterns = (r"[0-9]{3}[ \-][0-9]{3}[ \-][0-9]{4}", r"[0-9]{9}[0-9Xx]")
    needs = "[0-9]{3}"
    chance = 0.091
    in_text = True
    named_patterns = (r"[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{4}",)
    tokens: ClassVar[Words] = {
        "en": ("nhs number", "nhs no", "nhs num", "nhs", "nhsno", "chi number", "national health service number"),
        "de": ("nhs nummer", "nhs"),
        "fr": ("numéro nhs", "nhs"),
        "es": ("número nhs", "nhs"),
        "it": ("numero nhs", "nhs"),
        "pt": ("número nhs", "nhs"),
        "nl": ("nhs nummer", "nhs"),
        "pl": ("numer nhs", "nhs"),
    }
    negative = frozenset({
        "board", "hospital", "isbn", "ods", "organisation", "organization", "practice", "provider", "region", "site",
        "trust",
    })  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("943 476 5919", "943-476-5870", "4505577104")
    counterexamples = ("943 476 5918", "4505577105", "0000000000", "080442957X", "943 4765 919", "1234567890")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fpe": {"as": "digits", "else": "token"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The check digit, unless the values beside show that these are books."""
        from stdnum.gb import nhs

        books = any(value[-1] in "Xx" for value in values)
        return [nhs.is_valid(value) and len(set(value)) > 1 and not (books and value.isdigit()) for value in values]
