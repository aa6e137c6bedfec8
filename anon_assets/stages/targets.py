"""Are the targets ours to replace? Asked before anything is read, so that a long run does not end in a refusal."""

from __future__ import annotations

from anon_assets.contracts.database import Database
from anon_assets.errors import KeyUnavailable, PublishRefused, TargetRefused
from anon_assets.keys import KeyRing
from anon_assets.stages.product import Product
from anon_assets.stages.signing import verify_signature

__all__ = ["apart", "check_targets"]


def apart(source: Database, target: Database, name: str) -> None:
    """Raise TargetRefused when both connections lead to the same database."""
    if source.identity() == target.identity():
        raise TargetRefused(name, "the target is the source database itself", "name another database in `publish:`")


def check_targets(product: Product, keys: KeyRing) -> None:
    """Open and undo a publication in each target database.

    A target that shows an earlier publication must have been made under these keys: when they were lost and made anew, or
    another store is mounted, every token would change without anybody having asked for it.

    Raises: TargetRefused, ConnectionFailed; KeyUnavailable when the earlier publication is of other keys.
    """
    for target in product.policy.publish:
        if target.database is not None:
            database = product.profile.database(target.database)
            apart(product.source, database, target.database)
            _same_keys(database, target.database, product, keys)
            with database.publication(product.name):
                pass  # leaving without a commit undoes everything


def _same_keys(database: Database, name: str, product: Product, keys: KeyRing) -> None:
    mark = database.published()
    if mark is None or mark[0] != product.name:
        return
    try:
        verify_signature(keys, "manifest", mark[1])
    except PublishRefused:
        what = f"shows a publication of {product.name} that was made under other keys"
        hint = (
            "restore the key files and the store's staged keys; to begin anew with other keys, empty the target first"
        )
        raise KeyUnavailable(name, what, hint) from None
