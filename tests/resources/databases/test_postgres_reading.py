from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pyarrow as pa
import pytest

from anon_assets.errors import AnonError, DatabaseError
from anon_assets.resources.databases.postgres import Postgres
from tests.resources.databases.whole_copy import copy_database, run


@pytest.fixture
def reader_role(embedded_server) -> str:
    embedded_server.execute("DROP ROLE IF EXISTS read_only")
    embedded_server.execute("CREATE ROLE read_only LOGIN")
    return "read_only"


def as_role(url: str, role: str) -> str:
    return url.replace("postgres@", f"{role}@")


def test_select_on_the_tables_is_all_that_reading_needs(make_database, embedded_server, reader_role) -> None:
    url, target = make_database("readable"), make_database("readable_copy")
    run(
        url, "CREATE SCHEMA hr; CREATE TABLE hr.t (id serial PRIMARY KEY, b int) ; INSERT INTO hr.t (b) VALUES (1), (2)"
    )
    run(url, "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)")
    run(url, "CREATE VIEW v AS SELECT 1 AS one; REVOKE ALL ON SCHEMA public FROM PUBLIC; SELECT lo_create(0)")
    run(url, "INSERT INTO p VALUES (1); GRANT USAGE ON SCHEMA hr, public TO read_only")
    run(url, "GRANT SELECT ON hr.t, p, p1 TO read_only")
    limited = as_role(url, reader_role)
    schema = copy_database(limited, target)
    assert [table.place for table in schema.tables] == ["hr.t", "public.p"]
    assert schema.large_objects == 1
    # The sequence itself may not be read; it goes on after the column that owns it.
    assert run(target, "INSERT INTO hr.t (b) VALUES (3) RETURNING id") == [(3,)]
    run(url, "DROP OWNED BY read_only")


def test_a_table_that_may_not_be_read_is_refused_by_name(make_database, reader_role) -> None:
    url = make_database("hidden")
    run(url, "CREATE TABLE open_one (a int); CREATE TABLE closed_one (a int); CREATE SCHEMA x CREATE TABLE t (a int)")
    run(url, "GRANT SELECT ON open_one TO read_only; GRANT SELECT ON x.t TO read_only")
    with (
        Postgres(url=as_role(url, reader_role)).snapshot() as snapshot,
        pytest.raises(DatabaseError, match=r"2 tables without SELECT privilege: public\.closed_one, x\.t\. grant"),
    ):
        snapshot.schema()
    run(url, "DROP OWNED BY read_only")


def test_rows_hidden_by_a_policy_make_the_read_fail(make_database, reader_role) -> None:
    url = make_database("policies")
    run(url, "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2); ALTER TABLE t ENABLE ROW LEVEL SECURITY")
    run(url, "CREATE POLICY p ON t USING (a = 1); GRANT SELECT ON t TO read_only")
    with Postgres(url=as_role(url, reader_role)).snapshot() as snapshot:
        table = snapshot.schema().table("public.t")
        with pytest.raises(DatabaseError, match="row level security"):
            snapshot.read(table, ["a"]).read_all()
        with pytest.raises(DatabaseError, match="42501"):
            snapshot.count(table)
    run(url, "DROP OWNED BY read_only")


def test_all_connections_see_one_moment_while_others_write(make_database) -> None:
    url = make_database("busy")
    run(url, "CREATE TABLE a (id bigserial PRIMARY KEY, n int); CREATE TABLE b (id bigserial PRIMARY KEY, n int)")
    run(
        url,
        "INSERT INTO a (n) SELECT 1 FROM generate_series(1, 20000); INSERT INTO b (n) SELECT n FROM a",
    )
    stop = threading.Event()

    def write() -> None:
        with psycopg.connect(url) as connection:
            while not stop.is_set():  # both tables always hold as many rows
                connection.execute("INSERT INTO a (n) VALUES (1)")
                connection.execute("INSERT INTO b (n) VALUES (1)")
                connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            with Postgres(url=url).snapshot() as snapshot, ThreadPoolExecutor(4) as pool:
                a, b = snapshot.schema().tables
                read = [pool.submit(lambda t: snapshot.read(t, ["n"]).read_all().num_rows, t) for t in (a, b, a, b)]
                rows = {each.result() for each in read}
                assert rows == {snapshot.count(a)} == {snapshot.count(b)}
    finally:
        stop.set()
        writer.join()


def test_a_snapshot_closed_while_threads_read_ends_their_reads(make_database) -> None:
    url = make_database("closing")
    run(url, "CREATE TABLE t AS SELECT n, md5(n::text) AS m FROM generate_series(1, 200000) n")
    ended: list[object] = []

    def drain(reader: pa.RecordBatchReader, begun: threading.Event) -> None:
        try:
            for _ in reader:
                begun.set()
        except AnonError as error:
            ended.append(error)
        else:
            ended.append(None)

    with Postgres(url=url).snapshot() as snapshot:
        (table,) = snapshot.schema().tables
        threads = []
        for _ in range(3):
            begun = threading.Event()
            thread = threading.Thread(target=drain, args=(snapshot.read(table, ["m", "n"], batch_rows=100), begun))
            thread.start()
            begun.wait(30)
            threads.append(thread)
    for thread in threads:
        thread.join(30)
    assert len(ended) == 3
    assert run(url, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'anon_assets'") == [(0,)]


def test_connections_are_used_again_and_closed_at_the_end(make_database) -> None:
    url = make_database("reuse")
    run(url, "CREATE TABLE t AS SELECT generate_series(1, 10) AS n")
    own = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'anon_assets'"
    )
    with Postgres(url=url).snapshot() as snapshot:
        (table,) = snapshot.schema().tables
        for _ in range(5):
            snapshot.read(table, ["n"]).read_all()
        assert run(url, own) == [(2,)]
    assert run(url, own) == [(0,)]


