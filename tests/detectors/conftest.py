from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest

from anon_assets.columns import logical_of
from anon_assets.contracts.database import Column, Schema, Table
from anon_assets.stages.scan import refine, scan_batches

Found = Callable[..., dict[str, str]]


@pytest.fixture
def found() -> Found:
    """The entity that each column of one table is held to be, empty where none is; every detector takes part."""

    def scan(columns: Mapping[str, Sequence[Any]], table: str = "customer") -> dict[str, str]:
        batch = pa.record_batch({name: pa.array(values) for name, values in columns.items()})
        declared = tuple(Column(field.name, logical=logical_of(field.type)) for field in batch.schema)
        facts = Table("public", table, declared)
        verdicts = refine(Schema((facts,)), {facts.place: scan_batches(facts, iter([batch]))})[facts.place]
        return {each.column: each.entity if each.verdict == "type" else "" for each in verdicts}

    return scan
