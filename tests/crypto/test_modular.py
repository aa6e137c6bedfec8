from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.crypto.modular import WideModulus, WordModulus


def limbs(numbers: list[int], count: int) -> np.ndarray:
    return np.array([[number >> (32 * place) & (2**32 - 1) for number in numbers] for place in range(count)], np.int64)


def numbers(wide: np.ndarray) -> list[int]:
    assert wide.min() >= 0 and wide.max() < 2**32
    return [sum(int(limb) << (32 * place) for place, limb in enumerate(column)) for column in wide.T]


def near(draw: st.DrawFn, modulus: int, bound: int) -> int:
    """A number below ``bound``: any, or within two of a multiple of the modulus, where a quotient is easily one off."""
    if draw(st.booleans()):
        return draw(st.integers(0, bound - 1))
    return min(max(draw(st.integers(0, bound // modulus)) * modulus + draw(st.integers(-2, 2)), 0), bound - 1)


@st.composite
def word_cases(draw: st.DrawFn) -> tuple[int, int, list[int], list[int]]:
    bits = draw(st.sampled_from([2, 10, 27, 31, 32, 33, 34, 35, 40, 52, 53, 60, 62, 63]))
    modulus = max(2, min(2**63, 2**bits + draw(st.one_of(st.integers(-3, 3), st.integers(-(2 ** (bits - 1)), 0)))))
    wide = 96 if modulus > 2**32 or draw(st.booleans()) else 64
    left = [
        draw(st.sampled_from([0, 1, modulus - 1])) if draw(st.booleans()) else near(draw, modulus, modulus)
        for _ in "123"
    ]
    return modulus, wide, left, [near(draw, modulus, 2**wide) for _ in "123"]


@given(word_cases())
@settings(max_examples=600)
def test_words_are_added_and_subtracted_modulo(case: tuple[int, int, list[int], list[int]]) -> None:
    modulus, bits, left, right = case
    for sign, name in ((1, "add"), (-1, "subtract")):
        result = np.array(left, np.uint64)
        high = np.array([number >> (bits - 64) for number in right], np.uint64)
        low = np.array([number % 2**32 for number in right], np.uint64) if bits == 96 else None
        getattr(WordModulus(modulus), name)(result, high, low)
        assert result.tolist() == [(a + sign * b) % modulus for a, b in zip(left, right, strict=True)]


def test_every_small_modulus_and_those_about_a_word() -> None:
    random = np.random.default_rng(3)
    for modulus in [*range(2, 70), *(2**32 + step for step in range(-3, 4)), 2**34 - 1, 2**34, 2**63 - 1, 2**63]:
        left = random.integers(0, modulus, 2_000, dtype=np.uint64)
        high, low = random.integers(0, 2**64, 2_000, dtype=np.uint64), random.integers(0, 2**32, 2_000, dtype=np.uint64)
        high[:3], low[:3] = [0, 2**64 - 1, 2**64 - 1], [0, 2**32 - 1, 0]
        expected = [(int(a) + (int(b) << 32) + int(c)) % modulus for a, b, c in zip(left, high, low, strict=True)]
        WordModulus(modulus).add(left, high, low)
        assert left.tolist() == expected


@st.composite
def wide_cases(draw: st.DrawFn) -> tuple[int, int, list[int], list[int]]:
    size = draw(st.integers(1, 9))
    bits = draw(st.integers(2, 32 * size))
    modulus = max(
        2, min(2 ** (32 * size), 2**bits + draw(st.one_of(st.integers(-3, 3), st.integers(-(2 ** (bits - 1)), 0))))
    )
    return (
        modulus,
        size,
        [near(draw, modulus, modulus) for _ in "123"],
        [near(draw, modulus, 2 ** (32 * (size + 1))) for _ in "123"],
    )


@given(wide_cases())
@settings(max_examples=600)
def test_wide_numbers_are_added_and_subtracted_modulo(case: tuple[int, int, list[int], list[int]]) -> None:
    modulus, size, left, right = case
    for sign, name in ((1, "add"), (-1, "subtract")):
        result = limbs(left, size)
        getattr(WideModulus(modulus, size + 1), name)(result, limbs(right, size + 1))
        assert numbers(result) == [(a + sign * b) % modulus for a, b in zip(left, right, strict=True)]
