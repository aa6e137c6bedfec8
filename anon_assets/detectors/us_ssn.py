"""Social Security numbers of the United States."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["UsSsn"]

# Valid in form and printed in advertisements; the library refuses them, yet whoever writes one means a number.
_ADVERTISED = frozenset({"078051120", "219099999", "457555462"})


class UsSsn(Detector):
    """Nine digits grouped 3-2-4, without the areas 000, 666 and 9xx, the group 00 and the serial 0000 (SSA, 2011).

    There is no check digit: 89 % of random numbers so written pass, so that nearly all of a column must. Bare digits
    prove nothing; they count where the name, or a word before them, speaks of the number.
    """

    title: ClassVar[str] = "Social Security number (United States)"
    taxonomy = ("GDPR art. 87: national identification number", "HIPAA: Social Security numbers")
    identifying = True
    patterns = (r"[0-9]{3}-[0-9]{2}-[0-9]{4}", r"[0-9]{3} [0-9]{2} [0-9]{4}")
    needs = "[0-9]{2}"
    chance = 0.89
    in_text = True
    text_patterns = (r"[0-9]{3}-[0-9]{2}-[0-9]{4}",)
    named_patterns = (r"[0-9]{9}", r"[0-9]{3}[ .][0-9]{2}[ .][0-9]{4}", r"[0-9]{3}-[0-9]{6}")
    tokens: ClassVar[Words] = {
        "en": ("ssn", "social security number", "social security no", "social security num", "social security",
               "soc sec", "ss number", "social insurance number"),
        "de": ("ssn", "sozialversicherungsnummer", "sozialversicherungsnr", "rentenversicherungsnummer"),
        "fr": ("ssn", "numéro de sécurité sociale américain"),
        "es": ("ssn", "número de seguridad social", "número de la seguridad social", "seguro social", "nss"),
        "it": ("ssn", "numero di previdenza sociale", "numero di sicurezza sociale"),
        "pt": ("ssn", "número de segurança social", "número da segurança social"),
        "nl": ("ssn", "socialezekerheidsnummer"),
        "pl": ("ssn", "numer ubezpieczenia społecznego"),
    }  # fmt: skip
    negative = frozenset({"benefit", "benefits", "income", "tax"})
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("123-45-6789", "054-28-6917", "536 90 4399", "078-05-1120")
    counterexamples = (
        "000-12-3456",
        "666-12-3456",
        "912-70-3456",
        "123-00-4567",
        "123-45-0000",
        "123456789",
        "12-345-6789",
        "2024-01-31",
    )
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fpe": {"as": "ssn", "else": "token"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Area, group and serial are such as were ever given out."""
        from stdnum.us import ssn

        numbers = ["".join(filter(str.isdigit, value)) for value in values]
        return [number in _ADVERTISED or ssn.is_valid(number) for number in numbers]
