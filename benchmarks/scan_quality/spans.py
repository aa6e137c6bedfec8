"""Figures of spans found in texts, ours beside presidio-analyzer's, by one criterion for both."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

import anon_assets
from benchmarks.scan_quality.peer import Answer
from benchmarks.scan_quality.texts import LabelledText

__all__ = ["MADE_UP", "PRESIDIO", "Tally", "compared", "found_by_us", "tally"]

Spans = Sequence[Sequence[tuple[int, int, str]]]

MADE_UP: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "email": (frozenset({"email"}), frozenset({"EMAIL_ADDRESS"})),
    "iban": (frozenset({"iban"}), frozenset({"IBAN_CODE"})),
    "payment_card": (frozenset({"payment_card"}), frozenset({"CREDIT_CARD"})),
    "us_ssn": (frozenset({"us_ssn"}), frozenset({"US_SSN"})),
    "ip_address": (frozenset({"ip_address"}), frozenset({"IP_ADDRESS"})),
    "phone": (frozenset({"phone"}), frozenset({"PHONE_NUMBER"})),
    "street_address": (frozenset({"street_address"}), frozenset()),
    "person_name": (frozenset({"person_name", "first_name", "last_name"}), frozenset()),
}
"""By label of the made-up texts: our entities that answer it, and the peer's; none: it has no recognizer without a model."""

PRESIDIO: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "EMAIL_ADDRESS": MADE_UP["email"],
    "IBAN_CODE": MADE_UP["iban"],
    "CREDIT_CARD": MADE_UP["payment_card"],
    "US_SSN": MADE_UP["us_ssn"],
    "IP_ADDRESS": MADE_UP["ip_address"],
    "PHONE_NUMBER": MADE_UP["phone"],
    "DOMAIN_NAME": (frozenset({"url", "profile_url"}), frozenset({"URL"})),
    "US_DRIVER_LICENSE": (frozenset({"driver_license"}), frozenset({"US_DRIVER_LICENSE"})),
    "STREET_ADDRESS": MADE_UP["street_address"],
    "PERSON": MADE_UP["person_name"],
    "ZIP_CODE": (frozenset({"postal_code", "street_address"}), frozenset()),
    "AGE": (frozenset({"age"}), frozenset()),
}
"""By label of presidio-research's texts. Left out: what no detector of ours looks for in text, for it is nobody's by itself
(a date, a country, an organization, a form of address)."""

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one entity.

    Args:
        labelled: spans in the texts. found: of those, at least half of whose characters lie in spans of the entity.
        exact: of those, met to the character. given: spans that were told. right: of those, at least half of whose
            characters lie in labelled spans of the entity.
    """

    labelled: int = 0
    found: int = 0
    exact: int = 0
    given: int = 0
    right: int = 0

    @property
    def figures(self) -> dict[str, float | None]:
        """Recall, share met to the character, precision."""
        whole, given = self.labelled or 1, self.given or 1
        return {
            "recall": round(self.found / whole, 4) if self.labelled else None,
            "exact": round(self.exact / whole, 4) if self.labelled else None,
            "precision": round(self.right / given, 4) if self.given else None,
        }


def _covered(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> float:
    places = {place for start, end in others for place in range(max(start, span[0]), min(end, span[1]))}
    return len(places) / max(1, span[1] - span[0])


def tally(texts: Sequence[LabelledText], told: Spans, label: str, entities: frozenset[str]) -> Tally:
    """Count one label.

    Args:
        texts: with their labels. told: spans per text. label: of the texts. entities: that answer it in ``told``.
    """
    labelled = found = exact = given = right = 0
    for text, spans in zip(texts, told, strict=True):
        wanted = [(start, end) for start, end, entity in text.spans if entity == label]
        answers = [(start, end) for start, end, entity in spans if entity in entities]
        labelled, given = labelled + len(wanted), given + len(answers)
        found += sum(_covered(span, answers) >= _HALF for span in wanted)
        exact += sum(span in answers for span in wanted)
        right += sum(_covered(span, wanted) >= _HALF for span in answers)
    return Tally(labelled, found, exact, given, right)


def found_by_us(texts: Sequence[LabelledText]) -> tuple[Spans, float]:
    """What ``anon_assets.spans`` tells of each text, and the seconds of processor time that it took."""
    column = pa.array([each.text for each in texts])
    anon_assets.spans(column.slice(0, 1))
    started = time.process_time()
    table = anon_assets.spans(column)
    seconds = time.process_time() - started
    spans: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for row in table.to_pylist():
        spans[row["row"]].append((row["start"], row["end"], row["entity"]))
    return [spans[row] for row in range(len(texts))], seconds


def compared(
    texts: Sequence[LabelledText],
    ours: Spans,
    peer: Answer | None,
    labels: Mapping[str, tuple[frozenset[str], frozenset[str]]],
) -> dict[str, Any]:
    """Per label, the figures of both; the peer's are None where it is absent or knows no such entity."""
    rows = {}
    for label, (own, its) in labels.items():
        mine = tally(texts, ours, label, own)
        if not mine.labelled:
            continue
        other = tally(texts, peer.spans, label, its).figures if peer is not None and its else None
        rows[label] = {"labelled": mine.labelled, "ours": mine.figures, "peer": other}
    return rows
