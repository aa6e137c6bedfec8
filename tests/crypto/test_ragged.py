from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.crypto.ragged import (
    from_text,
    groups,
    in_order_of_length,
    offsets_of,
    put,
    restored,
    taken,
    to_text,
    units_of,
)
from anon_assets.errors import TransformError


def column(values: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    return np.frombuffer(b"".join(values), np.uint8), offsets_of(np.array([len(value) for value in values], np.int64))


def values_of(data: np.ndarray, offsets: np.ndarray) -> list[bytes]:
    return [data[start:stop].tobytes() for start, stop in pairwise(offsets)]


@given(st.lists(st.binary(max_size=20), max_size=30))
def test_sorting_by_length_is_stable_and_can_be_undone(values: list[bytes]) -> None:
    data, offsets, order = in_order_of_length(*column(values))
    assert values_of(data, offsets) == sorted(values, key=len)
    assert (order is None) == (sorted(values, key=len) == values)
    assert len(data) >= offsets[-1] + 15
    assert values_of(*restored(data, offsets, order)) == values


def test_lengths_beyond_sixteen_bits_are_sorted_too() -> None:
    values = [b"x" * 70_000, b"y", b"z" * 66_000]
    data, offsets, order = in_order_of_length(*column(values))
    assert np.diff(offsets).tolist() == [1, 66_000, 70_000] and order.tolist() == [1, 2, 0]
    assert values_of(*restored(data, offsets, order)) == values


@given(
    st.lists(st.binary(max_size=40), min_size=1, max_size=30), st.sampled_from([4, 5, 6, 8, 16]), st.binary(max_size=3)
)
def test_units_are_gathered_and_put_back(values: list[bytes], size: int, head: bytes) -> None:
    data, offsets, _ = in_order_of_length(*column(values))
    made = offsets_of(np.diff(offsets) + len(head))
    out = np.full(int(made[-1]), 255, np.uint8)
    rows_seen = []
    for rows, count in groups(np.diff(offsets), size):
        units = units_of(data, offsets, rows, max(1, count), size, f"V{size}")
        assert units.shape == (max(1, count), rows.stop - rows.start)
        put(units, out, made, rows, head)
        rows_seen += range(rows.start, rows.stop)
        assert {-(-len(value) // size) for value in sorted(values, key=len)[rows]} == {count}
    assert rows_seen == list(range(len(values)))
    assert values_of(out, made) == [head + value for value in sorted(values, key=len)]


def test_groups_are_cut_into_chunks() -> None:
    found = list(groups(np.array([16] * 40_000 + [17] * 3), 16))
    assert [count for _, count in found] == [1, 1, 1, 2]
    assert [rows.stop - rows.start for rows, _ in found] == [16_384, 16_384, 7_232, 3]
    assert list(groups(np.zeros(0, np.int64), 16)) == []


def test_units_are_read_in_native_byte_order() -> None:
    data, offsets, _ = in_order_of_length(*column([b"\x00\x00\x00\x01\x02"]))
    (words,) = units_of(data, offsets, slice(0, 1), 1, 5, ">u8")
    assert words.dtype.isnative and int(words[0]) >> 24 == 0x0000000102


def test_values_are_taken_in_any_order_and_number() -> None:
    values = [b"a", b"", b"ccc"]
    assert values_of(*taken(*column(values), np.array([2, 2, 1, 0, 2]))) == [b"ccc", b"ccc", b"", b"a", b"ccc"]
    assert values_of(*taken(*column(values), np.zeros(0, np.int64))) == []


def test_text_in_and_out() -> None:
    texts = pa.array(["left", "é", None, "", "😀", "right"])[1:5]
    assert values_of(*from_text(texts)) == ["é".encode(), b"", b"", "😀".encode()]
    assert to_text(*from_text(texts)).to_pylist() == ["é", "", "", "😀"]
    for empty in (pa.array([], pa.string()), texts[:0], pa.array([""]), pa.array([None], pa.string())):
        assert to_text(*from_text(empty)).to_pylist() == [""] * len(empty)


def test_text_beyond_one_array_is_refused() -> None:
    with pytest.raises(TransformError, match="smaller batches"):
        to_text(np.zeros(0, np.uint8), np.array([0, 2**31]))
