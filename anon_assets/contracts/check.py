"""The contract of a check: a property that the anonymized data must have before it is published."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal

import pyarrow as pa

from anon_assets.contracts.database import Schema
from anon_assets.contracts.detector import Verdict
from anon_assets.contracts.transform import Effects
from anon_assets.family import Family, Member

__all__ = ["CHECKS", "Announced", "Check", "Evidence", "Result", "Treatment"]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What the plan does to one column.

    Args:
        kinds: the chain's transform kinds in order.
        effects: of the whole chain.
        domain: linkage domain.
        accepted: the owner accepted, by fingerprint, that what the scan found in this column is kept.
    """

    kinds: tuple[str, ...]
    effects: Effects
    domain: str = ""
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Announced:
    """A result that a check will yield, known before anything is read, so that an orchestrator can declare it.

    Args:
        table: place of the table.
        check: the result's name, unique for its table; letters, digits and underscores.
        blocking: a failure keeps the data from being published.
        title: one line for people.
    """

    table: str
    check: str
    blocking: bool = True
    title: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found. Counts and names only, never a value.

    Args:
        check: the name it was announced by: the kind, or what the check's ``announce`` makes of it.
        table: place of the table it speaks of.
        passed: the property holds.
        severity: ``error`` blocks publishing when not passed; ``warning`` does not.
        counts: numbers worth seeing over time, such as ``{"rows": 599, "missing": 0}``.
        detail: one sentence for people: what failed and in which columns, or how it was judged.
    """

    check: str
    table: str
    passed: bool
    severity: Literal["error", "warning"] = "error"
    counts: Mapping[str, int | float] = field(default_factory=dict)
    detail: str = ""

    @property
    def blocks(self) -> bool:
        """It keeps the data from being published."""
        return not self.passed and self.severity == "error"

    def to_dict(self) -> dict[str, Any]:
        """The result for machines."""
        return {**asdict(self), "counts": dict(self.counts)}


class Evidence(ABC):
    """What a check may read: the plan's facts, the raw rows and the anonymized rows, batch by batch, in equal order."""

    schema: Schema
    tables: Sequence[str]
    """Places of the tables whose rows are published, sorted."""
    structure: str
    """The structure scripts as they would be published."""

    @abstractmethod
    def treatment(self, table: str, column: str) -> Treatment:
        """What the plan does to a column."""

    @abstractmethod
    def columns(self, table: str) -> Sequence[str]:
        """Names of the published columns, in order."""

    @abstractmethod
    def verdicts(self, table: str) -> Mapping[str, Verdict]:
        """The scan's verdict by column name."""

    @abstractmethod
    def source(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Raw rows of the named columns. Batches are cut as those of ``anonymized``, row for row."""

    @abstractmethod
    def anonymized(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Anonymized rows of the named columns."""

    @abstractmethod
    def source_rows(self, table: str) -> int:
        """Rows of the source table in the snapshot, counted by the database itself."""


class Check(Member):
    """A property of the anonymized data. Fields are its parameters."""

    always: ClassVar[bool] = False
    """Runs on every product with default parameters, whether the suite names it or not."""

    def announce(self, tables: Sequence[str]) -> Sequence[Announced]:
        """The results that ``run`` will yield for these tables, in its order, from the parameters alone.

        One per table, named by the kind, unless a member says otherwise. Light: imports and reads nothing.
        """
        return [Announced(table, self.kind(), blocking=True, title=self.title) for table in tables]

    def names(self, tables: Sequence[str]) -> list[tuple[str, str]]:
        """(place, result name) of every result that ``run`` will yield for these tables."""
        return [(each.table, each.check) for each in self.announce(tables)]

    def needs(self) -> frozenset[str]:
        """Names of the columns that the parameters speak of; every table that the check is run on must have them."""
        return frozenset()

    def problems(self) -> Iterator[str]:
        """Reasons why these parameters cannot run, beyond their form. Sentences without values; may import libraries.

        Asked when a plan is made, not when a code location is loaded.
        """
        yield from ()

    @abstractmethod
    def run(self, evidence: Evidence, tables: Sequence[str]) -> Iterable[Result]:
        """Judge the named tables (places). Yields exactly the results announced: one per table unless stated otherwise.

        Memory is bounded by batch size and by distinct values of the columns judged (8 bytes each), never by the table.
        """


CHECKS: Family[Check] = Family("checks", Check)  # type: ignore[type-abstract]
