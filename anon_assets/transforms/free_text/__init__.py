"""Replace what identifies inside longer text, and leave the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal, get_args

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Field, PrivateAttr

from anon_assets.columns import as_text
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context, Effects, Example, Scope, Transform
from anon_assets.distinct import on_distinct
from anon_assets.entity_search.finding import entities, finder
from anon_assets.entity_search.overlapping import Spans
from anon_assets.errors import TransformError
from anon_assets.findings import Finding, near
from anon_assets.text_buffer import Positions, splice
from anon_assets.transforms.free_text.mentioning import mentions

__all__ = ["FreeText"]

Word = Literal["label", "mask", "token", "fake", "fpe"]
_WORDS: tuple[str, ...] = get_args(Word)
_DRAFTS: Mapping[str, tuple[Any, ...]] = {
    "mask": ("mask",),
    "token": ("token",),
    "fake": ({"fake": {"as": "{entity}"}},),
    "fpe": ({"ip": {}}, {"fpe": {"as": "{entity}"}}, {"fpe": {"as": "auto"}}),
}
"""What each word stands for: the first that there is for the entity; none is the label."""
_ADDRESS = "ip_address"


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class _Entity:
    """What becomes of one entity: a transform of its values; the label without one."""

    name: str
    transform: Transform | None
    domain: str | None
    length: int | None

    @property
    def label(self) -> str:
        return f"<{self.name.upper()}>"

    @property
    def column(self) -> Column:
        """The facts that the transform is told: those of the entity's own column, as far as they are known."""
        return Column(self.name, max_length=self.length)


