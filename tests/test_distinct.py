"""Work on distinct values: the same result however it is done, and dictionaries made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from anon_assets import distinct
from anon_assets.distinct import decoded, on_distinct, sharing_dictionaries, used_only


def words(rows: int, kinds: int, seed: int = 1) -> pa.Array:
    drawn = np.random.default_rng(seed).integers(0, kinds, rows)
    return pc.binary_join_element_wise("word", pa.array(drawn).cast(pa.string()), " ")


@pytest.mark.parametrize("kinds", [1, 50, 40_000, 500_000, 10**9])
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_long_columns_of_any_recurrence(kinds: int, kind: pa.DataType) -> None:
    column = words(600_001, kinds).cast(kind)
    known = pa.array(np.random.default_rng(2).random(len(column)) < 0.9)
    column = pc.if_else(known, column.cast(pa.large_string()), None).cast(kind)
    seen: list[int] = []

    def upper(values: pa.Array) -> pa.Array:
        assert not values.null_count
        seen.append(len(values))
        return pc.utf8_upper(values)

    made = on_distinct(column, upper)
    plain = column.cast(pa.large_string())
    assert made.cast(pa.large_string()).equals(pc.utf8_upper(plain))
    if kinds <= 40_000:
        assert seen == [pc.count_distinct(plain).as_py()]


def test_shared_columns_are_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []
    encode = distinct._encode

    def counting(column: pa.Array) -> pa.DictionaryArray | None:
        encoded.append(len(column))
        return encode(column)

    monkeypatch.setattr(distinct, "_encode", counting)
    one, other, numbers = words(1_000, 5), words(1_001, 1_000_000), pa.array([1, 1, 2])
    with sharing_dictionaries([one, other, numbers]):
        for column in (one, other, one, other, one[:], other[2:]):
            assert on_distinct(column, pc.utf8_upper).equals(pc.utf8_upper(column))
        with ThreadPoolExecutor(4) as pool:  # threads of one's own share nothing unless they are given the context
            assert all(pool.map(lambda _: on_distinct(one, pc.utf8_upper).equals(pc.utf8_upper(one)), range(4)))
    assert encoded == [1_000, 1_001, 999, *[1_000] * 4]
    on_distinct(one, pc.utf8_upper)
    assert encoded[-1] == 1_000
    assert len(encoded) == 8


def test_columns_that_look_alike_are_not_taken_for_each_other() -> None:
    buffer = words(2_000, 10)
    parts = [buffer[start : start + 500] for start in range(0, 2_000, 500)]
    holes = pc.if_else(pa.array([True, False] * 250), parts[0], None)
    with sharing_dictionaries([*parts, holes, holes.cast(pa.large_string())]):
        for column in (*parts, holes, holes.cast(pa.large_string()), *parts):
            assert on_distinct(column, pc.utf8_upper).equals(pc.utf8_upper(column))


def test_sharing_ends_with_its_block() -> None:
    column = words(100, 3)
    with pytest.raises(ValueError, match="stop"), sharing_dictionaries([column]):
        raise ValueError("stop")
    assert distinct._SHARED.get() is None


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


@pytest.mark.parametrize("texts", [["a1", "b2", "c3"], ["a", "bc"], ["", ""], ["\u00e9", "ab"], ["a", None]])
def test_results_of_any_length_are_spread(texts: list[str | None]) -> None:
    padded = pa.array(["before", *texts, "x"])[1:-1]
    for column in (pa.array([1, 0, 1, 0, 1]), pa.array([1, None, 0, 1, 0])):
        made = on_distinct(column, padded.take)
        assert made.type == pa.string()
        made.validate(full=True)
        assert made.to_pylist() == padded.take(column).to_pylist()


def test_entries_that_stand_in_no_row_are_left_out() -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([3, 1, None, 3], pa.int8()), pa.array(["a", "b", "c", "d"]))
    for kept, left in ((0, ["b", "d"]), (1, ["a", "b", "d"]), (3, ["a", "b", "c", "d"])):
        made = used_only(column, kept)
        assert made.dictionary.to_pylist() == left and made.to_pylist() == ["d", "b", None, "d"]
    assert used_only(column[:0]).to_pylist() == [] and used_only(column[1:3]).to_pylist() == ["b", None]
    late = pa.array([0] * 70_000 + [1], pa.int32())
    assert len(used_only(pa.DictionaryArray.from_arrays(late, pa.array(["a", "b"]))).dictionary) == 2


def test_a_decoded_column_keeps_its_dictionary_where_they_are_shared() -> None:
    seen: list[list[str | None]] = []

    def upper(values: pa.Array) -> pa.Array:
        seen.append(values.to_pylist())
        return pc.utf8_upper(values)

    column = pa.DictionaryArray.from_arrays(pa.array([2, 1, None, 2], pa.int32()), pa.array(["unused", "b", "c"]))
    with sharing_dictionaries([column]):
        values = decoded(column)
        assert values.to_pylist() == ["c", "b", None, "c"]
        assert on_distinct(values, upper).to_pylist() == ["C", "B", None, "C"]
    assert seen == [["b", "c"]], "in the order of the dictionary, and without what stands in no row"
    assert decoded(column).equals(values)
