"""Against another version, with extensions, over TCP and with a password."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from urllib.parse import quote

import psycopg
import pytest

from anon_assets.errors import ConnectionFailed
from anon_assets.resources.databases.postgres import Postgres
from tests.resources.databases.conftest import PASSWORD, SystemServer
from tests.resources.databases.test_postgres_structure import SCRIPT
from tests.resources.databases.whole_copy import copy_database, rows_as_text, run, structure_as_text


@pytest.fixture
def keeper_url(system_server: SystemServer) -> str:
    """A database owned by a role without privileges, reached over TCP with its password."""
    name = system_server.create("kept", owner="keeper").partition("?")[0].rpartition("/")[2]
    return f"postgresql://keeper:{quote(PASSWORD, safe='')}@127.0.0.1:{system_server.port}/{name}"


def test_a_password_opens_the_database_and_a_wrong_one_is_told(keeper_url, monkeypatch, caplog) -> None:
    caplog.set_level(0)
    monkeypatch.setenv("KEPT_URL", keeper_url)
    member = Postgres(url={"env": "KEPT_URL"})
    assert member.published() is None
    monkeypatch.setenv("KEPT_URL", keeper_url.replace(quote(PASSWORD, safe=""), "wr0ng-one"))
    with pytest.raises(ConnectionFailed, match="does not accept the role or its password") as caught:
        member.identity()
    monkeypatch.setenv("KEPT_URL", keeper_url.replace(":" + quote(PASSWORD, safe=""), ""))
    with pytest.raises(ConnectionFailed, match="does not accept the role or its password"):
        member.identity()
    assert "wr0ng-one" not in str(caught.value) + caplog.text
    assert "hunter2" not in str(caught.value) + caplog.text


def test_a_password_may_come_from_the_environment_or_a_file(keeper_url, monkeypatch, tmp_path) -> None:
    bare = keeper_url.replace(":" + quote(PASSWORD, safe=""), "")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with Postgres(url=bare).snapshot() as snapshot:
        assert snapshot.structure().before
    monkeypatch.delenv("PGPASSWORD")
    passfile = tmp_path / "pass"
    passfile.write_text(f"*:*:*:keeper:{PASSWORD}\n")
    passfile.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passfile))
    with Postgres(url=bare).snapshot() as snapshot:
        assert snapshot.structure().before


def test_the_same_database_has_one_identity_by_socket_and_by_tcp(keeper_url, system_server, monkeypatch) -> None:
    monkeypatch.setenv("KEPT_URL", keeper_url)
    name = keeper_url.rpartition("/")[2]
    by_socket = Postgres(url=system_server.url(name)).identity()
    assert Postgres(url={"env": "KEPT_URL"}).identity() == by_socket
    assert Postgres(url=system_server.url("postgres")).identity() != by_socket


def test_no_password_is_ever_in_the_process_list(keeper_url, system_server, monkeypatch) -> None:
    monkeypatch.setenv("KEPT_URL", keeper_url)
    script = (
        "import sys\nfrom anon_assets.resources.databases.postgres import Postgres\n"
        "with Postgres(url={'env': 'KEPT_URL'}).snapshot() as s:\n    [s.structure() for _ in range(9)]"
    )
    child = subprocess.Popen([sys.executable, "-W", "ignore", "-c", script], env={**os.environ, "KEPT_URL": keeper_url})
    seen: set[str] = set()
    while child.poll() is None:
        listing = subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True, check=True).stdout
        seen.update(line for line in listing.splitlines() if "pg_dump" in line or "pg_restore" in line)
        assert "hunter2" not in listing
        time.sleep(0.01)
    assert child.returncode == 0
    assert any("--schema-only" in line for line in seen)


@pytest.mark.parametrize("owns_public", [True, False])
def test_a_role_that_owns_its_database_publishes_again_and_again(
    keeper_url, rich_source, system_server, monkeypatch, owns_public: bool
) -> None:
    if not owns_public:  # as it was before version 15
        admin = system_server.url(keeper_url.rpartition("/")[2])
        run(admin, "ALTER SCHEMA public OWNER TO postgres; GRANT ALL ON SCHEMA public TO PUBLIC")
    monkeypatch.setenv("KEPT_URL", keeper_url)
    source, target = Postgres(url=rich_source), Postgres(url={"env": "KEPT_URL"})
    for _ in range(2):
        with source.snapshot() as snapshot, target.publication("p") as publication:
            structure = snapshot.structure()
            publication.create(structure.before)
            table = snapshot.schema().table("public.article")
            publication.load(table, iter(snapshot.read(table, ["id", "body"])))
            publication.create(structure.after)
            publication.finish(snapshot.sequences(), snapshot.schema().views)
            publication.commit("{}")
    with psycopg.connect(keeper_url) as connection:
        assert connection.execute("SELECT count(*) FROM article").fetchone() == (2,)
        (owner,) = connection.execute(
            "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'"
        ).fetchone()
        assert owner == ("pg_database_owner" if owns_public else "postgres")


@pytest.fixture
def rich_source(system_server: SystemServer) -> str:
    url = system_server.create("rich")
    # Without what only a superuser may make, so that any owner can take it.
    script = "\n".join(line for line in SCRIPT.splitlines() if not line.startswith("CREATE CAST"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(script.encode())
    return url


def test_an_older_server_is_read_and_published_into(rich_source, system_server, embedded_server, make_database) -> None:
    same, newer, back = system_server.create("same"), make_database("newer"), system_server.create("back")
    schema = copy_database(rich_source, same)
    assert rows_as_text(same, schema) == rows_as_text(rich_source, schema)
    assert structure_as_text(same, embedded_server.programs) == structure_as_text(rich_source, embedded_server.programs)
    copy_database(rich_source, newer)
    assert rows_as_text(newer, schema) == rows_as_text(rich_source, schema)
    copy_database(newer, back)
    assert rows_as_text(back, schema) == rows_as_text(rich_source, schema)


EXTENSIONS = """
CREATE SCHEMA trgm_home;
CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE EXTENSION pg_trgm WITH SCHEMA trgm_home;
CREATE EXTENSION btree_gist; CREATE EXTENSION pgcrypto;
CREATE TABLE person (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email citext UNIQUE,
  tags hstore, doc xml, docs xml[]);
