"""Assets of the whole product: its structure before the tables; validation and publishing after them.

Leaks cross tables and publishing is atomic, so both are ops of the product, not of a table.
"""

# no postponed annotations here: Dagster reads the type of a context parameter when it is defined

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from anon_assets.contracts.check import Result
from anon_assets.orchestration.guarding import guarded
from anon_assets.orchestration.metadata import declared_columns, planned_columns, result_metadata
from anon_assets.orchestration.naming import asset_key, check_name
from anon_assets.orchestration.resources import session_key
from anon_assets.stages.product import Product
from anon_assets.stages.publish import Published
from anon_assets.stages.session import Session
from anon_assets.stages.validate import announced_results

__all__ = ["published_assets", "structure_asset", "validated_assets"]


def structure_asset(product: Product) -> dg.AssetsDefinition:
    """The source's schema and the compiled plan. Everything waits for it: a policy that does not fit stops here."""

    @dg.asset(
        key=[product.name, "structure"],
        group_name=product.name,
        kinds={product.source.kind(), "sql"},
        owners=list(product.policy.owners),
        tags={"anon/stage": "structure"},
        description=f"Schema of {product.policy.source}, and the policy compiled against it.",
        required_resource_keys={session_key(product)},
        op_tags={"anon/product": product.name},
    )
    def structure(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        session: Session = getattr(context.resources, session_key(product))
        with guarded("structure", product.name):
            plan = session.structure()
            return dg.MaterializeResult(
                metadata={
                    "source": product.policy.source,
                    "tables": len(plan.tables),
                    "copied_tables": len(plan.copied),
                    "columns": sum(len(table.columns) for table in plan.tables),
                    "foreign_keys": sum(len(table.foreign_keys) for table in plan.schema.tables),
                    "plan": plan.hash,
                },
                data_version=dg.DataVersion(plan.hash),
            )
        raise AssertionError  # the guard either returns or raises

    return structure


def validated_assets(product: Product, places: Sequence[str]) -> dg.AssetsDefinition:
    """Every check over every table, inline and blocking.

    Args:
        product: it belongs to. places: tables whose rows are published.
    """
    specs = [
        dg.AssetSpec(
            asset_key(product.name, place, "validated"),
            deps=[asset_key(product.name, place, "anonymized")],
            description=f"{place} passed every check, together with all other tables.",
            group_name=product.name,
            kinds={"python", "great_expectations"},
            owners=list(product.policy.owners),
            tags={"anon/stage": "validated", "anon/data": "counts"},
            code_version=product.digest[:16],
            skippable=True,
        )
        for place in places
    ]
    checks = [
        dg.AssetCheckSpec(
            check_name(each.check),
            asset=asset_key(product.name, each.table, "validated"),
            description=each.title or None,
            blocking=each.blocking,
        )
        for each in announced_results(product.suite, places)
    ]

    @dg.multi_asset(
        name=f"{product.name}__validate",
        specs=specs,
        check_specs=checks,
        required_resource_keys={session_key(product)},
        op_tags={"anon/product": product.name},
    )
    def validate_op(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        session: Session = getattr(context.resources, session_key(product))
        with guarded("validate", product.name):
            results = session.validate()
        blocked = [result for result in results if result.blocks]
        leaked = {result.table for result in blocked}
        for place in places:
            own = [result for result in results if result.table == place]
            if place in leaked:
                yield from (_check_result(product, result) for result in own)
            else:
                yield dg.MaterializeResult(
                    asset_key=asset_key(product.name, place, "validated"),
                    metadata={"checks": len(own), "passed": sum(result.passed for result in own)},
                    check_results=[_check_result(product, result) for result in own],
                )
        if blocked:
            named = ", ".join(f"{result.check} on {result.table}" for result in blocked[:6])
            more = f" and {len(blocked) - 6} more" if len(blocked) > 6 else ""
            raise dg.Failure(
                f"{product.name}: {len(blocked)} checks failed: {named}{more}", allow_retries=False
            ) from None

    return validate_op


def _check_result(product: Product, result: Result) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=asset_key(product.name, result.table, "validated"),
        check_name=check_name(result.check),
        passed=result.passed,
        severity=dg.AssetCheckSeverity.ERROR if result.severity == "error" else dg.AssetCheckSeverity.WARN,
        metadata=result_metadata(result),
        description=result.detail or None,
    )


def published_assets(product: Product, places: Sequence[str]) -> dg.AssetsDefinition:
    """Publishing, which verifies the attestation by itself, however it was started."""
    targets = [f"{'database' if target.database else 'store'} {target.name}" for target in product.policy.publish]
    specs = [
        dg.AssetSpec(
            asset_key(product.name, place, "published"),
            deps=[asset_key(product.name, place, "validated")],
            description=f"Anonymized rows of {place} in {' and '.join(targets)}.",
            group_name=product.name,
            kinds={"postgres" if target.database else "parquet" for target in product.policy.publish},
            owners=list(product.policy.owners),
            tags={"anon/stage": "published", "anon/data": "anonymized"},
            code_version=product.digest[:16],
            metadata={
                "dagster/table_name": place,
                "dagster/column_schema": declared_columns(product.policy.tables[place]),
            },
        )
        for place in places
    ]

    @dg.multi_asset(
        name=f"{product.name}__publish",
        specs=specs,
        required_resource_keys={session_key(product)},
        op_tags={"anon/product": product.name},
    )
    def publish_op(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        session: Session = getattr(context.resources, session_key(product))
        with guarded("publish", product.name):
            done = session.publish()
            schemas = {place: planned_columns(session.plan.table(place), {}) for place in places}
        for place in places:
            yield dg.MaterializeResult(
                asset_key=asset_key(product.name, place, "published"),
                metadata={**_published(done, place), "dagster/column_schema": schemas[place]},
            )

    return publish_op


def _published(done: Sequence[Published], place: str) -> dict[str, Any]:
    rows = done[0].rows.get(place, 0)
    targets = {f"target_{one.target.replace('/', '_')}": one.uri for one in done}
    return {"dagster/row_count": rows, "dagster/uri": done[0].uri, "dagster/table_name": place, **targets}
