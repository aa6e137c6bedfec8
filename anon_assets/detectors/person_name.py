"""Full names of persons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words
from anon_assets.gazetteer import alike, fold, name_words, names_within
from anon_assets.gazetteer.likeness import TITLES

__all__ = ["PersonName"]

_BEYOND = (
    r"\x{C0}-\x{24F}\x{370}-\x{1FFF}\x{2C60}-\x{2C7F}"  # few ranges keep the automaton small; words are judged later
)
_NAME = rf"[A-Z{_BEYOND}][A-Za-z'\x{{2019}}{_BEYOND}\-]*\.?"
_PARTICLES = (
    r"(?: (?:af|al|av|bin|bint|ben|da|das|de|del|della|den|der|di|do|dos|du|el|ibn|la|le|op|ten|ter|van|von|y|"
    r"zu|zum|zur))"
)
_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Herrn?|Frau|Monsieur|Madame|Mme|Mlle|Sra?|Srta|Señora?|Signora?|Sig|Dott|Dhr|Mevr|"
    r"Mevrouw|Pana?|Pani|Fru)\.?"
)
_GREETING = (
    r"(?:Dear|Hi|Hello|Hey|Hallo|Lieber?|Bonjour|Cher|Chère|Salut|Hola|Estimad[oa]|Querid[oa]|Ciao|Car[oa]|Gentile|Olá|"
    r"Prezad[oa]|Beste|Geachte|Hoi|Drogi|Droga|Szanown[ya]|Cześć)"
)
_RUNNING = 0.1  # share of values that hold a name among other words from which they come from running text


class PersonName(Detector):
    """Given and family name in one value, in either order with a comma; the column as a whole decides.

    Inside text a known given name before a family name counts, a name behind a title, a given name behind a greeting.
    Credits of published works (a composer, an artist) are found only when most values are plain full names. Two random
    capitalised words are a name that we believe in one case of seventeen.
    """

    title: ClassVar[str] = "Full name of a person"
    taxonomy = ("HIPAA: names", "GDPR art. 4(1): name")
    identifying = True
    patterns = (
        r"\p{L}[\p{L}\p{M}.'\x{2019}\-]*(?:,? [\p{L}][\p{L}\p{M}.'\x{2019}\-]*){1,6}",
        r"[\p{Han}\p{Hiragana}\p{Katakana}]{2,6}|\p{Hangul}{2,5}",
    )
    chance = 0.06
    in_text = True
    wordy = True
    text_patterns = (
        rf"{_NAME}(?:{_PARTICLES}{{0,2}} {_NAME}){{1,5}}",
        rf"(?:{_TITLE}|{_GREETING}){_PARTICLES}{{0,2}} {_NAME}",
    )
    tokens: ClassVar[Words] = {
        "en": ("full name", "person name", "customer name", "client name", "contact name", "employee name",
               "patient name", "staff name", "member name", "cardholder", "cardholder name", "card holder",
               "holder name", "owner name", "account holder", "recipient", "contact person", "maiden name",
               "legal name", "billing name", "shipping name", "student name", "guest name", "passenger name",
               "emergency contact", "next of kin"),
        "de": ("vollständiger name", "kundenname", "ansprechpartner", "kontoinhaber", "mitarbeitername",
               "patientenname", "empfänger", "geburtsname"),
        "fr": ("nom complet", "nom prénom", "titulaire", "destinataire", "nom client"),
        "es": ("nombre completo", "nombre y apellidos", "titular", "destinatario"),
        "it": ("nome completo", "nome e cognome", "intestatario", "destinatario", "nominativo"),
        "pt": ("nome completo", "titular", "destinatario", "nome do cliente"),
        "nl": ("volledige naam", "klantnaam", "contactpersoon", "ontvanger"),
        "pl": ("imię i nazwisko", "pełne imię", "odbiorca", "nazwa klienta"),
    }  # fmt: skip
    weak: ClassVar[Words] = {
        "en": ("name", "contact", "fullname"),
        "de": ("name",),
        "fr": ("nom",),
        "es": ("nombre",),
        "it": ("nome",),
        "pt": ("nome",),
        "nl": ("naam",),
        "pl": ("nazwa",),
    }
    negative = frozenset({
        "account", "album", "application", "artist", "author", "band", "bank", "book", "brand", "campaign",
        "category", "channel", "character", "city", "class", "cluster", "column", "company", "composer", "country",
        "course", "department", "device", "display", "domain", "event", "field", "file", "film", "firm", "folder",
        "genre", "group", "host", "image", "item", "job", "key", "league", "machine", "model", "module", "movie",
        "node", "organisation", "organization", "package", "path", "place", "plan", "play", "printer", "process",
        "product", "program", "project", "region", "role", "schema", "school", "server", "service", "ship", "shop",
        "singer", "song", "state", "station", "store", "street", "subject", "supplier", "table", "tag", "team",
        "track", "user", "variable", "vendor",
    })  # fmt: skip
    names_suffice = True
    examples = ("Ada Miller", "MARIA GARCIA", "Dr. Thomas K. Schneider", "Müller, Hans", "Jean-Pierre Martin")
    counterexamples = ("ACADEMY DINOSAUR", "New York", "General Manager", "Action", "Trading Company Ltd", "Maria")
    proposes: ClassVar[tuple[Any, ...]] = ({"fake": {"as": "person_name"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The values together are like full names of persons; or this one is by itself, titles aside."""
        turned = [_turned(value) for value in values]
        spans = names_within(turned)
        alone = [_whole(value, found) for value, found in zip(turned, spans, strict=True)]
        parts = [bool(found) and not whole for found, whole in zip(spans, alone, strict=True)]
        if sum(parts) > _RUNNING * len(values):  # runs of words in text, not the values of a column
            return alone
        together = alike("person", values).tolist()
        return [one or (other and not part) for one, other, part in zip(alone, together, parts, strict=True)]

    def inside(self, texts: Sequence[str]) -> Sequence[Sequence[tuple[int, int]]]:
        """For each run of capitalised words found in running text: where the names in it are, in characters."""
        return names_within(texts)


def _whole(value: str, spans: Sequence[tuple[int, int]]) -> bool:
    """The value is one name, with nothing behind it but a suffix and nothing before it but titles."""
    if len(spans) != 1:
        return False
    rest = name_words(fold(f"{value[: spans[0][0]]} {value[spans[0][1] :]}"))
    return all(word in TITLES for word in rest)


def _turned(value: str) -> str:
    """Family name, given name: the other way round."""
    family, comma, given = value.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and "," not in given else value
