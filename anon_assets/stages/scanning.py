"""Stage scan inside a run: verdicts over the staged raw rows of one table, kept beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from anon_assets.contracts.detector import Verdict
from anon_assets.errors import PublishRefused, StoreError
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import Plan, PlannedTable
from anon_assets.stages.encrypted_parquet import read_batches, read_facts
from anon_assets.stages.neighbours import all_detectors
from anon_assets.stages.product import Product, Progress, quiet
from anon_assets.stages.scan import refine, scan_batches
from anon_assets.stages.signing import sign, verify_signature
from anon_assets.stages.user_detectors import own_detectors

__all__ = ["last_verdicts", "load_verdicts", "scan_table"]

_FILE = "verdicts.json"


def scan_table(product: Product, keys: KeyRing, table: PlannedTable, progress: Progress = quiet) -> list[Verdict]:
    """Scan the staged raw rows of one table and keep the verdicts (counts and names only) in the store.

    Raises: StoreError when the raw rows are not there; ScanFailed when a detector breaks (fail closed).
    """
    store, raw = product.profile.store, product.staged("raw", table.place)
    facts = read_facts(store, raw, keys)

    def batches() -> Iterator[pa.RecordBatch]:
        rows = 0
        for batch in read_batches(store, raw, keys, sha256=facts.sha256):
            yield batch
            rows += batch.num_rows
            progress("scan", table.place, rows)

    detectors = (*all_detectors(), *own_detectors(product.policy.scan.detectors))
    verdicts = scan_batches(table.table, batches(), detectors)
    content = {"raw": facts.sha256, "verdicts": [verdict.to_dict() for verdict in verdicts]}
    with store.stage(product.staged("scan", table.place)) as folder:
        (folder / _FILE).write_text(sign(keys, f"verdicts of {table.place}", content))
    return list(verdicts)


def load_verdicts(product: Product, keys: KeyRing, plan: Plan) -> Mapping[str, Sequence[Verdict]]:
    """The verdicts of every copied table, refined across tables.

    Raises: StoreError when a table was not scanned, or its raw rows changed since.
    """
    store = product.profile.store
    for table in plan.copied:
        scanned, _ = _read(product, keys, table.place)
        if scanned != read_facts(store, product.staged("raw", table.place), keys).sha256:
            raise StoreError(table.place, "its raw rows changed since they were scanned", "materialize its scan asset")
    return last_verdicts(product, keys, plan)


def last_verdicts(product: Product, keys: KeyRing, plan: Plan) -> Mapping[str, Sequence[Verdict]]:
    """The verdicts of the last scan of every copied table, refined, whether or not its raw rows are still there.

    Raises: StoreError when a table was not scanned.
    """
    found = {table.place: _read(product, keys, table.place)[1] for table in plan.copied}
    return refine(plan.schema, found, (*all_detectors(), *own_detectors(product.policy.scan.detectors)))


def _read(product: Product, keys: KeyRing, place: str) -> tuple[str, list[Verdict]]:
    """The digest of the raw rows that were scanned, and the verdicts."""
    store, name = product.profile.store, product.staged("scan", place)
    if not store.files(name):
        raise StoreError(place, "was not scanned", "materialize its scan asset, or run the product")
    with store.open(name, _FILE) as file:
        content = file.read()
    try:
        told = verify_signature(keys, f"verdicts of {place}", content.decode(errors="replace"))
        return str(told["raw"]), [Verdict.from_dict(verdict) for verdict in told["verdicts"]]
    except (PublishRefused, TypeError, KeyError):
        what = "its file of verdicts is damaged, or was written under another key"
        raise StoreError(place, what, "materialize its scan asset") from None
