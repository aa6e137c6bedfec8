from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest

from anon_assets.contracts.database import Column, Table
from anon_assets.errors import DatabaseError, TargetRefused
from anon_assets.resources.databases.postgres import Postgres
from tests.resources.databases.whole_copy import copy_database, run

CANARY = "canary@example.com"


@pytest.fixture
def source(make_database: Callable[..., str]) -> str:
    url = make_database("source")
    run(url, "CREATE TABLE person (id serial PRIMARY KEY, email text); CREATE VIEW emails AS SELECT email FROM person")
    run(url, f"INSERT INTO person (email) SELECT '{CANARY}' || n FROM generate_series(1, 500) n")
    return url


@pytest.fixture
def target(make_database: Callable[..., str]) -> str:
    return make_database("target")


def count(url: str) -> int:
    return int(run(url, "SELECT count(*) FROM person")[0][0])


@pytest.mark.parametrize(
    ("foreign", "named"),
    [
        ("CREATE TABLE other (a int)", "table public.other"),
        ("CREATE TABLE other (a int) PARTITION BY RANGE (a)", "table public.other"),
        ("CREATE VIEW other AS SELECT 1 AS one", "view public.other"),
        ("CREATE TYPE other AS ENUM ('a')", "type public.other"),
        ("CREATE FUNCTION other() RETURNS int LANGUAGE sql AS 'SELECT 1'", r"function public.other\(\)"),
        ("CREATE SEQUENCE other", "sequence public.other"),
        ("CREATE SCHEMA x CREATE TABLE other (a int)", "table x.other"),
    ],
)
@pytest.mark.parametrize("published", [False, True])
def test_whatever_someone_else_made_is_kept(source, target, foreign: str, named: str, published: bool) -> None:
    if published:
        copy_database(source, target)
    run(target, foreign)
    before = run(target, "SELECT oid, relname FROM pg_class ORDER BY oid")
    with pytest.raises(TargetRefused, match=named):
        copy_database(source, target)
    assert run(target, "SELECT oid, relname FROM pg_class ORDER BY oid") == before


def test_the_source_itself_is_no_target(source) -> None:
    with pytest.raises(TargetRefused, match=r"person"):
        copy_database(source, source)
    assert count(source) == 500


def test_an_empty_schema_of_the_target_is_used_with_its_grants(source, target, embedded_server) -> None:
    embedded_server.execute("DROP ROLE IF EXISTS analyst")
    embedded_server.execute("CREATE ROLE analyst LOGIN")
    try:
        run(source, "CREATE SCHEMA hr; CREATE TABLE hr.t (a int); INSERT INTO hr.t VALUES (1)")
        run(target, "CREATE SCHEMA hr; GRANT USAGE ON SCHEMA hr TO analyst; COMMENT ON SCHEMA hr IS 'kept'")
        run(target, "ALTER DEFAULT PRIVILEGES IN SCHEMA hr GRANT SELECT ON TABLES TO analyst")
        reader = target.replace("postgres@", "analyst@")
        copy_database(source, target)
        assert run(reader, "SELECT a FROM hr.t") == [(1,)]
        run(target, "GRANT SELECT (email) ON person TO analyst; GRANT SELECT ON emails TO PUBLIC")
        for _ in range(2):
            copy_database(source, target)
            assert run(reader, "SELECT a FROM hr.t") == [(1,)]
            assert len(run(reader, "SELECT email FROM person")) == 500
            assert len(run(reader, "SELECT * FROM emails")) == 500
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run(reader, "SELECT id FROM person")
        acl = "SELECT nspname, nspowner, nspacl::text[] FROM pg_namespace WHERE nspname = 'public'"
        ((name, owner, grants),) = run(target, acl)
        ((_, fresh_owner, fresh_grants),) = run(source, acl)
        assert (name, owner, sorted(grants)) == ("public", fresh_owner, sorted(fresh_grants))
    finally:
        run(target, "DROP OWNED BY analyst")
        embedded_server.execute("DROP ROLE analyst")


def test_readers_are_not_kept_out_while_the_new_data_is_loaded(source, target) -> None:
    copy_database(source, target)
    with Postgres(url=source).snapshot() as snapshot, Postgres(url=target).publication("p") as publication:
        structure = snapshot.structure()
        publication.create(structure.before)
        table = snapshot.schema().table("public.person")
        publication.load(table, iter(snapshot.read(table, ["id", "email"], limit=10)))
        publication.create(structure.after)
        publication.finish({}, ())
        with psycopg.connect(target) as reader:
            reader.execute("SET statement_timeout = '5s'")
            assert reader.execute("SELECT count(*) FROM person").fetchone() == (500,)
        publication.commit("{}")
    assert count(target) == 10


