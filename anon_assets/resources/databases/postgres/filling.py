"""Fill a database like an ordinary one, in one transaction and without our mark: for sample data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from anon_assets.contracts.database import Column, Table
from anon_assets.resources.databases.postgres.aside import SetAside
from anon_assets.resources.databases.postgres.connect import connect, place_of, translated
from anon_assets.resources.databases.postgres.publishing import PostgresPublication

if TYPE_CHECKING:
    import psycopg

    from anon_assets.resources.databases.postgres import Postgres

__all__ = ["Filling", "open_filling"]


class Filling:
    """An open transaction that runs scripts and appends rows."""

    def __init__(self, connection: psycopg.Connection[Any], where: str) -> None:
        self._connection, self._where = connection, where
        self._rows = PostgresPublication(connection, where, "", SetAside(connection, []))

    def execute(self, sql: str) -> object:
        """Run a script of one or more statements. Raises: DatabaseError."""
        with translated(self._where):
            return self._connection.execute(sql.encode())

    def copy(self, schema: str, table: str, columns: Sequence[str], batches: Iterable[pa.RecordBatch]) -> int:
        """Append rows; returns how many. Raises: DatabaseError."""
        return self._rows.load(Table(schema, table, tuple(Column(name) for name in columns)), iter(batches))


@contextmanager
def open_filling(database: Postgres) -> Iterator[Filling]:
    """The transaction; committed when the block ends well, undone when it raises. Raises: ConnectionFailed."""
    info = database.parameters()
    connection = connect(info)
    try:
        yield Filling(connection, place_of(info))
        with translated(place_of(info)):
            connection.execute("COMMIT")
    finally:
        connection.close()
