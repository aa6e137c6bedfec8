from __future__ import annotations

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.crypto.counted import CountedMacs, counted_macs, room
from anon_assets.crypto.ragged import offsets_of
from anon_assets.sealed import Sealed

KEY = bytes(range(32))


def flat(values):
    return np.frombuffer(b"".join(values) or b"\0", np.uint8), offsets_of(
        np.array([len(each) for each in values], np.int64)
    )


def expected(columns, codes):
    made = []
    for parts in zip(*columns, strict=True):
        row = b""
        for number in range(1, codes + 1):
            one = CMAC(AES(KEY))
            one.update(b"\x1f".join(parts) + bytes([number]))
            row += one.finalize()
        made.append(row)
    return made


def found(columns, codes):
    return [row.tobytes() for row in counted_macs(Sealed(KEY), [flat(column) for column in columns], codes)]


@settings(deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=40), st.binary(max_size=40)), min_size=1, max_size=30), st.integers(1, 3))
def test_codes_are_those_of_cmac(rows, codes):
    columns = [list(column) for column in zip(*rows, strict=True)]
    assert found(columns, codes) == expected(columns, codes)
    assert found(columns[:1], codes) == expected(columns[:1], codes)


@pytest.mark.parametrize("size", [0, 14, 15, 16, 31, 32, 254, 255, 256])
def test_each_way_to_fill_the_last_block(size):
    columns = [[b"a" * size, b"b" * size, b""], [b"row", b"", b"c" * size]]
    assert found(columns, 2) == expected(columns, 2)


def test_more_lengths_than_are_laid_out_one_by_one():
    columns = [[b"v" * (number % 90) for number in range(300)], [b"r" * (number % 7) for number in range(300)]]
    assert found(columns, 2) == expected(columns, 2)
    assert found(columns[:1], 2) == expected(columns[:1], 2)


def test_a_long_message_beside_short_ones():
    columns = [[b"x" * 70_000, b"", b"y"]]
    assert found(columns, 1) == expected(columns, 1)


def test_chunks_and_slices_do_not_matter():
    values = [str(number * 7_919).encode() for number in range(70_000)]
    data, offsets = flat(values)
    whole = counted_macs(Sealed(KEY), [(data, offsets), (data, offsets)], 1)
    part = counted_macs(Sealed(KEY), [(data, offsets[40_000:])] * 2, 1)
    assert (whole[40_000:] == part).all()
    places = [0, 1, 32_767, 32_768, 65_536, 69_999]
    picked = [[values[place] for place in places]] * 2
    assert [whole[place].tobytes() for place in places] == expected(picked, 1)


def test_no_rows():
    assert counted_macs(Sealed(KEY), [flat([])], 2).shape == (0, 32)


def test_messages_that_are_laid_out_already():
    messages = np.zeros((3, room(20)), np.uint8)
    messages[:, :20] = np.arange(60).reshape(3, 20)
    made = np.empty((2, 3), "V16")
    CountedMacs(Sealed(KEY)).of(messages, 20, made)
    rows = [messages[row, :20].tobytes() for row in range(3)]
    assert [made[0, row].tobytes() + made[1, row].tobytes() for row in range(3)] == expected([rows], 2)
