"""Which column gets which transform, from the policy alone."""

from __future__ import annotations

import fnmatch

import click

from anon_assets.cli.presenting import as_json, examples, json_option, show_table
from anon_assets.errors import UsageError

__all__ = ["command"]


@click.command(
    short_help="Which column gets which transform.",
    epilog=examples("anon-assets fields shop", "anon-assets fields shop --table 'public.c*' --changed"),
)
@click.argument("product")
@click.option("--table", default="*", help="Only tables that match, such as 'public.*'.")
@click.option("--changed", is_flag=True, help="Only columns that are not kept.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many columns.")
@json_option
@click.pass_context
def command(context: click.Context, product: str, table: str, changed: bool, limit: int | None, json_: bool) -> None:
    """List the columns of PRODUCT's policy with their transforms. Contacts no database.

    Exits with 2 when nothing matches.
    """
    from anon_assets.findings import near
    from anon_assets.stages.product import load_product

    policy = load_product(context.obj["root"], product, context.obj["profile"]).policy
    found = [
        {"table": place, "column": name, "transforms": " > ".join(step.kind() for step in decision.chain),
         "parameters": [step.model_dump(mode="json", by_alias=True, exclude_defaults=True) for step in decision.chain],
         "where": decision.source}
        for place, ruled in policy.tables.items() if fnmatch.fnmatchcase(place, table)
        for name, decision in ruled.columns.items()
        if not (changed and all(step.kind() == "keep" for step in decision.chain))
    ]  # fmt: skip
    if not found:
        hint = near(table, policy.tables) if table not in {"*", *policy.tables} else "leave out the filters"
        raise UsageError(f"fields {product}", "no column matches", hint)
    if json_:
        as_json(found[:limit])
        return
    rows: list[list[object]] = [
        [each["table"], each["column"], each["transforms"], each["where"]] for each in found[:limit]
    ]
    show_table(f"Fields of {product}", ["table", "column", "transform", "decided in"], rows)
