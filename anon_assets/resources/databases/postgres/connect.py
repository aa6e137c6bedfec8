"""Connections, their settings, and the translation of driver errors into ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from anon_assets.errors import AnonError, ConnectionFailed, DatabaseError

if TYPE_CHECKING:
    import psycopg

__all__ = [
    "LOCK_WAIT",
    "OLDEST_SERVER",
    "connect",
    "conninfo_for_drivers",
    "hint_for",
    "parse_url",
    "place_of",
    "quoted",
    "refusal",
    "settings_query",
    "translated",
]

OLDEST_SERVER = 12
"""Generated columns and the catalog columns read here exist since that major version."""

LOCK_WAIT = "SELECT pg_catalog.set_config('lock_timeout', '60s', true)"
"""For readers: a migration that holds a lock makes them fail instead of wait for ever."""

_TIMEOUT = "10"  # seconds to wait for one host

# Values are exchanged as text in places: both ends must write and read them one way, whatever the role's own defaults.
_SETTINGS: Mapping[str, str] = {
    "search_path": "pg_catalog",
    "client_min_messages": "error",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "lc_monetary": "C",
    "xmloption": "content",
    "xmlbinary": "base64",
    "standard_conforming_strings": "on",
    "row_security": "off",  # a filtered read fails instead of losing rows without a word
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "synchronize_seqscans": "off",  # these four keep the order of rows the same from run to run
    "max_parallel_workers_per_gather": "0",
    "enable_indexonlyscan": "off",
    "enable_bitmapscan": "off",
}

# What libpq says when no session comes about, and how we put it. Its own text may hold anything: it is not shown.
_REASONS: tuple[tuple[str, str, str], ...] = (
    (r"password authentication failed|no password supplied", "the server does not accept the role or its password",
     "check the secret that the url refers to"),
    (r"no pg_hba\.conf entry|authentication failed", "the server does not let this role in from here",
     "check the server's pg_hba.conf and the TLS settings of the url"),
    (r'database ".*" does not exist', "no such database on the server", "check the database name in the url"),
    (r'role ".*" does not exist', "no such role on the server", "check the user name in the url"),
    (r"translate host name|Name or service not known|resolve", "the host name is not known",
     "check the host in the url"),
    (r"timeout|timed out", "no answer within 10 seconds", "check host, port and firewall"),
    (r"No such file or directory", "no server listens on that socket",
     "start the server, or check the socket's directory"),
    (r"onnection refused|Is the server running", "nothing listens at that host and port",
     "start the server, or check the port"),
    (r"too many clients|remaining connection slots", "the server has no free connection", "try again later"),
    (r"SSL|certificate|TLS", "no TLS session could be agreed on", "check sslmode and sslrootcert in the url"),
)  # fmt: skip

_HINTS: Mapping[str, str] = {
    "42501": "grant the role what it lacks; a table under row level security needs a role that bypasses it",
    "53100": "the server's disk is full",
    "55P03": "another session holds a lock; try again",
    "40P01": "another session waited for the same locks; try again",
    "0A000": "the server does not support what the source uses; compare their versions",
    "42704": "the server lacks something that the source has; compare their versions, roles and extensions",
    "58P01": "an extension or library of the source is not installed on this server",
    "22021": "a text holds bytes that are no valid characters",
}


def parse_url(url: str) -> dict[str, str]:
    """A ``postgresql://`` URL or ``key=value`` string as libpq's parameters.

    Raises: ValueError that does not repeat the text.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        found = conninfo_to_dict(url)
    except psycopg.Error:
        raise ValueError("not a PostgreSQL URL, such as postgresql://user@host:5432/database") from None
    return {key: str(value) for key, value in found.items() if value not in (None, "")}


def place_of(info: Mapping[str, str]) -> str:
    """Host, port and database for people and for the ``where`` of errors; never a password."""
    host, port = info.get("host", "localhost"), info.get("port", "")
    database = info.get("dbname") or info.get("user") or info.get("service", "")
    return f"postgres {host}{':' + port if port else ''}/{database}"


