from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.crypto.numerals import limbs_of, numerals_of_limbs, numerals_of_words, words_of


def number(numerals: list[int], radix: int) -> int:
    value = 0
    for numeral in numerals:
        value = value * radix + numeral
    return value


@st.composite
def strings(draw: st.DrawFn, most: int) -> tuple[int, np.ndarray]:
    """A radix and three numeral strings in it of at most ``most`` bits."""
    radix = draw(st.one_of(st.integers(2, 40), st.integers(2, 2**16), st.sampled_from([2, 10, 256, 65_535, 65_536])))
    longest = next(length for length in range(1, most + 2) if radix ** (length + 1) > 2**most)
    length = draw(st.integers(1, longest))
    numeral = st.one_of(st.integers(0, radix - 1), st.sampled_from([0, radix - 1]))
    rows = draw(st.lists(st.lists(numeral, min_size=length, max_size=length), min_size=3, max_size=3))
    return radix, np.array(rows, np.uint16)


@given(strings(63))
@settings(max_examples=300)
def test_words_and_back(case: tuple[int, np.ndarray]) -> None:
    radix, numerals = case
    words = words_of(numerals, radix)
    assert words.tolist() == [number(row, radix) for row in numerals.tolist()]
    out = np.full((3, numerals.shape[1] + 5), 7, np.uint16)
    numerals_of_words(words, radix, out, 2, out.shape[1] - 3)
    assert (out[:, 2:-3] == numerals).all()
    assert (out[:, :2] == 7).all() and (out[:, -3:] == 7).all()


@given(strings(400))
@settings(max_examples=200)
def test_limbs_and_back(case: tuple[int, np.ndarray]) -> None:
    radix, numerals = case
    count = -(-(radix ** numerals.shape[1] - 1).bit_length() // 32)
    limbs = limbs_of(numerals, radix, count)
    assert limbs.min() >= 0 and limbs.max() < 2**32
    values = [sum(int(limb) << (32 * place) for place, limb in enumerate(column)) for column in limbs.T]
    assert values == [number(row, radix) for row in numerals.tolist()]
    out = np.full((3, numerals.shape[1] + 5), 7, np.uint16)
    numerals_of_limbs(limbs, radix, out, 2, out.shape[1] - 3)
    assert (out[:, 2:-3] == numerals).all()
    assert (out[:, :2] == 7).all() and (out[:, -3:] == 7).all()


@pytest.mark.parametrize(
    ("radix", "length"), [(2, 5_000), (10, 257), (10, 3_000), (256, 513), (65_536, 600), (65_535, 256)]
)
def test_strings_longer_than_a_block_of_weights(radix: int, length: int) -> None:
    numerals = np.random.default_rng(length).integers(0, radix, (3, length)).astype(np.uint16)
    numerals[0] = radix - 1
    limbs = limbs_of(numerals, radix, -(-(radix**length - 1).bit_length() // 32))
    values = [sum(int(limb) << (32 * place) for place, limb in enumerate(column)) for column in limbs.T]
    assert values == [number(row, radix) for row in numerals.tolist()]
    out = np.empty((3, length), np.uint16)
    numerals_of_limbs(limbs, radix, out, 0, length)
    assert (out == numerals).all()
