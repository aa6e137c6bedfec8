"""From a product's files to Dagster definitions, without touching a database."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from anon_assets import __version__
from anon_assets.orchestration.products import published_assets, structure_asset, validated_assets
from anon_assets.orchestration.resources import profile_resources, session_key, session_resource
from anon_assets.orchestration.tables import table_assets
from anon_assets.stages.product import Product, Progress, load_product, quiet

__all__ = ["build_definitions", "product_definitions"]


def build_definitions(
    policy: str | Path, profile: str = "local", root: str | Path | None = None, progress: Progress = quiet
) -> dg.Definitions:
    """Definitions of one product: assets, checks, a job of its name and, when the policy says so, a schedule.

    Args:
        policy: the product's name, or the path of its policy file (``<root>/policies/<product>.yaml``).
        profile: name of a file under ``<root>/resources``.
        root: the project's folder; taken from the policy's path, else the working directory.
        progress: told of stage, place and rows as they pass.

    Returns: definitions to serve or to merge into one's own with ``dg.Definitions.merge``.
    Raises: UsageError, DocumentError, FindingsError. No database is contacted.
    """
    path = Path(policy)
    if root is None:
        root = path.resolve().parent.parent if path.suffix else Path.cwd()
    return product_definitions(load_product(Path(root), path.stem if path.suffix else str(policy), profile), progress)


def product_definitions(product: Product, progress: Progress = quiet) -> dg.Definitions:
    """Definitions of a product that is already loaded."""
    places = sorted(place for place, table in product.policy.tables.items() if table.action == "copy")
    assets = [
        structure_asset(product),
        *(table_assets(product, place, product.policy.tables[place]) for place in places),
    ]
    if places:
        assets.append(validated_assets(product, places))
        if product.policy.publish:
            assets.append(published_assets(product, places))
    resources = {**profile_resources(product), session_key(product): session_resource(product, progress)}
    job = dg.define_asset_job(
        product.name,
        dg.AssetSelection.groups(product.name),
        description=f"extract, scan, anonymize, validate and publish {product.name}",
        tags={"anon/product": product.name},
        executor_def=dg.in_process_executor,
    )
    schedules = (
        [dg.ScheduleDefinition(f"{product.name}_refresh", cron_schedule=product.policy.schedule, job=job)]
        if product.policy.schedule
        else []
    )
    _register()
    return dg.Definitions(
        assets=assets, jobs=[job], schedules=schedules, executor=dg.in_process_executor,
        resources=resources,
    )  # fmt: skip


def _register() -> None:
    from dagster_shared.libraries import DagsterLibraryRegistry

    DagsterLibraryRegistry.register("anon-assets", __version__, is_dagster_package=False)
