"""Structure, extract, scan and anonymize, one table at a time."""

from __future__ import annotations

import json
import threading

import pyarrow as pa
import pytest

from anon_assets.errors import DatabaseError, FindingsError, KeyUnavailable, StoreError, TargetRefused, TransformError
from anon_assets.stages import anonymize as anonymizing
from anon_assets.stages.encrypted_parquet import read_batches, read_facts
from anon_assets.stages.scanning import last_verdicts, load_verdicts
from anon_assets.transforms.fake import Fake
from tests.shop import COPIED, PEOPLE, moved, through


def rows(session, stage, place):
    product = session.product
    table = pa.Table.from_batches(read_batches(product.profile.store, product.staged(stage, place), session.keys))
    return table.to_pylist()


def test_text_that_repeats_is_staged_encoded_and_stays_so_where_it_is_made_value_by_value(
    shop, make_database, monkeypatch
):
    shop = moved(shop, shop.root, shop.target, make_database("visits", "template_shop"))
    monkeypatch.setattr("anon_assets.stages.extract.BATCH_ROWS", 50)
    shop.query(
        "CREATE TABLE visit (id int PRIMARY KEY, city text, note text, none text, mixed text, many text);"
        "INSERT INTO visit SELECT n, 'Town ' || n % 5, 'Note ' || n, NULL,"
        " CASE WHEN n <= 50 THEN 'about' ELSE 'before ' || n END, 'Many ' || n % 9 FROM generate_series(1, 120) n",
        shop.source,
    )
    decided = "{id: keep, city: token, note: token, none: token, mixed: {mask: {first: 1}}, many: {shuffle: {}}}"
    shop.decide("  public.audit: skip", f"  public.visit: {decided}\n  public.audit: skip")
    with shop.session() as session:
        session.structure()
        session.extract("public.visit")
        session.anonymize("public.visit")
        product, columns = session.product, ["city", "note", "none", "mixed", "many"]
        for stage, encoded in (("raw", {"city", "mixed", "many"}), ("anonymized", {"city", "mixed"})):
            name = product.staged(stage, "public.visit")
            batches = list(read_batches(product.profile.store, name, session.keys, columns, encoded=True))
            assert [batch.num_rows for batch in batches] == [50, 50, 20]
            for batch in batches:
                assert {field.name for field in batch.schema if pa.types.is_dictionary(field.type)} == encoded
        source, made = rows(session, "raw", "public.visit"), rows(session, "anonymized", "public.visit")
    assert {row["city"] for row in source} == {f"Town {number}" for number in range(5)}
    assert len({(old["city"], new["city"]) for old, new in zip(source, made, strict=True)}) == 5
    assert [row["mixed"] for row in made] == [row["mixed"][:1] + "*" * (len(row["mixed"]) - 1) for row in source]
    assert sorted(row["many"] for row in made) == sorted(row["many"] for row in source)
    assert len({row["note"] for row in made}) == 120 and {row["none"] for row in made} == {None}


def test_structure_names_every_table_and_no_value(shop):
    with shop.session() as session:
        plan = session.structure()
    assert [table.place for table in plan.copied] == sorted(COPIED)
    assert plan.left_out == ("public.scratch",)
    written = json.loads(shop.staged("structure", "", "plan.json").read_text())
    assert list(written["tables"]["public.audit"]["columns"]) == []
    with shop.session() as session:  # another process later: the plan without the database
        assert session.plan.hash == plan.hash


def test_structure_scripts_are_sealed(shop):
    with shop.session() as session:
        session.structure()
    content = shop.staged("structure", "", "structure.sealed").read_bytes()
    assert b"CREATE" not in content and b"person" not in content
    path = shop.staged("structure", "", "structure.sealed")
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with shop.session() as session, pytest.raises((StoreError, KeyUnavailable)):
        _ = session.plan


def test_a_policy_that_does_not_fit_stops_before_anything_is_written(shop):
    shop.decide("    phone: {fake: {as: phone}}\n", "    phon: {fake: {as: phone}}\n")
    shop.checks_file.write_text(
        "privacy:\n  public.persn: {}\nexpectations:\n  public.persons:\n    - {type: expect_x}\n"
    )
    with shop.session() as session, pytest.raises(FindingsError) as caught:
        session.structure()
    told = str(caught.value)
    assert "public.person.phon" in told and "public.person.phone" in told  # policy: unknown, and unnamed
    assert "public.persons" in told  # suite
    assert not (shop.store / "staged" / "shop" / "structure").exists()


