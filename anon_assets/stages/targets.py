"""Are the targets ours to replace? Asked before anything is read, so that a long run does not end in a refusal."""

from __future__ import annotations

from anon_assets.contracts.database import Database
from anon_assets.errors import TargetRefused
from anon_assets.stages.product import Product

__all__ = ["apart", "check_targets"]


def apart(source: Database, target: Database, name: str) -> None:
    """Raise TargetRefused when both connections lead to the same database."""
    if source.identity() == target.identity():
        raise TargetRefused(name, "the target is the source database itself", "name another database in `publish:`")


def check_targets(product: Product) -> None:
    """Open and undo a publication in each target database.

    Raises: TargetRefused, ConnectionFailed.
    """
    for target in product.policy.publish:
        if target.database is not None:
            database = product.profile.database(target.database)
            apart(product.source, database, target.database)
            with database.publication(product.name):
                pass  # leaving without a commit undoes everything
