"""Gender or sex of a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Tier, Words
from anon_assets.gazetteer import fold, vocabulary

__all__ = ["Gender"]

_SYSTEMS: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset(both.split()), frozenset(others.split(", ")))
    for both, others in (
        ("m f", "x, d, u, o, n, nb, t"),
        ("m w", "d, x, u"),
        ("m k", "n, x"),
        ("h f", "x, a"),
        ("h m", "x, o"),
        ("m v", "x, o"),
        ("k e", "x"),
    )
)
_OTHER = (
    "other, others, unknown, unspecified, undisclosed, not specified, not stated, prefer not to say, n/a, divers, diverse, "
    "autre, otro, otra, altro, outro, anders, onbekend, inne, unbekannt, inconnu, desconocido, sconosciuto, desconhecido, "
    "keine angabe, non precise, non-binary, nonbinary, non binary, genderqueer, genderfluid, agender, intersex, transgender, "
    "bigender, polygender, two-spirit, nicht-binar, no binario, nao binario, non binario, non-binaire"
)
_WORDS = tuple(frozenset(fold(word) for word in vocabulary(name)) for name in ("male", "female"))
_REST = frozenset(_OTHER.split(", "))
_FLUID = 6  # words for genders from which neither of the two most frequent need be there


class Gender(Detector):
    """Words for genders in many languages, or a pair of letters that stands for both (M and F, M and W, H and F).

    A letter alone says nothing: *M* is a size, *F* is false. All values of the column must belong to one system, and both
    of its main words must be there. Codes 1 and 2 (ISO/IEC 5218) count by the column's name only.
    """

    title: ClassVar[str] = "Gender or sex"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("GDPR art. 4(1): physical identity",)
    patterns = (r"[\p{L}][\p{L}\p{M} /\-]{0,24}\.?", r"[0129]")
    chance = 0.01
    tokens: ClassVar[Words] = {
        "en": ("gender", "sex", "gender identity"),
        "de": ("geschlecht",),
        "fr": ("sexe", "genre civil"),
        "es": ("sexo", "género"),
        "it": ("sesso", "genere"),
        "pt": ("sexo", "género", "gênero"),
        "nl": ("geslacht",),
        "pl": ("płeć",),
    }
    negative = frozenset({"film", "movie", "musical", "music", "product", "target"})
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "enum", "integer"})
    names_suffice = True
    examples = ("male", "Female", "weiblich", "Mujer", "mężczyzna", "Non-binary")
    counterexamples = ("M", "F", "XL", "true", "5", "manager", "")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"token": {}},
        {"constant": {"value": "unknown"}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Words for genders; letters where they make one of the known systems and nothing but that."""
        folded = [fold(value).strip(" .") for value in values]
        words = [each in _WORDS[0] or each in _WORDS[1] or each in _REST for each in folded]
        letters = {each for each in folded if len(each) <= 2 and each.isascii() and each.isalpha()}
        others = {each for each, fine in zip(folded, words, strict=True) if not fine} - letters
        system = not others and any(both <= letters <= both | rest for both, rest in _SYSTEMS)
        main = [bool(kind & set(folded)) for kind in _WORDS]
        plain = all(main) or len(values) == 1 or sum(words) >= _FLUID
        return [
            (fine and (plain or system)) or (system and each in letters)
            for each, fine in zip(folded, words, strict=True)
        ]
