"""The scan for those without a database: what the columns of a frame or file hold, and where entities stand in texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import as_text, logical_of, plain
from anon_assets.contracts.database import Column, Schema, Table
from anon_assets.contracts.detector import DETECTORS, Detector, Verdict
from anon_assets.entity_search.finding import entities, finder
from anon_assets.entity_search.overlapping import Spans
from anon_assets.errors import ScanFailed, UsageError
from anon_assets.frames import columns_of, names_of
from anon_assets.guarding import own_errors
from anon_assets.stages.scan import TableScan, refine, text_hits
from anon_assets.text_buffer import Joined

__all__ = ["scan", "spans"]

_FILES = {
    ".parquet": "parquet", ".feather": "feather", ".arrow": "feather", ".csv": "csv", ".json": "json", ".jsonl": "json",
    ".ndjson": "json",
}  # fmt: skip
_FILE_NAME = "(file name)"
_ROWS = 1 << 18  # rows per batch: what is looked at together
_SPANS = pa.schema(
    [
        ("row", pa.int64()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("entity", pa.string()),
        ("confidence", pa.float64()),
    ]
)


def _failed(kind: str) -> ScanFailed:
    return ScanFailed("frame", f"failed ({kind})", "look at the types of its columns")


def scan(frame: Any, *, table: str = "", detectors: Sequence[Detector] | None = None) -> list[Verdict]:
    """Say for every column of a frame or file what it holds, how sure that is, and why.

    Args:
        frame: ``pyarrow.Table`` or ``RecordBatch``, ``pandas.DataFrame`` or ``polars.DataFrame``; or the path of a file:
            Parquet, Feather, CSV or JSON lines by its ending (``.parquet .feather .arrow .csv .json .jsonl .ndjson``), read in
            batches. A file's name is scanned, too: what it holds is a verdict on the column ``(file name)``.
        table: what the rows are, such as ``customers``: words as plain as ``name`` count in a table about persons. For a
            file, its name by default.
        detectors: every one by default.

    Returns: per column, in order, the verdict on it; behind it one verdict ``contains`` for each further entity and path
        inside its values. None of them holds a value.
    Raises: UsageError for something that is no frame, or no file of these kinds; ScanFailed when a detector fails.

    >>> import pyarrow as pa
    >>> people = pa.table({"c1": [f"user{n}@example.com" for n in range(20)], "c2": list(range(20))})
    >>> [(each.column, each.verdict, each.entity) for each in scan(people)]
    [('c1', 'type', 'email'), ('c2', 'none', '')]
    """
    with own_errors(_failed):
        if isinstance(frame, str | PathLike):
            return _scan_file(Path(frame), table, detectors)
        return _scan_frame(frame, table, detectors)


def _scan_frame(frame: Any, table: str, detectors: Sequence[Detector] | None) -> list[Verdict]:
    arrays, unread = {}, {}
    for name in names_of(frame):
        try:
            arrays[name] = _narrowed(columns_of(frame, [name])[name][0])
        except UsageError:
            as_objects = _spelled(frame, name)
            if as_objects is None:
                unread[name] = Verdict(name, "not_scanned", rule="type:mixed")
            else:
                arrays[name] = as_objects
    facts = _facts(table or "frame", ((name, array.type) for name, array in arrays.items()))
    batches = (
        pa.RecordBatch.from_arrays([chunk.slice(start, _ROWS)], names=[name])
        for name, array in arrays.items()
        for chunk in array.chunks or [pa.array([], array.type)]
        for start in range(0, max(len(chunk), 1), _ROWS)
    )
    found = _verdicts(facts, batches, detectors)
    return [each for name in names_of(frame) for each in _flat(unread.get(name) or found[name])]


def _facts(table: str, columns: Iterable[tuple[str, pa.DataType]]) -> Table:
    return Table("frame", table, tuple(Column(name, logical=logical_of(kind)) for name, kind in columns))


def _verdicts(
    facts: Table, batches: Iterable[pa.RecordBatch], detectors: Sequence[Detector] | None
) -> dict[str, Verdict]:
    scanned = TableScan(facts, detectors)
    for batch in batches:
        scanned.update(batch)
    refined = refine(Schema((facts,)), {facts.place: scanned.verdicts()}, detectors)[facts.place]
    return {each.column: each for each in refined}


def _scan_file(path: Path, table: str, detectors: Sequence[Detector] | None) -> list[Verdict]:
    import pyarrow.dataset as ds

    kind = _FILES.get(path.suffix.casefold())
    if kind is None or not path.is_file():
        what = "no such file" if kind is not None else "not a kind of file that is read"
        raise UsageError("frame", what, f"give a path that ends in {' '.join(_FILES)}")
    try:
        data = ds.dataset(path, format=kind)
        found = _verdicts(
            _facts(table or path.stem, ((field.name, field.type) for field in data.schema)),
            data.to_batches(batch_size=_ROWS),
            detectors,
        )
    except (pa.ArrowException, OSError, ValueError):  # whose message may quote a line of it
        raise UsageError(
            "frame", f"the file is no {kind} that can be read", "open it with pyarrow to see why"
        ) from None
    named = text_hits(pa.array([re.sub(r"[_\s]+", " ", path.stem)]), detectors, "file name")
    hits = [
        Verdict(_FILE_NAME, "contains", member.kind(), member.tier, member.identifying, 1.0, 1, 1, 1, 1.0, "file name")
        for member in (DETECTORS.load(entity) for entity in sorted(named) if entity in DETECTORS.kinds())
    ]
    return [each for field in data.schema for each in _flat(found[field.name])] + hits


def spans(column: Any, *, detectors: Sequence[str] | None = None) -> pa.Table:
    """Where entities stand in texts.

    Args:
        column: texts: an Arrow, pandas or polars column, or a list.
        detectors: kinds to look for; every one that counts in text by default.

    Returns: a table of ``row`` (from 0), ``start`` and ``end`` (characters; end is past the last), ``entity``, and
        ``confidence`` (0 to 1), ordered by row and start, without overlaps: the longest stays.
    Raises: UsageError for an unknown kind; TransformError when a detector fails; ScanFailed for what is no column of texts.

    >>> spans(["mail ada@example.com", None]).to_pylist()
    [{'row': 0, 'start': 5, 'end': 20, 'entity': 'email', 'confidence': 0.99}]
    """
    kinds = tuple(entities()) if detectors is None else tuple(detectors)
    if unknown := [kind for kind in kinds if kind not in entities()]:
        raise UsageError(
            "detectors", f"{', '.join(unknown)} cannot be looked for in text", "see `anon-assets show detectors`"
        )
    with own_errors(_failed):
        return _spans(as_text(_array(column)), kinds)


def _spans(texts: pa.Array, kinds: tuple[str, ...]) -> pa.Table:
    present = np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False))
    values = texts.drop_null()
    search = finder(kinds)
    parts = list(search.find(values, "column"))
    if not parts:
        return _SPANS.empty_table()
    found = Spans.together(parts, search.chances)
    found = found.take(
        np.asarray(found.texts.is_valid().to_numpy(zero_copy_only=False))
    )  # what sticks out is no entity
    held = values.take(pa.array(found.rows))
    starts, ends = _characters(held, found.begins), _characters(held, found.ends)
    named = pa.DictionaryArray.from_arrays(pa.array(found.entity, pa.int16()), pa.array(kinds)).dictionary_decode()
    sure = 1 - np.clip([search.chances[number] for number in found.entity.tolist()], 0.01, 0.5)
    return pa.table([pa.array(present[found.rows]), starts, ends, named, pa.array(sure)], schema=_SPANS)


def _array(column: Any) -> pa.Array:
    if isinstance(column, pa.Array | pa.ChunkedArray):
        return plain(column)
    if hasattr(column, "to_arrow"):  # polars
        return plain(column.to_arrow())
    return plain(pa.array(column, from_pandas=True))


def _characters(texts: pa.Array, positions: np.ndarray) -> pa.Array:
    """Byte positions, one per text, as characters."""
    joined = Joined.of(texts)
    begins = joined.starts[:-1]
    return pc.utf8_length(joined.slices(begins, begins + positions)).cast(pa.int64())


def _narrowed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Floating-point numbers that are all whole as integers: what pandas makes of integers with gaps."""
    if not pa.types.is_floating(column.type) or column.null_count == len(column):
        return column
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        return column


def _spelled(frame: Any, name: str) -> pa.ChunkedArray | None:
    """A column of objects of several types, each written out as text; None where that fails."""
    try:
        column = frame[name]
        texts = [None if value is None or value != value else str(value) for value in column.tolist()]  # noqa: PLR0124 -- NaN
        return pa.chunked_array([pa.array(texts, pa.string())])
    except Exception:  # noqa: BLE001 -- whatever an object raises may quote it
        return None


def _flat(verdict: Verdict) -> list[Verdict]:
    main = replace(verdict, inside=())
    return [main, *(each for each in verdict.inside if (each.entity, each.path) != (main.entity, main.path))]
