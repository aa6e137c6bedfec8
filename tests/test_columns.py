from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from anon_assets.columns import LOGICAL_TYPES, as_text, logical_of, plain, to_arrow, to_polars


@pytest.mark.parametrize(
    ("kind", "logical"),
    [
        (pa.bool_(), "boolean"), (pa.int16(), "integer"), (pa.uint64(), "integer"), (pa.decimal128(5, 2), "decimal"),
        (pa.decimal256(50, 2), "decimal"), (pa.float32(), "float"), (pa.date32(), "date"), (pa.date64(), "date"),
        (pa.timestamp("us", "UTC"), "timestamp"), (pa.time64("us"), "time"), (pa.duration("us"), "interval"),
        (pa.month_day_nano_interval(), "interval"), (pa.string(), "text"), (pa.large_string(), "text"),
        (pa.string_view(), "text"), (pa.null(), "text"), (pa.binary(), "binary"), (pa.binary(4), "binary"),
        (pa.list_(pa.int8()), "array"), (pa.struct([("a", pa.int8())]), "json"),
        (pa.dictionary(pa.int8(), pa.string()), "text"), (pa.dictionary(pa.int8(), pa.date32()), "date"),
    ],
)  # fmt: skip
def test_logical_types(kind: pa.DataType, logical: str) -> None:
    assert logical_of(kind) == logical
    assert logical in LOGICAL_TYPES


def test_plain_joins_chunks_and_decodes_dictionaries() -> None:
    chunked = pa.chunked_array([["a", None], ["b"]])
    assert plain(chunked).to_pylist() == ["a", None, "b"]
    assert plain(chunked.dictionary_encode()).type == pa.string()
    assert plain(pa.chunked_array([], pa.int8())).type == pa.int8()


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([1, None, -5]), ["1", None, "-5"]),
        (pa.array([True, False, None]), ["true", "false", None]),
        (pa.array([dt.date(2024, 2, 29)]), ["2024-02-29"]),
        (pa.array([b"\x00\xff", None]), ["00ff", None]),
        (pa.array([Decimal("1.50")]), ["1.50"]),
        (pa.array([dt.datetime(2024, 2, 29, 1, 2, 3, tzinfo=dt.UTC)]), ["2024-02-29 01:02:03.000000"]),
        (pa.array(["é", None], pa.large_string()), ["é", None]),
        (pa.array([["a", "b"], None]), ["a\nb", None]),
    ],
)
def test_as_text(column: pa.Array, texts: list) -> None:
    assert as_text(column).type == pa.string()
    assert as_text(column).to_pylist() == texts


def test_polars_and_back() -> None:
    column = pa.array(["a", None, "b"]).slice(1)
    assert to_arrow(to_polars(column)).equals(column)
    assert to_arrow(to_polars(column), pa.large_string()).type == pa.large_string()
