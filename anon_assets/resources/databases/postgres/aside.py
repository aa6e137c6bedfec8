"""Setting the old publication aside without keeping its readers out, and handing its grants on to the new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from anon_assets.resources.databases.postgres.connect import quoted

if TYPE_CHECKING:
    import psycopg

__all__ = ["SetAside"]

_SCHEMAS = """
SELECT n.oid::int8, n.nspname::text, quote_ident(pg_get_userbyid(n.nspowner)),
       pg_has_role(n.nspowner, 'USAGE') AND has_database_privilege(current_database(), 'CREATE') AS renamable,
       EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
               WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
                 AND NOT (e.extrelocatable AND pg_has_role(e.extowner, 'USAGE')) AND (
                 d.classid = 'pg_class'::regclass AND d.objid IN (
                   SELECT oid FROM pg_class WHERE relnamespace = n.oid) OR
                 d.classid = 'pg_type'::regclass AND d.objid IN (SELECT oid FROM pg_type WHERE typnamespace = n.oid) OR
                 d.classid = 'pg_proc'::regclass AND d.objid IN (SELECT oid FROM pg_proc WHERE pronamespace = n.oid) OR
                 d.classid = 'pg_namespace'::regclass AND d.objid = n.oid)) AS anchored
FROM pg_namespace n WHERE n.nspname = ANY(%s) ORDER BY n.nspname"""

# Casts, event triggers and their like belong to no schema; those over the old functions would collide with new ones.
# Event triggers go first, which fires none.
_DATABASE_WIDE = """
SELECT i.type, i.identity
FROM pg_depend d JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid,
     LATERAL pg_identify_object(d.classid, d.objid, 0) i
WHERE p.pronamespace = ANY (SELECT oid FROM pg_namespace WHERE nspname = ANY(%s)) AND d.deptype = 'n'
  AND d.classid IN ('pg_cast'::regclass, 'pg_event_trigger'::regclass, 'pg_am'::regclass, 'pg_transform'::regclass)
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = d.classid AND x.objid = d.objid AND x.deptype = 'e')
GROUP BY 1, 2 ORDER BY i.type <> 'event trigger', 1, 2"""

# Grants of the old relations and columns to roles other than the owner, as statements on the new ones of the same name.
_GRANTS = """
SELECT format('GRANT %%s%%s ON %%s %%I.%%I TO %%s%%s', g.privilege_type,
              CASE WHEN g.attname IS NOT NULL THEN format(' (%%I)', g.attname) ELSE '' END,
              CASE WHEN g.relkind = 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, %(new)s::text, g.relname,
              CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
              CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM (SELECT c.relname, c.relkind, c.relowner, NULL::name AS attname, x.*
      FROM pg_class c, LATERAL aclexplode(c.relacl) x
      WHERE c.relnamespace = %(old)s::oid AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      UNION ALL
      SELECT c.relname, c.relkind, c.relowner, a.attname, x.* FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid,
             LATERAL aclexplode(a.attacl) x
      WHERE c.relnamespace = %(old)s::oid AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT a.attisdropped) g
JOIN pg_class n ON n.relname = g.relname
     AND n.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(new)s::text)
     AND (n.relkind = 'S') = (g.relkind = 'S') AND n.relkind IN ('r', 'p', 'v', 'm', 'S')
WHERE g.grantee <> g.relowner AND (g.attname IS NULL OR EXISTS (
  SELECT FROM pg_attribute a WHERE a.attrelid = n.oid AND a.attname = g.attname AND NOT a.attisdropped))
