"""Verdicts on what stands inside structured values, each with its path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pyarrow as pa

from anon_assets.columns import logical_of
from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.detector import Verdict
from anon_assets.stages.distinct_sample import DistinctSample
from anon_assets.stages.nested import leaves, named
from anon_assets.stages.weighing import Counts

__all__ = ["Judge", "found_inside", "within"]

Judge = Callable[[Table, Iterable[pa.RecordBatch]], list[Verdict]]
"""Scans a table whose columns come in batches of their own."""

_PATHS = 200  # that are judged, the most frequent first
_HALF = 0.5
_TIERS = {"direct": 2, "sensitive": 1, "quasi": 0, None: -1}


def within(main: Verdict, path: str, below: Verdict, counts: Counts) -> Verdict:
    """The verdict on a column of lists, from that on its elements.

    Args:
        main: what the column is by its name. path: of the elements. below: the verdict on them.
        counts: of the lists.

    Returns: ``contains`` with the path when the elements are personal; else ``main``, with nothing found.
    """
    found = [replace(each, path=path + each.path.removeprefix("$")) for each in below.inside]
    if below.verdict in {"type", "contains"} and not found:
        found = [replace(below, verdict="contains", path=path + below.path.removeprefix("$"))]
    if not found:
        return main if main.personal else replace(below, rows=counts.rows)
    return _together(main, found, counts.rows)


def found_inside(table: Table, main: Verdict, documents: DistinctSample, share: float, judge: Judge) -> Verdict:
    """The verdict on a column some of whose values are structured.

    Every path is judged like a column of its own, named by its last keys, beside the other paths.

    Args:
        table: of the column. main: the verdict on the values as texts.
        documents: a sample of the structured ones. share: of the rows with a value, those that are structured, 0 to 1.
        judge: scans the paths.

    Returns: ``main`` with what was found in ``inside``; as ``contains`` where most values are structured.
    """
    parted = [leaves(text) for text in documents.texts.to_pylist()]
    if not any(parted):
        return main
    told = named([[path for path, _ in found] for found in parted if found])
    values: dict[str, list[Any]] = {}
    holding: Counter[str] = Counter()
    for found, rows in zip(parted, documents.rows.tolist(), strict=True):
        for path, value in found:
            values.setdefault(told[path], []).append(value)
        holding.update(dict.fromkeys((told[path] for path, _ in found), rows))
    paths = [path for path, _ in holding.most_common(_PATHS)]
    arrays = {path: _array(values[path]) for path in paths}
    columns = tuple(Column(path, logical=logical_of(array.type)) for path, array in arrays.items())
    batches = (pa.RecordBatch.from_pydict({path: array}) for path, array in arrays.items())
    personal = []
    for each in judge(replace(table, columns=columns, primary_key=(), foreign_keys=()), batches):
        if not each.personal:
            continue
        part = share * holding[each.column] / int(documents.rows.sum())
        for one in each.inside or (each,):
            path = each.column + one.path.removeprefix("$")
            personal.append(
                replace(
                    one, column=main.column, verdict="contains", path=path, inside=(), share=round(one.share * part, 6)
                )
            )
    if not personal:
        return main
    if share < _HALF and main.verdict == "type":
        return replace(main, inside=tuple(personal))
    known = {each.entity for each in personal}
    if main.verdict == "contains" and main.entity not in known:  # found in the text, in no sampled value
        personal.append(replace(main, inside=()))
    return _together(main, personal, main.rows)


def _together(main: Verdict, found: list[Verdict], rows: int) -> Verdict:
    found = [replace(each, column=main.column, rows=rows, inside=()) for each in found]
    first = max(found, key=lambda each: (_TIERS[each.tier], each.confidence, each.share))
    return replace(first, distinct=max(first.distinct, main.distinct), inside=tuple(found))


def _array(values: list[Any]) -> pa.Array:
    """Leaves of one path, as numbers or truth values where all are."""
    kinds = {type(value) for value in values}
    if kinds in ({bool}, {float}):
        return pa.array(values)
    if kinds == {int}:
        try:
            return pa.array(values, pa.int64())
        except (OverflowError, pa.ArrowInvalid):
            pass
    return pa.array([value if isinstance(value, str) else str(value) for value in values], pa.string())
