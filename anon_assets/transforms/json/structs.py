"""Arrow structs: the columns inside them are transformed as they are, without a document being written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import is_list, plain
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Transform
from anon_assets.errors import TransformError
from anon_assets.findings import near
from anon_assets.text_buffer import Positions
from anon_assets.transforms.json.paths import DEAD, Automaton, Steps, parse_path

__all__ = ["Structs", "check_fields"]

Leaf = Callable[[int, pa.Array, Column, Positions], pa.Array]
"""The results for values without nulls: number of the path, values, their facts, rows that they come from."""


def check_fields(kind: pa.DataType, paths: Sequence[str], place: str) -> None:
    """Refuse paths that lead to no field of a struct: what they were to hide would come through.

    Raises: TransformError that names them, and the nearest field.
    """
    if missing := [path for path in paths if not _leads(kind, parse_path(path))]:
        what = f"the structs have no field at {', '.join(missing)}"
        raise TransformError(place, what, near(missing[0], _fields(kind)))


def _leads(kind: pa.DataType, steps: Steps) -> bool:
    if not steps or pa.types.is_null(kind):
        return True
    step, rest = steps[0], steps[1:]
    if pa.types.is_struct(kind):
        return any(_leads(field.type, rest) for field in kind if step in {None, field.name})
    if is_list(kind):
        return not isinstance(step, str) and _leads(kind.value_type, rest)
    return bool(pa.types.is_nested(kind))  # no path leads into a map, which is told where it is met


def _fields(kind: pa.DataType, spelled: str = "$") -> list[str]:
    """The paths of all plain values of this type."""
    if pa.types.is_struct(kind):
        return [path for field in kind for path in _fields(field.type, f"{spelled}.{field.name}")]
    return _fields(kind.value_type, f"{spelled}[*]") if is_list(kind) else [spelled]


@dataclass(frozen=True, slots=True)
class Structs:
    """Walks the columns inside a struct.

    Args:
        automaton: of the paths. transforms: of each path. whole: the path's transform takes structs and lists as they are.
        facts: of the column of a path, given its logical type.
        rest: of values under no listed path. leaf: what becomes of those under one.
        place: for errors.
    """

    automaton: Automaton
    transforms: Sequence[Transform]
    whole: Sequence[bool]
    facts: Callable[[int, pa.DataType], Column]
    rest: Literal["keep", "null", "refuse"]
    leaf: Leaf
    place: str

    def walk(self, values: pa.Array, rows: Positions, state: int = 0, spelled: str = "$") -> pa.Array:
        """The values after their transforms: same length and nulls, types as the transforms yield them.

        Args:
            values: of one place inside the struct. rows: that they come from. state: of the automaton. spelled: the place.

        Raises: TransformError for values under no listed path with ``rest: refuse``, and for what a transform does not take.
        """
        values = _plain(values)
        nested = pa.types.is_nested(values.type)
        if nested and state != DEAD and self.automaton.leads_on[state]:
            return self._inside(values, rows, state, spelled)
        path = DEAD if state == DEAD else int(self.automaton.accepted[state])
        if path >= 0 and self.whole[path]:
            return values if self.transforms[path].kind() == "keep" else pa.nulls(len(values), values.type)
        if path >= 0 and not nested:
            return self._leaf(path, values, rows, spelled)
        many = len(values) - values.null_count
        if path >= 0 and many and self.rest != "null":
            held = "structs" if pa.types.is_struct(values.type) else "lists"
            what = f"{spelled} holds {held}, its path is for plain values"
            raise TransformError(self.place, what, "list the paths inside, or let keep or rest decide on them")
        if many and self.rest == "refuse":
            what = f"{many} values stand under no listed path ({spelled})"
            raise TransformError(self.place, what, "list their paths, or let rest decide otherwise")
        return pa.nulls(len(values), values.type) if self.rest == "null" else values

    def _inside(self, values: pa.Array, rows: Positions, state: int, spelled: str) -> pa.Array:
        missing, follow = pc.is_null(values), self.automaton.follow[state]
        if pa.types.is_struct(values.type):
            made, names = [], [field.name for field in values.type]
            for name, child in zip(
                names, values.flatten(), strict=True
            ):  # nulls of the struct are those of its columns
                code = self.automaton.names.index(name) + 1 if name in self.automaton.names else 0
                made.append(self.walk(child, rows, int(follow[code]), f"{spelled}.{name}"))
            return pa.StructArray.from_arrays(made, names=names, mask=missing)
        if not is_list(values.type):
            what = f"{spelled} is a {values.type.__class__.__name__}, which no path leads into"
            raise TransformError(self.place, what, "let keep, null or rest decide on it")
        lengths = pc.fill_null(pc.list_value_length(values), 0).to_numpy()
        flat = self._elements(values.flatten(), np.repeat(rows, lengths), lengths, state, spelled)
        large = pa.types.is_large_list(values.type)
        ends = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int64() if large else pa.int32())
        return (pa.LargeListArray if large else pa.ListArray).from_arrays(ends, flat, mask=missing)

    def _elements(self, values: pa.Array, rows: Positions, lengths: Positions, state: int, spelled: str) -> pa.Array:
        """Elements of lists of these lengths; those at places with a path of their own go their own way."""
        places = np.arange(len(values)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        states = self.automaton.follow[state][self.automaton.codes_of_elements(places)]
        parts: list[pa.Array] = []
        order = np.empty(len(values), np.int64)
        for below in np.unique(states).tolist() or [int(self.automaton.follow[state][0])]:
            here, done = np.flatnonzero(states == below), sum(len(part) for part in parts)
            alike = len(here) == len(values)
            part = values if alike else values.take(pa.array(here))
            where = "*" if alike or below == self.automaton.follow[state][0] else str(places[here[0]])
            parts.append(self.walk(part, rows[here], below, f"{spelled}[{where}]"))
            order[here] = done + np.arange(len(here))
        if len({part.type for part in parts}) > 1:
            what = f"{spelled} is a list, and its elements would come out with different types"
            raise TransformError(self.place, what, "give them transforms with results of one type")
        return parts[0] if len(parts) == 1 else pa.concat_arrays(parts).take(pa.array(order))

    def _leaf(self, path: int, values: pa.Array, rows: Positions, spelled: str) -> pa.Array:
        transform, column = self.transforms[path], self.facts(path, values.type)
        where = f"{self.place} {spelled}"
        if column.logical not in transform.effects(column).accepts:
            what = f"{transform.kind()} does not take values of type {column.logical}"
            raise TransformError(where, what, "choose a transform that takes them, or one that drops them")
        for problem in transform.problems(column):
            raise TransformError(where, problem)
        known = values.is_valid().to_numpy(zero_copy_only=False)
        made = plain(self.leaf(path, values.drop_null(), column, rows[known]))
        places: Any = np.cumsum(known) - 1
        return made if known.all() else made.take(pa.array(places, pa.int64(), mask=~known))


def _plain(values: pa.Array) -> pa.Array:
    """Without dictionary and views, lists of a fixed size as any others."""
    values = plain(values)
    if pa.types.is_string_view(values.type):
        return values.cast(pa.large_string())
    if pa.types.is_fixed_size_list(values.type):
        return values.cast(pa.list_(values.type.value_field))
    return values
