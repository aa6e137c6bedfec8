"""Personal data in what people wrote beside the rows: comments, defaults, labels, bodies of views and functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from anon_assets.contracts.database import CatalogText
from anon_assets.contracts.detector import Detector, Tier
from anon_assets.findings import Finding
from anon_assets.stages.neighbours import all_detectors
from anon_assets.stages.scan import text_hits

__all__ = ["CatalogHit", "scan_catalog"]


@dataclass(frozen=True, slots=True)
class CatalogHit:
    """One entity in one text of the catalog.

    Args:
        place: of the object, such as ``public.customer``. part: which of its texts, such as ``comment``.
        entity: the detector's kind. tier: of the entity.
        lines: of the text, those that hold it.
    """

    place: str
    part: str
    entity: str
    tier: Tier
    lines: int

    @property
    def where(self) -> str:
        """The text, as people name it: ``public.customer (comment)``."""
        return f"{self.place} ({self.part})"

    def finding(self) -> Finding:
        """The hit as a finding. A structure is copied as it is: no transform ever sees this text."""
        what = f"{self.lines} line{'s' * (self.lines != 1)} read{'s' * (self.lines == 1)} as {self.entity}"
        hint = "take it out of the source: the copy gets the same text"
        return Finding("warning", "personal-catalog", self.where, what, hint)

    def to_dict(self) -> dict[str, Any]:
        """The hit for machines."""
        return {"where": self.where, **asdict(self)}


def scan_catalog(texts: Sequence[CatalogText], detectors: Sequence[Detector] | None = None) -> list[CatalogHit]:
    """Every entity that stands in a text of the catalog, by the same judgement as inside the text of a column.

    Args:
        texts: of the catalog. detectors: all by default.

    Returns: hits in the order of the texts; never any of their words.
    Raises: ScanFailed when a detector fails.

    >>> [hit.where for hit in scan_catalog([CatalogText("public.t", "comment", "ask ada@example.com")])]
    ['public.t (comment)']
    """
    known = tuple(all_detectors() if detectors is None else detectors)
    tiers = {each.kind(): each.tier for each in known}
    lines = [text.text.splitlines() for text in texts]
    if not text_hits(pa.array([line for each in lines for line in each], pa.string()), known, "catalog"):
        return []  # the usual case, in one go
    found = []
    for text, own in zip(texts, lines, strict=True):
        hits = text_hits(pa.array(own, pa.string()), known, f"{text.place} ({text.part})")
        found += [CatalogHit(text.place, text.part, kind, tiers[kind], count) for kind, count in sorted(hits.items())]
    return found
