"""The structure export: ``pg_dump`` on the reader's snapshot, less what was left out and what depends on it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anon_assets.contracts.database import Structure
from anon_assets.errors import DatabaseError
from anon_assets.resources.databases.postgres.catalog import BOOKKEEPING
from anon_assets.resources.databases.postgres.connect import conninfo_for_drivers, place_of, quoted, translated
from anon_assets.resources.databases.postgres.embedded import embedded_binaries
from anon_assets.resources.databases.postgres.introspect import Introspection
from anon_assets.resources.databases.postgres.omitting import Omitted, omit

if TYPE_CHECKING:
    import psycopg

__all__ = ["dump_structure"]

_BARE = [
    "--no-owner",
    "--no-privileges",
    "--no-publications",
    "--no-subscriptions",
    "--no-security-labels",
    "--no-tablespaces",
]

# What a pg_dump script sets for itself, less what an older server would not know.
_PREAMBLE = """\
SET LOCAL search_path = '';
SET LOCAL check_function_bodies = false;
SET LOCAL xmloption = content;
SET LOCAL standard_conforming_strings = on;
SET LOCAL client_min_messages = error;
SET LOCAL row_security = off;
"""

# Entries that must not travel: ways into other servers with their credentials, and what only an owner may touch.
_NEVER = ("FOREIGN DATA WRAPPER ", "SERVER ", "USER MAPPING ", "COMMENT - EXTENSION ", "SECURITY LABEL ",
          "PUBLICATION ", "SUBSCRIPTION ", "DEFAULT ACL ", "ACL ", "DATABASE ", "MATERIALIZED VIEW DATA ",
          "STATISTICS DATA ")  # fmt: skip

_ENTRY = re.compile(r"^(\d+); (\d+) (\d+) (.*)$")
_DEPENDS = re.compile(r"^;\s+depends on: ([\d ]+)$")


def dump_structure(
    info: Mapping[str, str],
    connection: psycopg.Connection[Any],
    moment: str,
    known: Introspection,
    leave_out: Sequence[str],
) -> Structure:
    """Dump all but ``leave_out`` and what cannot stand without it.

    Args:
        info: libpq parameters of the source; a password travels in the child's environment only.
        connection: the exporting connection.
        moment: the exported snapshot.
        known: what was introspected in it.
        leave_out: places of tables, partitions and views.

    Returns: scripts that begin with ``CREATE SCHEMA IF NOT EXISTS`` for each schema (``public`` excepted) and hold no
        client commands, owners, privileges, publications, foreign servers or tablespaces.
    Raises: DatabaseError when no fitting ``pg_dump`` is there, when it fails, or when something kept needs what is
        left out.
    """
    where = place_of(info)
    folder = _programs(where, connection.info.server_version // 10_000)
    with translated(where):
        omitted = omit(connection, where, known, leave_out)
        schemas = dict(connection.execute("SELECT oid::int8, nspname::text FROM pg_namespace").fetchall())
    connectable = {key: value for key, value in info.items() if key != "password"}
    if "sslpassword" in info:
        raise DatabaseError(
            where, "the TLS key has a passphrase, which pg_dump cannot be given safely", "use a key without one"
        )
    arguments = [
        *_BARE, "--format=custom", "--compress=0", "--schema-only", f"--snapshot={moment}", "--encoding=UTF8",
        "--lock-wait-timeout=60s", f"--exclude-schema={BOOKKEEPING}", "--no-password",
        *(f"--exclude-table={quoted(schema)}.{quoted(name)}" for schema, name in omitted.relations),
        f"--dbname={conninfo_for_drivers(connectable)}",
    ]  # fmt: skip
    archive = _run(where, folder / "pg_dump", arguments, b"", info.get("password", ""))
    listing = _run(where, folder / "pg_restore", ["--list", "--verbose"], archive).decode()
    kept, own_schemas = _choose(listing, omitted, schemas)
    with tempfile.TemporaryDirectory(prefix="anon_assets-") as scratch:
        numbers = Path(scratch) / "entries"  # numbers of entries and nothing else
        numbers.write_text("".join(f"{number};\n" for number in kept))
        scripts = [
            _body(_run(where, folder / "pg_restore",
                       [*_BARE, f"--section={section}", f"--use-list={numbers}", "--file=-"], archive).decode())
            for section in ("pre-data", "post-data")
        ]  # fmt: skip
    creation = "".join(f"CREATE SCHEMA IF NOT EXISTS {quoted(name)};\n" for name in own_schemas if name != "public")
    return Structure(before=_PREAMBLE + creation + scripts[0], after=_PREAMBLE + scripts[1])


def _choose(listing: str, omitted: Omitted, schemas: Mapping[int, str]) -> tuple[list[int], list[str]]:
    """Numbers of the archive entries that are kept, and names of the schemas in it."""
    dropped: set[int] = set()
    own: list[str] = []
    entries: list[tuple[int, str, list[int]]] = []
    for line in listing.splitlines():
        if match := _ENTRY.match(line):
            number, catalog, oid, label = int(match[1]), int(match[2]), int(match[3]), match[4]
            if label.startswith("SCHEMA - "):
                own.append(schemas[oid])
                dropped_now = True
            else:
                dropped_now = (catalog, oid) in omitted.objects or label.startswith(_NEVER)
            if dropped_now and not label.startswith("SCHEMA - "):
                dropped.add(number)
            if not dropped_now:
                entries.append((number, label, []))
        elif (match := _DEPENDS.match(line)) and entries:
            entries[-1][2].extend(map(int, match[1].split()))
    # A comment has no object id of its own; it falls with what it comments on.
    kept = [number for number, label, needs in entries if not (label.startswith("COMMENT ") and dropped & set(needs))]
    return kept, own


def _body(script: str) -> str:
    """The script between pg_restore's own head (settings, some unknown to older servers; client commands) and foot."""
    start = script.find("\n--\n-- Name: ")
    end = script.rfind("\n--\n-- PostgreSQL database dump complete\n--")
    return script[start:end] if 0 <= start < end else ""


def _programs(where: str, server: int) -> Path:
    """The folder of a ``pg_dump`` at least as new as the server: on the PATH, else the embedded server's."""
    found = shutil.which("pg_dump")
    seen = []
    for folder in (Path(found).parent if found else None, embedded_binaries()):
        if folder is None or not (folder / "pg_restore").exists():
            continue
        told = subprocess.run(
            [folder / "pg_dump", "--version"], capture_output=True, text=True, check=False, timeout=60
        )
        version = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
        if version and int(version[1]) >= server:
            return folder
        seen += [version[1]] if version else []
    what = f"pg_dump is of version {', '.join(seen)}" if seen else "pg_dump and pg_restore are not installed"
    hint = f"install postgresql-client-{server} or later, or pip install 'anon_assets[embedded]'"
    raise DatabaseError(where, f"{what}, and the server of version {server}" if seen else what, hint)


def _run(where: str, program: Path, arguments: Sequence[str], feed: bytes, password: str = "") -> bytes:
    """Run a client program without a shell; what it writes to stderr may quote definitions and is not passed on."""
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run([program, *arguments], input=feed, capture_output=True, check=False, env=environment)
    if done.returncode:
        reasons = {
            b"permission denied": "the role may not read everything; grant it SELECT on all tables",
            b"server version mismatch": "install client programs as new as the server",
            b"lock timeout": "another session holds a lock on a table; try again",
        }
        hint = next((hint for phrase, hint in reasons.items() if phrase in done.stderr), "")
        raise DatabaseError(where, f"{program.name} ended with exit code {done.returncode}", hint)
    return done.stdout
