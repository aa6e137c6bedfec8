"""Scan: what does each column of a table hold? Fed with batches in passing, answers in verdicts without values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import as_text, plain
from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.detector import Detector, Verdict
from anon_assets.stages.column_scan import NUMBERS, TEXTS, ColumnScan, shape_search, text_search
from anon_assets.stages.inside import found_inside, within
from anon_assets.stages.name_evidence import names_itself
from anon_assets.stages.neighbours import all_detectors, beside, name_evidence, refine
from anon_assets.stages.weighing import MASKED, weigh

__all__ = ["TableScan", "refine", "scan_batches", "text_hits"]

_NESTING = 2  # structured values inside structured values that are taken apart


class TableScan:
    """Scans one table while its batches pass.

    Memory is bounded: per column a sample of 1,024 distinct values (cut to 400 characters), of 512 hits per detector and
    of 256 structured values. Column types are judged on the samples, which are fair over distinct values, so that a
    repeated value is one vote; entities inside text are looked for in every value. Nothing of a value leaves this object.

    Args:
        table: names and types of the columns.
        detectors: every one of the family by default.
    """

    def __init__(self, table: Table, detectors: Sequence[Detector] | None = None, *, _nesting: int = 0) -> None:
        self.table, self._nesting = table, _nesting
        self.detectors = all_detectors() if detectors is None else tuple(detectors)
        search = text_search(self.detectors)
        self._columns = {
            column.name: ColumnScan(column, f"{table.place}.{column.name}", search)
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
        main = self._judged(scan)
        if scan.elements is not None:
            return within(main, "$[*]", self._opened(scan.elements, self._judged(scan.elements)), scan.counts)
        return self._opened(scan, main)

    def _opened(self, scan: ColumnScan, main: Verdict) -> Verdict:
        """The verdict on the values as they are, with what is found in structured ones among them."""
        if not scan.document_rows or self._nesting >= _NESTING:
            return main

        def judge(table: Table, batches: Iterable[pa.RecordBatch]) -> list[Verdict]:
            inner = TableScan(table, self.detectors, _nesting=self._nesting + 1)
            for batch in batches:
                inner.update(batch)
            return inner.verdicts()

        share = scan.document_rows / scan.counts.present
        return found_inside(self.table, main, scan.documents, share, judge)

    def _judged(self, scan: ColumnScan) -> Verdict:
        column, texts = scan.column, scan.texts()
        masked = scan.masked(texts)
        short = scan.short_numbers(texts)
        shapes = shape_search(self.detectors).match(texts)
        clues = []
        for detector in self.detectors:
            if short and detector.in_text and not detector.named_patterns:
                continue
            if detector.tier == "quasi" and names_itself(self.table.name, column.name):
                continue  # a list of such things, not of persons
            akin = [each for each in self.detectors if each.taxonomy[:1] == detector.taxonomy[:1]]
            vetoed = any(name_evidence(type(each)).vetoed(column.name) for each in akin)
            phrase, hint = ("", "") if masked else self._phrases(detector, column)
            vetoed |= bool(hint) and name_evidence(type(detector)).vetoed(self.table.name)  # artist.name
            clues.append(scan.clue(detector, texts, shapes.get(detector), phrase, hint, vetoed))
        number = column.logical in NUMBERS and (not scan.counts.filled or not short)
        verdict = weigh(column.name, scan.counts, clues, needs_values=column.logical in TEXTS or number)
        return replace(verdict, rule=MASKED) if masked and verdict.verdict == "none" else verdict

    def _phrases(self, detector: Detector, column: Column) -> tuple[str, str]:
        """Strong and weak words of a detector in the column's name, where the column's type can hold the entity."""
        if column.logical not in detector.types:
            return "", ""
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
    search = text_search(all_detectors() if detectors is None else tuple(detectors))
    counted = pc.value_counts(as_text(column).drop_null())
    values, rows = counted.field("values"), counted.field("counts").to_numpy()
    found = {}
    for hit in search.find(values, whole=True):
        parts = search.extract(hit.detector, values.take(hit.positions).to_pylist())
        accepted = search.accepts(hit.detector, parts, place)
        if accepted.any():
            found[hit.detector.kind()] = int(rows[hit.positions][accepted].sum())
    return found
