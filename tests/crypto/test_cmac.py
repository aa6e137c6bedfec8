from __future__ import annotations

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.crypto.cmac import cmac, doubled
from anon_assets.crypto.ragged import offsets_of
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed


def reference(key: bytes, value: bytes) -> bytes:
    made = CMAC(AES(key))
    made.update(value)
    return made.finalize()


def column(values: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    return np.frombuffer(b"".join(values), np.uint8), offsets_of(np.array([len(value) for value in values], np.int64))


@given(st.sampled_from([16, 24, 32]), st.randoms(use_true_random=False), st.lists(st.binary(max_size=80), max_size=30))
def test_codes_are_those_of_one_value_at_a_time(size: int, random, values: list[bytes]) -> None:
    key = random.randbytes(size)
    assert [code.tobytes() for code in cmac(Sealed(key), *column(values))] == [reference(key, v) for v in values]


@pytest.mark.parametrize("ordered", [True, False])
def test_every_length_and_many_rows(ordered: bool) -> None:
    number = np.random.default_rng(5)
    lengths = np.concatenate([np.arange(200), number.integers(0, 70, 30_000)])
    values = [number.bytes(int(size)) for size in (np.sort(lengths) if ordered else lengths)]
    key = bytes(range(32))
    assert [code.tobytes() for code in cmac(Sealed(key), *column(values))] == [reference(key, v) for v in values]


def test_few_long_values_beside_short_ones() -> None:
    number = np.random.default_rng(6)
    values = [number.bytes(size) for size in (100_000, 3, 100_001, 16, 99_984, 0)]
    key = bytes(16)
    assert [code.tobytes() for code in cmac(Sealed(key), *column(values))] == [reference(key, v) for v in values]


def test_a_column_that_is_part_of_a_larger_buffer() -> None:
    values = [b"left out", b"one", b"two two two two two", b"", b"left out too"]
    data, offsets = column(values)
    key = bytes(16)
    assert [code.tobytes() for code in cmac(Sealed(key), data, offsets[1:5])] == [
        reference(key, v) for v in values[1:4]
    ]
    assert cmac(Sealed(key), data, offsets[1:2]).shape == (0, 16)


def test_doubling_is_that_of_the_subkeys_of_rfc_4493() -> None:
    once = doubled(bytes.fromhex("7df76b0c1ab899b33e42f047b91b546f"))
    assert once.hex() == "fbeed618357133667c85e08f7236a8de"
    assert doubled(once).hex() == "f7ddac306ae266ccf90bc11ee46d513b"


def test_keys_of_another_length_are_refused_unseen() -> None:
    with pytest.raises(TransformError, match="16, 24 or 32 bytes, this one 15") as caught:
        cmac(Sealed(b"k" * 15), *column([b"a"]))
    assert "kkk" not in str(caught.value)
