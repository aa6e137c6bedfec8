"""Postal codes."""

from __future__ import annotations

from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["PostalCode"]


class PostalCode(Detector):
    """A postal code. Its shape says nothing by itself (any short number), the column's name must say it."""

    title: ClassVar[str] = "Postal code"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("HIPAA: ZIP codes", "GDPR art. 4(1): location data")
    patterns = (r"[A-Za-z]{0,3}[ \-]?[0-9][A-Za-z0-9 \-]{2,9}", r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}")
    chance = 1.0
    tokens: ClassVar[Words] = {
        "en": ("postal code", "post code", "postcode", "zip code", "zip", "eircode"),
        "de": ("postleitzahl", "plz"),
        "fr": ("code postal",),
        "es": ("código postal",),
        "it": ("codice postale", "codice avviamento postale"),
        "pt": ("cep", "código postal"),
        "nl": ("postcode",),
        "pl": ("kod pocztowy",),
    }
    weak: ClassVar[Words] = {
        "en": ("postal",),
        "de": ("leitzahl",),
        "fr": ("cp",),
        "es": ("cp",),
        "it": ("cap",),
        "pt": ("cp",),
        "nl": ("pc",),
        "pl": ("kod",),
    }
    negative = frozenset({"archive", "file", "market", "max", "size"})
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer"})
    names_suffice = True
    examples = ("70174", "T5K 2N1", "12227-000", "SW1A 1AA", "0171", "D-70174", "1016 GV")
    counterexamples = ("Stuttgart", "12", "2024/01/31", "")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fake": {"as": "postal_code"}},
        {"mask": {"first": 2}},
        "null",
        {"constant": {"value": 0}},
    )
