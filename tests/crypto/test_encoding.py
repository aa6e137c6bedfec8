from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.crypto.encoding import bits_per_character, encode, fixed_width
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
