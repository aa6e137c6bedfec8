from __future__ import annotations

import base64
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.crypto.encoding import ALPHABETS, bits_per_character, decode_rows, encode, encode_rows, fixed_width
from anon_assets.crypto.ragged import offsets_of
from anon_assets.errors import TransformError

STANDARD = {"hex": bytes.hex, "base32": base64.b32encode, "base64url": base64.urlsafe_b64encode}


@pytest.mark.parametrize("encoding", ["hex", "base32", "base64url"])
@given(data=st.data())
def test_encodings_equal_the_standard_library(encoding: str, data: st.DataObject) -> None:
    width = data.draw(st.integers(1, 32))
    rows = data.draw(st.lists(st.binary(min_size=width, max_size=width), min_size=1, max_size=20))
    length = width * 8 // bits_per_character(encoding)
    matrix = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), width)
    texts = fixed_width(encode(matrix, encoding, length)).to_pylist()
    for row, text in zip(rows, texts, strict=True):
        standard = STANDARD[encoding](row)
        standard = standard if isinstance(standard, str) else standard.decode()
        assert text == standard[:length]


def test_many_rows_are_encoded_across_chunks() -> None:
    rows = np.arange(20_000 * 13, dtype=np.int64).astype(np.uint8).reshape(-1, 13)
    texts = fixed_width(encode(rows, "base32", 20)).to_pylist()
    assert texts == [base64.b32encode(row.tobytes()).decode()[:20] for row in rows]


def test_prefix_and_suffix_may_be_any_text() -> None:
    codes = np.frombuffer(b"abcd", np.uint8).reshape(2, 2)
    column = fixed_width(codes, "é_", "→")
    column.validate(full=True)
    assert column.to_pylist() == ["é_ab→", "é_cd→"]
    assert fixed_width(np.zeros((0, 4), np.uint8)).to_pylist() == []
    assert fixed_width(np.zeros((2, 0), np.uint8)).to_pylist() == ["", ""]


def test_more_characters_than_bytes_are_refused() -> None:
    with pytest.raises(TransformError, match="do not fill"):
        encode(np.zeros((1, 5), np.uint8), "base32", 9)


def test_text_beyond_one_array_is_refused() -> None:
    with pytest.raises(TransformError, match="smaller batches"):
        fixed_width(np.broadcast_to(np.zeros((1, 1), np.uint8), (2**20, 2**12)))


def standard(value: bytes, encoding: str) -> str:
    """By the standard library, without padding."""
    written = STANDARD[encoding](value)
    return (written if isinstance(written, str) else written.decode()).rstrip("=")


def column(values: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    return np.frombuffer(b"".join(values), np.uint8), offsets_of(np.array([len(value) for value in values], np.int64))


def values_of(data: np.ndarray, offsets: np.ndarray) -> list[bytes]:
    return [data[start:stop].tobytes() for start, stop in pairwise(offsets)]


@pytest.mark.parametrize("encoding", ["hex", "base32", "base64url"])
def test_every_row_width_up_to_its_last_bits(encoding: str) -> None:
    raw = np.random.default_rng(1).integers(0, 256, (3, 40), dtype=np.uint8)
    for width in range(1, 41):
        rows = np.ascontiguousarray(raw[:, :width])
        texts = [standard(row.tobytes(), encoding) for row in rows]
        for length in {1, len(texts[0]) // 2 or 1, len(texts[0])}:
            made = encode(rows, encoding, length)
            assert [row.tobytes().decode() for row in made] == [text[:length] for text in texts]


@pytest.mark.parametrize("encoding", ["hex", "base32", "base64url"])
@given(values=st.lists(st.binary(max_size=50), max_size=20), head=st.binary(max_size=4))
def test_values_of_unequal_length(encoding: str, values: list[bytes], head: bytes) -> None:
    codes = encode_rows(*column(values), encoding, head)
    assert values_of(*codes) == [head + standard(value, encoding).encode() for value in values]
    data, offsets, sound = decode_rows(*encode_rows(*column(values), encoding), encoding)
    assert sound.all() and values_of(data, offsets) == values


@pytest.mark.parametrize("encoding", ["hex", "base32", "base64url"])
@given(text=st.one_of(st.binary(max_size=12), st.text("abAB27f-_", max_size=12).map(str.encode)))
def test_only_what_encodes_to_the_same_text_is_decoded(encoding: str, text: bytes) -> None:
    data, offsets, sound = decode_rows(*column([b"", text, b"AAAAAAAA"]), encoding)
    value = values_of(data, offsets)[1]
    assert sound[1] == (standard(value, encoding).encode() == text)


def test_what_is_no_encoding_is_told() -> None:
    texts = [
        b"QQ",
        b"QR",
        b"Q",
        b"QQ=",
        b"Q+",
        b"Q\x00",
        b"\x00",
        b"\xffQ",
        b"QUI",
        b"QUJ",
        b"QUJD",
        b"QUJD\x00\x00\x00\x00",
    ]
    data, offsets, sound = decode_rows(*column(texts), "base64url")
    assert sound.tolist() == [True, *[False] * 7, True, False, True, False]
    values = values_of(data, offsets)
    assert (values[0], values[8], values[10]) == (b"A", b"AB", b"ABC")


@pytest.mark.parametrize("encoding", ["hex", "base32", "base64url"])
def test_each_byte_that_is_no_character_is_told(encoding: str) -> None:
    texts = [ALPHABETS[encoding][:1] * 7 + bytes([code]) for code in range(256)]
    _, _, sound = decode_rows(*column(texts), encoding)
    assert {code for code in range(256) if sound[code]} == set(ALPHABETS[encoding])


def test_many_values_are_decoded_across_chunks() -> None:
    number = np.random.default_rng(3)
    values = [number.bytes(int(size)) for size in number.integers(0, 30, 60_000)]
    codes = encode_rows(*column(values), "base32")
    assert values_of(*codes) == [standard(value, "base32").encode() for value in values]
    data, offsets, sound = decode_rows(*codes, "base32")
    assert sound.all() and values_of(data, offsets) == values
