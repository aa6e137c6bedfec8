"""Members of families described as data: for ``show``, and for the generated pages in docs/."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import asdict, fields
from typing import Any

import yaml

from anon_assets.contracts.check import CHECKS, Check
from anon_assets.contracts.classifier import CLASSIFIERS
from anon_assets.contracts.database import DATABASES, Column
from anon_assets.contracts.detector import DETECTORS, Detector
from anon_assets.contracts.kms import KMS
from anon_assets.contracts.store import STORES
from anon_assets.contracts.transform import TRANSFORMS, Effects, Example, Transform
from anon_assets.family import Family, Member

__all__ = ["FAMILIES", "describe", "summary"]

FAMILIES: dict[str, Family[Any]] = {
    "transforms": TRANSFORMS, "detectors": DETECTORS, "checks": CHECKS, "databases": DATABASES, "kms": KMS, "stores": STORES,
    "classifiers": CLASSIFIERS,
}  # fmt: skip


def summary(family: str) -> list[dict[str, str]]:
    """Kind and title of every member of a family, sorted."""
    return [{"kind": member.kind(), "title": member.title} for member in FAMILIES[family]]


def describe(family: str, kind: str) -> dict[str, Any]:
    """Everything declared about one member: kind, title, parameters, facts, examples.

    Raises: DocumentError for an unknown kind.
    """
    member = FAMILIES[family].load(kind)
    examples: list[dict[str, Any]] = []
    facts: dict[str, Any] = {}
    if issubclass(member, Transform):
        facts = _effects(member)
        examples = [_example(member, member.good), _example(member, member.bad)]
        if member.source:
            facts["source"] = member.source
    elif issubclass(member, Detector):
        facts = _evidence(member)
    elif issubclass(member, Check):
        facts = {"always runs": "yes" if member.always else "no"}
    return {
        "family": family, "kind": kind, "title": member.title, "parameters": _parameters(member), "facts": facts,
        "examples": examples,
    }  # fmt: skip


def _parameters(member: type[Member]) -> list[dict[str, str]]:
    schema = member.model_json_schema(by_alias=True)
    required = set(schema.get("required", ()))
    told = _documented(member)
    found = []
    for name, facts in schema.get("properties", {}).items():
        default = "required" if name in required else json.dumps(facts.get("default"))
        found.append(
            {
                "name": name,
                "type": _type(facts),
                "default": default,
                "description": facts.get("description") or told.get(name, ""),
            }
        )
    return found


def _documented(member: type[Member]) -> dict[str, str]:
    """What the docstring's ``Args:`` section says of each parameter: ``name: text`` in lines, or ``name: text. name: text``."""
    section = re.search(r"^Args:\n((?: +.*\n?|\n)+)", inspect.getdoc(member) or "", re.MULTILINE)
    if section is None:
        return {}
    text = " ".join(section[1].split())
    names = "|".join(re.escape(each.alias or name) for name, each in member.model_fields.items())
    parts = re.split(rf"(?:^|(?<=[.;] ))({names}): ", text) if names else []
    return {
        name: part.strip().rstrip(".;").replace("``", "`") for name, part in zip(parts[1::2], parts[2::2], strict=True)
    }


def _type(facts: dict[str, Any]) -> str:
    if "enum" in facts:
        return ", ".join(map(str, facts["enum"]))
    if "anyOf" in facts:
        return " or ".join(dict.fromkeys(_type(each) for each in facts["anyOf"] if each.get("type") != "null"))
    if "$ref" in facts:
        return str(facts["$ref"]).rpartition("/")[2].lower()
    if facts.get("type") == "array":
        return f"list of {_type(facts.get('items', {}))}"
    return str(facts.get("type", "any"))


def _effects(member: type[Transform]) -> dict[str, Any]:
    made = member.model_validate(dict(member.good.parameters))
    effects = made.effects(Column("example"))
    shown: dict[str, Any] = {"accepts": sorted(effects.accepts), "scope": effects.scope}
    flags = [f.name for f in fields(Effects) if f.type == "bool" and getattr(effects, f.name)]
    shown["effects of the good example"] = [name.replace("_", " ") for name in flags]
    return shown


def _evidence(member: type[Detector]) -> dict[str, Any]:
    return {
        "tier": member.tier,
        "identifying": "yes" if member.identifying else "no",
        "looks into": sorted(member.types),
        "patterns": len(member.patterns),
        "name words": sorted({word for words in member.tokens.values() for word in words}),
        "taxonomy": list(member.taxonomy),
        "proposes": [_flow(each) for each in member.proposes],
        "examples": list(member.examples),
    }


def _example(member: type[Transform], example: Example) -> dict[str, Any]:
    parameters = dict(example.parameters)
    spelled = _flow({member.kind(): parameters}) if parameters else member.kind()
    told = asdict(example)
    return {
        "yaml": spelled,
        "before": [str(value) for value in told["before"]],
        "after": None if told["after"] is None else [str(value) for value in told["after"]],
        "note": example.note,
    }


def _flow(spec: object) -> str:
    """YAML on one line, as a policy writes it."""
    if isinstance(spec, str):
        return spec
    return (
        yaml.safe_dump(spec, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1000)
        .removesuffix("\n...\n")
        .rstrip("\n")
    )
