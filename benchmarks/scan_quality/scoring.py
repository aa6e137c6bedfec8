"""Figures of a scan against labels: found or not, which entity, by class of name, shape, kind, storage and culture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import anon_assets
from anon_assets.contracts.detector import Verdict
from benchmarks.scan_quality.columns import Label, LabelledTable

__all__ = ["Judged", "figures", "judge", "misses", "ratio"]

Scan = Callable[[LabelledTable, str], Sequence[Verdict]]


@dataclass(frozen=True, slots=True)
class Judged:
    """One column: what is so, and what the scan said. The first finding of a column is its main one."""

    table: str
    label: Label
    findings: tuple[Verdict, ...]

    @property
    def main(self) -> Verdict:
        """The finding that stands for the column."""
        return self.findings[0] if self.findings else Verdict(self.label.column, "not_scanned", rule="no finding")

    @property
    def personal(self) -> bool:
        """The scan holds the column to be personal."""
        return self.main.personal

    @property
    def entities(self) -> set[str]:
        """Everything that the scan names in the column, at any path."""
        return {each.entity for found in self.findings for each in (found, *found.inside) if each.entity}

    @property
    def exact(self) -> bool:
        """The entity is the label's; inside JSON, text and sparse columns it is among those found."""
        wanted = self.label.entity
        return self.main.entity == wanted or (self.label.shape != "whole" and wanted in self.entities)

    @property
    def right(self) -> bool:
        """As ``exact``, with the kinds that the label holds near counted too."""
        return self.exact or self.main.entity in self.label.near

    @property
    def path(self) -> bool:
        """The entity was found at the label's path."""
        told = {(each.entity, each.path) for found in self.findings for each in (found, *found.inside)}
        return (self.label.entity, self.label.path) in told


def _frame(data: pa.Table, kind: str) -> Any:
    if kind == "pandas":
        return data.to_pandas()
    if kind == "polars":
        import polars as pl

        return pl.from_arrow(data)
    repeated = [
        field.name
        for field in data.schema
        if field.type == pa.string() and pc.count_distinct(data[field.name]).as_py() < len(data) / 4
    ]
    for name in repeated:
        data = data.set_column(data.column_names.index(name), name, data[name].dictionary_encode())
    return data


def judge(tables: Iterable[LabelledTable], frames: str = "mixed") -> Iterator[Judged]:
    """Scan every table and pair each label with the findings on its column.

    Args:
        tables: with their labels.
        frames: arrow, pandas, polars, or mixed: one after the other.
    """
    kinds = ("arrow", "pandas", "polars") if frames == "mixed" else (frames,)
    for number, table in enumerate(tables):
        found: dict[str, list[Verdict]] = defaultdict(list)
        for verdict in anon_assets.scan(_frame(table.data, kinds[number % len(kinds)]), table=table.name):
            found[verdict.column].append(verdict)
        for label in table.labels:
            yield Judged(table.name, label, tuple(found[label.column]))


def ratio(part: int, whole: int) -> float | None:
    """A share; None of nothing."""
    return round(part / whole, 4) if whole else None


def _group(judged: Sequence[Judged], key: Callable[[Judged], str]) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        groups[key(each)].append(each)
    return {
        name: {
            "columns": len(group),
            "found": ratio(sum(each.personal for each in group), len(group)),
            "right": ratio(sum(each.personal and each.right for each in group), sum(each.personal for each in group)),
        }
        for name, group in sorted(groups.items())
    }


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """All figures, each between 0 and 1; None where there was nothing to count."""
    personal = [each for each in judged if each.label.personal]
    others = [each for each in judged if not each.label.personal]
    hits, alarms = [each for each in personal if each.personal], [each for each in others if each.personal]
    precision, recall = ratio(len(hits), len(hits) + len(alarms)), ratio(len(hits), len(personal))
    nested = [each for each in hits if each.label.path]
    return {
        "columns": len(judged),
        "personal": len(personal),
        "precision": precision,
        "recall": recall,
        "f1": ratio(2 * len(hits), 2 * len(hits) + len(alarms) + len(personal) - len(hits)),
        "false_positive_rate": ratio(len(alarms), len(others)),
        "false_positives_free_text": ratio(sum(each.main.entity == "free_text" for each in alarms), len(others)),
        "right_entity": ratio(sum(each.right for each in hits), len(hits)),
        "exact_entity": ratio(sum(each.exact for each in hits), len(hits)),
        "json_path_right": ratio(sum(each.path for each in nested), len(nested)),
        "by_name": _group(personal, lambda each: each.label.name_class),
        "by_shape": _group(personal, lambda each: each.label.shape),
        "by_storage": _group(personal, lambda each: each.label.storage),
        "by_locale": _group(personal, lambda each: each.label.locale),
        "by_kind": _group(personal, lambda each: each.label.entity),
        "lookalikes_by_name": _group(others, lambda each: each.label.name_class),
        "lookalikes_by_kind": _group(others, lambda each: each.label.entity),
    }


def misses(judged: Iterable[Judged]) -> Iterator[dict[str, Any]]:
    """Every column that was missed, wrongly named, or raised a false alarm: never a value."""
    for each in judged:
        label, main = each.label, each.main
        if label.personal and not each.personal:
            what = "missed"
        elif label.personal and not each.right:
            what = "wrong entity"
        elif not label.personal and each.personal:
            what = "false alarm"
        else:
            continue
        yield {
            "what": what, "label": label.entity, "table": each.table, "column": label.column, "name": label.name_class,
            "shape": label.shape, "storage": label.storage, "locale": label.locale, "verdict": main.verdict,
            "entity": main.entity, "inside": sorted(each.entities - {main.entity}), "confidence": main.confidence,
            "rule": main.rule,
        }  # fmt: skip
