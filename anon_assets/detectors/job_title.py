"""Job titles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Tier, Words
from anon_assets.gazetteer import alike

__all__ = ["JobTitle"]


class JobTitle(Detector):
    """A position or profession, known or with the head of one (*manager*, *-techniker*); the column as a whole decides.

    ``title`` alone is a job only beside a person's name: films have titles, too.
    """

    title: ClassVar[str] = "Job title"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("GDPR art. 4(1): economic identity",)
    patterns = (r"\p{L}[\p{L}\p{M}\p{N} .,&'\x{2019}()/\-]+",)
    chance = 0.05
    tokens: ClassVar[Words] = {
        "en": ("job title", "occupation", "profession", "job position", "jobtitle"),
        "de": ("beruf", "berufsbezeichnung", "stellenbezeichnung", "tätigkeit"),
        "fr": ("profession", "métier", "intitulé du poste"),
        "es": ("profesión", "ocupación", "puesto de trabajo"),
        "it": ("professione", "mansione", "qualifica"),
        "pt": ("profissão", "ocupação"),
        "nl": ("beroep", "functietitel"),
        "pl": ("zawód", "stanowisko"),
    }
    weak: ClassVar[Words] = {
        "en": ("title", "position", "job", "role"),
        "de": ("titel", "stelle", "funktion"),
        "fr": ("titre", "poste", "fonction"),
        "es": ("cargo", "puesto", "título"),
        "it": ("titolo", "ruolo"),
        "pt": ("cargo", "título", "função"),
        "nl": ("titel", "functie"),
        "pl": ("tytuł", "funkcja"),
    }
    beside = frozenset({"first_name", "last_name", "person_name"})
    negative = frozenset({
        "album", "article", "book", "film", "movie", "news", "page", "post", "project", "song", "task", "ticket",
        "track", "video",
    })  # fmt: skip
    names_suffice = True
    examples = ("General Manager", "Software Engineer (Level 2)", "Chargé d'études", "Krankenschwester")
    counterexamples = ("7", "", "#1", "Blue chair", "Anna Schmidt")
    proposes: ClassVar[tuple[Any, ...]] = ({"fake": {"as": "job"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The values together are more like job titles than like anything else, and this one is, too."""
        return [bool(each) for each in alike("job", values)]
