"""AES-SIV against RFC 5297, appendix A, through columns."""

from __future__ import annotations

import numpy as np
import pytest

from anon_assets.crypto.ragged import offsets_of
from anon_assets.crypto.siv import decrypt, encrypt
from anon_assets.sealed import Sealed

RFC_5297 = {
    "A.1": (
        "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
        ["101112131415161718191a1b1c1d1e1f2021222324252627"],
        "112233445566778899aabbccddee",
        "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c",
    ),
    "A.2": (
        "7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f",
        [
            "00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100",
            "102030405060708090a0",
            "09f911029d74e35bd84156c5635688c0",
        ],
        "7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d414553",
        (
            "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c"
            "485b62a3fd5c0d"
        ),
    ),
}


@pytest.mark.parametrize(("key", "associated", "plain", "sealed"), RFC_5297.values(), ids=RFC_5297)
def test_rfc_5297(key: str, associated: list[str], plain: str, sealed: str) -> None:
    secret, bound = Sealed(bytes.fromhex(key)), [bytes.fromhex(each) for each in associated]
    column = [b"x" * 90, bytes.fromhex(plain), b"", bytes.fromhex(plain)]
    data = np.frombuffer(b"".join(column), np.uint8)
    made, offsets = encrypt(secret, bound, data, offsets_of(np.array([len(value) for value in column])))
    for row in (1, 3):
        assert made[offsets[row] : offsets[row + 1]].tobytes().hex() == sealed
    assert decrypt(secret, bound, made, offsets)[0].tobytes() == data.tobytes()
