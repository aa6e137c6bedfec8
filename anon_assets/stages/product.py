"""A product as it stands on disk: its policy, its checks and the profile it runs under."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from anon_assets.contracts.database import Database
from anon_assets.errors import DocumentError, UsageError
from anon_assets.findings import near, raise_errors
from anon_assets.policies.documents import Document, read_document
from anon_assets.policies.policy import Policy, parse_policy
from anon_assets.policies.profile import Profile, parse_profile
from anon_assets.policies.suite import Suite, parse_suite

__all__ = ["Product", "Progress", "load_product", "load_profile", "product_names", "quiet"]

Progress = Callable[[str, str, int], None]
"""Called with stage, place and rows done so far."""


def quiet(stage: str, place: str, rows: int) -> None:
    """A progress that says nothing."""


@dataclass(frozen=True, slots=True)
class Product:
    """One data product of a project.

    Args:
        root: the project's folder.
        policy: what happens to each column.
        suite: what must hold before publishing.
        profile: databases, key service, store.
        loaded: ``digest`` when policy and suite were read; empty when unknown.
    """

    root: Path
    policy: Policy
    suite: Suite
    profile: Profile
    loaded: str = ""

    @property
    def name(self) -> str:
        """The product's name."""
        return self.policy.product

    @property
    def source(self) -> Database:
        """The source database. Raises: FindingsError for a name that the profile lacks."""
        return self.profile.database(self.policy.source, self.policy.document.at("source"))

    @property
    def digest(self) -> str:
        """SHA-256 over policy and checks files as they are now: what a validation vouches for."""
        suite = self.root / "checks" / f"{self.name}.yaml"
        content = self.policy.document.path.read_bytes() + b"\0" + (suite.read_bytes() if suite.exists() else b"")
        return hashlib.sha256(content).hexdigest()

    def staged(self, stage: str, place: str = "") -> str:
        """The store name of what a stage leaves behind."""
        return f"staged/{self.name}/{stage}" + (f"/{place}" if place else "")


def product_names(root: Path) -> list[str]:
    """Names of the products that have a policy in the project, sorted."""
    return sorted(path.stem for path in (root / "policies").glob("*.yaml"))


def load_profile(root: Path, profile: str = "local") -> Profile:
    """The profile of that name. Raises: UsageError when there is none; FindingsError; DocumentError."""
    path = root / "resources" / f"{profile}.yaml"
    if not path.exists():
        known = [each.stem for each in (root / "resources").glob("*.yaml")]
        hint = near(profile, known) or "run `anon-assets init`, or go to the project's folder"
        raise UsageError(f"resources/{profile}.yaml", f"there is no such profile in {root}", hint)
    return parse_profile(read_document(path), root)


def load_product(root: Path, name: str, profile: str = "local") -> Product:
    """Read policy, checks and profile of one product.

    Args:
        root: the project's folder, with ``policies/``, ``checks/`` and ``resources/``.
        name: the product.
        profile: name of a file under ``resources/``.

    Raises: UsageError for an unknown product or profile; DocumentError for unreadable files; FindingsError with every
        error of one file at once.
    """
    path = root / "policies" / f"{name}.yaml"
    if not path.exists():
        hint = near(name, product_names(root)) or "run `anon-assets init`, or go to the project's folder"
        raise UsageError(f"policies/{name}.yaml", f"there is no such product in {root}", hint)
    policy = parse_policy(read_document(path))
    suite_path = root / "checks" / f"{name}.yaml"
    document = read_document(suite_path) if suite_path.exists() else Document(suite_path, {})
    suite, findings = parse_suite(document.data, suite_path.name, lambda keys: document.at(*keys))
    raise_errors(str(suite_path), findings)
    product = Product(root, policy, suite, load_profile(root, profile))
    product = replace(product, loaded=product.digest)
    _ = product.source
    for target in policy.publish:
        if target.database is not None:
            if target.database == policy.source:
                raise DocumentError(policy.document.at("publish"), "the target is the source", "name another database")
            product.profile.database(target.database, policy.document.at("publish"))
    return product
