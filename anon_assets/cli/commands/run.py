"""Run the whole product."""

from __future__ import annotations

from dataclasses import asdict

import click

from anon_assets.cli.presenting import as_json, json_option, reporting

__all__ = ["command"]


@click.command(short_help="Extract, scan, anonymize, validate, publish.")
@click.argument("product")
@click.option("--table", "tables", multiple=True, help="Read only this table anew (may be given again).")
@click.option("--dry-run", is_flag=True, help="Stop after validation; publish nothing.")
@json_option
@click.pass_context
def command(context: click.Context, product: str, tables: tuple[str, ...], dry_run: bool, json_: bool) -> None:
    """Run PRODUCT's Dagster job in this process, with progress.

    Exits with 1 when a stage failed or a check did not hold; nothing was published then.
    """
    from anon_assets.cli.outcome import show_outcome
    from anon_assets.orchestration.running import run_product
    from anon_assets.stages.product import load_product

    loaded = load_product(context.obj["root"], product, context.obj["profile"])
    with reporting(silent=json_) as progress:
        outcome = run_product(loaded, tables, publish=not dry_run, progress=progress)
    if json_:
        as_json(asdict(outcome))
    else:
        show_outcome(loaded, outcome, dry_run=dry_run)
    context.exit(0 if outcome.succeeded else 1)
