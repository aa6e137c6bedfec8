"""The reference, from the same declarations that the product runs on."""

from __future__ import annotations

from typing import Any

import click

from anon_assets.cli.presenting import as_json, examples, json_option, say, show_table
from anon_assets.cli.reference import FAMILIES, describe, summary
from anon_assets.errors import UsageError
from anon_assets.findings import near

__all__ = ["command"]


@click.command(
    short_help="Reference: transforms, detectors, checks, databases, kms, stores.",
    epilog=examples(
        "anon-assets show transforms",
        "anon-assets show transforms mask",
        "anon-assets show --schema policy > policy.schema.json",
    ),
)
@click.argument("family", required=False)
@click.argument("kind", required=False)
@click.option(
    "--schema", type=click.Choice(["policy", "profile", "checks"]), help="Print the JSON Schema of a kind of file."
)
@json_option
def command(family: str | None, kind: str | None, schema: str | None, json_: bool) -> None:
    """List the kinds of a FAMILY, or show one KIND: parameters, effects, examples. Without either, list all."""
    if schema is not None:
        from anon_assets.policies import json_schema

        made = {
            "policy": json_schema.policy_schema,
            "profile": json_schema.profile_schema,
            "checks": json_schema.suite_schema,
        }
        as_json(made[schema]())
        return
    if family is None:
        rows = [[name, ", ".join(each.kinds())] for name, each in FAMILIES.items()]
        if json_:
            as_json({name: each.kinds() for name, each in FAMILIES.items()})
        else:
            show_table("Families", ["family", "kinds"], rows)
        return
    if family not in FAMILIES:
        raise UsageError("show", f"no family {family!r}", near(family, FAMILIES))
    if kind is None:
        listed = summary(family)
        if json_:
            as_json(listed)
        else:
            show_table(family.capitalize(), ["kind", "title"], [[each["kind"], each["title"]] for each in listed])
        return
    told = describe(family, kind)
    if json_:
        as_json(told)
    else:
        _print(told)


def _print(told: dict[str, Any]) -> None:
    say(f"{told['kind']}: {told['title']}\n", style="bold")
    if told["parameters"]:
        rows = [[p["name"], p["type"], p["default"], p["description"]] for p in told["parameters"]]
        show_table("Parameters", ["name", "type", "default", "what it does"], rows)
    for heading, content in told["facts"].items():
        shown = ", ".join(map(str, content)) if isinstance(content, list) else str(content)
        say(f"{heading}: {shown or 'none'}")
    for number, example in enumerate(told["examples"]):
        say(f"\n{'Good' if number == 0 else 'A mistake'}:  {example['yaml']}")
        for before, after in zip(example["before"], example["after"] or [], strict=False):
            say(f"  {before!s:<32} -> {after}")
        if example["note"]:
            say(f"  {example['note']}")
