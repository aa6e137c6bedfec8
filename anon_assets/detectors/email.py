"""E-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["Email"]

_LOCAL = r"[\p{L}\p{M}\p{N}._%+'\x{2019}&~*•●!#$=?^|{}\-]"
_DOMAIN = r"(?:[\p{L}\p{M}\p{N}\-]+\.)+(?:[\p{L}\p{M}]{2,}|xn--[A-Za-z0-9\-]+)"
_PLAIN = r"[\p{L}\p{M}\p{N}._%+'\x{2019}&~*•●\-]"
_FILES = frozenset({
    "css", "csv", "gif", "htm", "html", "ico", "jpeg", "jpg", "js", "json", "md", "pdf", "png", "svg", "tar", "txt",
    "webp", "xml", "yaml", "yml", "zip",
})  # fmt: skip
_WRONG = re.compile(
    r"^\.|\.\.|\.@|@[-.]|-\.|-$|[*•●]|://"
    r"|^(?:x{3,}|redacted|masked|removed|hidden|anonymi[sz]ed|anonymous)@|^git@git(?:hub|lab)\.com$",
    re.IGNORECASE,
)


class Email(Detector):
    """A mailbox at a domain with a top-level domain (RFC 5321 lengths; quoted local parts are not looked for).

    Addresses that were masked already (``a***@example.com``) and the password of a connection string
    (``https://ada:secret@example.com``) are none.
    """

    title: ClassVar[str] = "E-mail address"
    taxonomy = ("HIPAA: e-mail addresses", "GDPR art. 4(1): online identifier", "ISO/IEC 27018: e-mail address")
    identifying = True
    patterns = (rf"(?:mailto:)?{_LOCAL}+@{_DOMAIN}", rf"{_LOCAL}*<{_PLAIN}+@{_DOMAIN}>")
    needs: ClassVar[str] = r"@"
    chance = 0.0
    in_text = True
    text_patterns = (
        rf"[\p{{L}}\p{{N}}_*•●]{_PLAIN}*@{_DOMAIN}",
        rf"[\p{{L}}\p{{N}}][\p{{L}}\p{{N}}._+\-]*%40{_DOMAIN}",  # in the query of an address
        rf"[A-Za-z][A-Za-z0-9+.\-]*://[^\s/?#\"'<>@]*@{_DOMAIN}",  # not one, but to be taken whole
    )
    tokens: ClassVar[Words] = {
        "en": ("email", "e mail", "mail", "email address", "mailbox", "email addr", "mail address"),
        "de": ("email adresse", "mailadresse", "e mail adresse", "elektronische post"),
        "fr": ("courriel", "adresse mail", "adresse électronique", "mel", "adresse email", "adresse e mail"),
        "es": ("correo", "correo electrónico", "dirección de correo"),
        "it": ("posta elettronica", "indirizzo email", "indirizzo di posta"),
        "pt": ("correio eletrônico", "endereço de email", "correio electrónico"),
        "nl": ("mailadres", "e mailadres", "emailadres"),
        "pl": ("poczta elektroniczna", "adres email", "adres e mail"),
        "sv": ("epost", "e post", "epostadress"),
        "tr": ("eposta", "e posta"),
    }
    negative = frozenset({
        "body", "box", "chimp", "class", "domain", "host", "port", "provider", "sender", "sent", "server",
        "subject", "text", "track",
    })  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "other"})
    names_suffice = True
    examples = (
        "ada.lovelace@example.com",
        "o'neil+news@mail.example.co.uk",
        "ANDREA.HENDERSON@sakilacustomer.org",
        "jürgen@münchen.example",
        "संपर्क@उदाहरण.भारत",
    )
    counterexamples = (
        "ada@localhost",
        "@ada",
        "logo@2x.png",
        "a..b@example.com",
        "ada at example.com",
        "x@1.2",
        "a***@example.com",
        "xxxxx@example.com",
        "git@github.com",
    )
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fake": {"as": "email", "unique": True}},
        {"fake": {"as": "email"}},
        {"token": {}},
        "null",
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Lengths of RFC 5321, dots in order, nothing masked, and no file name such as ``logo@2x.png``."""
        return [_is_address(value) for value in values]


def _is_address(value: str) -> bool:
    address = value.removeprefix("mailto:").rpartition("<")[2].removesuffix(">")
    if "@" not in address:
        address = address.replace("%40", "@")
    return (
        len(address) <= 254
        and address.rindex("@") <= 64
        and not _WRONG.search(address)
        and address.rpartition(".")[2].casefold() not in _FILES
    )
