"""Tax numbers of persons in Spain: national identity cards and foreigners' numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words

__all__ = ["EsNif"]

_DNI = (r"[0-9]{8}[ \-]?[A-Z]", r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}[ \-]?[A-Z]")
_NIE = (r"[X-Z][ \-]?[0-9]{7}[ \-]?[A-Z]", r"[KLM][0-9]{7}[A-Z]")


class EsNif(Detector):
    """Eight digits and a letter (DNI), or X, Y, Z and seven digits and a letter (NIE): the letter is the rest modulo 23.

    Of random numbers with a letter, four in a hundred pass. Companies' numbers (formerly CIF) name no person and are
    not looked for.
    """

    title: ClassVar[str] = "Tax number of a person (Spain, NIF: DNI and NIE)"
    taxonomy = ("GDPR art. 87: national identification number",)
    identifying = True
    patterns = (*_DNI, *_NIE, r"[0-9]{8}-?[a-z]", r"[x-z]-?[0-9]{7}-?[a-z]")
    needs = "[0-9]{2}"
    chance = 0.04
    in_text = True
    text_patterns = (*_DNI, *_NIE)
    named_patterns = (r"[0-9]{7,8}[ \-]?[A-Za-z]", r"[x-zX-Z][ \-]?[0-9]{7}[ \-]?[A-Za-z]")
    tokens: ClassVar[Words] = {
        "en": ("nif", "dni", "nie", "dni number", "nie number", "spanish id"),
        "de": ("nif", "dni", "nie nummer"),
        "fr": ("dni", "numéro nie"),
        "es": ("nif", "dni", "nie", "documento nacional de identidad", "número de identidad de extranjero",
               "número de identificación fiscal", "documento nacional", "número dni"),
        "it": ("dni", "numero nie"),
        "pt": ("dni", "número nie"),
        "nl": ("dni", "nie nummer"),
        "pl": ("dni", "numer nie"),
    }  # fmt: skip
    negative = frozenset({"company", "empresa", "proveedor"})
    names_suffice = True
    examples = ("12345678Z", "12.345.678-Z", "X1234567L", "54362315-k", "Y-0123456-Y")
    counterexamples = ("12345678A", "X1234567A", "1234567Z", "B58378431", "123456789Z", "A12345678")
    proposes: ClassVar[tuple[Any, ...]] = ({"fpe": {"as": "digits", "else": "token"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The letter of a natural person; a leading zero may be missing."""
        from stdnum.es import dni, nif

        numbers = [nif.compact(value.replace(".", "")).zfill(9) for value in values]
        return [nif.is_valid(number) if number[0] in "KLMXYZ" else dni.is_valid(number) for number in numbers]
