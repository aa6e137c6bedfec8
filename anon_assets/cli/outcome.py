"""What a run did, as a page that a person reads."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import click

from anon_assets.cli.presenting import say, show_table
from anon_assets.orchestration.running import CheckOutcome, RunOutcome
from anon_assets.policies.compiling import kept_personal
from anon_assets.stages.product import Product

__all__ = ["show_outcome"]

_SHOWN = 12  # failures told in full, before the rest is only listed

_READINGS = (
    (r"(?P<column>.+?) is (?:partly )?kept although", "the policy keeps what the scan holds to be personal",
     "give {column} a transform; or accept finding {fingerprint} under `accepted:` in the policy, with who, why and until"),
    (r".+ -> structure scripts: ", "searched for in comments, defaults, views and functions",
     "remove the value from that text in the source, where every copy of the database shows it"),
    (r".+ -> (?P<column>.+): (at least )?\d+ source values .*kept column", "by set: source values looked up everywhere",
     "give {column} a transform too: it repeats what the policy hides elsewhere"),
    (r".+ -> (?P<column>.+): (at least )?\d+ source values ", "by set: source values looked up everywhere",
     "give {column} a transform that lets nothing through, such as null, constant or token"),
    (r".+ -> (?P<column>.+): the row's own value", "by row: the same person before and after",
     "the transform of {column} lets the value through: choose another"),
    (r".+ -> (?P<column>.+): \d+ source persons", "by first and last name together",
     "give both of {column} a transform that invents names"),
    (r"(?P<column>.+) is as it was in ", "by row: the same row before and after",
     "the transform of {column} changes too little: choose another, or keep the column on purpose"),
    (r"(?P<column>.+) should hold one value", "by row", "run again; if it stays, report it"),
)  # fmt: skip
"""Sentences of the check no_leak: how it came to them, and what the owner can do."""

_ADVICE = {
    "no_leak": "run again; if it stays, report it",
    "foreign_key": "give both ends of the key the same transform and linkage domain, or leave the referring column open",
    "not_null": "use a transform that yields no null, such as constant",
    "row_count": "run the product again as a whole; the source or the staged files changed meanwhile",
    "unique": "use an injective transform for the key, such as token, or fake with unique: true",
}


_WORDS = {
    "values_checked": "values looked up",
    "set_columns": "columns looked up everywhere",
    "row_columns": "columns compared row by row",
    "columns": "columns read",
    "kept_columns": "personal columns kept",
    "missing": "missing values",
}
_BAD = {
    "orphans",
    "missing",
    "duplicates",
    "leaked_values",
    "unchanged_rows",
    "kept_columns",
}  # worth telling when none


def show_outcome(product: Product, outcome: RunOutcome, *, dry_run: bool = False) -> None:
    """Print checks (one line per kind when all passed), what failed and what to do, and where the result is."""
    if outcome.checks:
        _show_checks(outcome.checks)
    failed = [check for check in outcome.checks if not check.passed]
    if failed:
        _show_failed(product, failed)
    for failure in outcome.failures:
        if not (any(check.blocking for check in failed) and re.search(r": \d+ checks? failed: ", failure)):
            click.echo(f"error: {failure}", err=True)
    if not outcome.succeeded:
        say("Nothing was published. What was published before, if anything, is still served as it was.", "bold red")
    elif dry_run or not outcome.targets:
        why = "a dry run ends here" if dry_run else f"the policy of {product.name} names no target"
        say(f"Validated. Nothing was published: {why}.", "bold")
    else:
        total = sum(outcome.rows.values())
        say(f"Published {_many(total, 'row')} of {_many(len(outcome.rows), 'table')} of {product.name}:", "bold green")
        for name, uri in outcome.targets.items():
            say(f"  {name}: {uri}")


def _show_checks(checks: Sequence[CheckOutcome]) -> None:
    from rich.text import Text

    groups: dict[tuple[str, str], list[CheckOutcome]] = defaultdict(list)
    for check in checks:
        groups[("expectations", check.table) if check.check.startswith("expect_") else (check.check, "")].append(check)
    rows: list[list[object]] = []
    for (name, table), results in sorted(groups.items()):
        held = [each for each in results if each.passed]
        if held:
            what = "" if table else _summed(held)
            place = table or _many(len(held), "table")
            rows.append([name, place, Text("passed", "green"), what or f"{len(held)} met"])
        for each in results:
            if not each.passed:
                word = Text("FAILED", "bold red") if each.blocking else Text("warning", "yellow")
                rows.append([name, each.table, word, _brief(each)])
    show_table("Checked", ["check", "table", "result", "what it saw"], rows)


def _summed(results: Sequence[CheckOutcome]) -> str:
    """The counts of all tables together: ``45,123 rows, 12 columns read; no missing values``."""
    total: dict[str, float] = defaultdict(float)
    for result in results:
        for name, count in result.counts.items():
            total[name] += count
    some = ", ".join(f"{count:,.0f} {_told(name)}" for name, count in total.items() if count)
    none = ", ".join(f"no {_told(name)}" for name, count in total.items() if not count and name in _BAD)
    return "; ".join(part for part in (some, none) if part) or "nothing to judge"


def _told(count: str) -> str:
    return _WORDS.get(count, count.replace("_", " "))


def _brief(check: CheckOutcome) -> str:
    if check.check.startswith("expect_"):
        return f"{_expectation(check)} {check.detail}"
    return f"{_many(len(_sentences(check)), 'problem')}, see below"


def _show_failed(product: Product, failed: Sequence[CheckOutcome]) -> None:
    ordered = sorted(failed, key=lambda check: (not check.blocking, check.table, check.check))
    say("What failed, and what to do\n", "bold")
    for check in ordered[:_SHOWN]:
        name = "an expectation" if check.check.startswith("expect_") else check.check
        say(f"{check.table}: {name}{'' if check.blocking else ' (a warning: it does not stop publishing)'}", "bold")
        for sentence, how, advice in _explained(product, check):
            say(f"  {sentence}")
            if how:
                say(f"      judged  {how}")
            say(f"      to do   {advice}")
        say("")
    if len(ordered) > _SHOWN:
        say(f"... and {len(ordered) - _SHOWN} more; --json lists all.\n")


def _explained(product: Product, check: CheckOutcome) -> Iterator[tuple[str, str, str]]:
    if check.check.startswith("expect_"):
        advice = f"change the transform, or what checks/{product.name}.yaml expects of {check.table}"
        yield f"{_expectation(check)} {check.detail}", "", advice
        return
    general = _ADVICE.get(check.check, f"see `anon-assets show checks {check.check}`")
    for sentence in _sentences(check):
        for pattern, how, advice in _READINGS if check.check == "no_leak" else ():
            if found := re.match(pattern, sentence):
                column = found.groupdict().get("column") or ""
                fingerprint = kept_personal(f"{check.table}.{column}").fingerprint
                yield sentence, how, advice.format(column=column, fingerprint=fingerprint)
                break
        else:
            yield sentence, "", general


def _sentences(check: CheckOutcome) -> list[str]:
    """The parts of a detail; `; anonymize it or accept it` is no part but the end of one."""
    told = re.sub(r"; anonymize it[^;]*", "", check.detail)
    return told.split("; ") if told else [_summed([check])]


def _expectation(check: CheckOutcome) -> str:
    """``expect_column_values_to_be_unique__email`` as ``expect_column_values_to_be_unique of email``."""
    kind, *columns = check.check.split("__")
    return f"{kind} of {', '.join(columns)}" if columns else kind


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
