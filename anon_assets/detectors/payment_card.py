"""Payment card numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["PaymentCard"]

_GAP = r"[ .\-\x{a0}]"
# The first digits in use by some brand: Visa, Mastercard, Maestro, Discover, UnionPay, RuPay, JCB, Mir, Troy.
_PREFIX = r"(?:4[0-9]{3}|5[0-8][0-9]{2}|2[2-7][0-9]{2}|6[0-9]{3}|35[0-9]{2}|30(?:88|96)|3112|3158|3337|9792)"
_AMERICAN_EXPRESS, _DINERS = r"3[47][0-9]{2}", r"3(?:0[0-59]|[689][0-9])[0-9]"
_GROUPED = (
    rf"{_PREFIX}(?:{_GAP}[0-9]{{4}}){{3}}(?:{_GAP}[0-9]{{3}})?",
    rf"{_AMERICAN_EXPRESS}{_GAP}[0-9]{{6}}{_GAP}[0-9]{{5}}",
    rf"{_AMERICAN_EXPRESS}(?:{_GAP}[0-9]{{4}}){{2}}{_GAP}[0-9]{{3}}",
    rf"{_DINERS}{_GAP}[0-9]{{6}}{_GAP}[0-9]{{4}}",
    rf"{_DINERS}(?:{_GAP}[0-9]{{4}}){{2}}{_GAP}[0-9]{{2}}",
)
_PLAIN = (
    rf"{_PREFIX}[0-9]{{12}}",
    r"(?:3[47][0-9]{2}|2131|1800)[0-9]{11}",
    r"4[0-9]{12}(?:[0-9]{6})?",
    rf"{_DINERS}[0-9]{{10}}",
    r"62[0-9]{15,17}",
)
_MAESTRO = r"(?:50(?:18|20|38)|5[678][0-9]{2}|0604|6304|6390|67[0-9]{2})[0-9]{8,15}"
# Four groups inside a grouped IBAN may look like a card: the IBAN is matched whole, and refused for its letters.
_NO_CARD = r"[A-Z]{2}[0-9]{2}(?: [A-Z0-9]{4}){3,7}(?: [A-Z0-9]{1,3})?"


class PaymentCard(Detector):
    """A card number: an issuer prefix in use, a length its brand has, and the Luhn digit (ISO/IEC 7812-1).

    One random number of that shape in ten passes, so that a column counts only when far more of its numbers do.
    """

    title: ClassVar[str] = "Payment card number"
    taxonomy = ("PCI DSS: primary account number", "HIPAA: account numbers", "GDPR art. 4(1): identifier")
    identifying = True
    patterns = (*_GROUPED, *_PLAIN, r"(?:5[06-8]|6[0-9])[0-9]{10,17}")
    needs = "[0-9]{4}"
    chance = 0.1
    in_text = True
    text_patterns = (*_GROUPED, *_PLAIN, _MAESTRO, _NO_CARD)
    named_patterns = (r"[1-9][0-9]{11,18}", r"[1-9][0-9]{3}(?:[ \-][0-9]{4}){2,3}(?:[ \-][0-9]{1,3})?")
    tokens: ClassVar[Words] = {
        "en": ("credit card", "card number", "card no", "card num", "cc number", "cc num", "debit card",
               "payment card", "ccn", "primary account number"),
        "de": ("kreditkarte", "kreditkartennummer", "kartennummer", "kartennr"),
        "fr": ("carte bancaire", "carte de crédit", "numéro de carte", "carte bleue"),
        "es": ("tarjeta de crédito", "número de tarjeta", "tarjeta", "tarjeta de débito"),
        "it": ("carta di credito", "numero carta", "numero di carta"),
        "pt": ("cartão de crédito", "número do cartão", "número cartão"),
        "nl": ("creditcard", "creditcardnummer", "kaartnummer"),
        "pl": ("karta kredytowa", "numer karty", "karta płatnicza"),
    }  # fmt: skip
    negative = frozenset({
        "brand", "exp", "expiration", "expires", "expiry", "holder", "issuer", "limit", "month", "name", "network",
        "owner", "payment", "year",
    })  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("4111 1111 1111 1111", "5555555555554444", "3782-822463-10005", "30569309025904", "2223003122003222")
    counterexamples = ("4111 1111 1111 1112", "1234567812345670", "0000000000000000", "4111", "79927398713")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"mask": {"last": 4}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The Luhn check digit."""
        from stdnum import luhn

        digits = [value.translate(_WITHOUT_GAPS) for value in values]
        return [number.isdigit() and luhn.is_valid(number) for number in digits]


_WITHOUT_GAPS = str.maketrans("", "", " .-\xa0")
