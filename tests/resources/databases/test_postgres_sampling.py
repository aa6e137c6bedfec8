"""Samples, fingerprints and written texts of PostgreSQL, where its storage and catalogs have something of their own."""

from __future__ import annotations

import psycopg
import pytest

from anon_assets.resources.databases.postgres import Postgres
from anon_assets.resources.databases.postgres.sampling import sampled

BIG = 60_000


@pytest.fixture
def url(make_database):
    return make_database("sampling")


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def drawn(url: str, place: str, column: str = "id", **how) -> list:
    with Postgres(url=url).snapshot() as snapshot:
        return snapshot.sample(snapshot.schema().table(place), [column], **how).read_all()[column].to_pylist()


def taken(url: str, place: str = "public.t") -> str:
    with Postgres(url=url).snapshot() as snapshot:
        return snapshot.fingerprint(snapshot.schema().table(place))


def test_pages_are_drawn_where_they_are_many_and_rows_otherwise(url) -> None:
    run(url, "CREATE TABLE t (id int, filler text)",
        f"INSERT INTO t SELECT n, repeat('x', 300) FROM generate_series(1, {BIG}) n")  # fmt: skip
    with psycopg.connect(url) as connection:
        oid = connection.execute("SELECT 't'::regclass::oid::int8").fetchone()[0]
        how = {share: sampled(connection, "public.t", "ONLY t", [oid], share, "", 1) for share in (0.01, 0.5, 1, 3)}
    assert "BERNOULLI (1.000000) REPEATABLE (1)" in how[0.01] and "SYSTEM (50.000000)" in how[0.5]
    assert "TABLESAMPLE" not in how[1] + how[3]
    for share in (0.02, 0.5):
        ids = drawn(url, "public.t", share=share)
        assert len(ids) == pytest.approx(BIG * share, rel=0.25)
        tenths = [sum(low < each <= low + BIG // 10 for each in ids) for low in range(0, BIG, BIG // 10)]
        assert min(tenths) > len(ids) / 30  # from everywhere, never only the first


def test_partitions_and_old_style_children(url) -> None:
    run(url, "CREATE TABLE p (id int) PARTITION BY RANGE (id)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (500)",
        "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (500) TO (9999)",
        "INSERT INTO p SELECT generate_series(1, 999)",
        "CREATE TABLE parent (id int)", "CREATE TABLE child () INHERITS (parent)",
        "INSERT INTO parent SELECT generate_series(1, 100)",
        "INSERT INTO child SELECT generate_series(1001, 1100)")  # fmt: skip
    half = drawn(url, "public.p", share=0.5)
    assert any(each < 500 for each in half) and any(each >= 500 for each in half) and 300 < len(half) < 700
    assert max(drawn(url, "public.parent", share=0.9)) <= 100
    first = taken(url, "public.p")
    assert first and taken(url, "public.p") == first
    run(url, "UPDATE p2 SET id = 501 WHERE id = 501")
    second = taken(url, "public.p")
    run(url, "ALTER TABLE p DETACH PARTITION p1")
    assert len({first, second, taken(url, "public.p")}) == 3
    before = taken(url, "public.parent")
    run(url, "UPDATE child SET id = id")
    assert taken(url, "public.parent") == before


def test_values_that_arrow_cannot_hold_come_as_text_from_samples_too(url) -> None:
    run(url, "CREATE TABLE t (id int, born date)", "INSERT INTO t VALUES (1, '2020-01-01'), (2, 'infinity')")
    assert drawn(url, "public.t", "born", share=1) == ["2020-01-01", "infinity"]
    assert [str(each) for each in drawn(url, "public.t", "born", share=1, where="id = 1")] == ["2020-01-01"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE t SET note = 'b' WHERE id = 1",
        "DELETE FROM t WHERE id = 2",
        "TRUNCATE t",
        "VACUUM FULL t",
        "ALTER TABLE t ADD COLUMN extra text DEFAULT 'ada@example.com'",
        "ALTER TABLE t DROP COLUMN note",
        "ALTER TABLE t ALTER COLUMN note TYPE varchar(90)",
        "ALTER TYPE mood RENAME VALUE 'calm' TO 'ada@example.com'",
        "ALTER TYPE pair ADD ATTRIBUTE c text",
        "BEGIN; DELETE FROM t; INSERT INTO t VALUES (1, 'a'), (2, 'a'), (3, 'a'); COMMIT",
    ],
)
def test_what_ends_a_fingerprint(url, change) -> None:
    run(url, "CREATE TYPE mood AS ENUM ('calm')", "CREATE TYPE pair AS (a int, b int)",
        "CREATE TABLE t (id int, note text, mood mood, pair pair)",
        "INSERT INTO t VALUES (1, 'a'), (2, 'a'), (3, 'a')")  # fmt: skip
    before = taken(url)
    assert len(before) == 64 and taken(url) == before
    run(url, change)
    assert taken(url) != before


def test_what_does_not_end_a_fingerprint(url) -> None:
    run(url, "CREATE TABLE t (id int, note text)", "INSERT INTO t SELECT n, 'a' FROM generate_series(1, 500) n")
    before = taken(url)
    run(url, "ANALYZE t", "VACUUM FREEZE t", "BEGIN; UPDATE t SET note = 'b'; ROLLBACK", "CREATE INDEX ON t (note)",
        "SELECT pg_stat_reset()", "CREATE TABLE other AS SELECT * FROM t", "COMMENT ON TABLE t IS 'x'")  # fmt: skip
    assert taken(url) == before


def test_counters_that_stand_still_hide_no_change(url) -> None:
    run(url, "CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)")
    before = taken(url)
    run(url, "SET track_counts = off", "BEGIN; SET LOCAL track_counts = off; UPDATE t SET id = 2; COMMIT")
    assert taken(url) != before


def test_the_older_form_of_the_hash_tells_changes_as_well(url, monkeypatch) -> None:
    from anon_assets.resources.databases.postgres import sampling

    run(url, "CREATE TABLE t (id int)", "INSERT INTO t SELECT generate_series(1, 50)")
    monkeypatch.setattr(sampling, "_VERSION", sampling._VERSION_AS_TEXT)
    before = taken(url)
    assert taken(url) == before
    run(url, "UPDATE t SET id = id WHERE id = 7")
    assert taken(url) != before


def test_every_text_is_told_and_no_other(url) -> None:
    run(
        url,
        "CREATE SCHEMA hr", "COMMENT ON SCHEMA hr IS 'text of schema'",
        "CREATE TYPE hr.mood AS ENUM ('label one', 'label two')", "COMMENT ON TYPE hr.mood IS 'text of type'",
        "CREATE DOMAIN hr.code AS text DEFAULT 'text of domain' CHECK (VALUE <> 'text of domain check')",
        "CREATE TABLE hr.t (id serial PRIMARY KEY, a text DEFAULT 'text of default', b text GENERATED ALWAYS AS (a || 'text of "
        "expression') STORED, CONSTRAINT c CHECK (a <> 'text of check'))",
        "COMMENT ON TABLE hr.t IS 'text of table'", "COMMENT ON COLUMN hr.t.a IS 'text of column'",
        "COMMENT ON CONSTRAINT c ON hr.t IS 'text of constraint'",
        "CREATE INDEX i ON hr.t (a) WHERE a <> 'text of index'",
        "CREATE VIEW hr.v AS SELECT 'text of view' AS x", "COMMENT ON VIEW hr.v IS 'text on view'",
        "CREATE MATERIALIZED VIEW hr.m AS SELECT 'text of materialized' AS x",
        "CREATE FUNCTION hr.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN /* text of function */ RETURN NEW; END $$",
        "COMMENT ON FUNCTION hr.f IS 'text on function'",
        "CREATE TRIGGER g BEFORE UPDATE ON hr.t FOR EACH ROW WHEN (NEW.a = 'text of trigger') EXECUTE FUNCTION hr.f()",
        "CREATE RULE r AS ON DELETE TO hr.t WHERE old.a = 'text of rule' DO INSTEAD NOTHING",
        "CREATE POLICY p ON hr.t USING (a = 'text of policy')",
        "CREATE TABLE hr.l (a text) PARTITION BY LIST (a)",
        "CREATE TABLE hr.l1 PARTITION OF hr.l FOR VALUES IN ('text of partition')",
        "CREATE TEMP TABLE gone (a text DEFAULT 'text of temporary')",
    )  # fmt: skip
    with Postgres(url=url).snapshot() as snapshot:
        texts = snapshot.texts()
    found = {(each.place, each.part): each.text for each in texts}
    for key, words in {
        ("hr", "comment"): "schema", ("hr.mood", "comment"): "type", ("hr.code", "domain"): "domain",
        ("hr.t.a", "default"): "default", ("hr.t.b", "expression"): "expression", ("hr.t", "check"): "check",
        ("hr.t", "comment"): "table", ("hr.t.a", "comment"): "column", ("hr.t", "comment on a constraint"): "constraint",
        ("hr.i", "index"): "index", ("hr.v", "view"): "view", ("hr.m", "view"): "materialized",
        ("hr.f", "function"): "function",
        ("hr.f", "comment"): "text on function", ("hr.t", "trigger"): "trigger", ("hr.t", "rule"): "rule",
        ("hr.t", "row security"): "policy", ("hr.l1", "partition"): "partition", ("hr.v", "comment"): "text on view",
    }.items():  # fmt: skip
        assert words in found[key], key
    assert found["hr.mood", "label"] == "label one\nlabel two"
    assert "text of domain check" in found["hr.code", "domain"]
    assert found["hr.t_id_seq", "sequence"] == "t_id_seq"
    whole = " ".join(found.values())
    assert "temporary" not in whole and not [
        place for place, _ in found if place.startswith(("pg_", "information_schema"))
    ]
