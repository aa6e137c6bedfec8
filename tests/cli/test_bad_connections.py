"""Databases that cannot be reached or may not be written, and URLs that lead nowhere: nothing is read, nothing changed."""

from __future__ import annotations

import socket
from urllib.parse import quote

import pytest

from tests.cli.corner import ask, refused, rows
from tests.resources.databases.conftest import PASSWORD


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_server_that_is_not_there(corner, closed_port, tmp_path) -> None:
    cases = {
        f"postgresql://postgres@127.0.0.1:{closed_port}/corner": "nothing listens at that host and port",
        "postgresql://postgres@no-such-host.invalid/corner": "the host name is not known",
        f"postgresql://postgres@/corner?host={tmp_path}": "no server listens on that socket",
        corner.source.replace("/corner?", "/cornre?"): "no such database on the server",
        corner.source.replace("postgres@", "nobody_here@"): "no such role on the server",
    }
    for number, (url, what) in enumerate(cases.items()):
        project = corner.copy(tmp_path / f"c{number}")
        project.reach("corner", url)
        for command in (["plan", "corner"], ["scan", "corner"], ["preview", "corner", "public.note"]):
            refused(project.ask(*command), "error: postgres ", what, code=1)
        refused(ask("init", tmp_path / "new", "--database", url), what, code=1)
        assert not (tmp_path / "new").exists()
    ran = project.ask("run", "corner")
    refused(with_errors_only(ran), "no such role on the server", code=1)
    assert "Nothing was published" in ran.out and "Checked" not in ran.out


def with_errors_only(answer):
    """Without the lines of progress that stand before an error."""
    answer.err = answer.err[answer.err.index("error: ") :]
    return answer


BAD_URLS = {
    "postgresql://u:hunter2@h:1/": (2, "the URL names no database"),
    "postgresql://u:hunter2@h:1/1999": (2, "give --product NAME"),
    "mysql://u:hunter2@h/shop": (2, "no database is spoken to as mysql://"),
    "postgrseql://u:hunter2@h/shop": (2, "did you mean postgresql?"),
    "u:hunter2@h/shop": (2, "not a database URL"),
    "postgresql://u:hunter2@[h/shop": (2, "not a database URL"),
    "postgresql://u:hunter2@127.0.0.1:1/shop?frobnicate=1": (1, "not a PostgreSQL URL"),
    "postgresql://u:hunter2%zz@127.0.0.1:1/shop": (1, "not a PostgreSQL URL"),
    "postgresql://u@127.0.0.1:1/shop?frobnicate=1": (1, "not a PostgreSQL URL"),
    "postgresql://u:hunter2@127.0.0.1:port/shop": (1, "no connection could be made"),
    "env:ANON_TEST_NOWHERE": (2, "environment variable ANON_TEST_NOWHERE is not set"),
}


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_url_that_is_none(url, tmp_path) -> None:
    code, what = BAD_URLS[url]
    answer = ask("init", tmp_path / "new", "--database", url)
    refused(answer, what, code=code, lines=answer.err.count("\n  error "))
    assert "port" in url or answer.err.startswith(("error: --database: ", "error: postgres --database: "))
    assert not (tmp_path / "new").exists()


def test_a_bad_target_url_is_told_as_the_target(corner, tmp_path) -> None:
    answer = ask("init", tmp_path / "new", "--database", corner.source, "--target", "mysql://u:hunter2@h/x")
    refused(answer, "--target: no database is spoken to as mysql://", code=2)
    assert not (tmp_path / "new").exists()


def test_an_empty_database_has_nothing_to_plan(corner, make_database, tmp_path) -> None:
    empty = make_database("empty")
    refused(ask("init", tmp_path / "new", "--database", empty), "holds no tables that we may read", code=1)
    assert not (tmp_path / "new").exists()
    corner.reach("corner", empty)
    with corner.untouched():
        answer = corner.ask("plan", "corner")
        refused(answer, "the source database has no tables we may read", code=1, lines=5)
        ran = corner.ask("run", "corner", "--json")
    assert ran.code == 1 and "has no tables" in ran.json["failures"][0]


