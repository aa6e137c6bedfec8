"""Countries."""

from __future__ import annotations

from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["Country"]


class Country(Detector):
    """The country of a person. Known by name, beside other data of that person."""

    title: ClassVar[str] = "Country"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("GDPR art. 4(1): location data",)
    patterns = (r"\p{L}[\p{L}\p{M} .,'\x{2019}()\-]+",)
    chance = 1.0
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
    counterexamples = ("49", "+49", "")
    proposes: ClassVar[tuple[Any, ...]] = ({"fake": {"as": "country"}}, {"token": {}}, "null")
