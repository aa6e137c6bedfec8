"""A first policy from a scan, ready to plan; and an existing one brought up to date without touching its decisions."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from anon_assets.contracts.database import Column, Schema, Table
from anon_assets.contracts.detector import Detector, Verdict
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.policies.compiling import column_findings, root_column
from anon_assets.policies.linking import End
from anon_assets.policies.steps import effects_of_step
from anon_assets.stages.user_detectors import detector_of

__all__ = ["Proposal", "draft_policy", "propose", "update_policy"]

_INSIDE: tuple[Any, ...] = ({"fake": {"as": "text"}}, "null", {"mask": {}}, {"constant": {}}, {"constant": "{}"})
_LAST: tuple[Any, ...] = (
    "null", {"token": {}}, {"token": {"length": 17}}, {"mask": {}}, {"constant": "-"}, {"constant": 0},
    {"constant": "2000-01-01"}, {"constant": {}}, {"constant": "{}"}, {"constant": "192.0.2.1"},
)  # fmt: skip
"""What to fall back on for a personal column when its detector proposes nothing that fits."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a draft does to a column: the YAML form of its transform, and why."""

    spec: Any
    reason: str = ""


def propose(
    schema: Schema,
    verdicts: Mapping[str, Sequence[Verdict]],
    detectors: Sequence[Detector] = (),
    decided: Mapping[End, str] | None = None,
) -> dict[str, dict[str, Proposal]]:
    """A transform for every stored column of every table.

    Args:
        schema: of the source. verdicts: refined, by place.
        detectors: of the owner, beside those of the family.
        decided: columns that have a decision already, with their linkage domains; others join these.

    Returns: place to column name to proposal. A column that refers to another follows it. Columns of one entity that get
        the same kind of transform get one linkage domain, so that equal values stay equal from table to table.
    """
    found = {place: {verdict.column: verdict for verdict in each} for place, each in verdicts.items()}
    tables = {table.place: table for table in schema.tables}
    ends = [(table.place, column.name) for table in schema.tables for column in table.stored]
    roots = {end: root_column(schema, *end) for end in ends}
    chosen = {
        end: _propose_column(
            tables[end[0]], tables[end[0]].column(end[1]), found.get(end[0], {}).get(end[1]), detectors
        )
        for end in dict.fromkeys(roots.values())
    }
    entities = {end: found.get(end[0], {}).get(end[1]) for end in chosen}
    chosen |= _linked(tables, chosen, entities, decided or {})
    proposals: dict[str, dict[str, Proposal]] = {table.place: {} for table in schema.tables}
    for (place, name), top in roots.items():
        proposal = chosen[top]
        if top != (place, name) and proposal.spec != "keep":
            proposal = Proposal(proposal.spec, f"as {'.'.join(top)}, to which it refers")
        proposals[place][name] = proposal
    return proposals


def _linked(
    tables: Mapping[str, Table],
    chosen: Mapping[End, Proposal],
    verdicts: Mapping[End, Verdict | None],
    decided: Mapping[End, str],
) -> dict[End, Proposal]:
    """Proposals of columns of one entity, with one linkage domain: that of a decided one among them, else the entity's."""
    groups: dict[tuple[str, str], list[End]] = {}
    for end, proposal in chosen.items():
        verdict = verdicts[end]
        if verdict is None or verdict.verdict != "type":
            continue
        column = tables[end[0]].column(end[1])
        transform, _ = TRANSFORMS.parse(proposal.spec, ".".join(end))
        if transform is not None and "domain" in type(transform).model_fields:
            effects = effects_of_step(transform, column)
            if effects.scope == "value" and effects.needs_key:
                groups.setdefault((verdict.entity, transform.kind()), []).append(end)
    linked = {}
    for (entity, kind), ends in groups.items():
        leader = next((end for end in ends if end in decided), None)
        domain = entity if leader is None else decided[leader]
        for end in ends if len(ends) > 1 else ():
            given = chosen[end].spec[kind] if isinstance(chosen[end].spec, dict) else {}
            if end in decided or not isinstance(given, dict):
                continue
            spec = {kind: {**given, "domain": domain}}
            if _fits(tables[end[0]], tables[end[0]].column(end[1]), spec):
                linked[end] = replace(chosen[end], spec=spec)
    return linked


def _propose_column(table: Table, column: Column, verdict: Verdict | None, detectors: Sequence[Detector]) -> Proposal:
    if verdict is None or not verdict.personal:
        return Proposal("keep")
    own = detector_of(verdict.entity, detectors).proposes if verdict.verdict == "type" else _INSIDE
    what = verdict.entity
    if verdict.verdict == "contains":
        inside = dict.fromkeys(f"{each.entity} at {each.path}" for each in verdict.inside if each.path)
        what = "contains " + (", ".join(inside) or verdict.entity)
    reason = f"{what}, confidence {verdict.confidence:.2f}, {verdict.rule}"
    for spec in (*own, *_LAST):
        if _fits(table, column, spec):
            return Proposal(spec, reason + (", under a CHECK: try it" if column.checked and spec != "keep" else ""))
    return Proposal("keep", f"{reason}; no transform fits: DECIDE")


