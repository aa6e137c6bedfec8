from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from anon_assets.contracts.database import Column, ForeignKey, Schema, Table
from anon_assets.errors import FindingsError
from anon_assets.findings import Finding
from anon_assets.policies.compiling import compile_plan, kept_personal
from anon_assets.policies.documents import read_document
from anon_assets.policies.policy import parse_policy

TODAY = date(2026, 1, 1)


def column(name: str, logical: str = "text", **facts) -> Column:
    kinds = {"text": "text", "integer": "integer", "date": "date", "enum": "mood", "json": "jsonb"}
    return Column(name, facts.pop("type", kinds[logical]), logical, **facts)


CUSTOMER = Table(
    "public",
    "customer",
    (
        column("id", "integer", nullable=False),
        column("email", max_length=30, type="character varying(30)", nullable=False),
        column("name"),
        column("born", "date"),
        column("mood", "enum", labels=("ok", "bad")),
        column("full", generated=True),
    ),
    primary_key=("id",),
    uniques=(("email",),),
)
ORDER = Table(
    "public",
    "order",
    (column("id", "integer", nullable=False), column("customer_id", "integer"), column("mail"), column("note", "json")),
    primary_key=("id",),
    foreign_keys=(
        ForeignKey("order_customer", ("customer_id",), "public.customer", ("id",)),
        ForeignKey("order_mail", ("mail",), "public.customer", ("email",)),
    ),
)
SCHEMA = Schema((CUSTOMER, ORDER))

GOOD = """\
product: shop
source: shop
tables:
  public.customer:
    id: keep
    email: {token: {length: 20}}
    name: {fake: {as: person_name}}
    born: {date_shift: {within: 30 days, per: id}}
    mood: keep
  public.order:
    id: keep
    note: null
publish: [{database: shop_dev}]
"""


def policy_of(tmp_path: Path, text: str):
    path = tmp_path / "shop.yaml"
    path.write_text(text)
    return parse_policy(read_document(path))


def compiled(tmp_path: Path, text: str, schema: Schema = SCHEMA):
    return compile_plan(policy_of(tmp_path, text), schema, TODAY)


def refused(tmp_path: Path, text: str, schema: Schema = SCHEMA) -> str:
    with pytest.raises(FindingsError) as caught:
        compiled(tmp_path, text, schema)
    return str(caught.value)


def test_a_good_policy_names_every_column_and_links_inherit(tmp_path):
    plan = compiled(tmp_path, GOOD)
    order = {each.column.name: each for each in plan.table("public.order").columns}
    assert [each.column.name for each in plan.table("public.customer").columns] == [
        "id",
        "email",
        "name",
        "born",
        "mood",
    ]
    assert order["mail"].spelled == plan.table("public.customer").columns[1].spelled
    assert order["mail"].domain == "public.customer.email"
    assert order["mail"].inherited == "public.customer.email"
    assert order["customer_id"].spelled == "keep"


