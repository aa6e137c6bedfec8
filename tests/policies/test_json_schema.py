"""JSON Schema for editors: what we ship is valid, what we refuse is not."""

from __future__ import annotations

import copy
from pathlib import Path

import jsonschema
import pytest
import yaml

from anon_assets.contracts.check import CHECKS
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.policies.documents import read_document
from anon_assets.policies.json_schema import policy_schema, profile_schema, suite_schema

ROOT = Path(__file__).parents[2]
SCHEMAS = {"policies": policy_schema, "resources": profile_schema, "checks": suite_schema}
SHIPPED = sorted(path for folder in SCHEMAS for path in (ROOT / folder).glob("*.yaml"))


def problems(folder, document):
    validator = jsonschema.Draft202012Validator(SCHEMAS[folder]())
    return [error.json_path for error in validator.iter_errors(document)]


def policy(**changes):
    found = {"product": "shop", "source": "shop", "tables": {"public.t": {"a": "keep"}}}
    return {**found, **changes}


@pytest.mark.parametrize("folder", SCHEMAS)
def test_each_is_a_schema(folder):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[folder]())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_we_ship_is_valid(path):
    document = yaml.safe_load(path.read_text())
    assert problems(path.parent.name, document) == []
    assert problems(path.parent.name, copy.deepcopy(dict(read_document(path).data))) == []


@pytest.mark.parametrize("member", list(TRANSFORMS), ids=lambda member: member.kind())
def test_each_good_example_is_valid(member):
    parameters = dict(member.good.parameters)
    spec = {member.kind(): parameters} if parameters else None if member.kind() == "null" else member.kind()
    assert problems("policies", policy(tables={"public.t": {"a": spec}})) == []
    assert problems("policies", policy(tables={"public.t": {"a": [spec, spec]}})) == []


@pytest.mark.parametrize(
    "spec",
    ["keeep", {"masc": {}}, {"mask": {}, "keep": {}}, [], {}, 5, {"mask": {"odd": 1}}, {"date_shift": {"withn": 3}}],
)
def test_a_wrong_column_is_not(spec):
    assert problems("policies", policy(tables={"public.t": {"a": spec}}))


@pytest.mark.parametrize(
    "changes",
    [
        {"product": "Shop!"}, {"tables": {"public.t": "copy"}}, {"odd": 1}, {"publish": [{"stor": "x"}]}, {"tables": []},
        {"accepted": [{"finding": "zz", "who": "a", "why": "b", "until": "2026-01-01"}]}, {"source": 3},
    ],
)  # fmt: skip
def test_a_wrong_policy_is_not(changes):
    assert problems("policies", policy(**changes))


@pytest.mark.parametrize("missing", ["product", "source", "tables"])
def test_what_a_policy_must_have(missing):
    document = policy()
    del document[missing]
    assert problems("policies", document)


def test_profiles():
    good = {"databases": {"shop": {"postgres": {"url": {"env": "URL"}}}}, "kms": {"local": {"path": "k"}},
            "store": {"local": "s"}}  # fmt: skip
    assert problems("resources", good) == []
    for key, wrong in (("kms", {"locale": {"path": "k"}}), ("store", "nowhere"), ("databases", {"shop": {"oracle": {}}}),
                       ("databases", {"shop": {"postgres": {"urll": "x"}}})):  # fmt: skip
        assert problems("resources", {**good, key: wrong}), (key, wrong)
        assert problems("resources", {name: value for name, value in good.items() if name != key})


def test_a_profile_may_name_a_classifier():
    good = {"databases": {}, "kms": {"local": {"path": "k"}}, "store": {"local": "s"}}
    model = {"url": "https://api.example.com/v1", "model": "small", "key": {"env": "KEY"}, "timeout": "20 s"}
    assert problems("resources", {**good, "classifier": {"openai_compatible": model}}) == []
    for wrong in (
        "openai_compatible", {"openai": model}, {"openai_compatible": {**model, "odd": 1}},
        {"openai_compatible": {"url": "https://api.example.com/v1"}}, {"openai_compatible": {**model, "key": "x"}},
    ):  # fmt: skip
        assert problems("resources", {**good, "classifier": wrong}), wrong


def test_suites():
    good = {"expectations": {"public.t": [{"type": "expect_column_values_to_be_unique", "kwargs": {"column": "a"}}]}}
    assert problems("checks", good) == []
    assert problems("checks", {}) == []
    assert problems("checks", {"expectation": {}})
    assert problems("checks", {"expectations": {"public.t": [{"kwargs": {}}]}})
    assert problems("checks", {"expectations": {"public.t": [{"type": "DROP TABLE"}]}})
    assert problems("checks", {"checks": {"no_leek": {}}})
    for kind in CHECKS.kinds():
        if CHECKS.load(kind).always:
            assert problems("checks", {"checks": {kind: {}}}) == []
            assert problems("checks", {"checks": {kind: {"odd_parameter": 1}}})
