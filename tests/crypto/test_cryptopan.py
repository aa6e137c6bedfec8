"""Crypto-PAn against vectors of the reference implementation and others, and against a plain implementation."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.crypto.cryptopan import CryptoPan
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

VECTORS = Path(__file__).resolve().parents[2] / ".." / "shared" / "vectors" / "cryptopan_vectors.json"
KEY = bytes(range(32))


def words(addresses: list[int], width: int) -> tuple:
    low = np.array([address & (2**64 - 1) for address in addresses], np.uint64)
    return low, None if width == 32 else np.array([address >> 64 for address in addresses], np.uint64)


def whole(low, high) -> list[int]:
    return low.tolist() if high is None else [h << 64 | v for v, h in zip(low.tolist(), high.tolist(), strict=True)]


@pytest.mark.parametrize(("family", "width", "count"), [("ipv4", 32, 208), ("ipv6", 128, 35)])
def test_vectors(family, width, count) -> None:
    if not VECTORS.exists():
        pytest.skip("the sourced vectors are not beside this project")
    seen = 0
    for case in json.loads(VECTORS.read_text()):
        pairs = [[int(ipaddress.ip_address(text)) for text in pair] for pair in case.get(family) or []]
        scheme = CryptoPan(Sealed(bytes.fromhex(case["key"])))
        made = scheme.encrypt(*words([before for before, _ in pairs], width))
        assert whole(*made) == [after for _, after in pairs]
        assert whole(*scheme.decrypt(*made)) == [before for before, _ in pairs]
        seen += len(pairs)
    assert seen == count


def reference(address: int, width: int, key: bytes) -> int:
    """As the paper and its implementation have it: one bit at a time."""
    cipher = Cipher(algorithms.AES(key[:16]), modes.ECB())
    pad = int.from_bytes(cipher.encryptor().update(key[16:]), "big")
    extended, made = address << (128 - width), 0
    for length in range(width):
        rest = 128 - length
        block = extended >> rest << rest | pad & ((1 << rest) - 1)
        made = made << 1 | cipher.encryptor().update(block.to_bytes(16, "big"))[0] >> 7
    return address ^ made


@pytest.mark.parametrize("width", [32, 128])
def test_it_agrees_with_the_definition(width) -> None:
    @settings(max_examples=10, deadline=None)
    @given(st.lists(st.integers(0, 2**width - 1), max_size=6))
    def check(addresses):
        scheme = CryptoPan(Sealed(KEY))
        made = scheme.encrypt(*words(addresses, width))
        assert whole(*made) == [reference(address, width, KEY) for address in addresses]
        assert whole(*scheme.decrypt(*made)) == addresses

    check()


def test_keys() -> None:
    with pytest.raises(TransformError, match="this one 16") as caught:
        CryptoPan(Sealed(b"secret key bytes"))
    assert "secret" not in str(caught.value)
