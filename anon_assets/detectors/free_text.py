"""Free text about persons."""

from __future__ import annotations

from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["FreeText"]


class FreeText(Detector):
    """Running text in a table about persons: anything may stand in it, and patterns find only what has a form.

    Text elsewhere counts only for what it contains.
    """

    title: ClassVar[str] = "Free text about persons"
    tier: ClassVar[Tier] = "sensitive"
    taxonomy = ("GDPR art. 4(1): any information relating to a person",)
    patterns = (r"\S+(?:\s+\S+)+",)
    chance = 1.0
    weak: ClassVar[Words] = {
        "en": ("note", "notes", "comment", "comments", "remark", "remarks", "description", "message", "feedback",
               "bio", "biography", "about", "diagnosis", "complaint", "reason", "narrative", "case notes", "summary",
               "history", "anamnesis", "assessment", "testimonial", "review", "memo"),
        "de": ("notiz", "notizen", "bemerkung", "bemerkungen", "kommentar", "anmerkung", "beschreibung", "nachricht",
               "anamnese", "befund", "freitext"),
        "fr": ("note", "remarque", "remarques", "commentaire", "observations", "message"),
        "es": ("nota", "notas", "comentario", "comentarios", "observaciones", "descripción"),
        "it": ("nota", "note", "commento", "osservazioni", "descrizione"),
        "pt": ("nota", "notas", "comentário", "observações", "descrição"),
        "nl": ("notitie", "opmerking", "opmerkingen", "omschrijving", "bericht"),
        "pl": ("notatka", "uwagi", "komentarz", "opis"),
    }  # fmt: skip
    names_suffice = True
    examples = ("She called twice about the invoice.", "Patient reports mild pain since May")
    counterexamples = ("urgent", "A13", "")
    proposes: ClassVar[tuple[Any, ...]] = ({"fake": {"as": "text"}}, "null", {"constant": {"value": ""}})
