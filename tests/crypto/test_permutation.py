from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.crypto.permutation import MOST_SIZE, Permutation
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

KEY = bytes(range(32))


@given(st.sampled_from([16, 24, 32]), st.integers(2, 400))
def test_numbers_are_ordered_by_their_encrypted_block(key_bytes: int, size: int) -> None:
    encryptor = Cipher(AES(KEY[:key_bytes]), ECB()).encryptor()
    blocks = [encryptor.update(size.to_bytes(8, "big") + number.to_bytes(8, "big")) for number in range(size)]
    expected = sorted(range(size), key=blocks.__getitem__)
    assert Permutation(Sealed(KEY[:key_bytes]), size).encrypt(np.arange(size)).tolist() == expected


@pytest.mark.parametrize("size", [2, 3, 1_000, 65_537, MOST_SIZE])
def test_every_number_has_one_place_and_comes_back(size: int) -> None:
    cipher = Permutation(Sealed(KEY), size)
    numbers = np.arange(size)
    mapped = cipher.encrypt(numbers)
    assert mapped.dtype == np.uint32
    assert (np.sort(mapped) == numbers).all()
    assert (cipher.decrypt(mapped) == numbers).all()


def test_equal_leading_halves_are_told_apart_by_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    from anon_assets.crypto import permutation

    blocks = np.zeros((5, 16), np.uint8)
    blocks[:, 15] = [4, 0, 3, 1, 2]
    monkeypatch.setattr(permutation.Blocks, "encrypt", lambda self, _: blocks)
    assert Permutation(Sealed(KEY), 5).encrypt(np.arange(5)).tolist() == [1, 3, 4, 2, 0]


def test_every_permutation_is_as_likely() -> None:
    counts = dict.fromkeys(permutations(range(4)), 0)
    for number in range(4_800):
        counts[tuple(Permutation(Sealed(number.to_bytes(16, "big")), 4).encrypt(np.arange(4)).tolist())] += 1
    chi_squared = sum((count - 200) ** 2 / 200 for count in counts.values())
    assert chi_squared < 60  # 23 degrees of freedom: beyond 60 once in 30,000 draws of keys


@given(st.lists(st.integers(0, 999)), st.sampled_from([np.uint16, np.int32, np.uint64, np.int64]))
def test_any_integer_type_and_shape(numbers: list[int], kind: type) -> None:
    cipher = Permutation(Sealed(KEY), 1_000)
    column = np.array(numbers, kind)
    assert cipher.decrypt(cipher.encrypt(column)).tolist() == numbers
    assert cipher.encrypt(np.tile(column, (2, 1))).shape == (2, len(numbers))


def test_key_and_size_matter() -> None:
    numbers = np.arange(100)
    results = [
        Permutation(Sealed(KEY), 100).encrypt(numbers),
        Permutation(Sealed(KEY[::-1]), 100).encrypt(numbers),
        Permutation(Sealed(KEY), 101).encrypt(numbers),
    ]
    assert len({result.tobytes() for result in results}) == 3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Permutation(Sealed(KEY[:31]), 10), "this one 31"),
        (lambda: Permutation(Sealed(KEY), 1), "a set of 1 numbers"),
        (lambda: Permutation(Sealed(KEY), MOST_SIZE + 1), "FF1"),
        (lambda: Permutation(Sealed(KEY), 10).encrypt(np.array([3, 10, 77, -1])), "3 of 4 numbers"),
        (lambda: Permutation(Sealed(KEY), 10).decrypt(np.array([1.0])), "float64"),
    ],
)
def test_refusals(make, message: str) -> None:
    with pytest.raises(TransformError, match=message) as caught:
        make()
    assert "77" not in str(caught.value)


def test_a_permutation_shows_no_key() -> None:
    assert repr(Permutation(Sealed(KEY), 10)) == "Permutation(size 10)"
