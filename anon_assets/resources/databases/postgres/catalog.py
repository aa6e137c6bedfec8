"""The catalog queries behind introspection. Each yields plain rows; ``introspect`` puts them together."""

from __future__ import annotations

__all__ = ["BOOKKEEPING", "CHECKS", "COLUMNS", "EXTENSIONS", "FOREIGN_KEYS", "INDEXES", "INHERITS", "LARGE_OBJECTS",
           "PARTITION_KEYS", "RELATIONS", "USER_SCHEMAS", "VIEW_READS"]  # fmt: skip

BOOKKEEPING = "anon_assets"
"""The schema in a target that holds our mark."""

USER_SCHEMAS = f"n.nspname NOT IN ('information_schema', '{BOOKKEEPING}') AND n.nspname !~ '^pg_'"
"""A condition on ``pg_namespace n``: system schemas (the prefix is reserved) and our own are left out."""

RELATIONS = f"""
SELECT c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text, c.relispartition, c.reltuples::float8,
       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relpersistence <> 't' AND {USER_SCHEMAS}
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname"""

INHERITS = "SELECT inhrelid::int8, inhparent::int8 FROM pg_inherits ORDER BY inhrelid, inhseqno"

# A domain has the facts of all the domains below it: the type at the bottom, any NOT NULL, CHECK or default on the way.
COLUMNS = """
WITH RECURSIVE base AS (
  SELECT t.oid AS top, t.oid, t.typtype, t.typbasetype, t.typtypmod AS modifier,
         t.typtype = 'd' AND t.typnotnull AS filled,
         EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') AS checked,
         t.typdefault IS NOT NULL AS defaulted
  FROM pg_type t WHERE t.oid IN (SELECT atttypid FROM pg_attribute WHERE attrelid = ANY(%(relations)s))
  UNION ALL
  SELECT b.top, t.oid, t.typtype, t.typbasetype, CASE WHEN b.modifier <> -1 THEN b.modifier ELSE t.typtypmod END,
         b.filled OR (t.typtype = 'd' AND t.typnotnull),
         b.checked OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'),
         b.defaulted OR t.typdefault IS NOT NULL
  FROM base b JOIN pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd'
)
SELECT a.attrelid::int8, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod),
       n.nspname::text, t.typname::text, t.typtype::text, t.typcategory = 'A',
       CASE WHEN a.atttypmod <> -1 THEN a.atttypmod ELSE b.modifier END,
       a.attnotnull OR b.filled, a.attgenerated <> '', a.atthasdef OR a.attidentity <> '' OR b.defaulted,
       ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder),
       b.checked, col_description(a.attrelid, a.attnum) IS NOT NULL
FROM pg_attribute a JOIN base b ON b.top = a.atttypid AND b.typtype <> 'd'
     JOIN pg_type t ON t.oid = b.oid JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE a.attrelid = ANY(%(relations)s) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum"""

CHECKS = """
SELECT DISTINCT k.conrelid::int8, a.attname::text
FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)
WHERE k.contype = 'c' AND k.conrelid = ANY(%(relations)s)"""

# Key columns, then the columns inside key expressions (the predicate of a partial index decides no equality).
# NULLS NOT DISTINCT exists from version 15 on: by way of JSON the query runs on older servers too.
INDEXES = r"""
SELECT i.indrelid::int8, i.indisprimary, coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false),
       ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY k(number, position)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
             WHERE k.position <= i.indnkeyatts ORDER BY k.position)
       || ARRAY(SELECT a.attname::text FROM (
                  SELECT DISTINCT m[1]::int AS number FROM regexp_matches(i.indexprs::text, ':varattno (\d+)', 'g') m) e
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = e.number
                WHERE a.attnum <> ALL (i.indkey) ORDER BY a.attnum)
FROM pg_index i WHERE (i.indisunique OR i.indisexclusion) AND i.indrelid = ANY(%(relations)s)
ORDER BY i.indrelid, i.indisprimary DESC, i.indexrelid"""

FOREIGN_KEYS = """
SELECT k.conrelid::int8, k.conname::text, k.confrelid::int8, k.convalidated,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY c(number, position)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.number ORDER BY c.position),
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY c(number, position)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.number ORDER BY c.position)
FROM pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid = ANY(%(relations)s)
ORDER BY k.conrelid, k.conname"""

PARTITION_KEYS = r"""
SELECT p.partrelid::int8, ARRAY(
  SELECT a.attname::text FROM pg_attribute a
  WHERE a.attrelid = p.partrelid AND (a.attnum = ANY (p.partattrs) OR a.attnum IN (
    SELECT m[1]::int FROM regexp_matches(p.partexprs::text, ':varattno (\d+)', 'g') m)) AND a.attnum > 0
  ORDER BY a.attnum)
FROM pg_partitioned_table p WHERE p.partrelid = ANY(%(relations)s)"""

VIEW_READS = """
SELECT DISTINCT r.ev_class::int8, d.refobjid::int8
FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class AND r.ev_class = ANY(%(relations)s)"""

LARGE_OBJECTS = "SELECT count(*) FROM pg_largeobject_metadata"

EXTENSIONS = "SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname"
