"""A plain copy of a whole database through the contract, and ways to compare two databases."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg

from anon_assets.contracts.database import Schema
from anon_assets.resources.databases.postgres import Postgres


def copy_database(source: str, target: str, product: str = "p", leave_out: Sequence[str] = ()) -> Schema:
    with Postgres(url=source).snapshot() as snapshot, Postgres(url=target).publication(product) as publication:
        schema, structure = snapshot.schema(), snapshot.structure(leave_out)
        publication.create(structure.before)
        for table in schema.tables:
            if table.place not in leave_out:
                names = [column.name for column in table.stored]
                loaded = publication.load(table, iter(snapshot.read(table, names))) if names else 0
                assert loaded == snapshot.count(table)
        publication.create(structure.after)
        publication.finish(snapshot.sequences(), schema.views)
        publication.commit("{}")
        return schema


def run(url: str, statement: str) -> list[tuple]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def rows_as_text(url: str, schema: Schema) -> dict[str, list[str]]:
    """Every row of every table as the server writes it, sorted."""
    found = {}
    with psycopg.connect(url) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for table in schema.tables:
            name = '"{}"."{}"'.format(table.schema.replace('"', '""'), table.name.replace('"', '""'))
            only = "" if table.partitioned else "ONLY "
            found[table.place] = [
                row for (row,) in connection.execute(f"SELECT t::text FROM {only}{name} t ORDER BY 1")
            ]
    return found


def structure_as_text(url: str, programs: Path, *options: str) -> str:
    """The whole structure as pg_dump writes it: two are equal exactly when every catalog fact is."""
    command = [programs / "pg_dump", "-s", "-O", "-N", "anon_assets", *options, "-d", url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return re.sub(r"^\\(un)?restrict .*$", "", done.stdout, flags=re.MULTILINE)
