"""What the name of a column says: whole words and phrases of a detector, vetoed by negative words. Never substrings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from anon_assets.contracts.detector import Detector

__all__ = ["NameEvidence", "about_persons", "names_itself", "words"]

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+")
_NO_MARKS = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "ß": "ss", "æ": "ae", "Æ": "AE"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_JOINED = 5  # letters from which two words written as one are still the phrase: firstname, but not "ip v"

_NEGATIVE = frozenset({
    "id", "ids", "uuid", "guid", "count", "counts", "cnt", "counter", "verified", "unverified", "confirmed",
    "validated", "valid", "invalid", "type", "types", "typ", "kind", "template", "templates", "status", "flag",
    "is", "has", "enabled", "disabled", "allowed", "required", "format", "length", "size", "regex", "pattern",
    "hash", "hashed", "checksum", "updated", "update", "created", "modified", "changed", "deleted", "timestamp",
    "bounced", "bounces", "opt", "optin", "optout", "subscribed", "consent", "notification", "notifications",
    "preference", "preferences", "setting", "settings", "config", "quota", "limit", "label", "seq", "sequence",
    "version", "index", "idx", "lang", "language", "locale", "score", "rank", "ratio", "code", "date", "datum",
    "fecha", "anzahl", "verifie", "verificado", "verificato", "zweryfikowany", "latitude", "longitude", "lat",
    "lon", "lng", "hint", "help", "tooltip", "placeholder",
})  # fmt: skip
"""Words that turn any name into something about the entity instead of the entity; a matched phrase may hold them."""

_PERSONS = frozenset({
    "person", "people", "customer", "client", "user", "employee", "staff", "patient", "member", "contact",
    "student", "teacher", "applicant", "candidate", "subscriber", "guest", "passenger", "driver", "tenant", "donor",
    "voter", "citizen", "individual", "beneficiary", "insured", "participant", "resident", "worker", "child",
    "parent", "lead", "physician", "doctor", "kunde", "kunden", "mitarbeiter", "benutzer", "nutzer", "personen",
    "mitglied", "mitglieder", "patienten", "schueler", "utilisateur", "salarie", "employe", "personne", "adherent",
    "cliente", "usuario", "empleado", "persona", "persone", "paciente", "utente", "utenti", "clienti", "dipendente",
    "dipendenti", "paziente", "pazienti", "funcionario", "pessoa", "utilizador", "klant", "klanten", "gebruiker",
    "medewerker", "persoon", "lid", "leden", "klient", "klienci", "uzytkownik", "pracownik", "osoba", "osoby",
    "pacjent", "pacjenci",
})  # fmt: skip


def _plain(text: str) -> str:
    marks = unicodedata.normalize("NFKD", text.translate(_NO_MARKS))
    return "".join(letter for letter in marks if not unicodedata.combining(letter))


@cache
def words(name: str) -> tuple[str, ...]:
    """The words of a name, without accents and case: parted at underscores, points, spaces, digits and camel humps.

    >>> words("billing_postal_code"), words("eMailAddress2"), words("HTTPProxy"), words("Prénom")
    (('billing', 'postal', 'code'), ('e', 'mail', 'address'), ('http', 'proxy'), ('prenom',))
    """
    return tuple(word.casefold() for word in _WORD.findall(_CAMEL.sub("_", _plain(name))))


def _spellings(phrase: str) -> set[tuple[str, ...]]:
    lowered = phrase.casefold()
    return {words(lowered), words(lowered.translate(_UMLAUTS))}


def _same(word: str, wanted: str) -> bool:
    return word == wanted or (len(wanted) > 2 and word in {wanted + "s", wanted + "es"})


def _find(name: Sequence[str], phrase: Sequence[str]) -> range | None:
    """Where the phrase's words stand in the name, in order and side by side, or written as one word."""
    size = len(phrase)
    for start in range(len(name) - size + 1):
        if all(_same(word, wanted) for word, wanted in zip(name[start : start + size], phrase, strict=True)):
            return range(start, start + size)
    joined = "".join(phrase)
    if size > 1 and len(joined) >= _JOINED:
        for position, word in enumerate(name):
            if _same(word, joined):
                return range(position, position + 1)
    return None


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """What column names say to one detector.

    Args:
        strong: phrases that suffice. weak: phrases that need a table about persons. negative: words that veto.
    """

    strong: tuple[tuple[str, ...], ...]
    weak: tuple[tuple[str, ...], ...]
    negative: frozenset[str]

    @classmethod
    def of(cls, detector: type[Detector]) -> NameEvidence:
        """The evidence of a detector."""

        def phrases(tokens: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
            found = {each for listed in tokens.values() for phrase in listed for each in _spellings(phrase)}
            return tuple(sorted(found))

        return cls(phrases(detector.tokens), phrases(detector.weak), detector.negative)

    def vetoed(self, column: str) -> bool:
        """A negative word stands in the name."""
        return any(word in self.negative or word in _NEGATIVE for word in words(column))

    def _match(self, column: str, phrases: tuple[tuple[str, ...], ...]) -> str:
        name = words(column)
        best: tuple[int, int, int, str] = (0, 0, 0, "")
        for phrase in phrases:
            place = _find(name, phrase)
            if place is None:
                continue
            others = [word for position, word in enumerate(name) if position not in place]
            if not any(word in self.negative or word in _NEGATIVE for word in others):
                best = max(best, (len(place), sum(map(len, phrase)), -len(phrase), " ".join(phrase)))
        return best[-1]

    def says(self, column: str) -> str:
        """The longest strong phrase in the name, empty without one or under a veto."""
        return self._match(column, self.strong)

    def hints(self, column: str) -> str:
        """The longest weak phrase in the name, empty without one or under a veto."""
        return self._match(column, self.weak)


def about_persons(table: str) -> bool:
    """The table is named for persons: the last word of its name (``crm_customers``, not ``customer_type``).

    >>> about_persons("crm_customers"), about_persons("customer_type"), about_persons("film")
    (True, False, False)
    """
    name = words(table)
    return bool(name) and any(_same(name[-1], person) for person in _PERSONS)


def names_itself(table: str, column: str) -> bool:
    """The column is named like its table (``city.city``, ``countries.country_name``): a list of such things.

    >>> names_itself("city", "city"), names_itself("countries", "country"), names_itself("customer", "city")
    (True, True, False)
    """
    own, listed = words(column), words(table)
    if not own or not listed:
        return False
    head = listed[-1]
    singular = {head, head.removesuffix("s"), head.removesuffix("es"), head.removesuffix("ies") + "y"}
    return own[0] in singular and set(own[1:]) <= {"name", "code"}
