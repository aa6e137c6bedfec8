"""Login and screen names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets import gazetteer
from anon_assets.contracts.detector import Detector, Words

__all__ = ["Username"]

_DOMAIN = r"(?:[A-Za-z]{2,12}\\)?@?"
_PARTED = re.compile(rf"{_DOMAIN}([^\W\d_]+)[._\-]([^\W\d_]+)(?:[._\-]?[0-9]{{1,4}})?")
_JOINED = re.compile(rf"{_DOMAIN}([^\W\d_]{{5,}})(?:[._\-]?[0-9]{{1,4}})?")
_MANY = 8  # values from which those that are not built of names are taken for logins among logins
_SHARE = 0.4  # of the values of a column, from which it is one of login names: many are invented


class Username(Detector):
    """A login name. Any short word may be one, so that the column's name must say it, unless most are built of names.

    Built of names are a given and a family name, joined or with a point, hyphen or underscore between, either of them as
    one letter, with a number behind or not (``maria.garcia``, ``jsmith42``), and a given name with a number. Measured on
    columns of English words, pairs of them, places, single names and host names: at most 7 % of the values are built so,
    a third of slugs of places and companies that are named for persons, and no such column passes.
    """

    title: ClassVar[str] = "User name"
    taxonomy = (
        "GDPR recital 30: online identifier",
        "HIPAA: any other unique identifying number, characteristic, or code",
    )
    identifying = True
    patterns = (r"[\p{L}\p{N}_@][\p{L}\p{N}._@+$\\\-]*",)
    needs: ClassVar[str] = r"\p{L}"
    chance = 0.0
    tokens: ClassVar[Words] = {
        "en": ("username", "user name", "login", "login name", "screen name", "user handle", "twitter handle",
               "skype", "logon", "loginname", "uname", "twitter", "instagram", "user login", "samaccountname",
               "nickname", "gamertag", "screenname", "account name", "discord", "userid", "user principal name",
               "display handle", "github username"),
        "de": ("benutzername", "anmeldename", "nutzername", "benutzerkennung", "loginname"),
        "fr": ("nom utilisateur", "pseudo", "nom d utilisateur", "pseudonyme"),
        "es": ("nombre de usuario", "usuario"),
        "it": ("nome utente", "utente"),
        "pt": ("nome de usuário", "nome de utilizador", "utilizador"),
        "nl": ("gebruikersnaam", "inlognaam"),
        "pl": ("nazwa użytkownika", "użytkownik"),
    }  # fmt: skip
    weak: ClassVar[Words] = {
        "en": ("handle", "nick", "user", "alias"),
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
    examples = ("maria.garcia", "anna_schmidt82", "CORP\\jsmith", "jsmith42")
    counterexamples = ("two words", "", "a/b/c", "mike", "order_42", "user.service", "SKU-1234")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fake": {"as": "username", "unique": True}},
        {"fake": {"as": "username"}},
        {"token": {}},
        "null",
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """All of a kind when enough of them are built of names that people bear; none otherwise."""
        built = [_is_built_of_names(value) for value in values]
        if sum(built) < _SHARE * len(built):
            return [False] * len(built)
        return [any(map(str.isalpha, value)) for value in values] if len(built) >= _MANY else built


def _is_built_of_names(value: str) -> bool:
    given, family = gazetteer.given_names(), gazetteer.family_names()
    lowered = value.casefold()
    if parted := _PARTED.fullmatch(lowered):
        first, last = parted.groups()
        if "-" in value and value != lowered:
            return False  # a double name: Anne-Marie
        return (
            (first in given and (last in family or len(last) == 1))
            or (first in family and last in given)
            or (len(first) == 1 and len(last) > 3 and last in family)
        )
    joined = _JOINED.fullmatch(lowered)
    if joined is None or any(map(str.isupper, value.rpartition("\\")[2])):
        return False  # capital letters are for the names themselves
    word = joined[1]
    if word in given or word in family:
        return word in given and value[-1].isdigit()
    return (len(word) > 5 and (word[1:] in family or (word[:-1] in family and value[-1].isdigit()))) or any(
        (word[:cut] in given and word[cut:] in family) or (word[:cut] in family and word[cut:] in given)
        for cut in range(3, len(word) - 2)
    )
