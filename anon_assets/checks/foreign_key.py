"""Every reference leads somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from anon_assets.columns import as_text, logical_of, plain, to_polars
from anon_assets.contracts.check import Check, Evidence, Result
from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.database import ForeignKey as Reference

__all__ = ["ForeignKey"]

_Read = Callable[[str, Sequence[str]], Iterator[pa.RecordBatch]]
_Hashes = npt.NDArray[np.uint64]


class ForeignKey(Check):
    """Every reference without nulls (MATCH SIMPLE) is found in the anonymized referenced table.

    A NOT VALID foreign key may have orphans, but no more than in the source. Both ends are compared as text in one
    normal form, so that int4 meets int8 and numeric(4,2) meets numeric(6,3). A foreign key into a table that is left
    out of the product is not judged when the published structure does not hold it either.
    """

    title: ClassVar[str] = "every reference is found"
    always: ClassVar[bool] = True

    def run(self, evidence: Evidence, tables: Sequence[str]) -> Iterable[Result]:
        """One result per table; ``counts``: keys, keys_skipped, references, orphans, source_orphans."""
        for place in tables:
            counts = {"keys": 0, "keys_skipped": 0, "references": 0, "orphans": 0, "source_orphans": 0}
            failed = []
            for key in evidence.schema.table(place).foreign_keys:
                if not _published(evidence, place, key):
                    counts["keys_skipped"] += 1
                    continue
                references, orphans = _orphans(evidence, evidence.anonymized, place, key)
                before = 0
                if orphans and not key.validated and key.target in evidence.tables:
                    before = _orphans(evidence, evidence.source, place, key)[1]
                counts["keys"] += 1
                counts["references"] += references
                counts["orphans"] += orphans
                counts["source_orphans"] += before
                if orphans > before:
                    known = f", {before} in the source" if before else ""
                    failed.append(f"{key.name} ({', '.join(key.columns)}) to {key.target}: {orphans} orphans{known}")
            yield Result(
                self.kind(),
                place,
                not failed,
                counts=counts,
                detail="; ".join(failed) or f"{counts['keys']} foreign keys without orphans",
            )


def _published(evidence: Evidence, place: str, key: Reference) -> bool:
    """The foreign key has to hold in what is published."""
    if not set(evidence.columns(place)).issuperset(key.columns):
        return False
    if key.target in evidence.tables:
        return set(evidence.columns(key.target)).issuperset(key.target_columns)
    return not evidence.structure or key.name in evidence.structure


def _orphans(evidence: Evidence, read: _Read, place: str, key: Reference) -> tuple[int, int]:
    """(references, those that are not found)."""
    known = np.empty(0, np.uint64)
    if key.target in evidence.tables:
        target = evidence.schema.table(key.target)
        parts = [_hashes(batch, target, key.target_columns) for batch in read(key.target, _once(key.target_columns))]
        known = np.sort(np.concatenate(parts)) if parts else known
    references = orphans = 0
    for batch in read(place, _once(key.columns)):
        wanted = _hashes(batch, evidence.schema.table(place), key.columns)
        references += len(wanted)
        if not len(known):
            orphans += len(wanted)
            continue
        spot = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        orphans += int(np.count_nonzero(known[spot] != wanted))
    return references, orphans


def _once(columns: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(columns))


def _hashes(batch: pa.RecordBatch, table: Table, columns: Sequence[str]) -> _Hashes:
    normal = [_normal(batch.column(name), table.column(name), str(number)) for number, name in enumerate(columns)]
    return pl.DataFrame(normal).drop_nulls().hash_rows(seed=1).to_numpy()


def _normal(column: pa.Array, facts: Column, name: str) -> pl.Series:
    """Text that is equal exactly for values that SQL holds equal, across number types and in citext.

    Padded character arrives without its padding.
    """
    array = plain(column)
    text = to_polars(as_text(array), name)
    if logical_of(array.type) in {"decimal", "float"} or facts.logical == "decimal":
        fraction = text.str.contains(".", literal=True) & ~text.str.contains("e", literal=True)
        bare = text.str.replace(r"\.?0+$", "")
        text = bare.zip_with(fraction.fill_null(value=False), text)
    if facts.folds_case:
        text = text.str.to_lowercase()
    return text.alias(name)
