"""A text that identifies each row: its primary key, else a keyed hash of its values with an occurrence count.

Never the position: a row keeps its identity when rows are added before it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import as_text, plain, to_arrow, to_polars
from anon_assets.contracts.database import Table
from anon_assets.crypto.encoding import encode, fixed_width
from anon_assets.crypto.prf import digests
from anon_assets.keys import KeyRing

__all__ = ["RowIdentity"]


class RowIdentity:
    """Identities of a table's rows, batch after batch in reading order.

    Args:
        table: decides between primary key and hash.
        keys: for the hash.

    Without a primary key, equal rows are told apart by how often they occurred before; the counts are kept between
    batches (16 bytes per distinct row).
    """

    def __init__(self, table: Table, keys: KeyRing) -> None:
        self._columns = table.primary_key or tuple(column.name for column in table.stored)
        self._counted = not table.primary_key
        self._key = keys.derive("row identity", table.place)
        self._seen = _Occurrences()

    def of(self, sources: Mapping[str, pa.Array]) -> pl.Series:
        """One text per row of this batch, unique in the table. Call once per batch, in order."""
        if not self._counted:
            parts = [to_polars(_spelled(sources[name]), name) for name in self._columns]
            # each value stands behind its length, so that no two different rows read alike
            spelled = [pl.format("{}:{}", pl.col(name).str.len_bytes(), name).fill_null("-") for name in self._columns]
            return pl.DataFrame(parts).select(pl.concat_str(spelled).alias("row")).to_series()
        fields = np.concatenate([self._field(sources[name]) for name in self._columns], axis=1)
        made = np.ascontiguousarray(digests(self._key, _as_series(fields), 16))
        names = to_polars(fixed_width(encode(made, "hex", 32)), "row")
        before = self._seen.count(made.view("<u8")[:, 0])
        if not before.any():
            return names
        numbered = pl.DataFrame([names, pl.Series("before", before)])
        again = pl.format("{}#{}", "row", "before")
        return numbered.select(pl.when(pl.col("before") > 0).then(again).otherwise("row").alias("row")).to_series()

    def _field(self, column: pa.Array) -> npt.NDArray[np.uint8]:
        """A row's value in fixed width: whether it has one, then a number as it is, or a keyed digest of anything else."""
        column = plain(column)
        filled = column.is_valid().to_numpy(zero_copy_only=False).astype(np.uint8)[:, None]
        kind = column.type
        if (
            pa.types.is_integer(kind)
            or pa.types.is_floating(kind)
            or pa.types.is_date32(kind)
            or pa.types.is_timestamp(kind)
        ):
            number = column.view(_AS_NUMBER.get(kind.bit_width, kind)) if not pa.types.is_integer(kind) else column
            values = number.fill_null(0).to_numpy()
            written = np.ascontiguousarray(values).view(np.uint8).reshape(len(column), values.itemsize)
            return np.concatenate([filled, written], axis=1)
        encoded = pc.dictionary_encode(_spelled(column))
        codes = digests(self._key, to_polars(encoded.dictionary).cast(pl.String), 16)
        if not len(codes):
            return np.concatenate([filled, np.zeros((len(column), 16), np.uint8)], axis=1)
        places = encoded.indices.fill_null(0).to_numpy()
        return np.concatenate([filled, codes[places] * filled], axis=1)


_AS_NUMBER = {16: pa.int16(), 32: pa.int32(), 64: pa.int64()}


def _spelled(column: pa.Array) -> pa.Array:
    """Every value as text, different for different values: the elements of a list stand behind their lengths."""
    column = plain(column)
    if not pa.types.is_nested(column.type):
        return as_text(column)
    piece = pl.element().cast(pl.String)
    told = pl.format("{}:{}", piece.str.len_bytes(), piece).fill_null("-")
    lists = to_polars(column, "a").to_frame()
    return to_arrow(lists.select(pl.col("a").list.eval(told).list.join("")).to_series())


def _as_series(rows: npt.NDArray[np.uint8]) -> pl.Series:
    """Rows of bytes as a column of binary values."""
    offsets = np.arange(0, rows.size + 1, rows.shape[1], dtype=np.int64) if rows.size else np.zeros(1, np.int64)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(rows))]
    return to_polars(pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(rows), buffers))


class _Occurrences:
    """How often each number was seen: sorted runs of doubling length, so that adding a batch stays cheap."""

    def __init__(self) -> None:
        self._runs: list[tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]] = []

    def count(self, numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """Occurrences of each number before its place in this batch, earlier batches included; they are then added."""
        total = np.zeros(len(numbers), np.uint64)
        for known, counts in self._runs:
            at = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
            total += np.where(known[at] == numbers, counts[at], np.uint64(0))
        ordered = np.sort(numbers)
        if bool((ordered[1:] == ordered[:-1]).any()):
            order = np.argsort(numbers, kind="stable")
            first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
            starts = np.maximum.accumulate(np.where(first, np.arange(len(ordered)), 0))
            within = np.empty(len(numbers), np.uint64)
            within[order] = np.arange(len(ordered)) - starts
            total += within
        self._add(ordered)
        return total

    def _add(self, ordered: npt.NDArray[np.uint64]) -> None:
        if not len(ordered):
            return
        known, counts = np.unique(ordered, return_counts=True)
        self._runs.append((known, counts.astype(np.uint64)))
        while len(self._runs) > 1 and len(self._runs[-2][0]) <= 2 * len(self._runs[-1][0]):
            (one, ones), (two, twos) = self._runs.pop(), self._runs.pop()
            merged, places = np.unique(np.concatenate([one, two]), return_inverse=True)
            summed = np.zeros(len(merged), np.uint64)
            np.add.at(summed, places, np.concatenate([ones, twos]))
            self._runs.append((merged, summed))
