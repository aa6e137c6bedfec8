"""How a database is scanned: what is read, what is left out and said to be, what is remembered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import ClassVar

import psycopg
import pytest

from anon_assets.contracts.classifier import Classifier, Vote, Votes
from anon_assets.contracts.database import Column, Schema, Table
from anon_assets.contracts.detector import Verdict
from anon_assets.errors import DatabaseError, FindingsError
from anon_assets.policies.scan_rules import ScanRules
from anon_assets.resources.databases.postgres import Postgres
from anon_assets.resources.databases.postgres.reading import PostgresSnapshot
from anon_assets.stages import fingerprints
from anon_assets.stages.data_keys import open_keys
from anon_assets.stages.fingerprints import Memory, detecting_version
from anon_assets.stages.neighbours import all_detectors
from anon_assets.stages.sampling import thin
from anon_assets.stages.survey import Coverage, survey

FIRST = 1_000  # rows of a first sample here, so that small tables do
ROWS = 6_000


@pytest.fixture(autouse=True)
def _small_samples(monkeypatch):
    for module in ("sampling", "survey"):
        monkeypatch.setattr(f"anon_assets.stages.{module}.FIRST_ROWS", FIRST)


def verdicts(found, place):
    return {each.column: each for each in found.verdicts[place]}


@pytest.fixture(scope="module")
def wide(embedded_server) -> str:
    """A table with personal data in odd corners: at the end, in few rows, in few values, nowhere."""
    url = embedded_server.create("survey_wide")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE visit (id int, mail text, late text, rare text, code text, empty text)")
        connection.execute(
            f"""INSERT INTO visit SELECT n, 'p' || n || '@kundenpost.example',
                CASE WHEN n > {ROWS} / 2 THEN 'q' || n || '@kundenpost.example' END,
                CASE WHEN n % 400 = 0 THEN 'r' || n || '@kundenpost.example' END, 'A' || n % 4, NULL
                FROM generate_series(1, {ROWS}) n"""
        )
        connection.execute("CREATE TABLE small (id int, mail text)")
        connection.execute(
            "INSERT INTO small SELECT n, 's' || n || '@kundenpost.example' FROM generate_series(1, 50) n"
        )
        connection.execute("ANALYZE")
    return url


@pytest.fixture
def read(monkeypatch) -> list[tuple[str, tuple[str, ...], float]]:
    """What was read, in order: table, columns, share."""
    seen = []
    sample = PostgresSnapshot.sample

    def noting(self, table, columns, *, share, **how):
        seen.append((table.place, tuple(columns), share))
        return sample(self, table, columns, share=share, **how)

    monkeypatch.setattr(PostgresSnapshot, "sample", noting)
    return seen


def test_everything_is_read_where_nothing_else_is_said(wide, read):
    told = []
    found = survey(Postgres(url=wide), lambda *each: told.append(each))
    assert read == [("public.small", ("id", "mail"), 1),
                    ("public.visit", ("id", "mail", "late", "rare", "code", "empty"), 1)]  # fmt: skip
    assert found.coverage["public.visit"] == Coverage("full", ROWS, ROWS)
    columns = verdicts(found, "public.visit")
    assert all(columns[name].entity == "email" for name in ("mail", "late", "rare"))
    assert (columns["code"].verdict, columns["empty"].verdict) == ("none", "unknown")
    assert ("scan", "public.visit", ROWS) in told and "kundenpost" not in json.dumps(found.to_dict())


def test_a_sample_comes_from_everywhere_and_grows_where_it_must(wide, read):
    rules = ScanRules(mode="partial")
    found = survey(Postgres(url=wide), rules=rules)
    assert read[0] == ("public.small", ("id", "mail"), 1)  # small tables are read as a whole
    (place, first, share), *later = read[1:]
    assert (place, first) == ("public.visit", ("id", "mail", "late", "rare", "code", "empty"))
    assert share == pytest.approx(FIRST / ROWS, rel=0.05)
    assert [round(share, 2) for _, _, share in later] == [0.67, 1.0]
    assert {"code", "empty"} <= set(later[0][1]) <= {"rare", "code", "empty"}  # what is settled is not read again
    assert set(later[1][1]) == {"empty"}  # no more codes have come
    columns = verdicts(found, "public.visit")
    assert columns["mail"].entity == columns["late"].entity == columns["rare"].entity == "email"
    assert columns["late"].share == pytest.approx(1) and columns["mail"].rows < ROWS / 2
    assert columns["empty"].verdict == "unknown" and columns["empty"].rows == ROWS
    coverage = found.coverage["public.visit"]
    assert coverage.extent == "partial" and FIRST / 2 < coverage.rows < FIRST * 2
    assert found.coverage["public.small"].extent == "full"
    again = survey(Postgres(url=wide), rules=rules)
    assert (again.verdicts, again.coverage) == (found.verdicts, found.coverage)


def test_an_estimate_that_is_far_off_does_not_hide_a_table(wide, read, monkeypatch):
    monkeypatch.setattr(PostgresSnapshot, "estimate", lambda _self, _table, _where="": 50_000_000)
    found = survey(Postgres(url=wide), rules=ScanRules(mode="partial", only=["*.small"]))
    assert [share for _, _, share in read][-1] == 1.0
    assert verdicts(found, "public.small")["mail"].entity == "email"


@pytest.mark.parametrize(
    ("verdict", "settled"),
    [
        (Verdict("a", "unknown", rule="no values"), False),
        (Verdict("a", "none", distinct=3, rows=20_000), False),
        (Verdict("a", "none", distinct=9_000, rows=20_000), True),
        (Verdict("a", "type", "email", "direct", hits=9_000, rule="pattern"), True),
        (Verdict("a", "contains", "email", "direct", hits=2, rule="text:email"), False),
        (Verdict("a", "type", "email", "direct", hits=0, rule="name:mail"), True),
        (Verdict("a", "not_scanned", rule="type:binary"), True),
    ],
)
def test_when_evidence_is_thin(verdict, settled):
    assert thin(Column("a"), verdict) is not settled


def test_codes_are_settled_once_more_rows_bring_no_more_of_them():
    few = Verdict("a", "none", distinct=3, rows=20_000)
    assert not thin(Column("a"), few, few)
    assert thin(Column("a"), few, Verdict("a", "none", distinct=2, rows=5_000))
    assert not thin(Column("a", "boolean", "boolean"), few)


def test_what_the_rules_leave_out_is_said_and_not_read(wide, read):
    rules = ScanRules(skip=["public.small", "*.*.mail"])
    found = survey(Postgres(url=wide), rules=rules)
    assert read == [("public.visit", ("id", "late", "rare", "code", "empty"), 1)]
    assert {(each.verdict, each.rule) for each in found.verdicts["public.small"]} == {
        ("not_scanned", "rule:skip public.small")
    }
    assert verdicts(found, "public.visit")["mail"].rule == "rule:skip *.*.mail"
    assert [each.column for each in found.verdicts["public.visit"]] == ["id", "mail", "late", "rare", "code", "empty"]
    assert found.coverage["public.small"] == Coverage("none", reason="rule:skip public.small")


def test_a_column_that_is_left_out_stays_so_though_it_refers_to_a_personal_one(make_database):
    url = make_database("skipped")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE a (mail text PRIMARY KEY)")
        connection.execute("INSERT INTO a SELECT 'p' || n || '@kundenpost.example' FROM generate_series(1, 50) n")
        connection.execute("CREATE TABLE b (of text REFERENCES a)")
        connection.execute("INSERT INTO b SELECT mail FROM a")
    assert verdicts(survey(Postgres(url=url)), "public.b")["of"].entity == "email"
    found = survey(Postgres(url=url), rules=ScanRules(skip=["public.b.of"]))
    assert verdicts(found, "public.b")["of"] == Verdict("of", "not_scanned", rule="rule:skip public.b.of")


def test_a_condition_says_which_rows_are_read(wide):
    found = survey(Postgres(url=wide), rules=ScanRules(where={"public.visit": f"id <= {ROWS} / 2"}))
    assert found.coverage["public.visit"].rows == ROWS / 2
    assert found.coverage["public.visit"].where == f"id <= {ROWS} / 2"
    assert verdicts(found, "public.visit")["late"].verdict == "unknown"


def test_rules_that_do_not_fit_stop_before_anything_is_read(wide, read):
    with pytest.raises(FindingsError, match="nowhere"):
        survey(Postgres(url=wide), rules=ScanRules(only=["nowhere"]))
    with pytest.raises(DatabaseError, match=r"public\.small") as caught:
        survey(Postgres(url=wide), rules=ScanRules(where={"public.small": "mail = s3cret"}))
    assert "s3cret" not in str(caught.value) and read == []
    found = survey(Postgres(url=wide), rules=ScanRules(skip=["nowhere"], only=["*.small"]))
    assert [each.code for each in found.notes] == ["unused-rule"]


def test_binary_columns_are_not_even_read(make_database, read):
    url = make_database("binary")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE a (photo bytea)")
        connection.execute("CREATE TABLE b (photo bytea, twice int GENERATED ALWAYS AS (id * 2) STORED, id int)")
    found = survey(Postgres(url=url))
    assert read == [("public.b", ("id",), 1)]
    assert verdicts(found, "public.a")["photo"].rule == "type:binary"
    assert verdicts(found, "public.b")["twice"].rule == "generated"


def test_a_database_without_tables_is_refused(make_database):
    with pytest.raises(DatabaseError, match="no tables"):
        survey(Postgres(url=make_database("bare")))


# --- what is remembered ---


@pytest.fixture
def product(shop, make_database):
    from tests.shop import moved

    return moved(shop, shop.root, shop.target, make_database("grown", "template_shop"))


def scan(shop, *, fresh=False, rules=None):
    loaded = shop.product()
    return survey(loaded.source, rules=rules, memory=Memory(loaded, open_keys(loaded), fresh=fresh))


def extents(found):
    return {place: each.extent for place, each in found.coverage.items()}


def test_unchanged_tables_keep_their_verdicts_unread(product, read):
    first = scan(product)
    assert set(extents(first).values()) == {"full"}
    read.clear()
    second = scan(product)
    assert read == [] and set(extents(second).values()) == {"unchanged"}
    assert second.verdicts == first.verdicts
    assert {place: each.rows for place, each in second.coverage.items()} == {
        place: each.rows for place, each in first.coverage.items()
    }
    assert set(extents(scan(product, fresh=True)).values()) == {"full"}


def test_what_changed_is_read_again_and_alone(product, read):
    first = scan(product)
    read.clear()
    product.query("UPDATE hr.badge SET badge_id = gen_random_uuid() WHERE person_id = 3", product.source)
    product.query("ALTER TABLE nothing ALTER COLUMN label TYPE varchar(30)", product.source)
    second = scan(product)
    assert {place for place, _, _ in read} == {"hr.badge", "public.nothing"}
    assert second.verdicts == first.verdicts
    read.clear()
    product.query("UPDATE purchase SET note = 'a'", product.source)
    third = scan(product)
    assert {place for place, _, _ in read} == {"public.purchase"}
    assert verdicts(third, "public.purchase")["note"].verdict == "none"


def test_other_columns_detectors_or_code_are_other_verdicts(product, read, monkeypatch):
    scan(product)
    read.clear()
    scan(product, rules=ScanRules(skip=["public.purchase.note"]))
    assert {place for place, _, _ in read} == {"public.purchase"}
    scan(product)
    read.clear()
    monkeypatch.setattr(fingerprints, "_code_version", lambda: "other")
    scan(product)
    assert len({place for place, _, _ in read}) == 9


def test_conditions_and_samples_are_never_recalled(product, read, monkeypatch):
    rules = ScanRules(where={"public.purchase": "person_id > 3"})
    scan(product, rules=rules)
    read.clear()
    scan(product, rules=rules)
    assert {place for place, _, _ in read} == {"public.purchase"}
    for module in ("sampling", "survey"):
        monkeypatch.setattr(f"anon_assets.stages.{module}.FIRST_ROWS", 10)
    product.query("ANALYZE", product.source)
    sampled = scan(product, fresh=True, rules=ScanRules(mode="partial"))
    assert extents(sampled)["public.purchase"] == "partial"
    assert extents(scan(product))["public.purchase"] == "full"


def memory_file(product):
    (file,) = [path for path in product.store.rglob("survey.json") if path.is_file()]
    return file


def test_a_changed_or_foreign_memory_is_as_none(product, read):
    scan(product)
    file = memory_file(product)
    text = file.read_text()
    assert "kundenpost" not in text
    for damaged in (text.replace('"email"', '"none"', 1), text[: len(text) // 2], "{}", ""):
        file.write_text(damaged)
        read.clear()
        assert Memory(product.product(), open_keys(product.product())).last is None
        found = scan(product)
        assert len({place for place, _, _ in read}) == 9 and verdicts(found, "public.person")["email"].entity == "email"
        file = memory_file(product)


def test_another_database_is_not_the_one_remembered(product, read, make_database):
    from tests.shop import moved

    scan(product)
    read.clear()
    scan(moved(product, product.root, product.target, make_database("twin", "template_shop")))
    assert len({place for place, _, _ in read}) == 9


def test_the_version_of_detecting(tmp_path):
    detectors = all_detectors()
    file = tmp_path / "own.yaml"
    file.write_text("a")
    seen = {detecting_version(detectors), detecting_version(detectors[1:]), detecting_version(detectors, [str(file)])}
    file.write_text("b")
    seen.add(detecting_version(detectors, [str(file)]))
    assert len(seen) == 4 and detecting_version(detectors) in seen


def test_a_database_that_cannot_tell_is_read_each_time(product, read, monkeypatch):
    monkeypatch.setattr(PostgresSnapshot, "fingerprint", lambda _self, _table: "")
    scan(product)
    read.clear()
    assert set(extents(scan(product)).values()) == {"full"} and len({place for place, _, _ in read}) == 9


def test_a_schema_is_told_apart_by_its_declarations():
    schema = Schema((Table("public", "t", (Column("a"),), rows=5),))

    class Fixed:
        def fingerprint(self, _table):
            return "rows"

    table = schema.tables[0]
    one = fingerprints.table_mark(Fixed(), "db", table, ["a"], "v")
    assert one == fingerprints.table_mark(Fixed(), "db", replace(table, rows=6), ["a"], "v")
    others = {
        fingerprints.table_mark(Fixed(), "other", table, ["a"], "v"), fingerprints.table_mark(Fixed(), "db", table, [], "v"),
        fingerprints.table_mark(Fixed(), "db", table, ["a"], "w"),
        fingerprints.table_mark(Fixed(), "db", replace(table, columns=(Column("a", nullable=False),)), ["a"], "v"),
    }  # fmt: skip
    assert len(others) == 4 and one not in others


# --- a classifier ---


def test_a_classifier_is_told_shapes_and_its_votes_are_remembered_only_when_it_answered(product, read):
    class Guessing(Classifier):
        title: ClassVar[str] = "guesses"
        answers: ClassVar[bool] = True
        told: ClassVar[list] = []

        def vote(self, table, columns, entities=None):
            self.told.extend((table, each) for each in columns)
            return Votes({"label": Vote("person_name", 0.9)}) if self.answers else Votes(problem="no answer in time")

    def scan_with(**rules):
        loaded = product.product()
        return survey(
            loaded.source, rules=ScanRules(**rules), memory=Memory(loaded, open_keys(loaded)), classifier=Guessing()
        )

    product.query("INSERT INTO nothing SELECT n, 'odd words ' || n FROM generate_series(1, 30) n", product.source)
    found = scan_with(skip=["hr"])
    assert verdicts(found, "public.nothing")["label"].rule == "model:person_name"
    assert "hr.badge" not in {table for table, _ in Guessing.told}
    told = {each.name: each for table, each in Guessing.told if table == "public.person"}
    assert "phone" in told and told["phone"].shapes and not told["phone"].samples and not told["born"].shapes
    assert "kundenpost" not in str(Guessing.told)
    read.clear()
    assert scan_with(skip=["hr"]).verdicts == found.verdicts and read == []
    Guessing.answers = False
    silent = scan_with(send="samples")
    assert {each.code for each in silent.notes} == {"classifier"} and "no answer in time" in str(silent.notes[0])
    assert any(each.samples for _, each in Guessing.told)
    read.clear()
    scan_with(send="samples")
    assert read  # asked again, for it had not answered
