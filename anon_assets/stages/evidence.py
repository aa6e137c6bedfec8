"""What checks may read: the staged files of a product, through its plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from anon_assets.contracts.check import Evidence, Treatment
from anon_assets.contracts.detector import Verdict
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import Plan, PlannedColumn
from anon_assets.stages.encrypted_parquet import read_batches, read_facts
from anon_assets.stages.product import Product
from anon_assets.stages.structure import load_structure

__all__ = ["StagedEvidence"]


def _treatment(planned: PlannedColumn) -> Treatment:
    """What the plan does to a column; where the owner accepted that some rows keep their value, it is a kept one."""
    effects = planned.effects
    if effects.partly and planned.accepted:
        effects = replace(effects, passes=True)
    return Treatment(tuple(step.kind() for step in planned.chain), effects, planned.domain, planned.accepted)


class StagedEvidence(Evidence):
    """Evidence from the store.

    Args:
        product, keys, plan: what is validated.
        verdicts: the refined verdicts by place.
        files: SHA-256 of each anonymized file, by place; no other file is read.
    """

    def __init__(
        self,
        product: Product,
        keys: KeyRing,
        plan: Plan,
        verdicts: Mapping[str, Sequence[Verdict]],
        files: Mapping[str, str],
    ) -> None:
        self._product, self._keys, self._plan, self._files = product, keys, plan, files
        store = product.profile.store
        self._raw = {table.place: read_facts(store, product.staged("raw", table.place), keys) for table in plan.copied}
        self._verdicts = verdicts
        scripts = load_structure(product, keys)
        self.schema = plan.schema
        self.tables = tuple(table.place for table in plan.copied)
        self.structure = scripts.before + "\n" + scripts.after
        self._treatments = {
            (table.place, each.column.name): _treatment(each) for table in plan.copied for each in table.columns
        }

    def treatment(self, table: str, column: str) -> Treatment:
        """What the plan does to a column."""
        return self._treatments[table, column]

    def columns(self, table: str) -> Sequence[str]:
        """Names of the published columns."""
        return self._plan.table(table).reads

    def verdicts(self, table: str) -> Mapping[str, Verdict]:
        """Refined verdicts by column."""
        return {verdict.column: verdict for verdict in self._verdicts.get(table, ())}

    def source(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Raw rows, as staged."""
        return self._read("raw", table, columns, self._raw[table].sha256)

    def anonymized(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Anonymized rows, as staged."""
        return self._read("anonymized", table, columns, self._files[table])

    def _read(self, stage: str, table: str, columns: Sequence[str], sha256: str) -> Iterator[pa.RecordBatch]:
        """Rows of the very file that this validation began with."""
        name = self._product.staged(stage, table)
        return read_batches(self._product.profile.store, name, self._keys, columns, sha256)

    def source_rows(self, table: str) -> int:
        """Rows that the database counted."""
        return self._raw[table].source_rows
