"""Does a chain of transforms fit a column: types, parameters, the columns it reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Transform
from anon_assets.findings import Finding, near
from anon_assets.policies.steps import effects_of_step, element_column, misfit_of_elements, reads

__all__ = ["fit_chain"]


def fit_chain(
    chain: Sequence[Transform], column: Column, names: Iterable[str], where: str, source: str = "", hint: str = ""
) -> tuple[list[Finding], Column | None]:
    """Hold each step against the column as the steps before it leave it.

    Args:
        chain: transforms in order.
        column: the facts.
        names: the columns that the row has.
        where: place for findings. source: ``file:line`` for findings.
        hint: for problems with parameters.

    Returns: errors and warnings, and the column's facts after the last step; None when a step does not take the column.
    """
    found: list[Finding] = []
    names = list(names)
    for step in chain:
        kind, effects, met = step.kind(), effects_of_step(step, column), element_column(step, column) or column
        if column.logical not in effects.accepts:
            what = f"{kind} does not take a column of type {column.type} ({column.logical})"
            takes = f"{kind} takes {', '.join(sorted(effects.accepts))}"
            if element := element_column(step, column):
                what = f"{kind} is not for the elements of {column.type}: {misfit_of_elements(step, element)}"
                takes = "use another transform, or null"
            found.append(Finding("error", "type", where, what, takes, source))
            return found, None
        if step.when is not None and effects.result not in {None, column.logical}:
            what = f"{kind} yields {effects.result} for the rows of its condition, the others keep {column.logical}"
            found.append(Finding("error", "type", where, what, "leave out when", source))
        found += [Finding("error", "parameters", where, f"{kind}: {told}", hint, source) for told in step.problems(met)]
        found += [Finding("warning", "transform", where, f"{kind}: {told}", "", source) for told in step.warnings(met)]
        for name in sorted(reads(step) - set(names)):
            what = f"{kind} reads column {name!r}, which is not there"
            found.append(Finding("error", "unknown-column", where, what, near(name, names), source))
        column = replace(column, logical=effects.result or column.logical)
    return found, column
