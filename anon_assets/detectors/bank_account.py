"""Bank account numbers in national form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import cycle
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["BankAccount"]

_BELGIUM = r"[0-9]{3}-[0-9]{7}-[0-9]{2}"
_BRITAIN = r"[0-9]{2}-[0-9]{2}-[0-9]{2}(?: |/| / |, )[0-9]{8}"
_CZECHIA = r"(?:[0-9]{1,6}-)?[0-9]{2,10}/[0-9]{4}"
_NEW_ZEALAND = r"[0-9]{2}[ \-][0-9]{4}[ \-][0-9]{7}[ \-][0-9]{2,3}"
_NORWAY = r"[0-9]{4}\.[0-9]{2}\.[0-9]{5}"
_SPAIN = r"[0-9]{4}[ \-]?[0-9]{4}[ \-]?[0-9]{2}[ \-]?[0-9]{10}"
_DATE = re.compile(r"[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2,4}|[0-9]{4}([./-])[0-9]{1,2}\2[0-9]{1,2}")


class BankAccount(Detector):
    """An account number as one country writes it, known by the column's name or by a form of its own.

    A column's values speak for themselves in Belgium, Czechia, New Zealand, Norway and Spain (grouped or 20 digits),
    Argentina (22 digits) and Mexico (18 digits), all with check digits, and in Britain with the sort code before the
    number, which has none. The chance rate is the weakest of the check digits, that of Mexico.
    """

    title: ClassVar[str] = "Bank account number"
    taxonomy = ("HIPAA: account numbers", "GDPR art. 4(1): identifier")
    identifying = True
    patterns = (
        _BELGIUM,
        _BRITAIN,
        _CZECHIA,
        _NEW_ZEALAND,
        _NORWAY,
        _SPAIN,
        r"[0-9]{18}",
        r"[0-9]{8}[ \-]?[0-9]{14}",
    )
    needs = "[0-9]{2}"
    chance = 0.1
    in_text = True
    named_patterns = (
        _BRITAIN,
        _CZECHIA,
        r"[0-9]{6,22}",
        r"[0-9]{2,8}(?:[ .\-][0-9]{1,10}){1,5}",
        r"[A-Z]{4}[0-9]{10,14}",
    )
    tokens: ClassVar[Words] = {
        "en": ("bank account", "bank account number", "account number", "account no", "account num", "account nbr",
               "acct number", "acct no", "acct num", "bban", "bank acct", "checking account", "savings account"),
        "de": ("kontonummer", "kontonr", "bankkonto", "bankverbindung", "konto nummer", "konto nr"),
        "fr": ("compte bancaire", "numéro de compte", "rib", "no compte"),
        "es": ("cuenta bancaria", "número de cuenta", "clabe", "cuenta corriente", "ccc", "nro cuenta", "cbu"),
        "it": ("conto corrente", "numero di conto", "numero conto", "conto bancario"),
        "pt": ("conta bancária", "número da conta", "conta corrente", "número de conta"),
        "nl": ("rekeningnummer", "bankrekening", "bankrekeningnummer"),
        "pl": ("numer konta", "numer rachunku", "rachunek bankowy", "konto bankowe", "nr konta", "nr rachunku", "nrb"),
    }  # fmt: skip
    negative = frozenset({
        "balance", "bank", "bic", "branch", "class", "currency", "group", "holder", "limit", "manager", "name", "open",
        "opened", "owner", "plan", "saldo", "swift",
    })  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = (
        "20-00-00 55779911",
        "19-2000145399/0800",
        "8601.11.17947",
        "1234-1234-16 1234567890",
        "032180000118359719",
        "310-0451234-76",
        "01-0902-0068389-00",
    )
    counterexamples = ("20-00-00", "19-2000145398/0800", "8601.11.17949", "032180000118359718", "12345678", "2024/2025")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fpe": {"as": "digits", "else": "token"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The check digits of those forms that have some; no date."""
        return [_valid(value) for value in values]


def _valid(value: str) -> bool:
    from stdnum.ar import cbu
    from stdnum.cz import bankaccount as czech
    from stdnum.es import ccc
    from stdnum.no import kontonr
    from stdnum.nz import bankaccount as new_zealand

    digits = "".join(filter(str.isdigit, value))
    if "/" in value and not re.fullmatch(_BRITAIN, value):
        return bool(czech.is_valid(value))
    for shape, check in ((_NEW_ZEALAND, new_zealand.is_valid), (_NORWAY, kontonr.is_valid)):
        if re.fullmatch(shape, value):
            return bool(check(value))
    if re.fullmatch(_BELGIUM, value):
        return (int(digits[:10]) % 97 or 97) == int(digits[10:])
    lengths = {18: _is_clabe, 20: ccc.is_valid, 22: cbu.is_valid}
    if len(digits) in lengths and value[0].isdigit():
        return bool(lengths[len(digits)](digits)) and len(set(digits)) > 1
    return len(digits) >= 6 and not _DATE.fullmatch(value)


def _is_clabe(digits: str) -> bool:
    """The check digit of a Mexican account (CLABE): weights 3, 7, 1."""
    summed = sum(int(digit) * weight % 10 for digit, weight in zip(digits[:17], cycle((3, 7, 1)), strict=False))
    return (10 - summed % 10) % 10 == int(digits[17])
