"""Evidence held in memory, for the tests of checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from anon_assets.columns import logical_of
from anon_assets.contracts.check import Evidence, Treatment
from anon_assets.contracts.database import Column, ForeignKey, Schema, Table
from anon_assets.contracts.detector import Verdict
from anon_assets.contracts.transform import Effects

KEEP = Treatment(("keep",), Effects(injective=True, passes=True))
TOKEN = Treatment(("token",), Effects(injective=True, needs_key=True))
MASK = Treatment(("mask",), Effects())
FAKE = Treatment(("fake",), Effects(coincides=True, needs_key=True))
FPE = Treatment(("fpe",), Effects(coincides=True, injective=True, needs_key=True))
NOISE = Treatment(("noise",), Effects(coincides=True, scope="row", needs_key=True))
SHUFFLE = Treatment(("shuffle",), Effects(coincides=True, scope="column", needs_key=True))
NULL = Treatment(("null",), Effects(fixed=True, may_null=True, preserves_nulls=False, max_length=0))
ACCEPTED = Treatment(("keep",), Effects(injective=True, passes=True), accepted=True)


def typed(entity: str, tier: str = "direct", *, identifying: bool = True, verdict: str = "type") -> Verdict:
    return Verdict("", verdict, entity, tier, identifying, 1.0)


@dataclass
class Col:
    """A column: values before, after (None: unchanged), what is done to it, what the scan says."""

    before: Sequence
    after: Sequence | None = None
    treatment: Treatment = KEEP
    verdict: Verdict | None = None
    logical: str | None = None
    arrow: pa.DataType | None = None
    sql: str = "text"
    nullable: bool = True

    def arrays(self) -> tuple[pa.Array, pa.Array]:
        before = pa.array(list(self.before), self.arrow)
        if self.after is None:
            return before, before
        after = list(self.after)
        kind = before.type
        if any(isinstance(value, str) for value in after) and not pa.types.is_string(kind):
            kind = pa.string()
        return before, pa.array(after, kind)


@dataclass
class Tab:
    columns: dict[str, Col]
    primary_key: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    source_rows: int | None = None


@dataclass
class MemoryEvidence(Evidence):
    """Tables by place; batches of at most ``batch_rows``."""

    content: dict[str, Tab]
    structure: str = ""
    batch_rows: int = 3
    absent: tuple[Table, ...] = ()
    schema: Schema = field(init=False)
    tables: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        self.tables = sorted(self.content)
        built = []
        for place, tab in self.content.items():
            schema, _, name = place.partition(".")
            columns = tuple(
                Column(
                    key,
                    col.sql,
                    col.logical or logical_of(col.arrays()[0].type),
                    nullable=col.nullable,
                    folds_case=col.sql.endswith("citext"),
                )
                for key, col in tab.columns.items()
            )
            built.append(Table(schema, name, columns, tab.primary_key, tab.uniques, tab.foreign_keys))
        self.schema = Schema(tuple(sorted([*built, *self.absent], key=lambda table: table.place)))
        self._data = {
            place: tuple(pa.table({key: col.arrays()[side] for key, col in tab.columns.items()}) for side in (0, 1))
            for place, tab in self.content.items()
        }

    def treatment(self, table: str, column: str) -> Treatment:
        return self.content[table].columns[column].treatment

    def columns(self, table: str) -> Sequence[str]:
        return list(self.content[table].columns)

    def verdicts(self, table: str) -> Mapping[str, Verdict]:
        return {key: col.verdict for key, col in self.content[table].columns.items() if col.verdict is not None}

    def source(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        return self._batches(self._data[table][0], columns)

    def anonymized(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        return self._batches(self._data[table][1], columns)

    def _batches(self, table: pa.Table, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        chosen = table.select(list(columns)).combine_chunks()
        yield from chosen.to_batches(max_chunksize=self.batch_rows)

    def source_rows(self, table: str) -> int:
        declared = self.content[table].source_rows
        return self._data[table][0].num_rows if declared is None else declared
