"""Hand a column's values to other rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Field

from anon_assets.columns import as_text, plain, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.crypto.prf import words
from anon_assets.errors import TransformError

__all__ = ["Shuffle"]

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Shuffle(Transform):
    """A keyed permutation of the column's values among its rows, or within each group of rows.

    Rows are put in two orders, each by a keyed hash of the row identity; the row that comes n-th in the one gets the value
    of the row that comes n-th in the other. Another run, with the same rows, gives the same permutation. Nulls stay in
    their rows. Columns given the same name in ``with`` (and the same ``within``) are permuted alike, so that the values
    of one row move on together; where the row that a value comes from has a null in one of them, that column takes the
    next along the permutation instead. The name counts over tables: two tables with the same keys are permuted alike.

    A row keeps its own value by chance as often as in any random order (once in the whole column, on average; once in
    each group), and always where it is alone in its group. Every value is still there, in some row: shuffling
    hides who has it, not that it exists.

    Memory: about 100 bytes and twice the value for each row (150 with ``within``) while the permutation is made; 16 bytes and
    the value for each row after it.

    Raises: TransformError when two rows share an identity, or for rows that were not there when the column was read.
    Guarantees: the same values as often as before, in each group; unique values stay unique.
    """

    title: ClassVar[str] = "Hand the values to other rows"
    source: ClassVar[str] = "Sorting by a pseudorandom function (NIST SP 800-108, AES-CMAC) of the row"
    good: ClassVar[Example] = Example(
        {},
        ("A", "B", None, "C", "D"),
        ("C", "B", None, "D", "A"),
        note="Sums, averages and frequencies of the column stay exact.",
    )
    bad: ClassVar[Example] = Example(
        {"within": "postal_code"},
        ("Ada Lovelace", "Alan Turing"),
        None,
        note="Real names still stand in the table; and in a small group they are soon put back.",
    )

    within: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = Field(
        (), description="Columns of the row: values are only exchanged between rows that agree in all of them"
    )
    with_: str | None = Field(
        None,
        alias="with",
        min_length=1,
        description="A name: columns that share it are permuted alike, so rows stay joined",
    )
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    def effects(self, column: Column) -> Effects:
        """Any type. A result is a value of the source, of another row."""
        return Effects(
            scope="table",
            injective=True,
            max_length=column.max_length,
            needs_key=True,
            keyed_by_row=True,
            coincides=True,
        )

    def needs(self) -> frozenset[str]:
        """The columns that form groups."""
        return frozenset(self.within)

    def learn(self, batches: Iterator[tuple[pa.Array, Context]]) -> pa.Table:
        """The value of each row with one, by the keyed hash of its identity: columns high, low, value."""
        hashes, groups, values = [], [], []
        place = ""
        for column, context in batches:
            place = context.place
            hashes.append(self._hashes(context, len(column)))
            groups.append(self._groups(context, len(column)))
            values.append(_roomy(plain(column)))
        if not values:
            return pa.table({"high": pa.array([], pa.uint64()), "low": pa.array([], pa.uint64()), "value": pa.nulls(0)})
        drawn, value = np.concatenate(hashes), pa.concat_arrays(values)
        origin = _permuted(drawn, np.concatenate(groups), place)
        valid = pc.is_valid(value).to_numpy(zero_copy_only=False)
        origin = _past_nulls(origin, valid)
        rows = np.flatnonzero(valid)
        rows = rows[_sorted(drawn[rows, 0], drawn[rows, 1])]
        return pa.table({"high": drawn[rows, 0], "low": drawn[rows, 1], "value": value.take(pa.array(origin[rows]))})

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Values of other rows in the column's Arrow type. Raises: TransformError as the class says."""
        learnt = context.learnt
        if learnt is None:
            raise TransformError(context.place, "shuffle was given nothing learnt from the column")
        wanted = np.flatnonzero(pc.is_valid(column).to_numpy(zero_copy_only=False))
        if not len(wanted):
            return column
        drawn = self._hashes(context, len(column))[wanted]
        at = _found(drawn, *(learnt[name].to_numpy() for name in ("high", "low")))
        if strange := int((at < 0).sum()):
            what = f"{strange} of {len(column)} rows were not there, or had no value, when the column was read"
            raise TransformError(context.place, what)
        places = np.full(len(column), -1, np.int64)
        places[wanted] = at
        made = plain(learnt["value"]).take(pa.array(places, mask=places < 0))
        return made if made.type == column.type else made.cast(column.type)

    def _hashes(self, context: Context, rows: int) -> Words:
        """Three words a row: two name it and set its place in one order, the third sets that in the other."""
        purpose = ("column",) if self.with_ is None else ("with", self.with_)
        # with a name, the key belongs to that alone and not to the linkage domain, which differs by column
        key = context.key("shuffle", *purpose, domain=None if self.with_ is None else "shuffle")
        identities = context.rows()
        if len(identities) != rows:
            raise TransformError(context.place, f"{len(identities)} row identities for {rows} rows")
        return words(key, identities, 3)

    def _groups(self, context: Context, rows: int) -> Words:
        """Two words a row, equal for rows of one group; none without groups."""
        if not self.within:
            return np.zeros((rows, 0), np.uint64)
        parts: list[pl.Series] = []
        for name in self.within:
            if name not in context.sources:
                raise TransformError(context.place, f"the row has no column {name}", "name other columns in within")
            parts.append(to_polars(as_text(context.sources[name]), str(len(parts))))
        spelled = [pl.format("{}:{}", pl.col(part.name).str.len_bytes(), part.name).fill_null("-") for part in parts]
        joined = pl.DataFrame(parts).select(pl.concat_str(spelled)).to_series()
        return words(context.key("shuffle", "group", domain="shuffle"), joined, 2)


