"""What a classifier's votes add to verdicts: one more piece of evidence, which can only ever find more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import pyarrow as pa

from anon_assets.contracts.classifier import Classifier, Described, Vote
from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.detector import Detector, Verdict
from anon_assets.stages.name_evidence import names_itself
from anon_assets.stages.neighbours import all_detectors
from anon_assets.stages.shapes import shapes
from anon_assets.stages.weighing import DENIED, MASKED

__all__ = ["Poll", "Send", "apply_votes", "describe"]

Send = Literal["shapes", "samples"]
"""What a classifier may see of values."""

_ENOUGH = 0.7  # confidence of a vote that counts
_MOST = 0.6  # confidence of a verdict that stands on a vote alone
_LITTLE = 0.2  # share of the remaining doubt that an agreeing vote takes away
_CERTAIN = 0.99
_CHECKABLE = 0.5  # chance rate below which values of the entity would have shown it
_OF_WORDS = frozenset({
    "city", "company", "country", "ethnicity", "first_name", "gender", "job_title", "last_name", "person_name", "region",
    "religion", "street_address", "username",
})  # fmt: skip
"""Known by lists, which lack many."""
_LOOKALIKE = "at chance rate:"
_SAMPLES = 5
_PATIENCE = 2  # failures in a row after which a classifier is not asked again


def describe(column: Column, texts: pa.Array, send: Send = "shapes") -> Described:
    """What a classifier is told of a column.

    Args:
        column: its name and type are told.
        texts: a sample of its distinct values, in random order; empty where only name and type may be told.
        send: with ``samples``, five of the values go along.
    """
    samples = tuple(text for text in texts[:_SAMPLES].to_pylist() if text) if send == "samples" else ()
    return Described(column.name, column.logical, tuple(shapes(texts)), samples)


def apply_votes(
    table: Table,
    verdicts: Sequence[Verdict],
    votes: Mapping[str, Vote],
    detectors: Sequence[Detector] | None = None,
) -> list[Verdict]:
    """Verdicts with a classifier's votes taken into account.

    A vote of at least 0.7 turns ``none`` and ``unknown`` into ``type``, with a confidence of at most 0.6 and the rule
    ``model:<entity>``, where the column's logical type fits and nothing speaks against it: values that were looked at and
    have not the form that the entity has, or a list of such things (a table of cities). A vote for what the verdict says
    already takes up to a fifth of the remaining doubt away. Every other vote changes nothing; none makes a personal column less
    personal.

    Args:
        table: its columns' types decide.
        verdicts: of its columns, in any order.
        votes: by column name; pairs of entity and confidence. Unknown columns and entities count for nothing.
        detectors: that may be voted for; all of the family by default.

    Returns: as many verdicts, in the same order.
    """
    known = {each.kind(): each for each in (all_detectors() if detectors is None else detectors)}
    types = {column.name: column.logical for column in table.columns}
    return [_with_vote(table, verdict, votes.get(verdict.column), known, types) for verdict in verdicts]


def _with_vote(
    table: Table, verdict: Verdict, vote: Vote | None, known: Mapping[str, Detector], types: Mapping[str, str]
) -> Verdict:
    entity, confidence = vote or ("", 0.0)
    detector = known.get(entity)
    if detector is None or not _ENOUGH <= confidence <= 1:
        return verdict
    if verdict.personal and verdict.entity == entity and verdict.confidence < _CERTAIN:
        surer = round(verdict.confidence + (1 - verdict.confidence) * _LITTLE * confidence, 2)
        return replace(verdict, confidence=max(verdict.confidence, surer), rule=f"{verdict.rule}, model agrees")
    fits = verdict.verdict in {"none", "unknown"} and types.get(verdict.column) in detector.types
    if not fits or _spoken_against(table, verdict, detector):
        return verdict
    return replace(
        verdict, verdict="type", entity=entity, tier=detector.tier, identifying=detector.identifying,
        confidence=round(_MOST * confidence, 2), rule=f"model:{entity}",
    )  # fmt: skip


def _spoken_against(table: Table, verdict: Verdict, detector: Detector) -> bool:
    """The values, or the table, say that the column is not this entity."""
    entity = detector.kind()
    if verdict.rule == MASKED or entity in _listed(verdict.rule, DENIED) | _listed(verdict.rule, _LOOKALIKE):
        return True
    if detector.tier == "quasi" and names_itself(table.name, verdict.column):
        return True
    checkable = bool(detector.patterns) and detector.chance < _CHECKABLE and entity not in _OF_WORDS
    return checkable and verdict.verdict == "none" and verdict.distinct > 0


def _listed(rule: str, begin: str) -> set[str]:
    """The entities that a rule lists after these words."""
    return set(rule.partition(begin)[2].partition(",")[0].split("+")) if begin in rule else set()


class Poll:
    """Asks a classifier table by table, and no more once it has failed twice in a row.

    Args:
        classifier: whom to ask. detectors: what may be voted for; all of the family by default.
        send: what descriptions of columns are to hold.

    ``problems`` holds a sentence for each failure, with the table; for people, without values.
    """

    def __init__(
        self, classifier: Classifier, detectors: Sequence[Detector] | None = None, send: Send = "shapes"
    ) -> None:
        self.send: Send = send
        self._classifier = classifier
        self._detectors = all_detectors() if detectors is None else tuple(detectors)
        self._entities = {each.kind(): each.title for each in self._detectors}
        self._failures = 0
        self.problems: list[str] = []

    @property
    def version(self) -> str:
        """Who is asked and what is told, as text without secrets: another one may vote otherwise."""
        return f"{self._classifier.kind()} {self._classifier.model_dump_json()} {self.send}"

    @property
    def well(self) -> bool:
        """The last table was asked about, and the answer understood."""
        return self._failures == 0

    def heard(self, table: Table, columns: Sequence[Described], verdicts: Sequence[Verdict]) -> list[Verdict]:
        """Verdicts of one table with the classifier's votes; as they are where it gives none.

        Raises: KeyUnavailable when the key to the service cannot be read.
        """
        if not columns or self._failures >= _PATIENCE:
            return list(verdicts)
        votes = self._classifier.vote(table.place, columns, self._entities)
        self._failures = self._failures + 1 if votes.problem else 0
        if votes.problem:
            stopped = "; it is not asked again" if self._failures >= _PATIENCE else ""
            self.problems.append(f"{table.place}: classifier {self._classifier.kind()}: {votes.problem}{stopped}")
        return apply_votes(table, verdicts, votes, self._detectors)
