"""Labelled tables: personal columns and look-alikes side by side, under names of every class, in every storage."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pyarrow as pa

from benchmarks.scan_quality import naming
from benchmarks.scan_quality.cultures import CULTURES, Culture
from benchmarks.scan_quality.data import read
from benchmarks.scan_quality.lookalikes import LOOKALIKES, Lookalike
from benchmarks.scan_quality.personal import KINDS, Kind

__all__ = ["Label", "LabelledTable", "tables"]

_PLAIN_TABLES = ("", "t1", "export_17", "sheet1", "tab_003", "data")


@dataclass(frozen=True)
class Label:
    """What is known of a column.

    Args:
        personal: it holds personal data. entity: which; or what the look-alike is.
        name_class: clean, messy, misleading or opaque. shape: whole, sparse, json, struct, array, xml, text.
        storage: of the column. locale: of its values; empty for look-alikes.
        near: kinds that are no mistake. path: where in the JSON.
    """

    column: str
    personal: bool
    entity: str
    name_class: str
    shape: str = "whole"
    storage: str = "text"
    locale: str = ""
    near: frozenset[str] = frozenset()
    path: str = ""


@dataclass
class LabelledTable:
    """A table with a label for each column."""

    name: str
    data: pa.Table
    labels: list[Label]


_FILL = (
    "n/a",
    "see file",
    "pending",
    "returned",
    "A-{n}",
    "batch {n}",
    "OK",
    "X{n}",
    "left at depot",
    "{n}",
    "rev {n}.2",
    "none",
    "ref {n}00",
)


def _remarks(kind: str) -> list[str]:
    forms: dict[str, list[str]] = read("texts")["remarks"]
    return forms.get(kind, forms["any"])


class _Builder:
    """Makes the columns of one table."""

    def __init__(self, random: Random, culture: Culture, rows: int) -> None:
        self.random, self.culture, self.rows = random, culture, rows
        self.columns: dict[str, list[Any]] = {}
        self.labels: list[Label] = []

    def _unused(self, name: Callable[[], str]) -> str:
        for _ in range(20):
            found = name()
            if found not in self.columns:
                return found
        return f"{found}_{len(self.columns)}"

    def new(self, kind: Kind) -> bool:
        """The table has no column of the kind yet."""
        return all(label.entity != kind.name for label in self.labels)

    def other(self, what: Lookalike) -> bool:
        """The table has no column of the look-alike yet."""
        return all(label.entity != what.name for label in self.labels)

    def personal_name(self, kind: Kind, name_class: str) -> str:
        language = self.culture.language
        crossed = kind.sparse and not kind.name.endswith(("name", "address"))
        makers: dict[str, Callable[[], str]] = {
            "clean": lambda: naming.clean_name(self.random, kind.name, language),
            "messy": lambda: naming.messy_name(self.random, kind.name, language),
            "misleading": lambda: naming.misleading_name(self.random, kind.name, crossed=crossed),
            "opaque": lambda: naming.opaque_name(self.random),
        }
        return self._unused(makers[name_class])

    def _holes(self, values: list[Any]) -> list[Any]:
        """Nulls in most columns; blanks and spaces around in some columns of text."""
        random = self.random
        nulls = random.choice((0.0, 0.02, 0.1, 0.3))
        text = all(isinstance(value, str) for value in values)
        blanks = random.choice((0.0, 0.0, 0.05, 0.2)) if text else 0.0
        spaces = random.choice((0.0, 0.0, 0.3)) if text else 0.0
        result: list[Any] = []
        for value in values:
            chance = random.random()
            if chance < nulls:
                result.append(None)
            elif chance < nulls + blanks:
                result.append(random.choice(("", "  ")))
            else:
                result.append(f" {value} " if random.random() < spaces else value)
        return result

    def _object(self, value: str, key: str) -> dict[str, Any]:
        """An object that has the value at a path of one or two keys."""
        n = self.random.randint(1, 9999)
        outer, _, inner = key.rpartition(".")
        if outer:
            return {"id": n, outer: {inner: value, "ok": True}, "tags": ["a", "b"]}
        return {"v": n, inner: value, "size": "L"}

    def _text(self, kind: Kind, make: Callable[[], Any]) -> list[str]:
        """Remarks, some of them with the entity inside."""
        random = self.random
        share, forms = random.choice((0.08, 0.2, 0.5)), _remarks(kind.name)
        calm: list[str] = read("texts")["calm_remarks"]
        values = []
        for _ in range(self.rows):
            parts = [random.choice(calm[:-1]), random.choice(calm)]
            parts = [part.format(n=random.randint(2, 90)) for part in parts]
            if random.random() < share:
                parts.insert(1, random.choice(forms).format(v=make()))
            values.append(" ".join(parts).strip())
        return values

    def personal(self, kind: Kind, name_class: str, shape: str) -> None:
        """A personal column."""
        random = self.random
        make = kind.maker(random, self.culture)
        path = ""
        values: list[Any]
        if shape == "whole":
            values = [make() for _ in range(self.rows)]
        elif shape == "sparse":
            share, fills = random.uniform(0.05, 0.3), random.sample(_FILL, 4)
            values = [
                str(make()) if random.random() < share else random.choice(fills).format(n=random.randint(100, 99999))
                for _ in range(self.rows)
            ]
        elif shape in {"json", "struct"}:
            own = naming.clean_name(random, kind.name, "en")
            key = random.choice((own, f"contact.{own}", "a", "f.x1", "data.value"))
            path = f"$.{key}"
            values = [self._object(str(make()), key) for _ in range(self.rows)]
            if shape == "json":
                values = [json.dumps(value, ensure_ascii=False) for value in values]
        elif shape == "array":
            values = [[str(make()) for _ in range(random.randint(1, 3))] for _ in range(self.rows)]
        elif shape == "xml":
            values = [f"<row><id>{random.randint(1, 999)}</id><f2>{make()}</f2></row>" for _ in range(self.rows)]
        else:
            values = self._text(kind, make)
        column = self.personal_name(kind, name_class)
        storage = type(values[0]).__name__ if not isinstance(values[0], str) else "text"
        self.columns[column] = self._holes(values)
        self.labels.append(
            Label(column, True, kind.name, name_class, shape, storage, self.culture.locale, kind.near, path)
        )

    def lookalike(self, what: Lookalike, name_class: str) -> None:
        """An impersonal column."""
        random = self.random
        make = what.style(random)
        values = [make() for _ in range(self.rows)]
        chosen = {
            "clean": lambda: random.choice(what.names),
            "messy": lambda: naming.messed(random, random.choice(what.names)),
            "misleading": lambda: random.choice(what.misleading),
            "opaque": lambda: naming.opaque_name(random),
        }
        column = self._unused(chosen[name_class])
        storage = type(values[0]).__name__ if not isinstance(values[0], str) else "text"
        self.columns[column] = self._holes(values)
        self.labels.append(Label(column, False, what.name, name_class, "whole", storage))

    def built(self, name: str) -> LabelledTable:
        """The table, its columns in any order."""
        order = list(self.columns.items())
        labels = {label.column: label for label in self.labels}
        self.random.shuffle(order)
        data = pa.table({column: pa.array(values) for column, values in order})
        return LabelledTable(name, data, [labels[column] for column, _ in order])


def _shapes(random: Random, kind: Kind) -> str:
    if not kind.sparse:
        return "whole"
    return random.choices(("whole", "sparse", "json", "text", "struct", "array", "xml"), (24, 9, 6, 6, 1, 1, 1))[0]


class _Deck:
    """Draws kinds so that each comes up before any comes twice as often as its weight says."""

    def __init__(self, random: Random, cards: Sequence[Any]) -> None:
        self.random, self.cards = random, cards
        self.left: list[Any] = []

    def draw(self, fits: Callable[[Any], bool]) -> Any:
        for _ in range(3):
            for place, card in enumerate(self.left):
                if fits(card):
                    return self.left.pop(place)
            fresh = list(self.cards)
            self.random.shuffle(fresh)
            self.left += fresh
        raise ValueError("no card fits")


def _fits(kind: Kind, culture: Culture, name_class: str) -> bool:
    if kind.locales and culture.locale not in kind.locales:
        return False
    return kind.evident or name_class in {"clean", "messy"}


def tables(columns: int, seed: int) -> Iterator[LabelledTable]:
    """Labelled tables with about that many columns in all, half of them personal.

    Args:
        columns: how many columns at least.
        seed: the same seed makes the same tables.
    """
    random = Random(f"scan quality {seed}")
    kinds = _Deck(random, [kind for kind in KINDS for _ in range(kind.weight)])
    others = _Deck(random, LOOKALIKES)
    locales = list(CULTURES.values())
    made = number = 0
    while made < columns:
        style = random.choices(("person", "thing", "opaque"), (5, 3, 3))[0]
        builder = _Builder(random, locales[number % len(locales)], random.choice((40, 80, 150, 300, 400)))
        number += 1
        built = _FILL_TABLE[style](random, builder, kinds, others)
        made += len(built.labels)
        yield built


def _name_class(random: Random, clean: int, messy: int, misleading: int, opaque: int = 0) -> str:
    return random.choices(("clean", "messy", "misleading", "opaque"), (clean, messy, misleading, opaque))[0]


def _add(builder: _Builder, kinds: _Deck, name_class: str, *, evident: bool = False) -> None:
    def fits(kind: Kind) -> bool:
        return (kind.evident or not evident) and _fits(kind, builder.culture, name_class) and builder.new(kind)

    kind = kinds.draw(fits)
    builder.personal(kind, name_class, _shapes(builder.random, kind))


def _add_lookalike(builder: _Builder, others: _Deck, name_class: str, *, not_where: str = "") -> None:
    def fits(what: Lookalike) -> bool:
        return what.where != not_where and (name_class != "misleading" or bool(what.misleading)) and builder.other(what)

    builder.lookalike(others.draw(fits), name_class)


def _person_table(random: Random, builder: _Builder, kinds: _Deck, others: _Deck) -> LabelledTable:
    for _ in range(random.randint(3, 6)):
        _add(builder, kinds, _name_class(random, 5, 4, 2, 1))
    for _ in range(random.randint(2, 4)):
        _add_lookalike(builder, others, _name_class(random, 3, 2, 3), not_where="thing")
    return builder.built(
        naming.drawn(random, "person_tables") if random.random() < 0.6 else random.choice(_PLAIN_TABLES)
    )


def _thing_table(random: Random, builder: _Builder, kinds: _Deck, others: _Deck) -> LabelledTable:
    for _ in range(random.randint(1, 3)):
        _add(builder, kinds, "misleading", evident=True)
    for _ in range(random.randint(3, 6)):
        _add_lookalike(builder, others, _name_class(random, 4, 2, 2), not_where="person")
    return builder.built(
        naming.drawn(random, "thing_tables") if random.random() < 0.6 else random.choice(_PLAIN_TABLES)
    )


def _opaque_table(random: Random, builder: _Builder, kinds: _Deck, others: _Deck) -> LabelledTable:
    for _ in range(random.randint(2, 4)):
        _add(builder, kinds, "opaque")
    for _ in range(random.randint(2, 4)):
        _add_lookalike(builder, others, "opaque")
    return builder.built(random.choice(_PLAIN_TABLES))


_FILL_TABLE = {"person": _person_table, "thing": _thing_table, "opaque": _opaque_table}
