"""Encrypt the digits of each value jointly: one number in a domain as large as the product of its alphabets.

Where all digits of a value have one radix, they are the numerals of FF1 in that radix; values of several radices are
ranked as mixed-radix numbers. The tweak tells the format and the pattern (the sequence of classes).

Source: NIST SP 800-38G.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import numpy.typing as npt

from anon_assets.crypto.ff1 import SMALLEST_DOMAIN
from anon_assets.transforms.fpe.alphabets import Alphabets
from anon_assets.transforms.fpe.ciphers import Ciphers, Numerals, Words
from anon_assets.transforms.fpe.mixed import encrypt_mixed
from anon_assets.transforms.fpe.text import Bools, Digits, Picked, Places

__all__ = ["Accept", "encrypt_jointly"]

Accept = Callable[[Numerals], Bools]
"""Which values are in the format, where not every sequence of digits is."""


def encrypt_jointly(
    picked: Picked, alphabets: Alphabets, ciphers: Ciphers, accept: Accept | None = None
) -> tuple[Digits, Bools]:
    """Every value's characters under one permutation of all values of its pattern.

    Args:
        picked: the characters of each value, and their alphabets.
        alphabets: of the format.
        ciphers: what encrypts.
        accept: results outside of the format are encrypted again (cycle walking); every value given is in the format.

    Returns: the digits in the same places, and which values were encrypted: not those of a domain that is too small.
    """
    digits, firsts = picked.digits, picked.firsts
    result = digits.copy()
    counts = np.diff(firsts)
    done = np.zeros(len(counts), np.bool_)
    if isinstance(picked.classes, int):
        names, several = np.full(len(counts), picked.classes), np.zeros(0, np.int64)
    else:
        names, several = _one_class(picked.classes, firsts, counts)
    for name, length, rows in _groups(names, counts):
        radix = alphabets.size(name)
        if radix**length >= SMALLEST_DOMAIN:
            done[rows] = True
            _whole(
                digits, result, firsts[rows], length, accept, partial(ciphers.numerals, radix), name.to_bytes(2, "big")
            )
        elif ciphers.permute_small and accept is None:
            done[rows] = True
            _small(digits, result, firsts[rows], radix, length, ciphers)
    if len(several):
        classes = np.asarray(picked.classes)
        done[several] = _several(digits, result, classes, firsts, alphabets, several, ciphers)
    return result, done


def _one_class(classes: npt.NDArray[np.unsignedinteger], firsts: Places, counts: Places) -> tuple[Places, Places]:
    """Per value the class of its characters where they share one, else 0; and the values of several."""
    names = np.zeros(len(counts), np.int64)
    some = np.flatnonzero(counts)
    if not len(some):
        return names, some
    least = np.minimum.reduceat(classes, firsts[some])
    most = np.maximum.reduceat(classes, firsts[some])
    names[some] = np.where(least == most, least, 0)
    return names, some[least != most]


def _groups(names: Places, counts: Places) -> Iterator[tuple[int, int, Places]]:
    """(name, length, values) of all values that share both, but for those with name 0 and those without characters."""
    known = np.flatnonzero(np.bincount(names))
    span = int(counts.max(initial=0)) + 1
    numbers = np.zeros(int(known[-1]) + 1 if len(known) else 1, np.int64)
    numbers[known] = np.arange(len(known)) * span
    group = numbers[names] + counts
    edges = np.cumsum(np.bincount(group, minlength=len(known) * span))
    order = np.argsort(group.astype(np.uint16) if len(known) * span < 2**16 else group, kind="stable")  # radix sort
    for place in np.flatnonzero(np.diff(edges, prepend=0)).tolist():
        name, length = int(known[place // span]), place % span
        if name and length:
            yield name, length, order[edges[place - 1] if place else 0 : edges[place]]


def _whole(
    digits: Digits,
    result: Digits,
    firsts: Places,
    length: int,
    accept: Accept | None,
    encrypt: Callable[[Numerals, bytes | Words, npt.DTypeLike], Numerals],
    pattern: bytes | Words,
) -> None:
    """FF1 in the one radix of all digits. Reads ``digits`` and writes ``result`` where ``firsts`` begin."""
    alike = len(firsts) * length == len(digits)  # all values have this length
    numerals = (
        digits.reshape(-1, length) if alike else _runs(digits, length)[firsts].view(digits.dtype).reshape(-1, length)
    )
    kind = result.dtype if accept is None else np.dtype(np.uint16)  # in which parts compute check digits
    made = encrypt(numerals, pattern, kind)
    todo = np.zeros(0, np.int64) if accept is None else np.flatnonzero(~accept(made))
    while len(todo) and accept is not None:
        made[todo] = encrypt(made[todo], pattern if isinstance(pattern, bytes) else pattern[todo], kind)
        todo = todo[~accept(made[todo])]
    if alike:
        result[:] = made.reshape(-1)
    else:
        runs = _runs(result, length)
        runs[firsts] = made.astype(result.dtype, copy=False).view(runs.dtype).reshape(-1)


def _runs(digits: Digits, length: int) -> npt.NDArray[np.void]:
    """Every ``length`` digits that follow one another, as one item: one copy for each value instead of one a digit."""
    kind = f"V{length * digits.itemsize}"
    return np.ndarray((len(digits) - length + 1,), kind, digits, 0, (digits.itemsize,))


def _small(digits: Digits, result: Digits, firsts: Places, radix: int, length: int, ciphers: Ciphers) -> None:
    """The lookup permutation of a domain below a million."""
    where = firsts[:, None] + np.arange(length)
    powers = radix ** np.arange(length - 1, -1, -1)
    made = ciphers.small(radix**length, (digits[where] @ powers).astype(np.uint64)).astype(np.int64)
    result[where] = made[:, None] // powers % radix


def _several(
    digits: Digits,
    result: Digits,
    classes: npt.NDArray[np.unsignedinteger],
    all_firsts: Places,
    alphabets: Alphabets,
    rows: Places,
    ciphers: Ciphers,
) -> Bools:
    """Values whose characters are of several classes. Returns which of them were encrypted."""
    firsts, counts = all_firsts[rows], np.diff(all_firsts)[rows]
    length = int(counts[0])
    alike = len(rows) * length == len(classes) and bool((classes.reshape(-1, length) == classes[:length]).all())
    if alike and (counts == length).all():  # one pattern: what is known of the first value is known of all
        radices = alphabets.sizes(classes[:length])
        patterns = np.repeat(_patterns(classes[:length], np.array([0, length])), len(rows))
        starts = np.zeros(len(rows), np.int64)
        least, most = np.full(len(rows), radices.min()), np.full(len(rows), radices.max())
    else:
        radices = alphabets.sizes(classes)
        patterns = _patterns(classes, all_firsts)[rows]
        starts = firsts
        edges = np.stack([firsts, firsts + counts], axis=1).reshape(-1)
        padded = np.append(radices, 0)
        least, most = np.minimum.reduceat(padded, edges)[::2], np.maximum.reduceat(padded, edges)[::2]
    done = np.zeros(len(rows), np.bool_)
    mixed = np.flatnonzero((least != most) | (least.astype(np.float64) ** np.minimum(counts, 20) < SMALLEST_DOMAIN))
    for radix, length, group in _groups(np.where(least == most, least, 0), counts):
        if radix**length >= SMALLEST_DOMAIN:
            done[group] = True
            encrypt = partial(ciphers.numerals, radix)
            _whole(digits, result, firsts[group], length, None, encrypt, patterns[group])
    if len(mixed):
        of_mixed = starts[mixed], firsts[mixed], counts[mixed], patterns[mixed]
        done[mixed] = encrypt_mixed(digits, result, radices, *of_mixed, ciphers)
    return done


def _patterns(classes: npt.NDArray[np.unsignedinteger], firsts: Places) -> Words:
    """A number per value for its sequence of classes. It need not be secret, and a collision does no harm."""
    counts = np.diff(firsts)
    places = np.arange(len(classes)) - np.repeat(firsts[:-1], counts)
    mixed = classes.astype(np.uint64) << np.uint64(32) | places.astype(np.uint64)
    for factor in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB):  # the finaliser of splitmix64
        mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(factor)
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed ^ mixed >> np.uint64(31))])
    return np.asarray(total[firsts[1:]] - total[firsts[:-1]])
