"""What must go when a table is left out: all that cannot stand without it; an error where that would change meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anon_assets.errors import DatabaseError
from anon_assets.findings import near
from anon_assets.resources.databases.postgres.introspect import Introspection

if TYPE_CHECKING:
    import psycopg

__all__ = ["Omitted", "omit"]


@dataclass(frozen=True, slots=True)
class Omitted:
    """What a dump leaves out.

    Args:
        relations: schema and name of tables, partitions, views.
        objects: (catalog, object id) of other objects: foreign keys, functions, triggers, rules.
    """

    relations: tuple[tuple[str, str], ...]
    objects: frozenset[tuple[int, int]]


# Direct dependents of some objects, each with the relation it is a part of (a rule of a view, a default of a table).
_DEPENDENTS = """
WITH gone AS (SELECT * FROM unnest(%(classes)s::oid[], %(objects)s::oid[]) AS g(classid, objid))
SELECT DISTINCT d.classid::int8, d.objid::int8, d.classid::regclass::text, c.relkind::text,
       coalesce(w.ev_class, k.conrelid, t.tgrelid, f.adrelid, p.polrelid)::int8,
       (SELECT o.relkind::text FROM pg_class o WHERE o.oid = w.ev_class),
       k.contype::text, pg_describe_object(d.classid, d.objid, d.objsubid)
FROM gone g JOIN pg_depend d ON d.refclassid = g.classid AND d.refobjid = g.objid AND d.deptype <> 'e'
LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
ORDER BY 1, 2"""

_PG_CLASS = 1259  # the catalog's own object id, the same in every PostgreSQL


def omit(connection: psycopg.Connection[Any], where: str, known: Introspection, places: Sequence[str]) -> Omitted:
    """Everything that goes with ``places``.

    Views that read them, foreign keys that refer to them, functions over their row types, and triggers and rules that
    need one of these go along. A default, a policy or a child table that needs what is left out is an error: without it
    a table that is kept would mean something else.

    Raises: DatabaseError for an unknown place, or when something kept needs what is left out.
    """
    unknown = [place for place in places if place not in known.relations]
    if unknown:
        raise DatabaseError(where, f"no table or view {unknown[0]} to leave out", near(unknown[0], known.relations))
    found = _Closure({oid for place in places for oid in known.relations[place]})
    while found.fresh:
        asked = {"classes": [each[0] for each in found.fresh], "objects": [each[1] for each in found.fresh]}
        found.follow(connection.execute(_DEPENDENTS, asked).fetchall())
    lasting = [described for owner, described in found.blocked.values() if owner not in found.relations]
    if lasting:
        what = f"{len(lasting)} kept object{'s' if len(lasting) > 1 else ''} need what is left out: {lasting[0]}"
        raise DatabaseError(where, what, "leave its table out as well, or keep the other")
    names = connection.execute(
        "SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.oid = ANY(%s) ORDER BY 1, 2",
        [list(found.relations)],
    ).fetchall()
    return Omitted(tuple(names), frozenset(found.objects))


class _Closure:
    """Grows by the dependents of what it holds, until nothing new is found."""

    def __init__(self, relations: set[int]) -> None:
        self.relations = relations
        self.objects: set[tuple[int, int]] = set()
        self.blocked: dict[tuple[int, int], tuple[int, str]] = {}  # owner and description of what may not go
        self.fresh = {(_PG_CLASS, oid) for oid in relations}
        self._seen = set(self.fresh)

    def follow(self, rows: Iterable[tuple[Any, ...]]) -> None:
        fresh = {key for row in rows for key in self._take(*row)}
        self.fresh = fresh - self._seen
        self._seen |= fresh

    def _take(
        self, classid: int, objid: int, catalog: str, kind: str | None, owner: int | None, owner_kind: str | None,
        constraint: str | None, described: str,
    ) -> Iterator[tuple[int, int]]:  # fmt: skip
        key = (classid, objid)
        table = catalog == "pg_class" and kind in ("r", "p", "f", "c")
        meaning = catalog in ("pg_attrdef", "pg_policy") or (catalog == "pg_constraint" and constraint != "f")
        if table or (meaning and owner not in self.relations):
            self.blocked.setdefault(key, (objid if table else owner or 0, described))
            return
        if catalog == "pg_class" and kind in ("v", "m"):
            self.relations.add(objid)
        elif catalog == "pg_rewrite" and owner_kind in ("v", "m") and owner:
            self.relations.add(owner)
            yield (_PG_CLASS, owner)
        elif catalog != "pg_class":
            self.objects.add(key)
        yield key