class FreeText(Transform):
    """Find entities inside text and replace each; everything else stays byte for byte.

    Entities are looked for with the detectors that count inside text (e-mail and IP addresses, phone and card numbers,
    street addresses, password hashes), and names of persons as capitalised words in a row of which the first is a known
    given name and the last a known family name. What has no form (a first name alone, a nickname, a diagnosis) is not
    found: name the row's own columns in ``with``, or do not publish the text. A version number of four parts is taken
    for an IP address, unless its numbers are all below 32 and a word such as version, release, build or firmware stands
    right before it (``v1.2.3.4``) and none for an address (``client ip 8.8.8.8``); loopback addresses stay.

    The same value becomes the same as in a column of its own when both share transform, linkage domain (``domains``) and,
    where the transform minds it, the length of the column (``lengths``). A value that its transform cannot take gets the
    label. Where a replacement would make a text longer than its column holds, the spans of that text are covered with
    ``*`` instead.
    Where spans overlap, the longest counts, then the earliest, then the entity that chance makes least often.
    """

    title: ClassVar[str] = "Replace what identifies inside longer text, keep the rest"
    shorthand: ClassVar[str | None] = "replace"
    good: ClassVar[Example] = Example(
        {"entities": {"email": "token"}},
        ("notified ada@example.org from 192.0.2.44", None, "no one is named here"),
        ("notified B2NW4RXF5ZGNTAU5JZFT2 from <IP_ADDRESS>", None, "no one is named here"),
        note="Logs stay readable; the token joins with other columns of its linkage domain.",
    )
    bad: ClassVar[Example] = Example(
        {"only": ["email"]},
        ("the tall one from the third floor called", "Maria's sister is ill"),
        None,
        note="Persons without a form are not found: write null or fake text for notes about people.",
    )

    replace: Word = Field(
        "label",
        description="What stands for each entity: label (`<EMAIL>`), mask (asterisks), token, fake (the entity's kind), fpe",
    )
    entities: dict[str, Any] = Field(
        {},
        description="Entity, or column of `with`, to another such word or to a transform; keep leaves it in the text",
    )
    only: Annotated[tuple[str, ...] | None, BeforeValidator(_as_list)] = Field(
        None, description="Entities to look for; default: all that can be found in text"
    )
    with_: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = Field(
        (), alias="with",
        description="Columns whose value is replaced in the row's text too: whole words, 3 characters or more, in any case, "
        "Unicode form (composed or not) and kind of apostrophe, hyphen or blank",
    )  # fmt: skip
    domains: dict[str, str] = Field(
        {},
        description="Entity to linkage domain (`schema.table.column`), to join with that column; default: the text's own",
    )
    lengths: dict[str, Annotated[int, Field(ge=1)]] = Field(
        {}, description="Entity to the characters that its own column holds, for transforms that mind it (fake)"
    )

    _entities: tuple[_Entity, ...] = PrivateAttr()
    _found: tuple[str, ...] = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Read the transforms of the entities. Raises: ValueError for those that are none."""
        known = entities()
        for name in self.only or ():
            if name not in known:
                raise ValueError(f"only names an entity that cannot be found in text; {near(name, known)}")
        found = [kind for kind in known if self.only is None or kind in self.only]
        names = [*found, *(name for name in self.with_ if name not in found)]
        for field, named in (("entities", self.entities), ("domains", self.domains), ("lengths", self.lengths)):
            for name in named:
                if name not in names:
                    raise ValueError(f"{field} names what is not looked for; {near(name, names)}")
        root = context.get("root") if isinstance(context, dict) else None
        read = {name: self._transform(name, root) for name in names}
        kept = {name for name, each in read.items() if each is not None and each.kind() == "keep"}
        self._found = tuple(name for name in found if name not in kept)
        self._entities = tuple(
            _Entity(
                name, read[name], self.domains.get(name) or getattr(read[name], "domain", None), self.lengths.get(name)
            )
            for name in [*self._found, *(name for name in self.with_ if name not in self._found and name not in kept)]
        )

    def _transform(self, entity: str, root: Any) -> Transform | None:
        spec = self.entities.get(entity, self.replace)
        if spec == "label":
            return None
        if isinstance(spec, str) and spec in _WORDS:
            drafts = _DRAFTS[spec] if entity == _ADDRESS else [each for each in _DRAFTS[spec] if "ip" not in each]
            parsed = (TRANSFORMS.parse(_named(draft, entity), entity)[0] for draft in drafts)
            return next((each for each in parsed if each is not None), None)
        transform, problems = TRANSFORMS.parse(spec, entity, root=root)
        if transform is None:
            raise ValueError("; ".join(_told(problem) for problem in problems))
        if transform.when is not None:
            raise ValueError(f"{entity}: when stands beside entities, not inside")
        return transform

    @property
    def _transforms(self) -> list[tuple[_Entity, Transform]]:
        return [(each, each.transform) for each in self._entities if each.transform is not None]

    def effects(self, column: Column) -> Effects:
        """Text. Row scope with ``with`` or where an entity's transform has it; never injective, for labels are equal."""
        own = [transform.effects(entity.column) for entity, transform in self._transforms]
        rowwise = bool(self.with_) or any(each.scope == "row" for each in own)
        scope: Scope = "row" if rowwise else "value"
        return Effects(
            accepts=frozenset({"text"}),
            scope=scope,
            deterministic=all(each.deterministic for each in own),
            max_length=column.max_length,
            needs_key=any(each.needs_key for each in own),
            keyed_by_row=any(each.keyed_by_row for each in own),
            coincides=any(each.coincides for each in own),
            inside=True,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """What does not fit the values of an entity: type, scope, parameters."""
        for entity, transform in self._transforms:
            effects = transform.effects(entity.column)
            if "text" not in effects.accepts:
                yield f"{entity.name}: {transform.kind()} does not take text"
            elif effects.scope not in {"value", "row"} or effects.drops:
                yield f"{entity.name}: {transform.kind()} needs a column of its own"
            else:
                yield from (f"{entity.name}: {problem}" for problem in transform.problems(entity.column))

    def needs(self) -> frozenset[str]:
        """The columns of ``with``, and those that the entities' transforms read."""
        return frozenset(self.with_).union(*(transform.needs() for _, transform in self._transforms))

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Texts in the column's Arrow type. Raises: TransformError when ``problems`` has any, or a detector fails."""
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        if self.effects(context.column).scope == "value":
            made = on_distinct(column.cast(pa.large_string()), lambda values: self._cleaned(values, context))
        else:
            made = self._cleaned(pc.fill_null(column.cast(pa.large_string()), ""), context)
            made = pc.if_else(column.is_valid(), made, pa.scalar(None, made.type))
        return made.cast(column.type)

    def _cleaned(self, values: pa.Array, context: Context) -> pa.Array:
        """Texts without nulls, with what is found in them replaced."""
        search = finder(self._found)
        parts = list(search.find(values, context.place))
        numbers = {each.name: number for number, each in enumerate(self._entities)}
        named = [name for name in self.with_ if name in numbers]
        parts += [mentions(values, context.sources[name], numbers[name]) for name in named]
        if not parts:
            return values
        spans = Spans.together(parts, search.chances + [0.0] * (len(self._entities) - len(search.chances)))
        texts = self._replaced(spans, context)
        made = splice(values, spans.rows, spans.begins, spans.ends, texts)
        room = context.column.max_length
        if room is None:
            return made
        long = pc.greater(pc.utf8_length(made), room).to_numpy(zero_copy_only=False)
        if not long.any():
            return made
        covered = long[spans.rows]
        # what stands in the text, not what it stands for, tells how many characters to cover
        stars = pc.binary_repeat("*", _characters(values, spans))
        texts = pc.if_else(pa.array(covered), stars, texts)
        return splice(values, spans.rows, spans.begins, spans.ends, texts)

    def _replaced(self, spans: Spans, context: Context) -> pa.Array:
        """What stands for each span: the values of one entity together through its transform."""
        order, parts = [], []
        for number, entity in enumerate(self._entities):
            places = np.flatnonzero(spans.entity == number)
            if not len(places):
                continue
            order.append(places)
            texts, rows = spans.texts.take(pa.array(places)), spans.rows[places]
            made = (
                pa.nulls(len(texts), pa.string()) if entity.transform is None else _tried(entity, texts, rows, context)
            )
            parts.append(pc.fill_null(made, entity.label))
        back = np.empty(len(spans), np.int64)
        back[np.concatenate([*order, np.empty(0, np.int64)])] = np.arange(len(spans))
        return pa.concat_arrays(parts).take(pa.array(back)) if parts else pa.array([], pa.string())


def _named(draft: Any, entity: str) -> Any:
    """A transform's YAML form with the entity's name filled in."""
    if isinstance(draft, Mapping):
        return {key: _named(value, entity) for key, value in draft.items()}
    return entity if draft == "{entity}" else draft


def _told(problem: Finding) -> str:
    return f"{problem.where}: {problem.what}" + (f" ({problem.hint})" if problem.hint else "")


def _characters(values: pa.Array, spans: Spans) -> pa.Array:
    """How many characters each span covers in its text."""
    text = values.cast(pa.large_string())
    offsets = np.frombuffer(text.buffers()[1], np.int64)[text.offset :][spans.rows]
    data = np.frombuffer(text.buffers()[2], np.uint8)
    begun = np.concatenate([np.zeros(1, np.int64), np.cumsum((data & 0xC0) != 0x80)])  # characters begun so far
    return pa.array(begun[offsets + spans.ends] - begun[offsets + spans.begins])


def _tried(entity: _Entity, texts: pa.Array, rows: Positions, context: Context) -> pa.Array:
    """The values of an entity, transformed; null for those that the transform does not take."""
    transform = entity.transform
    if transform is None:
        return pa.nulls(len(texts), pa.string())
    domain = entity.domain or (context.domains.get(entity.name) if entity.name in context.sources else None)
    named = {name: context.sources[name] for name in transform.needs()}
    own = _at(replace(context, column=entity.column, domain=domain or context.domain, sources=named), rows)
    if transform.effects(entity.column).scope == "value" and not named:
        return on_distinct(texts, lambda values: _halved(transform, values, own))
    return _halved(transform, texts, own)


def _halved(transform: Transform, values: pa.Array, context: Context) -> pa.Array:
    """The transformed values as text; null for each value that makes the transform refuse."""
    try:
        return as_text(transform.apply(values, context))
    except TransformError:
        if len(values) < 2:
            return pa.nulls(len(values), pa.string())
    half = len(values) // 2
    parts = (np.arange(half), np.arange(half, len(values)))
    return pa.concat_arrays(
        [_halved(transform, values.take(pa.array(places)), _at(context, places)) for places in parts]
    )


def _at(context: Context, places: Positions) -> Context:
    """The context of some rows of it."""
    sources = {name: column.take(pa.array(places)) for name, column in context.sources.items()}
    return replace(context, sources=sources, rows=lambda: context.rows().gather(pl.Series(places)))
