from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFCMAC, CounterLocation, Mode
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.crypto.prf import bounded, digests, digits, uniform, words
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed
from tests.keyed import prf

KEY = bytes(range(32))


def expected(value: bytes, size: int, key: bytes = KEY) -> bytes:
    """By pyca's CMAC and by its key derivation function, which agree."""
    made = prf(key, value, size)
    kdf = KBKDFCMAC(AES, Mode.CounterMode, size, 1, None, CounterLocation.AfterFixed, None, None, value)
    assert not value or kdf.derive(key) == made
    return made


@given(st.lists(st.one_of(st.none(), st.binary(max_size=70)), max_size=12), st.integers(1, 80))
def test_bytes_are_cmac_and_its_counter_stream(values, size):
    made = digests(Sealed(KEY), pl.Series(values, dtype=pl.Binary), size)
    assert made.shape == (len(values), size)
    for row, value in zip(made, values, strict=True):
        assert row.tobytes() == (bytes(size) if value is None else expected(value, size))


def test_text_is_taken_as_utf8_and_slices_alike():
    values = pl.Series(["x", "ä😀", None, "", "ä😀"])
    made = digests(Sealed(KEY), values[1:], 24)
    assert made[0].tobytes() == expected("ä😀".encode(), 24) == made[3].tobytes()
    assert made[1].tobytes() == bytes(24) and made[2].tobytes() == expected(b"", 24)


def test_words_and_numbers_are_read_from_the_bytes():
    values = pl.Series([str(number) for number in range(2_000)])
    drawn = words(Sealed(KEY), values, 3)
    assert drawn.shape == (2_000, 3)
    assert drawn[7].tolist() == [int.from_bytes(expected(b"7", 24)[at : at + 8], "big") for at in (0, 8, 16)]
    shares = uniform(Sealed(KEY), values, 3)
    assert shares.min() > 0 and shares.max() < 1 and abs(shares.mean() - 0.5) < 0.02
    assert (shares[7] == [((word >> 11) + 0.5) * 2.0**-53 for word in drawn[7].tolist()]).all()
    assert (bounded(drawn, 6) == drawn % 6).all() and set(bounded(drawn, 6).ravel().tolist()) == set(range(6))
    figures = digits(Sealed(KEY), values, 12)
    assert figures.shape == (2_000, 12) and set(figures.ravel().tolist()) == set(range(10))
    assert "".join(map(str, figures[7].tolist()))[:9] == f"{drawn[7][0] % 10**9:09d}"
    counts = np.bincount(figures.ravel(), minlength=10)
    assert abs(counts - 2_400).max() < 250  # five standard deviations


def test_keys_separate():
    values = pl.Series(["a"])
    assert (digests(Sealed(KEY), values, 32) != digests(Sealed(bytes(32)), values, 32)).any()


def test_misuse_is_refused_without_the_key():
    for key, values, size in (
        (Sealed(b"short"), pl.Series(["a"]), 8),
        (Sealed(KEY), pl.Series([1.5]), 8),
        (Sealed(KEY), pl.Series(["a"]), 0),
        (Sealed(KEY), pl.Series(["a"]), 4_081),
    ):
        with pytest.raises(TransformError) as error:
            digests(key, values, size)
        assert "short" not in str(error.value)
    assert digests(Sealed(KEY), pl.Series([None, None]), 4).tolist() == [[0] * 4] * 2
    assert digests(Sealed(KEY), pl.Series([], dtype=pl.String), 4).shape == (0, 4)


def test_streams_are_uniform() -> None:
    series = pl.int_range(100_000, eager=True).cast(pl.String)
    drawn = digits(Sealed(KEY), series, 20)
    assert drawn.shape == (100_000, 20)
    counts = np.stack([np.bincount(drawn[:, place], minlength=10) for place in range(20)])
    squares = ((counts - 10_000) ** 2 / 10_000).sum(axis=1)
    assert squares.max() < 40  # chi-square with 9 degrees of freedom: beyond 40 once in 130,000 draws
    parts = uniform(Sealed(KEY), series, 2)
    assert 0 < parts.min() < parts.max() < 1
    assert abs(parts.mean() - 0.5) < 0.005
    assert abs(np.corrcoef(parts[:, 0], parts[:, 1])[0, 1]) < 0.015
    small = bounded(words(Sealed(KEY), series)[:, 0], 7)
    assert set(small.tolist()) == set(range(7))


def test_a_row_stands_behind_its_value():
    values, rows = pl.Series(["a", "b", None, "a", ""]), pl.Series(["r1", "r2", "r3", None, "r1"])
    joined = pl.Series(["a\x1fr1", "b\x1fr2", None, None, "\x1fr1"])
    key = Sealed(bytes(range(32)))
    assert (digests(key, values, 24, rows=rows) == digests(key, joined, 24)).all()
    assert (words(key, values, 3, rows=rows) == words(key, joined, 3)).all()
    assert (uniform(key, values, 2, rows=rows) == uniform(key, joined, 2)).all()


def test_the_first_numbers_do_not_depend_on_the_count():
    values, key = pl.Series(["a", "bc"]), Sealed(bytes(range(32)))
    assert (words(key, values, 5)[:, :2] == words(key, values, 2)).all()


def test_columns_of_fixed_width_are_drawn_from_as_their_bytes():
    key, numbers = Sealed(KEY), [0, 1, -(2**63), 2**63 - 1, 1]
    rows = pl.Series(np.arange(80, dtype=np.uint8).reshape(5, 16))
    as_bytes = pl.Series([number.to_bytes(8, "little", signed=True) for number in numbers])
    rows_as_bytes = pl.Series([bytes(row) for row in rows.to_list()])
    for count in (1, 3):
        wanted = words(key, as_bytes, count, rows=rows_as_bytes)
        for values, others in (
            (pl.Series(numbers), rows),
            (pl.Series(numbers), rows_as_bytes),
            (as_bytes, rows),
            (pl.concat([pl.Series(numbers[:2]), pl.Series(numbers[2:])]), pl.concat([rows[:3], rows[3:]])),
        ):
            assert (words(key, values, count, rows=others) == wanted).all()
        assert (words(key, pl.Series(numbers)[2:], count, rows=rows[2:]) == wanted[2:]).all()
    with_nulls = words(key, pl.Series([1, None, 1]))
    assert not with_nulls[1].any()
    assert with_nulls[0] == with_nulls[2]
    assert words(key, pl.Series([1, 2**64 - 1], dtype=pl.UInt64))[0] == with_nulls[0]
    assert words(key, pl.Series([], dtype=pl.Array(pl.UInt8, 16))).shape == (0, 1)
