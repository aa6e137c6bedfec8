"""JSON Schema for the three kinds of file, from the same models that read them, so that editors complete them."""

from __future__ import annotations

from typing import Any

from anon_assets.contracts.check import CHECKS
from anon_assets.contracts.classifier import CLASSIFIERS
from anon_assets.contracts.database import DATABASES
from anon_assets.contracts.kms import KMS
from anon_assets.contracts.store import STORES
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.family import Family
from anon_assets.policies.policy import Acceptance, PolicyHead, Publish
from anon_assets.policies.scan_rules import ScanRules

__all__ = ["policy_schema", "profile_schema", "suite_schema"]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def _member_forms(family: Family[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Every way to write a member: its kind alone, or one kind with parameters."""
    forms: list[dict[str, Any]] = []
    for member in family:
        schema = member.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
        definitions.update(schema.pop("$defs", {}))
        title = member.title
        if not schema.get("required"):
            forms.append({"const": None if member.kind() == "null" else member.kind(), "description": title})
        inner: dict[str, Any] = schema
        if member.shorthand:
            inner = {"anyOf": [schema, {"not": {"type": "object"}}]}
        forms.append(
            {"type": "object", "description": title, "properties": {member.kind(): inner}, "required": [member.kind()],
             "additionalProperties": False}
        )  # fmt: skip
    return {"anyOf": forms}


def policy_schema() -> dict[str, Any]:
    """JSON Schema of ``policies/<product>.yaml``."""
    definitions: dict[str, Any] = {}
    definitions["transform"] = _member_forms(TRANSFORMS, definitions)
    one = {"$ref": "#/$defs/transform"}
    column = {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}
    table = {"anyOf": [{"enum": ["skip", "drop"]}, {"type": "object", "additionalProperties": column}]}
    head = PolicyHead.model_json_schema()
    properties = {
        **{
            name: {key: value for key, value in facts.items() if key != "title"}
            for name, facts in head["properties"].items()
        },
        "tables": {
            "type": "object",
            "description": head["properties"]["tables"]["description"],
            "additionalProperties": table,
        },
        "publish": {**head["properties"]["publish"], "items": Publish.model_json_schema()},
        "accepted": {**head["properties"]["accepted"], "items": Acceptance.model_json_schema()},
        "scan": {**ScanRules.model_json_schema(), "description": head["properties"]["scan"]["description"]},
    }
    return {
        "$schema": _DRAFT,
        "title": "anon_assets policy",
        "type": "object",
        "required": head["required"],
        "additionalProperties": False,
        "properties": properties,
        "$defs": definitions,
    }


def profile_schema() -> dict[str, Any]:
    """JSON Schema of ``resources/<profile>.yaml``."""
    definitions: dict[str, Any] = {}
    databases = _member_forms(DATABASES, definitions)
    return {
        "$schema": _DRAFT,
        "title": "anon_assets profile",
        "type": "object",
        "required": ["databases", "kms", "store"],
        "additionalProperties": False,
        "properties": {
            "databases": {
                "type": "object",
                "description": "name, as policies use it, to a kind of database",
                "additionalProperties": databases,
            },
            "kms": {"description": "wraps the data keys", **_member_forms(KMS, definitions)},
            "store": {"description": "where staged and published files lie", **_member_forms(STORES, definitions)},
            "classifier": {
                "description": "may be asked what columns hold; it sees names, types and shapes of values",
                **_member_forms(CLASSIFIERS, definitions),
            },
        },
        "$defs": definitions,
    }


def suite_schema() -> dict[str, Any]:
    """JSON Schema of ``checks/<product>.yaml``."""
    definitions: dict[str, Any] = {}
    expectation = {
        "type": "object",
        "required": ["type"],
        "additionalProperties": False,
        "properties": {
            "type": {"type": "string", "pattern": "^expect_[a-z0-9_]+$"},
            "kwargs": {"type": "object"},
            "severity": {"enum": ["critical", "warning", "info"]},
        },
    }
    by_kind = {member.kind(): member.model_json_schema(ref_template="#/$defs/{model}") for member in CHECKS}
    for schema in by_kind.values():
        definitions.update(schema.pop("$defs", {}))
    checks = {"type": "object", "properties": by_kind, "additionalProperties": False}
    return {
        "$schema": _DRAFT,
        "title": "anon_assets checks",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "expectations": {
                "type": "object",
                "description": "schema.table to expectations of Great Expectations, on the anonymized data",
                "additionalProperties": {"type": "array", "items": expectation},
            },
            "privacy": {
                "type": "object",
                "description": "schema.table to further checks",
                "additionalProperties": checks,
            },
            "checks": {**checks, "description": "parameters of the checks that always run"},
        },
        "$defs": definitions,
    }