CREATE INDEX ON person USING gin (email trgm_home.gin_trgm_ops);
CREATE TABLE stay (room int, during tsrange, EXCLUDE USING gist (room WITH =, during WITH &&));
INSERT INTO person (email, tags, doc) VALUES
  ('A@b.org', 'a=>1, "b c"=>NULL', '<a x="1">ü<!-- c --></a>'), ('c@d.org', '', 'just text'), (NULL, NULL, NULL);
INSERT INTO stay VALUES (1, '[2024-01-01,2024-01-02)'), (2, '[2024-01-01,2024-01-02)');
"""


@pytest.fixture
def extended_url(system_server: SystemServer) -> str:
    url = system_server.create("extended")
    try:
        run(url, EXTENSIONS)
    except (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported):
        pytest.skip("needs the contrib extensions and libxml")
    return url


@pytest.mark.parametrize("movable", [True, False])
def test_extensions_arrive_and_stay_through_every_publication(
    extended_url, system_server, embedded_server, movable: bool
) -> None:
    target = system_server.create("extended_copy")
    for _ in range(3):
        schema = copy_database(extended_url, target)
        if not movable:  # as PostGIS is: it stays where it is, and the tables are moved instead
            run(target, "UPDATE pg_extension SET extrelocatable = false")
        assert schema.extensions == ("btree_gist", "citext", "hstore", "pg_trgm", "pgcrypto")
        assert [table.place for table in schema.tables] == ["public.person", "public.stay"]
        assert rows_as_text(target, schema) == rows_as_text(extended_url, schema)
        assert structure_as_text(target, embedded_server.programs) == structure_as_text(
            extended_url, embedded_server.programs
        )
    assert run(target, "SELECT trgm_home.similarity('abc', 'abd') > 0") == [(True,)]
    assert run(target, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'anon_assets_%'") == []
    person = schema.table("public.person")
    assert {column.name: column.logical for column in person.columns} == {
        "id": "uuid", "email": "text", "tags": "other", "doc": "other", "docs": "array"
    }  # fmt: skip
    assert ("email",) in person.uniques
    assert {column.name for column in person.columns if column.folds_case} == {"email"}
    assert person.column("email").type == "public.citext"


def test_structures_that_cannot_be_renamed_are_moved(rich_source, system_server, embedded_server) -> None:
    """With an extension that cannot leave ``public``, each kind of object is moved aside by itself."""
    run(rich_source, "CREATE EXTENSION citext")
    target = system_server.create("moved")
    for _ in range(2):
        schema = copy_database(rich_source, target)
        run(target, "UPDATE pg_extension SET extrelocatable = false")
    assert rows_as_text(target, schema) == rows_as_text(rich_source, schema)
    assert structure_as_text(target, embedded_server.programs) == structure_as_text(
        rich_source, embedded_server.programs
    )
    assert run(target, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'anon_assets_%'") == []


def test_a_new_extension_on_a_server_without_it_is_told(extended_url, make_database) -> None:
    from anon_assets.errors import DatabaseError

    with pytest.raises(DatabaseError, match=r"not installed on this server|does not support"):
        copy_database(extended_url, make_database("bare"))
