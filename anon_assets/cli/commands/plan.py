"""Compile a policy against the live schema."""

from __future__ import annotations

from typing import Any

import click

from anon_assets.cli.presenting import as_json, examples, json_option, say, show_table
from anon_assets.errors import FindingsError

__all__ = ["command"]


@click.command(
    short_help="What would be done to each column, or every error.",
    epilog=examples("anon-assets plan shop", "anon-assets plan shop --json > plan.json"),
)
@click.argument("product")
@json_option
@click.pass_context
def command(context: click.Context, product: str, json_: bool) -> None:
    """Compile PRODUCT's policy against its live source schema. Reads no rows, changes nothing.

    Prints the plan, or every error and unaccepted warning at once, and then exits with 1.
    """
    from anon_assets.stages.planning import plan_product
    from anon_assets.stages.product import load_product

    try:
        loaded = load_product(context.obj["root"], product, context.obj["profile"])
        with loaded.source.snapshot() as snapshot:
            schema = snapshot.schema()
        plan = plan_product(loaded, schema)
    except FindingsError as error:
        if json_:
            as_json({"product": product, "ok": False, "findings": list(error.lines)})
            context.exit(1)
        raise
    if json_:
        as_json({"ok": True, "hash": plan.hash, **plan.to_dict(), "findings": [f.to_dict() for f in plan.findings]})
        return
    rows: list[list[Any]] = []
    for table in plan.tables:
        if table.action != "copy":
            rows.append([table.place, "", "", table.action, ""])
        for planned in table.columns:
            own = planned.domain == f"{table.place}.{planned.column.name}"
            shown = "" if own or not planned.effects.needs_key else planned.domain
            rows.append([table.place, planned.column.name, _short(planned.column.type, table.place), planned.spelled,
                         shown])  # fmt: skip
    show_table(f"Plan of {product}", ["table", "column", "type", "transform", "linked by"], rows)
    for finding in plan.findings:
        say(str(finding))
    kept = sum(planned.effects.passes for table in plan.tables for planned in table.columns)
    columns = sum(len(table.columns) for table in plan.tables)
    say(f"{len(plan.tables)} tables, {columns} columns: {kept} kept, {columns - kept} changed. Plan {plan.hash[:12]}.")


def _short(type_: str, place: str) -> str:
    """A type as most people write it, without the schema that it shares with its table."""
    type_ = type_.removeprefix(place.rpartition(".")[0] + ".")
    for long, short in (
        ("timestamp without time zone", "timestamp"),
        ("timestamp with time zone", "timestamptz"),
        ("character varying", "varchar"),
        ("double precision", "float8"),
    ):
        type_ = type_.replace(long, short)
    return type_
