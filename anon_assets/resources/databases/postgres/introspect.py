"""From catalog rows to a Schema, with the carrier of each column beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from anon_assets.contracts.database import Column, ForeignKey, Schema, Table, View
from anon_assets.errors import DatabaseError
from anon_assets.resources.databases.postgres import catalog
from anon_assets.resources.databases.postgres.carriers import Carrier, carrier_of, element_of, facts_of, logical_type

if TYPE_CHECKING:
    import psycopg

__all__ = ["Introspection", "introspect"]


@dataclass(frozen=True, slots=True)
class Introspection:
    """A schema and what reading and dumping it need.

    Args:
        schema: as the contract has it.
        carriers: place of a table to column name to carrier.
        relations: place of every table, partition and view to its object ids: its own, and those of its partitions.
    """

    schema: Schema
    carriers: Mapping[str, Mapping[str, Carrier]]
    relations: Mapping[str, tuple[int, ...]]


@dataclass(slots=True)
class _Relation:
    oid: int
    schema: str
    name: str
    kind: str
    partition: bool
    tuples: float
    readable: bool
    parents: list[int] = field(default_factory=list)
    partitions: list[int] = field(default_factory=list)  # of all levels, itself included

    @property
    def place(self) -> str:
        return f"{self.schema}.{self.name}"


def introspect(connection: psycopg.Connection[Any], where: str) -> Introspection:
    """Read the catalogs within the connection's transaction. Needs no privilege but SELECT on the tables.

    Raises: DatabaseError for tables that cannot be read in full (no privilege, foreign tables), naming the first few.
    """
    relations = {row[0]: _Relation(*row) for row in connection.execute(catalog.RELATIONS)}
    _refuse(where, relations.values())
    roots = _link(connection, relations)
    listed = [each for each in relations.values() if each.kind in "rp" and not each.partition]
    everything = {"relations": [each.oid for each in relations.values() if each.kind in "rp"]}

    columns: dict[int, dict[str, tuple[Any, ...]]] = defaultdict(dict)
    for row in connection.execute(catalog.COLUMNS, everything):
        columns[row[0]][row[2]] = row
    checked = _grouped(connection.execute(catalog.CHECKS, everything))
    keys = _grouped(connection.execute(catalog.INDEXES, everything))
    foreign = _grouped(connection.execute(catalog.FOREIGN_KEYS, everything))
    partition_keys = _grouped(connection.execute(catalog.PARTITION_KEYS, everything))

    tables, carriers = [], {}
    for relation in listed:
        family = relation.partitions
        estimate = _estimate(relations[oid] for oid in family)
        under_check = {name for oid in family for (name,) in checked[oid]}
        filled = {name for oid in family for name, row in columns[oid].items() if row[9]}
        primary = next((tuple(names) for is_primary, _, names in keys[relation.oid] if is_primary), ())
        uniques: dict[tuple[str, ...], bool] = {}
        for _, collide, names in (key for oid in family for key in keys[oid] if key[2]):
            uniques[tuple(names)] = collide or uniques.get(tuple(names), False)
        carriers[relation.place] = {
            row[2]: carrier_of(row[4], row[5], row[8]) for row in columns[relation.oid].values()
        }
        tables.append(Table(
            schema=relation.schema, name=relation.name,
            columns=tuple(replace(_column(row, row[2] in under_check, row[2] in filled), rows=estimate)
                          for row in columns[relation.oid].values()),
            primary_key=primary,
            uniques=tuple(names for names in uniques if names != primary),
            foreign_keys=tuple(
                ForeignKey(name, tuple(own), roots[target].place, tuple(theirs), validated)
                for oid in family for name, target, validated, own, theirs in foreign[oid] if target in roots),
            partitioned=relation.kind == "p",
            partition_key=tuple(dict.fromkeys(
                name for oid in family for (names,) in partition_keys[oid] for name in names)),
            rows=estimate,
            inherits=tuple(sorted(relations[oid].place for oid in relation.parents if oid in relations)),
            nulls_collide=tuple(names for names, collide in uniques.items() if collide and names != primary),
        ))  # fmt: skip
    schema = Schema(
        tables=tuple(sorted(tables, key=lambda table: table.place)),
        views=_views(connection, relations, roots),
        large_objects=_one(connection.execute(catalog.LARGE_OBJECTS)),
        extensions=tuple(name for (name,) in connection.execute(catalog.EXTENSIONS)),
    )
    places = {each.place: tuple(each.partitions or [each.oid]) for each in relations.values()}
    if len(places) != len(relations):
        raise DatabaseError(
            where, "two relations share one name once schema and table are joined by a dot", "rename one"
        )
    return Introspection(schema, carriers, places)


def _refuse(where: str, relations: Iterable[_Relation]) -> None:
    """Fail closed on what would be missing from the copy without a word."""
    tables = [each for each in relations if each.kind in "rpf"]
    for found, what, hint in (
        ([each for each in tables if each.kind == "f"], "foreign table{}",
         "their rows lie in another database; make tables of them or drop them"),
        ([each for each in tables if each.kind != "f" and not each.readable], "table{} without SELECT privilege",
         "grant this role SELECT on them, and USAGE on their schemas"),
    ):  # fmt: skip
        if found:
            names = ", ".join(each.place for each in found[:5]) + (" and more" if len(found) > 5 else "")
            raise DatabaseError(where, f"{len(found)} {what.format('s' if len(found) > 1 else '')}: {names}", hint)


def _link(connection: psycopg.Connection[Any], relations: dict[int, _Relation]) -> dict[int, _Relation]:
    """Note parents and partitions; returns the root of every relation (itself, unless it is a partition)."""
    above: dict[int, int] = {}
    for child, parent in connection.execute(catalog.INHERITS):
        if child in relations and relations[child].partition:
            above[child] = parent
        elif child in relations:
            relations[child].parents.append(parent)
    roots = {}
    for oid, relation in relations.items():
        root = oid
        relation.partitions.append(oid)
        while root in above and above[root] in relations:
            root = above[root]
            relations[root].partitions.append(oid)
        roots[oid] = relations[root]
    for relation in relations.values():  # its own keys come first
        relation.partitions.sort(key=lambda oid, own=relation.oid: (oid != own, relations[oid].place))  # type: ignore[misc]
    return roots


def _column(row: tuple[Any, ...], checked: bool, filled: bool) -> Column:
    _, _, name, declared, schema, base, kind, array, modifier, _, generated, default, labels, domain_check, comment = (
        row
    )
    return Column(
        name=name, type=declared, logical=logical_type(schema, base, kind, array), nullable=not filled,
        generated=generated, has_default=default and not generated, labels=tuple(labels),
        checked=checked or domain_check, comment=comment, folds_case=base == "citext", element=element_of(base, array),
        **facts_of(schema, base, modifier),
    )  # fmt: skip


def _views(
    connection: psycopg.Connection[Any], relations: Mapping[int, _Relation], roots: Mapping[int, _Relation]
) -> tuple[View, ...]:
    views = [each for each in relations.values() if each.kind in "vm"]
    reads = _grouped(connection.execute(catalog.VIEW_READS, {"relations": [each.oid for each in views]}))
    return tuple(
        View(
            each.place,
            each.kind == "m",
            tuple(sorted({roots[oid].place for (oid,) in reads[each.oid] if oid in roots})),
        )
        for each in sorted(views, key=lambda view: view.place)
    )


def _estimate(family: Iterable[_Relation]) -> int | None:
    """Sum over what holds rows itself; unknown when any part was never analysed."""
    counts = [each.tuples for each in family if each.kind == "r"]
    return None if any(count < 0 for count in counts) else int(sum(counts))


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    groups: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(row[1:])
    return groups


def _one(rows: Iterable[tuple[Any, ...]]) -> int:
    return int(next(iter(rows))[0])
