"""Run a product's Dagster job in this process, for the command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import dagster as dg

from anon_assets.errors import UsageError
from anon_assets.findings import near
from anon_assets.orchestration.building import product_definitions
from anon_assets.orchestration.instance import open_instance
from anon_assets.orchestration.naming import asset_key, check_name
from anon_assets.stages.product import Product, Progress, quiet
from anon_assets.stages.validate import expected_results

__all__ = ["CheckOutcome", "RunOutcome", "run_product"]

_SILENT = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """One check result of a run: place, check name, whether it passed, blocks, its counts and sentence."""

    table: str
    check: str
    passed: bool
    blocking: bool
    counts: dict[str, float]
    detail: str


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run did.

    Args:
        run_id: of Dagster. succeeded: every step did.
        failures: one sentence each, without values.
        checks: every result. rows: published rows by place. targets: where they are, by target name.
    """

    run_id: str
    succeeded: bool
    failures: list[str] = field(default_factory=list)
    checks: list[CheckOutcome] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)


def run_product(
    product: Product, tables: Iterable[str] = (), *, publish: bool = True, progress: Progress = quiet
) -> RunOutcome:
    """Run the job: all stages, all tables unless some are named.

    Args:
        product: to run.
        tables: places to read anew; the others keep what is staged. Validation and publishing cover all tables.
        publish: False stops after validation.
        progress: told of rows as they pass.

    Raises: UsageError for an unknown table. Failures of the run itself are in the outcome.
    """
    copied = sorted(place for place, table in product.policy.tables.items() if table.action == "copy")
    wanted = list(tables) or copied
    for place in wanted:
        if place not in copied:
            raise UsageError(place, f"the policy of {product.name} does not copy such a table", near(place, copied))
    selection = [dg.AssetKey([product.name, "structure"])]
    selection += [asset_key(product.name, place, stage) for place in wanted for stage in ("raw", "scan", "anonymized")]
    selection += [asset_key(product.name, place, "validated") for place in copied]
    if publish and product.policy.publish:
        selection += [asset_key(product.name, place, "published") for place in copied]
    definitions = product_definitions(product, progress)
    with open_instance(product.root) as instance:
        job = definitions.resolve_job_def(product.name)
        result = job.execute_in_process(
            run_config=_SILENT, instance=instance, asset_selection=selection, raise_on_error=False
        )
        return _outcome(product, copied, result)


def _outcome(product: Product, copied: list[str], result: dg.ExecuteInProcessResult) -> RunOutcome:
    outcome = RunOutcome(result.run_id, result.success)
    names = {
        (asset_key(product.name, place, "validated"), check_name(name)): (place, name)
        for place, name in expected_results(product.suite, copied)
    }
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            told = data.user_failure_data.description if data.user_failure_data else None
            outcome.failures.append(told or f"step {event.step_key} failed")
        elif event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            found = event.asset_check_evaluation_data
            place, name = names[found.asset_key, found.check_name]
            counts = {k: v.value for k, v in found.metadata.items() if isinstance(v.value, int | float)}
            blocking = found.severity == dg.AssetCheckSeverity.ERROR
            detail = str(found.metadata["detail"].value) if "detail" in found.metadata else ""
            outcome.checks.append(CheckOutcome(place, name, found.passed, blocking, counts, detail))
        elif event.is_step_materialization and event.asset_key is not None:
            _note_published(outcome, product, copied, event)
    return outcome


def _note_published(outcome: RunOutcome, product: Product, copied: list[str], event: dg.DagsterEvent) -> None:
    for place in copied:
        if event.asset_key == asset_key(product.name, place, "published"):
            metadata = event.materialization.metadata
            outcome.rows[place] = int(metadata["dagster/row_count"].value or 0)  # type: ignore[arg-type]
            for key, value in metadata.items():
                if key.startswith("target_"):
                    outcome.targets[key.removeprefix("target_")] = str(value.value)
