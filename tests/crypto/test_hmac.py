from __future__ import annotations

import hmac

import polars as pl
import pytest

from anon_assets.crypto.hmac import digests
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

KEY = bytes(range(32))


def expected(value: bytes) -> bytes:
    return hmac.digest(KEY.hex().encode(), value, "sha256")


def test_a_long_column_is_hashed_in_parts_that_do_not_show():
    values = pl.Series([None if number % 9 == 0 else f"user {number}" for number in range(70_000)])
    made = digests(Sealed(KEY), values, 20)
    assert made.shape == (70_000, 20)
    for place in (1, 32_767, 32_768, 65_536, 69_998):
        value = values[place]
        assert made[place].tobytes() == (bytes(20) if value is None else expected(value.encode())[:20])
    assert not made[::9].any()
    assert (digests(Sealed(KEY), values[40_000:], 20) == made[40_000:]).all()


@pytest.mark.parametrize("values", [pl.Series(["é", "", None]), pl.Series([b"\xff\0", b"", None])])
def test_text_and_bytes(values):
    made = digests(Sealed(KEY), values)
    first = values[0].encode() if isinstance(values[0], str) else values[0]
    assert [row.tobytes() for row in made] == [expected(first), expected(b""), bytes(32)]


def test_another_type_is_refused_without_the_key():
    with pytest.raises(TransformError, match="could not be hashed") as caught:
        digests(Sealed(KEY), pl.Series([1, 2]))
    assert KEY.hex() not in repr(caught.value)
