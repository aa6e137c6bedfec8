"""The ten rounds of FF1 over a chunk of rows, with all rows in one AES call: in 64-bit words, or in limbs.

Letters are those of NIST SP 800-38G, algorithm 7: u and v numerals in the halves A and B, b bytes of a half written as a
number, d bytes of the round function's output y.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from anon_assets.crypto.blocks import BLOCK_BYTES, Blocks
from anon_assets.crypto.modular import Limbs, WideModulus, WordModulus, Words
from anon_assets.crypto.numerals import Numerals, limbs_of, numerals_of_limbs, numerals_of_words, words_of

__all__ = ["MOST_WORD", "Rounds", "Shape", "WideRounds", "WordRounds", "lead"]

MOST_WORD = 2**63
"""Most strings in a half that is kept in 64-bit words."""
_ROUNDS = 10
_WORD_ROWS = 8_192  # a chunk's arrays stay in the processor's second cache
_WIDE_BYTES = 2**19  # of one half of a chunk, likewise

Octets = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shape:
    """What radix and length fix.

    Args:
        radix, length: of the numeral strings.
        u, v: numerals of the left and the right half.
        b, d: bytes of a half, and of the round function's output.
        moduli: radix**u and radix**v, for even and odd rounds.
    """

    radix: int
    length: int
    u: int
    v: int
    b: int
    d: int
    moduli: tuple[int, int]

    @staticmethod
    @lru_cache(maxsize=64)
    def of(radix: int, length: int) -> Shape:
        """The shape of strings of one radix and length."""
        u = length // 2
        v = length - u
        moduli = radix**u, radix**v
        b = -(-(moduli[1] - 1).bit_length() // 8)  # the standard's logarithms, in whole numbers
        return Shape(radix, length, u, v, b, 4 * -(-b // 4) + 4, moduli)


def lead(blocks: Blocks, shape: Shape, tweaks: Octets) -> Octets:
    """The CBC-MAC of what does not change with the round, up to and XORed into the block that holds the round.

    Args:
        blocks: the cipher.
        shape: of the strings.
        tweaks: shape (rows, tweak bytes); one row serves all.

    Returns: shape (rows, 16).
    """
    rows, size = tweaks.shape
    start = bytes([1, 2, 1]) + shape.radix.to_bytes(3, "big") + bytes([_ROUNDS, shape.u % 256])
    start += shape.length.to_bytes(4, "big") + size.to_bytes(4, "big")
    zeros = (-size - shape.b - 1) % BLOCK_BYTES
    text = np.zeros((rows, -(-(BLOCK_BYTES + size + zeros + 1) // BLOCK_BYTES) * BLOCK_BYTES), np.uint8)
    text[:, :BLOCK_BYTES] = np.frombuffer(start, np.uint8)
    text[:, BLOCK_BYTES : BLOCK_BYTES + size] = tweaks
    state = text[:, :BLOCK_BYTES].copy()
    for place in range(BLOCK_BYTES, text.shape[1], BLOCK_BYTES):
        state = blocks.encrypt(state) ^ text[:, place : place + BLOCK_BYTES]
    return state


class Rounds(ABC):
    """The rounds over a chunk of rows.

    Args:
        blocks: the cipher.
        shape: of the strings.
    """

    rows: int
    """Rows that are best in one chunk."""

    def __init__(self, blocks: Blocks, shape: Shape) -> None:
        self._blocks, self._shape = blocks, shape

    @abstractmethod
    def load(self, numerals: npt.NDArray[Any]) -> tuple[Any, Any]:
        """The two halves of each numeral string as columns of numbers. ``numerals`` has shape (rows, length)."""

    @abstractmethod
    def store(self, left: Any, right: Any, out: Numerals) -> None:
        """The inverse of ``load``; ``out`` has shape (rows, length) and no gaps."""

    @abstractmethod
    def _begin(self, leads: Octets, rows: int) -> None:
        """Make ready for so many rows."""

    @abstractmethod
    def _step(self, number: int, left: Any, right: Any, *, backwards: bool) -> Any:
        """``left`` plus, or ``backwards`` minus, the round function's y for ``right``, modulo; in place."""

    def run(self, left: Any, right: Any, leads: Octets, *, backwards: bool) -> tuple[Any, Any]:
        """All rounds.

        Args:
            left, right: the halves, as ``load`` yields them; overwritten.
            leads: from ``lead``, one row or as many as the halves.
            backwards: decrypt.
        """
        self._begin(leads, left.shape[-1])
        for number in reversed(range(_ROUNDS)) if backwards else range(_ROUNDS):
            if backwards:
                left, right = self._step(number, right, left, backwards=True), left
            else:
                left, right = right, self._step(number, left, right, backwards=False)
        return left, right