def _fits(table: Table, column: Column, spec: Any) -> bool:
    transform, findings = TRANSFORMS.parse(spec, table.place)
    return transform is not None and not findings and not column_findings(table, column, [transform])


def draft_policy(
    product: str,
    source: str,
    targets: Sequence[Mapping[str, str]],
    schema: Schema,
    verdicts: Mapping[str, Sequence[Verdict]],
    detectors: Sequence[Detector] = (),
) -> str:
    """The text of a policy file that names every table and column.

    Args:
        product, source: names. targets: entries of ``publish``, such as ``{"database": "shop_dev"}``.
        schema, verdicts: what the scan read and found; each personal column gets the evidence as a comment.
        detectors: of the owner, beside those of the family.
    """
    from ruamel.yaml.comments import CommentedMap

    document = CommentedMap(product=product, source=source, tables=CommentedMap())
    document.yaml_set_start_comment(
        "Drafted by `anon-assets scan`. Review every line: the comments say what the scan saw, you decide.\n"
    )
    for place, columns in propose(schema, verdicts, detectors).items():
        document["tables"][place] = _commented(columns)
    document["publish"] = [_flow(dict(target)) for target in targets]
    document["accepted"] = _flow([])
    return _dump(document)


def update_policy(
    path: Path, schema: Schema, verdicts: Mapping[str, Sequence[Verdict]], detectors: Sequence[Detector] = ()
) -> tuple[str, list[str], list[str]]:
    """An existing policy with what it does not name yet; every decision and comment of the owner stays.

    Args:
        path: of the policy. schema, verdicts: what the scan read and found.
        detectors: of the owner, beside those of the family.

    Returns: the new text; places of what was added; places that the source no longer has (left for the owner to remove).
    """
    from ruamel.yaml import YAML

    document = YAML().load(path.read_text())
    tables, added, gone = document["tables"], [], []
    for place, columns in propose(schema, verdicts, detectors, _domains(tables)).items():
        if place not in tables:
            tables[place] = _commented(columns, "new: ")
            added.append(place)
        elif isinstance(tables[place], dict):
            missing = {name: proposal for name, proposal in columns.items() if name not in tables[place]}
            for name, proposal in missing.items():
                _set(tables[place], name, Proposal(proposal.spec, f"new: {proposal.reason or 'nothing found'}"))
                added.append(f"{place}.{name}")
    known = {table.place: {column.name for column in table.stored} for table in schema.tables}
    for place, columns in tables.items():
        if place not in known:
            gone.append(place)
        elif isinstance(columns, dict):
            gone += [f"{place}.{name}" for name in columns if str(name) not in known[place]]
    return _dump(document), added, gone


def _domains(tables: Mapping[str, Any]) -> dict[End, str]:
    """The linkage domain of each column that a policy decides on: the one it names, or its own place."""
    found = {}
    for place, columns in tables.items():
        for name, spec in columns.items() if isinstance(columns, dict) else ():
            steps = spec if isinstance(spec, list) else [spec]
            parameters = [each for step in steps if isinstance(step, dict) for each in step.values()]
            named = [each["domain"] for each in parameters if isinstance(each, dict) and each.get("domain")]
            found[str(place), str(name)] = str(named[0]) if named else f"{place}.{name}"
    return found


def _commented(columns: Mapping[str, Proposal], prefix: str = "") -> Any:
    from ruamel.yaml.comments import CommentedMap

    table = CommentedMap()
    for name, proposal in columns.items():
        reason = f"{prefix}{proposal.reason or ('nothing found' if prefix else '')}"
        _set(table, name, Proposal(proposal.spec, reason))
    return table


def _set(table: Any, name: str, proposal: Proposal) -> None:
    table[name] = _flow(proposal.spec)
    if proposal.reason:
        table.yaml_add_eol_comment(proposal.reason, name)


def _flow(spec: Any) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(spec, dict):
        made: Any = CommentedMap({key: _flow(value) for key, value in spec.items()})
    elif isinstance(spec, list):
        made = CommentedSeq([_flow(value) for value in spec])
    else:
        return None if spec == "null" else spec
    made.fa.set_flow_style()
    return made


def _dump(document: Any) -> str:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 200
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda node, _: node.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    text = io.StringIO()
    yaml.dump(document, text)
    return text.getvalue()
