"""Find personal data, and draft or update a policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anon_assets.cli.presenting import as_json, examples, json_option, reporting, say, show_table
from anon_assets.contracts.detector import Verdict
from anon_assets.errors import KeyUnavailable, StoreError, UsageError

if TYPE_CHECKING:
    from anon_assets.policies.scan_rules import ScanRules
    from anon_assets.stages.drift import Drift
    from anon_assets.stages.fingerprints import Memory
    from anon_assets.stages.product import Product
    from anon_assets.stages.survey import Survey

__all__ = ["command", "show_verdicts"]


@click.command(
    short_help="Find personal data; draft the policy.",
    epilog=examples(
        "anon-assets scan shop",
        "anon-assets scan --database postgresql://reader@db.example.org/shop --mode partial",
        "anon-assets scan shop --write",
        "anon-assets scan shop --check --report scan.html",
    ),
)
@click.argument("product", required=False)
@click.option("--database", metavar="URL", help="Scan this database instead of a product's source (or env:NAME).")
@click.option(
    "--mode", type=click.Choice(["full", "partial"]),
    help="Read every row, or a sample from all over each table. [default: as the rules say, else full]",
)  # fmt: skip
@click.option(
    "--rules",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What to look at, instead of the policy's scan key.",
)
@click.option("--fresh", is_flag=True, help="Read tables again that did not change since the last scan.")
@click.option("--all", "everything", is_flag=True, help="List the columns without findings, too.")
@click.option("--write", is_flag=True, help="Bring policies/PRODUCT.yaml up to date; decisions in it stay.")
@click.option("--check", is_flag=True, help="Exit with 1 while a column waits for the owner's decision.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write a page that stands alone, as HTML."
)
@json_option
@click.pass_context
def command(
    context: click.Context, product: str | None, database: str | None, mode: str | None, rules: Path | None, fresh: bool,
    everything: bool, write: bool, check: bool, report: Path | None, json_: bool,
) -> None:  # fmt: skip
    """Say for every column of PRODUCT's source what it holds, how sure that is, and why.

    Prints counts and names, never values. Comments, defaults, labels and views are looked into as well. A product's scan is
    held against its policy and against the scan before. With --write, columns that the policy does not name yet are added.
    """
    from anon_assets.cli.connections import connection
    from anon_assets.stages.draft import propose
    from anon_assets.stages.product import load_product
    from anon_assets.stages.survey import survey

    if (product is None) == (database is None):
        raise UsageError("scan", "name a product or a --database, not both", "see `anon-assets scan --help`")
    loaded = load_product(context.obj["root"], product, context.obj["profile"]) if product else None
    for option, given in (("--write", write), ("--check", check)):
        if given and loaded is None:
            raise UsageError("scan", f"{option} needs a product", "`anon-assets init` drafts the first policy")
    chosen = _rules(loaded, rules, mode)
    source = loaded.source if loaded is not None else connection(str(database))
    memory = _memory(loaded, fresh) if loaded is not None else None
    last = memory.last if memory is not None else None
    with reporting(silent=json_) as progress:
        found = survey(source, progress, chosen, memory, loaded.profile.classifier if loaded is not None else None)
    drift = _drift(loaded, found, last) if loaded is not None else None
    proposals = {
        place: {name: each.spec for name, each in columns.items()}
        for place, columns in propose(found.schema, found.verdicts, found.detectors).items()
    }
    if report is not None:
        _report(report, found, proposals, drift, product or source.describe())
    if json_:
        as_json({**found.to_dict(), **({"drift": drift.to_dict()} if drift is not None else {})})
    else:
        show_verdicts(found.verdicts, proposals, everything=everything)
        _show_catalog(found)
        _show_coverage(found)
        if drift is not None:
            _show_drift(drift)
    if write and loaded is not None:
        _update(loaded, found)
    if check and drift is not None and drift.open:
        click.echo(f"{len(drift.open)} decision{'s' * (len(drift.open) != 1)} open", err=True)
        context.exit(1)


def _rules(product: Product | None, file: Path | None, mode: str | None) -> ScanRules:
    from anon_assets.policies.documents import read_document
    from anon_assets.policies.scan_rules import ScanRules, parse_scan_rules

    if file is not None:
        found = parse_scan_rules(read_document(file))
    else:
        found = product.policy.scan if product is not None else ScanRules()
    return found.model_copy(update={"mode": mode}) if mode else found


def _memory(product: Product, fresh: bool) -> Memory | None:
    """The last scan; without a key or a store to keep it in, the scan goes on and says so."""
    from anon_assets.stages.data_keys import open_keys
    from anon_assets.stages.fingerprints import Memory

    try:
        return Memory(product, open_keys(product), fresh=fresh)
    except (KeyUnavailable, StoreError) as error:
        click.echo(f"nothing is remembered of this scan: {error}", err=True)
        return None


def _drift(product: Product, found: Survey, last: Mapping[str, Sequence[Verdict]] | None) -> Drift:
    from anon_assets.stages.drift import drift_of

    return drift_of(product.policy, found.schema, found.verdicts, last, datetime.now(UTC).date())


def _report(
    path: Path, found: Survey, proposals: Mapping[str, Mapping[str, Any]], drift: Drift | None, of: str
) -> None:
    from anon_assets.stages.scan_report import scan_report

    spelled = {place: {name: _spelled(spec) for name, spec in each.items()} for place, each in proposals.items()}
    page = scan_report(found, spelled, of, datetime.now(UTC), drift)
    path.write_text(page, encoding="utf-8")
    click.echo(f"report: {path}", err=True)


def _update(product: Product, found: Survey) -> None:
    from anon_assets.stages.draft import update_policy

    path = product.policy.document.path
    text, added, gone = update_policy(path, found.schema, found.verdicts, found.detectors)
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
    """Print verdicts with the transform that a draft would choose; what stands inside values, by its path, below."""
    rows = [
        row
        for place, columns in verdicts.items()
        for each in columns
        if everything or each.personal
        for row in _rows(place, each, _spelled(proposals.get(place, {}).get(each.column, "keep")))
    ]
    columns = ["table", "column", "verdict", "entity", "confidence", "share", "why", "proposed"]
    show_table("Found", columns, rows, numbers=["confidence", "share"])
    total = sum(len(each) for each in verdicts.values())
    personal = sum(verdict.personal for each in verdicts.values() for verdict in each)
    skipped = sum(verdict.verdict == "not_scanned" for each in verdicts.values() for verdict in each)
    say(f"{personal} of {total} columns hold personal data; {skipped} could not be looked into.")


def _rows(place: str, verdict: Verdict, proposed: str) -> Iterator[list[str]]:
    yield [place, verdict.column, *_cells(verdict), proposed]
    for each in verdict.inside:
        if each.path or len(verdict.inside) > 1:
            yield ["", f"  {each.path}", *_cells(each), ""]


def _cells(verdict: Verdict) -> list[str]:
    return [verdict.verdict, verdict.entity, f"{verdict.confidence:.2f}", _share(verdict.share), verdict.rule]


def _share(share: float) -> str:
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def _show_catalog(found: Survey) -> None:
    if found.catalog:
        rows = [[hit.where, hit.entity, hit.lines] for hit in found.catalog]
        show_table("Written in the catalog", ["where", "reads as", "lines"], rows, numbers=["lines"])
        say("A copy of the structure takes these texts along: change them in the source.")


def _show_coverage(found: Survey) -> None:
    for place, each in found.coverage.items():
        if each.extent == "none":
            say(f"{place} was not scanned: {each.reason.removeprefix('rule:')}.")
        elif each.extent == "partial":
            say(f"{place}: {each.rows:,} of about {each.expected or 0:,} rows were scanned.")
        elif each.where:
            say(f"{place}: only the rows were scanned that its rule asks for.")
    unchanged = sum(each.extent == "unchanged" for each in found.coverage.values())
    if unchanged:
        say(
            f"{unchanged} of {len(found.coverage)} tables did not change since the last scan; --fresh reads them again."
        )
    for note in found.notes:
        say(str(note))


def _show_drift(drift: Drift) -> None:
    for words, places in (("new", drift.new), ("no longer there", drift.gone)):
        for place in places:
            say(f"{words}: {place}")
    for change in drift.changed:
        say(f"changed: {change.column} was {change.was}, is {change.now}")
    for finding in drift.open:
        say(str(finding))


def _spelled(spec: object) -> str:
    if isinstance(spec, dict):
        ((kind, parameters),) = spec.items()
        if isinstance(parameters, dict):
            return f"{kind}({', '.join(f'{key}={value}' for key, value in parameters.items())})"
        return f"{kind}({parameters})"
    return str(spec)
