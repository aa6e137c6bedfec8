"""One step of a chain at work: a transform, under its condition, on values or on the elements of arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.array_text import TextArrays
from anon_assets.columns import is_list, plain, to_polars
from anon_assets.condition import condition_columns, holds
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Transform
from anon_assets.errors import TransformError

__all__ = [
    "apply_step",
    "effects_of_step",
    "element_column",
    "learn_step",
    "learns",
    "misfit_of_elements",
    "reads",
    "reverse_step",
]

_CARRIERS: Mapping[str, pa.DataType] = {"integer": pa.int64(), "float": pa.float64()}
"""What elements that came as text are turned into before a transform gets them."""


def element_column(step: Transform, column: Column) -> Column | None:
    """The facts of an array's elements when the transform is for them, None when it takes the column as it is."""
    if column.logical != "array" or column.element is None or "array" in step.effects(column).accepts:
        return None
    return replace(column, logical=column.element, element=None, nullable=True)


def effects_of_step(step: Transform, column: Column) -> Effects:
    """What a step does to the column: the transform's effects, as its condition and the elements of arrays change them.

    Under a condition some rows keep their value: nothing is injective, ordered, fixed or reversible any more, and the
    outcome depends on the row.
    """
    element = element_column(step, column)
    effects = step.effects(element or column)
    if element is not None and misfit_of_elements(step, element) is None:
        effects = replace(
            effects, accepts=effects.accepts | {"array"}, result=None, preserves_order=False, may_null=False
        )
    if step.when is not None:
        scope = "row" if effects.scope == "value" else effects.scope
        effects = replace(
            effects, scope=scope, injective=False, reversible=False, preserves_order=False, passes=False, fixed=False,
            drops=False, coincides=True, partly=not effects.passes,
        )  # fmt: skip
    return effects


def misfit_of_elements(step: Transform, element: Column) -> str | None:
    """Why a step is not for the elements of arrays; None when it is."""
    effects = step.effects(element)
    if element.logical not in effects.accepts:
        return f"it takes {', '.join(sorted(effects.accepts))}"
    if effects.scope != "value":
        return f"it works on a whole {effects.scope}, which an element is not"
    if effects.result not in {None, element.logical}:
        return f"it yields {effects.result}, and they stay {element.logical}"
    return None


def reads(step: Transform) -> frozenset[str]:
    """Other columns of the row that the step reads."""
    return step.needs() | (condition_columns(step.when) if step.when is not None else frozenset())


def learns(step: Transform, column: Column) -> bool:
    """The step must see the whole column before it can transform the first value."""
    return step.effects(element_column(step, column) or column).scope in {"column", "table"}


def apply_step(step: Transform, values: pa.Array, context: Context) -> pa.Array:
    """The column after this step.

    Raises: TransformError as the transform does, or when its condition cannot be evaluated.
    """
    if step.when is None:
        return _on_elements(step, step.apply, values, context)
    wanted = holds(step.when, context.sources, context.place)
    chosen = _on_elements(step, step.apply, values.filter(wanted), _only(context, wanted))
    if chosen.type != values.type:
        what = f"{step.kind()} yields {chosen.type} for some rows, the others keep {values.type}"
        raise TransformError(context.place, what, "leave out when, or use a transform that keeps the type")
    places = np.arange(len(values))
    mask = wanted.to_numpy(zero_copy_only=False)
    places[mask] = len(values) + np.arange(len(chosen))
    return pa.concat_arrays([values, chosen]).take(pa.array(places))


def reverse_step(step: Transform, values: pa.Array, context: Context) -> pa.Array:
    """The column before this step. Raises: TransformError when the step cannot be reversed."""
    if step.when is not None:
        raise TransformError(context.place, f"{step.kind()} under a condition cannot be reversed")
    return _on_elements(step, step.reverse, values, context)


def learn_step(step: Transform, batches: Iterator[tuple[pa.Array, Context]]) -> pa.Table:
    """What the step learns from the whole column; only from the rows that its condition chooses."""

    def chosen() -> Iterator[tuple[pa.Array, Context]]:
        for values, context in batches:
            if step.when is None:
                yield values, context
            else:
                wanted = holds(step.when, context.sources, context.place)
                yield values.filter(wanted), _only(context, wanted)

    return step.learn(chosen())


def _only(context: Context, wanted: pa.Array) -> Context:
    sources = {name: plain(column).filter(wanted) for name, column in context.sources.items()}
    return replace(context, sources=sources, rows=lambda: context.rows().filter(to_polars(wanted)))


def _on_elements(
    step: Transform, work: Callable[[pa.Array, Context], pa.Array], values: pa.Array, context: Context
) -> pa.Array:
    element = element_column(step, context.column)
    if element is None:
        return work(values, context)
    inner = replace(context, column=element, sources={}, domains={})

    def made(flat: pa.Array) -> pa.Array:
        return plain(work(_typed(flat, element, context.place), inner))

    if pa.types.is_nested(values.type):
        return _on_lists(values, made).cast(values.type)
    arrays = TextArrays.read(values, context.place)
    return arrays.written(_on_lists(arrays.elements, lambda flat: made(flat).cast(flat.type)))


def _on_lists(values: pa.Array, work: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """What is made of the elements, in lists as they were; of lists of lists, the innermost."""
    if not is_list(values.type):
        return work(values)
    large = pa.types.is_large_list(values.type)
    listed = values if large else values.cast(pa.list_(values.type.value_field))
    made = _on_lists(listed.flatten(), work)  # the elements of a null list are no one's
    lengths = pc.fill_null(pc.list_value_length(listed), 0)
    offsets = pc.cumulative_sum(pa.concat_arrays([pa.array([0], lengths.type), lengths]))
    return (pa.LargeListArray if large else pa.ListArray).from_arrays(offsets, made, mask=pc.is_null(listed))


def _typed(flat: pa.Array, element: Column, where: str) -> pa.Array:
    wanted = _CARRIERS.get(element.logical)
    if wanted is None or not pa.types.is_string(flat.type):
        return flat
    try:
        return flat.cast(wanted)
    except pa.ArrowException:
        raise TransformError(where, f"some elements are not of type {element.logical}") from None
