"""Login and screen names."""

from __future__ import annotations

from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words

__all__ = ["Username"]


class Username(Detector):
    """A login name. Any short word may be one, so that the column's name must say it."""

    title: ClassVar[str] = "User name"
    taxonomy = (
        "GDPR recital 30: online identifier",
        "HIPAA: any other unique identifying number, characteristic, or code",
    )
    identifying = True
    patterns = (r"[\p{L}\p{N}_@][\p{L}\p{N}._@+$\\\-]*",)
    chance = 1.0
    tokens: ClassVar[Words] = {
        "en": ("username", "user name", "login", "login name", "screen name", "user handle", "twitter handle",
               "skype", "logon", "loginname", "uname", "twitter", "instagram"),
        "de": ("benutzername", "anmeldename", "nutzername", "benutzerkennung"),
        "fr": ("nom utilisateur", "pseudo", "nom d utilisateur"),
        "es": ("nombre de usuario", "usuario"),
        "it": ("nome utente", "utente"),
        "pt": ("nome de usuário", "nome de utilizador", "utilizador"),
        "nl": ("gebruikersnaam",),
        "pl": ("nazwa użytkownika", "użytkownik"),
    }  # fmt: skip
    weak: ClassVar[Words] = {
        "en": ("handle", "nick", "user"),
        "de": ("benutzer", "nutzer", "kennung"),
        "fr": ("utilisateur", "identifiant"),
        "es": ("apodo",),
        "it": ("soprannome",),
        "pt": ("usuário",),
        "nl": ("gebruiker",),
        "pl": ("login",),
    }
    negative = frozenset({
        "agent", "attempt", "attempts", "failed", "failures", "group", "ip", "last", "level", "method", "page",
        "role", "session", "token", "url",
    })  # fmt: skip
    names_suffice = True
    examples = ("ada.lovelace", "mike", "CORP\\jdoe", "user_42")
    counterexamples = ("two words", "", "a/b/c")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fake": {"as": "username", "unique": True}},
        {"fake": {"as": "username"}},
        {"token": {}},
        "null",
    )
