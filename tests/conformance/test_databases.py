"""What every database must do.

A new member joins by its own test file, ``tests/resources/databases/test_<kind>.py``, with a function
``open_member(request)`` that returns a ``Harness``: two empty databases of one server, and a way to run statements in
them. The statements here are standard SQL.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pytest

from anon_assets.contracts.database import DATABASES, Database, Publication, Schema, Snapshot
from anon_assets.errors import AnonError, ConnectionFailed, DatabaseError, TargetRefused

MEMBERS = Path(__file__).parents[1] / "resources" / "databases"
ROWS = 1000


class Harness(Protocol):
    """What a member's test file supplies."""

    source: Database
    target: Database
    unreachable: Database

    def execute(self, database: Database, statement: str) -> list[tuple]:
        """Run one statement in a session of its own and return its rows."""


@pytest.fixture(params=DATABASES.kinds())
def harness(request: pytest.FixtureRequest) -> Harness:
    file = MEMBERS / f"test_{request.param}.py"
    assert file.exists(), f"database {request.param} has no test file"
    found: Callable[[pytest.FixtureRequest], Harness] = runpy.run_path(str(file))["open_member"]
    return found(request)


@pytest.fixture
def shop(harness: Harness) -> Harness:
    """The harness with a filled source."""
    for statement in (
        "CREATE SCHEMA shop",
        """CREATE TABLE shop.person (id integer PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, born date,
           spent numeric(10, 2), note varchar(100), chief integer REFERENCES shop.person (id))""",
        "CREATE TABLE shop.purchase (id integer PRIMARY KEY, person_id integer NOT NULL REFERENCES shop.person (id))",
        "CREATE TABLE shop.nothing (a integer)",
        "CREATE VIEW shop.emails AS SELECT email FROM shop.person",
    ):
        harness.execute(harness.source, statement)
    people = ", ".join(
        f"({n}, 'p{n}@example.com', DATE '{date(1970, 1, 1 + n % 28)}', {n}.25, "
        f"{'NULL' if n % 3 == 0 else repr('') if n % 3 == 1 else repr('a,b ü 😀 ' + str(n))}, {n - 1 or 'NULL'})"
        for n in range(1, ROWS + 1)
    )
    harness.execute(harness.source, f"INSERT INTO shop.person VALUES {people}")
    purchases = ", ".join(f"({n}, {n % ROWS + 1})" for n in range(1, ROWS + 1))
    harness.execute(harness.source, f"INSERT INTO shop.purchase VALUES {purchases}")
    return harness


def publish(harness: Harness, product: str = "shop", manifest: str = "{}") -> None:
    with harness.source.snapshot() as snapshot, harness.target.publication(product) as publication:
        copy(snapshot, publication)
        publication.commit(manifest)


def copy(snapshot: Snapshot, publication: Publication) -> Schema:
    schema, structure = snapshot.schema(), snapshot.structure()
    publication.create(structure.before)
    for table in schema.tables:
        rows = iter(snapshot.read(table, [column.name for column in table.stored], batch_rows=300))
        assert publication.load(table, rows) == snapshot.count(table) == publication.count(table)
    publication.create(structure.after)
    publication.finish(snapshot.sequences(), schema.views)
    return schema


def people(harness: Harness, database: Database) -> list[tuple]:
    return harness.execute(database, "SELECT * FROM shop.person ORDER BY id")


def test_schema_tells_the_declared_facts(shop: Harness) -> None:
    with shop.source.snapshot() as snapshot:
        schema = snapshot.schema()
        assert schema.fingerprint == snapshot.schema().fingerprint
    assert [table.place for table in schema.tables] == ["shop.nothing", "shop.person", "shop.purchase"]
    person = schema.table("shop.person")
    assert person.primary_key == ("id",)
    assert person.uniques == (("email",),)
    assert [(column.name, column.logical, column.nullable) for column in person.columns] == [
        ("id", "integer", False), ("email", "text", False), ("born", "date", True),
        ("spent", "decimal", True), ("note", "text", True), ("chief", "integer", True),
    ]  # fmt: skip
    assert (person.column("email").max_length, person.column("id").bits) == (60, 32)
    assert (person.column("spent").precision, person.column("spent").scale) == (10, 2)
    (own,) = person.foreign_keys
    assert (own.columns, own.target, own.target_columns) == (("chief",), "shop.person", ("id",))
    assert [(view.place, view.materialized, view.reads) for view in schema.views] == [
        ("shop.emails", False, ("shop.person",))
    ]