def test_extract_copies_every_row_encrypted(validated):
    with validated.session() as session:
        facts = read_facts(session.product.profile.store, "staged/shop/raw/public.person", session.keys)
        people = rows(session, "raw", "public.person")
    assert facts.rows == facts.source_rows == len(people) == PEOPLE
    assert sorted(row["email"] for row in people) == sorted(
        email for (email,) in validated.query("SELECT email FROM person", validated.source)
    )
    assert "full_name" not in people[0]  # generated
    for path in validated.store.rglob("*"):
        if path.is_file():
            assert b"kundenpost" not in path.read_bytes()


def test_extract_refuses_a_schema_that_changed(shop, make_database):
    shop = moved(shop, shop.root, shop.target, make_database("changing", "template_shop"))
    with shop.session() as session:
        session.structure()
    shop.query("ALTER TABLE person ADD COLUMN iban text", shop.source)
    with shop.session() as session, pytest.raises(StoreError, match="schema changed"):
        session.extract("public.person")
    with shop.session() as session, pytest.raises(FindingsError, match=r"public\.person\.iban"):
        session.structure()


def test_all_tables_of_a_session_are_of_one_moment(shop, make_database):
    shop = moved(shop, shop.root, shop.target, make_database("moving", "template_shop"))
    with shop.session() as session:
        session.structure()
        session.extract("public.person")
        shop.query("DELETE FROM event_log", shop.source)
        assert session.extract("public.event_log").rows == 60
    with shop.session() as session:
        assert session.extract("public.event_log").rows == 0


def test_a_table_without_columns_is_refused(shop, make_database):
    shop = moved(shop, shop.root, shop.target, make_database("bare", "template_shop"))
    shop.query("CREATE TABLE bare ()", shop.source)
    shop.decide("  public.audit: skip\n", "  public.audit: skip\n  public.bare: {}\n")
    with shop.session() as session:
        session.structure()
        with pytest.raises(DatabaseError, match="no column that can be read"):
            session.extract("public.bare")


def test_scan_leaves_counts_and_names(validated):
    text = validated.staged("scan", "public.person", "verdicts.json").read_text()
    assert "kundenpost" not in text and "Aurelia" not in text
    with validated.session() as session:
        found = {
            each.column: each.entity
            for each in load_verdicts(session.product, session.keys, session.plan)["public.person"]
        }
    assert (found["email"], found["phone"], found["first_name"]) == ("email", "phone", "first_name")
    assert found["contact"] == "email"


def test_a_scan_of_other_rows_is_not_believed(validated):
    with validated.session() as session:
        session.extract("public.person")
        with pytest.raises(StoreError, match="changed since they were scanned"):
            load_verdicts(session.product, session.keys, session.plan)
        assert last_verdicts(session.product, session.keys, session.plan)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"raw": 1}', '{"content": {"raw": "", "verdicts": []}, "key_version": 1, "mac": "00"}']
)
def test_damaged_verdicts_are_refused(validated, content):
    validated.staged("scan", "public.person", "verdicts.json").write_text(content)
    with validated.session() as session, pytest.raises(StoreError):
        load_verdicts(session.product, session.keys, session.plan)
    with validated.session() as session, pytest.raises(StoreError):
        last_verdicts(session.product, session.keys, session.plan)


def test_scan_without_rows_says_what_to_do(shop):
    with shop.session() as session:
        session.structure()
        with pytest.raises(StoreError, match="run the stage that writes it"):
            session.scan("public.person")
        with pytest.raises(StoreError, match="run the stage that writes it"):
            session.anonymize("public.person")
        session.extract("hr.badge")
        with pytest.raises(StoreError, match=r"hr\.badge: was not scanned"):
            load_verdicts(session.product, session.keys, session.plan)


def test_before_the_structure_nothing_is_known(shop):
    with shop.session() as session, pytest.raises(StoreError, match="structure was never read"):
        session.extract("public.person")


