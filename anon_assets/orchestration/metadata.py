"""What assets show in the Dagster UI: names, types, counts, hashes. Never a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    "source_columns",
    "verdict_table",
]

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


def verdict_table(verdicts: Sequence[Verdict]) -> dg.TableMetadataValue:
    """The scan's verdicts, at most 200."""
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {
                    "column": each.column, "verdict": each.verdict, "entity": each.entity or "-",
                    "confidence": round(each.confidence, 3), "hits": each.hits, "distinct": each.distinct,
                    "share": round(each.share, 4), "rule": each.rule,
                }
            )
            for each in verdicts[:_MOST_RECORDS]
        ],
        dg.TableSchema(
            [
                dg.TableColumn(name, kind)
                for name, kind in (
                    ("column", "string"), ("verdict", "string"), ("entity", "string"), ("confidence", "float"),
                    ("hits", "int"), ("distinct", "int"), ("share", "float"), ("rule", "string"),
                )
            ]
        ),
    )  # fmt: skip


def result_metadata(result: Result) -> dict[str, Any]:
    """A check result's counts and sentence."""
    return {**dict(result.counts), **({"detail": result.detail} if result.detail else {})}
