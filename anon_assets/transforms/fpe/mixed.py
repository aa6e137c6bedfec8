"""Encrypt values that mix radices, whatever the pattern of each, all of about one size at a time.

A value is ranked as a mixed-radix number below N, the product of its radices. FF1 in radix 2 encrypts as many bits as hold
N, again and again until the result is below N: a permutation of [0, N), after less than two rounds on average. The
pattern is the tweak, so that each has a permutation of its own.

Source: Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002 (cycle walking).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anon_assets.crypto.ff1 import SMALLEST_DOMAIN
from anon_assets.transforms.fpe.ciphers import Ciphers, Words
from anon_assets.transforms.fpe.text import Bools, Digits, Places

__all__ = ["encrypt_mixed"]

Limbs = list[Words]  # 32 bits each, least significant first

_CHUNK_DIGITS = 262_144  # of all positions of a chunk
_PAIR_BITS = 126  # two halves of 63 bits
_SHIFT = np.uint64(32)
_MASK = np.uint64(0xFFFFFFFF)
_POINT = 32  # binary digits after the point of a logarithm


def encrypt_mixed(
    digits: Digits,
    result: Digits,
    radices: npt.NDArray[np.int64],
    starts: Places,
    firsts: Places,
    counts: Places,
    patterns: Words,
    ciphers: Ciphers,
) -> Bools:
    """Read values from ``digits`` and write them, encrypted, to ``result``.

    Args:
        digits: of all values.
        result: as long.
        radices: of digits.
        starts: where the radices of each value to encrypt begin; values may share them.
        firsts: where the digits of each begin.
        counts: how many digits it has, at least one.
        patterns: a number that tells its pattern from others.
        ciphers: what encrypts.

    Returns: which of them were encrypted: not those of a domain that is too small.
    """
    done = np.ones(len(firsts), np.bool_)
    bits = _bits(radices, starts, counts)
    small = np.flatnonzero(bits <= SMALLEST_DOMAIN.bit_length())
    if len(small):
        sizes = _products(radices, starts[small], counts[small])
        small, sizes = small[sizes < SMALLEST_DOMAIN], sizes[sizes < SMALLEST_DOMAIN]
        done[small] = ciphers.permute_small
        bits[small] = 0
        for size in np.unique(sizes).tolist() if ciphers.permute_small else []:
            rows = small[sizes == size]
            block = _Block(digits, radices, starts[rows], firsts[rows], counts[rows], 32)
            made = ciphers.small(size, block.rank[0])
            block.write([made], result)
    order = np.argsort(bits, kind="stable")
    edges = np.flatnonzero(np.diff(bits[order], prepend=-1, append=-1))
    for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        length = int(bits[order[begin]])
        if length:
            rows = order[begin:end]
            step = max(1_024, _CHUNK_DIGITS // int(counts[rows].max()))
            for first in range(0, len(rows), step):
                part = rows[first : first + step]
                block = _Block(digits, radices, starts[part], firsts[part], counts[part], length)
                block.write(_walked(block.rank, block.size, length, patterns[part], ciphers), result)
    return done


def _bits(radices: npt.NDArray[np.int64], starts: Places, counts: Places) -> Places:
    """Bits of the domain of each value: ``2**bits`` is above N and not above 2 N, but for N near a power of two.

    Logarithms are added in fixed point, so that a pattern has the same bits in every batch and on every machine. Each is
    rounded by half a unit at most, which is made up for by one for each.
    """
    logs = np.rint(np.log2(radices.astype(np.float64)) * 2.0**_POINT).astype(np.int64)
    total = np.concatenate([[0], np.cumsum(logs)])
    return np.asarray(((total[starts + counts] - total[starts] + counts) >> _POINT) + 1)


def _products(radices: npt.NDArray[np.int64], starts: Places, counts: Places) -> Places:
    """N of each of these values, which is small."""
    product = np.ones(len(starts), np.int64)
    for place in range(int(counts.max())):
        inside = counts > place
        product[inside] *= radices[starts[inside] + place]
    return product


class _Block:
    """Values of one chunk, a digit's position at a time; values that have ended have radix 1 and digit 0.

    Positions are taken together while their radices' product stays below 2**32, so that wide arithmetic is done once for
    several digits.
    """

    def __init__(
        self,
        digits: Digits,
        radices: npt.NDArray[np.int64],
        starts: Places,
        firsts: Places,
        counts: Places,
        bits: int,
    ) -> None:
        width = int(counts.max())
        places = np.arange(width)
        self._where = firsts[:, None] + places
        self._inside: Bools | None = None
        if (counts == width).all():
            own = starts[:1] if (starts == starts[0]).all() else starts  # one column of radices may be that of all
            self._radices = radices.take(own[:, None] + places).T.astype(np.uint32)
            numbers = digits.take(self._where).T.astype(np.uint32)
        else:
            self._inside = places < counts[:, None]
            within = np.minimum(starts[:, None] + places, len(radices) - 1)
            self._radices = np.where(self._inside, radices.take(within), 1).T.astype(np.uint32)
            within = np.minimum(self._where, len(digits) - 1)
            numbers = np.where(self._inside, digits.take(within), 0).T.astype(np.uint32)
        per = max(1, int(32 / np.log2(int(self._radices.max())) - 1e-9))
        self._groups = [(begin, min(begin + per, width)) for begin in range(0, width, per)]
        self.rank: Limbs = [np.zeros(len(firsts), np.uint64) for _ in range(-(-bits // 32))]
        self.size: Limbs = [np.full(len(firsts), number == 0, np.uint64) for number in range(-(-bits // 32))]
        self._products = []
        for begin, end in self._groups:
            word, product = numbers[begin].copy(), self._radices[begin].copy()
            for place in range(begin + 1, end):
                word = word * self._radices[place] + numbers[place]
                product *= self._radices[place]
            self._products.append(product.astype(np.uint64))
            _extend(self.rank, self._products[-1], word.astype(np.uint64))
            _extend(self.size, self._products[-1], np.uint64(0))

    def write(self, rank: Limbs, result: Digits) -> None:
        """Write the digits of ``rank``, which is used up, where the values were read."""
        columns = np.empty(self._where.shape[::-1], result.dtype)
        for (begin, end), product in zip(reversed(self._groups), reversed(self._products), strict=True):
            rest = np.zeros(len(self._where), np.uint64)
            divisor = product[0] if (product == product[0]).all() else product
            for place in range(len(rank) - 1, -1, -1):
                rest = rest << _SHIFT | rank[place]
                rank[place] = rest // divisor
                rest -= rank[place] * divisor
            word = rest.astype(np.uint32)
            for place in range(end - 1, begin, -1):
                radix = self._radices[place]
                quotient = word // (radix[0] if (radix == radix[0]).all() else radix)
                columns[place] = word - quotient * radix
                word = quotient
            columns[begin] = word
        if self._inside is None:
            result[self._where] = columns.T
        else:
            result[self._where[self._inside]] = columns.T[self._inside]


def _extend(limbs: Limbs, factor: Words, summand: Words | np.uint64) -> None:
    """``limbs * factor + summand``, both below 2**32."""
    carry: Words | np.uint64 = summand
    for place, limb in enumerate(limbs):
        product = limb * factor + carry
        limbs[place] = product & _MASK
        carry = product >> _SHIFT


def _walked(rank: Limbs, size: Limbs, bits: int, patterns: Words, ciphers: Ciphers) -> Limbs:
    """Each rank under the permutation of its [0, size)."""
    current, bound = rank, size
    todo = np.arange(len(rank[0]))
    result = [np.empty_like(limb) for limb in rank]
    while len(todo):
        current = _once(current, bits, patterns[todo], ciphers)
        below = _below(current, bound)
        for limb, made in zip(current, result, strict=True):
            made[todo[below]] = limb[below]
        todo = todo[~below]
        current, bound = [limb[~below] for limb in current], [limb[~below] for limb in bound]
    return result


def _below(one: Limbs, other: Limbs) -> Bools:
    less = np.zeros(len(one[0]), np.bool_)
    for left, right in zip(one, other, strict=True):  # the most significant limb has the last word
        less = (left < right) | ((left == right) & less)
    return less


def _once(limbs: Limbs, bits: int, patterns: Words, ciphers: Ciphers) -> Limbs:
    """One FF1 permutation of all numbers of so many bits."""
    if bits > _PAIR_BITS:
        octets = np.stack(limbs[::-1], axis=1).astype(">u4").view(np.uint8)
        numerals = np.unpackbits(octets, axis=1)[:, -bits:].astype(np.uint16)
        made = np.zeros((len(numerals), 32 * len(limbs)), np.uint8)
        made[:, -bits:] = ciphers.numerals(2, numerals, patterns)
        words = np.packbits(made, axis=1).view(">u4").astype(np.uint64)
        return [np.ascontiguousarray(words[:, place]) for place in range(len(limbs) - 1, -1, -1)]
    low = limbs[0] | limbs[1] << _SHIFT if len(limbs) > 1 else limbs[0]
    high = limbs[2] if len(limbs) > 2 else np.zeros_like(low)
    high = high | limbs[3] << _SHIFT if len(limbs) > 3 else high
    lower = np.uint64(bits - bits // 2)
    a = low >> lower | high << (np.uint64(64) - lower)
    a, b = ciphers.pairs(2, a, low & ((np.uint64(1) << lower) - np.uint64(1)), bits, patterns)
    low, high = b | a << lower, a >> (np.uint64(64) - lower)
    return [low & _MASK, low >> _SHIFT, high & _MASK, high >> _SHIFT][: len(limbs)]
