"""Countries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Tier, Words
from anon_assets.gazetteer import countries, fold, name_words, vocabulary

__all__ = ["Country"]


_CODES = 6  # distinct codes that must all be countries


class Country(Detector):
    """A country by its name in one of 24 languages, or by its two-letter code where all of a column are codes.

    Two random capital letters are a code in 37 % of cases, hence the demand that every one of several be one.
    """

    title: ClassVar[str] = "Country"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("GDPR art. 4(1): location data",)
    patterns = (r"\p{L}[\p{L}\p{M} .,'\x{2019}()\-]+",)
    needs: ClassVar[str] = r"\p{L}{2}"
    chance = 0.02
    tokens: ClassVar[Words] = {
        "en": ("nationality", "citizenship", "country of birth", "birth country"),
        "de": ("staatsangehörigkeit", "nationalität", "geburtsland", "staatsbürgerschaft"),
        "fr": ("nationalité", "pays de naissance", "citoyenneté"),
        "es": ("nacionalidad", "país de nacimiento", "ciudadania"),
        "it": ("nazionalita", "cittadinanza", "paese di nascita"),
        "pt": ("nacionalidade", "pais de nascimento", "cidadania"),
        "nl": ("nationaliteit", "geboorteland"),
        "pl": ("narodowosc", "obywatelstwo", "kraj urodzenia"),
    }
    weak: ClassVar[Words] = {
        "en": ("country", "country code"),
        "de": ("land", "staat", "ländercode"),
        "fr": ("pays",),
        "es": ("país",),
        "it": ("paese", "nazione"),
        "pt": ("país",),
        "nl": ("land",),
        "pl": ("kraj", "państwo"),
    }
    names_suffice = True
    examples = ("Germany", "DE", "Côte d'Ivoire", "Saint Vincent and the Grenadines")
    counterexamples = ("49", "+49", "Paris", "XQ", "")
    proposes: ClassVar[tuple[Any, ...]] = ({"fake": {"as": "country"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """A country's name; or a code (ISO 3166-1 alpha-2) among as good as none that is no code."""
        phrases = [" ".join(name_words(fold(value))) for value in values]
        named = countries().holds(phrases)
        alpha_2 = vocabulary("country_codes")
        short = [value for value in values if len(value) == 2 and value.isascii()]
        codes = {value for value in short if value in alpha_2}
        coded = len(codes) == len(short) and (len(short) == len(values) == 1 or len(short) >= _CODES or bool(named))
        return [phrase in named or (coded and value in codes) for value, phrase in zip(values, phrases, strict=True)]