ORDER BY 1"""

_SCHEMA_GRANTS = """
SELECT format('GRANT %%s ON SCHEMA %%I TO %%s%%s', x.privilege_type, %(new)s::text,
              CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
              CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_namespace n, LATERAL aclexplode(n.nspacl) x WHERE n.oid = %(old)s::oid AND x.grantee <> n.nspowner
UNION ALL
SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %%I IN SCHEMA %%I GRANT %%s ON %%s TO %%s%%s',
              pg_get_userbyid(d.defaclrole), %(new)s::text, x.privilege_type,
              CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
              ELSE 'TYPES' END,
              CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
              CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_default_acl d, LATERAL aclexplode(d.defaclacl) x
WHERE d.defaclnamespace = %(old)s::oid AND d.defaclobjtype IN ('r', 'S', 'f', 'T')
  AND pg_has_role(d.defaclrole, 'USAGE')"""

_EVENT_TRIGGERS = """
SELECT quote_ident(evtname), evtenabled::text FROM pg_event_trigger t WHERE evtenabled <> 'D' AND evtname <> ALL (%s)
  AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = t.oid AND d.deptype = 'e')"""


class SetAside:
    """The schemas of the last publication, out of the way under other names until the transaction ends.

    Args:
        connection: within the publishing transaction.
        objects: what the last publication left, all of which may go.

    Renaming a schema takes no lock on its tables: readers go on under the old name until the commit. Where it cannot be
    renamed (someone else's, or home of an extension that cannot move) its objects are moved one by one, which makes
    readers of these tables wait.
    """

    def __init__(self, connection: psycopg.Connection[Any], objects: Sequence[tuple[int, int, str, str, str]]) -> None:
        self._connection, self._objects = connection, objects
        self._homes: list[tuple[str, str, int]] = []  # name of the schema, name it lies under now, its object id
        self._silenced: dict[str, str] = {}
        self._foreign_triggers: list[str] = []

    @property
    def hidden(self) -> list[str]:
        """Names under which the old objects lie."""
        return [old for _, old, _ in self._homes]

    def begin(self) -> None:
        """Set aside, and recreate the schemas empty with the owner and grants they had."""
        names = sorted({schema for _, _, schema, _, _ in self._objects})
        for kind, identity in self._rows(_DATABASE_WIDE, [names]):
            self._connection.execute(f"DROP {kind} {identity}".encode())
        self._foreign_triggers = [name for (name,) in self._rows("SELECT evtname::text FROM pg_event_trigger", None)]
        for number, (oid, name, owner, renamable, anchored) in enumerate(self._rows(_SCHEMAS, [names])):
            old = f"anon_assets_replaced_{number}"
            if renamable and not anchored:
                self._rename(oid, name, old, owner)
            else:
                self._move(name, old)

    def _rename(self, oid: int, name: str, old: str, owner: str) -> None:
        self._connection.execute(f"ALTER SCHEMA {quoted(name)} RENAME TO {old}".encode())
        self._connection.execute(f"CREATE SCHEMA {quoted(name)}".encode())
        self._connection.execute(f"ALTER SCHEMA {quoted(name)} OWNER TO {owner}".encode())
        for (statement,) in self._rows(_SCHEMA_GRANTS, {"new": name, "old": oid}):
            self._connection.execute(statement.encode())
        comment = self._rows("SELECT quote_literal(obj_description(%s::oid, 'pg_namespace'))", [oid])[0][0]
        if comment:
            self._connection.execute(f"COMMENT ON SCHEMA {quoted(name)} IS {comment}".encode())
        for (extension,) in self._rows("SELECT extname::text FROM pg_extension WHERE extnamespace = %s::oid", [oid]):
            self._connection.execute(f"ALTER EXTENSION {quoted(extension)} SET SCHEMA {quoted(name)}".encode())
        self._homes.append((name, old, oid))

    def _move(self, name: str, old: str) -> None:
        self._connection.execute(f"CREATE SCHEMA {old}".encode())
        owned = {each for (each,) in self._rows(
            "SELECT objid::int8 FROM pg_depend WHERE classid = 'pg_class'::regclass AND deptype = 'a' "
            "AND refclassid = 'pg_class'::regclass AND refobjsubid > 0", None)}  # fmt: skip
        for _, objid, schema, kind, identity in self._objects:
            if schema == name and not (kind == "sequence" and objid in owned):  # an owned sequence goes with its table
                word = "statistics" if kind == "statistics object" else kind
                self._connection.execute(f"ALTER {word} {identity} SET SCHEMA {old}".encode())
        (found,) = self._rows("SELECT oid::int8 FROM pg_namespace WHERE nspname = %s", [old])
        self._homes.append((name, old, found[0]))

    def silence(self) -> None:
        """Disable event triggers that a script has made: they are for later, not for the rest of this transaction."""
        for name, state in self._rows(_EVENT_TRIGGERS, [self._foreign_triggers]):
            self._silenced.setdefault(name, state)
            self._connection.execute(f"ALTER EVENT TRIGGER {name} DISABLE".encode())

    def end(self) -> None:
        """Hand grants on and drop what was set aside."""
        for name, _, oid in self._homes:
            for (statement,) in self._rows(_GRANTS, {"new": name, "old": oid}):
                self._connection.execute(statement.encode())
        if self._homes:
            self._connection.execute(f"DROP SCHEMA {', '.join(self.hidden)} CASCADE".encode())

    def speak(self) -> None:
        """Give event triggers the state that the script gave them."""
        word = {"O": "ENABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}
        for name, state in self._silenced.items():
            self._connection.execute(f"ALTER EVENT TRIGGER {name} {word[state]}".encode())

    def _rows(self, query: str, parameters: Any) -> list[Any]:
        return self._connection.execute(query, parameters).fetchall()
