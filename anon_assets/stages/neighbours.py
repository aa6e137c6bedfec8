"""What a column's surroundings add: the other columns of its table, and the columns it refers to by a foreign key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from anon_assets.contracts.database import Schema, Table
from anon_assets.contracts.detector import DETECTORS, Detector, Verdict
from anon_assets.stages.name_evidence import NameEvidence, about_persons, names_itself
from anon_assets.stages.weighing import DENIED, MASKED

__all__ = ["all_detectors", "beside", "name_evidence", "refine"]

_OF_MACHINES = frozenset({"ip_address"})  # points at a person, yet a table that has it may list hosts
_SURE = 0.7  # confidence in a weak word under the right circumstances


@cache
def all_detectors() -> tuple[Detector, ...]:
    """One of each detector, in the order of their kinds."""
    return tuple(kind() for kind in DETECTORS)


@cache
def name_evidence(detector: type[Detector]) -> NameEvidence:
    """What names say to a detector, prepared once."""
    return NameEvidence.of(detector)


def _denied(verdict: Verdict) -> set[str]:
    return set(verdict.rule.partition(DENIED)[2].split("+"))


def _hinted(table: Table, verdict: Verdict, detectors: Sequence[Detector]) -> list[tuple[int, str, Detector]]:
    """The detectors whose weak words stand in an undecided column's name, the longest phrase first."""
    if verdict.verdict not in {"none", "unknown"} or verdict.rule == MASKED:
        return []
    logical = next((column.logical for column in table.columns if column.name == verdict.column), None)
    denied = _denied(verdict)
    found = []
    for detector in detectors:
        if logical not in detector.types or detector.kind() in denied:
            continue
        if detector.tier == "quasi" and names_itself(table.name, verdict.column):
            continue
        if phrase := name_evidence(type(detector)).hints(verdict.column):
            found.append((len(phrase.split()), phrase, detector))
    return sorted(found, key=lambda each: -each[0])


def beside(table: Table, verdicts: Sequence[Verdict], detectors: Sequence[Detector] | None = None) -> list[Verdict]:
    """Verdicts of one table, with weak name words counted where the table is about persons.

    It is when a column of it names persons directly, or its own name does. Some entities ask for certain neighbours: a
    ``title`` is a job title only beside a person's name.

    Args:
        table: the table.
        verdicts: one per column, in any order.
        detectors: all by default.

    Returns: as many, in the same order.
    """
    known = all_detectors() if detectors is None else detectors
    current = list(verdicts)
    for _ in range(2):  # a name found by its surroundings may be the neighbour that another column needs
        kinds = {verdict.entity for verdict in current if verdict.verdict == "type"}
        persons = about_persons(table.name) or any(
            each.verdict == "type" and each.tier == "direct" and each.entity not in _OF_MACHINES for each in current
        )
        for position, verdict in enumerate(current):
            for _, phrase, detector in _hinted(table, verdict, known):
                if detector.beside & kinds if detector.beside else persons:
                    current[position] = replace(
                        verdict, verdict="type", entity=detector.kind(), tier=detector.tier,
                        identifying=detector.identifying, confidence=_SURE, rule=f"beside:{phrase}",
                    )  # fmt: skip
                    break
    return current


def _follow(table: Table, found: dict[str, list[Verdict]]) -> bool:
    """Columns of one table take over the entity of the columns they refer to; true when one did."""
    changed = False
    own = {verdict.column: position for position, verdict in enumerate(found[table.place])}
    for key in table.foreign_keys:
        targets = {verdict.column: verdict for verdict in found.get(key.target, ())}
        for column, target in zip(key.columns, key.target_columns, strict=True):
            there = targets.get(target)
            if column not in own or there is None or there.verdict != "type":
                continue
            here = found[table.place][own[column]]
            if here.verdict == "type" and (
                here.entity == there.entity or not here.rule.startswith(("name:", "beside:"))
            ):
                continue
            rule = f"key:{key.target}.{target}"
            if here.rule != rule:
                found[table.place][own[column]] = replace(
                    here, verdict="type", entity=there.entity, tier=there.tier, identifying=there.identifying,
                    confidence=there.confidence, rule=rule,
                )  # fmt: skip
                changed = True
    return changed


def refine(
    schema: Schema, found: Mapping[str, Sequence[Verdict]], detectors: Sequence[Detector] | None = None
) -> dict[str, list[Verdict]]:
    """Verdicts of a whole schema, with what tables and foreign keys add.

    A column that refers to a personal column holds its values, so that it is the same entity; chains are followed.

    Args:
        schema: the tables and their keys.
        found: by table place, the verdicts of its columns; tables may be missing.
        detectors: all by default.

    Returns: the same places and columns.
    """
    tables = [table for table in schema.tables if table.place in found]
    result = {place: list(verdicts) for place, verdicts in found.items()}
    for table in tables:
        result[table.place] = beside(table, result[table.place], detectors)
    for _ in tables:  # a chain of keys is at most as long as there are tables
        if not sum(_follow(table, result) for table in tables):
            break
    for table in tables:
        result[table.place] = beside(table, result[table.place], detectors)
    return result
