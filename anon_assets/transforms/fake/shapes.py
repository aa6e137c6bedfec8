"""Values drawn anew within the shape of the given ones: digits, letters, lengths, address families.

Every function takes uniform 64-bit words of shape (rows, 4) and gives as many texts.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from anon_assets.transforms.fake.pools import lorem

__all__ = ["addresses", "phones", "postal_codes", "prose"]

Words = npt.NDArray[np.uint64]

_PER_WORD = 9  # characters drawn from one word: 100**9 < 2**64
_SLAB = 4_000_000  # characters of prose made at a time
_NET_V4 = 10 << 24
_SHORT_V4, _LONG_V4, _LONG_V6 = 14, 18, 43  # characters: v4, v4 with /nn, v6 with /nnn


def _buffers(text: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Offsets from zero and a writable copy of the characters of a column of ASCII text."""
    array: Any = text.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    offsets = np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array) + 1]
    data = array.buffers()[2]
    characters = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]] if data else np.zeros(0, np.uint8)
    return offsets - offsets[0], characters.copy()


def _series(offsets: npt.NDArray[np.int64], characters: npt.NDArray[np.uint8]) -> pl.Series:
    import pyarrow as pa

    array = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(characters))
    return pl.Series(pl.from_arrow(array))


def _ascii(text: pl.Series, letters: str) -> pl.Series:
    """As many characters, ASCII only: other punctuation as ``-``, other spaces as a space, letters as ``letters``."""
    if text.str.len_bytes().sum() != text.str.len_chars().sum():
        text = _transliterated(text, letters)
    blank = ~text.str.contains("[0-9A-Za-z]")
    return text.zip_with(~blank, text.str.replace_all("(?s).", "1")) if blank.any() else text


def _transliterated(text: pl.Series, letters: str) -> pl.Series:
    text = text.str.replace_all(r"[\p{P}&&[^\x00-\x7F]]", "-").str.replace_all(r"[\p{Z}&&[^\x00-\x7F]]", " ")
    return text.str.replace_all(r"[\p{L}&&[^\x00-\x7F]]", letters).str.replace_all(r"[^\x00-\x7F]", "1")


def _redrawn(text: pl.Series, words: Words, kept: npt.NDArray[np.int64]) -> pl.Series:
    """ASCII digits and letters drawn anew, each in its class, except among the first ``kept`` characters of a value.

    The first digit drawn in a value stays non-zero when it was.
    """
    offsets, characters = _buffers(text)
    row = np.repeat(np.arange(len(text)), np.diff(offsets))
    digit = (characters >= ord("0")) & (characters <= ord("9"))
    lower = (characters >= ord("a")) & (characters <= ord("z"))
    upper = (characters >= ord("A")) & (characters <= ord("Z"))
    drawn = (digit | lower | upper) & (np.arange(len(characters)) - offsets[:-1][row] >= kept[row])
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(drawn)])
    places = np.flatnonzero(drawn)
    row, rank = row[places], before[places] - before[offsets[:-1]][row[places]]
    powers = np.uint64(100) ** np.arange(_PER_WORD, dtype=np.uint64)
    number = words[row, rank // _PER_WORD % words.shape[1]] // powers[rank % _PER_WORD]
    old = characters[places]
    leading = (rank == 0) & (old != ord("0"))
    new = np.where(leading, number % np.uint64(9) + np.uint64(ord("1")), number % np.uint64(10) + np.uint64(ord("0")))
    if lower.any() or upper.any():
        letter = number % np.uint64(26)
        new = np.where(lower[places], letter + np.uint64(ord("a")), new)
        new = np.where(upper[places], letter + np.uint64(ord("A")), new)
    characters[places] = new.astype(np.uint8)
    return _series(offsets, characters)


@cache
def _country_codes() -> str:
    import phonenumbers

    codes = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE, reverse=True)
    return rf"^(\s*\+ ?(?:{'|'.join(map(str, codes))}))[^0-9]*[0-9]"


