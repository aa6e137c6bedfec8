"""Run the whole product."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from anon_assets.cli.presenting import as_json, examples, json_option, reporting
from anon_assets.errors import UsageError

if TYPE_CHECKING:
    from anon_assets.stages.product import Product

__all__ = ["command"]


@click.command(
    short_help="Extract, scan, anonymize, validate, publish.",
    epilog=examples(
        "anon-assets run shop",
        "anon-assets run shop --dry-run",
        "anon-assets run shop --table public.customer --table public.payment",
    ),
)
@click.argument("product")
@click.option(
    "--table",
    "tables",
    multiple=True,
    help="Read only this table anew; the others as the last, unpublished run left them.",
)
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
    if tables:
        _others_are_staged(loaded, tables)
    with reporting(silent=json_) as progress:
        outcome = run_product(loaded, tables, publish=not dry_run, progress=progress)
    if json_:
        as_json(asdict(outcome))
    else:
        show_outcome(loaded, outcome, dry_run=dry_run)
    context.exit(0 if outcome.succeeded else 1)


def _others_are_staged(product: Product, tables: tuple[str, ...]) -> None:
    """Checks compare every table with its raw rows, which are removed after publishing unless the policy keeps them."""
    known = [place for place, ruled in product.policy.tables.items() if ruled.action == "copy"]
    if not set(tables) <= set(known):
        return  # told by the run itself, with a near name
    store = product.profile.store
    gone = [place for place in known if place not in tables and not store.files(product.staged("raw", place))]
    if gone:
        what = f"raw rows of {len(gone)} other table{'s' * (len(gone) != 1)} are not staged, such as {gone[0]}"
        raise UsageError(
            "--table", what, "run without --table; or keep them between runs with `keep_raw: true` in the policy"
        )
