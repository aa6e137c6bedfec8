from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anon_assets.errors import DatabaseError, PublishRefused, StoreError, TargetRefused
from anon_assets.stages import publish as publishing
from anon_assets.stages.data_keys import open_keys
from anon_assets.stages.signing import verify_signature
from tests.shop import COPIED, PEOPLE, moved, through

TOKENS = (("public.person", "email"), ("hr.badge", "badge_id"))


def published(shop):
    return shop.store / "published" / "shop" / "current"


def test_database_and_store_show_the_same(validated):
    with validated.session() as session:
        done = session.publish()
    assert [one.target for one in done] == ["shop_dev", "published"]
    assert done[0].rows == done[1].rows and set(done[0].rows) == set(COPIED)
    assert validated.query("SELECT count(*) FROM person") == [(PEOPLE,)]
    assert validated.query("SELECT count(*) FROM audit") == [(0,)]
    assert validated.query("SELECT to_regclass('scratch')") == [(None,)]
    assert validated.query("SELECT sum(people) FROM moods") == [(PEOPLE,)]  # filled from anonymized rows
    assert validated.query("SELECT nextval('purchase_purchase_id_seq')") == [(91,)]
    assert validated.query("SELECT count(*) FROM person WHERE full_name = first_name || ' ' || last_name") == [
        (PEOPLE,)
    ]
    table = pq.read_table(published(validated) / "public.person.parquet")
    assert sorted(table["email"].to_pylist()) == sorted(
        email for (email,) in validated.query("SELECT email FROM person")
    )


def test_nothing_of_the_source_is_in_either(validated):
    with validated.session() as session:
        session.publish()
    secrets = {
        text.encode() for row in validated.query("SELECT email, phone, contact->>'note', tags[2] FROM person",
                                                 validated.source) for text in row
    }  # fmt: skip
    found = "\n".join(validated.dump()).encode()
    for file in published(validated).glob("*.parquet"):
        found += str(pq.read_table(file).to_pydict()).encode()
    assert not [each for each in secrets if each in found]


def test_the_manifest_is_signed_and_its_hashes_hold(validated):
    with validated.session() as session:
        session.publish()
        keys = session.keys
    content = verify_signature(keys, "manifest", (published(validated) / "manifest.json").read_text())
    on_disk = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in published(validated).iterdir() if path.name != "manifest.json"
    }  # fmt: skip
    assert content["files"] == on_disk and len(on_disk) == len(COPIED) + 1
    assert content["tables"]["public.person"] == {"rows": PEOPLE}
    assert content["columns"]["public.person"]["email"] == "token(length=24)"
    mark = validated.product().profile.database("shop_dev").published()
    assert mark[0] == "shop"
    assert verify_signature(keys, "manifest", mark[1])["plan"] == content["plan"]
    forged = mark[1].replace('"rows": 40', '"rows": 41')
    assert forged != mark[1]
    with pytest.raises(PublishRefused):
        verify_signature(keys, "manifest", forged)


def test_raw_rows_go_unless_they_are_kept(validated):
    with validated.session() as session:
        session.publish()
    assert not (validated.store / "staged" / "shop" / "raw").exists()
    assert (validated.store / "staged" / "shop" / "scan").exists()
    validated.decide("accepted: []", "accepted: []\nkeep_raw: true")
    through(validated)
    assert (validated.store / "staged" / "shop" / "raw" / "public.person").exists()
    validated.decide("keep_raw: true", "keep_raw: false")
    through(validated)
    assert not (validated.store / "staged" / "shop" / "raw").exists()
    assert not list(validated.store.glob(".incoming/*"))


def files_of(shop):
    return {path.name: path.read_bytes() for path in published(shop).iterdir()}


def test_one_key_gives_the_same_bytes_and_another_no_equal_token(validated, tmp_path, make_database):
    with validated.session() as session:
        session.publish()
    first, dumped = files_of(validated), validated.dump()
    through(validated)
    assert files_of(validated) == first
    assert validated.dump() == dumped
    other = moved(validated, tmp_path / "other", make_database("shop_other"))
    through(other)
    differ = {name for name, content in files_of(other).items() if content != first[name]}
    assert {"manifest.json", "public.person.parquet", "hr.badge.parquet"} <= differ
    for place, column in TOKENS:
        mine, theirs = (set(pq.read_table(published(shop) / f"{place}.parquet")[column].to_pylist())
                        for shop in (validated, other))  # fmt: skip
        assert len(mine) == PEOPLE and not mine & theirs


