"""International bank account numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words

__all__ = ["Iban"]

_BY_LENGTH = {
    15: "NO", 16: "BE", 18: "DK|FI|FK|FO|GL|NL|SD", 19: "MK|SI", 20: "AT|BA|EE|KZ|LT|LU|MN|XK", 21: "CH|HR|LI|LV",
    22: "BG|BH|CR|DE|GB|GE|IE|ME|RS|VA", 23: "AE|GI|IL|IQ|OM|SO|TL", 24: "AD|CZ|ES|MD|PK|RO|SA|SE|SK|TN|VG",
    25: "LY|PT|ST", 26: "IS|TR", 27: "BI|DJ|FR|GR|IT|MC|MR|SM", 28: "AL|AZ|BY|CY|DO|GT|HN|HU|LB|NI|PL|SV",
    29: "BR|EG|PS|QA|UA", 30: "JO|KW|MU|YE", 31: "MT|SC", 32: "LC", 33: "RU",
}  # fmt: skip
_NEXT = r"(?:[ \-\x{a0}]?[A-Z0-9])"


def _upper() -> str:
    """Exactly as many characters as the country has, however they are grouped: no following word is taken along.

    All countries share the last eleven places, all but Norway the one before, and so on: an automaton of a seventh.
    """
    shape, *shorter = (f"(?:{lands})[0-9]{{2}}" for lands in reversed(_BY_LENGTH.values()))
    for more, (long, short) in zip(shorter, pairwise(reversed(_BY_LENGTH)), strict=True):
        shape = f"(?:{shape}{_NEXT}{{{long - short}}}|{more})"
    return f"{shape}{_NEXT}{{{min(_BY_LENGTH) - 4}}}"


_LOWER = r"[a-z]{2}[0-9]{2}[a-z0-9]{11,29}"


class Iban(Detector):
    """A country's account number with the length and structure of that country and the two check digits of ISO 13616.

    Checks inside national parts (Spain, Belgium) are not asked for: banks accept what passes the international check,
    and so do we. One number in 97 of the right structure passes by chance.
    """

    title: ClassVar[str] = "International bank account number (IBAN)"
    taxonomy = ("HIPAA: account numbers", "GDPR art. 4(1): identifier", "ISO 13616: IBAN")
    identifying = True
    patterns = (_upper(), _LOWER)
    needs = "[0-9]{2}"
    chance = 0.0104
    in_text = True
    text_patterns = patterns
    tokens: ClassVar[Words] = {
        "en": ("iban", "iban number", "iban no", "international bank account number"),
        "de": ("iban", "iban nummer", "internationale bankkontonummer"),
        "fr": ("iban", "numéro iban", "code iban"),
        "es": ("iban", "número iban", "código iban"),
        "it": ("iban", "codice iban", "coordinate bancarie"),
        "pt": ("iban", "número iban", "nib"),
        "nl": ("iban", "iban nummer", "ibannummer"),
        "pl": ("iban", "numer iban", "nr iban"),
    }
    negative = frozenset({"bank", "bic", "country", "currency", "holder", "land", "name", "owner", "pays", "swift"})
    names_suffice = True
    examples = (
        "DE89 3704 0044 0532 0130 00",
        "GB82WEST12345698765432",
        "FR76 30006 00001 12345678901 89",
        "nl91abna0417164300",
        "NO93 8601 1117 947",
    )
    counterexamples = (
        "DE88 3704 0044 0532 0130 00",
        "GB82WEST1234569876543",
        "ZZ89370400440532013000",
        "DE89",
        "d41d8cd98f00b204e9800998ecf8427e",
        "NL91 0417 1643 00AB NA",
    )
    proposes: ClassVar[tuple[Any, ...]] = ({"fpe": {"as": "iban", "else": "token"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The check digits (ISO 7064, mod 97-10), and the length and structure that the country registered."""
        from stdnum import iban

        return [iban.is_valid(value, check_country=False) for value in values]
