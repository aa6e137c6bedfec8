"""Full names of persons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words
from anon_assets.gazetteer import family_names, given_names, name_words

__all__ = ["PersonName"]

_TITLES = frozenset({
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "herr", "frau", "hr", "fr", "mme", "mlle", "m", "sr", "sra",
    "dott", "dhr", "mevr", "pan", "pani", "jr", "ii", "iii", "phd", "md",
})  # fmt: skip


class PersonName(Detector):
    """Given and family name in one value, in either order with a comma, known words on both sides.

    Credits of published works (a composer, an artist) are found only when most values are plain full names.
    """

    title: ClassVar[str] = "Full name of a person"
    taxonomy = ("HIPAA: names", "GDPR art. 4(1): name")
    identifying = True
    patterns = (r"\p{L}[\p{L}\p{M}.'\x{2019}\-]*(?:,? [\p{L}][\p{L}\p{M}.'\x{2019}\-]*){1,5}",)
    chance = 0.05
    tokens: ClassVar[Words] = {
        "en": ("full name", "person name", "customer name", "client name", "contact name", "employee name",
               "patient name", "staff name", "member name", "cardholder", "cardholder name", "card holder",
               "holder name", "owner name", "account holder", "recipient", "contact person", "maiden name",
               "legal name", "billing name", "shipping name"),
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
        "account", "album", "application", "artist", "bank", "book", "brand", "campaign", "category", "channel",
        "city", "class", "column", "company", "country", "course", "department", "device", "display", "domain",
        "event", "field", "file", "film", "firm", "folder", "genre", "group", "host", "image", "item", "job", "key",
        "league", "module", "movie", "organisation", "organization", "package", "path", "place", "plan", "play",
        "process", "product", "program", "project", "region", "role", "schema", "school", "server", "service",
        "ship", "shop", "song", "state", "store", "street", "subject", "supplier", "table", "tag", "team", "track",
        "user", "variable", "vendor",
    })  # fmt: skip
    names_suffice = True
    examples = ("Ada Miller", "MARIA GARCIA", "Dr. Thomas K. Schneider", "Müller, Hans", "Jean-Pierre Martin")
    counterexamples = ("ACADEMY DINOSAUR", "New York", "General Manager", "Action", "Trading Company Ltd", "Maria")
    proposes: ClassVar[tuple[Any, ...]] = ({"fake": {"as": "person_name"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """A known given name and a known family name at the two ends, titles and initials aside."""
        given, family = given_names(), family_names()
        results = []
        for value in values:
            words = [word for word in name_words(value) if len(word) > 1 and word not in _TITLES]
            if "," in value and len(words) > 1:  # family name first
                comma = len([word for word in name_words(value.partition(",")[0]) if len(word) > 1])
                words = words[comma:] + words[:comma]
            results.append(len(words) > 1 and words[0] in given and words[-1] in family)
        return results