def test_a_copied_key_gives_the_same_bytes_elsewhere(validated, tmp_path, make_database):
    with validated.session() as session:
        session.publish()
    shutil.copytree(validated.root / ".anon" / "keys", tmp_path / "q" / ".anon" / "keys")
    shutil.copytree(
        validated.store / "staged" / "shop" / "keys",
        tmp_path / "q" / ".anon" / "store" / "staged" / "shop" / "keys",
        symlinks=True,
    )
    other = moved(validated, tmp_path / "q", make_database("shop_other"))
    through(other)
    assert files_of(other) == files_of(validated)
    assert other.dump() == validated.dump()


def test_a_target_of_somebody_else_is_left_alone(validated):
    validated.query("CREATE TABLE theirs (id int); INSERT INTO theirs VALUES (1)")
    before = validated.dump()
    with validated.session() as session, pytest.raises(TargetRefused):
        session.publish()
    assert validated.dump() == before
    assert not (validated.store / "published").exists()


def test_a_target_that_fails_leaves_all_of_them(validated, monkeypatch):
    """The store comes second and fails: the database, filled before it, shows nothing either, and the other way round."""
    before = validated.dump()

    def full(file, batches):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_write_plain", full)
        with validated.session() as session, pytest.raises(StoreError, match="No space left"):
            session.publish()
    assert validated.dump() == before
    assert not (validated.store / "published").exists()
    validated.decide(
        "  - {database: shop_dev}\n  - {store: published}\n", "  - {store: published}\n  - {database: shop_dev}\n"
    )
    through(validated, until="validate")
    validated.query("CREATE TABLE theirs (id int)")
    with validated.session() as session, pytest.raises(TargetRefused):
        session.publish()
    assert not (validated.store / "published").exists()


def test_a_load_that_the_target_rejects(shop, make_database):
    """NOT VALID in the source, so that only the copy breaks it: the error names the constraint and no value."""
    shop = moved(shop, shop.root, shop.target, make_database("checked", "template_shop"))
    shop.decide("    note: {fake: {as: text}}", "    note: {constant: hello}")
    through(shop)
    before, files = shop.dump(), files_of(shop)
    shop.query("ALTER TABLE purchase ADD CONSTRAINT no_greeting CHECK (note <> 'hello')", shop.source)
    through(shop, until="validate")
    with shop.session() as session, pytest.raises(DatabaseError, match="no_greeting") as caught:
        session.publish()
    assert "hello" not in str(caught.value)
    assert shop.dump() == before and files_of(shop) == files
    assert not list(shop.store.glob(".incoming/*"))


def test_no_target_is_refused(validated):
    validated.decide("publish:\n  - {database: shop_dev}\n  - {store: published}\n", "publish: []\n")
    with validated.session() as session, pytest.raises(PublishRefused, match="names no target"):
        session.publish()


def test_data_keys_replaced_during_a_run_are_noticed(validated):
    """Two first runs at once: the one whose data key was overwritten must not publish tokens that nobody can remake."""
    with validated.session() as session:
        assert session.keys and session.plan
        shutil.rmtree(validated.store / "staged" / "shop" / "keys")
        open_keys(validated.product())
        before = validated.dump()
        with pytest.raises(Exception, match=r"keys were replaced|another key|does not open") as caught:
            session.publish()
        assert type(caught.value) is PublishRefused
    assert validated.dump() == before
    assert not (validated.store / "published").exists()


def test_an_empty_table_keeps_its_columns(validated):
    with validated.session() as session:
        session.publish()
    table = pq.read_table(published(validated) / "public.nothing.parquet")
    assert table.num_rows == 0 and table.schema.names == ["id", "label"] and table.schema.field("id").type == pa.int32()


def test_odd_names_are_file_names(validated):
    with validated.session() as session:
        session.publish()
    names = {path.name for path in published(validated).iterdir()}
    assert "public.Order%20Details.parquet" in names
    assert json.loads((published(validated) / "manifest.json").read_text())["content"]["tables"]["public.Журнал"]
