"""Personal identity numbers of Sweden."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["SePersonnummer"]

_CENTURY = r"(?:18|19|20)"
_PARTS = re.compile(r"((?:18|19|20)?)([0-9]{2})([0-9]{2})([0-9]{2})[ +-]?([0-9]{4})")


class SePersonnummer(Detector):
    """Date of birth with or without the century, ``-`` (``+`` from the age of 100), three digits and a Luhn digit.

    Coordination numbers (samordningsnummer) have 60 added to the day. Folkbokföringslag 1991:481, section 18. Of random
    digits four or five in a thousand pass, yet one in ten of order numbers that begin with a date: the declared rate.
    """

    title: ClassVar[str] = "Personal identity number (Sweden)"
    taxonomy = ("GDPR art. 87: national identification number",)
    identifying = True
    patterns = (rf"{_CENTURY}?[0-9]{{6}}[+ \-]?[0-9]{{4}}", r"[1-9][0-9]{8}")
    needs = "[0-9]{4}"
    chance = 0.1
    in_text = True
    text_patterns = (r"(?:19[0-9]{2}|200[0-9]|[0-9]{2})[01][0-9][0-9]{2}[+\-][0-9]{4}",)
    named_patterns = (rf"{_CENTURY}?[0-9]{{6}}[+ \-]?[0-9]{{4}}",)
    tokens: ClassVar[Words] = {
        "en": ("personnummer", "swedish personal number", "personal identity number", "samordningsnummer",
               "swedish personal identity number", "person nr", "personnr"),
        "de": ("personnummer", "schwedische personennummer"),
        "fr": ("personnummer", "numéro personnel suédois"),
        "es": ("personnummer", "número personal sueco"),
        "it": ("personnummer", "numero personale svedese"),
        "pt": ("personnummer", "número pessoal sueco"),
        "nl": ("personnummer", "zweeds persoonsnummer"),
        "pl": ("personnummer", "szwedzki numer osobisty"),
    }  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("880320-0016", "19811228-9874", "8803200016", "121212+1212", "701063-2391", "811228-9874")
    counterexamples = ("880320-0018", "881320-0016", "880332-0016", "170320-001", "1234567890", "19880320-0017")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fpe": {"as": "digits", "else": "token"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The Luhn digit and a date."""
        return [_valid(value) for value in values]


def _valid(value: str) -> bool:
    from stdnum import luhn
    from stdnum.exceptions import ValidationError
    from stdnum.se import personnummer

    parts = _PARTS.fullmatch(value.zfill(10))
    if parts is None:
        return False
    century, year, month, day, last = parts.groups()
    if not luhn.is_valid(year + month + day + last):
        return False
    born = f"{int(day) - 60:02d}" if int(day) > 60 else day
    try:
        personnummer.get_birth_date(f"{century}{year}{month}{born}-{last}")
    except ValidationError:
        return False
    return True
