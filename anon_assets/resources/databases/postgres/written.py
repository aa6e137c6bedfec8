"""Texts that people wrote into the catalogs: comments, defaults, labels, bodies of views and functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anon_assets.contracts.database import CatalogText
from anon_assets.resources.databases.postgres.catalog import USER_SCHEMAS

if TYPE_CHECKING:
    import psycopg

__all__ = ["written_texts"]


def _own(catalog: str, oid: str) -> str:
    """No part of an extension: its author's words are the same everywhere."""
    return (
        f"NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_{catalog}'::regclass AND d.objid = {oid} "
        "AND d.deptype = 'e')"
    )


_RELATION = f"c.relpersistence <> 't' AND {USER_SCHEMAS} AND {_own('class', 'c.oid')}"

# Each yields place, part and text. Definitions come from the server's own functions, which print what was written.
_QUERIES = (
    """SELECT d.datname::text, 'comment', shobj_description(d.oid, 'pg_database') FROM pg_database d
       WHERE d.datname = current_database()""",
    f"SELECT n.nspname::text, 'comment', obj_description(n.oid, 'pg_namespace') FROM pg_namespace n WHERE {USER_SCHEMAS}",
    f"""SELECT n.nspname || '.' || c.relname || coalesce('.' || a.attname, ''), 'comment', d.description
        FROM pg_description d JOIN pg_class c ON c.oid = d.objoid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
        WHERE d.classoid = 'pg_class'::regclass AND {_RELATION}""",
    f"""SELECT n.nspname || '.' || c.relname || '.' || a.attname,
               CASE WHEN a.attgenerated <> '' THEN 'expression' ELSE 'default' END, pg_get_expr(f.adbin, f.adrelid)
        FROM pg_attrdef f JOIN pg_class c ON c.oid = f.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.adnum WHERE {_RELATION}""",
    f"""SELECT n.nspname || '.' || c.relname, 'view', pg_get_viewdef(c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND {_RELATION}""",
    f"""SELECT n.nspname || '.' || c.relname, 'sequence', c.relname::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND {_RELATION}""",
    f"""SELECT n.nspname || '.' || c.relname, 'index', pg_get_indexdef(c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indexrelid = c.oid
        WHERE (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL) AND {_RELATION}""",
    f"""SELECT n.nspname || '.' || c.relname, 'partition', pg_get_expr(c.relpartbound, c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relispartition AND {_RELATION}""",
    f"""SELECT n.nspname || '.' || c.relname, 'check', pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE k.contype = 'c' AND {_RELATION}""",
    f"""SELECT n.nspname || '.' || c.relname, 'comment on a constraint', obj_description(k.oid, 'pg_constraint')
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_RELATION}""",
    f"""SELECT n.nspname || '.' || c.relname, 'trigger', pg_get_triggerdef(g.oid) || coalesce(chr(10) ||
               obj_description(g.oid, 'pg_trigger'), '')
        FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT g.tgisinternal AND {_RELATION}""",
    f"""SELECT n.nspname || '.' || c.relname, 'rule', pg_get_ruledef(r.oid)
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE r.rulename <> '_RETURN' AND {_RELATION}""",
    f"""SELECT n.nspname || '.' || c.relname, 'row security', concat_ws(chr(10), pg_get_expr(p.polqual, p.polrelid),
               pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_RELATION}""",
    f"""SELECT n.nspname || '.' || t.typname, 'label', string_agg(e.enumlabel, chr(10) ORDER BY e.enumsortorder)
        FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE {USER_SCHEMAS} AND {_own("type", "t.oid")} GROUP BY n.nspname, t.typname""",
    f"""SELECT n.nspname || '.' || t.typname, 'comment', obj_description(t.oid, 'pg_type')
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE {USER_SCHEMAS} AND {_own("type", "t.oid")}""",
    f"""SELECT n.nspname || '.' || t.typname, 'domain', concat_ws(chr(10), t.typdefault,
               (SELECT string_agg(pg_get_constraintdef(k.oid), chr(10)) FROM pg_constraint k WHERE k.contypid = t.oid))
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typtype = 'd' AND {USER_SCHEMAS} AND {_own("type", "t.oid")}""",
    f"""SELECT n.nspname || '.' || p.proname, 'function', p.prosrc FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {USER_SCHEMAS} AND {_own("proc", "p.oid")}""",
    f"""SELECT n.nspname || '.' || p.proname, 'comment', obj_description(p.oid, 'pg_proc') FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {USER_SCHEMAS} AND {_own("proc", "p.oid")}""",
)  # fmt: skip


def written_texts(connection: psycopg.Connection[Any]) -> list[CatalogText]:
    """Every text, sorted by place and part; system schemas, extensions and our own bookkeeping are left out."""
    found = {
        (str(place), str(part), str(text))
        for query in _QUERIES
        for place, part, text in connection.execute(query.encode())
        if text and str(text).strip()
    }
    return [CatalogText(*each) for each in sorted(found)]
