"""A drafted policy plans at once; an update adds what is new and touches nothing that the owner wrote."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from anon_assets.contracts.database import Column, ForeignKey, Schema, Table
from anon_assets.contracts.detector import Verdict
from anon_assets.policies.compiling import compile_plan
from anon_assets.policies.documents import read_document
from anon_assets.policies.policy import parse_policy
from anon_assets.stages.draft import draft_policy, propose, update_policy
from anon_assets.stages.survey import survey
from tests.shop import COPIED, moved


@pytest.fixture(scope="module")
def surveyed(embedded_server, shop_source):
    from anon_assets.resources.databases.postgres import Postgres

    found = survey(Postgres(url=embedded_server.url(shop_source)))
    return found.schema, found.verdicts


def test_each_column_gets_a_proposal_that_its_verdict_explains(surveyed):
    schema, verdicts = surveyed
    found = propose(schema, verdicts)
    assert set(found) == {*COPIED, "public.audit", "public.scratch"}
    person = found["public.person"]
    assert set(person) == {column.name for column in schema.table("public.person").stored}
    assert person["person_id"].spec == "keep" and person["mood"].spec == "keep"
    for name, entity in (("email", "email"), ("phone", "phone"), ("contact", "contains email at $.note")):
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
    found = survey(shop.product().source)
    schema, verdicts = found.schema, found.verdicts
    text, added, gone = update_policy(shop.policy_file, schema, verdicts)
    assert (added, gone) == (["hr.badge.holder_email"], [])
    shop.policy_file.write_text(text)
    plan = compile_plan(parse_policy(read_document(shop.policy_file)), schema, date(2026, 1, 1))
    assert plan.table("hr.badge").columns[-1].spelled != "keep"


def typed(column: str, entity: str, **more) -> Verdict:
    return Verdict(column, "type", entity, "direct", True, 0.9, rule="pattern", **more)


PEOPLE = Table("public", "person", (Column("id"), Column("email"), Column("backup_mail", max_length=80)), ("id",))
LETTERS = Table(
    "public", "letter", (Column("sent_to"), Column("person_mail"), Column("mail_id", "uuid", "uuid")),
    foreign_keys=(ForeignKey("k", ("person_mail",), "public.person", ("email",)),),
)  # fmt: skip
WORLD = Schema((LETTERS, PEOPLE))
FOUND = {
    "public.letter": [typed("sent_to", "email"), typed("person_mail", "email"), typed("mail_id", "username")],
    "public.person": [typed("email", "email"), typed("backup_mail", "email")],
}


def test_columns_of_one_entity_share_a_linkage_domain_and_keys_follow():
    found = propose(WORLD, FOUND)
    specs = [found[place][name].spec for place, name in (
        ("public.letter", "sent_to"), ("public.person", "email"), ("public.person", "backup_mail"))]  # fmt: skip
    assert [next(iter(spec.values()))["domain"] for spec in specs] == ["email"] * 3
    follower = found["public.letter"]["person_mail"]
    assert follower.spec == found["public.person"]["email"].spec
    assert follower.reason == "as public.person.email, to which it refers"
    assert "domain" not in str(found["public.letter"]["mail_id"].spec)  # the only one of its entity


def test_a_linked_draft_plans_with_one_domain(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text(draft_policy("p", "s", [{"database": "d"}], WORLD, FOUND))
    plan = compile_plan(parse_policy(read_document(path)), WORLD, date(2026, 1, 1))
    domains = {(table.table.name, each.column.name): each.domain for table in plan.tables for each in table.columns}
    assert domains["letter", "sent_to"] == domains["letter", "person_mail"] == domains["person", "email"] == "email"


@pytest.mark.parametrize(
    ("decision", "domain"),
    [("{fake: {as: email}}", "public.person.email"), ("{fake: {as: email, domain: people}}", "people"), ("keep", None)],
)
def test_a_new_column_joins_the_domain_that_the_owner_gave(tmp_path, decision, domain):
    path = tmp_path / "p.yaml"
    columns = f"{{id: keep, email: {decision}, backup_mail: keep}}"
    path.write_text(f"product: p\nsource: s\ntables:\n  public.person: {columns}\npublish: []\n")
    text, added, _ = update_policy(path, WORLD, FOUND)
    assert added == ["public.letter"]
    given = yaml.safe_load(text)["tables"]
    assert yaml.safe_load(path.read_text())["tables"]["public.person"] == given["public.person"]
    (parameters,) = given["public.letter"]["sent_to"].values()
    assert parameters["domain"] == (domain or "public.person.email")


def test_what_stands_inside_values_is_told_by_its_path():
    inside = (
        Verdict("doc", "contains", "email", path="$.contact.email"),
        Verdict("doc", "contains", "phone", path="$.tel"),
    )
    verdict = Verdict("doc", "contains", "email", "direct", True, 0.9, rule="inside", inside=inside)
    schema = Schema((Table("public", "t", (Column("doc", "jsonb", "json"),)),))
    proposal = propose(schema, {"public.t": [verdict]})["public.t"]["doc"]
    assert proposal.spec != "keep"
    assert proposal.reason.startswith("contains email at $.contact.email, phone at $.tel, confidence 0.90")


def test_the_owners_detectors_propose_their_own_transform():
    from anon_assets.contracts.detector import Detector

    class BadgeNumber(Detector):
        proposes = ({"constant": "BADGE"},)

    schema = Schema((Table("public", "t", (Column("badge"),)),))
    found = propose(schema, {"public.t": [typed("badge", "badge_number")]}, (BadgeNumber(),))
    assert found["public.t"]["badge"].spec == {"constant": "BADGE"}
