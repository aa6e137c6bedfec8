"""E-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words

__all__ = ["Email"]

_FILES = frozenset({
    "css", "csv", "gif", "htm", "html", "ico", "jpeg", "jpg", "js", "json", "md", "pdf", "png", "svg", "tar", "txt",
    "webp", "xml", "zip",
})  # fmt: skip
_DOTS = re.compile(r"^\.|\.\.|\.@|@[-.]|-\.|-$")


class Email(Detector):
    """A mailbox at a domain with a top-level domain (RFC 5321 lengths; quoted local parts are not looked for)."""

    title: ClassVar[str] = "E-mail address"
    taxonomy = ("HIPAA: e-mail addresses", "GDPR art. 4(1): online identifier", "ISO/IEC 27018: e-mail address")
    identifying = True
    patterns = (r"[\p{L}\p{N}._%+'&~\-]+@(?:[\p{L}\p{N}\-]+\.)+\p{L}{2,}",)
    chance = 0.0
    in_text = True
    tokens: ClassVar[Words] = {
        "en": ("email", "e mail", "mail", "email address", "mailbox"),
        "de": ("email adresse", "mailadresse", "e mail adresse"),
        "fr": ("courriel", "adresse mail", "adresse électronique", "mel"),
        "es": ("correo", "correo electrónico"),
        "it": ("posta elettronica", "indirizzo email"),
        "pt": ("correio eletrônico", "endereço de email"),
        "nl": ("mailadres", "e mailadres"),
        "pl": ("poczta elektroniczna", "adres email"),
    }
    negative = frozenset({
        "body", "box", "chimp", "class", "domain", "host", "port", "provider", "sender", "sent", "server",
        "subject", "text", "track",
    })  # fmt: skip
    names_suffice = True
    examples = (
        "ada.lovelace@example.com",
        "o'neil+news@mail.example.co.uk",
        "ANDREA.HENDERSON@sakilacustomer.org",
        "jürgen@münchen.example",
    )
    counterexamples = ("ada@localhost", "@ada", "logo@2x.png", "a..b@example.com", "ada at example.com", "x@1.2")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fake": {"as": "email", "unique": True}},
        {"fake": {"as": "email"}},
        {"token": {}},
        "null",
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Lengths of RFC 5321, dots in order, and no file name such as ``logo@2x.png``."""
        return [
            len(value) <= 254
            and value.rindex("@") <= 64
            and not _DOTS.search(value)
            and value.rpartition(".")[2].casefold() not in _FILES
            for value in values
        ]
