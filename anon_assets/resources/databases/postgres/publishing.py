"""The publication: one transaction that sets the old data aside, loads the new, and shows it on commit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from anon_assets.contracts.database import Publication, Table, View
from anon_assets.errors import AnonError, DatabaseError
from anon_assets.resources.databases.postgres.aside import SetAside
from anon_assets.resources.databases.postgres.connect import connect, place_of, quoted, refusal, translated
from anon_assets.resources.databases.postgres.encoding import encode_csv, lines_in
from anon_assets.resources.databases.postgres.mark import claim, write_mark

if TYPE_CHECKING:
    import psycopg

__all__ = ["PostgresPublication", "open_publication"]

# Sequences, their bounds, and the whole-number columns that own them or draw their default from them.
_SEQUENCES = """
SELECT n.nspname::text, c.relname::text, s.seqincrement, s.seqmin, s.seqmax,
       ARRAY(SELECT DISTINCT format('%%I.%%I', tn.nspname, t.relname) || '/' || quote_ident(a.attname)
             FROM (SELECT d.refobjid AS relation, d.refobjsubid AS number FROM pg_depend d
                   WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
                     AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
                   UNION SELECT f.adrelid, f.adnum FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
                   WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
                     AND d.refobjid = c.oid) o
             JOIN pg_class t ON t.oid = o.relation JOIN pg_namespace tn ON tn.oid = t.relnamespace
             JOIN pg_attribute a ON a.attrelid = o.relation AND a.attnum = o.number
             JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = y.typbasetype
             WHERE coalesce(b.typname, y.typname) IN ('int2', 'int4', 'int8', 'numeric') AND t.relkind IN ('r', 'p'))
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname <> ALL (%(hidden)s) AND n.nspname !~ '^pg_'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')"""

_MATERIALIZED = """
WITH RECURSIVE reads AS (
  SELECT r.ev_class AS view, d.refobjid AS read, 1 AS depth FROM pg_rewrite r
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
  WHERE d.refobjid <> r.ev_class
  UNION SELECT reads.view, d.refobjid, depth + 1 FROM reads JOIN pg_rewrite r ON r.ev_class = reads.read
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
  WHERE d.refobjid <> r.ev_class AND depth < 100
)
SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN reads ON reads.view = c.oid
WHERE c.relkind = 'm' AND n.nspname <> ALL (%(hidden)s) AND n.nspname !~ '^pg_'
GROUP BY 1, 2 ORDER BY max(coalesce(depth, 0)), 1, 2"""

_LOCK = 4_701_853_271_908_113  # any fixed number: one publication at a time in a database


@contextmanager
def open_publication(info: Mapping[str, str], product: str) -> Iterator[PostgresPublication]:
    """Open the transaction and set aside what ``product`` published before; roll back unless committed.

    Raises: ConnectionFailed; TargetRefused.
    """
    where = place_of(info)
    connection = connect(info)
    try:
        with translated(where):
            # A client that was killed must not leave its lock and its half-filled tables behind for long.
            if connection.info.server_version >= 140000:
                connection.execute("SELECT pg_catalog.set_config('client_connection_check_interval', '2s', true)")
            connection.execute("SELECT pg_catalog.set_config('lock_timeout', '60s', true)")
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            connection.execute("SELECT pg_catalog.set_config('lock_timeout', '0', true)")
            objects = claim(connection, where, product)
            aside = SetAside(connection, objects)
            aside.begin()
        yield PostgresPublication(connection, where, product, aside)
    finally:
        connection.close()  # which rolls back whatever was not committed


