from __future__ import annotations

from anon_assets.contracts.database import Column, Schema, Table
from anon_assets.policies.suite import check_suite, parse_suite

SCHEMA = Schema((Table("public", "customer", (Column("id"), Column("email"))),))
UNIQUE = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "email"}}


def parse(document):
    return parse_suite(document, "shop.yaml", lambda path: "shop.yaml:" + "/".join(path))


def test_an_empty_file_asks_for_nothing_more():
    suite, findings = parse({})
    assert (suite.tables, suite.checks, findings) == ({}, {}, [])


def test_expectations_and_parameters_are_read():
    suite, findings = parse(
        {"expectations": {"public.customer": [UNIQUE]}, "checks": {"no_leak": {"minimum_length": 6}}}
    )
    assert not findings
    (check,) = suite.tables["public.customer"]
    assert check.kind() == "expectations"
    assert check.names(["public.customer"]) == [("public.customer", "expect_column_values_to_be_unique__email")]
    assert suite.checks["no_leak"].minimum_length == 6
    assert not check_suite(suite, SCHEMA)


def test_every_error_is_found_at_its_line():
    _, findings = parse(
        {
            "expectation": {},
            "expectations": {"public.customer": [UNIQUE, {"type": "nonsense"}]},
            "privacy": {"public.customer": {"no_leak": {}, "k_anonymit": {}}},
            "checks": {"no_leak": {"minimum_lenght": 6}, "expectations": {"suite": [UNIQUE]}},
        }
    )
    by_code = {(each.code, each.source): each for each in findings}
    assert "expectations" in by_code["unknown-key", "shop.yaml:expectation"].hint
    assert ("invalid-value", "shop.yaml:expectations/public.customer/1/type") in by_code
    assert "write it under checks" in by_code["misplaced", "shop.yaml:privacy/public.customer/no_leak"].hint
    assert ("unknown-kind", "shop.yaml:privacy/public.customer/k_anonymit") in by_code
    assert by_code["unknown-key", "shop.yaml:checks/no_leak"].hint == "did you mean minimum_length?"
    assert ("misplaced", "shop.yaml:checks/expectations") in by_code
    assert len(findings) == 6


def test_sections_of_another_form_are_errors():
    _, findings = parse({"expectations": [1], "privacy": {"t": "k"}, "checks": 3})
    assert [each.code for each in findings] == ["malformed"] * 3


def test_names_are_held_against_the_schema():
    missing = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "emial"}}
    suite, findings = parse({"expectations": {"public.customer": [missing], "public.custmer": [UNIQUE]}})
    assert not findings
    found = {(each.code, each.where): each for each in check_suite(suite, SCHEMA)}
    assert found["unknown-column", "public.customer.emial"].hint == "did you mean email?"
    assert found["unknown-table", "public.custmer"].hint == "did you mean public.customer?"
    assert len(found) == 2
