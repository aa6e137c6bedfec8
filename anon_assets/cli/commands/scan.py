"""Find personal data, and draft or update a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from anon_assets.cli.presenting import as_json, examples, json_option, reporting, say, show_table
from anon_assets.contracts.detector import Verdict
from anon_assets.errors import UsageError

__all__ = ["command", "show_verdicts"]


@click.command(
    short_help="Find personal data; draft the policy.",
    epilog=examples(
        "anon-assets scan shop",
        "anon-assets scan --database postgresql://reader@db.example.org/shop",
        "anon-assets scan shop --write",
    ),
)
@click.argument("product", required=False)
@click.option("--database", metavar="URL", help="Scan this database instead of a product's source (or env:NAME).")
@click.option("--all", "everything", is_flag=True, help="List the columns without findings, too.")
@click.option("--write", is_flag=True, help="Bring policies/PRODUCT.yaml up to date; decisions in it stay.")
@json_option
@click.pass_context
def command(
    context: click.Context, product: str | None, database: str | None, everything: bool, write: bool, json_: bool
) -> None:
    """Say for every column of PRODUCT's source what it holds, how sure that is, and why. Reads every row.

    Prints counts and names, never values. With --write, columns that the policy does not name yet are added to it.
    """
    from anon_assets.cli.connections import connection
    from anon_assets.stages.draft import propose, update_policy
    from anon_assets.stages.product import load_product
    from anon_assets.stages.survey import survey

    if (product is None) == (database is None):
        raise UsageError("scan", "name a product or a --database, not both", "see `anon-assets scan --help`")
    loaded = load_product(context.obj["root"], product, context.obj["profile"]) if product else None
    if write and loaded is None:
        raise UsageError("scan", "--write needs a product", "`anon-assets init` drafts the first policy")
    source = loaded.source if loaded is not None else connection(str(database))
    with reporting(silent=json_) as progress:
        schema, verdicts = survey(source, progress)
    if json_:
        as_json({place: [each.to_dict() for each in columns] for place, columns in verdicts.items()})
    else:
        proposals = {
            place: {name: each.spec for name, each in columns.items()}
            for place, columns in propose(schema, verdicts).items()
        }
        show_verdicts(verdicts, proposals, everything=everything)
    if write and loaded is not None:
        path = loaded.policy.document.path
        text, added, gone = update_policy(path, schema, verdicts)
        path.write_text(text)
        for place in gone:
            click.echo(f"the source no longer has {place}; remove it from {path.name}", err=True)
        click.echo(f"{path.name}: {len(added)} added, {len(gone)} no longer there", err=True)


def show_verdicts(
    verdicts: Mapping[str, Sequence[Verdict]],
    proposals: Mapping[str, Mapping[str, object]],
    *,
    everything: bool = False,
) -> None:
    """Print verdicts with the transform that a draft would choose."""
    rows = [
        [place, each.column, each.verdict, each.entity, f"{each.confidence:.2f}", f"{each.share:.0%}", each.rule,
         _spelled(proposals.get(place, {}).get(each.column, "keep"))]
        for place, columns in verdicts.items() for each in columns if everything or each.personal
    ]  # fmt: skip
    columns = ["table", "column", "verdict", "entity", "confidence", "share", "why", "proposed"]
    show_table("Found", columns, rows, numbers=["confidence", "share"])
    total = sum(len(each) for each in verdicts.values())
    personal = sum(verdict.personal for each in verdicts.values() for verdict in each)
    skipped = sum(verdict.verdict == "not_scanned" for each in verdicts.values() for verdict in each)
    say(f"{personal} of {total} columns hold personal data; {skipped} could not be looked into.")


def _spelled(spec: object) -> str:
    if isinstance(spec, dict):
        ((kind, parameters),) = spec.items()
        if isinstance(parameters, dict):
            return f"{kind}({', '.join(f'{key}={value}' for key, value in parameters.items())})"
        return f"{kind}({parameters})"
    return str(spec)
