"""How a figure is taken: the best of several runs, beside a peer in the same process."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

__all__ = ["Figure", "best", "show"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Args:
        work: what was done.
        ns: nanoseconds per value, one core.
        peer: what it is held against; empty without one.
        peer_ns: nanoseconds per value of the peer.
        ratio_wanted: how many times faster than the peer it should be; None when no more than told.
        ns_wanted: most nanoseconds per value; None without such a limit.
    """

    work: str
    ns: float
    peer: str = ""
    peer_ns: float = 0.0
    ratio_wanted: float | None = None
    ns_wanted: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether what is wanted was reached; None when nothing is."""
        if self.ratio_wanted is None and self.ns_wanted is None:
            return None
        fast = self.ratio_wanted is None or self.peer_ns >= self.ratio_wanted * self.ns
        return fast and (self.ns_wanted is None or self.ns <= self.ns_wanted)


def best(function: Callable[[], object], values: int, repeat: int = 3) -> float:
    """Nanoseconds per value: the shortest of ``repeat`` runs of ``function`` over ``values`` values."""
    shortest = float("inf")
    for _ in range(repeat):
        start = time.perf_counter_ns()
        function()
        shortest = min(shortest, time.perf_counter_ns() - start)
    return shortest / values


def show(figures: Iterable[Figure]) -> None:
    """Print the figures as a table, each line when it is measured."""
    console = Console(width=None if sys.stdout.isatty() else 150)
    table = Table("work", "ns per value", "peer", "its ns", "ratio", "wanted", "")
    for column in table.columns[1:2] + table.columns[3:6]:
        column.justify = "right"
    for figure in figures:
        ratio = f"{figure.peer_ns / figure.ns:,.1f}" if figure.peer else ""
        wanted = f">= {figure.ratio_wanted:g} x" if figure.ratio_wanted is not None else ""
        wanted += f"{', ' if wanted else ''}<= {figure.ns_wanted:,.0f} ns" if figure.ns_wanted is not None else ""
        verdict = {None: "", True: "met", False: "NOT met"}[figure.met]
        peer_ns = f"{figure.peer_ns:,.0f}" if figure.peer else ""
        table.add_row(figure.work, f"{figure.ns:,.0f}", figure.peer, peer_ns, ratio, wanted, verdict)
    console.print(table)
