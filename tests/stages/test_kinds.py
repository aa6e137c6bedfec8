"""Kinds that need more than one value at a time, through real stages: conditions, arrays, whole columns, files only."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from anon_assets.errors import FindingsError
from anon_assets.policies.compiling import kept_personal
from anon_assets.policies.steps import reverse_step
from anon_assets.stages.learning import contexts, load_learnt
from anon_assets.stages.row_identity import RowIdentity
from tests.shop import copying_only, through

PERSONS = "public.person"


def accept(shop, *places):
    listed = ", ".join(
        f"{{finding: {kept_personal(place).fingerprint}, who: me, why: a test, until: 2099-01-01}}" for place in places
    )
    shop.decide("accepted: []", f"accepted: [{listed}]")


def files_only(shop):
    shop.decide("  - {database: shop_dev}\n", "")


def published(shop, place):
    store = shop.product().profile.store
    with store.open("published/shop", f"{place}.parquet") as file:
        return pq.read_table(file)


def test_rows_outside_a_condition_keep_their_value_once_that_is_accepted(shop):
    copying_only(shop, PERSONS)
    shop.decide("    phone: {fake: {as: phone}}", '    phone: {fake: {as: phone, when: "person_id > 20"}}')
    results = through(shop, until="validate")
    told = next(each for each in results if (each.table, each.check) == (PERSONS, "no_leak"))
    assert told.blocks and "phone is partly kept" in told.detail
    accept(shop, f"{PERSONS}.phone")
    through(shop)
    before = dict(shop.query("SELECT person_id, phone FROM person", shop.source))
    after = dict(shop.query("SELECT person_id, phone FROM person"))
    assert all((after[number] == before[number]) == (number <= 20) for number in before)


def test_elements_of_arrays_are_transformed_one_by_one(shop):
    copying_only(shop, PERSONS)
    shop.decide("    tags: null", "    tags: {token: {length: 20}}")
    through(shop)
    pairs = shop.query("SELECT person_id, tags[1], tags[2] FROM person ORDER BY 1")
    firsts = {number % 3: tag for number, tag, _ in pairs}
    assert len(set(firsts.values())) == 3 and all(tag == firsts[number % 3] for number, tag, _ in pairs)
    assert len({tag for _, _, tag in pairs}) == len(pairs)
    assert not any(tag.startswith(("tag", "private")) for _, *tags in pairs for tag in tags)


def test_a_shuffled_column_holds_the_same_values_in_other_rows(shop):
    copying_only(shop, PERSONS, "public.purchase")
    shop.decide("    amount: keep", "    amount: shuffle")
    through(shop)
    before = shop.query("SELECT purchase_id, amount FROM purchase ORDER BY 1", shop.source)
    after = shop.query("SELECT purchase_id, amount FROM purchase ORDER BY 1")
    assert sorted(each[1] for each in before) == sorted(each[1] for each in after)
    assert sum(one == other for one, other in zip(before, after, strict=True)) < len(before) / 4
    through(shop)
    assert shop.query("SELECT purchase_id, amount FROM purchase ORDER BY 1") == after  # the same again


def test_a_column_may_be_left_out_of_files_only(shop):
    copying_only(shop, PERSONS)
    shop.decide("    first_name: {fake: {as: first_name}}", "    first_name: drop")
    with pytest.raises(FindingsError) as error:
        through(shop, until="structure")
    assert "shop_dev has the structure of the source" in str(error.value)
    files_only(shop)
    through(shop)
    table = published(shop, PERSONS)
    assert "first_name" not in table.column_names and "last_name" in table.column_names and table.num_rows == 40


def test_codes_of_a_column_are_kept_encrypted_for_those_who_hold_the_key(shop):
    copying_only(shop, PERSONS)
    shop.decide("    last_name: {fake: {as: last_name}}", "    last_name: categorize")
    with pytest.raises(FindingsError) as error:
        through(shop, until="structure")
    assert "yields integer" in str(error.value)
    files_only(shop)
    through(shop)
    codes = published(shop, PERSONS).column("last_name")
    with shop.session() as session:
        planned = session.plan.table(PERSONS)
        learnt = load_learnt(session.product, session.keys, planned)
        (number,) = (index for index, each in enumerate(planned.columns) if each.column.name == "last_name")
        (batch,) = published(shop, PERSONS).combine_chunks().to_batches()
        context = contexts(planned, batch, session.keys, RowIdentity(planned.table, session.keys))["last_name"]
        from dataclasses import replace

        known = replace(context, learnt=learnt["last_name", 0])
        back = reverse_step(planned.columns[number].chain[0], batch.column("last_name"), known)
    assert len(set(codes.to_pylist())) == 7
    ids = published(shop, PERSONS).column("person_id").to_pylist()
    assert dict(zip(ids, back.to_pylist(), strict=True)) == dict(
        shop.query("SELECT person_id, last_name FROM person", shop.source)
    )
    sealed = next((shop.store / "staged").rglob("learnt.sealed")).read_bytes()
    assert b"Ahrensburg" not in sealed


def test_text_is_published_without_what_was_found_in_it(shop):
    copying_only(shop, "public.event_log", PERSONS)
    shop.decide("    message: {fake: {as: text}}", "    message: free_text")
    through(shop)
    messages = [text for (text,) in shop.query("SELECT message FROM event_log")]
    assert set(messages) == {"login of <EMAIL> failed"}


def test_text_that_keeps_some_of_it_is_not_published(shop):
    copying_only(shop, "public.event_log", PERSONS)
    shop.decide("    message: {fake: {as: text}}", "    message: {free_text: {only: [ip_address]}}")
    results = through(shop, until="validate")
    assert ("public.event_log", "no_leak") in {(each.table, each.check) for each in results if each.blocks}


def test_paths_of_json_get_transforms_of_their_own(shop):
    copying_only(shop, PERSONS)
    shop.decide("    contact: null", '    contact: {json: {paths: {"$.note": free_text}}}')
    through(shop)
    assert {note for (note,) in shop.query("SELECT contact ->> 'note' FROM person")} == {"reach me at <EMAIL>"}
    shop.decide('{"$.note": free_text}', '{"$.nothing": keep}, rest: keep')
    results = through(shop, until="validate")
    assert (PERSONS, "no_leak") in {(each.table, each.check) for each in results if each.blocks}
