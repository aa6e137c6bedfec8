"""One op per table: raw, scan and anonymized assets (a step costs more than most tables do)."""

# no postponed annotations here: Dagster reads the type of a context parameter when it is defined

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import dagster as dg

from anon_assets.contracts.detector import Verdict
from anon_assets.orchestration.guarding import guarded
from anon_assets.orchestration.metadata import (
    column_map,
    declared_columns,
    planned_columns,
    scan_metadata,
    source_columns,
)
from anon_assets.orchestration.naming import asset_key, slug
from anon_assets.orchestration.resources import session_key
from anon_assets.policies.policy import TablePolicy
from anon_assets.stages.product import Product
from anon_assets.stages.session import Session

__all__ = ["table_assets"]

_TITLES = {
    "raw": "Rows of {place} as read from the source in one snapshot, encrypted, removed after publishing.",
    "scan": "What each column of {place} is held to be: verdicts with counts, never values.",
    "anonymized": "Rows of {place} after the policy's transforms, encrypted until they are published.",
}
_HOLDS = {"raw": "personal", "scan": "counts", "anonymized": "anonymized"}


def table_assets(product: Product, place: str, table: TablePolicy) -> dg.AssetsDefinition:
    """The first three stages of one table.

    Args:
        product: it belongs to. place: ``schema.table``. table: its part of the policy.

    Returns: a multi-asset of three, each selectable alone.
    """
    keys = {stage: asset_key(product.name, place, stage) for stage in _TITLES}
    structure = dg.AssetKey([product.name, "structure"])
    upstream = {"raw": [structure], "scan": [keys["raw"]], "anonymized": [keys["raw"], keys["scan"]]}
    kinds = {
        "raw": {product.source.kind(), "parquet"},
        "scan": {"python"},
        "anonymized": {"polars", "parquet"},
    }
    specs = [
        dg.AssetSpec(
            keys[stage],
            deps=upstream[stage],
            description=_TITLES[stage].format(place=place),
            group_name=product.name,
            kinds=kinds[stage],
            owners=list(product.policy.owners),
            tags={"anon/stage": stage, "anon/data": _HOLDS[stage]},
            code_version=_version(table) if stage == "anonymized" else "1",
            metadata=_declared(place, table, stage),
            skippable=True,
        )
        for stage in _TITLES
    ]

    @dg.multi_asset(
        name=f"{product.name}__{slug(place)}",
        specs=specs,
        can_subset=True,
        required_resource_keys={session_key(product)},
        pool=f"{product.name}_source",
    )
    def table_op(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        session: Session = getattr(context.resources, session_key(product))
        selected = context.selected_asset_keys
        verdicts: dict[str, Verdict] = {}
        if keys["raw"] in selected:
            with guarded("extract", place):
                yield _raw(session, place, keys["raw"])
        if keys["scan"] in selected:
            with guarded("scan", place):
                found = session.scan(place)
                verdicts = {verdict.column: verdict for verdict in found}
                metadata = scan_metadata(session.plan.table(place), found)
                yield dg.MaterializeResult(asset_key=keys["scan"], metadata=metadata)
        if keys["anonymized"] in selected:
            with guarded("anonymize", place):
                yield _anonymized(session, place, keys["anonymized"], verdicts)

    return table_op


def _version(table: TablePolicy) -> str:
    chains = {
        name: [{step.kind(): step.model_dump(mode="json", by_alias=True)} for step in column.chain]
        for name, column in table.columns.items()
    }
    return hashlib.sha256(json.dumps(chains, sort_keys=True).encode()).hexdigest()[:16]


def _declared(place: str, table: TablePolicy, stage: str) -> dict[str, Any]:
    named = {} if stage == "scan" else {"dagster/table_name": place}
    return {**named, "dagster/column_schema": declared_columns(table)} if stage == "anonymized" else named


def _raw(session: Session, place: str, key: dg.AssetKey) -> dg.MaterializeResult[Any]:
    facts = session.extract(place)
    store = session.product.profile.store
    return dg.MaterializeResult(
        asset_key=key,
        metadata={
            "dagster/row_count": facts.rows,
            "dagster/uri": store.uri(session.product.staged("raw", place)),
            "sha256": facts.sha256,
            "dagster/column_schema": source_columns(session.plan.table(place)),
        },
        data_version=dg.DataVersion(facts.sha256),
    )


def _anonymized(
    session: Session, place: str, key: dg.AssetKey, verdicts: dict[str, Verdict]
) -> dg.MaterializeResult[Any]:
    facts = session.anonymize(place)
    planned, store = session.plan.table(place), session.product.profile.store
    return dg.MaterializeResult(
        asset_key=key,
        metadata={
            "dagster/row_count": facts.rows,
            "dagster/uri": store.uri(session.product.staged("anonymized", place)),
            "sha256": facts.sha256,
            "columns": column_map(planned, verdicts),
            "dagster/column_schema": planned_columns(planned, verdicts),
        },
        data_version=dg.DataVersion(facts.sha256),
    )
