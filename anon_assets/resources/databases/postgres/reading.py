"""The snapshot: every connection that reads joins one exported moment of the source."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from anon_assets.contracts.database import CatalogText, Schema, Snapshot, Structure, Table
from anon_assets.errors import DatabaseError
from anon_assets.resources.databases.postgres.arrow import ArrowReaders
from anon_assets.resources.databases.postgres.carriers import Carrier
from anon_assets.resources.databases.postgres.connect import LOCK_WAIT, connect, place_of, quoted, translated
from anon_assets.resources.databases.postgres.dumping import dump_structure
from anon_assets.resources.databases.postgres.introspect import Introspection, introspect
from anon_assets.resources.databases.postgres.sampling import estimated, rows_fingerprint, sampled
from anon_assets.resources.databases.postgres.written import written_texts

if TYPE_CHECKING:
    import psycopg

__all__ = ["PostgresSnapshot", "open_snapshot"]

_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

_SEQUENCES = """
SELECT n.nspname::text, c.relname::text, s.seqincrement
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'anon_assets'
  AND has_schema_privilege(n.oid, 'USAGE') AND has_sequence_privilege(s.seqrelid, 'SELECT')
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname"""


@contextmanager
def open_snapshot(info: Mapping[str, str]) -> Iterator[PostgresSnapshot]:
    """Export a snapshot and keep it until the block ends. Raises: ConnectionFailed."""
    where = place_of(info)
    connection = connect(info, _BEGIN)
    try:
        with translated(where):
            connection.execute(LOCK_WAIT)
            row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        snapshot = PostgresSnapshot(info, connection, str(row[0]) if row else "")
        try:
            yield snapshot
        finally:
            snapshot.close()
    finally:
        connection.close()


class PostgresSnapshot(Snapshot):
    """See the contract. Each reader has a connection of its own; catalogs and counts share the exporting one."""

    def __init__(self, info: Mapping[str, str], connection: psycopg.Connection[Any], moment: str) -> None:
        self._info, self._where, self._connection, self._moment = info, place_of(info), connection, moment
        self._lock = threading.Lock()
        self._known: Introspection | None = None
        self._readers = ArrowReaders(info, moment, connection.info.server_version)

    def close(self) -> None:
        """Stop the readers that are still open."""
        self._readers.close()

    def _introspection(self) -> Introspection:
        with self._lock:
            if self._known is None:
                with translated(self._where):
                    self._known = introspect(self._connection, self._where)
            return self._known

    def schema(self) -> Schema:
        """Introspect, once per snapshot."""
        return self._introspection().schema

    def read(
        self,
        table: Table,
        columns: Sequence[str],
        *,
        batch_rows: int = 65_536,
        limit: int | None = None,
        offset: int = 0,
    ) -> pa.RecordBatchReader:
        """Stream rows through the Arrow driver; see the contract."""
        if not columns:
            raise DatabaseError(table.place, "no column to read", "name at least one")
        carriers = self._carriers(table, columns)
        source = _source(table, limit, offset)
        sample = f"(SELECT * FROM {source}) AS sample"
        carriers = self._fitting(table, carriers, _from(table) if limit is None and not offset else sample)
        return self._reader(table, carriers, source, batch_rows)

    def _reader(
        self, table: Table, carriers: Mapping[str, Carrier], source: str, batch_rows: int
    ) -> pa.RecordBatchReader:
        wanted = pa.schema([pa.field(name, carrier.type) for name, carrier in carriers.items()])
        chosen = ", ".join(carrier.select.format(quoted(name)) for name, carrier in carriers.items())
        query = f"SELECT {chosen} FROM {source}"
        return pa.RecordBatchReader.from_batches(wanted, self._stream(table.place, query, wanted, batch_rows))

    def sample(
        self, table: Table, columns: Sequence[str], *, share: float, where: str = "", seed: int = 0,
        batch_rows: int = 65_536,
    ) -> pa.RecordBatchReader:  # fmt: skip
        """Stream rows of pages or rows drawn by the server; see the contract."""
        if not columns:
            raise DatabaseError(table.place, "no column to read", "name at least one")
        carriers = self._carriers(table, columns)
        self.estimate(table, where)  # the server proves that the condition is one
        parts = self._introspection().relations[table.place]
        source = sampled(self._connection, table.place, _from(table), parts, share, where, seed)
        return self._reader(table, self._fitting(table, carriers, source), source, batch_rows)

    def estimate(self, table: Table, where: str = "") -> int:
        """What the planner expects; see the contract."""
        self._carriers(table, ())
        with self._lock:
            return estimated(self._connection, table.place, _from(table), where)

    def fingerprint(self, table: Table) -> str:
        """Digest over the version (``ctid``, ``xmin``) of every row; see ``sampling``."""
        self._carriers(table, ())
        parts = self._introspection().relations[table.place]
        return rows_fingerprint(self._connection, table.place, _from(table), parts)

    def texts(self) -> Sequence[CatalogText]:
        """What was written into the catalogs; see ``written``."""
        with translated(self._where):
            return written_texts(self._connection)

    def _carriers(self, table: Table, columns: Sequence[str]) -> dict[str, Carrier]:
        known = self._introspection().carriers
        if table.place not in known:
            raise DatabaseError(table.place, "no such table in this snapshot")
        missing = [name for name in columns if name not in known[table.place]]
        if missing:
            raise DatabaseError(f"{table.place}.{missing[0]}", "no such column in this snapshot")
        return {name: known[table.place][name] for name in columns}

    def _fitting(self, table: Table, carriers: dict[str, Carrier], source: str) -> dict[str, Carrier]:
        """Prove that Arrow can hold the values of the columns where that is in doubt; else carry the column as text."""
        doubtful = {name: carrier.misfit.format(quoted(name)) for name, carrier in carriers.items() if carrier.misfit}
        if not doubtful:
            return carriers
        tests = ", ".join(f"coalesce(bool_or({condition}), false)" for condition in doubtful.values())
        with translated(table.place):
            row = self._connection.execute(f"SELECT {tests} FROM {source}".encode()).fetchone()
        bad = {name for name, misfit in zip(doubtful, row or (), strict=True) if misfit}
        return {name: carrier.as_text if name in bad else carrier for name, carrier in carriers.items()}

    def _stream(self, place: str, query: str, wanted: pa.Schema, batch_rows: int) -> Iterator[pa.RecordBatch]:
        batches = self._readers.stream(place, query)
        yield from _cut((_fit(batch, wanted, place) for batch in batches), batch_rows)

    def count(self, table: Table) -> int:
        """Exact row count."""
        with translated(table.place):
            row = self._connection.execute(f"SELECT count(*) FROM {_from(table)}".encode()).fetchone()
        return int(row[0]) if row else 0

    def structure(self, leave_out: Sequence[str] = ()) -> Structure:
        """Dump with ``pg_dump`` on the same snapshot; see ``dumping``."""
        return dump_structure(self._info, self._connection, self._moment, self._introspection(), leave_out)

    def sequences(self) -> Mapping[str, int]:
        """Next values of the sequences this role may read; others continue after the column that owns them."""
        found = {}
        with translated(self._where):
            for schema, name, increment in self._connection.execute(_SEQUENCES.encode()).fetchall():
                query = f"SELECT last_value, is_called FROM {quoted(schema)}.{quoted(name)}"
                row = self._connection.execute(query.encode()).fetchone()
                if row:
                    found[f"{schema}.{name}"] = int(row[0]) + (int(increment) if row[1] else 0)
        return found


def _fit(batch: pa.RecordBatch, wanted: pa.Schema, place: str) -> pa.RecordBatch:
    """The batch in the wanted types; what the driver delivers differs at most in metadata and in decimals as text."""
    columns = []
    for column, field in zip(batch.columns, wanted, strict=True):
        array = column.storage if isinstance(column, pa.ExtensionArray) else column
        try:
            columns.append(array if array.type == field.type else array.cast(field.type))
        except pa.ArrowInvalid:  # the text of this error quotes a value
            raise DatabaseError(f"{place}.{field.name}", f"values that {field.type} cannot hold") from None
    return pa.RecordBatch.from_arrays(columns, schema=wanted)


def _cut(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """Batches of exactly ``rows`` rows (the last may be shorter), holding no more than one and a driver's piece."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        rest = batch
        while count + rest.num_rows >= rows:
            take = rows - count
            yield _joined([*held, rest.slice(0, take)])
            held, count, rest = [], 0, rest.slice(take)
        if rest.num_rows:
            held.append(rest)
            count += rest.num_rows
    if held:
        yield _joined(held)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)


def _from(table: Table) -> str:
    """Rows of old-style children belong to the children, those of partitions to their root."""
    return f"{'' if table.partitioned else 'ONLY '}{quoted(table.schema)}.{quoted(table.name)}"


def _source(table: Table, limit: int | None, offset: int) -> str:
    """What follows FROM, in a repeatable order; without a key the order is that of the storage."""
    order = ", ".join(f"source.{quoted(name)}" for name in table.primary_key)
    parts = [f"{_from(table)} AS source", f"ORDER BY {order}" if order else ""]
    parts += [f"LIMIT {int(limit)}" if limit is not None else "", f"OFFSET {int(offset)}" if offset else ""]
    return " ".join(part for part in parts if part)
