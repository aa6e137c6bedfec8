"""Taxpayer numbers of persons in Brazil."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["BrCpf"]


class BrCpf(Detector):
    """Eleven digits with two check digits (Receita Federal); one random number in a hundred passes.

    Numbers of one repeated digit pass the formula and are never given out. Storage as a number loses leading zeros, in
    one of ten: shorter numbers count beside whole ones. Alone they may be books, whose ISBN-10 has the same last digit.
    """

    title: ClassVar[str] = "Taxpayer number of a person (Brazil, CPF)"
    taxonomy = ("GDPR art. 87: national identification number", "LGPD art. 5: personal data")
    identifying = True
    patterns = (r"[0-9]{9,11}", r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}[\-.][0-9]{2}", r"[0-9]{9}-[0-9]{2}")
    needs = "[0-9]{2}"
    chance = 0.01
    in_text = True
    text_patterns = (r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", r"[0-9]{9}-[0-9]{2}", r"[0-9]{11}")
    tokens: ClassVar[Words] = {
        "en": ("cpf", "cpf number", "brazilian tax id"),
        "de": ("cpf", "cpf nummer"),
        "fr": ("cpf", "numéro cpf"),
        "es": ("cpf", "número cpf"),
        "it": ("cpf", "numero cpf"),
        "pt": ("cpf", "número do cpf", "cadastro de pessoas físicas", "cpf cliente", "nr cpf", "num cpf"),
        "nl": ("cpf", "cpf nummer"),
        "pl": ("cpf", "numer cpf"),
    }
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("390.533.447-05", "39053344705", "529.982.247-25", "529982247-25")
    counterexamples = (
        "390.533.447-06",
        "111.111.111-11",
        "00000000000",
        "11.222.333/0001-81",
        "12345678901",
        "1234567890",
    )
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fpe": {"as": "digits", "else": "token"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The two check digits; not all digits alike, nor most of them too short."""
        from stdnum.br import cpf

        numbers = [cpf.compact(value) for value in values]
        least = 9 if sum(len(number) == 11 for number in numbers) * 2 > len(numbers) else 11
        return [len(number) >= least and len(set(number)) > 1 and cpf.is_valid(number.zfill(11)) for number in numbers]
