"""Decoding published rows, for those who hold the key. Every use is written down before anything is decoded."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import urllib.parse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from polars.exceptions import PanicException

from anon_assets.columns import plain
from anon_assets.contracts.transform import Context
from anon_assets.errors import AnonError, KeyUnavailable, StoreError, TransformError, UsageError
from anon_assets.findings import near
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import Learnt, Plan, PlannedColumn, PlannedTable
from anon_assets.policies.steps import reverse_step
from anon_assets.stages.data_keys import open_keys
from anon_assets.stages.learning import load_learnt
from anon_assets.stages.product import Product
from anon_assets.stages.structure import load_plan

__all__ = ["LOG", "Reversed", "reverse_file"]

LOG = Path(".anon") / "reversals.jsonl"
"""Where uses are written down, below the project's folder: who, when, which file, table and columns."""

_BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Reversed:
    """What was decoded: table, columns and rows."""

    table: str
    columns: tuple[str, ...]
    rows: int


def reverse_file(
    product: Product, source: Path, target: Path, table: str | None = None, columns: Sequence[str] = ()
) -> Reversed:
    """Decode the reversible columns of a file of published rows; all other columns stay as they are.

    Args:
        product: whose policy and keys the file was made with.
        source: Parquet or CSV (with a header), by its suffix. target: written in the same form, readable by its owner only.
        table: place of the table; taken from the file's name when None, as published files are named.
        columns: those to decode; every reversible one that the file has when empty.

    Raises: UsageError for a file, table or column that is none of the product's; KeyUnavailable without its keys;
        StoreError when the use cannot be written down, or the files cannot be read or written; TransformError for values
        that these keys did not make. The target is written whole or not at all.
    """
    if not product.profile.store.files(product.staged("keys")):
        raise KeyUnavailable(product.name, "has no data keys here", "use the store and keys that it was published with")
    keys = open_keys(product)
    plan = load_plan(product, keys)
    planned = _table(plan, table or urllib.parse.unquote(source.stem))
    chosen = _columns(planned, _names(source), columns)
    _write_down(product, source, planned.place, [each.column.name for each in chosen])
    learnt = load_learnt(product, keys, planned)
    partial = target.with_name(f".{target.name}.partial")
    try:
        rows = _write(
            partial, target.suffix, (_decoded(batch, chosen, planned, keys, learnt) for batch in _read(source))
        )
        partial.replace(target)
    except OSError as error:
        raise StoreError(str(target), f"cannot be written ({type(error).__name__})") from None
    finally:
        partial.unlink(missing_ok=True)
    return Reversed(planned.place, tuple(each.column.name for each in chosen), rows)


def _table(plan: Plan, place: str) -> PlannedTable:
    places = [each.place for each in plan.copied]
    if place not in places:
        raise UsageError(place, f"{plan.product} publishes no such table", near(place, places) + " (give --table)")
    return plan.table(place)


def _columns(table: PlannedTable, present: Sequence[str], wanted: Sequence[str]) -> list[PlannedColumn]:
    reversible = {each.column.name: each for each in table.columns if each.effects.reversible}
    for name in wanted:
        if name not in reversible or name not in present:
            what = "cannot be decoded" if name in present else "is no column of the file"
            raise UsageError(f"{table.place}.{name}", what, f"reversible here: {', '.join(reversible) or 'none'}")
    chosen = [each for name, each in reversible.items() if name in present and name in (wanted or reversible)]
    if not chosen:
        raise UsageError(table.place, "the file has no column that can be decoded",
                         f"reversible in the policy: {', '.join(reversible) or 'none'}")  # fmt: skip
    return chosen


def _write_down(product: Product, source: Path, place: str, columns: Sequence[str]) -> None:
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "who": getpass.getuser(), "product": product.name,
        "table": place, "columns": list(columns), "file": source.name, "sha256": digest,
    }  # fmt: skip
    log = product.root / LOG
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(opened, "a") as file:
            file.write(json.dumps(entry) + "\n")
    except OSError as error:
        what = f"the use cannot be written down ({type(error).__name__})"
        raise StoreError(str(log), what, "nothing was decoded") from None


def _decoded(
    batch: pa.RecordBatch, chosen: Sequence[PlannedColumn], table: PlannedTable, keys: KeyRing, learnt: Learnt
) -> pa.RecordBatch:
    for each in chosen:
        name = each.column.name
        values = plain(batch.column(name))
        context = Context(f"{table.place}.{name}", each.column, each.domain, keys)
        for number, (step, facts) in reversed(list(enumerate(zip(each.chain, each.facts, strict=True)))):
            known = replace(context, column=facts, learnt=learnt.get((name, number)))
            try:
                values = reverse_step(step, values, known)
            except AnonError:
                raise
            except (Exception, PanicException) as error:  # noqa: BLE001 a library's message may quote a value
                raise TransformError(context.place, f"cannot be decoded ({type(error).__name__})") from None
        number = batch.schema.get_field_index(name)
        batch = batch.set_column(number, batch.schema.field(number).with_type(values.type), values)
    return batch


def _names(source: Path) -> list[str]:
    try:
        if source.suffix == ".parquet":
            return list(pq.read_schema(source).names)
        if source.suffix == ".csv":
            with pacsv.open_csv(source) as reader:
                return list(reader.schema.names)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(str(source), f"cannot be read ({type(error).__name__})") from None
    raise UsageError(str(source), "neither .parquet nor .csv")


def _read(source: Path) -> Iterator[pa.RecordBatch]:
    try:
        if source.suffix == ".parquet":
            with pq.ParquetFile(source) as file:
                yield from file.iter_batches(_BATCH_ROWS)
            return
        text = {name: pa.string() for name in _names(source)}
        with pacsv.open_csv(source, convert_options=pacsv.ConvertOptions(column_types=text)) as reader:
            yield from reader
    except pa.ArrowException as error:
        raise StoreError(str(source), f"cannot be read ({type(error).__name__})") from None


def _write(target: Path, suffix: str, batches: Iterator[pa.RecordBatch]) -> int:
    rows, writer = 0, None
    opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "wb") as file:
        try:
            for batch in batches:
                if writer is None:
                    make = pacsv.CSVWriter if suffix == ".csv" else pq.ParquetWriter
                    writer = make(file, batch.schema)
                writer.write_batch(batch)
                rows += batch.num_rows
        finally:
            if writer is not None:
                writer.close()
    return rows
