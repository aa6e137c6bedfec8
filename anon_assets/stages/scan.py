"""Scan: what does each column of a table hold? Fed with batches in passing, answers in verdicts without values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import LogicalType, as_text, plain
from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.detector import Detector, Verdict
from anon_assets.stages.distinct_sample import DistinctSample
from anon_assets.stages.name_evidence import names_itself
from anon_assets.stages.neighbours import all_detectors, beside, name_evidence, refine
from anon_assets.stages.text_search import TextSearch, recognised
from anon_assets.stages.weighing import Clue, Counts, weigh

__all__ = ["TableScan", "refine", "scan_batches", "text_hits"]

_TEXT: frozenset[LogicalType] = frozenset({"text", "enum", "inet", "json", "array", "other"})
_NUMBER: frozenset[LogicalType] = frozenset({"integer", "decimal"})
_JUDGED = 512  # values that a detector judges per column: parsers are slow, and so many settle a share to 4 %
_LONGEST = 400  # characters kept of a sampled value: no entity that types a column is longer
_DIGITS = 7  # the shortest number that may be a phone or a card
_PART = "\x1f"  # parts extracts of one value (ASCII unit separator)


@cache
def _compiled(detectors: tuple[Detector, ...]) -> TextSearch:
    return TextSearch(detectors)


def _series(array: pa.Array) -> pl.Series:
    return pl.Series(pl.from_arrow(array))


class _ColumnScan:
    """What is remembered of one column: counts, a sample of distinct values, a sample of hits per detector."""

    def __init__(self, column: Column, place: str, search: TextSearch) -> None:
        self.column, self.place, self._search = column, place, search
        self.rows = self.nulls = self.blank = 0
        self.sample = DistinctSample()
        self.hits: dict[Detector, DistinctSample] = {}
        self.hit_rows: dict[Detector, int] = {}

    @property
    def as_values(self) -> bool:
        """Values of this column are looked at, as text."""
        return self.column.logical in _TEXT or self.column.logical in _NUMBER

    def update(self, array: pa.Array) -> None:
        self.rows += len(array)
        self.nulls += array.null_count
        if array.null_count == len(array):
            return
        if self.column.logical in _TEXT:
            array = as_text(array)
        elif pa.types.is_nested(array.type):  # carried otherwise than declared; only counted
            return
        counted = pc.value_counts(array.drop_null() if array.null_count else array)
        values, rows = counted.field("values"), counted.field("counts")
        if self.column.logical not in _TEXT:
            self._sample(_series(values), rows)
            return
        blank = pc.or_(pc.equal(pc.binary_length(values), 0), pc.utf8_is_space(values))
        if pc.any(blank).as_py():
            filled = pc.invert(blank)
            self.blank += pc.sum(rows.filter(blank)).as_py()
            values, rows = values.filter(filled), rows.filter(filled)
        self._sample(_series(values), rows)
        self._remember_hits(values, rows)

    def _sample(self, values: pl.Series, rows: pa.Array) -> None:
        places, hashes = self.sample.pick(values)
        if self.as_values:
            texts = values.gather(places).cast(pl.String).str.slice(0, _LONGEST)
        else:
            texts = pl.repeat("", len(places), dtype=pl.String, eager=True)
        self.sample.keep(hashes, texts, _series(rows).gather(places))

    def _remember_hits(self, values: pa.Array, rows: pa.Array) -> None:
        """Keep the matched parts of those hits that enter the sample; the sample is bounded, so the work is."""
        for found in self._search.find(values):
            texts, weights = _series(values.take(found.positions)), _series(rows.take(found.positions))
            self.hit_rows[found.detector] = self.hit_rows.get(found.detector, 0) + int(weights.sum())
            sample = self.hits.setdefault(found.detector, DistinctSample(_JUDGED))
            places, hashes = sample.pick(texts)
            parts = self._search.extract(found.detector, texts.gather(places).to_list())
            joined = pl.Series([_PART.join(part) for part in parts], dtype=pl.String)
            sample.keep(hashes, joined, weights.gather(places))

    @property
    def counts(self) -> Counts:
        present = self.rows - self.nulls
        return Counts(self.rows, present, present - self.blank, self.sample.distinct)

    def texts(self) -> pa.Array:
        """The sampled values without white space around; none where only names and types can speak."""
        return pc.utf8_trim_whitespace(self.sample.texts) if self.as_values else pa.array([], pa.string())

    def clue(self, detector: Detector, texts: pa.Array, phrase: str, hint: str, vetoed: bool) -> Clue:
        """What the values say to one detector, put together with what the name says."""
        shape = accepted = np.zeros(0, bool)
        share = 0.0
        if self.column.logical in detector.types and (detector.chance < 1 or phrase or hint):
            shape, accepted = recognised(detector, texts, self.place, _JUDGED)
            if len(shape):
                weights = self.sample.rows[: len(shape)]
                share = float(weights[accepted].sum() / weights.sum()) * self.counts.filled / self.counts.present
        in_text = self._in_text(detector)
        return Clue(detector, phrase, vetoed, len(shape), int(shape.sum()), int(accepted.sum()), share, *in_text, hint)

    def _in_text(self, detector: Detector) -> tuple[int, int, int, float]:
        if detector not in self.hits:
            return 0, 0, 0, 0.0
        sample = self.hits[detector]
        parts = [text.split(_PART) if text else [] for text in sample.texts.to_pylist()]
        accepted = self._search.accepts(detector, parts, self.place)
        weights = sample.rows
        share = float(weights[accepted].sum() / weights.sum()) * self.hit_rows[detector] / self.counts.present
        distinct = round(float(accepted.mean()) * sample.distinct)
        return sum(map(bool, parts)), int(accepted.sum()), distinct, share

    def short_numbers(self, texts: pa.Array) -> bool:
        """Most values are numbers too short for a phone or card."""
        if self.column.logical not in _NUMBER or not len(texts):
            return False
        return bool(pc.mean(pc.less(pc.utf8_length(texts), _DIGITS).cast(pa.int8())).as_py() > 0.5)


class TableScan:
    """Scans one table while its batches pass.

    Memory is bounded: per column a sample of 1,024 distinct values (cut to 400 characters) and of 512 hits per
    detector. Column types are judged on the samples, which are fair over distinct values, so that a repeated value is
    one vote; entities inside text are looked for in every value. Nothing of a value leaves this object.

    Args:
        table: names and types of the columns.
        detectors: every one of the family by default.
    """

    def __init__(self, table: Table, detectors: Sequence[Detector] | None = None) -> None:
        self.table = table
        self.detectors = all_detectors() if detectors is None else tuple(detectors)
        search = _compiled(self.detectors)
        self._columns = {
            column.name: _ColumnScan(column, f"{table.place}.{column.name}", search)
            for column in table.columns
            if column.logical != "binary" and not column.generated
        }
        self._read: set[str] = set()
        self._fed = False

    def update(self, batch: pa.RecordBatch) -> None:
        """Look at a batch; columns are matched by name, unknown ones are passed over.

        Raises: ScanFailed when a detector fails.
        """
        self._fed = True
        for name, array in zip(batch.schema.names, batch.columns, strict=True):
            if name in self._columns:
                self._read.add(name)
                self._columns[name].update(plain(array))

    def verdicts(self) -> list[Verdict]:
        """One verdict per column of the table, in its order.

        Raises: ScanFailed when a detector fails.
        """
        return beside(self.table, [self._verdict(column) for column in self.table.columns], self.detectors)

    def _verdict(self, column: Column) -> Verdict:
        if column.generated:
            return Verdict(column.name, "not_scanned", rule="generated")
        if column.logical == "binary":
            return Verdict(column.name, "not_scanned", rule="type:binary")
        if self._fed and column.name not in self._read:
            return Verdict(column.name, "not_scanned", rule="not read")
        scan = self._columns[column.name]
        texts = scan.texts()
        short = scan.short_numbers(texts)
        speaks = {detector: self._phrases(detector, column) for detector in self.detectors}
        clues = []
        for detector, (phrase, hint) in speaks.items():
            if short and detector.in_text:
                continue
            akin = [each for each in self.detectors if each.taxonomy[:1] == detector.taxonomy[:1]]
            vetoed = any(name_evidence(type(each)).vetoed(column.name) for each in akin) or any(
                any(other) and of not in akin for of, other in speaks.items()
            )
            clues.append(scan.clue(detector, texts, phrase, hint, vetoed))
        number = column.logical in _NUMBER and (not scan.counts.filled or not short)
        return weigh(column.name, scan.counts, clues, needs_values=column.logical in _TEXT or number)

    def _phrases(self, detector: Detector, column: Column) -> tuple[str, str]:
        """Strong and weak words of a detector in the column's name, where the column's type can hold the entity."""
        if column.logical not in detector.types:
            return "", ""
        if detector.tier == "quasi" and names_itself(self.table.name, column.name):
            return "", ""  # a list of such things, not of persons
        names = name_evidence(type(detector))
        return names.says(column.name), names.hints(column.name)


def scan_batches(
    table: Table, batches: Iterable[pa.RecordBatch], detectors: Sequence[Detector] | None = None
) -> list[Verdict]:
    """The verdicts on a table whose rows come as batches (a RecordBatchReader, for one).

    Raises: ScanFailed when a detector fails.
    """
    scan = TableScan(table, detectors)
    for batch in batches:
        scan.update(batch)
    return scan.verdicts()


def text_hits(
    column: pa.Array | pa.ChunkedArray, detectors: Sequence[Detector] | None = None, place: str = "text"
) -> dict[str, int]:
    """How many rows hold each entity inside their text, every hit judged.

    Args:
        column: any Arrow type; nulls are passed over.
        detectors: every one that counts in text by default.
        place: for errors.

    Returns: the kinds with at least one row.
    Raises: ScanFailed when a detector fails.

    >>> text_hits(pa.array(["call +49 30 901820", "mail ada@example.com or +49 30 901820", None, "nothing"]))
    {'email': 1, 'phone': 2}
    """
    search = _compiled(all_detectors() if detectors is None else tuple(detectors))
    counted = pc.value_counts(as_text(column).drop_null())
    values, rows = counted.field("values"), counted.field("counts").to_numpy()
    found = {}
    for hit in search.find(values):
        parts = search.extract(hit.detector, values.take(hit.positions).to_pylist())
        accepted = search.accepts(hit.detector, parts, place)
        if accepted.any():
            found[hit.detector.kind()] = int(rows[hit.positions][accepted].sum())
    return found
