from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from anon_assets import columns
from anon_assets.columns import LOGICAL_TYPES, as_text, logical_of, on_distinct, plain, to_arrow, to_polars


def test_all() -> None:
    assert sorted(columns.__all__) == sorted(
        ["LOGICAL_TYPES", "LogicalType", "as_text", "logical_of", "on_distinct", "plain", "to_arrow", "to_polars"]
    )


@pytest.mark.parametrize(
    ("kind", "logical"),
    [
        (pa.bool_(), "boolean"), (pa.int16(), "integer"), (pa.uint64(), "integer"), (pa.decimal128(5, 2), "decimal"),
        (pa.decimal256(50, 2), "decimal"), (pa.float32(), "float"), (pa.date32(), "date"), (pa.date64(), "date"),
        (pa.timestamp("us", "UTC"), "timestamp"), (pa.time64("us"), "time"), (pa.duration("us"), "interval"),
        (pa.month_day_nano_interval(), "interval"), (pa.string(), "text"), (pa.large_string(), "text"),
        (pa.string_view(), "text"), (pa.null(), "text"), (pa.binary(), "binary"), (pa.binary(4), "binary"),
        (pa.list_(pa.int8()), "array"), (pa.struct([("a", pa.int8())]), "array"),
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


def test_on_distinct_calls_once_per_value_and_spreads() -> None:
    seen = []

    def double(values: pa.Array) -> pa.Array:
        seen.extend(values.to_pylist())
        return pa.array([value * 2 for value in values.to_pylist()], pa.int64())

    assert on_distinct(pa.array([3, None, 3, 4]), double).to_pylist() == [6, None, 6, 8]
    assert seen == [3, 4]
    assert on_distinct(pa.array([None, None], pa.int64()), double).to_pylist() == [None, None]
    assert on_distinct(pa.array([], pa.int64()), double).type == pa.int64()
    assert on_distinct(pa.array([1, 5, 5]).slice(1), double).to_pylist() == [10, 10]


def test_on_distinct_leaves_a_column_that_hardly_repeats_as_it_is() -> None:
    sizes: list[int] = []

    def double(values: pa.Array) -> pa.Array:
        sizes.append(len(values))
        return pc.multiply(values, 2)

    once = pa.array([number if number % 5 else None for number in range(50_000)])
    assert on_distinct(once, double).equals(pc.multiply(once, 2))
    assert on_distinct(pc.fill_null(once, 0), double).equals(pc.multiply(pc.fill_null(once, 0), 2))
    often = pa.array([number % 700 for number in range(50_000)])
    assert on_distinct(often, double).equals(pc.multiply(often, 2))
    late = pa.concat_arrays([pa.array(range(20_000)), pa.array([3] * 30_000)])  # its beginning does not tell
    assert on_distinct(late, double).equals(pc.multiply(late, 2))
    empty = pa.nulls(50_000, pa.int64())
    assert on_distinct(empty, double).null_count == 50_000
    assert sizes == [40_000, 40_001, 700, 20_000, 0]  # a fifth that is zero recurs
