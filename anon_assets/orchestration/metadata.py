"""What assets show in the Dagster UI: names, types, counts, hashes. Never a value."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import dagster as dg

from anon_assets.contracts.check import Result
from anon_assets.contracts.detector import Verdict
from anon_assets.policies.plan import PlannedTable, spell
from anon_assets.policies.policy import TablePolicy

__all__ = [
    "column_map",
    "declared_columns",
    "planned_columns",
    "result_metadata",
    "scan_metadata",
    "source_columns",
    "verdict_table",
]

_MOST_BARS = 40
_MOST_RECORDS = 200  # metadata is stored twice per event, at about 94 bytes a record


def declared_columns(table: TablePolicy) -> dg.TableSchema:
    """Column schema from the policy alone, before any database was seen.

    The UI takes tags from here even when a materialization has its own, and descriptions from here when there are any.
    """
    return dg.TableSchema(
        [
            dg.TableColumn(name, "as in the source", tags={"transform": spell(column.chain)})
            for name, column in table.columns.items()
        ]
    )


def source_columns(table: PlannedTable) -> dg.TableSchema:
    """Column schema of the rows as read: names and types."""
    return dg.TableSchema(
        [
            dg.TableColumn(
                planned.column.name,
                planned.column.type,
                constraints=dg.TableColumnConstraints(nullable=planned.column.nullable),
            )
            for planned in table.columns
        ]
    )


def planned_columns(table: PlannedTable, verdicts: Mapping[str, Verdict]) -> dg.TableSchema:
    """Column schema with type, transform and, where the scan found one, entity (of the source's values)."""
    columns = []
    for planned in table.columns:
        column, verdict = planned.column, verdicts.get(planned.column.name)
        tags, found = {"transform": planned.spelled}, None
        if verdict is not None and verdict.personal:
            tags["entity"] = verdict.entity if verdict.verdict == "type" else f"contains {verdict.entity}"
            found = f"{tags['entity']} in the source"
        constraints = dg.TableColumnConstraints(nullable=column.nullable)
        columns.append(dg.TableColumn(column.name, column.type, found, constraints, tags))
    return dg.TableSchema(columns)


def column_map(table: PlannedTable, verdicts: Mapping[str, Verdict]) -> dg.MarkdownMetadataValue:
    """A visible map of column, entity and transform (the UI hides Dagster's own column lineage)."""
    lines = ["| column | type | found | transform | linkage domain |", "|---|---|---|---|---|"]
    for planned in table.columns[:_MOST_RECORDS]:
        verdict = verdicts.get(planned.column.name)
        entity = verdict.entity if verdict is not None and verdict.personal else ""
        cells = [planned.column.name, planned.column.type, entity, planned.spelled, planned.domain]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return dg.MetadataValue.md("\n".join(lines))


def scan_metadata(table: PlannedTable, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Counts, a column schema with the verdicts as tags, the verdicts themselves and a plot of them."""
    tiers = Counter(str(each.tier) for each in verdicts if each.personal)
    kinds = Counter(each.verdict for each in verdicts)
    return {
        "rows": max((each.rows for each in verdicts), default=0),
        "columns": len(verdicts),
        "personal_columns": sum(each.personal for each in verdicts),
        **{f"{tier}_columns": tiers[tier] for tier in ("direct", "quasi", "sensitive")},
        "undecided_columns": kinds["unknown"],
        "not_scanned_columns": kinds["not_scanned"],
        "dagster/column_schema": _scanned_columns(table, {each.column: each for each in verdicts}),
        "plot": _plot(verdicts),
        "verdicts": verdict_table(verdicts),
    }


def _scanned_columns(table: PlannedTable, verdicts: Mapping[str, Verdict]) -> dg.TableSchema:
    columns = []
    for planned in table.columns:
        verdict, found = verdicts.get(planned.column.name), None
        tags: dict[str, str] = {}
        if verdict is not None:
            tags["verdict"] = verdict.verdict
            if verdict.personal:
                found = _told(verdict)
                tags |= {"entity": verdict.entity, "tier": str(verdict.tier), "confidence": f"{verdict.confidence:.2f}"}
        columns.append(dg.TableColumn(planned.column.name, planned.column.type, found, tags=tags))
    return dg.TableSchema(columns)


def _told(verdict: Verdict) -> str:
    """What a column holds, and where inside its values: ``contains email at $.contact``."""
    if verdict.verdict == "type":
        return verdict.entity
    inside = dict.fromkeys(f"{each.entity} at {each.path}" for each in verdict.inside if each.path)
    return "contains " + (", ".join(inside) or verdict.entity)


_COLOURS = {"direct": "#b42318", "sensitive": "#8a3ffc", "quasi": "#b54708"}


def _plot(verdicts: Sequence[Verdict]) -> dg.MarkdownMetadataValue:
    """A bar per personal column: as long as the share of rows with the entity, coloured by its tier."""
    shown = [each for each in verdicts if each.personal][:_MOST_BARS]
    if not shown:
        return dg.MetadataValue.md("no column holds personal data")
    bars = []
    for number, each in enumerate(shown):
        top = 24 * number
        bars.append(
            f'<text x="210" y="{top + 16}" text-anchor="end">{escape(each.column[:28])}</text>'
            f'<rect x="220" y="{top + 4}" width="{max(2, 200 * each.share):.0f}" height="15" rx="3" '
            f'fill="{_COLOURS.get(str(each.tier), "#57606a")}"/>'
            f'<text x="430" y="{top + 16}">{escape(each.entity)}, {_share_told(each)}</text>'
        )
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="700" height="{24 * len(shown)}" '
        f'font-family="sans-serif" font-size="13" fill="#57606a">{"".join(bars)}</svg>'
    )
    encoded = base64.b64encode(drawing.encode()).decode()
    return dg.MetadataValue.md(f"![share of rows per personal column](data:image/svg+xml;base64,{encoded})")


def _share_told(verdict: Verdict) -> str:
    if not verdict.hits:
        return "told by its name"
    return f"{verdict.share:.0%} of rows" if verdict.share >= 0.01 else "under 1% of rows"


def verdict_table(verdicts: Sequence[Verdict]) -> dg.TableMetadataValue:
    """The scan's verdicts, and below each what stands inside its values; at most 200 records."""
    records = [each for verdict in verdicts for each in (verdict, *verdict.inside)]
    kinds = (
        ("column", "string"), ("path", "string"), ("verdict", "string"), ("entity", "string"), ("tier", "string"),
        ("confidence", "float"), ("hits", "int"), ("distinct", "int"), ("share", "float"), ("rule", "string"),
    )  # fmt: skip
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {
                    "column": each.column, "path": each.path or "-", "verdict": each.verdict, "entity": each.entity or "-",
                    "tier": each.tier or "-", "confidence": round(each.confidence, 3), "hits": each.hits,
                    "distinct": each.distinct, "share": round(each.share, 4), "rule": each.rule,
                }
            )
            for each in records[:_MOST_RECORDS]
        ],
        dg.TableSchema([dg.TableColumn(name, kind) for name, kind in kinds]),
    )  # fmt: skip


def result_metadata(result: Result) -> dict[str, Any]:
    """A check result's counts and sentence."""
    return {**dict(result.counts), **({"detail": result.detail} if result.detail else {})}
