from __future__ import annotations

import numpy as np
import pytest

from anon_assets.crypto.blocks import Blocks
from anon_assets.crypto.feistel import MOST_WORD, Shape, WideRounds, lead
from anon_assets.crypto.split_rounds import SplitRounds
from anon_assets.sealed import Sealed

KEY = Sealed(bytes(range(32)))
SHAPES = [
    (radix, length)
    for radix in (6, 10, 26, 36, 52, 62, 100, 1_000, 65_534)
    for length in range(2, 70)
    if Shape.of(radix, length).moduli[1] > MOST_WORD and SplitRounds.suit(Shape.of(radix, length))
]


def test_addresses_of_usual_length_are_among_them():
    assert {(36, length) for length in range(25, 37)} <= set(SHAPES)


@pytest.mark.parametrize(("radix", "length"), [(2, 130), (16, 34), (36, 37), (62, 40), (15, 34), (36, 24)])
def test_shapes_that_do_not_suit(radix, length):
    shape = Shape.of(radix, length)
    assert shape.moduli[1] <= MOST_WORD or not SplitRounds.suit(shape)


@pytest.mark.parametrize(("radix", "length"), SHAPES)
def test_the_rounds_are_those_of_limbs(radix, length):
    shape, random = Shape.of(radix, length), np.random.default_rng(length)
    numerals = random.integers(0, radix, (40, length)).astype(np.uint16)
    numerals[:4] = 0  # the ends of both halves
    numerals[1] = radix - 1
    numerals[2, : shape.u] = radix - 1
    numerals[3, shape.u :] = radix - 1
    tweaks = random.integers(0, 256, (40, 9)).astype(np.uint8)
    for backwards in (False, True):
        made = []
        for kind in (WideRounds, SplitRounds):
            blocks = Blocks("test", KEY)
            rounds, out = kind(blocks, shape), np.empty(numerals.shape, np.uint16)
            halves = rounds.load(numerals)
            rounds.store(*(half.copy() for half in halves), out)
            assert (out == numerals).all()
            rounds.store(*rounds.run(*halves, lead(blocks, shape, tweaks), backwards=backwards), out)
            made.append(out)
        assert (made[0] == made[1]).all()
