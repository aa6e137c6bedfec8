"""What a plan tells and what its hash depends on."""

from __future__ import annotations

import json
from datetime import date

import pytest

from anon_assets.contracts.database import Column, Schema, Table
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.policies.compiling import compile_plan
from anon_assets.policies.documents import read_document
from anon_assets.policies.plan import PlannedColumn, compose
from anon_assets.policies.policy import parse_policy

TABLE = Table("public", "t", (Column("id", "integer", "integer", nullable=False), Column("mail")), primary_key=("id",))
GOOD = "product: shop\nsource: shop\ntables:\n  public.t: {id: keep, mail: {token: {length: 20}}}\npublish: [{store: out}]\n"


def planned(tmp_path, text=GOOD, schema=None):
    (tmp_path / "shop.yaml").write_text(text)
    return compile_plan(
        parse_policy(read_document(tmp_path / "shop.yaml")), schema or Schema((TABLE,)), date(2026, 1, 1)
    )


def chain(*specs):
    return tuple(TRANSFORMS.parse(spec, "t")[0] for spec in specs)


def test_equal_plans_have_equal_hashes(tmp_path):
    assert planned(tmp_path).hash == planned(tmp_path, "# a comment\n" + GOOD).hash
    grown = Schema((Table("public", "t", TABLE.columns, primary_key=("id",), rows=10**6),))
    assert planned(tmp_path, schema=grown).hash == planned(tmp_path).hash  # an estimate decides nothing


@pytest.mark.parametrize(
    "changed",
    [
        GOOD.replace("length: 20", "length: 21"), GOOD.replace("{token: {length: 20}}", "null"),
        GOOD.replace("store: out", "store: other"), GOOD.replace("{id: keep, mail: {token: {length: 20}}}", "skip"),
        GOOD.replace("token: {length: 20}", "token: {length: 20, domain: mails}"),
    ],
)  # fmt: skip
def test_every_decision_changes_the_hash(tmp_path, changed):
    assert changed != GOOD
    assert planned(tmp_path, changed).hash != planned(tmp_path).hash


def test_a_changed_schema_changes_the_hash(tmp_path):
    wider = Schema((Table("public", "t", (TABLE.columns[0], Column("mail", nullable=False)), primary_key=("id",)),))
    assert planned(tmp_path, schema=wider).hash != planned(tmp_path).hash


def test_the_written_form_is_json_and_names_everything(tmp_path):
    told = json.loads(json.dumps(planned(tmp_path).to_dict()))
    columns = told["tables"]["public.t"]["columns"]
    assert list(columns) == ["id", "mail"]
    assert columns["mail"]["chain"][0]["token"]["length"] == 20 and columns["mail"]["domain"] == "public.t.mail"
    with pytest.raises(KeyError):
        planned(tmp_path).table("public.unknown")


def test_a_chain_in_one_line():
    one = PlannedColumn(Column("mail"), chain({"token": {"length": 20}}, "keep"), "d")
    assert one.spelled == "token(length=20) > keep"


def test_a_chain_is_as_dangerous_as_its_worst_step():
    column = Column("mail")
    token, null, keep, mask = (chain(spec)[0].effects(column) for spec in ({"token": {}}, "null", "keep", {"mask": {}}))
    both = compose(chain({"token": {}}, "null"), column)
    assert both.may_null == null.may_null and both.fixed == null.fixed and both.needs_key == token.needs_key
    assert both.injective is False
    assert compose(chain("keep", "keep"), column).passes and not compose(chain("keep", {"token": {}}), column).passes
    assert keep.passes and not compose(chain({"mask": {}}, "keep"), column).passes
    assert compose(chain({"mask": {}}, {"token": {}}), column).injective is (mask.injective and token.injective)
    assert compose(chain("null", "keep"), column).fixed
    number = Column("n", "integer", "integer")
    assert not compose(chain({"constant": 5}, {"noise": {"amount": 2}}), number).fixed
    assert compose(chain({"noise": {"amount": 2}}, {"constant": 5}), number).fixed
    with pytest.raises(ValueError, match="at least one"):
        compose((), column)
