"""Rules for scanning: what they leave out, which conditions they take, and how they are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from anon_assets.contracts.database import Column, Schema, Table
from anon_assets.errors import FindingsError
from anon_assets.policies.documents import read_document
from anon_assets.policies.json_schema import policy_schema
from anon_assets.policies.policy import parse_policy
from anon_assets.policies.scan_rules import ScanRules, parse_scan_rules, sql_problem

SCHEMA = Schema(
    (
        Table("public", "customer", (Column("id"), Column("email"), Column("raw_agent"))),
        Table("public", "odd.name", (Column("a.b"),)),
        Table("log", "visit", (Column("page"),)),
    )
)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, set()),
        ({"skip": ["log"]}, {"log.visit.page"}),
        ({"skip": ["public.customer"]}, {"public.customer.id", "public.customer.email", "public.customer.raw_agent"}),
        ({"skip": ["*.*.raw_*"]}, {"public.customer.raw_agent"}),
        ({"skip": ["*.*.[ie]*"]}, {"public.customer.id", "public.customer.email"}),
        ({"skip": ["public.odd?name"]}, {"public.odd.name.a.b"}),
        ({"skip": ["PUBLIC"]}, set()),
        ({"skip": ["public.*mer.i?"]}, {"public.customer.id"}),
        ({"skip": ["*.email"]}, set()),  # a table of that name
        ({"only": ["public"]}, {"log.visit.page"}),
        ({"only": ["public.customer", "log"], "skip": ["*.*.id"]}, {"public.customer.id", "public.odd.name.a.b"}),
    ],
)
def test_what_is_left_out(rules, expected):
    made = ScanRules(**rules)
    columns = [(table.place, column.name) for table in SCHEMA.tables for column in table.columns]
    assert {f"{place}.{name}" for place, name in columns if made.left_out(place, name)} == expected


def test_the_reason_names_the_rule():
    rules = ScanRules(only=["public"], skip=["public.customer.e*"])
    assert rules.left_out("public.customer", "email") == "skip public.customer.e*"
    assert rules.left_out("log.visit", "page") == "not among only"
    assert rules.left_out("public.customer", "id") == ""


@pytest.mark.parametrize(
    "sql",
    [
        "id < 10", "created_at > now() - interval '30 days'", "name LIKE 'O''Brien (%' AND \"odd )\" = 1",
        "id IN (SELECT 1 UNION SELECT 2)", "tags[1] = 'a' OR (a AND (b OR c))", "note ~ '--' IS FALSE", "note = '/*'",
    ],
)  # fmt: skip
def test_conditions_that_may_be(sql):
    assert sql_problem(sql) == ""


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("", "empty"), ("  ", "empty"), ("1 = 1; DROP TABLE t", "semicolon"), ("a = ';'", "semicolon"),
        ("a = 1 -- x", "comment"), ("a /* x */ = 1", "comment"), ("true) OR (true", "nothing opens"),
        ("(a = 1", "nothing closes"), ("a[1)", "nothing opens"), ("a = 'x", "quote"), ('"a = 1', "quote"),
        (r"a = E'\') OR (true'", "backslash"), ("a = $$x$$", "dollar"), ("a = $1", "dollar"),
        ("a = 1) UNION SELECT secret FROM other WHERE (true", "nothing opens"),
    ],
)  # fmt: skip
def test_conditions_that_may_not(sql, what):
    problem = sql_problem(sql)
    assert what in problem
    assert "secret" not in problem


def test_rules_that_fit_nothing():
    rules = ScanRules(
        only=["public", "nowhere"], skip=["public.custmer"], where={"public.custmer": "true", "log.visit": "true"}
    )
    told = {(each.severity, each.code, each.where): each for each in rules.findings(SCHEMA)}
    assert set(told) == {
        ("error", "unused-rule", "scan.only"), ("note", "unused-rule", "scan.skip"),
        ("error", "unknown-table", "scan.where.public.custmer"),
    }  # fmt: skip
    assert "nowhere" in told["error", "unused-rule", "scan.only"].what
    assert told["error", "unknown-table", "scan.where.public.custmer"].hint == "did you mean public.customer?"
    assert ScanRules().findings(SCHEMA) == []


POLICY = """\
product: shop
source: shop
tables: {public.t: {a: keep}}
scan:
  mode: partial
  skip: [audit]
  where: {public.t: "id < 10"}
  detectors: [detectors/own.yaml]
"""


def write(tmp_path: Path, text: str, name: str = "policies/shop.yaml") -> Path:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_a_policy_holds_rules_and_its_files_start_at_the_project(tmp_path):
    policy = parse_policy(read_document(write(tmp_path, POLICY)))
    assert (policy.scan.mode, policy.scan.skip, dict(policy.scan.where)) == (
        "partial",
        ("audit",),
        {"public.t": "id < 10"},
    )
    assert policy.scan.detectors == (str(tmp_path / "detectors/own.yaml"),)
    bare = parse_policy(read_document(write(tmp_path, POLICY.partition("scan:")[0])))
    assert bare.scan == ScanRules() and bare.scan.mode == "full"


def test_a_file_of_rules_is_the_same_mapping(tmp_path):
    path = write(tmp_path, "mode: partial\nonly: [public]\ndetectors: [own.yaml]\n", "rules/rules.yaml")
    rules = parse_scan_rules(read_document(path))
    assert (rules.mode, rules.only, rules.detectors) == ("partial", ("public",), (str(tmp_path / "rules/own.yaml"),))


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("mode: part\n", 1, "'full' or 'partial'"), ("skip: [a, a.b.c.d]\n", 1, "schema.table.column"),
        ("\nskipp: [a]\n", 2, "no such key"), ("where:\n  public.t: 's3cret; x'\n", 2, "semicolon"),
        ("only: public\n", 1, "tuple"), ("send: everything\n", 1, "'shapes' or 'samples'"), ("skip: ['a..b']\n", 1, "schema"),
    ],
)  # fmt: skip
def test_wrong_rules_are_told_with_their_line_and_without_the_value(tmp_path, text, line, what):
    with pytest.raises(FindingsError) as caught:
        parse_scan_rules(read_document(write(tmp_path, text, "rules.yaml")))
    told = str(caught.value)
    assert f"rules.yaml:{line}" in told and what in told and "s3cret" not in told


def test_wrong_rules_in_a_policy_are_findings_of_it(tmp_path):
    with pytest.raises(FindingsError) as caught:
        parse_policy(read_document(write(tmp_path, POLICY.replace("mode: partial", "mode: quick"))))
    assert "policies/shop.yaml:5" in str(caught.value)


def test_editors_know_the_key():
    scan = policy_schema()["properties"]["scan"]
    assert set(scan["properties"]) >= {"mode", "only", "skip", "where", "detectors", "send"}
    assert scan["properties"]["mode"]["enum"] == ["full", "partial"] and scan["additionalProperties"] is False
