"""One run of a product in one process: its keys, plan and source snapshot, opened when first needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from anon_assets.contracts.check import Result
from anon_assets.contracts.database import Snapshot
from anon_assets.contracts.detector import Verdict
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import Plan
from anon_assets.stages.anonymize import anonymize_table
from anon_assets.stages.data_keys import open_keys
from anon_assets.stages.encrypted_parquet import Facts
from anon_assets.stages.extract import extract_table
from anon_assets.stages.product import Product, Progress, quiet
from anon_assets.stages.publish import Published, publish
from anon_assets.stages.scanning import scan_table
from anon_assets.stages.structure import load_plan, stage_structure
from anon_assets.stages.targets import check_targets
from anon_assets.stages.validate import validate

__all__ = ["Session", "open_session"]


class Session:
    """The five stages of one product. Every table extracted in one session is of one moment of the source.

    Args:
        product: what to run.
        resources: closes what the session opened; see ``open_session``.
        progress: told of rows as they pass.
    """

    def __init__(self, product: Product, resources: ExitStack, progress: Progress = quiet) -> None:
        self.product = product
        self._resources, self._progress = resources, progress
        self._lock = threading.RLock()
        self._keys: KeyRing | None = None
        self._snapshot: Snapshot | None = None
        self._plan: Plan | None = None

    @property
    def keys(self) -> KeyRing:
        """The product's data keys. Raises: KeyUnavailable."""
        with self._lock:
            if self._keys is None:
                self._keys = open_keys(self.product)
            return self._keys

    @property
    def snapshot(self) -> Snapshot:
        """The source as of the moment it was first asked for. Raises: ConnectionFailed."""
        with self._lock:
            if self._snapshot is None:
                self._snapshot = self._resources.enter_context(self.product.source.snapshot())
            return self._snapshot

    @property
    def plan(self) -> Plan:
        """The plan against the structure as last read. Raises: StoreError, FindingsError."""
        with self._lock:
            if self._plan is None:
                self._plan = load_plan(self.product, self.keys)
            return self._plan

    def structure(self) -> Plan:
        """Read the structure anew and compile the plan; first make sure that the targets may be replaced."""
        with self._lock:
            check_targets(self.product, self.keys)
            self._plan = stage_structure(self.product, self.keys, self.snapshot)
            return self._plan

    def extract(self, place: str) -> Facts:
        """Stage extract of one table."""
        return extract_table(self.product, self.keys, self.plan, self.plan.table(place), self.snapshot, self._progress)

    def scan(self, place: str) -> Sequence[Verdict]:
        """Stage scan of one table."""
        return scan_table(self.product, self.keys, self.plan.table(place), self._progress)

    def anonymize(self, place: str) -> Facts:
        """Stage anonymize of one table."""
        return anonymize_table(self.product, self.keys, self.plan, self.plan.table(place), self._progress)

    def validate(self) -> list[Result]:
        """Stage validate of the whole product."""
        return validate(self.product, self.keys, self.plan, self._progress)

    def publish(self) -> list[Published]:
        """Stage publish of the whole product."""
        return publish(self.product, self.keys, self.plan, self._progress)


@contextmanager
def open_session(product: Product, progress: Progress = quiet) -> Iterator[Session]:
    """A session whose connections are closed when the block ends."""
    with ExitStack() as resources:
        yield Session(product, resources, progress)
