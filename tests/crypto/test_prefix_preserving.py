"""What any scheme does by way of ``permute``, shown on one that is easy to follow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.crypto import prefix_preserving
from anon_assets.crypto.prefix_preserving import permute

FOUR = st.lists(st.integers(0, 2**32 - 1), max_size=40)
SIX = st.lists(st.integers(0, 2**128 - 1), max_size=20)


def flips(lengths, low, high):
    """Odd where the prefix, as a number times a prime, has an odd sum of its two halves' remainders."""
    made = np.zeros((len(lengths), len(low)), np.uint8)
    width = 32 if high is None else 128
    for row, length in enumerate(lengths[:, 0].tolist()):
        for place in range(len(low)):
            whole = int(low[place]) | (0 if high is None else int(high[place]) << 64)
            prefix = whole >> (width - length) if length else 0
            made[row, place] = 2 + bit_after(prefix, length)  # only the last bit counts
    return made


def bit_after(prefix: int, length: int) -> int:
    return (prefix * 2654435761 + length * 40503) % 1_000_003 % 2


def image(address: int, width: int, passed: int = 0) -> int:
    made = 0
    for length in range(width):
        bit = address >> (width - 1 - length) & 1
        flip = bit_after(address >> (width - length), length) if length >= passed else 0
        made = made << 1 | bit ^ flip
    return made


def words(addresses, width):
    low = np.array([address & (2**64 - 1) for address in addresses], np.uint64)
    return low, None if width == 32 else np.array([address >> 64 for address in addresses], np.uint64)


def whole(low, high):
    return low.tolist() if high is None else [h << 64 | v for v, h in zip(low.tolist(), high.tolist(), strict=True)]


@pytest.mark.parametrize(("width", "strategy"), [(32, FOUR), (128, SIX)])
def test_bits_flip_as_the_plain_bits_before_them_say(width, strategy) -> None:
    @settings(max_examples=15, deadline=None)
    @given(strategy)
    def check(addresses):
        made = permute(lambda: flips, *words(addresses, width))
        assert whole(*made) == [image(address, width) for address in addresses]
        assert whole(*permute(lambda: flips, *made, inverse=True)) == addresses

    check()


@pytest.mark.parametrize("width", [32, 128])
@pytest.mark.parametrize("rows", [1, 3, 7])
def test_chunks_repeats_threads_and_order_do_not_matter(rows, width, monkeypatch) -> None:
    monkeypatch.setattr(prefix_preserving, "_CHUNK_ROWS", rows)
    addresses = [0x0A000001, 0x0A0000FF, 0x0A000001, 0, 2**32 - 1, 0x0A010000, 0x0A000001]
    addresses = [address << width - 32 | (address & 0xFF if width > 32 else 0) for address in addresses]
    made = permute(lambda: flips, *words(addresses, width))
    assert whole(*made) == [image(address, width) for address in addresses]
    assert whole(*permute(lambda: flips, *made, inverse=True)) == addresses


def test_leading_bits_pass() -> None:
    addresses = [0x0A000001, 0x0AFFFFFF, 0x0B000000]
    passed = np.array([8, 8, 8], np.uint8)
    made = permute(lambda: flips, *words(addresses, 32), passed=passed)
    assert whole(*made) == [image(address, 32, 8) for address in addresses]
    assert [value >> 24 for value in whole(*made)] == [0x0A, 0x0A, 0x0B]
    assert whole(*permute(lambda: flips, *made, inverse=True, passed=passed)) == addresses


def test_no_addresses() -> None:
    low, high = permute(lambda: flips, np.zeros(0, np.uint64), np.zeros(0, np.uint64))
    assert len(low) == len(high) == 0
