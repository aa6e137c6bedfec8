"""Rows before and after."""

from __future__ import annotations

from typing import Any

import click
import pyarrow as pa

from anon_assets.cli.presenting import as_json, examples, json_option, say, show_table
from anon_assets.columns import as_text
from anon_assets.errors import UsageError

__all__ = ["command"]


@click.command(
    short_help="Rows before and after.",
    epilog=examples(
        "anon-assets preview shop public.customer", "anon-assets preview shop public.customer --limit 3 --json"
    ),
)
@click.argument("product")
@click.argument("table")
@click.option("--limit", type=click.IntRange(1, 10_000), default=10, show_default=True, help="Rows to show.")
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True, help="Rows to skip first.")
@json_option
@click.pass_context
def command(context: click.Context, product: str, table: str, limit: int, offset: int, json_: bool) -> None:
    """Show rows of TABLE (schema.table) of PRODUCT as they are and as they would be published.

    This prints personal data of the source to your terminal, and only there.
    """
    from anon_assets.findings import near
    from anon_assets.stages.anonymize import TablePass
    from anon_assets.stages.data_keys import open_keys
    from anon_assets.stages.learning import learn_table
    from anon_assets.stages.planning import plan_product
    from anon_assets.stages.product import load_product

    loaded = load_product(context.obj["root"], product, context.obj["profile"])
    keys = open_keys(loaded)
    with loaded.source.snapshot() as snapshot:
        plan = plan_product(loaded, snapshot.schema())
        places = [each.place for each in plan.copied]
        if table not in places:
            raise UsageError(table, f"{product} does not copy such a table", near(table, places))
        planned = plan.table(table)
        learnt = learn_table(planned, lambda: snapshot.read(planned.table, planned.reads), keys)
        batches = list(snapshot.read(planned.table, planned.reads, limit=limit, offset=offset))
    transform = TablePass(planned, keys, learnt).transform
    before = [_rows(batch) for batch in batches]
    after = [_rows(transform(batch)) for batch in batches]
    rows_before, rows_after = [row for each in before for row in each], [row for each in after for row in each]
    if json_:
        as_json({"columns": list(planned.reads), "before": rows_before, "after": rows_after})
        return
    for title, rows in ((f"{table} in the source", rows_before), (f"{table} as published", rows_after)):
        show_table(title, planned.reads, [["∅" if cell is None else _cut(cell) for cell in row] for row in rows])
    say(f"{len(rows_before)} row{'s' * (len(rows_before) != 1)} from offset {offset}.")


def _rows(batch: pa.RecordBatch) -> list[list[Any]]:
    texts = [as_text(column).to_pylist() for column in batch.columns]
    return [list(row) for row in zip(*texts, strict=True)]


def _cut(cell: str) -> str:
    return cell if len(cell) <= 40 else cell[:39] + "…"
