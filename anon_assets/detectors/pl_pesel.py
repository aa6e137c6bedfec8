"""Personal identification numbers of Poland."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["PlPesel"]


class PlPesel(Detector):
    """Eleven digits: date of birth with the century in the month, order and sex, and a check digit (law of 2010).

    Two random numbers in a hundred pass, and one in ten of those that begin with a date, as order numbers may: the
    declared rate is the latter. Storage as a number loses the zeros that births from 2000 to 2009 begin with.
    """

    title: ClassVar[str] = "Personal identification number (Poland, PESEL)"
    taxonomy = ("GDPR art. 87: national identification number",)
    identifying = True
    patterns = (r"[0-9]{9,11}",)
    needs = "[0-9]{4}"
    chance = 0.1
    in_text = True
    named_patterns = (r"[0-9]{11}", r"[0-9]{6}[ \-][0-9]{5}")
    tokens: ClassVar[Words] = {
        "en": ("pesel", "pesel number", "polish national id"),
        "de": ("pesel", "pesel nummer"),
        "fr": ("pesel", "numéro pesel"),
        "es": ("pesel", "número pesel"),
        "it": ("pesel", "numero pesel"),
        "pt": ("pesel", "número pesel"),
        "nl": ("pesel", "pesel nummer"),
        "pl": ("pesel", "numer pesel", "nr pesel", "pesel klienta"),
    }
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("44051401359", "02070803628", "2070803628")
    counterexamples = ("44051401358", "44053401358", "00000000000", "440514013590", "12345678901")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fpe": {"as": "digits", "else": "token"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The check digit and a date of birth."""
        from stdnum.pl import pesel

        return [pesel.is_valid(pesel.compact(value).zfill(11)) for value in values]
