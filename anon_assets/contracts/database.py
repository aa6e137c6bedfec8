"""The contract of a database, and the schema it tells of."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from functools import cached_property

import pyarrow as pa

from anon_assets.columns import LogicalType
from anon_assets.family import Family, Member

__all__ = [
    "DATABASES",
    "CatalogText",
    "Column",
    "Database",
    "ForeignKey",
    "Publication",
    "Schema",
    "Snapshot",
    "Structure",
    "Table",
    "View",
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column as declared.

    Args:
        name: as in the catalog, unquoted.
        type: the declared SQL type, such as ``character varying(40)``.
        logical: what it means.
        nullable: may hold null (a domain's NOT NULL counts).
        max_length: most characters, None for no bound.
        precision: total digits of a decimal; bits are given as ``bits``.
        scale: digits after the point of a decimal.
        bits: 16, 32 or 64 for integers.
        unsigned: an integer column holds no negative numbers, and so twice as large ones.
        generated: computed by the database from other columns: never read, never written.
        has_default: the database can fill it.
        labels: the values of an enum, in order.
        checked: under a CHECK constraint or a domain's CHECK.
        comment: the column has a comment.
        folds_case: equality ignores letter case (citext, or a domain over it).
        element: of an array, what its elements mean; None when unknown or not an array.
        rows: of its table, an estimate; None when unknown. No part of the schema's fingerprint.
    """

    name: str
    type: str = "text"
    logical: LogicalType = "text"
    nullable: bool = True
    max_length: int | None = None
    precision: int | None = None
    scale: int | None = None
    bits: int | None = None
    unsigned: bool = False
    generated: bool = False
    has_default: bool = False
    labels: tuple[str, ...] = ()
    checked: bool = False
    comment: bool = False
    folds_case: bool = False
    element: LogicalType | None = None
    rows: int | None = None

    def integers(self, carrier: pa.DataType | None = None) -> tuple[int, int]:
        """Least and greatest integer of the column; of 64 bits where it does not tell its own.

        Args:
            carrier: the Arrow type that results have; they fit it as well.

        >>> Column("c", "smallint", "integer", bits=16).integers()
        (-32768, 32767)
        """
        bits, unsigned = self.bits, self.unsigned
        if carrier is not None:
            own = pa.types.is_unsigned_integer(carrier)
            room = carrier.bit_width - (unsigned and not own)
            bits, unsigned = room if bits is None else min(bits, room), unsigned or own
        bits = 64 if bits is None else bits
        return (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key: ``columns`` of the table that owns it refer to ``target_columns`` of ``target``.

    Args:
        name: of the constraint.
        columns: of the referring table.
        target: place of the referenced table.
        target_columns: in the order of ``columns``.
        validated: existing rows are known to obey it (false for NOT VALID).
    """

    name: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    validated: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """One table that holds rows: an ordinary one, or the root of a partitioned one (its partitions are not listed).

    Args:
        schema: its schema's name.
        name: its own name.
        columns: in catalog order.
        primary_key: column names, empty without one.
        uniques: column names of each further UNIQUE constraint, unique index or EXCLUDE constraint.
        foreign_keys: it owns.
        partitioned: rows live in partitions below it.
        partition_key: columns that decide the partition.
        rows: an estimate; None when unknown.
        inherits: places of tables it inherits from (old style); their rows are read with ONLY.
        nulls_collide: those of ``uniques`` under which two nulls are equal (NULLS NOT DISTINCT).
    """

    schema: str
    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    partitioned: bool = False
    partition_key: tuple[str, ...] = ()
    rows: int | None = None
    inherits: tuple[str, ...] = ()
    nulls_collide: tuple[tuple[str, ...], ...] = ()

    @property
    def place(self) -> str:
        """``schema.table``, unquoted: how policies name it; only the name where there is no schema."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def column(self, name: str) -> Column:
        """The column of that name. Raises: KeyError."""
        return next(column for column in self.columns if column.name == name)

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns that are read and written: all but generated ones."""
        return tuple(column for column in self.columns if not column.generated)


@dataclass(frozen=True, slots=True)
class View:
    """A view or materialized view and the places of the tables and views it reads."""

    place: str
    materialized: bool = False
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schema:
    """Everything of a database that a plan is compiled against.

    Args:
        tables: sorted by place.
        views: sorted by place.
        large_objects: how many there are; they are never copied.
        extensions: names of installed extensions other than the built-in language.
    """

    tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    large_objects: int = 0
    extensions: tuple[str, ...] = ()

    def table(self, place: str) -> Table:
        """The table at that place. Raises: KeyError."""
        for table in self.tables:
            if table.place == place:
                return table
        raise KeyError(place)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over all facts but row estimates: changes exactly when the plan must be compiled anew."""
        facts = asdict(self)
        for table in facts["tables"]:
            for estimated in (table, *table["columns"]):
                del estimated["rows"]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Structure:
    """The structure of a database without rows, as two scripts that run inside one transaction.

    Args:
        before: schemas, types, functions, tables, views: what must exist before rows are loaded.
        after: keys, constraints, indexes, triggers, rules: what is cheaper or only possible after.
    """

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CatalogText:
    """A text that somebody wrote into the catalog, where personal data may stand as well as in rows.

    Args:
        place: of the object: ``schema``, ``schema.table``, ``schema.table.column``, ``schema.view``, unquoted.
        part: which of its texts: ``comment``, ``default``, ``label``, ``view``, ``function``, ``check``, ``sequence`` ...
        text: itself; it may hold personal data and is shown nowhere.
    """

    place: str
    part: str
    text: str = field(repr=False)


class Snapshot(ABC):
    """A consistent view of a source database: everything read through it is of one moment. Thread-safe for reading."""

    @abstractmethod
    def schema(self) -> Schema:
        """Introspect. System schemas and our own bookkeeping schema are left out."""

    @abstractmethod
    def read(
        self,
        table: Table,
        columns: Sequence[str],
        *,
        batch_rows: int = 65_536,
        limit: int | None = None,
        offset: int = 0,
    ) -> pa.RecordBatchReader:
        """Stream the rows of a table, by primary key where there is one, else in a repeatable physical order.

        Args:
            table: as introspected.
            columns: names, in the wanted order; at least one.
            batch_rows: at most so many rows per batch; memory is bounded by it.
            limit: stop after so many rows. offset: skip so many rows first.

        Returns: a reader. Arrow types: integers int16/32/64, float32/64, bool, date32, timestamp[us] (UTC for zoned
            ones), binary, string for text and for every type listed in ``LogicalType`` as carried by text, decimal128
            for decimals of declared precision up to 38. Values that Arrow cannot hold (infinite dates, BC) make that
            column come as text.
        Raises: DatabaseError.
        """

    @abstractmethod
    def sample(
        self, table: Table, columns: Sequence[str], *, share: float, where: str = "", seed: int = 0,
        batch_rows: int = 65_536,
    ) -> pa.RecordBatchReader:  # fmt: skip
        """Stream a part of the rows, spread over the whole table, in any order. Typed as by ``read``.

        Args:
            table: as introspected. columns: names, in the wanted order; at least one.
            share: about so much of the table's rows, above 0; from 1 on every row is read.
            where: a SQL condition on the table's columns; only rows for which it is true are given.
            seed: equal seeds and shares give equal rows of an unchanged table.
            batch_rows: at most so many rows per batch.

        Raises: DatabaseError, also for a condition that the database does not understand or that is not a single one.
        """

    @abstractmethod
    def estimate(self, table: Table, where: str = "") -> int:
        """About how many rows the table holds (for which the condition is true), without reading them.

        Raises: DatabaseError as ``sample`` does.
        """

    @abstractmethod
    def count(self, table: Table) -> int:
        """Exact number of rows in the table."""

    def fingerprint(self, table: Table) -> str:  # noqa: ARG002
        """A text that two snapshots of one database share only when the table holds the very same rows in both.

        It costs less than reading them, and tells nothing of them. Empty where the database cannot tell for sure.
        """
        return ""

    def texts(self) -> Sequence[CatalogText]:
        """Comments, defaults, enum labels, bodies of views and functions and the like, of all that ``schema`` lists."""
        return ()

    @abstractmethod
    def structure(self, leave_out: Sequence[str] = ()) -> Structure:
        """Export the structure, without owners and privileges. ``leave_out``: places of tables and views to omit."""

    @abstractmethod
    def sequences(self) -> Mapping[str, int]:
        """``schema.sequence`` to the next value it would give."""


class Publication(ABC):
    """One transaction that replaces what the target shows. Nothing is seen by others before ``commit``."""

    @abstractmethod
    def create(self, script: str) -> None:
        """Run a structure script (``Structure.before`` or ``.after``). Raises: DatabaseError naming object and state."""

    @abstractmethod
    def load(self, table: Table, batches: Iterator[pa.RecordBatch]) -> int:
        """Append rows; batch columns are matched by name. Returns rows loaded.

        Raises: DatabaseError that names table, row range and constraint.
        """

    @abstractmethod
    def finish(self, sequences: Mapping[str, int], views: Sequence[View]) -> None:
        """Advance sequences (beyond the largest value of the column that owns each) and fill materialized views."""

    @abstractmethod
    def count(self, table: Table) -> int:
        """Rows of the table as the transaction sees them."""

    @abstractmethod
    def commit(self, manifest: str) -> None:
        """Make it visible, with our mark and the manifest (JSON) beside it."""


class Database(Member):
    """A kind of database. Fields are the connection's parameters, secrets as references."""

    writable: bool = True

    @abstractmethod
    def identity(self) -> str:
        """A text equal for two connections exactly when they lead to the same database. Connects.

        Raises: ConnectionFailed.
        """

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Open a read-only, repeatable view. Needs only SELECT. Raises: ConnectionFailed."""

    @abstractmethod
    def publication(self, product: str) -> AbstractContextManager[Publication]:
        """Open the replacing transaction; leaving the block without ``commit`` undoes everything.

        The old tables (those of the product's last publication) are set aside in the same transaction.

        Raises: ConnectionFailed; TargetRefused when the database holds tables that ``product`` did not publish.
        """

    @abstractmethod
    def published(self) -> tuple[str, str] | None:
        """(product, manifest) of what is published there, or None. Raises: ConnectionFailed."""

    def describe(self) -> str:
        """Where it is, for people: host and database, never a password."""
        return self.kind()


DATABASES: Family[Database] = Family("resources.databases", Database)  # type: ignore[type-abstract]
