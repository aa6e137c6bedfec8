from __future__ import annotations

import traceback

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.crypto.envelope import OVERHEAD_BYTES, _seal_with_nonce, open_sealed, seal
from anon_assets.errors import KeyUnavailable
from anon_assets.sealed import Sealed

KEY = Sealed(b"\x17" * 32)


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_is_sealed_opens_and_nothing_else_does(plaintext: bytes, associated: bytes) -> None:
    sealed = seal(KEY, plaintext, associated)
    assert len(sealed) == len(plaintext) + OVERHEAD_BYTES
    assert open_sealed(KEY, sealed, associated) == plaintext
    with pytest.raises(KeyUnavailable):
        open_sealed(KEY, sealed, associated + b"x")
    with pytest.raises(KeyUnavailable):
        open_sealed(Sealed(b"\x18" * 32), sealed, associated)


def test_every_changed_byte_is_noticed() -> None:
    sealed = seal(KEY, b"data key")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(KeyUnavailable):
            open_sealed(KEY, bytes(changed))
    for length in range(len(sealed)):
        with pytest.raises(KeyUnavailable):
            open_sealed(KEY, sealed[:length])


def test_the_form_is_version_nonce_ciphertext_tag() -> None:
    sealed = _seal_with_nonce(KEY, b"text", b"for", "test", b"n" * 12)
    assert sealed == b"\x01" + b"n" * 12 + AESGCM(KEY.reveal()).encrypt(b"n" * 12, b"text", b"\x01for")


def test_two_seals_differ() -> None:
    assert seal(KEY, b"x") != seal(KEY, b"x")


def test_errors_name_the_place_and_no_material() -> None:
    secret = Sealed(b"canary-key-canary-key-canary-key")
    sealed = seal(KEY, b"canary-plaintext")
    for key in (secret, Sealed(b"canary")):
        with pytest.raises(KeyUnavailable, match="shop key 1") as caught:
            open_sealed(key, sealed, where="shop key 1")
        assert "canary" not in "".join(traceback.format_exception(caught.value))
    with pytest.raises(KeyUnavailable):
        seal(Sealed(b"short"), b"x")
