from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.crypto.ff3_1 import FF3_1
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

KEY = bytes(range(32))


@given(st.data())
@settings(max_examples=40)
def test_what_is_encrypted_is_decrypted(data: st.DataObject) -> None:
    radix = data.draw(st.one_of(st.integers(2, 40), st.integers(2, 2**16)))
    lengths = [length for length in range(2, 193) if radix**length >= 1_000_000 and radix ** (-(-length // 2)) <= 2**96]
    length = data.draw(st.sampled_from(lengths))
    plain = np.array(data.draw(st.lists(st.integers(0, radix - 1), min_size=length, max_size=length)), np.uint16)[
        None, :
    ]
    cipher = FF3_1(Sealed(KEY), radix, tweak=data.draw(st.binary(min_size=7, max_size=7)))
    secret = cipher.encrypt(plain)
    assert secret.dtype == np.uint16 and secret.max() < radix
    assert (cipher.decrypt(secret) == plain).all()


def test_rows_do_not_depend_on_those_beside_them() -> None:
    plain = np.random.default_rng(1).integers(0, 10, (10_000, 16)).astype(np.uint8)
    tweaks = np.arange(70_000, dtype=np.uint32).astype(np.uint8).reshape(-1, 7)
    cipher = FF3_1(Sealed(KEY), 10, tweak=b"1234567")
    whole, varied = cipher.encrypt(plain), cipher.encrypt(plain, tweaks)
    assert (cipher.encrypt(plain[8_100:8_300]) == whole[8_100:8_300]).all()
    assert (cipher.encrypt(plain[8_100:8_300], tweaks[8_100:8_300]) == varied[8_100:8_300]).all()
    assert (FF3_1(Sealed(KEY), 10, tweak=tweaks[5].tobytes()).encrypt(plain[5:6]) == varied[5:6]).all()
    assert (cipher.decrypt(varied, tweaks) == plain).all()
    assert cipher.encrypt(plain[:0]).shape == (0, 16)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FF3_1(Sealed(KEY[:20]), 10), "this one 20"),
        (lambda: FF3_1(Sealed(KEY), 1), "radix of 1"),
        (lambda: FF3_1(Sealed(KEY), 10, tweak=bytes(8)), "tweak has 7 bytes, this one 8"),
        (lambda: FF3_1(Sealed(KEY), 10).encrypt(np.zeros((1, 57), np.uint8)), "Radix 10 has 2 to 56"),
        (lambda: FF3_1(Sealed(KEY), 10).encrypt(np.zeros((1, 1), np.uint8)), "strings of 1"),
        (lambda: FF3_1(Sealed(KEY), 2).encrypt(np.zeros((1, 193), np.uint8)), "Radix 2 has 2 to 192"),
        (lambda: FF3_1(Sealed(KEY), 10).encrypt(np.zeros((1, 5), np.uint8)), "too small"),
        (lambda: FF3_1(Sealed(KEY), 10).decrypt(np.full((2, 8), 10, np.uint8)), "2 of 2 values"),
        (lambda: FF3_1(Sealed(KEY), 10).encrypt(np.zeros((2, 8), np.uint8), np.zeros((2, 8), np.uint8)), "tweaks"),
    ],
)
def test_refusals(make, message: str) -> None:
    with pytest.raises(TransformError, match=message):
        make()


def test_a_cipher_shows_no_key() -> None:
    assert repr(FF3_1(Sealed(KEY), 10)) == "FF3_1(radix 10)"