def phones(text: pl.Series, words: Words) -> pl.Series:
    """Same length and punctuation, other digits. A country code after + and leading zeros stay; letters give digits."""
    text = _ascii(text, "1").str.replace_all("[A-Za-z]", "1")
    kept = np.zeros(len(text), np.int64)
    for begins, pattern in ((r"^\s*\+", _country_codes()), ("^[^0-9+]*0", "^([^0-9+]*0+)[^0-9]*[1-9]")):
        rows = text.str.contains(begins)
        kept[rows.to_numpy()] = text.filter(rows).str.extract(pattern, 1).str.len_bytes().fill_null(0).to_numpy()
    return _redrawn(text, words, kept)


def postal_codes(text: pl.Series, words: Words) -> pl.Series:
    """Same length and punctuation, other digits and other letters of the same case."""
    return _redrawn(_ascii(text, "A"), words, np.zeros(len(text), np.int64))


def prose(lengths: npt.NDArray[np.int64], word: npt.NDArray[np.uint64]) -> pl.Series:
    """Latin pseudo-words of exactly so many characters each; the last word may be cut."""
    stream, begins = lorem()
    starts = begins[(word % np.uint64(len(begins))).astype(np.int64)]
    ends = np.cumsum(lengths)
    cuts = [0, *(np.flatnonzero(np.diff(ends // _SLAB)) + 1).tolist(), len(lengths)]
    parts = []
    for first, last in pairwise(cuts):
        own = lengths[first:last]
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(own)])
        index = np.arange(offsets[-1]) + np.repeat(starts[first:last] - offsets[:-1], own)
        characters = stream[index % len(stream)]
        tails = offsets[1:][own > 0] - 1
        characters[tails] = np.where(characters[tails] == ord(" "), ord("s"), characters[tails])
        parts.append(_series(offsets, characters))
    return pl.concat(parts) if parts else pl.Series(dtype=pl.String)


@cache
def _hexadecimal() -> pl.Series:
    return pl.Series([f"{number:x}" for number in range(1 << 16)])


def addresses(text: pl.Series, words: Words, room: int | None, *, network: bool) -> pl.Series:
    """IPv4 in 10.0.0.0/8, IPv6 in fd00::/8 (RFC 1918, RFC 4193) by the family of the given one, with its /prefix.

    Args:
        text: what has a colon is IPv6, all else IPv4.
        words: uniform words.
        room: most characters; from 15 on. Prefixes and long IPv6 forms are left out where they do not fit.
        network: host bits are zero, as the type cidr needs them.
    """
    suffix = text.str.extract("(/[0-9]{1,3})$", 1).fill_null("")
    six = text.str.contains(":", literal=True)
    width = np.where(six.to_numpy(), 128, 32)
    prefix = np.minimum(suffix.str.strip_prefix("/").cast(pl.Int64, strict=False).fill_null(128).to_numpy(), width)
    if not network:
        prefix = width
    host = (32 - np.minimum(prefix, 32)).astype(np.uint64)
    four = (np.uint64(_NET_V4) | words[:, 0] & np.uint64(0xFFFFFF)) >> host << host
    octets = [pl.Series((four >> np.uint64(shift) & np.uint64(255)).astype(np.uint8)).cast(pl.String)
              for shift in (24, 16, 8, 0)]  # fmt: skip
    groups = [np.uint64(0xFD00) | words[:, 0] >> np.uint64(56)]
    groups += [words[:, 0] >> np.uint64(shift) & np.uint64(0xFFFF) for shift in (32, 16, 0)]
    groups += [words[:, 1] >> np.uint64(shift) & np.uint64(0xFFFF) for shift in (48, 32, 16, 0)]
    for number in range(8):
        cleared = (16 - np.clip(prefix - 16 * number, 0, 16)).astype(np.uint64)
        groups[number] = groups[number] >> cleared << cleared
    written = [_hexadecimal().gather(group.astype(np.uint32)) for group in groups]
    if room is not None and room < _LONG_V6:
        long_six = "fd00::" + written[6] + ":" + written[7]
        suffix_six = pl.Series([""]).new_from_index(0, len(text))
    else:
        long_six, suffix_six = written[0], suffix
        for group in written[1:]:
            long_six = long_six + ":" + group
    suffix_four = suffix if room is None or room >= _LONG_V4 else pl.Series([""]).new_from_index(0, len(text))
    dotted = octets[0] + "." + octets[1] + "." + octets[2] + "." + octets[3]
    return (long_six + suffix_six).zip_with(six, dotted + suffix_four)