def test_a_target_with_tables_of_somebody_else_is_left_alone(corner, make_database) -> None:
    other = make_database("other")
    from psycopg import connect

    with connect(other) as connection:
        connection.execute("CREATE TABLE theirs (a int); INSERT INTO theirs VALUES (7)")
    corner.reach("corner_dev", other)
    ran = with_errors_only(corner.ask("run", "corner"))
    refused(ran, "holds 1 object that corner did not publish: table public.theirs", "empty database", code=1)
    assert rows(other, "SELECT * FROM theirs") == [(7,)]
    assert rows(other, "SELECT count(*) FROM pg_namespace WHERE nspname = 'anon_assets'") == [(0,)]


def test_a_target_that_is_the_source(corner, tmp_path) -> None:
    again = ask("init", tmp_path / "new", "--database", corner.source, "--target", corner.source)
    refused(again, "--target: the target is the source database itself", code=1)
    assert not (tmp_path / "new").exists()
    named = corner.copy(tmp_path / "named")
    named.edit(named.policy, "database: corner_dev", "database: corner")
    with named.untouched():
        for command in ("plan", "run"):
            refused(named.ask(command, "corner"), "policies/corner.yaml:", "the target is the source", code=2)
    corner.reach("corner_dev", corner.source)
    with corner.untouched():
        ran = with_errors_only(corner.ask("run", "corner"))
    refused(ran, "corner_dev: the target is the source database itself", code=1)


def test_passwords(system_server, tmp_path, monkeypatch) -> None:
    """Wrong, right, in two URLs at once, and the same database by socket and by TCP; shown and left nowhere."""
    import psycopg

    def by_tcp(name: str, password: str) -> str:
        return f"postgresql://keeper:{quote(password, safe='')}@127.0.0.1:{system_server.port}/{name}"

    urls = [system_server.create(name, owner="keeper") for name in ("kept", "kept_dev")]
    source, target = (url.partition("@/")[2].partition("?")[0] for url in urls)
    with psycopg.connect(by_tcp(source, PASSWORD)) as connection:
        connection.execute("CREATE TABLE kept (id int PRIMARY KEY); INSERT INTO kept VALUES (1)")
    project = tmp_path / "p"
    wrong = by_tcp(source, "hunter2-wrong")
    for arguments in (["init", project, "--database", wrong], ["scan", "--database", wrong]):
        refused(ask(*arguments), "the server does not accept the role or its password", code=1)
    assert not project.exists()
    same = ask("init", project, "--database", urls[0], "--target", by_tcp(source, PASSWORD))
    refused(same, "--target: the target is the source database itself", code=1)
    assert not project.exists()
    made = ask("init", project, "--database", by_tcp(source, PASSWORD), "--target", by_tcp(target, PASSWORD))
    assert made.code == 0, made.err
    assert "hunter2" not in made.out + made.err
    secrets = sorted((project / ".anon" / "secrets").iterdir())
    assert [path.name for path in secrets] == [f"{source}.url", f"{source}_dev.url"]
    assert [f"{path.stat().st_mode:o}"[-3:] for path in (*secrets, secrets[0].parent)] == ["600", "600", "700"]
    assert (project / ".gitignore").read_text() == ".anon/\n"
    for path in project.rglob("*"):
        assert path in secrets or not path.is_file() or b"hunter2" not in path.read_bytes(), path
    assert ask("-C", project, "plan", source).code == 0
    secrets[0].write_text(wrong)
    refused(ask("-C", project, "plan", source), "does not accept the role or its password", code=1)
    secrets[0].unlink()
    refused(ask("-C", project, "plan", source), f"{source}.url cannot be read", code=1)
