"""Tables for people, JSON for machines, progress on a terminal and plain lines elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from anon_assets.stages.product import Progress

__all__ = ["as_json", "console", "json_option", "reporting", "show_table"]


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json`` to a command."""
    return click.option("--json", "json_", is_flag=True, help="Print JSON for machines.")(command)


def as_json(content: object) -> None:
    """Print JSON."""
    click.echo(json.dumps(content, indent=2, ensure_ascii=False, default=str))


def console() -> Any:
    """A rich console on stdout; 120 columns wide where there is no terminal."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def show_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], numbers: Sequence[str] = ()
) -> None:
    """Print a table.

    Args:
        title: above it. columns: headings. rows: cells in that order. numbers: headings to align right.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    console().print(table)


@contextmanager
def reporting(silent: bool = False) -> Iterator[Progress]:
    """A progress for long work: a live line on a terminal, a line per stage and table elsewhere, both on stderr."""
    if silent:
        yield lambda _stage, _place, _rows: None
        return
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress as Bar
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TextColumn("{task.completed:,} rows"),
            TimeElapsedColumn(),
        )
        with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("starting", total=None)
            yield lambda stage, place, rows: bar.update(task, description=f"{stage:<10} {place}", completed=rows)
        return
    last: list[tuple[str, str]] = []

    def plain_line(stage: str, place: str, _rows: int) -> None:
        if not last or last[0] != (stage, place):
            last[:] = [(stage, place)]
            click.echo(f"{stage}: {place}", err=True)

    yield plain_line
