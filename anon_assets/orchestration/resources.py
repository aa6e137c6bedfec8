"""Databases, key service and store as Dagster resources. Their configuration holds references, never secrets."""

# no postponed annotations here: Dagster reads the type of a context parameter when it is defined

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from anon_assets.contracts.database import DATABASES, Database
from anon_assets.contracts.kms import KMS, Kms
from anon_assets.contracts.store import STORES, Store
from anon_assets.family import Family, Member
from anon_assets.findings import raise_errors
from anon_assets.policies.profile import Profile
from anon_assets.stages.product import Product, Progress
from anon_assets.stages.session import Session, open_session

__all__ = ["DatabaseResource", "KmsResource", "StoreResource", "profile_resources", "session_key", "session_resource"]


class _FromProfile(dg.ConfigurableResource[None]):
    """One entry of a profile: the YAML form, and where its relative paths start."""

    entry: dict[str, Any] = Field(description="as in resources/*.yaml; secrets as {env: X} or {file: path}")
    root: str = Field(".", description="folder where relative paths start")

    def _member(self, family: Family[Any], where: str) -> Member:
        member, findings = family.parse(dict(self.entry), where, root=Path(self.root))
        raise_errors(where, findings)
        return member  # type: ignore[return-value]  # without errors there is a member


class DatabaseResource(_FromProfile):
    """A database connection. ``entry`` such as ``{"postgres": {"url": {"env": "SHOP_URL"}}}``."""

    def database(self) -> Database:
        """The database. Raises: FindingsError for an entry that does not parse."""
        return self._member(DATABASES, "database")  # type: ignore[return-value]


class KmsResource(_FromProfile):
    """A key management service that wraps data keys. ``entry`` such as ``{"local": {"path": ".anon/keys"}}``."""

    def kms(self) -> Kms:
        """The key service. Raises: FindingsError for an entry that does not parse."""
        return self._member(KMS, "kms")  # type: ignore[return-value]


class StoreResource(_FromProfile):
    """Where staged and published files lie. ``entry`` such as ``{"local": {"path": ".anon/store"}}``."""

    def store(self) -> Store:
        """The store. Raises: FindingsError for an entry that does not parse."""
        return self._member(STORES, "store")  # type: ignore[return-value]


def profile_resources(product: Product) -> dict[str, Any]:
    """The resources of the databases that a product uses, of its key service and its store, by resource key."""
    entries: Mapping[str, Any] = product.profile.entries
    root = str(product.root)
    names = {product.policy.source, *(target.database for target in product.policy.publish if target.database)}
    databases = {
        f"database_{name}": _resource(DatabaseResource, entries["databases"][name], root) for name in sorted(names)
    }
    return {
        **databases,
        "kms": _resource(KmsResource, entries["kms"], root),
        "store": _resource(StoreResource, entries["store"], root),
    }


def _resource(kind: type[_FromProfile], entry: Any, root: str) -> _FromProfile:
    return _shared(kind, json.dumps({entry: {}} if isinstance(entry, str) else dict(entry), sort_keys=True), root)


@cache
def _shared(kind: type[_FromProfile], entry: str, root: str) -> _FromProfile:
    """One object per entry: definitions of two products merge only when they share what has the same key."""
    return kind(entry=json.loads(entry), root=root)


def session_key(product: Product) -> str:
    """The resource key of a product's session; products of one code location do not share it."""
    return f"session_{product.name}"


def session_resource(product: Product, progress: Progress) -> dg.ResourceDefinition:
    """A session that lives as long as the run, so that all tables of one process come from one snapshot."""
    keys = set(profile_resources(product))

    @dg.resource(required_resource_keys=keys, description=f"one run of {product.name}: keys, plan and source snapshot")
    def session(context: dg.InitResourceContext) -> Iterator[Session]:
        held = context.resources
        databases = {
            key.removeprefix("database_"): getattr(held, key).database() for key in keys if key.startswith("data")
        }
        told = product.profile
        profile = Profile(
            told.name, databases, held.kms.kms(), held.store.store(), told.entries, classifier=told.classifier
        )
        with open_session(replace(product, profile=profile), progress) as opened:
            yield opened

    return session
