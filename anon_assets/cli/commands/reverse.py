"""Decode published rows, for those who hold the key."""

from __future__ import annotations

from pathlib import Path

import click

from anon_assets.cli.presenting import as_json, examples, json_option, say
from anon_assets.errors import UsageError

__all__ = ["command"]


@click.command(
    short_help="Decode reversible columns of a published file.",
    epilog=examples(
        "anon-assets reverse public.customer.parquet --product shop --output who.parquet",
        "anon-assets reverse t.csv --product shop --table public.customer --output who.csv",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--product", required=True, help="The product that published it.")
@click.option("--table", help="Its table, schema.table. [default: by the file's name]")
@click.option(
    "--column", "columns", multiple=True, help="Only this column; may be given again. [default: all that can]"
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
@json_option
@click.pass_context
def command(
    context: click.Context, file: Path, product: str, table: str | None, columns: tuple[str, ...], output: Path,
    json_: bool,
) -> None:  # fmt: skip
    """Decode the reversible columns of FILE (Parquet or CSV) with the keys of a product.

    Only transforms that keep a way back (`cipher`, `fpe`, `ip` and some others) can be decoded. Every use is written
    down in .anon/reversals.jsonl: who, when, which file, table and columns.
    """
    from anon_assets.stages.product import load_product
    from anon_assets.stages.reversing import LOG, reverse_file

    if not file.is_file():
        raise UsageError(str(file), "no such file")
    if output.suffix != file.suffix:
        raise UsageError(str(output), f"the result has the form of the file that is read, {file.suffix}")
    if output.exists():
        raise UsageError(str(output), "exists already", "name another file, or remove it first")
    done = reverse_file(
        load_product(context.obj["root"], product, context.obj["profile"]), file, output, table, columns
    )
    if json_:
        as_json({"table": done.table, "columns": list(done.columns), "rows": done.rows, "file": str(output)})
        return
    say(f"Decoded {', '.join(done.columns)} of {done.rows:,} rows of {done.table} into {output}.")
    say(f"This use is written down in {LOG}. The file holds personal data again: readable by you alone.")
