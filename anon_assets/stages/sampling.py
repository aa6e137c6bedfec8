"""Scanning a part of a table: rows from all over it, and more of them where they do not settle a column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl
import pyarrow as pa

from anon_assets.columns import as_text, plain
from anon_assets.contracts.classifier import Described
from anon_assets.contracts.database import Column, Snapshot, Table
from anon_assets.contracts.detector import Detector, Verdict
from anon_assets.stages.distinct_sample import DistinctSample
from anon_assets.stages.prefetching import prefetch
from anon_assets.stages.product import Progress, quiet
from anon_assets.stages.scan import scan_batches
from anon_assets.stages.voting import Send, describe

__all__ = ["FIRST_ROWS", "Reading", "scan_rows", "scan_sample", "thin"]

FIRST_ROWS = 20_000
"""Rows of the first sample. A column with an entity in one of a thousand rows then shows about twenty."""

_GROWTH = 4
_MOST_ROWS = 1_000_000  # from here on a sample does not grow any more
_FEW_VALUES = 200  # distinct values of a text column below which nothing found says little: it is sparse, or a code
_FEW_HITS = 5
_SHOWN = 64  # values from which a classifier's descriptions are made
_LONGEST = 400
_TEXT = frozenset({"text", "json", "array", "other"})


class Reading:
    """What was read of one table: the verdicts, the rows, whether these were all, and what a classifier may be told.

    Args:
        verdicts: by column; each tells on how many rows. rows: on which every column was judged. whole: these were all.
        described: the columns as a classifier is told of them; empty where none is to be asked.
    """

    def __init__(
        self, verdicts: Mapping[str, Verdict], rows: int, whole: bool, described: Sequence[Described] = ()
    ) -> None:
        self.verdicts, self.rows, self.whole, self.described = verdicts, rows, whole, described


class _Shown:
    """A few distinct values of each column of text, from all over what was read, for descriptions."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._samples = {column.name: DistinctSample(_SHOWN) for column in columns if column.logical in _TEXT}

    def update(self, batch: pa.RecordBatch) -> None:
        for name, sample in self._samples.items():
            if name in batch.schema.names:
                values = pl.Series(pl.from_arrow(as_text(plain(batch.column(name))))).drop_nulls().unique()
                places, hashes = sample.pick(values)
                texts = values.gather(places).str.slice(0, _LONGEST)
                sample.keep(hashes, texts, pl.repeat(1, len(texts), dtype=pl.Int64, eager=True))

    def described(self, send: Send) -> list[Described]:
        nothing = pa.array([], pa.string())
        return [
            describe(column, self._samples[column.name].texts if column.name in self._samples else nothing, send)
            for column in self._columns
        ]


def thin(column: Column, verdict: Verdict, before: Verdict | None = None) -> bool:
    """The rows seen so far do not settle this column, so that more of them may change the verdict.

    That is so while it is undecided; while a text column shows few distinct values and nothing in them, unless more rows
    brought no other values (it is a list of codes); and while all that was found are a few hits.

    Args:
        column: its facts. verdict: on a sample of its rows. before: on a smaller sample of them.
    """
    if verdict.verdict == "unknown":
        return True
    if verdict.verdict == "none":
        few = column.logical in _TEXT and verdict.distinct < _FEW_VALUES
        return few and (before is None or verdict.distinct > before.distinct)
    by_name = verdict.rule.startswith(("name:", "beside:"))
    return verdict.personal and not by_name and verdict.hits < _FEW_HITS


def scan_rows(
    snapshot: Snapshot, table: Table, columns: Sequence[Column], *, share: float = 1, where: str = "",
    detectors: Sequence[Detector] | None = None, progress: Progress = quiet, send: Send | None = None,
) -> Reading:  # fmt: skip
    """The verdicts on some columns of a table, from a share of its rows.

    Args:
        snapshot: of the source. table: as introspected. columns: of it; those of binary data are not read.
        share: of the rows, above 0; from 1 on all are read. where: a SQL condition for rows to be read.
        detectors: all by default. progress: told of rows as they pass.
        send: what a classifier may be told of values; None where none is to be asked.

    Raises: DatabaseError; ScanFailed when a detector fails.
    """
    rows = 0
    shown = _Shown(columns if send is not None else ())
    names = [column.name for column in columns if column.logical != "binary" and not column.generated]

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal rows
        for batch in prefetch(snapshot.sample(table, names, share=share, where=where)) if names else ():
            shown.update(batch)
            yield batch
            rows += batch.num_rows
            progress("scan", table.place, rows)

    found = scan_batches(replace(table, columns=tuple(columns)), batches(), detectors)
    described = shown.described(send) if send is not None else ()
    return Reading({verdict.column: verdict for verdict in found}, rows, share >= 1, described)


def scan_sample(
    snapshot: Snapshot, table: Table, columns: Sequence[Column], *, where: str = "",
    detectors: Sequence[Detector] | None = None, progress: Progress = quiet, send: Send | None = None,
) -> Reading:  # fmt: skip
    """The verdicts from a sample that grows where evidence is thin.

    The first sample has about 20,000 rows from all over the table. Columns that it does not settle are read again in four
    times as many rows, and so on, until they are settled, the whole table was read, or a million rows were. A table of at
    most 40,000 rows is read as a whole. The rows are the same each time as long as the table is.

    Args: as for ``scan_rows``.
    """
    expected = snapshot.estimate(table, where)
    share = 1.0 if expected <= 2 * FIRST_ROWS else FIRST_ROWS / expected
    first = reading = scan_rows(
        snapshot, table, columns, share=share, where=where, detectors=detectors, progress=progress, send=send
    )
    found, left = dict(first.verdicts), [column for column in columns if thin(column, first.verdicts[column.name])]
    while left and share < 1 and reading.rows < _MOST_ROWS:
        small = reading.rows / share <= 2 * FIRST_ROWS  # the planner expected far more rows than there are
        share = 1.0 if small else min(1.0, share * _GROWTH)
        reading = scan_rows(snapshot, table, left, share=share, where=where, detectors=detectors, progress=progress)
        before, found = found, found | dict(reading.verdicts)
        left = [column for column in left if thin(column, found[column.name], before[column.name])]
    return Reading(found, first.rows, first.whole, first.described)
