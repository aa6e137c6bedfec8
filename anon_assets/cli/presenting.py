"""Tables for people, JSON for machines, progress on a terminal and plain lines elsewhere."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from anon_assets.stages.product import Progress

__all__ = ["as_json", "examples", "json_option", "reporting", "say", "show_table"]

_WIDTH = 120  # columns where nobody says how many there are


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json`` to a command."""
    return click.option("--json", "json_", is_flag=True, help="Print JSON for machines.")(command)


def examples(*lines: str) -> str:
    """The end of a help page: lines to copy."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def as_json(content: object) -> None:
    """Print JSON."""
    _put(json.dumps(content, indent=2, ensure_ascii=False, default=str))


def say(text: str, style: str = "") -> None:
    """Print text as it is: no markup is read in it, and lines are wrapped on a terminal only.

    Args:
        text: one or more lines. style: of rich, such as ``bold``; without effect where there is no terminal.
    """
    _print(text, style=style or None, markup=False, soft_wrap=not sys.stdout.isatty())


def show_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], numbers: Sequence[str] = ()
) -> None:
    """Print a table.

    Args:
        title: above it. columns: headings. rows: cells in that order; a rich Text keeps its style.
        numbers: headings to align right.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    say(title, style="bold")
    _print(table)


def _print(content: object, **how: Any) -> None:
    """Render by rich, then write: without the blanks at line ends that fill a table, unless a terminal shows them."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else _columns()
    console = Console(highlight=False, width=width)
    with console.capture() as captured:
        console.print(content, **how)
    text = captured.get()
    _put(text if console.is_terminal else re.sub(r" +$", "", text, flags=re.MULTILINE), end="")


def _columns() -> int:
    told = os.environ.get("COLUMNS", "")
    return int(told) if told.isdecimal() and int(told) > 0 else _WIDTH


def _put(text: str, end: str = "\n") -> None:
    """Write to stdout. A reader that has gone away (``| head``) does not change what the command did, nor its exit code."""
    try:
        click.echo(text + end, nl=False)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


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
            TextColumn("{task.description}", markup=False),
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
