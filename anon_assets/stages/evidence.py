"""What checks may read: the staged files of a product, through its plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from anon_assets.contracts.check import Evidence, Treatment
from anon_assets.contracts.detector import Verdict
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import Plan
from anon_assets.stages.encrypted_parquet import read_batches, read_facts
from anon_assets.stages.product import Product
from anon_assets.stages.structure import load_structure

__all__ = ["StagedEvidence"]


class StagedEvidence(Evidence):
    """Evidence from the store.

    Args:
        product, keys, plan: what is validated.
        verdicts: the refined verdicts by place.
    """

    def __init__(self, product: Product, keys: KeyRing, plan: Plan, verdicts: Mapping[str, Sequence[Verdict]]) -> None:
        self._product, self._keys, self._plan = product, keys, plan
        self._verdicts = verdicts
        scripts = load_structure(product, keys)
        self.schema = plan.schema
        self.tables = tuple(table.place for table in plan.copied)
        self.structure = scripts.before + "\n" + scripts.after
        self._treatments = {
            (table.place, each.column.name): Treatment(
                tuple(step.kind() for step in each.chain), each.effects, each.domain, each.accepted
            )
            for table in plan.copied
            for each in table.columns
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
        return read_batches(self._product.profile.store, self._product.staged("raw", table), self._keys, columns)

    def anonymized(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Anonymized rows, as staged."""
        return read_batches(self._product.profile.store, self._product.staged("anonymized", table), self._keys, columns)

    def source_rows(self, table: str) -> int:
        """Rows that the database counted."""
        return read_facts(self._product.profile.store, self._product.staged("raw", table)).source_rows
