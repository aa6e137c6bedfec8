"""Numeral strings as numbers and back, whole columns at a time: 64-bit words for short strings, limbs for long ones.

A numeral string of length m in radix r is a row of m numerals, most significant first. A column of wide numbers is an
int64 array of shape (limbs, rows): 32-bit limbs, least significant first, each row of the array one limb of every number.

Conversions between bases are products with a matrix of weights in float64. They are exact: every partial sum is a whole
number below 2**53.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from anon_assets.errors import TransformError

__all__ = [
    "Numerals", "check_numerals", "check_radix", "limbs_of", "numerals_of_limbs", "numerals_of_words", "words_of",
]  # fmt: skip

MOST_RADIX = 2**16
_EXACT = 2**53  # whole numbers up to here have a float64
_BLOCK = 256  # digits in one product; 256 products of two numbers below 2**16 stay far below 2**53
_TABLE_BYTES = 2**19  # of numerals by number: it should stay in the processor's second cache
_HALF_LIMB = 16

Words = npt.NDArray[np.uint64]
Limbs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Numerals = npt.NDArray[np.unsignedinteger]


def check_radix(where: str, radix: int) -> None:
    """Refuse a radix outside 2 to 65536. Raises: TransformError."""
    if not 2 <= radix <= MOST_RADIX:
        raise TransformError(where, f"a radix of {radix}", f"2 to {MOST_RADIX} are possible")


def check_numerals(where: str, numerals: npt.NDArray[Any], radix: int) -> None:
    """Refuse what is not a column of numeral strings.

    Args:
        where: who asks, for the error.
        numerals: should have an unsigned integer type, shape (rows, length) and every number below ``radix``.
        radix: 2 to 65536.

    Raises: TransformError; it counts the values with a numeral that is too large and shows none.
    """
    if numerals.ndim != 2 or numerals.dtype.kind != "u":
        what = f"numerals of type {numerals.dtype} in {numerals.ndim} dimensions"
        raise TransformError(where, what, "give unsigned integers of shape (rows, length)")
    if numerals.size and int(numerals.max()) >= radix:
        count = int(np.count_nonzero((numerals >= radix).any(axis=1)))
        raise TransformError(where, f"{count} of {len(numerals)} values have a numeral that radix {radix} lacks")


def _digits(number: int, base: int, count: int) -> list[int]:
    """Digits of one number, least significant first."""
    digits = []
    for _ in range(count):
        number, digit = divmod(number, base)
        digits.append(digit)
    return digits


@lru_cache(maxsize=64)
def _weights(source: int, places: int, target: int, digits: int) -> Floats:
    """The weight of each place of a string in base ``source``, most significant first, in digits of base ``target``.

    Returns: shape (digits, places), least significant digit first.
    """
    return np.array(
        [_digits(source**place, target, digits) for place in range(places - 1, -1, -1)], np.float64
    ).T.copy()


def _digits_needed(number: int, base: int) -> int:
    """Digits that every number below ``number`` fits into."""
    count, reached = 0, 1
    while reached < number:
        count, reached = count + 1, reached * base
    return count


def _carried(total: Floats, base: int) -> Words:
    """Digits below ``base`` of the same values; nothing carries out of the last."""
    digits = total.astype(np.uint64)
    divisor = np.uint64(base)
    for place in range(len(digits) - 1):
        carry = digits[place] // divisor
        digits[place + 1] += carry
        digits[place] -= carry * divisor
    return digits


def _rebased(digits: npt.NDArray[Any], source: int, target: int, count: int) -> Words:
    """Numbers written in one base, in another.

    Args:
        digits: shape (places, rows), most significant first, each below ``source``.
        source: 2 to 2**16.
        target: 2 to 2**16.
        count: digits wanted; every number fits.

    Returns: shape (count, rows), least significant first.
    """
    first = len(digits) % _BLOCK or _BLOCK
    result = _carried(_weights(source, first, target, count) @ digits[:first].astype(np.float64), target)
    width = min(count, _digits_needed(source**_BLOCK, target) + 1) if first < len(digits) else 0
    for start in range(first, len(digits), _BLOCK):  # Horner's rule, a block of digits at a time
        total = np.zeros(result.shape)
        total[:width] = _weights(source, _BLOCK, target, width) @ digits[start : start + _BLOCK].astype(np.float64)
        for place, digit in enumerate(_digits(source**_BLOCK, target, width)):
            total[place:] += result[: count - place] * digit
        result = _carried(total, target)
    return result


@lru_cache(maxsize=64)
def _word_weights(radix: int, length: int) -> tuple[Floats, ...]:
    """Weights of the numerals of a word: one vector where a sum is exact in float64, else its low and high 32 bits."""
    weights = [radix**place for place in range(length - 1, -1, -1)]
    if radix**length <= _EXACT:
        return (np.array(weights, np.float64),)
    return (
        np.array([weight % 2**32 for weight in weights], np.float64),
        np.array([weight >> 32 for weight in weights], np.float64),
    )


def words_of(numerals: npt.NDArray[Any], radix: int) -> Words:
    """Each numeral string as a number.

    Args:
        numerals: shape (rows, length), each below ``radix``; float64 saves a copy.
        radix: 2 to 65536; ``radix**length`` is at most 2**63.

    Returns: shape (rows,).

    >>> words_of(np.array([[4, 2], [0, 7]], np.uint8), 10).tolist()
    [42, 7]
    """
    floats = numerals.astype(np.float64, copy=False)
    low, *high = (floats @ weights for weights in _word_weights(radix, numerals.shape[1]))
    words = low.astype(np.uint64)
    for part in high:
        words += part.astype(np.uint64) << np.uint64(32)
    return words


def limbs_of(numerals: npt.NDArray[Any], radix: int, limbs: int) -> Limbs:
    """Each numeral string as a wide number.

    Args:
        numerals: shape (rows, length), each below ``radix``.
        radix: 2 to 65536.
        limbs: 32-bit limbs per number; ``radix**length`` is at most ``2**(32 * limbs)``.

    Returns: shape (limbs, rows), least significant limb first.

    >>> limbs_of(np.array([[1] + [0] * 10], np.uint8), 10, 2).ravel().tolist() == [10**10 % 2**32, 10**10 >> 32]
    True
    """
    halves = _rebased(numerals.T, radix, 2**_HALF_LIMB, 2 * limbs).view(np.int64)
    return halves[::2] + (halves[1::2] << _HALF_LIMB)


@lru_cache(maxsize=64)
def _group(radix: int) -> int:
    """Numerals that are looked up at once."""
    size = 1
    while radix ** (size + 1) <= 2**16 and 2 * (size + 1) * radix ** (size + 1) <= _TABLE_BYTES:
        size += 1
    return size


@lru_cache(maxsize=16)
def _table(radix: int, size: int, kind: np.dtype[np.unsignedinteger], spare: int) -> npt.NDArray[np.void]:
    """``size`` numerals of ``kind`` by the number that they write, as one item that begins with ``spare`` bytes of zero."""
    numbers = np.arange(radix**size, dtype=np.uint32)
    powers = np.array([radix**place for place in range(size - 1, -1, -1)], np.uint32)
    numerals = (numbers[:, None] // powers % np.uint32(radix)).astype(kind).view(np.uint8)
    return np.pad(numerals, [(0, 0), (spare, 0)]).view(f"V{spare + numerals.shape[1]}").reshape(-1)


def _write(group: npt.NDArray[np.int64], radix: int, out: Numerals, first: int, start: int, stop: int) -> None:
    """The numerals of each number into the columns from ``start`` to ``stop`` of ``out``, whose rows have no gaps.

    Columns from ``first`` to ``start`` are written later: zeros may be left in them, since items of 2, 4 or 8 bytes are
    copied three times as fast as others.
    """
    size, width = stop - start, out.itemsize
    if size == 1:
        out[:, start] = group
        return
    spare = (1 << (size * width - 1).bit_length()) - size * width
    if spare > (start - first) * width:
        spare = 0
    items = np.ndarray(len(out), f"V{spare + size * width}", out.data, start * width - spare, (out.strides[0],))
    items[...] = _table(radix, size, out.dtype, spare).take(group)


def numerals_of_words(words: Words, radix: int, out: Numerals, start: int, stop: int) -> None:
    """The inverse of ``words_of``, into columns ``start`` to ``stop`` of ``out``.

    Args:
        words: shape (rows,), each below ``radix**(stop - start)``.
        radix: 2 to 65536.
        out: of a type that holds the radix's numerals; shape (rows, length), rows without gaps.
        start: first column.
        stop: column after the last.
    """
    size = _group(radix)
    base, rest = np.uint64(radix**size), words
    while stop - start > size:
        above = rest // base
        _write((rest - above * base).view(np.int64), radix, out, start, stop - size, stop)
        rest, stop = above, stop - size
    _write(rest.view(np.int64), radix, out, start, start, stop)


def numerals_of_limbs(wide: Limbs, radix: int, out: Numerals, start: int, stop: int) -> None:
    """The inverse of ``limbs_of``, into columns ``start`` to ``stop`` of ``out``.

    Args:
        wide: shape (limbs, rows), each number below ``radix**(stop - start)``.
        radix: 2 to 65536.
        out: of a type that holds the radix's numerals; shape (rows, length), rows without gaps.
        start: first column.
        stop: column after the last.
    """
    size = _group(radix)
    halves = np.empty((2 * len(wide), wide.shape[1]), np.int64)
    halves[1::2] = wide[::-1] & (2**_HALF_LIMB - 1)
    halves[::2] = wide[::-1] >> _HALF_LIMB
    groups = -(-(stop - start) // size)
    for group in _rebased(halves, 2**_HALF_LIMB, radix**size, groups).view(np.int64):
        _write(group, radix, out, start, max(start, stop - size), stop)
        stop -= size
