"""What changed since the owner decided: a scan held against the policy and against the scan before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from anon_assets.contracts.database import Schema
from anon_assets.contracts.detector import Verdict
from anon_assets.findings import Finding
from anon_assets.policies.compiling import accept, kept_personal
from anon_assets.policies.linking import End, links_of, nearest
from anon_assets.policies.plan import compose
from anon_assets.policies.policy import ColumnPolicy, Policy

__all__ = ["Change", "Drift", "drift_of"]


@dataclass(frozen=True, slots=True)
class Change:
    """A column that is held to be something else than before, such as ``none`` and now ``email``."""

    column: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed.

    Args:
        new: tables and columns that the policy does not name, and columns that the last scan did not know.
        gone: tables and columns that the policy names, or the last scan knew, and the source no longer has.
        changed: columns that the last scan held to be something else.
        findings: what the owner has yet to decide: errors for columns that the policy does not name, warnings for kept ones
            that are personal or undecided, notes for those that were accepted.
    """

    new: Sequence[str] = ()
    gone: Sequence[str] = ()
    changed: Sequence[Change] = ()
    findings: Sequence[Finding] = ()

    @property
    def open(self) -> list[Finding]:
        """The findings that wait for a decision."""
        return [finding for finding in self.findings if finding.severity != "note"]

    def to_dict(self) -> dict[str, Any]:
        """The drift for machines."""
        return {
            "new": list(self.new), "gone": list(self.gone), "changed": [asdict(each) for each in self.changed],
            "findings": [each.to_dict() for each in self.findings],
        }  # fmt: skip


def drift_of(
    policy: Policy,
    schema: Schema,
    verdicts: Mapping[str, Sequence[Verdict]],
    last: Mapping[str, Sequence[Verdict]] | None,
    today: date,
) -> Drift:
    """Hold a scan against the policy and the scan before.

    Args:
        policy: the owner's. schema: as scanned. verdicts: refined, by place.
        last: verdicts of the scan before; None for the first one.
        today: for acceptances that have run out.
    """
    unnamed = list(_unnamed(policy, schema))
    new, gone = list(unnamed), list(_gone(policy, schema))
    changed: list[Change] = []
    if last is not None:
        now, then = _flat(verdicts), _flat(last)
        new += [
            place for place in now if place not in then and place not in new and place.rpartition(".")[0] not in new
        ]
        gone += [
            place for place in then if place not in now and place not in gone and place.rpartition(".")[0] not in gone
        ]
        changed = [
            Change(place, _told(then[place]), _told(found))
            for place, found in now.items()
            if place in then and _told(then[place]) != _told(found) and not _unsaid(then[place], found)
        ]
    hint = "`anon-assets scan --write` adds it to the policy"
    findings = [
        Finding("error", "unnamed", place, "the policy does not name it", hint, policy.document.at("tables"))
        for place in unnamed
    ]
    findings += accept(policy, list(_kept(policy, schema, verdicts)), today)[1]
    return Drift(new, gone, changed, findings)


def _unnamed(policy: Policy, schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        ruled = policy.tables.get(table.place)
        if ruled is None:
            yield table.place
        elif ruled.action == "copy":
            links = links_of(schema)
            for column in table.stored:
                if _decision(policy, (table.place, column.name), links) is None:
                    yield f"{table.place}.{column.name}"


def _gone(policy: Policy, schema: Schema) -> Iterator[str]:
    known = {table.place: {column.name for column in table.columns} for table in schema.tables}
    for place, ruled in policy.tables.items():
        if place not in known:
            yield place
        else:
            yield from (f"{place}.{name}" for name in ruled.columns if name not in known[place])


def _kept(policy: Policy, schema: Schema, verdicts: Mapping[str, Sequence[Verdict]]) -> Iterator[Finding]:
    """Warnings on columns that leave as they are although the scan holds them to be personal, or cannot say."""
    links = links_of(schema)
    for table in schema.tables:
        ruled = policy.tables.get(table.place)
        if ruled is None or ruled.action != "copy":
            continue
        facts = {column.name: column for column in table.stored}
        for verdict in verdicts.get(table.place, ()):
            decision = _decision(policy, (table.place, verdict.column), links)
            if verdict.column not in facts or decision is None:
                continue
            if not compose(decision.chain, facts[verdict.column]).passes:
                continue
            where = f"{table.place}.{verdict.column}"
            if verdict.personal:
                yield kept_personal(where, _told(verdict))
            elif undecided := _undecided(verdict):
                hint = "look at it yourself: anonymize it, or accept the fingerprint in the policy"
                yield Finding("warning", "kept-undecided", where, f"is kept although the scan {undecided}", hint)


def _undecided(verdict: Verdict) -> str:
    """Why nothing is known of a kept column; empty for one without values, and for one that the owner left out."""
    if verdict.verdict == "unknown" and verdict.distinct:
        return f"cannot say what it holds ({verdict.rule})"
    if verdict.verdict == "not_scanned" and not verdict.rule.startswith("rule:"):
        return f"could not look into it ({verdict.rule})"
    return ""


def _decision(policy: Policy, end: End, links: Mapping[End, tuple[End, ...]]) -> ColumnPolicy | None:
    def own(each: End) -> ColumnPolicy | None:
        table = policy.tables.get(each[0])
        return table.columns.get(each[1]) if table is not None else None

    decider = nearest(end, links, lambda each: own(each) is not None)
    return own(decider) if decider is not None else None


def _flat(verdicts: Mapping[str, Sequence[Verdict]]) -> dict[str, Verdict]:
    return {f"{place}.{each.column}": each for place, found in verdicts.items() for each in found}


def _told(verdict: Verdict) -> str:
    """A verdict in a word or two: ``email``, ``contains email``, ``none``."""
    if verdict.verdict == "type":
        return verdict.entity
    return f"contains {verdict.entity}" if verdict.verdict == "contains" else verdict.verdict


def _unsaid(then: Verdict, now: Verdict) -> bool:
    """One of the two scans did not look: that is no change of the data."""
    return "not_scanned" in {then.verdict, now.verdict}
