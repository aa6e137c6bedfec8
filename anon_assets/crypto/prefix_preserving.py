"""Prefix-preserving permutations of IPv4 and IPv6 addresses, whole columns at a time.

Such a permutation flips each bit of an address or leaves it, as a keyed function of the plain bits before it decides.
Two addresses that agree in their first k bits and no further then have images that agree in their first k bits and no
further. The schemes (ipcrypt-pfx, Crypto-PAn) differ in that function alone.

Addresses are 64-bit words in native order: ``low`` holds an IPv4 address, or the lower half of an IPv6 address with the
upper half in ``high``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from anon_assets.parallel import in_parallel, slices

__all__ = ["Bits", "Flips", "Words", "permute"]

Words = npt.NDArray[np.uint64]
Bits = npt.NDArray[np.uint8]

_CHUNK_ROWS = 8_192  # eight blocks per row and their encryption are two megabytes
_EVERY = slice(None)
_ONE = np.uint8(1)
_EIGHT = np.arange(8, dtype=np.uint64)[:, None]
_PLACES = np.arange(7, -1, -1, dtype=np.uint8)[:, None]


class Flips(Protocol):
    """The keyed function of a scheme."""

    def __call__(self, lengths: Words, low: Words, high: Words | None, /) -> Bits:
        """Whether to flip the bit that follows each prefix.

        Args:
            lengths: shape (k, 1): bits of the prefixes, from 8 j to 8 j + 7 for one j.
            low: shape (n,): addresses, of which only the first ``lengths`` bits count.
            high: shape (n,): their upper halves; None for IPv4.

        Returns: shape (k, n), of which the last bit counts: whether the bit after so many bits of the address flips.
        """


def permute(
    flips: Callable[[], Flips],
    low: Words,
    high: Words | None = None,
    *,
    inverse: bool = False,
    passed: Bits | None = None,
) -> tuple[Words, Words | None]:
    """The image of every address or, with ``inverse``, the address of every image.

    Equal prefixes are worked on once: addresses are sorted, and a byte of the image is computed for each distinct prefix
    that ends with it. IPv6 addresses, which cost seven times as much, are worked on in several threads.

    Args:
        flips: makes the scheme's function; each thread has its own.
        low: IPv4 addresses, or the lower halves of IPv6 addresses.
        high: the upper halves of IPv6 addresses; None for IPv4.
        inverse: undo.
        passed: per address, how many leading bits pass as they are. This number has to follow from just these bits: two
            addresses that agree in as many bits as one of them passes both pass so many. Then prefixes stay preserved,
            an image passes as many bits as its address, and ``inverse`` undoes it.

    Returns: low and high, in the same order; high is None for IPv4.
    """
    order, low, high = _ascending(low, high)
    made_low, made_high = np.empty_like(low), None if high is None else np.empty_like(high)

    def work(part: slice) -> None:
        own = flips()
        for chunk in slices(part.stop - part.start, _CHUNK_ROWS):
            at = slice(part.start + chunk.start, part.start + chunk.stop)
            rows = order[at]
            own_high, own_passed = None if high is None else high[at], None if passed is None else passed[rows]
            made_low[rows], upper = _permuted(own, low[at], own_high, own_passed, inverse=inverse)
            if made_high is not None and upper is not None:
                made_high[rows] = upper

    threads = 1 if high is None else pl.thread_pool_size()
    in_parallel(work, slices(len(low), max(_CHUNK_ROWS, -(-len(low) // threads))))
    return made_low, made_high


def _ascending(low: Words, high: Words | None) -> tuple[npt.NDArray[np.intp], Words, Words | None]:
    """The addresses in ascending order, after the position where each of them was."""
    if high is not None:
        order = np.argsort(high)
        upper = high[order]
        if (upper[1:] == upper[:-1]).any():
            order = np.lexsort((low, high))
            upper = high[order]
        return order, low[order], upper
    tagged = low << np.uint64(32) | np.arange(len(low), dtype=np.uint64)  # numbers sort faster than positions do
    tagged.sort()
    return (tagged & np.uint64(0xFFFFFFFF)).astype(np.intp), tagged >> np.uint64(32), None


def _permuted(
    flips: Flips, low: Words, high: Words | None, passed: Bits | None, *, inverse: bool
) -> tuple[Words, Words | None]:
    """``permute`` for sorted addresses: byte by byte, each for the distinct prefixes that end with it."""
    made_low, made_high = np.zeros_like(low), None if high is None else np.zeros_like(high)
    fresh = np.zeros(len(low), bool)  # where the prefix differs from that of the row before
    fresh[:1] = True
    starts: npt.NDArray[np.intp] | slice = np.flatnonzero(fresh)
    for length in range(0, 32 if high is None else 128, 8):
        place = np.uint64((24 if high is None else 56) - length % 64)  # of the byte in its word
        in_high = high is not None and made_high is not None and length < 64
        word, made = (high, made_high) if in_high else (low, made_low)
        assert word is not None and made is not None  # noqa: S101 there are both halves or none
        byte = (word >> place).astype(np.uint8)
        if starts is not _EVERY:
            fresh[1:] |= byte[1:] != byte[:-1]
            starts = _EVERY if fresh.all() else np.flatnonzero(fresh)
        own = None if passed is None else passed[starts]
        if inverse:  # what is known of the plain address is what was made so far
            known_low, known_high = made_low[starts], None if made_high is None else made_high[starts]
            image = _decrypted(flips, length, known_low, known_high, byte[starts], own)
        else:
            image = _encrypted(flips, length, low[starts], None if high is None else high[starts], byte[starts], own)
        if starts is not _EVERY:
            image = image[np.cumsum(fresh) - 1]
        made |= image.astype(np.uint64) << place
    return made_low, made_high


def _encrypted(flips: Flips, length: int, low: Words, high: Words | None, byte: Bits, passed: Bits | None) -> Bits:
    """The image of the byte after ``length`` bits: eight bits at once, since all plain bits are known."""
    lengths = np.uint64(length) + _EIGHT
    flip = flips(lengths, low, high) & _ONE
    if passed is not None:
        flip &= passed <= lengths
    flip <<= _PLACES
    return np.asarray(byte ^ np.bitwise_or.reduce(flip, axis=0))


def _decrypted(flips: Flips, length: int, low: Words, high: Words | None, byte: Bits, passed: Bits | None) -> Bits:
    """The plain byte after ``length`` bits: bit by bit, since each is needed for the next. ``low``, ``high`` are filled."""
    known = high if high is not None and length < 64 else low
    place = np.uint64((24 if high is None else 56) - length % 64)
    for number in range(8):
        flip = flips(np.uint64(length) + _EIGHT[number : number + 1], low, high)[0]
        if passed is not None:
            flip = flip * (passed <= length + number)
        bit = (byte >> _PLACES[number] ^ flip) & _ONE
        known |= bit.astype(np.uint64) << (place + _PLACES[number])
    return (known >> place).astype(np.uint8)
