"""What a run did, as a page that a person reads."""

from __future__ import annotations

from collections import defaultdict

from anon_assets.cli.presenting import console, show_table
from anon_assets.orchestration.running import CheckOutcome, RunOutcome
from anon_assets.stages.product import Product

__all__ = ["show_outcome"]


def show_outcome(product: Product, outcome: RunOutcome, *, dry_run: bool = False) -> None:
    """Print checks (one line per kind when all passed, each failure by itself), failures, and where the result is."""
    out = console()
    groups: dict[tuple[str, str], list[CheckOutcome]] = defaultdict(list)
    for check in outcome.checks:
        groups[("expectations", check.table) if check.check.startswith("expect_") else (check.check, "")].append(check)
    rows = []
    for (name, table), results in sorted(groups.items()):
        failed = [each for each in results if not each.passed]
        held = len(results) - len(failed)
        if held:
            what = f"{held} expectations met" if table else _summed(results)
            rows.append([name, table or f"{held} tables", "passed", what])
        rows += [[name, each.table, "FAILED" if each.blocking else "warning", _named(each)] for each in failed]
    if rows:
        show_table("Checked", ["check", "table", "result", "detail"], rows)
    for failure in outcome.failures:
        out.print(f"failed: {failure}", markup=False, style="red")
    if not outcome.succeeded:
        out.print("Nothing was published; what was published before is still served.", style="bold")
    elif dry_run or not outcome.targets:
        out.print("Validated. Nothing was published.", style="bold")
    else:
        total = sum(outcome.rows.values())
        out.print(f"Published {total:,} rows of {len(outcome.rows)} tables of {product.name}:", style="bold")
        for name, uri in outcome.targets.items():
            out.print(f"  {name}: {uri}", markup=False)


def _summed(results: list[CheckOutcome]) -> str:
    """The counts of all tables together: ``rows 45,123, columns 12``."""
    total: dict[str, float] = defaultdict(float)
    for result in results:
        for name, count in result.counts.items():
            total[name] += count
    return ", ".join(f"{name.replace('_', ' ')} {count:,.0f}" for name, count in total.items())


def _named(check: CheckOutcome) -> str:
    return f"{check.check}: {check.detail}" if check.check.startswith("expect_") else check.detail
