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
    by_check: dict[str, list[CheckOutcome]] = defaultdict(list)
    for check in outcome.checks:
        by_check[check.check].append(check)
    rows = []
    for name, results in by_check.items():
        failed = [each for each in results if not each.passed]
        if not failed:
            rows.append(
                [name, f"{len(results)} tables" if len(results) > 1 else results[0].table, "passed", results[0].detail]
            )
        rows += [[name, each.table, "FAILED" if each.blocking else "warning", each.detail] for each in failed]
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
