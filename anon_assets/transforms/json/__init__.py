"""Transform values inside JSON documents, path by path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Field, PrivateAttr

from anon_assets.columns import LogicalType, logical_of
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context, Effects, Example, Scope, Transform
from anon_assets.distinct import on_distinct
from anon_assets.errors import TransformError
from anon_assets.findings import near
from anon_assets.text_buffer import Joined, Positions, splice
from anon_assets.transforms.json.leaves import CARRIERS, Leaves, read, taken, written
from anon_assets.transforms.json.paths import DEAD, Automaton, parse_path
from anon_assets.transforms.json.scanning import Values, malformed, scan
from anon_assets.transforms.json.structs import Structs, check_fields

__all__ = ["Json"]

_BYTES = 1 << 20  # of documents read at a time
_CONTAINERS = (ord("{"), ord("["))
_NULL = ord("n")


def _spelled(value: Any) -> Any:
    return "null" if value is None else value  # YAML reads a bare null as nothing


@dataclass(frozen=True, slots=True)
class _Path:
    """One path: what becomes of its values."""

    spelled: str
    transform: Transform
    domain: str | None
    length: int | None

    @property
    def whole(self) -> bool:
        """Objects and arrays are taken as they are."""
        return self.transform.kind() in {"keep", "null"}

    def column(self, logical: LogicalType = "text") -> Column:
        return Column(self.spelled, logical=logical, max_length=self.length, bits=64 if logical == "integer" else None)


@dataclass(frozen=True, slots=True)
class _Made:
    """What is written in the place of some values of a buffer of documents."""

    begins: Positions
    ends: Positions
    texts: pa.Array


class Json(Transform):
    """A transform for each path; every other byte of a document stays: order, spacing, numerals, repeated keys, escapes.

    A struct column of a frame is taken as it is: each column inside goes through the transform of its path, with its type.
    In a column of lists of structs, paths begin at each element.

    The values of one path go through its transform as one column for each JSON type: strings as text, whole numbers as
    64-bit integers, other numbers as floats, true and false as booleans; where the transform does not take that type, as
    the next that it does (a number as decimal, then as text; a string as date, timestamp, uuid or inet). Results keep
    their type: numbers are written as numbers, text as a JSON string. JSON null stays null.

    A path stands for plain values. Where it meets an object or array, ``keep`` and ``null`` take that as a whole, unless
    another path leads inside; other transforms refuse. Keys are never changed: where keys are personal data, list no
    path beside them and let ``rest`` decide on what holds them. Of a part without a listed path, ``rest: null`` leaves
    ``null`` and ``refuse`` counts the values.

    Results do not change the length of the column's documents in a way that can be bounded: a bounded text column is
    refused by the plan.
    """

    title: ClassVar[str] = "Transform values inside JSON by path"
    source: ClassVar[str] = "RFC 8259 (JSON), RFC 9535 (JSONPath)"
    good: ClassVar[Example] = Example(
        {"paths": {"$.id": "keep", "$.contact.emails[*]": {"mask": {"as": "email"}}}, "rest": "null"},
        ('{"id": 1.0, "contact": {"emails": ["ada@example.org"]}, "note": {"by": "Ada"}}', None, '{"id": 7}'),
        ('{"id": 1.0, "contact": {"emails": ["a**@*******.***"]}, "note": null}', None, '{"id": 7}'),
        note="What is not listed does not come through.",
    )
    bad: ClassVar[Example] = Example(
        {"paths": {"$.email": {"mask": {"as": "email"}}}, "rest": "keep"},
        ('{"email": "ada@example.org", "e_mail": "ada@example.org"}',),
        None,
        note="A document has no fixed fields: what the next release adds comes through in clear.",
    )

    paths: dict[str, Any] = Field(
        min_length=1,
        description="JSON path (`$.a.b`, `$.list[*].name`, `$.list[0]`, `$['odd key']`, `$.*`) to a transform",
    )
    rest: Annotated[Literal["keep", "null", "refuse"], BeforeValidator(_spelled)] = Field(
        "refuse",
        description="Values under no listed path: keep, null (they become null), refuse (an error tells how many)",
    )
    domains: dict[str, str] = Field(
        {},
        description="Path to linkage domain (`schema.table.column`), to join with that column; default: the document's own",
    )
    lengths: dict[str, Annotated[int, Field(ge=1)]] = Field(
        {}, description="Path to the characters that the joined column holds, for transforms that mind it (fake)"
    )

    _paths: tuple[_Path, ...] = PrivateAttr()
    _automaton: Automaton = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Read paths and transforms. Raises: ValueError for what is neither."""
        root = context.get("root") if isinstance(context, dict) else None
        for field, named in (("domains", self.domains), ("lengths", self.lengths)):
            for name in named:
                if name not in self.paths:
                    raise ValueError(f"{field} names a path that is not listed; {near(name, self.paths)}")
        found, steps, wrong = [], [], []
        for path, spec in self.paths.items():
            try:
                steps.append(parse_path(path))
            except ValueError as error:
                wrong.append(f"{path}: {error}")
            transform, problems = TRANSFORMS.parse(spec, path, root=root)
            wrong += [f"{each.where}: {each.what}{f' ({each.hint})' if each.hint else ''}" for each in problems]
            if transform is None:
                continue
            if transform.when is not None:
                wrong.append(f"{path}: when stands beside paths, not inside")
            domain = self.domains.get(path) or getattr(transform, "domain", None)
            found.append(_Path(path, transform, domain, self.lengths.get(path)))
        if len(set(steps)) < len(steps):
            wrong.append("two paths are the same")
        if wrong:
            raise ValueError("; ".join(wrong))
        self._paths = tuple(found)
        self._automaton = Automaton.of(steps)

    def effects(self, column: Column) -> Effects:
        """JSON, or text that holds JSON. Scope is the widest among the paths; never injective: parts may be dropped."""
        own = [path.transform.effects(path.column(logical)) for path in self._paths for logical in _accepted(path)[:1]]
        scope: Scope = "row" if any(each.scope == "row" for each in own) else "value"
        return Effects(
            accepts=frozenset({"json", "text"}),
            scope=scope,
            deterministic=all(each.deterministic for each in own),
            max_length=None,
            needs_key=any(each.needs_key for each in own),
            keyed_by_row=any(each.keyed_by_row for each in own),
            coincides=any(each.coincides for each in own),
            passes=(passes := self.rest == "keep" and all(each.passes for each in own)),
            inside=not passes,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """What does not fit the values of a path: type, scope, parameters."""
        for path in self._paths:
            kind, accepted = path.transform.kind(), _accepted(path)
            if not accepted:
                yield f"{path.spelled}: {kind} takes nothing that JSON holds"
                continue
            effects = path.transform.effects(path.column(accepted[0]))
            if effects.scope not in {"value", "row"} or effects.drops:
                yield f"{path.spelled}: {kind} needs a column of its own"
            elif not taken(path.transform, path.column):
                yield from (f"{path.spelled}: {told}" for told in path.transform.problems(path.column(accepted[0])))

    def needs(self) -> frozenset[str]:
        """The columns that the paths' transforms read."""
        return frozenset[str]().union(*(path.transform.needs() for path in self._paths))

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Documents in the column's Arrow type.

        Raises: TransformError, with counts, for texts that are no JSON, values under no listed path, and values that the
            transform of their path does not take.
        """
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        if pa.types.is_struct(column.type):
            return self._struct(column, context)
        if self.effects(context.column).scope == "value" and not self.needs():
            made = on_distinct(column.cast(pa.large_string()), lambda values: self._documents(values, None, context))
            return made.cast(column.type)
        filled = column.is_valid()
        rows = np.flatnonzero(filled.to_numpy(zero_copy_only=False))
        made = self._documents(column.filter(filled).cast(pa.large_string()), rows, context)
        return pc.replace_with_mask(column.cast(pa.large_string()), filled, made).cast(column.type)

    def _struct(self, column: pa.Array, context: Context) -> pa.Array:
        def leaf(number: int, values: pa.Array, facts: Column, which: Positions) -> pa.Array:
            return self._applied(self._paths[number], values, facts, which, context)

        def facts(number: int, kind: pa.DataType) -> Column:
            decimal = pa.types.is_decimal(kind)
            bits = kind.bit_width if pa.types.is_integer(kind) else None
            digits = (kind.precision, kind.scale) if decimal else (None, None)
            return replace(
                self._paths[number].column(logical_of(kind)), bits=bits, precision=digits[0], scale=digits[1]
            )

        check_fields(column.type, [path.spelled for path in self._paths], context.place)
        transforms = [path.transform for path in self._paths]
        whole = [path.whole for path in self._paths]
        structs = Structs(self._automaton, transforms, whole, facts, self.rest, leaf, context.place)
        return structs.walk(column, np.arange(len(column)))

    def _documents(self, values: pa.Array, rows: Positions | None, context: Context) -> pa.Array:
        """Documents without nulls. ``rows``: their place in the batch, None where no transform asks for it."""
        if not len(values):
            return values
        done = np.concatenate([np.zeros(1, np.int64), np.cumsum(pc.binary_length(values).to_numpy(), dtype=np.int64)])
        cuts = np.flatnonzero(np.diff(done[:-1] // _BYTES, prepend=-1))
        parts = []
        for start, stop in zip(cuts.tolist(), [*cuts[1:].tolist(), len(values)], strict=True):
            part = None if rows is None else rows[start:stop]
            parts.append(self._batch(values[start:stop], part, context))
        return pa.concat_arrays(parts)

    def _batch(self, values: pa.Array, rows: Positions | None, context: Context) -> pa.Array:
        joined = Joined.of(values)
        found = scan(joined)
        if found is None:
            raise TransformError(context.place, f"{max(1, malformed(values))} of {len(values)} texts are no JSON")
        accepted, rest = self._decided(found, found.states(joined, self._automaton), context)
        parts = [self._rest(found, rest, context), *self._listed(found, accepted, joined, rows, context)]
        begins, ends = (np.concatenate([getattr(part, name) for part in parts]) for name in ("begins", "ends"))
        order = np.argsort(begins)
        texts = pa.concat_arrays([part.texts for part in parts]).take(pa.array(order))
        within = joined.rows(begins[order])
        origin = joined.starts[within]
        return splice(values, within, begins[order] - origin, ends[order] - origin, texts)

    def _decided(self, found: Values, states: Positions, context: Context) -> tuple[Positions, npt.NDArray[np.bool_]]:
        """For each value: the number of the path that decides on it, -1 for none; whether ``rest`` does."""
        automaton, container = self._automaton, np.isin(found.kinds, _CONTAINERS)
        reached, state = states >= 0, np.maximum(states, 0)
        leads = reached & container & automaton.leads_on[state]
        accepted = np.where(reached & ~leads, automaton.accepted[state], -1)
        accepted[found.kinds == _NULL] = -1
        whole = np.array([path.whole for path in self._paths])
        blocked = container & (accepted >= 0) & ~whole[accepted]
        filled = found.inside > 0
        if self.rest != "null" and (many := int((blocked & filled).sum())):
            number = int(accepted[blocked & filled][0])
            what = f"{many} objects or arrays stand where a path is for plain values, such as {self._paths[number].spelled}"
            raise TransformError(context.place, what, "list the paths inside, or let keep or rest decide on them")
        accepted[blocked] = -1
        rest = (states == DEAD) | (reached & ~leads & (accepted < 0))
        return accepted, rest & (found.kinds != _NULL) & (~container | filled)

    def _rest(self, found: Values, rest: npt.NDArray[np.bool_], context: Context) -> _Made:
        """What becomes of the values under no listed path."""
        places = np.flatnonzero(rest if self.rest != "keep" else rest[:0])
        if len(places) and self.rest == "refuse":
            plain = ~np.isin(found.kinds, (*_CONTAINERS, _NULL))
            before = np.concatenate([np.zeros(1, np.int64), np.cumsum(plain)])
            # a part that holds nothing but nulls counts too, for it tells its keys
            count = np.maximum(before[places + found.inside[places] + 1] - before[places], 1).sum()
            what = f"{int(count)} values stand under no listed path"
            raise TransformError(context.place, what, "list their paths, or let rest decide otherwise")
        return _Made(found.begins[places], found.ends[places], pa.repeat(pa.scalar("null"), len(places)))

    def _listed(
        self, found: Values, accepted: Positions, joined: Joined, rows: Positions | None, context: Context
    ) -> Iterator[_Made]:
        """What becomes of the values of each path."""
        for number, path in enumerate(self._paths):
            places = np.flatnonzero(accepted == number)
            if not len(places) or path.transform.kind() == "keep":
                continue
            if path.whole:
                yield _Made(found.begins[places], found.ends[places], pa.repeat(pa.scalar("null"), len(places)))
                continue
            for leaves in read(joined, found, places, path.transform, path.column, f"{context.place} {path.spelled}"):
                yield _Made(leaves.begins, leaves.ends, self._transformed(path, leaves, joined, rows, context))

    def _transformed(
        self, path: _Path, leaves: Leaves, joined: Joined, rows: Positions | None, context: Context
    ) -> pa.Array:
        """The values as they are written."""
        which = joined.rows(leaves.begins) if rows is None else rows[joined.rows(leaves.begins)]
        made = self._applied(path, leaves.values, path.column(leaves.logical), which, context)
        return written(made, f"{context.place} {path.spelled}")

    def _applied(self, path: _Path, values: pa.Array, column: Column, which: Positions, context: Context) -> pa.Array:
        """The results for values of a path, from these rows of the batch."""
        place = f"{context.place} {path.spelled}"
        sources = {name: context.sources[name].take(pa.array(which)) for name in path.transform.needs()}
        own = replace(
            context, place=place, column=column, domain=path.domain or context.domain, sources=sources,
            rows=lambda: context.rows().gather(pl.Series(which)),
        )  # fmt: skip
        made = path.transform.apply(values, own)
        if len(made) != len(values):
            raise TransformError(place, f"{path.transform.kind()} yielded {len(made)} values for {len(values)}")
        return made


def _accepted(path: _Path) -> list[LogicalType]:
    """The logical types of JSON values that a path's transform declares."""
    return [logical for logical in CARRIERS if logical in path.transform.effects(path.column(logical)).accepts]
