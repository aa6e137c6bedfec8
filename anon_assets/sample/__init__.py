"""A sample database that looks like a production one: a research data centre with people, projects, jobs and logs.

Nobody in it exists: names are drawn from word lists, addresses from ranges set aside for documentation. Rows come as
Arrow batches; what PostgreSQL knows and Arrow does not (inet, jsonb, uuid, enums, arrays) comes as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import resources
from typing import Protocol

import pyarrow as pa

from anon_assets.errors import UsageError
from anon_assets.findings import near
from anon_assets.sample.people import ACCOUNT, ADDRESS, PERSON, draw_people
from anon_assets.sample.work import HOST, JOB, LOG_LINE, MEMBERSHIP, PROJECT, draw_work

__all__ = ["SIZES", "SMALLEST", "WriteSession", "generate", "load", "schema_sql"]

SIZES = {"small": (500, 5_000, 4), "medium": (20_000, 200_000, 5), "large": (200_000, 5_000_000, 5)}
"""Name to (persons, jobs, log lines a job on average)."""

_SCHEMA = "centre"
_AFTER = "-- Keys, checks and indexes, after the rows.\n"
SMALLEST = 10
_COUNTED = {
    "person": "person_id", "address": "address_id", "project": "project_id", "submit_host": "host_id", "job": "job_id",
    "log_line": "line_id",
}  # fmt: skip


class WriteSession(Protocol):
    """What ``load`` needs of an open transaction on an empty database."""

    def execute(self, sql: str, /) -> object:
        """Run a script of one or more statements."""

    def copy(self, schema: str, table: str, columns: Sequence[str], batches: Iterable[pa.RecordBatch], /) -> object:
        """Append rows; batch columns are in the order of ``columns``, text is in PostgreSQL's input form."""


def schema_sql() -> str:
    """The whole schema as one script for PostgreSQL 14 and up: tables first, keys and indexes at the end."""
    return resources.files(__name__).joinpath("schema.sql").read_text(encoding="utf-8")


def generate(size: str | int = "small", seed: int = 7) -> Iterator[tuple[str, pa.RecordBatchReader]]:
    """Every table of schema ``centre`` with its rows; a table comes after those it refers to.

    Args:
        size: ``small`` (500 persons, 5,000 jobs, about 20,000 log lines), ``medium`` (20,000; 200,000; 1 million),
            ``large`` (200,000; 5 million; 25 million), or the number of persons, from 10, with ten jobs each.
        seed: 0 and up; equal seeds give equal rows.

    Returns: table names and readers. Generated columns are left out. Batches hold at most 60,000 rows; people and
        memberships are held in memory (some 500 bytes a person), nothing else is.
    Raises: UsageError.

    >>> [table for table, _ in generate(10)][:3]
    ['person', 'address', 'account']
    """
    persons, jobs, lines = _numbers(size)
    if seed < 0:
        raise UsageError("sample", "seed is below 0")
    people = draw_people(persons, seed)
    work = draw_work(people, jobs, lines)
    tables: tuple[tuple[str, pa.Schema, Callable[[], Iterator[pa.RecordBatch]]], ...] = (
        ("person", PERSON, people.persons),
        ("address", ADDRESS, people.addresses),
        ("account", ACCOUNT, people.accounts),
        ("project", PROJECT, work.project_rows),
        ("membership", MEMBERSHIP, work.membership_rows),
        ("submit_host", HOST, work.host_rows),
        ("job", JOB, work.job_rows),
        ("log_line", LOG_LINE, work.log_rows),
    )
    for name, schema, rows in tables:
        yield name, pa.RecordBatchReader.from_batches(schema, rows())


def load(session: WriteSession, size: str | int = "small", seed: int = 7) -> dict[str, int]:
    """Create the schema in an empty database and fill it.

    Args:
        session: an open transaction; the caller commits.
        size: as for ``generate``.
        seed: as for ``generate``.

    Returns: rows by table.
    Raises: UsageError, and what the session raises.
    """
    _numbers(size)
    before, _, after = schema_sql().partition(_AFTER)
    session.execute(before)
    counts = {}
    for table, reader in generate(size, seed):
        counts[table] = 0
        session.copy(_SCHEMA, table, reader.schema.names, _counted(reader, table, counts))
    session.execute(after)
    for table, column in _COUNTED.items():
        name = f"{_SCHEMA}.{table}"
        session.execute(f"SELECT setval(pg_get_serial_sequence('{name}', '{column}'), max({column})) FROM {name}")
    for table in counts:
        session.execute(f"ANALYZE {_SCHEMA}.{table}")
    return counts


def _counted(reader: pa.RecordBatchReader, table: str, counts: dict[str, int]) -> Iterator[pa.RecordBatch]:
    for rows in reader:
        counts[table] += rows.num_rows
        yield rows


def _numbers(size: str | int) -> tuple[int, int, int]:
    if isinstance(size, str):
        if size not in SIZES:
            raise UsageError("sample", f"no size {size!r}", near(size, SIZES))
        return SIZES[size]
    if size < SMALLEST:
        raise UsageError("sample", f"a size of {size} persons is too small", f"at least {SMALLEST}")
    return size, 10 * size, 4
