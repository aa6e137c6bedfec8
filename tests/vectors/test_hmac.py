"""HMAC-SHA-256 and HKDF-SHA-256 against RFC 4231, RFC 5869 and the standard library."""

from __future__ import annotations

import hmac
import json
import traceback
from pathlib import Path

import polars as pl
import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.crypto import hmac as columns
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

VECTORS = Path(__file__).parents[2] / ".." / "shared" / "vectors" / "rfc4231_hmac_sha256.json"
KEY = Sealed(bytes(range(32)))


def reference(value: bytes, key: bytes) -> bytes:
    return hmac.digest(key.hex().encode(), value, "sha256")


def rfc_4231() -> list[dict]:
    if not VECTORS.exists():
        pytest.skip("the sourced vectors are not beside this project")
    return json.loads(VECTORS.read_text())["tests"]


def test_the_reference_gives_the_digests_of_rfc_4231() -> None:
    cases = rfc_4231()
    assert len(cases) == 7
    for case in cases:
        digest = hmac.digest(bytes.fromhex(case["key"]), bytes.fromhex(case["msg"]), "sha256").hex()
        assert digest.startswith(case["hmac_sha256"]), case["tc"]


def test_columns_give_the_digests_of_rfc_4231_for_keys_that_are_text() -> None:
    seen = 0
    for case in rfc_4231():
        key = bytes.fromhex(case["key"])
        if not key.isascii():
            continue  # the column route takes the key as text
        hashed = columns._hmac_hex(pl.Series([bytes.fromhex(case["msg"])]), key.decode())
        assert hashed[0].startswith(case["hmac_sha256"]), case["tc"]
        seen += 1
    assert seen == 4


@given(st.text("0123456789abcdef", min_size=1, max_size=200), st.lists(st.binary(max_size=200), min_size=1, max_size=5))
def test_columns_hash_as_the_reference_does_for_keys_of_any_length(key: str, values: list[bytes]) -> None:
    hashed = columns._hmac_hex(pl.Series(values, dtype=pl.Binary), key)
    assert hashed.to_list() == [hmac.digest(key.encode(), value, "sha256").hex() for value in values]


@given(st.binary(min_size=32, max_size=32), st.lists(st.one_of(st.none(), st.text(max_size=80)), max_size=9))
def test_digests_equal_the_reference(key: bytes, values: list[str | None]) -> None:
    series = pl.Series(values, dtype=pl.String)
    expected = [
        bytes(32) if value is None else reference(value.encode("utf-8", "surrogatepass"), key) for value in values
    ]
    rows = columns.digests(Sealed(key), series)
    assert [row.tobytes() for row in rows] == expected
    assert [row.tobytes() for row in columns.digests(Sealed(key), series, 13)] == [digest[:13] for digest in expected]


def test_slices_and_chunks_hash_as_the_whole_does() -> None:
    series = pl.Series([f"v{n}" for n in range(50)])
    whole = columns.digests(KEY, series)
    assert (columns.digests(KEY, series.slice(17, 9)) == whole[17:26]).all()
    assert (columns.digests(KEY, pl.concat([series[:20], series[20:]], rechunk=False)) == whole).all()
    assert columns.digests(KEY, series.clear()).shape == (0, 32)
    assert columns.digests(KEY, pl.Series([None, None])).tolist() == [[0] * 32] * 2


@pytest.mark.parametrize(
    ("key", "values", "size"),
    [
        (KEY, pl.Series([1, 2]), 32),
        (Sealed(b"\xab\xcd" * 8), pl.Series(["a"]), 32),
        (KEY, pl.Series(["a"]), 0),
        (KEY, pl.Series(["a"]), 33),
    ],
)
def test_refusals_do_not_show_the_key(key: Sealed, values: pl.Series, size: int) -> None:
    with pytest.raises(TransformError) as caught:
        columns.digests(key, values, size)
    shown = "".join(traceback.format_exception(caught.value))
    assert key.reveal().hex() not in shown
    assert caught.value.__context__ is None and caught.value.__cause__ is None


RFC_5869 = [
    (
        "0b" * 22, "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", 42,
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        bytes(range(0x50)).hex(), bytes(range(0x60, 0xB0)).hex(), bytes(range(0xB0, 0x100)).hex(), 82,
        ("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f"
        "09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"),
    ),
    (
        "0b" * 22, "", "", 42,
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
]  # fmt: skip


def hkdf(key: bytes, salt: bytes, label: bytes, length: int) -> bytes:
    """A second implementation, from the text of RFC 5869."""
    secret = hmac.digest(salt or bytes(32), key, "sha256")
    block, output = b"", b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(secret, block + label + bytes([number]), "sha256")
        output += block
    return output[:length]


@pytest.mark.parametrize(("key", "salt", "label", "length", "expected"), RFC_5869, ids=["A.1", "A.2", "A.3"])
def test_hkdf_vectors_of_rfc_5869(key: str, salt: str, label: str, length: int, expected: str) -> None:
    parts = bytes.fromhex(key), bytes.fromhex(salt), bytes.fromhex(label)
    assert HKDF(SHA256(), length, salt=parts[1] or None, info=parts[2]).derive(parts[0]).hex() == expected
    assert hkdf(*parts, length).hex() == expected


@given(st.lists(st.text("abc.é", max_size=5), max_size=3), st.integers(16, 100))
def test_sub_keys_are_hkdf_under_the_written_label(purpose: list[str], length: int) -> None:
    ring = KeyRing("shop", {1: Sealed(b"1" * 32), 3: Sealed(b"3" * 32)})
    for version, key in (1, b"1" * 32), (3, b"3" * 32):
        label = b""
        for part in ["anon_assets", "1", "shop", str(version), *purpose]:
            label += len(part.encode()).to_bytes(4, "big") + part.encode()
        assert ring.derive(*purpose, version=version, length=length).reveal() == hkdf(key, b"", label, length)