def test_two_publications_at_once_take_turns(source, target) -> None:
    copy_database(source, target)
    order: list[str] = []

    def second() -> None:
        copy_database(source, target)
        order.append("second")

    with Postgres(url=target).publication("p") as publication:
        publication.create("CREATE TABLE public.other (a int)")
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(1)
        order.append("first")
        publication.commit("{}")
    thread.join(60)
    assert order == ["first", "second"]
    assert count(target) == 500


CHILD = """
import sys, time
import pyarrow as pa
from anon_assets.resources.databases.postgres import Postgres
stage, source, target = sys.argv[1:]

def pause(here):
    if here == stage:
        print("there", flush=True)
        time.sleep(60)

with Postgres(url=source).snapshot() as snapshot, Postgres(url=target).publication("p") as publication:
    pause("opened")
    structure = snapshot.structure()
    publication.create(structure.before)
    pause("created")
    table = snapshot.schema().table("public.person")

    def batches():
        for batch in snapshot.read(table, ["id", "email"], batch_rows=100):
            yield batch
            pause("loading")

    publication.load(table, batches())
    publication.create(structure.after)
    publication.finish(snapshot.sequences(), ())
    pause("finished")
    publication.commit("{}")
    pause("committed")
"""


@pytest.mark.parametrize("stage", ["opened", "created", "loading", "finished", "committed"])
def test_a_killed_run_leaves_the_old_data_served_and_the_next_one_ends_well(source, target, stage: str) -> None:
    copy_database(source, target)
    run(source, "DELETE FROM person WHERE id > 400")
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", CHILD, stage, source, target], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "there\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert count(target) == (400 if stage == "committed" else 500)
    copy_database(source, target)
    assert count(target) == 400
    assert run(target, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'anon_assets_%'") == []


def person(number: int, email: str | None = "x") -> pa.RecordBatch:
    ids = pa.array(range(number, number + 100), pa.int32())
    return pa.record_batch({"id": ids, "email": pa.array([email] * 100, pa.string())})


@pytest.mark.parametrize(
    ("script", "bad", "told"),
    [
        (
            "email text CHECK (email <> 'canary@example.com')",
            CANARY,
            ["rows? 101", "check violation", "23514", "t_email_check"],
        ),
        ("email text NOT NULL", None, ["row 101", "not null violation", "column email"]),
        ("email varchar(3)", CANARY, ["row 101", "string data right truncation", "22001"]),
        ("email int", CANARY, ["row 101", "invalid text representation"]),
        ("email text UNIQUE", CANARY, ["unique violation", "t_email_key"]),
    ],
)
def test_a_refused_row_is_told_by_place_and_never_by_value(
    target, caplog: pytest.LogCaptureFixture, capfd, script: str, bad: str | None, told: list[str]
) -> None:
    caplog.set_level(0)
    with Postgres(url=target).publication("p") as publication:
        publication.create(f"CREATE TABLE public.t (id int, {script})")
        good = pa.record_batch({"id": pa.array(range(100), pa.int32()), "email": [str(n) for n in range(100)]})
        with pytest.raises(DatabaseError) as caught:
            publication.load(Table("public", "t", ()), iter([good, person(100, bad)]))
    for each in told:
        assert __import__("re").search(each, str(caught.value)), (each, str(caught.value))
    assert caught.value.__suppress_context__
    seen = capfd.readouterr()
    assert CANARY not in str(caught.value) + caplog.text + seen.out + seen.err


def test_a_text_over_several_lines_widens_the_range_to_its_batch(target) -> None:
    with Postgres(url=target).publication("p") as publication:
        publication.create("CREATE TABLE public.t (id int, email text NOT NULL)")
        with pytest.raises(DatabaseError, match="rows 101 to 200: "):
            broken = pa.record_batch({"id": pa.array(range(100), pa.int32()), "email": ["a\nb"] * 99 + [None]})
            publication.load(Table("public", "t", ()), iter([person(0, "a\nb"), broken]))


def test_batches_that_change_their_columns_are_refused(target) -> None:
    with Postgres(url=target).publication("p") as publication:
        publication.create("CREATE TABLE public.t (id int, email text)")
        with pytest.raises(DatabaseError, match="differ in their columns"):
            publication.load(Table("public", "t", ()), iter([person(0), person(0).select(["email", "id"])]))


def test_an_error_of_the_batches_is_passed_on_as_it_is(target) -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield person(0)
        raise ZeroDivisionError

    with Postgres(url=target).publication("p") as publication:
        publication.create("CREATE TABLE public.t (id int, email text)")
        with pytest.raises(ZeroDivisionError):
            publication.load(Table("public", "t", (Column("id"),)), broken())


def test_constraints_that_fail_after_loading_are_named_without_a_value(source, target, caplog) -> None:
    copy_database(source, target)
    with Postgres(url=source).snapshot() as snapshot, Postgres(url=target).publication("p") as publication:
        structure = snapshot.structure()
        publication.create(structure.before)
        twice = pa.record_batch({"id": pa.array([7] * 100, pa.int32()), "email": [CANARY] * 100})
        publication.load(snapshot.schema().table("public.person"), iter([twice]))
        with pytest.raises(DatabaseError, match=r"unique violation, state 23505 \(.*person.*person_pkey"):
            publication.create(structure.after)
    assert count(target) == 500


def test_notices_of_the_server_reach_no_log(target, caplog, capfd) -> None:
    caplog.set_level(0)
    with Postgres(url=target).publication("p") as publication:
        publication.create(f"DO $$ BEGIN RAISE WARNING '{CANARY}'; RAISE LOG '{CANARY}'; END $$")
        publication.commit("{}")
    seen = capfd.readouterr()
    assert CANARY not in caplog.text + seen.out + seen.err


def test_event_triggers_and_casts_arrive_and_stay_silent_while_publishing(source, target) -> None:
    run(source, "CREATE TABLE log (tag text)")
    run(source, "CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS "
                "$$ BEGIN INSERT INTO public.log VALUES (tg_tag); END $$")  # fmt: skip
    run(source, "CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'no'; END $$")  # fmt: skip
    run(source, "CREATE FUNCTION to_days(text) RETURNS interval LANGUAGE sql AS $$ SELECT interval '1 day' $$")
    run(source, "CREATE CAST (text AS interval) WITH FUNCTION to_days(text)")
    run(source, "CREATE EVENT TRIGGER noted ON ddl_command_end EXECUTE FUNCTION note()")
    run(source, "CREATE EVENT TRIGGER forbidden ON sql_drop EXECUTE FUNCTION forbid()")
    run(source, "ALTER EVENT TRIGGER noted ENABLE ALWAYS")
    for _ in range(3):
        copy_database(source, target)
        assert run(target, "SELECT tag FROM log") == []
        states = "SELECT evtname, evtenabled::text FROM pg_event_trigger ORDER BY 1"
        assert run(target, states) == run(source, states) == [("forbidden", "O"), ("noted", "A")]
        assert run(target, "SELECT 'x'::text::interval::text") == [("1 day",)]


def test_publishing_needs_no_superuser(source, make_database, embedded_server) -> None:
    target = make_database("owned")
    name = target.partition("?")[0].rpartition("/")[2]
    embedded_server.execute("DROP ROLE IF EXISTS publisher")
    embedded_server.execute("CREATE ROLE publisher LOGIN")
    try:
        embedded_server.execute(f"ALTER DATABASE {name} OWNER TO publisher")
        own = target.replace("postgres@", "publisher@")
        for _ in range(3):
            copy_database(source, own)
        assert count(own) == 500
    finally:
        embedded_server.execute(f"ALTER DATABASE {name} OWNER TO postgres")
        run(target, "REASSIGN OWNED BY publisher TO postgres; DROP OWNED BY publisher")
        embedded_server.execute("DROP ROLE publisher")


def test_a_role_without_the_right_to_create_is_told_so(source, target, embedded_server) -> None:
    embedded_server.execute("DROP ROLE IF EXISTS guest")
    embedded_server.execute("CREATE ROLE guest LOGIN")
    with pytest.raises(DatabaseError, match=r"insufficient privilege, state 42501.*grant"):
        copy_database(source, target.replace("postgres@", "guest@"))
    embedded_server.execute("DROP ROLE guest")


def test_no_value_is_left_in_the_statistics_or_the_mark_of_the_target(source, target, tmp_path: Path) -> None:
    copy_database(source, target)
    assert run(target, "SELECT count(*) FROM pg_statistic WHERE starelid = 'person'::regclass") == [(0,)]
    (mark,) = run(target, "SELECT product, manifest, objects::text FROM anon_assets.publication")
    assert CANARY not in str(mark)
    assert "table public.person" in mark[2]
