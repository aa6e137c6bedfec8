"""A profile: the databases, key service, store and classifier of one deployment (``resources/*.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anon_assets.contracts.classifier import CLASSIFIERS, Classifier
from anon_assets.contracts.database import DATABASES, Database
from anon_assets.contracts.kms import KMS, Kms
from anon_assets.contracts.store import STORES, Store
from anon_assets.findings import Finding, near, raise_errors
from anon_assets.policies.documents import Document

__all__ = ["Profile", "parse_profile"]

_REQUIRED = ("databases", "kms", "store")
_KEYS = (*_REQUIRED, "classifier")


@dataclass(frozen=True, slots=True)
class Profile:
    """One deployment.

    Args:
        name: the file's stem.
        databases: by the name that policies use.
        kms: wraps data keys.
        store: holds staged and published files.
        entries: the file's content, which holds references only.
        classifier: may be asked what columns hold; None without one, and then nothing is asked of anybody.
    """

    name: str
    databases: Mapping[str, Database]
    kms: Kms
    store: Store
    entries: Mapping[str, Any] = field(default_factory=dict)
    classifier: Classifier | None = None

    def database(self, name: str, source: str = "") -> Database:
        """The database of that name. Raises: FindingsError with a near name."""
        if name not in self.databases:
            where = f"resources/{self.name}.yaml"
            hint = near(name, self.databases)
            raise_errors(
                where, [Finding("error", "unknown-database", "databases", f"no database {name!r}", hint, source)]
            )
        return self.databases[name]


def parse_profile(document: Document, root: Path) -> Profile:
    """A profile from its file; relative paths in it start at ``root``.

    Raises: FindingsError with every unknown key, unknown kind and literal secret at once.
    """
    data = document.data
    found = [
        Finding("error", "unknown-key", key, "no such key", near(key, _KEYS), document.at(key))
        for key in data
        if key not in _KEYS
    ]
    absent = [key for key in _REQUIRED if key not in data]
    found += [Finding("error", "missing-key", key, "a required key is missing", "", document.at()) for key in absent]
    databases: dict[str, Database] = {}
    declared: Any = data.get("databases") or {}
    if not isinstance(declared, Mapping):
        found.append(Finding("error", "malformed", "databases", "not a mapping of names", "", document.at("databases")))
        declared = {}
    for name, spec in declared.items():
        database, problems = DATABASES.parse(spec, f"databases.{name}", document.at("databases", name), root)
        found += problems
        if database is not None:
            databases[str(name)] = database
    kms, problems = KMS.parse(data["kms"], "kms", document.at("kms"), root) if "kms" in data else (None, [])
    found += problems
    store, problems = (
        STORES.parse(data["store"], "store", document.at("store"), root) if "store" in data else (None, [])
    )
    found += problems
    classifier, problems = (
        CLASSIFIERS.parse(data["classifier"], "classifier", document.at("classifier"), root)
        if "classifier" in data
        else (None, [])
    )
    found += problems
    raise_errors(str(document.path), found)
    assert kms is not None and store is not None  # noqa: S101 no errors: both parsed
    return Profile(document.path.stem, databases, kms, store, data, classifier)