def test_rows_come_typed_ordered_and_in_bounded_batches(shop: Harness) -> None:
    with shop.source.snapshot() as snapshot:
        person = snapshot.schema().table("shop.person")
        reader = snapshot.read(person, ["spent", "id", "born", "note"], batch_rows=300)
        assert reader.schema.types == [pa.decimal128(10, 2), pa.int32(), pa.date32(), pa.string()]
        batches = list(reader)
    assert [batch.num_rows for batch in batches] == [300, 300, 300, 100]
    table = pa.Table.from_batches(batches)
    assert table.column_names == ["spent", "id", "born", "note"]
    assert table["id"].to_pylist() == list(range(1, ROWS + 1))
    assert table["note"].null_count == ROWS // 3
    assert table["note"][0].as_py() == ""


def test_limit_and_offset_cut_the_same_order(shop: Harness) -> None:
    with shop.source.snapshot() as snapshot:
        person = snapshot.schema().table("shop.person")
        assert snapshot.read(person, ["id"], limit=3, offset=5).read_all()["id"].to_pylist() == [6, 7, 8]
        assert snapshot.read(person, ["id"], offset=ROWS).read_all().num_rows == 0
        assert snapshot.read(person, ["id"], limit=0).read_all().num_rows == 0


def test_an_empty_table_has_a_schema_and_no_batch(shop: Harness) -> None:
    with shop.source.snapshot() as snapshot:
        reader = snapshot.read(snapshot.schema().table("shop.nothing"), ["a"])
        assert reader.schema.names == ["a"]
        assert list(reader) == []


def test_unknown_columns_and_none_at_all_are_refused(shop: Harness) -> None:
    with shop.source.snapshot() as snapshot:
        person = snapshot.schema().table("shop.person")
        with pytest.raises(DatabaseError, match=r"shop\.person\.emial"):
            snapshot.read(person, ["emial"])
        with pytest.raises(DatabaseError, match=r"shop\.person"):
            snapshot.read(person, [])


def test_all_reads_see_one_moment(shop: Harness) -> None:
    with shop.source.snapshot() as snapshot:
        schema = snapshot.schema()
        half = snapshot.read(schema.table("shop.person"), ["id"], batch_rows=100)
        half.read_next_batch()
        shop.execute(shop.source, "DELETE FROM shop.purchase")
        shop.execute(shop.source, "INSERT INTO shop.nothing VALUES (1)")
        assert snapshot.count(schema.table("shop.purchase")) == ROWS
        assert snapshot.read(schema.table("shop.purchase"), ["id"]).read_all().num_rows == ROWS
        assert snapshot.count(schema.table("shop.nothing")) == 0
    with shop.source.snapshot() as snapshot:
        assert snapshot.count(schema.table("shop.purchase")) == 0


