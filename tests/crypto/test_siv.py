from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.crypto.ragged import offsets_of
from anon_assets.crypto.siv import OVERHEAD_BYTES, _Siv, decrypt, encrypt, opened
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

KEY = Sealed(bytes(range(64)))


def column(values: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    return np.frombuffer(b"".join(values), np.uint8), offsets_of(np.array([len(value) for value in values], np.int64))


def values_of(data: np.ndarray, offsets: np.ndarray) -> list[bytes]:
    raw = data.tobytes()
    return [raw[start:stop] for start, stop in pairwise(offsets)]


@given(
    st.sampled_from([32, 48, 64]),
    st.lists(st.binary(max_size=40), max_size=3),
    st.randoms(use_true_random=False),
    st.lists(st.integers(0, 200), max_size=25),
)
def test_agrees_with_one_value_at_a_time(
    size: int, associated: list[bytes], source: random.Random, sizes: list
) -> None:
    key, values = source.randbytes(size), [source.randbytes(length) for length in sizes]
    peer = AESSIV(key)
    sealed = encrypt(Sealed(key), associated, *column(values))
    assert values_of(*sealed) == [peer.encrypt(value, associated) for value in values]
    assert values_of(*decrypt(Sealed(key), associated, *sealed)) == values


@pytest.mark.parametrize("ordered", [True, False])
def test_every_length_and_many_rows(ordered: bool) -> None:
    number = np.random.default_rng(9)
    lengths = np.concatenate([np.arange(201), number.integers(0, 60, 20_000)])
    values = [number.bytes(int(size)) for size in (np.sort(lengths) if ordered else lengths)]
    peer = AESSIV(KEY.reveal())
    sealed = encrypt(KEY, [b"a", b""], *column(values))
    assert values_of(*sealed) == [peer.encrypt(value, [b"a", b""]) for value in values]
    assert values_of(*decrypt(KEY, [b"a", b""], *sealed)) == values


def test_few_long_values_beside_short_ones() -> None:
    number = np.random.default_rng(10)
    values = [number.bytes(size) for size in (70_001, 1, 70_016, 16)]
    sealed = encrypt(KEY, [], *column(values))
    assert values_of(*sealed) == [AESSIV(KEY.reveal()).encrypt(value, []) for value in values]
    assert values_of(*decrypt(KEY, [], *sealed)) == values


def test_empty_columns_and_parts_of_a_buffer() -> None:
    data, offsets = column([b"left out", b"one", b"left out"])
    sealed = encrypt(KEY, [], data, offsets[1:3])
    assert values_of(*sealed) == [AESSIV(KEY.reveal()).encrypt(b"one", [])]
    nothing = encrypt(KEY, [], data, offsets[:1])
    assert [each.tolist() for each in nothing] == [[], [0]]
    assert [each.tolist() for each in decrypt(KEY, [], *nothing)] == [[], [0]]


@pytest.mark.parametrize(
    "vector", [b"\xff" * 16, bytes(16), bytes(12) + b"\x7f\xff\xff\xff", bytes(11) + b"\x01" + b"\xff" * 4]
)
def test_counting_starts_from_the_vector_without_two_of_its_bits(vector: bytes) -> None:
    begin = bytearray(vector)
    begin[8] &= 0x7F
    begin[12] &= 0x7F
    stream = Cipher(AES(KEY.reveal()[32:]), CTR(bytes(begin))).encryptor().update(bytes(16 * 40))
    words = np.frombuffer(vector * 3, np.uint64).reshape(3, 2)
    made = _Siv(KEY, []).keystream(words, 40)
    for row in range(3):
        assert np.ascontiguousarray(made[:, row]).tobytes() == stream


@given(st.lists(st.binary(max_size=70), min_size=1, max_size=12), st.data())
def test_a_changed_bit_is_found_and_nothing_of_it_handed_out(values: list[bytes], data: st.DataObject) -> None:
    sealed, offsets = encrypt(KEY, [b"a"], *column(values))
    row = data.draw(st.integers(0, len(values) - 1))
    place = data.draw(st.integers(int(offsets[row]), int(offsets[row + 1]) - 1))
    changed = sealed.copy()
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    plain, bounds, genuine = opened(KEY, [b"a"], changed, offsets)
    assert genuine.tolist() == [each != row for each in range(len(values))]
    assert values_of(plain, bounds) == [bytes(len(v)) if each == row else v for each, v in enumerate(values)]
    with pytest.raises(TransformError, match=f"^s.t.c: 1 of {len(values)} values do not decrypt"):
        decrypt(KEY, [b"a"], changed, offsets, "s.t.c")


def test_other_keys_and_other_associated_data_open_nothing() -> None:
    sealed = encrypt(KEY, [b"a", b"b"], *column([b"one", b"x" * 40]))
    for key, associated in ((Sealed(bytes(64)), [b"a", b"b"]), (KEY, [b"ab"]), (KEY, [b"b", b"a"]), (KEY, [])):
        assert not opened(key, associated, *sealed)[2].any()
        with pytest.raises(TransformError, match="2 of 2"):
            decrypt(key, associated, *sealed)


def test_values_too_short_for_a_vector_are_not_genuine() -> None:
    good = values_of(*encrypt(KEY, [], *column([b"", b"plain"])))
    assert len(good[0]) == OVERHEAD_BYTES
    plain, offsets, genuine = opened(KEY, [], *column([good[1], b"", good[0], b"x" * 15, good[0][:15]]))
    assert genuine.tolist() == [True, False, True, False, False]
    assert values_of(plain, offsets) == [b"plain", b"", b"", b"", b""]


def test_refusals() -> None:
    with pytest.raises(TransformError, match="32, 48 or 64 bytes, this one 16") as caught:
        encrypt(Sealed(b"k" * 16), [], *column([b"a"]))
    assert "kkk" not in str(caught.value)
    with pytest.raises(TransformError, match="at most 126"):
        encrypt(KEY, [b""] * 127, *column([b"a"]))
    assert len(encrypt(KEY, [b""] * 126, *column([b"a"]))[0]) == 17
