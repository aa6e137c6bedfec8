"""What the name of a column says: whole words and phrases of a detector, vetoed by negative words. Never substrings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import re2

from anon_assets.contracts.detector import DETECTORS, Detector

__all__ = ["NameEvidence", "about_persons", "names_itself", "spelled_out", "words"]

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
    "lon", "lng", "token", "tokens", "tok", "tokenized", "tokenised", "sha", "digest",
    "masked", "redacted", "hint", "help", "tooltip", "placeholder",
})  # fmt: skip
"""Words that turn any name into something about the entity instead of the entity; a matched phrase may hold them."""

_KEYS = frozenset({"id", "ids", "uuid", "guid", "key"})
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


_ABBREVIATED = {
    short: long.split()
    for long, shorts in {
        "address": "addr addrs adr adrs adress", "name": "nm nme nam", "first name": "fnm fname frstnm firstnm",
        "last name": "lnm lname lstnm lastnm", "full name": "fullnm", "first": "frst fst", "last": "lst",
        "number": "num nbr no nr nmbr", "phone": "ph phn fon phne", "telephone": "tele tlf telno", "telefon": "tfn",
        "mobile": "mob mbl mobl", "email": "eml emailid emal emladdr", "date": "dt", "datum": "dat",
        "birth date": "bdate bday birthdt brthdt", "birth": "brth bth", "geburts": "geb gebdat", "customer": "cust cst",
        "employee": "emp empl", "patient": "pat ptnt", "user": "usr", "client": "clnt", "member": "mbr mem",
        "password": "pwd pswd passwd psswd pword passwrd", "license": "lic licn licence", "driver": "drv drvr drivers",
        "vehicle": "veh", "plate": "plt", "registration": "regn", "account": "acct acc acnt", "bank": "bnk",
        "card": "crd", "credit": "crdt cr", "salary": "sal slry", "income": "inc", "monthly": "mthly mth",
        "annual": "ann annl", "country": "ctry cntry", "city": "cty", "postal": "pstl postl", "code": "cd",
        "street": "strt", "gender": "gndr gend gdr", "religion": "relig rlgn", "ethnicity": "ethn ethnic eth",
        "title": "ttl", "occupation": "occ occup occpn", "job": "jb", "social": "soc", "security": "sec scrty",
        "medical": "med", "record": "rec", "passport": "pspt passpt", "nationality": "natl natlty", "years": "yrs yr",
        "latitude": "lati latit", "longitude": "lng long", "coordinates": "coord coords", "secret": "scrt",
        "insurance": "ins", "naissance": "naiss", "nascimento": "nasc", "nacimiento": "nac nacim", "nascita": "nasc",
        "handy": "hndy", "geboorte": "gebrt", "urodzenia": "urodz", "kennzeichen": "kz knz", "nummer": "nmr",
        "vorname": "vorn", "nachname": "nachn", "strasse": "strs",
    }.items()
    for short in shorts.split()
}  # fmt: skip
"""What people write for short, by the word meant."""

_PARTICLES = frozenset(
    {"de", "du", "des", "da", "do", "dos", "di", "del", "della", "of", "van", "la", "le", "el", "d", "y", "e", "et"}
)
_SHORT = frozenset({"tel", "fax", "dob", "sex", "ssn", "plz", "nhs", "iban", "kfz", "mrn"})
_VAGUE = frozenset({"post", "place", "note", "user", "nome", "type", "page", "port", "rate"})
_ENDINGS = frozenset({"cd", "dt", "nm", "no", "nr"})
_LEAST = 4  # letters of a word that may stand in another without a gap


@cache
def _vocabulary() -> frozenset[str]:
    """Words that names are made of: those of every detector, of persons, and short forms."""
    known = set(_NEGATIVE) | _PERSONS | set(_ABBREVIATED) | {word for long in _ABBREVIATED.values() for word in long}
    for kind in DETECTORS:
        known |= {
            word
            for listed in (kind.tokens, kind.weak)
            for phrases in listed.values()
            for phrase in phrases
            for form in _spellings(phrase)
            for word in form
        }
    return (
        frozenset(word for word in known if len(word) >= _LEAST and word not in _VAGUE)
        | _SHORT
        | frozenset(short for short in _ABBREVIATED if len(short) > 2)
    )


@cache
def _parted(word: str) -> tuple[str, ...]:
    """A word written without gaps as the known words that it is made of, the fewest; else itself.

    Only when nothing is left over, so that no word is found inside another (``age`` in ``storage``).
    """
    known = _vocabulary()
    if word in known or len(word) < 5:
        return (word,)
    if word[-2:] in _ENDINGS and word[:-2] in known and len(word) >= _LEAST + 2:
        return (word[:-2], word[-2:])
    best: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
    for end in range(3, len(word) + 1):
        for start in range(max(0, end - 20), end - 2):
            before = best[start]
            if before is None or word[start:end] not in known:
                continue
            made = (*before, word[start:end])
            kept = best[end]
            if kept is None or len(made) < len(kept):
                best[end] = made
    return best[-1] or (word,)


@cache
def spelled_out(name: str) -> tuple[str, ...]:
    """The words of a name with those parted that are written as one, and abbreviations written out.

    >>> spelled_out("cust_fnm"), spelled_out("EMAILADDR1"), spelled_out("brthDt"), spelled_out("storage")
    (('customer', 'first', 'name'), ('email', 'address'), ('birth', 'date'), ('storage',))
    """
    parts = [part for word in words(name) for part in _parted(word)]
    return tuple(word for part in parts for word in _ABBREVIATED.get(part, [part]))


def _spellings(phrase: str) -> set[tuple[str, ...]]:
    lowered = phrase.casefold()
    spelled = {words(lowered), words(lowered.translate(_UMLAUTS))}
    short = {tuple(word for word in each if word not in _PARTICLES) for each in spelled}
    return spelled | {each for each in short if len(each) > 1}  # data_nascimento for data de nascimento


def _same(word: str, wanted: str) -> bool:
    return word == wanted or (len(wanted) > 2 and word in {wanted + "s", wanted + "es"})


def _singulars(word: str) -> list[str]:
    return [each for each in {word, word.removesuffix("s"), word.removesuffix("es")} if each == word or len(each) > 2]


class _Phrases:
    """Phrases indexed by how they begin and by how they look when written without gaps."""

    def __init__(self, phrases: Sequence[tuple[str, ...]]) -> None:
        self._beginning: dict[str, list[tuple[str, ...]]] = {}
        self._joined: dict[str, tuple[str, ...]] = {}
        for phrase in phrases:
            self._beginning.setdefault(phrase[0], []).append(phrase)
            self._joined.setdefault("".join(phrase), phrase)

    def found(self, name: Sequence[str]) -> Iterator[tuple[tuple[str, ...], range]]:
        """Phrases in a name and where: words in order and side by side, or written as one; or one word written apart."""
        for start, word in enumerate(name):
            for singular in _singulars(word):
                for phrase in self._beginning.get(singular, ()):
                    end = start + len(phrase)
                    if end <= len(name) and all(map(_same, name[start:end], phrase)):
                        yield phrase, range(start, end)
                phrase = self._joined.get(singular, ())
                if len(phrase) > 1 and len(singular) >= _JOINED:
                    yield phrase, range(start, start + 1)
            for end in range(start + 2, min(start + 3, len(name)) + 1):  # pass_word, geburts_datum, d_o_b
                if not _KEYS.isdisjoint(name[start:end]):  # user_id is a number, userid a login
                    continue
                together = "".join(name[start:end])
                phrase = self._joined.get(together, ())
                if len(phrase) == 1 and (len(together) >= _JOINED or len(together) == end - start):
                    yield phrase, range(start, end)


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """What column names say to one detector.

    Args:
        strong: phrases that suffice. weak: phrases that need a table about persons. negative: words that veto.
        rules: patterns that suffice where no negative word of the detector's own stands in the name.
    """

    strong: _Phrases
    weak: _Phrases
    negative: frozenset[str]
    rules: tuple[str, ...] = ()

    @classmethod
    def of(cls, detector: type[Detector]) -> NameEvidence:
        """The evidence of a detector."""

        def phrases(tokens: Mapping[str, Sequence[str]]) -> _Phrases:
            found = {each for listed in tokens.values() for phrase in listed for each in _spellings(phrase)}
            return _Phrases(sorted(found))

        return cls(phrases(detector.tokens), phrases(detector.weak), detector.negative, detector.name_patterns)

    def vetoed(self, column: str) -> bool:
        """A negative word stands in the name."""
        return any(word in self.negative or word in _NEGATIVE for word in words(column))

    def _match(self, column: str, phrases: _Phrases) -> str:
        return self._found(words(column), phrases) or self._found(spelled_out(column), phrases)

    def _found(self, name: tuple[str, ...], phrases: _Phrases) -> str:
        best: tuple[int, int, int, str] = (0, 0, 0, "")
        for phrase, place in phrases.found(name):
            others = [word for position, word in enumerate(name) if position not in place]
            if not any(word in self.negative or word in _NEGATIVE for word in others):
                best = max(best, (len(place), sum(map(len, phrase)), -len(phrase), " ".join(phrase)))
        return best[-1]

    def says(self, column: str) -> str:
        """The longest strong phrase in the name, or the name itself where a rule matches; empty without, under a veto."""
        return self._match(column, self.strong) or self._ruled(column)

    def _ruled(self, column: str) -> str:
        if not self.rules or self.negative & set(words(column)):
            return ""
        return column.casefold() if any(re2.search(f"(?i:{rule})", column) for rule in self.rules) else ""

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
