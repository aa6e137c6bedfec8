"""A drafted policy plans at once; an update adds what is new and touches nothing that the owner wrote."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from anon_assets.policies.compiling import compile_plan
from anon_assets.policies.documents import read_document
from anon_assets.policies.policy import parse_policy
from anon_assets.stages.draft import draft_policy, propose, update_policy
from anon_assets.stages.survey import survey
from tests.shop import COPIED, moved


@pytest.fixture(scope="module")
def surveyed(embedded_server, shop_source):
    from anon_assets.resources.databases.postgres import Postgres

    return survey(Postgres(url=embedded_server.url(shop_source)))


def test_each_column_gets_a_proposal_that_its_verdict_explains(surveyed):
    schema, verdicts = surveyed
    found = propose(schema, verdicts)
    assert set(found) == {*COPIED, "public.audit", "public.scratch"}
    person = found["public.person"]
    assert set(person) == {column.name for column in schema.table("public.person").stored}
    assert person["person_id"].spec == "keep" and person["mood"].spec == "keep"
    for name, entity in (("email", "email"), ("phone", "phone"), ("contact", "contains email")):
        assert person[name].spec != "keep" and person[name].reason.startswith(f"{entity}, confidence"), name
    assert found["public.event_log"]["message"].spec != "keep"
    assert found["public.purchase"]["person_id"].spec == found["hr.badge"]["person_id"].spec == "keep"
    everything = str(found)
    assert "kundenpost" not in everything and "Aurelia" not in everything


def test_a_draft_plans_at_once(surveyed, tmp_path):
    schema, verdicts = surveyed
    path = tmp_path / "shop.yaml"
    path.write_text(draft_policy("shop", "shop", [{"database": "shop_dev"}], schema, verdicts))
    plan = compile_plan(parse_policy(read_document(path)), schema, date(2026, 1, 1))
    assert len(plan.copied) == len(schema.tables)
    text = path.read_text()
    assert text.startswith("# Drafted by `anon-assets scan`") and "# email, confidence" in text
    assert yaml.safe_load(text)["publish"] == [{"database": "shop_dev"}]
    assert update_policy(path, schema, verdicts) == (text, [], [])  # nothing is new


def test_an_update_keeps_decisions_comments_and_order(surveyed, shop):
    schema, verdicts = surveyed
    shop.decide("    phone: {fake: {as: phone}}\n", "")
    shop.decide("  public.nothing:\n    id: keep\n    label: keep\n", "")
    shop.decide("    mood: keep\n", "    mood: keep   # the owner said so\n    former_name: null   # since removed\n")
    shop.decide("  public.scratch: drop\n", "  public.scratch: drop\n  public.vanished: skip\n")
    text, added, gone = update_policy(shop.policy_file, schema, verdicts)
    assert added == ["public.nothing", "public.person.phone"] or sorted(added) == [
        "public.nothing",
        "public.person.phone",
    ]
    assert sorted(gone) == ["public.person.former_name", "public.vanished"]
    for line in ("# decided by the owner", "# a bare number", "# the owner said so", "# since removed"):
        assert line in text
    before, after = yaml.safe_load(shop.policy_file.read_text()), yaml.safe_load(text)
    for place, columns in before["tables"].items():
        if isinstance(columns, dict):
            assert {name: after["tables"][place][name] for name in columns} == columns
        else:
            assert after["tables"][place] == columns
    assert [place for place in after["tables"] if place in before["tables"]] == list(before["tables"])
    assert {name: after[name] for name in before if name != "tables"} == {n: before[n] for n in before if n != "tables"}
    (phone,) = [line for line in text.splitlines() if line.strip().startswith("phone:")]
    assert "# new: phone, confidence" in phone
    (label,) = [line for line in text.splitlines() if line.strip().startswith("label:")]
    assert "# new: " in label
    assert "kundenpost" not in text


def test_a_new_column_of_the_source_is_added(shop, make_database):
    shop = moved(shop, shop.root, shop.target, make_database("grown", "template_shop"))
    shop.query("ALTER TABLE hr.badge ADD COLUMN holder_email text; "
               "UPDATE hr.badge SET holder_email = 'b' || person_id || '@kundenpost.example'", shop.source)  # fmt: skip
    schema, verdicts = survey(shop.product().source)
    text, added, gone = update_policy(shop.policy_file, schema, verdicts)
    assert (added, gone) == (["hr.badge.holder_email"], [])
    shop.policy_file.write_text(text)
    plan = compile_plan(parse_policy(read_document(shop.policy_file)), schema, date(2026, 1, 1))
    assert plan.table("hr.badge").columns[-1].spelled != "keep"
