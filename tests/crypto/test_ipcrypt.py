"""ipcrypt-deterministic and ipcrypt-pfx against the draft's vectors and a plain implementation, bit by bit."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.crypto.ipcrypt import IpcryptDeterministic, IpcryptPfx
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

VECTORS = Path(__file__).resolve().parents[2] / ".." / "shared" / "vectors" / "ipcrypt_test_vectors.json"
KEY = bytes(range(32))


def vectors(variant: str) -> list[dict]:
    if not VECTORS.exists():
        pytest.skip("the sourced vectors are not beside this project")
    return [case for case in json.loads(VECTORS.read_text()) if case["variant"] == variant]


def words(*texts: str) -> tuple:
    addresses = [ipaddress.ip_address(text) for text in texts]
    low = np.array([int(each) & (2**64 - 1) for each in addresses], np.uint64)
    high = np.array([int(each) >> 64 for each in addresses], np.uint64)
    return low, None if addresses[0].version == 4 else high


def texts(low, high) -> list[str]:
    if high is None:
        return [str(ipaddress.IPv4Address(int(value))) for value in low]
    return [str(ipaddress.IPv6Address(int(upper) << 64 | int(lower))) for lower, upper in zip(low, high, strict=True)]


def mapped(text: str) -> str:
    """As 128 bits."""
    address = ipaddress.ip_address(text)
    return str(address if address.version == 6 else ipaddress.IPv6Address(0xFFFF << 32 | int(address)))


def test_pfx_vectors() -> None:
    cases = vectors("ipcrypt-pfx")
    assert len(cases) == 16
    for case in cases:
        scheme = IpcryptPfx(Sealed(bytes.fromhex(case["key"])))
        made = scheme.encrypt(*words(case["ip"]))
        assert texts(*made) == [case["encrypted_ip"]]
        assert texts(*scheme.decrypt(*made)) == [case["ip"]]


def test_pfx_vectors_of_one_key_at_once() -> None:
    cases = vectors("ipcrypt-pfx")
    for key in {case["key"] for case in cases}:
        for six in (False, True):
            own = [case for case in cases if case["key"] == key and (":" in case["ip"]) == six]
            made = IpcryptPfx(Sealed(bytes.fromhex(key))).encrypt(*words(*(case["ip"] for case in own)))
            assert texts(*made) == [case["encrypted_ip"] for case in own]


def test_deterministic_vectors() -> None:
    cases = vectors("ipcrypt-deterministic")
    assert len(cases) == 5
    for case in cases:
        scheme = IpcryptDeterministic(Sealed(bytes.fromhex(case["key"])))
        made = scheme.encrypt(*words(case["ip"]))
        assert texts(*made) == [case["encrypted_ip"]]
        assert texts(*scheme.decrypt(*made)) == [mapped(case["ip"])]


def reference(address: int, key: bytes) -> int:
    """ipcrypt-pfx of a 128-bit address as the draft writes it: one bit at a time."""
    one, two = (Cipher(algorithms.AES(half), modes.ECB()) for half in (key[:16], key[16:]))
    start = 96 if address >> 32 == 0xFFFF else 0
    made = address >> (128 - start) if start else 0
    for length in range(start, 128):
        block = (1 << length | address >> (128 - length)).to_bytes(16, "big")
        last = [cipher.encryptor().update(block)[15] for cipher in (one, two)]
        made = made << 1 | (address >> (127 - length) ^ last[0] ^ last[1]) & 1
    return made


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.one_of(st.integers(0, 2**128 - 1), st.integers(0xFFFF << 32, (1 << 48) - 1)), min_size=1, max_size=6)
)
def test_pfx_agrees_with_the_definition(addresses) -> None:
    scheme = IpcryptPfx(Sealed(KEY))
    given_words = words(*(str(ipaddress.IPv6Address(address)) for address in addresses))
    made = scheme.encrypt(*given_words)
    assert [int(ipaddress.ip_address(text)) for text in texts(*made)] == [reference(each, KEY) for each in addresses]
    assert texts(*scheme.decrypt(*made)) == texts(*given_words)


def test_a_mapped_address_is_the_ipv4_address() -> None:
    scheme = IpcryptPfx(Sealed(KEY))
    four, _ = scheme.encrypt(*words("192.0.2.1", "10.0.0.1"))
    low, high = scheme.encrypt(*words("::ffff:192.0.2.1", "2001:db8::1", "::ffff:10.0.0.1"))
    assert (low[[0, 2]] & np.uint64(0xFFFFFFFF)).tolist() == four.tolist()
    assert high[[0, 2]].tolist() == [0, 0] and (low[[0, 2]] >> np.uint64(32)).tolist() == [0xFFFF] * 2
    assert texts(*scheme.decrypt(low, high)) == [mapped("192.0.2.1"), "2001:db8::1", mapped("10.0.0.1")]


def test_many_addresses_are_permuted_and_keep_their_prefixes() -> None:
    scheme = IpcryptPfx(Sealed(KEY))
    low = np.random.default_rng(5).choice(2**32, 30_000, replace=False).astype(np.uint64)
    made, _ = scheme.encrypt(low)
    assert len(np.unique(made)) == len(low)
    assert (scheme.decrypt(made)[0] == low).all()
    for one in (low[:-1], low[1:] ^ np.uint64(1 << 9)):
        before, after = low[1:] ^ one, made[1:] ^ scheme.encrypt(one)[0]
        assert (np.frexp(before.astype(float))[1] == np.frexp(after.astype(float))[1]).all()


def test_keys() -> None:
    with pytest.raises(TransformError, match="both halves"):
        IpcryptPfx(Sealed(b"k" * 32))
    for scheme, size in ((IpcryptPfx, 31), (IpcryptDeterministic, 32)):
        with pytest.raises(TransformError, match=f"this one {size}") as caught:
            scheme(Sealed(bytes(range(size))))
        assert "\\x01" not in str(caught.value)
    low, _ = words("192.0.2.1")
    assert IpcryptPfx(Sealed(KEY)).encrypt(low)[0] != IpcryptPfx(Sealed(KEY[::-1])).encrypt(low)[0]
