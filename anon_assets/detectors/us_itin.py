"""Taxpayer numbers of the United States for individuals without a Social Security number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["UsItin"]

_GROUPS = frozenset(map(str, (*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100))))


class UsItin(Detector):
    """Nine digits grouped 3-2-4 that begin with 9, with a group of 50-65, 70-88, 90-92 or 94-99 (IRS Publication 1915).

    Of random numbers grouped 3-2-4, one in 22 is one. Bare digits count where a name speaks.
    """

    title: ClassVar[str] = "Individual taxpayer identification number (United States)"
    taxonomy = ("GDPR art. 87: national identification number", "HIPAA: any other unique identifying number")
    identifying = True
    patterns = (r"[0-9]{3}-[0-9]{2}-[0-9]{4}", r"[0-9]{3} [0-9]{2} [0-9]{4}")
    needs = "[0-9]{2}"
    chance = 0.05
    in_text = True
    text_patterns = (r"[0-9]{3}-[0-9]{2}-[0-9]{4}",)
    named_patterns = (r"9[0-9]{2}[ \-.]?[5-9][0-9][ \-.]?[0-9]{4}",)
    tokens: ClassVar[Words] = {
        "en": ("itin", "individual taxpayer identification number", "individual taxpayer id", "taxpayer id",
               "taxpayer identification number", "taxpayer number", "itin number"),
        "de": ("itin", "itin nummer"),
        "fr": ("itin", "numéro itin"),
        "es": ("itin", "número itin", "número de identificación personal del contribuyente"),
        "it": ("itin", "numero itin"),
        "pt": ("itin", "número itin"),
        "nl": ("itin", "itin nummer"),
        "pl": ("itin", "numer itin"),
    }  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("912-90-3456", "900-70-0000", "999-65-1234", "987 88 4321")
    counterexamples = ("912-93-4567", "912-89-4567", "912-49-4567", "812-70-4567", "123-45-6789", "912903456")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fpe": {"as": "digits", "else": "token"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The ranges of the IRS; python-stdnum 2.2 does not know those given out since 2011 (50-65)."""
        numbers = ["".join(filter(str.isdigit, value)) for value in values]
        return [len(number) == 9 and number[0] == "9" and number[3:5] in _GROUPS for number in numbers]