def test_anonymized_rows_follow_the_policy(validated):
    with validated.session() as session:
        before = {row["person_id"]: row for row in rows(session, "raw", "public.person")}
        after = {row["person_id"]: row for row in rows(session, "anonymized", "public.person")}
        details = rows(session, "anonymized", "public.Order Details")
    assert before.keys() == after.keys()
    for number, row in after.items():
        old = before[number]
        assert (row["mood"], row["manager_id"]) == (old["mood"], old["manager_id"])
        assert row["tags"] is None and row["contact"] is None
        assert row["email"] != old["email"] and len(row["email"]) == 24
        assert row["first_name"] != old["first_name"] and row["last_name"] != old["last_name"]
        assert row["born"] != old["born"] and abs((row["born"] - old["born"]).days) <= 30
    assert len({row["email"] for row in after.values()}) == PEOPLE
    assert len(details) == 125


def test_again_with_the_same_key_gives_the_same_rows(validated):
    with validated.session() as session:
        first = {place: rows(session, "anonymized", place) for place in COPIED}
        for place in COPIED:
            session.anonymize(place)
        assert {place: rows(session, "anonymized", place) for place in COPIED} == first


def test_rows_do_not_depend_on_batches(validated, monkeypatch):
    with validated.session() as session:
        first = {place: sorted(map(str, rows(session, "anonymized", place))) for place in COPIED}
        monkeypatch.setattr("anon_assets.stages.extract.BATCH_ROWS", 7)
        for place in COPIED:
            session.extract(place)
            session.anonymize(place)
            assert sorted(map(str, rows(session, "anonymized", place))) == first[place]


def test_raw_rows_of_another_schema_are_not_anonymized(shop, make_database):
    shop = moved(shop, shop.root, shop.target, make_database("older", "template_shop"))
    with shop.session() as session:
        session.structure()
        session.extract("public.nothing")
    shop.query("ALTER TABLE person ALTER COLUMN phone SET NOT NULL", shop.source)
    with shop.session() as session:
        session.structure()
        with pytest.raises(StoreError, match="another schema"):
            session.anonymize("public.nothing")


@pytest.mark.parametrize("harm", ["raise", "length"])
def test_a_transform_that_fails_is_named_without_a_value(validated, monkeypatch, harm):
    threads = threading.active_count()

    def broken(self, column, context):
        if harm == "raise":
            raise ValueError(f"cannot take {column.to_pylist()}")
        return column.slice(1)

    monkeypatch.setattr(Fake, "apply", broken)
    with validated.session() as session, pytest.raises(TransformError) as caught:
        session.anonymize("public.person")
    assert str(caught.value).startswith("public.person.first_name: fake(as=first_name) ")
    assert "Aurelia" not in str(caught.value) and caught.value.__suppress_context__ == (harm == "raise")
    with validated.session() as session:  # the old file still stands
        assert len(rows(session, "anonymized", "public.person")) == PEOPLE
    del caught
    for _ in range(50):
        if threading.active_count() <= threads:
            break
        threading.Event().wait(0.05)
    assert threading.active_count() <= threads


def test_a_transform_that_fails_late_leaves_the_old_file(validated, monkeypatch):
    monkeypatch.setattr("anon_assets.stages.extract.BATCH_ROWS", 5)
    with validated.session() as session:
        session.extract("public.person")
        session.anonymize("public.person")
        count = iter(range(100))
        original = anonymizing.TablePass.transform

        def third(*arguments):
            if next(count) == 2:
                raise TransformError("public.person.email", "no")
            return original(*arguments)

        monkeypatch.setattr(anonymizing.TablePass, "transform", third)
        with pytest.raises(TransformError):
            session.anonymize("public.person")
        assert len(rows(session, "anonymized", "public.person")) == PEOPLE


def test_a_target_that_is_not_ours_stops_before_anything_is_read(shop):
    shop.query("CREATE TABLE theirs (id int)")
    with shop.session() as session, pytest.raises(TargetRefused):
        session.structure()
    assert not (shop.store / "staged" / "shop").exists() or not (shop.store / "staged" / "shop" / "structure").exists()


def test_a_target_that_is_the_source_is_refused(shop):
    shop = moved(shop, shop.root, shop.source)
    with shop.session() as session, pytest.raises(TargetRefused, match="source database itself"):
        session.structure()


def test_progress_tells_stage_place_and_rows(shop):
    seen = []
    through(shop, until="validate", progress=lambda *told: seen.append(told))
    assert ("extract", "public.person", PEOPLE) in seen
    assert ("scan", "public.person", PEOPLE) in seen
    assert ("anonymize", "public.person", PEOPLE) in seen
    assert [place for stage, place, _ in seen if stage == "validate"]
