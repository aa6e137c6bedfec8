"""Payment card numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["PaymentCard"]

_PREFIX = r"(?:4[0-9]{3}|5[0-8][0-9]{2}|2[2-7][0-9]{2}|6[0-9]{3}|35[2-8][0-9])"  # in use by some brand
_GROUPED = rf"{_PREFIX}(?:[ \-][0-9]{{4}}){{3}}"
_AMEX = r"3[47][0-9]{2}[ \-][0-9]{6}[ \-][0-9]{5}"
_DINERS = r"3(?:0[0-5]|[68][0-9])[0-9][ \-][0-9]{6}[ \-][0-9]{4}"
_SIXTEEN = rf"{_PREFIX}[0-9]{{12}}"
_FIFTEEN = r"(?:3[47][0-9]{2}|2131|1800)[0-9]{11}"
_THIRTEEN_NINETEEN = r"4[0-9]{12}(?:[0-9]{6})?"
_FOURTEEN = r"3(?:0[0-5]|[68][0-9])[0-9]{11}"


class PaymentCard(Detector):
    """A card number: an issuer prefix in use, a length its brand has, and the Luhn digit (ISO/IEC 7812-1).

    One random number of that shape in ten passes, so that a column counts only when far more of its numbers do.
    """

    title: ClassVar[str] = "Payment card number"
    taxonomy = ("PCI DSS: primary account number", "HIPAA: account numbers", "GDPR art. 4(1): identifier")
    identifying = True
    patterns = (
        _GROUPED,
        _AMEX,
        _DINERS,
        _SIXTEEN,
        _FIFTEEN,
        _THIRTEEN_NINETEEN,
        _FOURTEEN,
        r"(?:5[06-8]|6[0-9])[0-9]{11,17}",
    )
    chance = 0.1
    in_text = True
    text_patterns = (_GROUPED, _AMEX, _DINERS, _SIXTEEN, _FIFTEEN, _THIRTEEN_NINETEEN, _FOURTEEN)
    tokens: ClassVar[Words] = {
        "en": ("credit card", "card number", "card no", "card num", "cc number", "cc num", "debit card",
               "payment card", "ccn", "primary account number"),
        "de": ("kreditkarte", "kreditkartennummer", "kartennummer"),
        "fr": ("carte bancaire", "carte de crédit", "numéro de carte"),
        "es": ("tarjeta de crédito", "número de tarjeta", "tarjeta"),
        "it": ("carta di credito", "numero carta"),
        "pt": ("cartão de crédito", "número do cartão"),
        "nl": ("creditcard", "creditcardnummer", "kaartnummer"),
        "pl": ("karta kredytowa", "numer karty"),
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

        return [luhn.is_valid(value.replace(" ", "").replace("-", "")) for value in values]
