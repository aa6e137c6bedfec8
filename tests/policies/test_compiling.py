from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from anon_assets.contracts.database import Column, ForeignKey, Schema, Table
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import FindingsError
from anon_assets.findings import Finding
from anon_assets.keys import KeyRing
from anon_assets.policies.compiling import column_findings, compile_plan, kept_personal, root_column
from anon_assets.policies.documents import read_document
from anon_assets.policies.policy import parse_policy
from anon_assets.sealed import Sealed

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


def linked(name: str, *targets: str, **facts) -> Table:
    keys = tuple(ForeignKey(f"{name}_{target}", ("id",), f"public.{target}", ("id",)) for target in targets)
    return Table("public", name, (column("id", nullable=False, **facts),), primary_key=("id",), foreign_keys=keys)


def linked_policy(**columns: str) -> str:
    tables = "".join(f"  public.{name}: {{{f'id: {spec}' if spec else ''}}}\n" for name, spec in columns.items())
    return f"product: shop\nsource: shop\ntables:\n{tables}publish: [{{store: out}}]\n"


def domains(plan) -> set[str]:
    return {each.domain for table in plan.tables for each in table.columns}


def test_a_column_under_two_foreign_keys_is_judged_by_both(tmp_path):
    schema = Schema((linked("a"), linked("b"), linked("c", "b", "a")))
    token, other = "{token: {}}", "{token: {length: 20}}"
    assert domains(compiled(tmp_path, linked_policy(a="keep", b="keep", c=""), schema)) >= {"public.a.id"}
    message = refused(tmp_path, linked_policy(a=token, b=other, c=token), schema)
    assert "public.c.id: refers to public.b.id, which is given another transform" in message
    message = refused(tmp_path, linked_policy(a=other, b=token, c=token), schema)
    assert "public.c.id: refers to public.a.id, which is given another transform" in message
    message = refused(tmp_path, linked_policy(a=token, b=token, c=token), schema)
    assert "public.c.id: refers to public.b.id, which has another linkage domain" in message
    shared = "{token: {domain: ids}}"
    assert domains(compiled(tmp_path, linked_policy(a=shared, b=shared, c=""), schema)) == {"ids"}


def test_keys_that_refer_to_each_other_share_the_smallest_as_root(tmp_path):
    schema = Schema((linked("a", "b"), linked("b", "a"), linked("c", "b")))
    assert {root_column(schema, f"public.{name}", "id") for name in "abc"} == {("public.a", "id")}
    plan = compiled(tmp_path, linked_policy(a="{token: {}}", b="{token: {}}", c=""), schema)
    assert domains(plan) == {"public.a.id"}
    plan = compiled(tmp_path, linked_policy(a="", b="{token: {domain: ids}}", c=""), schema)
    assert domains(plan) == {"ids"}


def test_the_domain_of_a_grandparent_reaches_its_grandchildren(tmp_path):
    schema = Schema((linked("a"), linked("b", "a"), linked("c", "b")))
    text = linked_policy(a="{token: {domain: ids}}", b="{token: {}}", c="{token: {}}")
    assert domains(compiled(tmp_path, text, schema)) == {"ids"}


def test_both_ends_of_a_foreign_key_get_equal_fakes_whatever_their_length(tmp_path):
    narrow = {"type": "character varying(50)", "max_length": 50}
    wide = {"type": "character varying(254)", "max_length": 254}
    values = pa.array([f"person.{number}@lovelace.org" for number in range(500)])
    keys = KeyRing("shop", {1: Sealed(bytes(32))})
    for parent, child in ((narrow, wide), (wide, narrow)):
        schema = Schema((linked("a", **parent), linked("b", "a", **child)))
        plan = compiled(tmp_path, linked_policy(a="{fake: {as: email, unique: true}}", b=""), schema)
        results = []
        for table in plan.tables:
            (planned,) = table.columns
            assert (planned.column.max_length, planned.column.type) == (50, table.table.columns[0].type)
            results.append(planned.apply(values, Context(planned.domain, planned.column, planned.domain, keys)))
        assert results[0].equals(results[1])
        assert max(map(len, results[0].to_pylist())) <= 50
        assert len(results[0].unique()) == 500