class WordRounds(Rounds):
    """Halves of at most 2**63 strings. Round and number then share one block, and one block is the whole output."""

    rows = _WORD_ROWS

    def __init__(self, blocks: Blocks, shape: Shape) -> None:
        super().__init__(blocks, shape)
        self._moduli = WordModulus(shape.moduli[0]), WordModulus(shape.moduli[1])
        self._input = np.empty((self.rows, 2), ">u8")

    def load(self, numerals: npt.NDArray[Any]) -> tuple[Words, Words]:
        """One word per half."""
        floats = numerals.astype(np.float64)
        radix, u = self._shape.radix, self._shape.u
        return words_of(floats[:, :u], radix), words_of(floats[:, u:], radix)

    def store(self, left: Words, right: Words, out: Numerals) -> None:
        """The inverse of ``load``."""
        numerals_of_words(left, self._shape.radix, out, 0, self._shape.u)
        numerals_of_words(right, self._shape.radix, out, self._shape.u, self._shape.length)

    def _begin(self, leads: Octets, rows: int) -> None:
        self._high, self._low = leads.view(">u8").astype(np.uint64).T
        self._block = self._input[:rows]
        self._block[:, 0] = self._high

    def _step(self, number: int, left: Words, right: Words, *, backwards: bool) -> Words:
        block, low = self._block, self._low
        if self._shape.b < 8:
            low = low ^ np.uint64(number << (8 * self._shape.b))
        else:
            block[:, 0] = self._high ^ np.uint64(number)
        block[:, 1] = right ^ low
        output = self._blocks.encrypt(block)
        y = output.view(">u8")[:, 0].astype(np.uint64)
        rest = output.view(">u4")[:, 2].astype(np.uint64) if self._shape.d > 8 else None
        modulus = self._moduli[number % 2]
        (modulus.subtract if backwards else modulus.add)(left, y, rest)
        return left


class WideRounds(Rounds):
    """Halves of any size, as limbs."""

    def __init__(self, blocks: Blocks, shape: Shape) -> None:
        super().__init__(blocks, shape)
        self._limbs = -(-shape.b // 4)
        self._moduli = WideModulus(shape.moduli[0], self._limbs + 1), WideModulus(shape.moduli[1], self._limbs + 1)
        self.rows = min(_WORD_ROWS, max(64, _WIDE_BYTES // (8 * self._limbs)))

    def load(self, numerals: npt.NDArray[Any]) -> tuple[Limbs, Limbs]:
        """One wide number per half."""
        radix, u = self._shape.radix, self._shape.u
        return limbs_of(numerals[:, :u], radix, self._limbs), limbs_of(numerals[:, u:], radix, self._limbs)

    def store(self, left: Limbs, right: Limbs, out: Numerals) -> None:
        """The inverse of ``load``."""
        numerals_of_limbs(left, self._shape.radix, out, 0, self._shape.u)
        numerals_of_limbs(right, self._shape.radix, out, self._shape.u, self._shape.length)

    def _begin(self, leads: Octets, rows: int) -> None:
        self._start = np.empty((rows, 4), np.uint32)
        self._start[...] = leads.view(np.uint32)

    def _step(self, number: int, left: Limbs, right: Limbs, *, backwards: bool) -> Limbs:
        wide = self._output(number, right)
        modulus = self._moduli[number % 2]
        (modulus.subtract if backwards else modulus.add)(left, wide)
        return left

    def _output(self, number: int, right: Limbs) -> Limbs:
        """The round function's y, of one limb more than a half."""
        state = self._start.copy()
        state.view(np.uint8)[:, BLOCK_BYTES - 1 - self._shape.b % BLOCK_BYTES] ^= number
        for above in range(self._shape.b // BLOCK_BYTES, -1, -1):  # blocks that follow this one
            for place in range(4 * above, min(4 * above + 4, self._limbs)):
                state[:, 4 * above + 3 - place] ^= right[place].astype(">u4").view(np.uint32)
            state[...] = self._blocks.encrypt(state).view(np.uint32)
        further = -(-self._shape.d // BLOCK_BYTES) - 1
        words = np.empty((1 + further, *state.shape), np.uint32)
        words[...] = state
        if further:
            words[1:, :, 3] ^= np.arange(1, 1 + further, dtype=">u4").view(np.uint32)[:, None]
            words[1:] = self._blocks.encrypt(words[1:]).view(np.uint32).reshape(further, *state.shape)
        wide = np.empty((self._limbs + 1, len(state)), np.int64)
        for place in range(self._limbs + 1):
            block, column = divmod(self._limbs - place, 4)
            wide[place] = words.view(">u4")[block, :, column]
        return wide
