"""Employers and companies of persons."""

from __future__ import annotations

from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["Company"]


class Company(Detector):
    """The company of a person. Known by name, beside other data of that person; a register of companies is not."""

    title: ClassVar[str] = "Company or employer"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("GDPR art. 4(1): economic identity",)
    patterns = (r"[\p{L}\p{N}][\p{L}\p{M}\p{N} .,&'\x{2019}()/+!\-]+",)
    chance = 1.0
    tokens: ClassVar[Words] = {
        "en": ("employer", "employer name"),
        "de": ("arbeitgeber",),
        "fr": ("employeur",),
        "es": ("empleador",),
        "it": ("datore di lavoro",),
        "pt": ("empregador", "entidade patronal"),
        "nl": ("werkgever",),
        "pl": ("pracodawca",),
    }
    weak: ClassVar[Words] = {
        "en": ("company", "company name", "organization", "organisation", "firm"),
        "de": ("firma", "firmenname", "unternehmen"),
        "fr": ("entreprise", "société", "raison sociale"),
        "es": ("empresa", "compañía", "razón social"),
        "it": ("azienda", "società", "ditta", "ragione sociale"),
        "pt": ("empresa", "companhia", "razão social"),
        "nl": ("bedrijf", "bedrijfsnaam", "onderneming"),
        "pl": ("firma", "przedsiębiorstwo", "nazwa firmy"),
    }
    names_suffice = True
    examples = ("Embraer S.A.", "Johnson & Sons", "1st Trading (UK) Ltd")
    counterexamples = ("x", "", "@acme")
    proposes: ClassVar[tuple[Any, ...]] = ({"fake": {"as": "company"}}, {"token": {}}, "null")