def test_both_ends_of_a_foreign_key_get_equal_numbers_whatever_their_width(tmp_path):
    narrow, wide = {"type": "integer", "bits": 32}, {"type": "bigint", "bits": 64}
    values = pa.array(range(1_000), pa.int64())
    keys = KeyRing("shop", {1: Sealed(bytes(32))})
    for parent, child in ((narrow, wide), (wide, narrow)):
        schema = Schema((linked("a", logical="integer", **parent), linked("b", "a", logical="integer", **child)))
        plan = compiled(tmp_path, linked_policy(a="{fpe: {as: integer}}", b=""), schema)
        results = []
        for table in plan.tables:
            (planned,) = table.columns
            own = values.cast(pa.int32() if table.table.columns[0].bits == 32 else pa.int64())
            context = Context(planned.domain, planned.column, planned.domain, keys)
            results.append(planned.apply(own, context).cast(pa.int64()))
        assert results[0].equals(results[1]) and not results[0].equals(values)


def test_only_what_depends_on_the_length_is_narrowed(tmp_path):
    schema = Schema((linked("a", max_length=254), Table("public", "b", (column("id", max_length=20),),
                     foreign_keys=(ForeignKey("b_a", ("id",), "public.a", ("id",)),))))  # fmt: skip
    fake = "{fake: {as: email, unique: true}}"
    plan = compiled(tmp_path, linked_policy(a=fake, b="null"), schema)
    assert plan.table("public.a").columns[0].column.max_length == 254
    message = refused(tmp_path, linked_policy(a=fake, b=""), schema)
    assert "a column joined to it by foreign keys holds only 20 characters" in message


def test_partition_keys_and_checks_are_noted_when_changed(tmp_path):
    table = Table("public", "t", (column("at", "date", checked=True), column("code", checked=True), column("kind")),
                  partitioned=True, partition_key=("at", "kind"))  # fmt: skip
    text = linked_policy(t="").replace("{}", "{at: %s, code: %s, kind: keep}")
    shift = "{date_shift: {within: 9 days}}"
    found = compiled(tmp_path, text % (shift, "{mask: {first: 1}}"), Schema((table,))).findings
    assert [(f.severity, f.code, f.where) for f in found] == [
        ("note", "partition-key", "public.t.at"), ("note", "check", "public.t.at"), ("note", "check", "public.t.code"),
    ]  # fmt: skip
    assert not compiled(tmp_path, text % ("keep", "{constant: x}"), Schema((table,))).findings
    shifted, found = TRANSFORMS.parse({"date_shift": {"within": "9 days"}}, "t")
    assert shifted is not None and column_findings(table, table.columns[0], [shifted]) == []  # a note is no misfit


def test_nulls_collide_where_the_constraint_says_so(tmp_path):
    columns = (column("id", "integer", nullable=False), column("code"))
    distinct = Table("public", "t", columns, primary_key=("id",), uniques=(("code",),))
    text = linked_policy(t="").replace("{}", "{id: keep, code: null}")
    compiled(tmp_path, text, Schema((distinct,)))
    equal = dataclasses.replace(distinct, nulls_collide=(("code",),))
    assert "public.t.code: is under a UNIQUE constraint and null can collide" in refused(
        tmp_path, text, Schema((equal,))
    )


@pytest.mark.parametrize(
    ("name", "noted"),
    [
        ("{fake: person_name}", False),
        ("{fake: {as: person_name, locale: de_DE}}", True),
        ("{fake: first_name}", True),
        ("{fake: {as: person_name, when: \"mood = 'ok'\"}}", True),
        ("keep", True),
        ("[{fake: person_name}, {mask: {first: 1}}]", True),
    ],
)  # fmt: skip
def test_fakes_made_of_a_column_that_becomes_something_else_are_noted(tmp_path, name, noted):
    text = GOOD.replace("{token: {length: 20}}", "{fake: {as: email, unique: true, with: name}}")
    alone = text.split("  public.order:")[0] + "publish: [{database: shop_dev}]\n"
    plan = compiled(tmp_path, alone.replace("{fake: {as: person_name}}", name), Schema((CUSTOMER,)))
    told = [each for each in plan.findings if each.code == "transform" and each.where == "public.customer.email"]
    assert [(each.severity, "name does not become {fake: person_name}" in each.what) for each in told] == (
        [("note", True)] if noted else []
    )
