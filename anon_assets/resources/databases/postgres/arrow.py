"""Arrow connections that all see one exported moment, kept for reuse: connecting costs a tenth of a second."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import pyarrow as pa

from anon_assets.errors import ConnectionFailed, DatabaseError
from anon_assets.resources.databases.postgres.connect import (
    LOCK_WAIT,
    conninfo_for_drivers,
    hint_for,
    place_of,
    settings_query,
)

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection, Cursor

__all__ = ["ArrowReaders"]

_BATCH_BYTES = 8 << 20  # what the driver gathers before it hands over; bounds memory when rows are wide

# Errors in mid-stream come as an OSError without a state; these fixed phrases tell it, the rest is not looked at.
_PHRASES = {
    "42501": r"permission denied|row-level security",
    "57014": r"canceling statement",
    "55P03": r"lock timeout",
    "22021": r"invalid byte sequence",
}
_LOST = (
    r"Failed to connect|server closed the connection|terminating connection|no connection to the server"
    r"|SSL connection has been closed"
)


class ArrowReaders:
    """As many connections as there are readers at one time.

    Args:
        info: libpq parameters.
        moment: the exported snapshot, which must outlive them.
        version: of the server.
    """

    def __init__(self, info: Mapping[str, str], moment: str, version: int) -> None:
        self._info, self._moment, self._version, self._where = info, moment, version, place_of(info)
        self._lock = threading.Lock()
        self._root: Connection | None = None
        self._idle: list[Connection] = []
        self._running: set[_Work] = set()
        self._closed = False

    def stream(self, place: str, query: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query as the driver cuts them. Raises: ConnectionFailed; DatabaseError without any value."""
        from adbc_driver_manager import Error

        work: _Work | None = None
        whole = False
        try:
            work = self._acquire()
            work.cursor.execute(query)
            reader = work.cursor.fetch_record_batch()
            while (batch := work.following(reader)) is not None:
                yield batch
            whole = True
        except (Error, pa.ArrowException, OSError) as error:
            if work is not None and work.closed:
                raise DatabaseError(place, "the snapshot was closed while rows were read") from None
            _raise(place, error)
        finally:
            if work is not None:
                self._release(work, whole)

    def _acquire(self) -> _Work:
        from adbc_driver_postgresql import StatementOptions, dbapi

        options = {StatementOptions.BATCH_SIZE_HINT_BYTES.value: str(_BATCH_BYTES)}
        with self._lock:
            if self._closed:
                raise DatabaseError(self._where, "the snapshot is closed")
            fresh = not self._idle
            connection: Connection
            if not fresh:
                connection = self._idle.pop()
            elif self._root is None:
                self._root = connection = dbapi.connect(conninfo_for_drivers(self._info))
            else:  # shares what the first has learnt of the server's types
                connection = self._root.adbc_clone()
        try:
            if fresh:
                self._join(connection)
            work = _Work(connection, connection.cursor(adbc_stmt_kwargs=options))
        except BaseException:
            if connection is not self._root:
                _close(connection)
            raise
        with self._lock:
            self._running.add(work)
        return work

    def _join(self, connection: Connection) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{self._moment}'")
            for statement in (settings_query(self._version), LOCK_WAIT):
                cursor.execute(statement)
                cursor.fetchall()

    def _release(self, work: _Work, whole: bool) -> None:
        work.close()
        with self._lock:
            if work not in self._running:  # close() has taken it over
                return
            self._running.remove(work)
            if whole:
                self._idle.append(work.connection)
                return
        if work.connection is not self._root:  # a transaction that failed or was left in the middle is of no more use
            _close(work.connection)

    def close(self) -> None:
        """Stop what still runs and close all connections."""
        with self._lock:
            self._closed = True
            running, self._running = self._running, set()
            idle, self._idle = self._idle, []
            root, self._root = self._root, None
        for work in running:
            with suppress(Exception):
                work.cursor.adbc_cancel()
            work.close()
        for connection in (*(work.connection for work in running), *idle, root):
            if connection is not None:
                _close(connection)  # closing twice does nothing


class _Work:
    """One running query. The guard keeps a cursor from being closed while another thread fetches from it."""

    def __init__(self, connection: Connection, cursor: Cursor) -> None:
        self.connection, self.cursor = connection, cursor
        self.closed = False
        self._guard = threading.Lock()

    def following(self, reader: pa.RecordBatchReader) -> pa.RecordBatch | None:
        with self._guard:
            try:
                return reader.read_next_batch()
            except StopIteration:
                return None

    def close(self) -> None:
        with self._guard:
            self.closed = True
            _close(self.cursor)


def _close(handle: Any) -> None:
    with suppress(Exception):  # what is wrong with a connection has been told when it was used
        handle.close()


def _raise(where: str, error: BaseException) -> NoReturn:
    """Raise ours for an error of the driver, whose text may quote a row: only its state and kind are told."""
    state = str(getattr(error, "sqlstate", None) or "").strip("\0")
    text = str(error)
    state = state or next((code for code, phrase in _PHRASES.items() if re.search(phrase, text)), "")
    if state[:2] == "08" or re.search(_LOST, text):
        raise ConnectionFailed(where, "the connection to the server was lost", "try again") from None
    told = f"state {state}" if state else type(error).__name__
    raise DatabaseError(where, f"the server refused to send rows ({told})", hint_for(state)) from None
