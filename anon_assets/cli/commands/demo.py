"""The whole pipeline on a sample database, for a first look."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anon_assets.cli.presenting import as_json, examples, json_option, reporting, say, show_table
from anon_assets.errors import StoreError, UsageError

if TYPE_CHECKING:
    from anon_assets.stages.product import Product

__all__ = ["command"]

PRODUCT = "datacenter"
_FILES = (f"policies/{PRODUCT}.yaml", f"checks/{PRODUCT}.yaml", "resources/local.yaml", "workspace.yaml")


def _size(_context: click.Context, _parameter: click.Parameter, given: str) -> str | int:
    """A word or a number that the sample has, told before anything is written."""
    from anon_assets.findings import near
    from anon_assets.sample import SIZES, SMALLEST

    if given.isdecimal():
        if int(given) < SMALLEST:
            raise UsageError("--size", f"{given} persons are too few", f"at least {SMALLEST}")
        return int(given)
    if given not in SIZES:
        raise UsageError("--size", f"no size {given!r}", near(given, SIZES))
    return given


@click.command(
    short_help="The whole pipeline on a sample database.",
    epilog=examples("anon-assets demo", "anon-assets -C /tmp/demo demo --size 200 --seed 3"),
)
@click.option(
    "--size", default="small", callback=_size, help="small, medium, large, or a number of people. [default: small]"
)
@click.option("--seed", type=click.IntRange(min=0), default=7, show_default=True, help="Equal seeds give equal data.")
@click.option("--fresh", is_flag=True, help="Build the sample database anew even if it is there.")
@json_option
@click.pass_context
def command(context: click.Context, size: str | int, seed: int, fresh: bool, json_: bool) -> None:
    """Fill an embedded PostgreSQL with the records of a data centre, and run the shipped policy on it.

    Writes only below the project's folder (-C): policies, checks and resources when they are missing, and .anon/.
    """
    from anon_assets.cli.outcome import show_outcome
    from anon_assets.orchestration.running import run_product
    from anon_assets.stages.product import load_product

    root: Path = context.obj["root"]
    _lay_out(root)
    product = load_product(root, PRODUCT, context.obj["profile"])
    with reporting(silent=json_) as progress:
        progress("sample", "datacenter", 0)
        source_rows = _fill(product, size, seed, fresh)
        outcome = run_product(product, progress=progress)
    if json_:
        as_json({"source_rows": source_rows, **asdict(outcome)})
        context.exit(0 if outcome.succeeded else 1)
    if outcome.succeeded:
        _show_work(product)
    show_outcome(product, outcome)
    if outcome.succeeded:
        _show_next(product)
    context.exit(0 if outcome.succeeded else 1)


def _lay_out(root: Path) -> None:
    """Put the demo's project files where they are missing; never touch one that is there."""
    shipped = _shipped()
    try:
        for name in _FILES:
            if not (root / name).exists():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(shipped / name, root / name)
    except OSError as error:
        raise StoreError(str(root), f"cannot be written ({error.strerror})", "choose another folder with -C") from None


def _shipped() -> Path:
    """The project files inside the wheel; in a source tree, the tree's own."""
    package = Path(__file__).parents[2]
    for folder in (package / "sample" / "project", package.parent):
        if all((folder / name).exists() for name in _FILES):
            return folder
    raise UsageError("demo", "the installation lacks the demo's project files", "install anon_assets again")


def _fill(product: Product, size: str | int, seed: int, fresh: bool) -> dict[str, int]:
    from anon_assets.resources.databases.postgres import Postgres, create_database
    from anon_assets.resources.databases.postgres.filling import open_filling
    from anon_assets.sample import load

    databases = [product.source, *(product.profile.database(t.database) for t in product.policy.publish if t.database)]
    for database in databases:
        if not isinstance(database, Postgres) or database.embedded is None:
            where = f"resources/{product.profile.name}.yaml"
            raise UsageError(where, "the demo runs on the embedded server only", "use --profile local as shipped")
        create_database(database)
    source = databases[0]
    assert isinstance(source, Postgres)  # noqa: S101 refused above
    with source.snapshot() as snapshot:
        tables = snapshot.schema().tables
        present = {table.name: snapshot.count(table) for table in tables}
    if present and not fresh:
        return present
    with open_filling(source) as filling:
        filling.execute("DROP SCHEMA IF EXISTS centre CASCADE")
        return load(filling, size, seed)


def _show_work(product: Product) -> None:
    from anon_assets.stages.scanning import last_verdicts
    from anon_assets.stages.session import open_session

    with open_session(product) as session:
        plan = session.plan
        verdicts = last_verdicts(product, session.keys, plan)
    rows, entities = [], Counter[str]()
    for table in plan.copied:
        found = {each.column: each for each in verdicts.get(table.place, ())}
        for planned in table.columns:
            verdict = found.get(planned.column.name)
            if verdict is not None and verdict.personal:
                entities[verdict.entity] += 1
                what = verdict.entity if verdict.verdict == "type" else f"text with {verdict.entity}"
                rows.append([table.place, planned.column.name, what, f"{verdict.confidence:.2f}", planned.spelled])
    show_table("Found, and done", ["table", "column", "found", "confidence", "transform"], rows, numbers=["confidence"])
    total = sum(len(table.columns) for table in plan.copied)
    say(f"{len(rows)} of {total} columns in {len(plan.copied)} tables hold personal data of {len(entities)} sorts.\n")


def _show_next(product: Product) -> None:
    from anon_assets.orchestration.instance import instance_folder

    at = _from_here(product.root)
    home = f"DAGSTER_HOME={shlex.quote(str(instance_folder(product.root)))}"
    there = f"cd {shlex.quote(str(product.root))} && " if at else ""
    here = "" if shutil.which("anon-assets") else f"{Path(sys.executable).parent}/"  # not on the path after `make demo`
    say("\nLook closer:", "bold")
    for command_, what in (
        (f"{here}anon-assets {at}preview {PRODUCT} centre.person --limit 5", "rows before and after"),
        (f"{here}anon-assets {at}plan {PRODUCT}", "every column and its transform"),
        (
            f"{there}{home} {here}dagster dev -w workspace.yaml",
            "this run, its lineage and its checks in the Dagster UI",
        ),
        (f"{here}anon-assets init shop --database URL --target URL", "the same for your own database"),
    ):
        say(f"  {command_}")
        say(f"      {what}", "dim")


def _from_here(root: Path) -> str:
    """What a command needs to find the project from the folder where the person stands."""
    return "" if root == Path.cwd() else f"-C {shlex.quote(str(root))} "