def conninfo_for_drivers(info: Mapping[str, str]) -> str:
    """One ``key=value`` string with the defaults of ours filled in. Holds the password: give it to a driver only."""
    from psycopg.conninfo import make_conninfo

    defaults = {"connect_timeout": _TIMEOUT, "application_name": "anon_assets"}
    return make_conninfo("", **{**defaults, **info, "client_encoding": "UTF8"})


def quoted(name: str) -> str:
    """An identifier as SQL takes it, whatever is in it. Client programs take it so in patterns, too.

    >>> quoted("a b")
    '"a b"'
    """
    return '"' + name.replace('"', '""') + '"'


def settings_query(version: int) -> str:
    """One SELECT that makes our settings, for the running transaction only. ``version``: the server's, as 180004."""
    wanted = dict(_SETTINGS)
    if version >= 170000:
        wanted["transaction_timeout"] = "0"
    return "SELECT " + ", ".join(f"pg_catalog.set_config('{name}', '{value}', true)" for name, value in wanted.items())


def connect(info: Mapping[str, str], begin: str = "BEGIN") -> psycopg.Connection[Any]:
    """Open a connection with a running transaction and our settings.

    Args:
        info: libpq parameters.
        begin: the statement that opens the transaction.

    Raises: ConnectionFailed; DatabaseError for a server older than ``OLDEST_SERVER``.
    """
    import psycopg

    where = place_of(info)
    try:
        connection = psycopg.connect(conninfo_for_drivers(info), autocommit=True)
    except psycopg.Error as error:
        raise _unreachable(where, str(error)) from None
    try:
        version = connection.info.server_version
        if version < OLDEST_SERVER * 10_000:
            raise DatabaseError(
                where, f"PostgreSQL {version // 10_000} is too old", f"version {OLDEST_SERVER} or later is needed"
            )
        with translated(where):
            connection.execute(begin)
            connection.execute(settings_query(version))
    except BaseException:
        connection.close()
        raise
    return connection


def _unreachable(where: str, message: str) -> ConnectionFailed:
    for pattern, what, hint in _REASONS:
        if re.search(pattern, message):
            return ConnectionFailed(where, what, hint)
    return ConnectionFailed(where, "no connection could be made", "check the url and that the server runs")


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn the driver's errors into ours, without the server's text. Raises: ConnectionFailed, DatabaseError."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise refusal(where, error) from None


def hint_for(state: str) -> str:
    """What to do about an SQL state; empty when there is no advice."""
    return _HINTS.get(state, "")


def refusal(where: str, error: psycopg.Error, doing: str = "") -> AnonError:
    """Our error for the driver's: state, and the names (never the text or detail) that the server gave.

    Args:
        where: the place.
        error: as caught.
        doing: what was going on, such as ``rows 1 to 500``.
    """
    import psycopg

    state, diag = error.sqlstate, error.diag
    prefix = f"{doing}: " if doing else ""
    if state is None or state[:2] == "08" or state[:3] == "57P":
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            return ConnectionFailed(where, f"{prefix}the connection to the server was lost", "try again")
        if state is None:
            return DatabaseError(where, f"{prefix}the driver refused ({type(error).__name__})")
    try:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", psycopg.errors.lookup(str(state)).__name__).lower()
    except KeyError:
        name = "error"
    parts = [f"{kind} {value}" for kind, value in (
        ("table", ".".join(filter(None, (diag.schema_name, diag.table_name)))),
        ("column", diag.column_name), ("constraint", diag.constraint_name), ("type", diag.datatype_name),
    ) if value]  # fmt: skip
    what = f"{prefix}the server refused: {name}, state {state}" + (f" ({', '.join(parts)})" if parts else "")
    return DatabaseError(where, what, hint_for(str(state)))
