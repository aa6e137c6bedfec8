"""The contract of a transform: a function from a column to a column of the same length, with declared effects."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import polars as pl
import pyarrow as pa
from pydantic import Field, field_validator

from anon_assets.columns import LOGICAL_TYPES, LogicalType, as_text, to_arrow, to_polars
from anon_assets.condition import condition_problem
from anon_assets.contracts.database import Column
from anon_assets.errors import TransformError
from anon_assets.family import Family, Member
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

__all__ = ["TRANSFORMS", "Context", "Effects", "Example", "Scope", "Transform"]

Scope = Literal["value", "column", "row", "table"]


@dataclass(frozen=True, slots=True)
class Effects:
    """What a transform does to a column of a given kind. Laws and the plan hold it to every word.

    Args:
        accepts: logical types it takes.
        result: the logical type it yields; None for the type it was given.
        scope: what a result depends on: the value; the row (``per:`` columns, row identity); the column; the table.
        deterministic: same key and input, same output. Every transform but one that asks for fresh randomness.
        injective: different values give different results (for a keyed digest: but for negligible odds).
        reversible: with the key, results lead back to values.
        preserves_length: result has as many characters.
        preserves_format: the class of each character stays.
        preserves_order: a <= b implies f(a) <= f(b).
        preserves_nulls: null in, null out, and never null for a value.
        may_null: a value may become null.
        max_length: most characters in a result; None for no bound of its own; ``"same"`` for that of the input.
        needs_key: derives from the product's data key.
        keyed_by_row: derives from the row's identity as well; no other transform asks for it.
        coincides: a result may by design equal some *other* value of the source (a common first name, a shifted date),
            so that a leak check must judge row by row instead of by set.
        passes: source values are meant to come through (``keep``): the leak check does not look for them.
        fixed: every value becomes this same one, so that it reveals nothing.
        drops: the column is left out of what is published.
        partly: some rows keep their value (those that a condition leaves out), so that personal data kept there has to
            be accepted.
        inside: what is recognised inside a value is replaced and the rest stays; the leak check looks for what detectors
            find, and not whether rows are as they were.
        spares: some values stay as they are by design (a number that is round already, a loopback address): the leak check
            lets up to half of the distinct ones.
    """

    accepts: frozenset[LogicalType] = frozenset(LOGICAL_TYPES)
    result: LogicalType | None = None
    scope: Scope = "value"
    deterministic: bool = True
    injective: bool = False
    reversible: bool = False
    preserves_length: bool = False
    preserves_format: bool = False
    preserves_order: bool = False
    preserves_nulls: bool = True
    may_null: bool = False
    max_length: int | Literal["same"] | None = "same"
    needs_key: bool = False
    keyed_by_row: bool = False
    coincides: bool = False
    passes: bool = False
    fixed: bool = False
    drops: bool = False
    partly: bool = False
    inside: bool = False
    spares: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """One use of a transform, as data: shown, documented and tested.

    Args:
        parameters: the YAML parameters.
        before: input values, ``None`` for null.
        after: exact results under the example key (32 zero bytes, product ``example``), or None to only show them.
        type: the Arrow type of ``before``.
        note: why this is good, or what is bad about it.
    """

    parameters: Mapping[str, Any]
    before: tuple[Any, ...]
    after: tuple[Any, ...] | None = None
    type: pa.DataType = field(default_factory=pa.string)
    note: str = ""


def _no_rows() -> pl.Series:
    raise NotImplementedError("this context has no row identity")  # a transform of value scope asked for one


@dataclass(frozen=True, slots=True)
class Context:
    """What a transform may know beside its column. Nothing is read from a clock, environment or global generator.

    Args:
        place: ``schema.table.column``, for errors.
        column: the column's declared facts.
        domain: the linkage domain: columns of one domain map equal values to equal values.
        keys: the product's data keys.
        sources: the row's source columns by name (before any transform), each as long as the column.
        domains: linkage domain of each of those columns.
        rows: yields the row identity: sixteen bytes per row (``Array(UInt8, 16)``), a keyed hash of its primary key or of
            its values.
        learnt: what the transform learnt from the whole column, for those of scope column or table.
    """

    place: str
    column: Column
    domain: str
    keys: KeyRing
    sources: Mapping[str, pa.Array] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)
    rows: Callable[[], pl.Series] = _no_rows
    learnt: pa.Table | None = None

    def key(self, kind: str, *purpose: str, domain: str | None = None, length: int = 32) -> Sealed:
        """The sub-key of a transform kind in this linkage domain (or another), for one purpose.

        Equal (domain, kind, purpose) give equal keys wherever they are used, which is what keeps joins whole.
        """
        return self.keys.derive(domain or self.domain, kind, *purpose, length=length)

    def linkable(self, values: pa.Array) -> pa.Array:
        """Values of the column as ``pa.string()``, equal exactly where the column holds them equal: what keys act on.

        That is their text form, in lower case for a column that ignores letter case.
        """
        text = as_text(values)
        if not self.column.folds_case:
            return text
        # a database puts each letter into lower case by itself, and knows no other sigma at the end of a word
        large, small = "\N{GREEK CAPITAL LETTER SIGMA}", "\N{GREEK SMALL LETTER SIGMA}"
        return to_arrow(to_polars(text).str.replace_all(large, small, literal=True).str.to_lowercase())


class Transform(Member):
    """A column in, a column of the same length and order out. The model's fields are its YAML parameters.

    Declared on the class: ``title``, ``good`` (an example that does what it should) and ``bad`` (a use that would be a
    mistake, with the reason), ``source`` (the standard behind it, if any).

    Guarantees every member keeps, by law tests: nulls stay null; the result has the declared logical type; results do
    not depend on how rows are cut into batches (scope value and row); work is vectorised.
    """

    when: str | None = Field(
        default=None,
        min_length=1,
        description="a SQL condition on the row's source columns: other rows keep their value",
    )

    @field_validator("when")
    @classmethod
    def _is_a_condition(cls, when: str | None) -> str | None:
        if when is not None and (problem := condition_problem(when)):
            raise ValueError(problem)
        return when

    source: ClassVar[str] = ""
    good: ClassVar[Example]
    bad: ClassVar[Example]

    @abstractmethod
    def effects(self, column: Column) -> Effects:
        """What this transform, with these parameters, does to a column of these facts."""

    def problems(self, column: Column) -> Iterator[str]:  # noqa: ARG002 for members to use
        """Reasons, beyond the declared effects, why these parameters do not fit the column. Sentences without values."""
        yield from ()

    def warnings(self, column: Column) -> Iterator[str]:  # noqa: ARG002 for members to use
        """What the owner should know, and must accept, before these parameters are used on the column. Sentences."""
        yield from ()

    def notes(self, chains: Mapping[str, Sequence[Transform]]) -> Iterator[str]:  # noqa: ARG002 for members to use
        """What will not agree with the row's other columns, given what becomes of them. Sentences.

        Args:
            chains: of all columns of the table, by name.
        """
        yield from ()

    def needs(self) -> frozenset[str]:
        """Names of other columns of the row that ``apply`` reads from the context."""
        return frozenset()

    def learn(self, batches: Iterator[tuple[pa.Array, Context]]) -> pa.Table:
        """What must be known of the whole column before the first value can be transformed: quantiles, a mean, codes.

        Called once per run before ``apply``, only for a transform of scope column or table, and handed back in
        ``context.learnt``. Where the transform is reversible it is kept, encrypted, for ``reverse``.

        Args:
            batches: every batch of the column in reading order, with its context. Row identities may be asked for once
                per batch.

        Returns: a table of any form; its size is bounded by what the docstring of the member says.
        Raises: TransformError as ``apply``.
        """
        raise NotImplementedError(f"{self.kind()} learns nothing")

    def reverse(self, column: pa.Array, context: Context) -> pa.Array:  # noqa: ARG002 for members to use
        """The values that ``apply`` turned into these, under the same context.

        Args:
            column: what ``apply`` yielded, in any order and number.
            context: as ``apply`` had it.

        Returns: an array of the same length, of the type that ``apply`` was given; null where ``column`` is null.
        Raises: TransformError when the transform is not reversible with these parameters, or for values that it cannot
            have yielded.
        """
        raise TransformError(context.place, f"{self.kind()} cannot be reversed")

    @abstractmethod
    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """The transformed column.

        Args:
            column: one Arrow array (never dictionary-encoded), nulls allowed.
            context: key, place and the row's other columns.

        Returns: an array of the same length, null exactly where ``effects`` allows it.
        Raises: TransformError for values without the form it needs; the message has counts, never values.
        """


TRANSFORMS: Family[Transform] = Family("transforms", Transform)  # type: ignore[type-abstract]
