"""The formats of text, each a tuple of parts."""

from __future__ import annotations

from collections.abc import Callable

from anon_assets.transforms.fpe.formats.classes import (
    alphanumeric,
    auto,
    digits,
    hexadecimal,
    letters,
    template,
    username,
)
from anon_assets.transforms.fpe.formats.email import email
from anon_assets.transforms.fpe.formats.iban import iban
from anon_assets.transforms.fpe.formats.payment_card import payment_card
from anon_assets.transforms.fpe.formats.phone import phone
from anon_assets.transforms.fpe.formats.ssn import ssn
from anon_assets.transforms.fpe.formats.uuid import uuid
from anon_assets.transforms.fpe.parts import Part

__all__ = ["parts_of", "template"]

_PLAIN: dict[str, Callable[[], tuple[Part, ...]]] = {
    "digits": digits,
    "letters": letters,
    "alphanumeric": alphanumeric,
    "hex": hexadecimal,
    "auto": auto,
    "phone": phone,
    "iban": iban,
    "uuid": uuid,
    "ssn": ssn,
    "username": username,
}


def parts_of(name: str, *, keep: bool) -> tuple[Part, ...]:
    """The parts of a format.

    Args:
        name: of the format.
        keep: of ``email`` the domain, of ``payment_card`` the issuer's digits.
    """
    if name == "email":
        return email(keep_domain=keep)
    if name == "payment_card":
        return payment_card(keep_bin=keep)
    return _PLAIN[name]()