def test_an_error_in_the_middle_of_a_read_tells_no_value_and_harms_no_other_read(make_database, capfd) -> None:
    url = make_database("broken")
    run(url, "CREATE FUNCTION fail(a int) RETURNS text LANGUAGE plpgsql AS "
             "$$ BEGIN IF a > 90000 THEN RAISE EXCEPTION 'canary %', a; END IF; RETURN a::text; END $$; "
             "CREATE TYPE odd AS (a int); CREATE TABLE t AS SELECT generate_series(1, 100000) AS n")  # fmt: skip
    run(url, "CREATE FUNCTION to_odd(int) RETURNS odd LANGUAGE sql AS 'SELECT ROW($1)::odd'; "
             "CREATE TABLE good AS SELECT 1 AS a")  # fmt: skip
    from anon_assets.resources.databases.postgres.arrow import ArrowReaders

    with psycopg.connect(url) as exporting:
        exporting.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        (moment,) = exporting.execute("SELECT pg_export_snapshot()").fetchone()
        readers = ArrowReaders(psycopg.conninfo.conninfo_to_dict(url), moment, exporting.info.server_version)
        with pytest.raises(DatabaseError) as caught:
            list(readers.stream("public.t", "SELECT public.fail(n) FROM public.t"))
        assert sum(batch.num_rows for batch in readers.stream("public.good", "SELECT a FROM public.good")) == 1
        readers.close()
    seen = capfd.readouterr()
    assert "canary" not in str(caught.value) + seen.out + seen.err


def test_without_a_key_rows_come_in_one_order(make_database) -> None:
    url = make_database("order")
    run(url, "CREATE TABLE t AS SELECT n, md5(n::text) AS m FROM generate_series(1, 50000) n; CREATE INDEX ON t (m)")
    run(url, "VACUUM ANALYZE t")
    with Postgres(url=url).snapshot() as snapshot:
        (table,) = snapshot.schema().tables
        first = snapshot.read(table, ["m"]).read_all()
        assert first.equals(snapshot.read(table, ["m"]).read_all())
        pieces = [snapshot.read(table, ["m"], limit=20_000, offset=start).read_all() for start in (0, 20_000, 40_000)]
        assert pa.concat_tables(pieces).equals(first)


def test_a_key_that_travels_as_text_orders_as_its_own_type(make_database) -> None:
    url = make_database("keys")
    run(url, "CREATE TABLE t (k numeric PRIMARY KEY, v inet); INSERT INTO t SELECT n FROM generate_series(1, 12) n")
    with Postgres(url=url).snapshot() as snapshot:
        (table,) = snapshot.schema().tables
        assert snapshot.read(table, ["k"]).read_all()["k"].to_pylist() == [str(n) for n in range(1, 13)]


MILLION = """
import resource, sys
from anon_assets.contracts.database import Schema
from anon_assets.resources.databases.postgres import Postgres
source, target = sys.argv[1:]

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

with Postgres(url=source).snapshot() as snapshot, Postgres(url=target).publication("p") as publication:
    schema = snapshot.schema()
    structure = snapshot.structure()
    (table,) = schema.tables
    names = [column.name for column in table.columns]
    snapshot.read(table, names, limit=10).read_all()  # loads the drivers
    before = peak()
    assert sum(batch.num_rows for batch in snapshot.read(table, names)) == 1_000_000
    read = peak() - before
    publication.create(structure.before)
    assert publication.load(table, iter(snapshot.read(table, names))) == 1_000_000
    publication.create(structure.after)
    publication.finish({}, ())
    publication.commit("{}")
    print(int(read), int(peak() - before))
"""


@pytest.mark.slow
def test_a_million_rows_pass_in_bounded_memory(make_database: Callable[..., str]) -> None:
    source, target = make_database("million"), make_database("million_copy")
    run(source, "CREATE TABLE t AS SELECT n AS id, md5(n::text) AS a, md5('b' || n) || '@example.com' AS email, "
                "'street ' || n AS street, md5('c' || n) AS c, md5('d' || n) AS d, date '1970-01-01' + n % 9999 AS b, "
                "n / 3.0::float8 AS f FROM generate_series(1, 1000000) n; "
                "ALTER TABLE t ADD PRIMARY KEY (id)")  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MILLION, source, target], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-1500:]
    read, all_in_all = map(int, done.stdout.split())
    print(f"growth of the peak in MB: reading {read}, reading and loading {all_in_all}")
    assert read < 300
    assert all_in_all < 300
    total = "SELECT count(*), sum(id), min(email), max(email), sum(f)::numeric(20,2) FROM t"
    assert run(target, total) == run(source, total)