def _roomy(column: pa.Array) -> pa.Array:
    """With 64-bit offsets, so that a column of more than 2 GiB is one array."""
    for test, kind in (
        (pa.types.is_string, pa.large_string()), (pa.types.is_string_view, pa.large_string()),
        (pa.types.is_binary, pa.large_binary()), (pa.types.is_binary_view, pa.large_binary()),
    ):  # fmt: skip
        if test(column.type):
            return column.cast(kind)
    return column


def _permuted(drawn: Words, groups: Words, place: str) -> Places:
    """For each row the row whose value it gets."""
    order = _sorted(*groups.T, drawn[:, 0], drawn[:, 1])
    ordered = drawn[order, :2]
    if repeated := int((np.all(ordered[1:] == ordered[:-1], axis=1)).sum()):
        raise TransformError(place, f"{repeated} rows have the identity of another row")
    # by the third word: two that are equal (in one of 2**25 columns of a million rows) stand in the first order
    other = _sorted(*groups.T, drawn[:, 2], drawn[:, 0], drawn[:, 1])
    origin = np.empty(len(order), np.int64)
    origin[order] = other
    return origin


def _sorted(*keys: Words) -> Places:
    """Rows in the order of the first key, where that is equal of the second, and so on."""
    order = np.argsort(keys[0])
    ordered = keys[0][order]
    return np.lexsort(keys[::-1]) if (ordered[1:] == ordered[:-1]).any() else order


def _past_nulls(origin: Places, valid: npt.NDArray[np.bool_]) -> Places:
    """The permutation of the rows with a value that skips the others: from a null, on to where that takes its value."""
    if valid.all():
        return origin
    jump = np.where(valid, np.arange(len(origin)), origin)
    for _ in range(max(1, len(origin)).bit_length()):  # each round doubles how far a jump reaches
        jump = jump[jump]
    return jump[origin]


def _found(drawn: Words, high: Words, low: Words) -> Places:
    """Where each row stands in the sorted hashes; -1 where it is not."""
    at = np.searchsorted(high, drawn[:, 0])
    found = np.full(len(drawn), -1, np.int64)
    open_ = np.arange(len(drawn))
    while len(open_):  # another round only for hashes that agree in their first 64 bits
        inside = at < len(high)
        open_, at = open_[inside], at[inside]
        same = high[at] == drawn[open_, 0]
        hit = same & (low[at] == drawn[open_, 1])
        found[open_[hit]] = at[hit]
        open_, at = open_[same & ~hit], at[same & ~hit] + 1
    return found
