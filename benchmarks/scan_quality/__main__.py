"""Prints how well the scan does on labelled columns and texts made up here, and on labelled texts beside presidio-analyzer.

Run: ``python -m benchmarks.scan_quality [columns] [spans] [--columns N] [--seed N] [--json] [--misses]``.
Without a part, both.

Right entity: the main finding's entity is the label's. Counted as right, too: any kind of person's name in a column of first
names or last names alone; an ITIN called an SSN; an IBAN called a bank account; homepage and profile URL for each other. In
JSON, arrays, XML, text and sparse columns the entity has to be among the findings of the column. ``exact`` counts no such
neighbours.

Spans: a labelled span is found when at least half of its characters lie in spans told of its entity; a told span is right when
at least half of it lies in labelled ones. ``exact`` counts labelled spans met to the character. The same for the peer, which is
asked in an environment of its own (see ``benchmarks/scan_quality/peer.py``): ``--peer-python /path/to/python``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.scan_quality.columns import tables
from benchmarks.scan_quality.cultures import CULTURES, WORLD
from benchmarks.scan_quality.peer import ask, default_python
from benchmarks.scan_quality.scoring import Judged, figures, judge, misses
from benchmarks.scan_quality.spans import MADE_UP, PRESIDIO, compared, found_by_us
from benchmarks.scan_quality.texts import made_up, presidio

__all__ = ["main"]

_DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "presidio"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def known_names() -> dict[str, float]:
    """Share of the made-up people's names of which the product's lists hold every word: the rest is news to it."""
    from anon_assets.gazetteer import family_names, fold, given_names, name_words

    given, family = given_names(), family_names()
    cultures = [*CULTURES.values(), WORLD]
    first = [name for culture in cultures for name in (*culture.female, *culture.male)]
    last = [name for culture in cultures for name in culture.family]
    return {
        "given": sum(all(word in given for word in name_words(fold(name))) for name in first) / len(first),
        "family": sum(all(word in family for word in name_words(fold(name))) for name in last) / len(last),
    }


def show(console: Console, told: dict[str, Any]) -> None:
    """The tables for people."""
    table = Table(
        "columns",
        "personal",
        "precision",
        "recall",
        "F1",
        "false positive rate",
        "right entity",
        "exact",
        "JSON path right",
    )
    keys = ("precision", "recall", "f1", "false_positive_rate", "right_entity", "exact_entity", "json_path_right")
    table.add_row(str(told["columns"]), str(told["personal"]), *(_share(told[key]) for key in keys))
    console.print(table)
    for title, key in (
        ("personal columns, by name", "by_name"), ("by shape", "by_shape"), ("by storage", "by_storage"),
        ("by culture", "by_locale"), ("by kind", "by_kind"), ("look-alikes, by name", "lookalikes_by_name"),
    ):  # fmt: skip
        table = Table(title, "columns", "found", *([] if key.startswith("look") else ["right entity"]))
        for name, row in told[key].items():
            cells = [name, str(row["columns"]), _share(row["found"]), _share(row["right"])]
            table.add_row(*cells[: len(table.columns)])
        console.print(table)
    alarms = {name: row for name, row in told["lookalikes_by_kind"].items() if row["found"]}
    table = Table("look-alikes that raised an alarm", "columns", "taken for personal")
    for name, row in sorted(alarms.items(), key=lambda each: -each[1]["found"] * each[1]["columns"]):
        table.add_row(name, str(row["columns"]), _share(row["found"]))
    console.print(table)


def columns_part(arguments: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Scan labelled columns and print."""
    judged: list[Judged] = list(judge(tables(arguments.columns, arguments.seed), arguments.frames))
    told = figures(judged)
    told["known_names"] = known_names()
    told["misses"] = list(misses(judged)) if arguments.misses else []
    if not arguments.json:
        known = told["known_names"]
        console.print(f"seed {arguments.seed}; of the names here, the product's lists hold")
        console.print(f"{known['given']:.0%} of the given and {known['family']:.0%} of the family names")
        show(console, told)
        for miss in sorted(told["misses"], key=lambda each: (each["what"], each["label"])):
            print("  ".join(f"{key}={value}" for key, value in miss.items() if value not in ("", [], 0.0)))
    return told


def _show_spans(console: Console, title: str, rows: dict[str, Any]) -> None:
    table = Table(title, "labelled", "recall", "exact", "precision", "peer's recall", "exact", "precision", "ahead")
    for label, row in rows.items():
        ours, peer = row["ours"], row["peer"] or {}
        keys = ("recall", "exact", "precision")
        ahead = "" if not peer else "yes" if _ahead(ours, peer) else "NO"
        table.add_row(
            label,
            str(row["labelled"]),
            *(_share(ours[key]) for key in keys),
            *(_share(peer.get(key)) for key in keys),
            ahead,
        )
    console.print(table)


def _ahead(ours: dict[str, float | None], peer: dict[str, float | None]) -> bool:
    """No lower recall, and a higher F1 unless both are perfect."""

    def f1(figures: dict[str, float | None]) -> float:
        recall, precision = figures["recall"] or 0.0, figures["precision"] or 0.0
        return 2 * recall * precision / (recall + precision) if recall + precision else 0.0

    return (ours["recall"] or 0.0) >= (peer["recall"] or 0.0) and (f1(ours) > f1(peer) or f1(ours) == 1.0)


def spans_part(arguments: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Search labelled texts and print."""
    told: dict[str, Any] = {}
    sets = (
        ("made up here", made_up(arguments.texts, arguments.seed), MADE_UP),
        ("presidio-research", presidio(arguments.data), PRESIDIO),
    )
    for title, texts, labels in sets:
        if not texts:
            console.print(f"no texts of {title} in {arguments.data}")
            continue
        ours, seconds = found_by_us(texts)
        peer = ask(arguments.peer_python, [each.text for each in texts], score=arguments.peer_score)
        told[title] = {
            "texts": len(texts),
            "seconds": round(seconds, 3),
            "entities": compared(texts, ours, peer, labels),
        }
        if peer is not None:
            told[title] |= {"peer": f"presidio-analyzer {peer.version}", "peer_seconds": round(peer.seconds, 3)}
        if not arguments.json:
            beside = (
                f"presidio-analyzer {peer.version}: {peer.seconds:.2f} s"
                if peer
                else "no peer: --peer-python is not given"
            )
            console.print(f"\n{len(texts)} texts, {title}; ours: {seconds:.2f} s of processor time; {beside}")
            _show_spans(console, title, told[title]["entities"])
    return told


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="columns, spans; both by default")
    parser.add_argument("--columns", type=int, default=1000, help="at least so many labelled columns")
    parser.add_argument("--texts", type=int, default=1500, help="so many labelled texts")
    parser.add_argument("--data", type=Path, default=_DATA, help="folder of presidio-research's synth_dataset_v2.json")
    parser.add_argument("--peer-python", default=default_python(), help="interpreter that has presidio-analyzer")
    parser.add_argument("--peer-score", type=float, default=0.0, help="the peer's results below are left out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--frames", choices=("mixed", "arrow", "pandas", "polars"), default="mixed")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    parser.add_argument("--misses", action="store_true", help="list every column that was judged wrongly (no values)")
    arguments = parser.parse_args()
    parts = arguments.parts or ["columns", "spans"]
    console = Console(width=160)
    told: dict[str, Any] = {"seed": arguments.seed}
    if "columns" in parts:
        told["columns"] = columns_part(arguments, console)
    if "spans" in parts:
        told["spans"] = spans_part(arguments, console)
    if arguments.json:
        print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