class PostgresPublication(Publication):
    """See the contract."""

    def __init__(self, connection: psycopg.Connection[Any], where: str, product: str, aside: SetAside) -> None:
        self._connection, self._where, self._product, self._aside = connection, where, product, aside
        self._hidden = {"hidden": [*aside.hidden, "information_schema", "anon_assets"]}

    def create(self, script: str) -> None:
        """Run a script of ``Structure``; event triggers in it stay silent until the commit."""
        with translated(self._where):
            self._connection.execute(script.encode())
            self._aside.silence()

    def load(self, table: Table, batches: Iterator[pa.RecordBatch]) -> int:
        """Append rows through ``COPY``; the next batch is encoded while one is sent."""
        import psycopg

        first = next((batch for batch in batches if batch.num_rows), None)
        if first is None:
            return 0
        names = first.schema.names
        target = f"{quoted(table.schema)}.{quoted(table.name)}"
        if not names:
            return self._load_empty_rows(table, target, first, batches)
        statement = f"COPY {target} ({', '.join(map(quoted, names))}) FROM STDIN (FORMAT csv)"
        progress = _Progress()
        try:
            with self._connection.cursor() as cursor:
                with cursor.copy(statement.encode()) as copy:
                    for buffer in _encoded(first, batches, table.place, progress):
                        copy.write(memoryview(buffer))
                arrived = int(cursor.rowcount)
        except psycopg.Error as error:
            raise _load_error(table.place, error, progress) from None
        except pa.ArrowException as error:  # its text may quote a value
            what = f"rows from {progress.rows + 1} on cannot be written as CSV ({type(error).__name__})"
            raise DatabaseError(table.place, what) from None
        if arrived != progress.rows:
            raise DatabaseError(table.place, f"{progress.rows} rows were sent and {arrived} arrived")
        return arrived

    def _load_empty_rows(
        self, table: Table, target: str, first: pa.RecordBatch, batches: Iterator[pa.RecordBatch]
    ) -> int:
        rows = int(first.num_rows) + sum(int(batch.num_rows) for batch in batches)
        with translated(table.place):
            self._connection.execute(f"INSERT INTO {target} SELECT FROM generate_series(1, {rows})".encode())
        return rows

    def finish(self, sequences: Mapping[str, int], views: Sequence[View]) -> None:
        """Advance every sequence beyond its columns, and fill materialized views in the order they read each other."""
        with translated(self._where):
            for schema, name, step, low, high, owners in self._connection.execute(_SEQUENCES, self._hidden).fetchall():
                following = self._following(sequences.get(f"{schema}.{name}"), step, owners)
                if following is not None:
                    # Past its end a sequence is set to the end itself: it then refuses or cycles as it is declared to.
                    inside = low <= following <= high
                    value = following if inside else (high if step > 0 else low)
                    place = f"{quoted(schema)}.{quoted(name)}"
                    self._connection.execute("SELECT setval(%s::text::regclass, %s, %s)", [place, value, not inside])
            wanted = {view.place for view in views if view.materialized}
            for schema, name in self._connection.execute(_MATERIALIZED, self._hidden).fetchall():
                if f"{schema}.{name}" in wanted:
                    statement = f"REFRESH MATERIALIZED VIEW {quoted(schema)}.{quoted(name)}"
                    self._connection.execute(statement.encode())

    def _following(self, given: int | None, step: int, owners: Sequence[str]) -> int | None:
        """The next value: as given, and beyond all values of the columns in the direction the sequence runs."""
        furthest = "max" if step > 0 else "min"
        candidates = [] if given is None else [given]
        for table, _, column in (owner.rpartition("/") for owner in owners):
            row = self._connection.execute(f"SELECT {furthest}({column})::int8 FROM {table}".encode()).fetchone()
            if row and row[0] is not None:
                candidates.append(int(row[0]) + step)
        if not candidates:
            return None
        return max(candidates) if step > 0 else min(candidates)

    def count(self, table: Table) -> int:
        """Rows as this transaction sees them."""
        only = "" if table.partitioned else "ONLY "
        with translated(table.place):
            query = f"SELECT count(*) FROM {only}{quoted(table.schema)}.{quoted(table.name)}"
            row = self._connection.execute(query.encode()).fetchone()
        return int(row[0]) if row else 0

    def commit(self, manifest: str) -> None:
        """Drop what was set aside, write the mark, and show everything at once."""
        with translated(self._where):
            self._aside.end()
            write_mark(self._connection, self._product, manifest)
            self._aside.speak()
            self._connection.execute("COMMIT")


class _Progress:
    """Which rows and lines were handed to the server, batch by batch."""

    def __init__(self) -> None:
        self.rows = 0
        self._lines = 0
        self._batches: list[tuple[int, int, int]] = []  # first row, rows, last line

    def note(self, rows: int, buffer: pa.Buffer) -> None:
        self._lines += lines_in(buffer)
        self._batches.append((self.rows + 1, rows, self._lines))
        self.rows += rows

    def range_of(self, line: int | None) -> str:
        """The row of a line where every row is one line, else the rows of its batch."""
        before = 0
        for first, rows, last in self._batches:
            if line is not None and line <= last:
                if last - before == rows:
                    return f"row {first + line - before - 1}"
                return f"rows {first} to {first + rows - 1}"
            before = last
        return f"rows 1 to {self.rows}"


def _encoded(
    first: pa.RecordBatch, rest: Iterator[pa.RecordBatch], place: str, progress: _Progress
) -> Iterator[pa.Buffer]:
    """CSV buffers; while the caller sends one, a thread encodes the next."""
    names = first.schema.names
    with ThreadPoolExecutor(1, thread_name_prefix="encode") as pool:
        rows, waiting = first.num_rows, pool.submit(encode_csv, first, place)
        for batch in rest:
            if batch.schema.names != names:
                raise DatabaseError(place, "batches of one table differ in their columns")
            following = pool.submit(encode_csv, batch, place)
            buffer = waiting.result()
            progress.note(rows, buffer)
            yield buffer
            rows, waiting = batch.num_rows, following
        buffer = waiting.result()
        progress.note(rows, buffer)
        yield buffer


def _load_error(place: str, error: psycopg.Error, progress: _Progress) -> AnonError:
    # The server's context reads "COPY t, line 7, column c: "<value>"": the number is all that is taken from it.
    match = re.search(r"\bline (\d+)", error.diag.context or "")
    return refusal(place, error, progress.range_of(int(match[1]) if match else None))