def test_a_sample_is_spread_typed_and_repeatable(shop: Harness) -> None:
    with shop.source.snapshot() as snapshot:
        person = snapshot.schema().table("shop.person")
        drawn = snapshot.sample(person, ["spent", "id"], share=0.3, batch_rows=50).read_all()
        assert drawn.schema.types == [pa.decimal128(10, 2), pa.int32()]
        ids = drawn["id"].to_pylist()
        assert len(set(ids)) == len(ids) and 150 < len(ids) < 450
        assert all(any(low < each <= low + ROWS // 4 for each in ids) for low in range(0, ROWS, ROWS // 4))
        again = snapshot.sample(person, ["id"], share=0.3).read_all()["id"].to_pylist()
        other = snapshot.sample(person, ["id"], share=0.3, seed=7).read_all()["id"].to_pylist()
        assert sorted(again) == sorted(ids) != sorted(other)
        whole = snapshot.sample(person, ["id"], share=1).read_all()["id"].to_pylist()
        assert sorted(whole) == list(range(1, ROWS + 1))
        assert snapshot.sample(snapshot.schema().table("shop.nothing"), ["a"], share=0.5).read_all().num_rows == 0
    with shop.source.snapshot() as snapshot:
        later = snapshot.sample(person, ["id"], share=0.3).read_all()["id"].to_pylist()
    assert sorted(later) == sorted(ids)


def test_a_condition_limits_a_sample(shop: Harness) -> None:
    with shop.source.snapshot() as snapshot:
        person = snapshot.schema().table("shop.person")
        few = snapshot.sample(person, ["id"], share=1, where="id <= 10 OR email = 'p999@example.com'").read_all()
        assert sorted(few["id"].to_pylist()) == [*range(1, 11), 999]
        part = snapshot.sample(person, ["id"], share=0.5, where="id <= 400").read_all()["id"].to_pylist()
        assert 100 < len(part) < 300 and max(part) <= 400
        assert snapshot.sample(person, ["id"], share=1, where="born IS NULL").read_all().num_rows == 0
        assert 0 < snapshot.estimate(person, "id <= 10") <= snapshot.estimate(person)


@pytest.mark.parametrize(
    "where", ["no_such_column = 1", "id = 1; DELETE FROM shop.person", "sum(id) > 1", "id", "id = ", "email = 'canary"]
)
def test_what_is_no_condition_is_refused_without_quoting_it(shop: Harness, where: str) -> None:
    with shop.source.snapshot() as snapshot:
        person = snapshot.schema().table("shop.person")
        for use in (snapshot.estimate, lambda table, given: snapshot.sample(table, ["id"], share=1, where=given)):
            with pytest.raises(DatabaseError, match=r"shop\.person") as caught:
                use(person, where)
            assert "canary" not in str(caught.value)
        assert snapshot.count(person) == ROWS  # the snapshot is as good as before


def test_samples_of_nothing_are_refused(shop: Harness) -> None:
    with shop.source.snapshot() as snapshot:
        person = snapshot.schema().table("shop.person")
        for share in (0, -1, float("nan"), float("inf")):
            with pytest.raises(DatabaseError):
                snapshot.sample(person, ["id"], share=share)
        with pytest.raises(DatabaseError, match=r"shop\.person\.emial"):
            snapshot.sample(person, ["emial"], share=1)
        with pytest.raises(DatabaseError, match=r"shop\.person"):
            snapshot.sample(person, [], share=1)


def test_a_fingerprint_stands_for_the_rows_it_was_taken_of(shop: Harness) -> None:
    def taken(place: str = "shop.person") -> str:
        with shop.source.snapshot() as snapshot:
            return snapshot.fingerprint(snapshot.schema().table(place))

    first = taken()
    if not first:
        pytest.skip("this database cannot tell whether rows changed")
    assert taken() == first != taken("shop.nothing")
    seen = {first}
    for statement in (
        "UPDATE shop.person SET note = 'other' WHERE id = 7",
        "DELETE FROM shop.purchase WHERE person_id = 1000",
        "INSERT INTO shop.person (id, email) VALUES (5000, 'x@example.com')",
        "UPDATE shop.person SET email = 'y@example.com' WHERE id = 5000",
        "DELETE FROM shop.person WHERE id = 1000",
    ):
        shop.execute(shop.source, statement)
        now = taken()
        assert (now in seen) == ("purchase" in statement), statement
        seen.add(now)
    with shop.source.snapshot() as snapshot:
        person = snapshot.schema().table("shop.person")
        before = snapshot.fingerprint(person)
        shop.execute(shop.source, "UPDATE shop.person SET spent = 1 WHERE id = 1")
        assert snapshot.fingerprint(person) == before  # of the snapshot's moment


def test_texts_of_the_catalog_are_told_with_their_places(shop: Harness) -> None:
    shop.execute(shop.source, "CREATE TABLE shop.written (a varchar(40) DEFAULT 'ask ada@example.com')")
    shop.execute(shop.source, "CREATE VIEW shop.told AS SELECT 'bob@example.com' AS who FROM shop.written")
    with shop.source.snapshot() as snapshot:
        texts = snapshot.texts()
    found = {(each.place, each.part): each.text for each in texts}
    assert "ada@example.com" in found["shop.written.a", "default"]
    assert "bob@example.com" in found["shop.told", "view"]
    assert "example.com" not in repr(texts)


def test_a_reader_may_be_left_in_the_middle_and_outlive_its_snapshot(shop: Harness) -> None:
    with shop.source.snapshot() as snapshot:
        person = snapshot.schema().table("shop.person")
        left = snapshot.read(person, ["id"], batch_rows=10)
        left.read_next_batch()
        fresh = snapshot.read(person, ["id"])
    with pytest.raises(AnonError):
        fresh.read_all()
    del left


def test_a_copy_is_equal_and_its_constraints_hold(shop: Harness) -> None:
    publish(shop, manifest='{"a": 1}')
    assert people(shop, shop.target) == people(shop, shop.source)
    assert shop.target.published() == ("shop", '{"a": 1}')
    with pytest.raises(Exception, match=r"(?i)foreign|referen"):
        shop.execute(shop.target, "INSERT INTO shop.purchase VALUES (-1, -1)")
    with shop.source.snapshot() as before, shop.target.snapshot() as after:
        assert after.schema().fingerprint == before.schema().fingerprint


def test_the_same_product_replaces_itself_as_often_as_it_likes(shop: Harness) -> None:
    publish(shop)
    shop.execute(shop.source, "DELETE FROM shop.purchase")
    publish(shop)
    publish(shop, manifest='{"third": true}')
    assert shop.execute(shop.target, "SELECT count(*) FROM shop.purchase") == [(0,)]
    assert people(shop, shop.target) == people(shop, shop.source)
    assert shop.target.published() == ("shop", '{"third": true}')


def test_nothing_is_seen_before_the_commit_nor_after_an_error(shop: Harness) -> None:
    publish(shop)
    shop.execute(shop.source, "DELETE FROM shop.purchase")
    with (
        pytest.raises(ZeroDivisionError),
        shop.source.snapshot() as snapshot,
        shop.target.publication("shop") as publication,
    ):
        copy(snapshot, publication)
        assert shop.execute(shop.target, "SELECT count(*) FROM shop.purchase") == [(ROWS,)]
        raise ZeroDivisionError
    assert shop.execute(shop.target, "SELECT count(*) FROM shop.purchase") == [(ROWS,)]
    with shop.target.publication("shop"):
        pass  # left without a commit
    assert shop.execute(shop.target, "SELECT count(*) FROM shop.purchase") == [(ROWS,)]


@pytest.mark.parametrize("published", [False, True])
def test_a_target_with_tables_of_others_is_refused(shop: Harness, published: bool) -> None:
    if published:
        publish(shop)
    shop.execute(shop.target, "CREATE TABLE precious (a integer)")
    with pytest.raises(TargetRefused, match="precious"), shop.target.publication("shop"):
        pass
    assert shop.execute(shop.target, "SELECT count(*) FROM precious") == [(0,)]


def test_another_product_is_refused(shop: Harness) -> None:
    publish(shop)
    with pytest.raises(TargetRefused, match="shop"), shop.target.publication("other"):
        pass
    assert people(shop, shop.target) == people(shop, shop.source)


def test_a_refused_row_is_named_by_range_and_constraint_not_by_value(shop: Harness) -> None:
    publish(shop)
    with shop.source.snapshot() as snapshot, shop.target.publication("shop") as publication:
        publication.create(snapshot.structure().before)
        person = snapshot.schema().table("shop.person")

        def rows() -> Iterator[pa.RecordBatch]:
            for number in range(3):
                ids = pa.array(range(number * 100, number * 100 + 100), pa.int32())
                emails = pa.array(["canary@example.com" if each != 150 else None for each in ids.to_pylist()])
                yield pa.record_batch({"id": ids, "email": emails})

        with pytest.raises(DatabaseError) as caught:
            publication.load(person, rows())
    told = str(caught.value)
    assert "shop.person" in told
    assert "row 151" in told
    assert "email" in told
    assert "canary" not in told
    assert people(shop, shop.target) == people(shop, shop.source)


def test_what_is_left_out_takes_its_views_and_foreign_keys_along(shop: Harness) -> None:
    with shop.source.snapshot() as snapshot, shop.target.publication("shop") as publication:
        structure = snapshot.structure(["shop.person"])
        publication.create(structure.before)
        publication.create(structure.after)
        publication.finish(snapshot.sequences(), snapshot.schema().views)
        publication.commit("{}")
    with shop.target.snapshot() as snapshot:
        schema = snapshot.schema()
    assert [table.place for table in schema.tables] == ["shop.nothing", "shop.purchase"]
    assert schema.table("shop.purchase").foreign_keys == ()
    assert schema.views == ()


def test_leaving_out_what_is_not_there_is_refused(shop: Harness) -> None:
    with shop.source.snapshot() as snapshot, pytest.raises(DatabaseError, match=r"shop\.person"):
        snapshot.structure(["shop.persn"])


def test_identities_tell_databases_apart(harness: Harness) -> None:
    assert harness.source.identity() == harness.source.identity()
    assert harness.source.identity() != harness.target.identity()


def test_an_empty_database_has_an_empty_schema_and_no_mark(harness: Harness) -> None:
    assert harness.target.published() is None
    with harness.target.snapshot() as snapshot:
        assert snapshot.schema().tables == ()


def test_an_unreachable_database_is_told_without_secrets(harness: Harness) -> None:
    for use in (
        harness.unreachable.identity,
        harness.unreachable.published,
        lambda: harness.unreachable.snapshot().__enter__(),
        lambda: harness.unreachable.publication("p").__enter__(),
    ):
        with pytest.raises(ConnectionFailed) as caught:
            use()
        assert caught.value.hint
        assert "s3cret" not in str(caught.value)
    assert "s3cret" not in harness.unreachable.describe()


def test_a_database_declared_not_writable_is_never_published_into(shop: Harness) -> None:
    locked = shop.target.model_copy(update={"writable": False})
    with pytest.raises(TargetRefused), locked.publication("shop"):
        pass
