"""What identifies each row: a keyed hash of its primary key, else of its values with an occurrence count.

Never the position: a row keeps its identity when rows are added before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import as_text, plain, to_polars
from anon_assets.contracts.database import Table
from anon_assets.crypto.blocks import BLOCK_BYTES
from anon_assets.crypto.cmac import WHOLE_BLOCK
from anon_assets.crypto.counted import CountedMacs, room
from anon_assets.crypto.prf import digests
from anon_assets.distinct import on_distinct
from anon_assets.errors import TransformError
from anon_assets.guarding import own_errors
from anon_assets.keys import KeyRing
from anon_assets.parallel import in_parallel, slices
from anon_assets.sealed import Sealed

__all__ = ["RowIdentity"]

_CHUNK_ROWS = 32_768


class RowIdentity:
    """Identities of a table's rows, batch after batch in reading order.

    Args:
        table: decides between primary key and hash.
        keys: for the hash.

    In whatever order its columns are, and whatever width its integers have, a row is the same one.

    Without a primary key, equal rows are told apart by how often they occurred before; the counts are kept between
    batches (16 bytes per distinct row).
    """

    def __init__(self, table: Table, keys: KeyRing) -> None:
        self._place = table.place
        self._columns = tuple(sorted(table.primary_key or (column.name for column in table.stored)))
        self._counted = not table.primary_key
        self._key = keys.derive("row identity", table.place)
        self._again = keys.derive("row identity", table.place, "again")
        self._seen = _Occurrences()

    def of(self, sources: Mapping[str, pa.Array]) -> pl.Series:
        """Sixteen bytes per row of this batch, unique in the table. Call once per batch, in order.

        Returns: ``Array(UInt8, 16)``.
        Raises: TransformError naming the column that cannot be read.
        """
        made = _hashed(in_parallel(lambda name: self._field(name, sources), self._columns), self._key)
        if self._counted:
            before = self._seen.count(made.view("<u8")[:, 0])
            if len(again := np.flatnonzero(before)):
                made[again] = digests(self._again, pl.Series(made[again]), BLOCK_BYTES, rows=pl.Series(before[again]))
        return pl.Series("row", made, dtype=pl.Array(pl.UInt8, BLOCK_BYTES))

    def _field(self, name: str, sources: Mapping[str, pa.Array]) -> _Field:
        hint = "name columns of simple types that tell every row apart"
        with own_errors(lambda kind: TransformError(f"{self._place}.{name}", f"tells no rows apart ({kind})", hint)):
            return _Field.of(sources[name], self._key)


def _hashed(fields: Sequence[_Field], key: Sealed) -> npt.NDArray[np.uint8]:
    """Sixteen bytes per row: the code of its fields side by side."""
    rows, size = len(fields[0].filled), sum(1 + field.values.itemsize for field in fields)
    made = np.empty((1, rows), WHOLE_BLOCK)

    def work(chunk: slice) -> None:
        messages = np.zeros((chunk.stop - chunk.start, room(size)), np.uint8)
        place = 0
        for field in fields:
            place = field.put(chunk, messages, place)
        CountedMacs(key).of(messages, size, made[:, chunk])

    in_parallel(work, slices(rows, _CHUNK_ROWS))
    return made.view(np.uint8).reshape(rows, BLOCK_BYTES)


@dataclass(frozen=True, slots=True)
class _Field:
    """A column in fixed width: whether a row has a value, then a number as it is, or a keyed digest of anything else.

    Args:
        filled: by row, 0 or 1.
        values: by row, zeros where it has none.
    """

    filled: npt.NDArray[np.uint8]
    values: npt.NDArray[np.void]

    @classmethod
    def of(cls, column: pa.Array, key: Sealed) -> _Field:
        column = plain(column)
        filled = column.is_valid().to_numpy(zero_copy_only=False).view(np.uint8)
        kind = column.type
        if (
            pa.types.is_integer(kind)
            or pa.types.is_floating(kind)
            or pa.types.is_date32(kind)
            or pa.types.is_timestamp(kind)
        ):
            number = column.cast(pa.int64()) if pa.types.is_integer(kind) and kind != pa.uint64() else column
            number = number if pa.types.is_integer(kind) else column.view(_AS_NUMBER[kind.bit_width])
            values = np.ascontiguousarray(number.fill_null(0).to_numpy())
            return cls(filled, values.view(f"V{values.itemsize}"))
        if column.null_count == len(column):
            return cls(filled, np.zeros(len(column), WHOLE_BLOCK))
        if pa.types.is_nested(kind):
            return cls(filled, np.where(filled.view(np.bool_), _nested(column, key), np.zeros(1, WHOLE_BLOCK)))
        text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        made = on_distinct(column if text else as_text(column), lambda values: _coded(values, key))
        codes = np.frombuffer(made.buffers()[1], WHOLE_BLOCK, len(made), made.offset * BLOCK_BYTES)
        if made.null_count:
            codes = np.where(filled.view(np.bool_), codes, np.zeros(1, WHOLE_BLOCK))
        return cls(filled, codes)

    def put(self, chunk: slice, messages: npt.NDArray[np.uint8], place: int) -> int:
        """Write the rows of a chunk into their messages at this place. Returns: the place after it."""
        messages[:, place] = self.filled[chunk]
        there = np.ndarray((len(messages),), self.values.dtype, messages, place + 1, (messages.shape[1],))
        there[...] = self.values[chunk]
        return place + 1 + self.values.itemsize


_AS_NUMBER = {16: pa.int16(), 32: pa.int32(), 64: pa.int64()}


def _coded(values: pa.Array, key: Sealed) -> pa.Array:
    """A keyed digest of each text: fixed-size binary."""
    codes = digests(key, to_polars(values).cast(pl.String), BLOCK_BYTES)
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(BLOCK_BYTES), len(values), [None, pa.py_buffer(codes)])


def _nested(column: pa.Array, key: Sealed) -> npt.NDArray[np.void]:
    """Sixteen bytes per struct or list, from those of what it holds; for nulls, anything."""
    kind = column.type
    if pa.types.is_struct(kind):
        if not kind.num_fields:
            return np.zeros(len(column), WHOLE_BLOCK)
        made = _hashed([_Field.of(child, key) for child in column.flatten()], key)
    else:
        if pa.types.is_map(kind):
            entry = pa.struct([("key", kind.key_type), ("value", kind.item_type)])
            column = column.cast(pa.list_(entry))
        elements = _hashed([_Field.of(column.flatten(), key)], key)
        ends = np.cumsum(pc.fill_null(pc.list_value_length(column), 0).to_numpy(), dtype=np.int64) * BLOCK_BYTES
        offsets = pa.py_buffer(np.concatenate([np.zeros(1, np.int64), ends]))
        lists = pa.LargeBinaryArray.from_buffers(
            pa.large_binary(), len(column), [None, offsets, pa.py_buffer(np.ascontiguousarray(elements))]
        )
        made = digests(key, to_polars(lists), BLOCK_BYTES)
    return np.ascontiguousarray(made).view(WHOLE_BLOCK).reshape(-1)


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
        starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        counts = np.diff(starts, append=len(ordered)).astype(np.uint64)
        self._runs.append((ordered[starts], counts))
        while len(self._runs) > 1 and len(self._runs[-2][0]) <= 2 * len(self._runs[-1][0]):
            (one, ones), (two, twos) = self._runs.pop(), self._runs.pop()
            merged, places = np.unique(np.concatenate([one, two]), return_inverse=True)
            summed = np.zeros(len(merged), np.uint64)
            np.add.at(summed, places, np.concatenate([ones, twos]))
            self._runs.append((merged, summed))
