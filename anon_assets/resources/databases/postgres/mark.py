"""Our mark in a target: which product it holds, its manifest, and which objects came with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anon_assets.errors import TargetRefused
from anon_assets.resources.databases.postgres.catalog import BOOKKEEPING, USER_SCHEMAS

if TYPE_CHECKING:
    import psycopg

__all__ = ["claim", "read_mark", "user_objects", "write_mark"]

_OBJECT_CATALOGS = (
    ("pg_class", "relnamespace", "relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relpersistence <> 't'"),
    ("pg_type", "typnamespace", """typtype IN ('b', 'd', 'e', 'r') OR typtype = 'c' AND EXISTS (
       SELECT FROM pg_class k WHERE k.oid = typrelid AND k.relkind = 'c')"""),
    ("pg_proc", "pronamespace", "true"),
    ("pg_operator", "oprnamespace", "true"),
    ("pg_opclass", "opcnamespace", "true"),
    ("pg_opfamily", "opfnamespace", "true"),
    ("pg_collation", "collnamespace", "true"),
    ("pg_conversion", "connamespace", "true"),
    ("pg_ts_config", "cfgnamespace", "true"),
    ("pg_ts_dict", "dictnamespace", "true"),
    ("pg_ts_parser", "prsnamespace", "true"),
    ("pg_ts_template", "tmplnamespace", "true"),
    ("pg_statistic_ext", "stxnamespace", "true"),
)  # fmt: skip

# Objects that belong to an extension or are an inner part of another (array types, identity sequences) are not counted.
_OBJECTS = f"""
SELECT o.classid::int8, o.objid::int8, n.nspname::text, i.type, i.identity
FROM ({
    " UNION ALL ".join(
        f"SELECT '{catalog}'::regclass AS classid, oid AS objid, {column} AS namespace FROM {catalog} WHERE {condition}"
        for catalog, column, condition in _OBJECT_CATALOGS
    )
}) o
JOIN pg_namespace n ON n.oid = o.namespace, LATERAL pg_identify_object(o.classid, o.objid, 0) i
WHERE {USER_SCHEMAS} AND NOT EXISTS (
  SELECT FROM pg_depend d
  WHERE d.classid = o.classid AND d.objid = o.objid AND d.objsubid = 0 AND d.deptype IN ('e', 'i'))
ORDER BY 1, 5"""

_TABLE = f"{BOOKKEEPING}.publication"


def user_objects(connection: psycopg.Connection[Any]) -> list[tuple[int, int, str, str, str]]:
    """(catalog, object id, schema, kind, full name) of everything that someone made in this database."""
    return connection.execute(_OBJECTS.encode()).fetchall()


def read_mark(connection: psycopg.Connection[Any]) -> tuple[str, str, list[str]] | None:
    """(product, manifest, objects), or None where nothing was published."""
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [_TABLE]).fetchone()
    if not row or not row[0]:
        return None
    return connection.execute(f"SELECT product, manifest, objects FROM {_TABLE}".encode()).fetchone()


def claim(connection: psycopg.Connection[Any], where: str, product: str) -> list[tuple[int, int, str, str, str]]:
    """The objects of the product's last publication, which may be replaced; none in an empty database.

    Raises: TargetRefused when anything else is there.
    """
    objects = user_objects(connection)
    mark = read_mark(connection)
    if mark is not None and mark[0] != product:
        raise TargetRefused(where, f"holds the product {mark[0]}, not {product}", "publish into a database of its own")
    ours = set(mark[2]) if mark else set()
    foreign = [f"{kind} {name}" for _, _, _, kind, name in objects if f"{kind} {name}" not in ours]
    if foreign:
        names = ", ".join(foreign[:5]) + (" and more" if len(foreign) > 5 else "")
        what = f"holds {len(foreign)} object{'s' if len(foreign) > 1 else ''} that {product} did not publish: {names}"
        raise TargetRefused(where, what, "publish into an empty database, or remove them")
    return objects


def write_mark(connection: psycopg.Connection[Any], product: str, manifest: str) -> None:
    """Replace the mark. Runs in the publishing transaction."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {BOOKKEEPING}".encode())
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {_TABLE} (product text PRIMARY KEY, manifest text NOT NULL, "
        "objects text[] NOT NULL, published_at timestamptz NOT NULL DEFAULT now())".encode()
    )
    names = [f"{kind} {name}" for _, _, _, kind, name in user_objects(connection)]
    connection.execute(f"DELETE FROM {_TABLE}".encode())
    connection.execute(
        f"INSERT INTO {_TABLE} (product, manifest, objects) VALUES (%s, %s, %s)".encode(), [product, manifest, names]
    )
