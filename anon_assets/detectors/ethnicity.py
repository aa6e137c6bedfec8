"""Racial or ethnic origin of a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Tier, Words
from anon_assets.gazetteer import fold, vocabulary

__all__ = ["Ethnicity"]

_VAGUE = frozenset({
    "unknown", "prefer not to say", "not stated", "declined", "decline to answer",
    "decline to state", "n/a", "none", "other race", "other ethnic group",
    "some other race", "any other ethnic group", "unspecified", "prefer not to answer", "not declared",
})  # fmt: skip


class Ethnicity(Detector):
    """Words for origins as census forms use them, and of peoples; colours and languages among them need others beside.

    *White* and *black* are colours, *Tamil* and *Chinese* languages: they count where other values of the column can be
    nothing but origins.
    """

    title: ClassVar[str] = "Racial or ethnic origin"
    tier: ClassVar[Tier] = "sensitive"
    taxonomy = ("GDPR art. 9: racial or ethnic origin",)
    patterns = (r"[\p{L}][\p{L}\p{M}' ,()/\-]{1,48}",)
    chance = 0.01
    tokens: ClassVar[Words] = {
        "en": ("ethnicity", "race", "ethnic group", "ethnic origin", "ethnic background", "racial origin"),
        "de": ("ethnie", "ethnische herkunft", "ethnische zugehörigkeit", "volkszugehörigkeit"),
        "fr": ("ethnie", "origine ethnique"),
        "es": ("etnia", "raza", "origen étnico"),
        "it": ("etnia", "razza", "origine etnica"),
        "pt": ("etnia", "raça", "origem étnica", "raça cor"),
        "nl": ("etniciteit", "etnische afkomst", "ras"),
        "pl": ("pochodzenie etniczne", "etniczność", "rasa"),
    }
    negative = frozenset({
        "arms", "athlete", "bib", "breed", "car", "circuit", "condition", "cyclist",
        "day", "distance", "dog", "driver", "horse", "lap", "marathon", "number",
        "place", "result", "results", "run", "time", "track", "winner",
    })  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "enum"})
    names_suffice = True
    examples = ("African American", "Hispanic or Latino", "Caucasian", "Native American", "Pashtun")
    counterexamples = ("White", "Black", "Blue", "Chinese", "Comedy", "")
    proposes: ClassVar[tuple[Any, ...]] = ({"token": {}}, "null", {"constant": {"value": "withheld"}})

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """A word of the list, where enough values of the column can be nothing else."""
        folded = [" ".join(fold(value).replace(",", " ").split()) for value in values]
        origins = vocabulary("origins")
        known = [each in origins for each in folded]
        sure = sum(each in origins and each not in vocabulary("ambiguous_origins") for each in folded)
        enough = sure >= max(1, len(values) / 4)
        return [enough and (fine or each in _VAGUE) for each, fine in zip(folded, known, strict=True)]