def test_the_plan_hash_follows_decisions_and_nothing_else(tmp_path):
    first = compiled(tmp_path, GOOD)
    assert compiled(tmp_path, "# a comment\n" + GOOD).hash == first.hash
    assert compiled(tmp_path, GOOD.replace("length: 20", "length: 21")).hash != first.hash


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("    name: {fake", "    nam: {fake"), ["shop.yaml:7", "did you mean name?", "name: the policy does not name"]),
        (("  public.order:", "  public.ordre:"), ["did you mean public.order?", "public.order: the policy does not name"]),
        (("    id: keep\n    email", "    id: keep\n    full: keep\n    email"), ["the database computes this column"]),
        (("email: {token: {length: 20}}", "email: {constant: x}"), ["UNIQUE constraint", "constant"]),
        (("email: {token: {length: 20}}", "email: {fake: {as: email}}"), ["UNIQUE constraint"]),
        (("email: {token: {length: 20}}", "email: null"), ["NOT NULL"]),
        (("email: {token: {length: 20}}", "email: {token: {length: 31}}"), ["public.customer.email", "31"]),
        (("born: {date_shift: {within: 30 days, per: id}}", "born: {mask: {}}"), ["mask does not take", "date"]),
        (("per: id", "per: idd"), ["reads column 'idd'", "did you mean id?"]),
        (("mood: keep", "mood: {mask: {}}"), ["public.customer.mood"]),
        (("    id: keep\n    note", "    id: keep\n    mail: keep\n    note"), ["given another transform"]),
        (("  public.customer:\n    id: keep", "  public.customer:\n    id: {noise: {amount: 3}}"), ["PRIMARY KEY"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_before_a_row_is_read(tmp_path, change, told):
    assert change[0] in GOOD
    message = refused(tmp_path, GOOD.replace(*change))
    for part in told:
        assert part in message


def test_all_findings_come_at_once(tmp_path):
    text = GOOD.replace("    name: {fake", "    nam: {fake").replace("email: {token: {length: 20}}", "email: null")
    message = refused(tmp_path, text)
    assert "unknown-column" in message
    assert "unnamed-column" in message
    assert "not-null" in message


def test_a_table_that_others_refer_to_cannot_be_left_out(tmp_path):
    text = """\
product: shop
source: shop
tables:
  public.customer: %s
  public.order: {id: keep, customer_id: %s, mail: null, note: keep}
"""
    assert "refers to public.customer" in refused(tmp_path, text % ("drop", "null"))
    assert "refers to public.customer" in refused(tmp_path, text % ("skip", "keep"))
    assert compiled(tmp_path, text % ("skip", "null")).copied[0].place == "public.order"


def test_large_objects_need_an_acceptance_that_has_not_run_out(tmp_path):
    schema = Schema(SCHEMA.tables, large_objects=2)
    message = refused(tmp_path, GOOD, schema)
    fingerprint = Finding("warning", "large-objects", "shop", "").fingerprint
    assert fingerprint in message
    accepted = GOOD + "accepted:\n  - {finding: %s, who: anna, why: pictures, until: %s}\n"
    assert compiled(tmp_path, accepted % (fingerprint, "2026-01-01"), schema).findings[0].severity == "note"
    assert "run out" in refused(tmp_path, accepted % (fingerprint, "2025-12-31"), schema)


def test_an_accepted_kept_column_is_marked(tmp_path):
    fingerprint = kept_personal("public.customer.mood").fingerprint
    text = GOOD + f"accepted:\n  - {{finding: {fingerprint}, who: a, why: b, until: 2030-01-01}}\n"
    marked = {each.column.name: each.accepted for each in compiled(tmp_path, text).table("public.customer").columns}
    assert marked == {"id": False, "email": False, "name": False, "born": False, "mood": True}


def test_an_empty_database_is_an_error(tmp_path):
    assert "has no tables" in refused(tmp_path, "product: shop\nsource: shop\ntables: {}\n", Schema())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("mood: keep", "mood: kepe"), ["shop.yaml:9", "no kind 'kepe'", "did you mean keep?"]),
        (("{length: 20}", "{lenght: 20}"), ["shop.yaml:6", "no such key", "did you mean length?"]),
        (("{length: 20}", "{length: canary-value}"), ["shop.yaml:6", "length"]),
        (("source: shop\n", "sauce: shop\n"), ["sauce", "did you mean source?", "source: a required key is missing"]),
        (("note: null", "note: []"), ["empty list"]),
        (("note: null", "note: {mask: {}, keep: {}}"), ["not a kind"]),
        (("  public.order:\n    id: keep\n    note: null", "  public.order: skpi"), ["did you mean skip?"]),
        (("product: shop", "product: shopp"), ["differs from the file's name"]),
        (("{database: shop_dev}", "{database: a, store: b}"), ["name one target"]),
    ],
)
def test_a_malformed_policy_is_told_with_its_line(tmp_path, change, told):
    assert change[0] in GOOD
    with pytest.raises(FindingsError) as caught:
        policy_of(tmp_path, GOOD.replace(*change))
    for part in told:
        assert part in str(caught.value)
    assert "canary-value" not in str(caught.value)
