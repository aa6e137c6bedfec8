"""Number the distinct values of a column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from anon_assets.columns import as_text, plain, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.crypto.prf import words
from anon_assets.distinct import on_distinct
from anon_assets.errors import TransformError

__all__ = ["Categorize"]

_BATCHES = 64  # distinct values of so many batches are put together at a time


class Categorize(Transform):
    """A whole number for each distinct value, from 0 on: in the order of ``categories``, or learnt from the column.

    Learnt codes are given in the order of a keyed hash of the value (equal hashes in that of its text), so that a code
    tells neither how frequent its value is nor where it stands in the alphabet. They hold for one run over one column:
    new values move the codes of others. The list of values and codes is kept encrypted, and ``reverse`` reads it. With
    ``categories`` the list stands in the policy, for everyone to read, and is not kept beside.

    In a column that ignores letter case, spellings share a code; ``reverse`` then gives the first in the order of texts.

    Memory: every distinct value with a code (8 bytes) when codes are learnt. A column of free text has no categories.

    Raises: TransformError for values that are not in ``categories`` under ``else: refuse``, with their count, and for more
        codes than the column's type holds.
    """

    title: ClassVar[str] = "Number the distinct values"
    good: ClassVar[Example] = Example(
        {},
        ("red", "green", None, "red", "blue"),
        (2, 0, None, 2, 1),
        note="Labels for a model; what each stands for is kept encrypted.",
    )
    bad: ClassVar[Example] = Example(
        {"categories": ["ada@lovelace.org", "alan@turing.org"]},
        ("ada@lovelace.org",),
        None,
        note="The policy now holds the personal data: leave categories out.",
    )

    categories: tuple[str, ...] = Field(
        (), description="The values in the order of their codes, as text (dates in ISO 8601); default: learnt by key"
    )
    else_: Literal["refuse", "null", "other"] = Field(
        "refuse",
        alias="else",
        description="A value outside of categories: stops the run, becomes null, or the last code + 1",
    )
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    @model_validator(mode="after")
    def _fits_together(self) -> Categorize:
        if len(set(self.categories)) < len(self.categories):
            raise ValueError("a category stands there twice")
        if "else_" in self.model_fields_set and not self.categories:
            raise ValueError("else goes with categories; learnt codes know every value")
        return self

    def effects(self, column: Column) -> Effects:
        """Any type whose values are equal as texts, to integers. Reversible where codes are learnt."""
        learnt = not self.categories
        return Effects(
            accepts=frozenset(
                {"text", "integer", "decimal", "boolean", "date", "timestamp", "time", "uuid", "inet", "enum"}
            ),
            result=None if column.logical == "integer" else "integer",
            scope="column" if learnt else "value",
            injective=learnt or self.else_ == "refuse",
            reversible=learnt and not column.folds_case,
            preserves_nulls=learnt or self.else_ != "null",
            may_null=not learnt and self.else_ == "null",
            max_length=None,
            needs_key=learnt,
            coincides=True,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """Categories that a column which ignores letter case holds for one."""
        if column.folds_case and len({each.lower() for each in self.categories}) < len(self.categories):
            yield "two categories differ in letter case only, which the column ignores"

    def learn(self, batches: Iterator[tuple[pa.Array, Context]]) -> pa.Table:
        """Values in the column's type by code; ``linked``: as which text they are equal."""
        known: list[pa.Table] = []
        last: Context | None = None
        for column, last in batches:
            values = plain(column).unique().drop_null()
            known.append(pa.table({"value": values, "linked": last.linkable(values)}))
            if len(known) == _BATCHES:
                known = [_distinct(known)]
        if last is None:
            return pa.table(
                {"value": pa.nulls(0), "linked": pa.array([], pa.string()), "code": pa.array([], pa.int64())}
            )
        table = _distinct(known)
        linked = to_polars(table["linked"])
        drawn = words(last.key("categorize"), linked, 2)
        # stable, from the order of texts
        order = np.lexsort((drawn[:, 1], drawn[:, 0]))
        return table.take(pa.array(order)).append_column("code", pa.array(np.arange(len(order))))

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Codes: 64-bit integers, or the type of an integer column. Raises: TransformError as the class says."""
        if self.categories:
            folded = [each.lower() if context.column.folds_case else each for each in self.categories]
            known, codes = pa.array(folded, pa.string()), pa.array(range(len(folded)), pa.int64())
        else:
            known, codes = (self._learnt(context)[name].combine_chunks() for name in ("linked", "code"))
        outcome = on_distinct(column, lambda values: pc.index_in(context.linkable(values), known))
        strange = pc.and_(pc.is_null(outcome), pc.is_valid(column))
        made = codes.take(outcome)
        if count := pc.sum(strange).as_py():
            if self.else_ == "refuse":
                what = f"{count} of {len(column)} values have no code"
                raise TransformError(context.place, what, "name every category, or write else: null or other")
            if self.else_ == "other":
                made = pc.if_else(strange, pa.scalar(len(codes), pa.int64()), made)
        kind = column.type if pa.types.is_integer(column.type) else pa.int64()
        if pa.types.is_integer(column.type) and len(codes) > context.column.integers(kind)[1]:
            raise TransformError(context.place, f"{len(codes)} codes do not fit the column's type")
        return made.cast(kind)

    def reverse(self, column: pa.Array, context: Context) -> pa.Array:
        """The value of each code. Raises: TransformError for codes that were not given, and with ``categories``."""
        if self.categories:
            return super().reverse(column, context)
        learnt = self._learnt(context)
        at = pc.index_in(column.cast(pa.int64()), learnt["code"].combine_chunks())
        if strange := pc.sum(pc.and_(pc.is_null(at), pc.is_valid(column))).as_py():
            raise TransformError(context.place, f"{strange} of {len(column)} codes were never given")
        return plain(learnt["value"]).take(at)

    def _learnt(self, context: Context) -> pa.Table:
        if context.learnt is None:
            raise TransformError(context.place, "categorize was given nothing learnt from the column")
        return context.learnt


def _distinct(tables: list[pa.Table]) -> pa.Table:
    """One row for each linked text: the value that comes first in the order of texts."""
    table = pa.concat_tables(tables)
    table = table.append_column("text", as_text(table["value"])).sort_by(
        [("linked", "ascending"), ("text", "ascending")]
    )
    frame = to_polars(table["linked"])
    first = np.flatnonzero((frame != frame.shift(1)).fill_null(value=True).to_numpy())
    return table.select(["value", "linked"]).take(pa.array(first))
