"""Web addresses of persons."""

from __future__ import annotations

from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["Url"]


class Url(Detector):
    """A web address in a table about persons, in a column named for somebody's own page or picture.

    A link by itself says nothing about a person: most columns of links lead to companies, products and images. Addresses
    that lead to a person's page or account are ``profile_url``. Inside text a link has a scheme or begins with ``www``; it
    can be found there and replaced, but does not make a column personal.
    """

    title: ClassVar[str] = "Web address of a person"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("HIPAA: web universal resource locators (URLs)", "GDPR recital 30: online identifier")
    patterns = (
        r"(?:https?://|www\.)\S+",
        r"(?:[\p{L}\p{N}\-]+\.)+\p{L}{2,24}(?:/\S*)?",
    )
    needs: ClassVar[str] = r"[.]"
    chance = 1.0
    in_text = True
    text_patterns = (r"(?i:https?://|ftp://|www\.)[^\s<>\"'|\\^`{}]*[^\s<>\"'|\\^`{}.,;:!?)\]]",)
    weak: ClassVar[Words] = {
        "en": ("homepage", "home page", "website", "web site", "webpage", "web page", "blog", "blog url", "avatar",
               "avatar url", "photo url", "picture url", "profile picture", "profile image", "personal site",
               "website url", "web address", "portfolio"),
        "de": ("homepage", "webseite", "internetseite", "profilbild"),
        "fr": ("site web", "page web", "site internet", "photo de profil"),
        "es": ("sitio web", "página web", "página personal", "foto de perfil"),
        "it": ("sito web", "sito internet", "pagina web", "foto del profilo"),
        "pt": ("site pessoal", "página web", "página pessoal", "foto de perfil"),
        "nl": ("webpagina", "website", "profielfoto"),
        "pl": ("strona internetowa", "strona www", "zdjęcie profilowe"),
    }  # fmt: skip
    negative = frozenset({
        "api", "brand", "callback", "company", "employer", "logo", "organisation", "organization", "partner", "product",
        "redirect", "shop", "source", "store", "supplier", "vendor", "webhook",
    })  # fmt: skip
    names_suffice = True
    examples = ("https://ada.example.com/blog?page=2", "www.example.org", "example.com/~ada")
    counterexamples = ("two words", "example", "ada@example.com", "")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"token": {}},
        "null",
        {"constant": {"value": "https://example.com/"}},
    )
