"""Religion or belief of a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Tier, Words
from anon_assets.gazetteer import fold, vocabulary

__all__ = ["Religion"]

_VAGUE = frozenset(
    {
        "other",
        "none",
        "unknown",
        "prefer not to say",
        "not stated",
        "other religion",
        "n/a",
        "keine",
        "andere",
        "sonstige",
    }
)
_STYLES = frozenset(
    {"zen", "orthodox", "reformed", "pagan", "secular", "spiritual", "rc", "sufi", "druid", "humanist", "lds"}
)


class Religion(Detector):
    """Religions, denominations and world views as words of eight languages; most values of the column must be such."""

    title: ClassVar[str] = "Religion or belief"
    tier: ClassVar[Tier] = "sensitive"
    taxonomy = ("GDPR art. 9: religious or philosophical beliefs",)
    patterns = (r"[\p{L}][\p{L}\p{M}' ()/\-]{1,38}",)
    chance = 0.01
    tokens: ClassVar[Words] = {
        "en": ("religion", "religious affiliation", "religious belief", "faith", "denomination", "confession"),
        "de": ("religion", "konfession", "religionszugehörigkeit", "glaube", "bekenntnis"),
        "fr": ("religion", "confession religieuse", "croyance"),
        "es": ("religión", "confesión religiosa", "creencia"),
        "it": ("religione", "confessione religiosa", "fede religiosa"),
        "pt": ("religião", "crença"),
        "nl": ("religie", "geloof", "geloofsovertuiging", "godsdienst", "kerkgenootschap"),
        "pl": ("religia", "wyznanie"),
    }
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "enum"})
    negative = frozenset({"good", "bad", "currency", "coin", "banknote"})
    names_suffice = True
    examples = ("Roman Catholic", "MUSLIM", "evangelisch", "Judío", "boeddhisme", "Prawosławny")
    counterexamples = ("Comedy", "Warehouse", "Anna", "none", "Orthodox Ltd 7", "")
    proposes: ClassVar[tuple[Any, ...]] = ({"token": {}}, "null", {"constant": {"value": "withheld"}})

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """A word of the list; evasions such as *other* count where most values are beliefs that are nothing else."""
        folded = [" ".join(fold(value).replace("(", " ").replace(")", " ").split()) for value in values]
        known = vocabulary("beliefs")
        beliefs = [each in known for each in folded]
        sure = sum(each in known - _STYLES for each in folded)
        vague = sure * 2 > len(values)
        return [(fine and (sure > 0)) or (vague and each in _VAGUE) for each, fine in zip(folded, beliefs, strict=True)]
