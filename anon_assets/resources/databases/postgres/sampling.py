"""Parts of a table that are spread over all of it, and the digest by which an unchanged table is known again."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from anon_assets.errors import DatabaseError
from anon_assets.resources.databases.postgres.connect import translated

if TYPE_CHECKING:
    import psycopg

__all__ = ["estimated", "rows_fingerprint", "sampled"]

_PAGES = 400  # drawn pages from which whole pages are spread widely enough; below, rows are drawn one by one

_SIZE = """
SELECT coalesce(sum(pg_catalog.pg_relation_size(c.oid)), 0) / current_setting('block_size')::int8
FROM pg_catalog.pg_class c WHERE c.oid = ANY(%s)"""

# What decides how stored rows are read: files, columns with the values that rows older than a column have, and types
# whose meaning can change without touching a row (a label is renamed). Row versions exist in heaps only.
_FACTS = """
SELECT (SELECT coalesce(bool_and(c.relkind = 'p' OR m.amname = 'heap'), false)
        FROM pg_class c LEFT JOIN pg_am m ON m.oid = c.relam WHERE c.oid = ANY(%(parts)s)),
       (SELECT json_agg(json_build_array(c.oid::int8, c.relkind, pg_relation_filenode(c.oid)) ORDER BY c.oid)
        FROM pg_class c WHERE c.oid = ANY(%(parts)s)),
       (SELECT md5(json_agg(json_build_array(a.attrelid::int8, a.attnum, a.attname, a.atttypid::int8, a.atttypmod,
                                             a.attmissingval::text) ORDER BY a.attrelid, a.attnum)::text)
        FROM pg_attribute a WHERE a.attrelid = ANY(%(parts)s) AND a.attnum > 0 AND NOT a.attisdropped),
       (SELECT md5(coalesce(string_agg(e.oid || e.enumlabel, '/' ORDER BY e.oid), '')) FROM pg_enum e),
       (SELECT md5(coalesce(string_agg(a.attrelid || '.' || a.attnum || a.attname || a.atttypid || a.attisdropped, '/'
                                       ORDER BY a.attrelid, a.attnum), ''))
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relkind = 'c' AND a.attnum > 0)"""

# One 64-bit hash per row version. The first form costs a third of the second; before version 14 places had no hash.
_VERSION = "hashtidextended(source.ctid, source.xmin::text::int8 # (source.tableoid::int8 << 32))"
_VERSION_AS_TEXT = "hashtextextended(source.tableoid::text || source.ctid::text || source.xmin::text, 0)"


def _condition(place: str, where: str) -> str:
    if ";" in where:
        raise DatabaseError(place, "its condition holds a semicolon", "write one condition, as it would follow WHERE")
    return f" WHERE ({where}\n)" if where else ""


def estimated(connection: psycopg.Connection[Any], place: str, source: str, where: str) -> int:
    """Rows that the server's planner expects: the table's size now, by the density and shares known of it.

    Args:
        connection: of the snapshot. place: of the table, for errors.
        source: what follows FROM.
        where: a condition, prepared by the server as part of one statement.

    Raises: DatabaseError.
    """
    query = f"EXPLAIN (FORMAT JSON) SELECT FROM {source} AS source{_condition(place, where)}"
    with translated(place), connection.transaction():  # a condition that is refused leaves the snapshot usable
        row = connection.execute(query.encode(), prepare=True).fetchone()
    return int(row[0][0]["Plan"]["Plan Rows"]) if row else 0


def sampled(
    connection: psycopg.Connection[Any], place: str, source: str, parts: Sequence[int], share: float, where: str,
    seed: int,
) -> str:  # fmt: skip
    """What follows FROM for about that share of the rows.

    Whole pages are drawn where so many are that they are spread widely, as only those are read then; single rows
    otherwise. Both are drawn by a hash of their place and the seed (PostgreSQL, TABLESAMPLE ... REPEATABLE).

    Args:
        connection, place, source, where: as for ``estimated``.
        parts: object ids of the table and its partitions.
        share: above 0; from 1 on there is no drawing. seed: of it.

    Raises: DatabaseError for a share that is none.
    """
    if not share > 0 or math.isinf(share):
        raise DatabaseError(place, "a sample is a share above 0")
    if share >= 1:
        return f"{source} AS source{_condition(place, where)}"
    with translated(place):
        row = connection.execute(_SIZE, [list(parts)]).fetchone()
    pages = float(row[0]) if row else 0.0
    method = "SYSTEM" if pages * share >= _PAGES else "BERNOULLI"
    drawn = f"TABLESAMPLE {method} ({share * 100:.6f}) REPEATABLE ({int(seed)})"
    return f"{source} AS source {drawn}{_condition(place, where)}"


def rows_fingerprint(connection: psycopg.Connection[Any], place: str, source: str, parts: Sequence[int]) -> str:
    """A digest that is equal only while every visible row is the same version at the same place.

    An inserted or updated row has a new place (``ctid``) or another writer (``xmin``); a rewritten table has another
    file. Counters of the statistics collector are no proof: they arrive late, are lost in a crash, stand still on a
    standby and can be switched off. Values are not read, so that a long row costs no more than a short one.

    Args: as for ``sampled``.
    Returns: 64 hex digits; empty for tables that are stored otherwise than in heaps.
    Raises: DatabaseError.
    """
    with translated(place):
        facts = connection.execute(_FACTS, {"parts": list(parts)}).fetchone()
        if facts is None or not facts[0]:
            return ""
        version = _VERSION if connection.info.server_version >= 140000 else _VERSION_AS_TEXT
        rows = connection.execute(
            f"SELECT count(*)::text, coalesce(sum({version}), 0)::text FROM {source} AS source".encode()
        ).fetchone()
    return hashlib.sha256(json.dumps([facts, rows], default=str).encode()).hexdigest()
