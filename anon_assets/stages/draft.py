"""A first policy from a scan, ready to plan; and an existing one brought up to date without touching its decisions."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anon_assets.contracts.database import Column, Schema, Table
from anon_assets.contracts.detector import DETECTORS, Verdict
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.policies.compiling import column_findings, root_column

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


def propose(schema: Schema, verdicts: Mapping[str, Sequence[Verdict]]) -> dict[str, dict[str, Proposal]]:
    """A transform for every stored column of every table.

    Args:
        schema: of the source. verdicts: refined, by place.

    Returns: place to column name to proposal. A column that refers to another follows it.
    """
    found = {place: {verdict.column: verdict for verdict in each} for place, each in verdicts.items()}
    tables = {table.place: table for table in schema.tables}
    proposals: dict[str, dict[str, Proposal]] = {}
    for table in schema.tables:
        proposals[table.place] = {}
        for column in table.stored:
            place, name = root_column(schema, table.place, column.name)
            own = (place, name) == (table.place, column.name)
            root = tables[place]
            proposal = _propose_column(root, root.column(name), found.get(place, {}).get(name))
            if not own and proposal.spec != "keep":
                proposal = Proposal(proposal.spec, f"as {place}.{name}, to which it refers")
            proposals[table.place][column.name] = proposal
    return proposals


def _propose_column(table: Table, column: Column, verdict: Verdict | None) -> Proposal:
    if verdict is None or not verdict.personal:
        return Proposal("keep")
    own = DETECTORS.load(verdict.entity).proposes if verdict.verdict == "type" else _INSIDE
    what = verdict.entity if verdict.verdict == "type" else f"contains {verdict.entity}"
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
) -> str:
    """The text of a policy file that names every table and column.

    Args:
        product, source: names. targets: entries of ``publish``, such as ``{"database": "shop_dev"}``.
        schema, verdicts: what the scan read and found; each personal column gets the evidence as a comment.
    """
    from ruamel.yaml.comments import CommentedMap

    document = CommentedMap(product=product, source=source, tables=CommentedMap())
    document.yaml_set_start_comment(
        "Drafted by `anon-assets scan`. Review every line: the comments say what the scan saw, you decide.\n"
    )
    for place, columns in propose(schema, verdicts).items():
        document["tables"][place] = _commented(columns)
    document["publish"] = [_flow(dict(target)) for target in targets]
    document["accepted"] = _flow([])
    return _dump(document)


def update_policy(
    path: Path, schema: Schema, verdicts: Mapping[str, Sequence[Verdict]]
) -> tuple[str, list[str], list[str]]:
    """An existing policy with what it does not name yet; every decision and comment of the owner stays.

    Returns: the new text; places of what was added; places that the source no longer has (left for the owner to remove).
    """
    from ruamel.yaml import YAML

    document = YAML().load(path.read_text())
    tables, added, gone = document["tables"], [], []
    for place, columns in propose(schema, verdicts).items():
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
