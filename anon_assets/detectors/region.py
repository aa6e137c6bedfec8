"""States, provinces, districts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["Region"]

_WORKFLOW = frozenset({
    "active", "approved", "blocked", "cancelled", "canceled", "closed", "completed", "done", "draft", "enabled",
    "disabled", "error", "failed", "finished", "inactive", "locked", "new", "none", "off", "on", "open", "paid",
    "pending", "processing", "ready", "rejected", "running", "shipped", "started", "stopped", "success", "unpaid",
    "waiting",
})  # fmt: skip  # fmt: skip


class Region(Detector):
    """A part of a country. Known by name, beside other data of a person; a word of a workflow (``open``) is none."""

    title: ClassVar[str] = "State, province or district"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("GDPR art. 4(1): location data",)
    patterns = (r"\p{L}[\p{L}\p{M}\p{N} .,'\x{2019}()/\-]*",)
    needs: ClassVar[str] = r"\A[^\p{Ll}]"
    chance = 1.0
    tokens: ClassVar[Words] = {
        "en": ("state province", "state or province"),
        "de": ("bundesland",),
        "fr": ("département de naissance",),
        "es": ("comunidad autónoma",),
        "it": ("provincia di residenza",),
        "pt": ("unidade federativa",),
        "nl": ("provincie",),
        "pl": ("województwo",),
    }
    weak: ClassVar[Words] = {
        "en": ("state", "province", "region", "district", "county"),
        "de": ("land", "kreis", "landkreis", "bezirk", "kanton"),
        "fr": ("region", "département", "canton"),
        "es": ("provincia", "region", "estado", "distrito"),
        "it": ("provincia", "regione"),
        "pt": ("estado", "distrito", "bairro"),
        "nl": ("regio", "streek"),
        "pl": ("powiat", "gmina", "region"),
    }
    negative = frozenset({"tier", "account", "order", "job", "code", "current", "machine", "payment", "previous"})
    names_suffice = True
    examples = ("CA", "Nordrhein-Westfalen", "Île-de-France", "West Bengali")
    counterexamples = ("open", "PENDING", "42", "")
    proposes: ClassVar[tuple[Any, ...]] = ({"fake": {"as": "region"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Not the word of a workflow."""
        return [value.casefold() not in _WORKFLOW for value in values]
