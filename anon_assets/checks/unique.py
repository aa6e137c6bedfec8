"""Keys stay keys: no value repeats under PRIMARY KEY or UNIQUE that did not repeat before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from anon_assets.columns import as_text, to_polars
from anon_assets.contracts.check import Check, Evidence, Result
from anon_assets.contracts.database import Table

__all__ = ["Unique"]

_Read = Callable[[str, Sequence[str]], Iterator[pa.RecordBatch]]


class Unique(Check):
    """PRIMARY KEY and every UNIQUE of a table hold no more repeated values than the source does.

    Rows with a null in the key are no duplicates, as in SQL. The source may hold duplicates too: under a partial unique
    index, or an EXCLUDE constraint that compares other than by equality. Keys with a generated column are left to the
    database. Values are compared as text (citext without case) by 64-bit hashes; hashes that repeat are compared
    exactly before anything is called a duplicate.
    """

    title: ClassVar[str] = "keys hold no new duplicates"
    always: ClassVar[bool] = True

    def run(self, evidence: Evidence, tables: Sequence[str]) -> Iterable[Result]:
        """One result per table; ``counts``: keys, keys_skipped, rows, duplicates, source_duplicates."""
        for place in tables:
            table, published = evidence.schema.table(place), set(evidence.columns(place))
            keys = list(dict.fromkeys(key for key in (table.primary_key, *table.uniques) if key))
            judged = [key for key in keys if published.issuperset(key)]
            counts = {
                "keys": len(judged),
                "keys_skipped": len(keys) - len(judged),
                "rows": 0,
                "duplicates": 0,
                "source_duplicates": 0,
            }
            failed = []
            for key in judged:
                rows, found = _duplicates(evidence.anonymized, table, key)
                counts["rows"] = rows
                if found:
                    before = _duplicates(evidence.source, table, key)[1]
                    counts["duplicates"] += found
                    counts["source_duplicates"] += before
                    if found > before:
                        failed.append(f"({', '.join(key)}): {found} duplicates, {before} in the source")
            detail = "; ".join(failed) or f"{len(judged)} keys without new duplicates"
            yield Result(self.kind(), place, not failed, counts=counts, detail=detail)


def _duplicates(read: _Read, table: Table, key: Sequence[str]) -> tuple[int, int]:
    """(rows, rows that repeat a key already seen)."""
    rows, hashes = 0, []
    for batch in read(table.place, key):
        rows += batch.num_rows
        hashes.append(_keys(batch, table, key).hash_rows(seed=1).to_numpy())
    every = np.concatenate(hashes) if hashes else np.empty(0, np.uint64)
    del hashes
    every.sort()
    repeated = every[1:][every[1:] == every[:-1]]
    if not len(repeated):
        return rows, 0
    return rows, _exact(read, table, key, repeated)


def _exact(read: _Read, table: Table, key: Sequence[str], repeated: npt.NDArray[np.uint64]) -> int:
    """Rows that repeat a key, among those whose hash repeats, by comparing the values themselves."""
    seen: pl.DataFrame | None = None
    for batch in read(table.place, key):
        frame = _keys(batch, table, key)
        hashes = frame.hash_rows(seed=1).to_numpy()
        spot = np.minimum(np.searchsorted(repeated, hashes), len(repeated) - 1)
        frame = frame.filter(pl.Series(repeated[spot] == hashes)).with_columns(__rows=pl.lit(1, pl.Int64))
        seen = pl.concat([seen, frame]) if seen is not None else frame
        seen = seen.group_by(pl.exclude("__rows")).agg(pl.col("__rows").sum())
    return int((seen["__rows"] - 1).sum()) if seen is not None else 0


def _keys(batch: pa.RecordBatch, table: Table, key: Sequence[str]) -> pl.DataFrame:
    """The key's columns as text, without the rows that hold a null."""
    columns = []
    for number, name in enumerate(key):
        text = to_polars(as_text(batch.column(name)), str(number))
        columns.append(text.str.to_lowercase() if table.column(name).folds_case else text)
    return pl.DataFrame(columns).drop_nulls()
