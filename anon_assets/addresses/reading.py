"""IP addresses from text, a chunk of a column at a time.

All characters of a chunk are looked at together: the runs of digits among them are found, and judged by what stands
between one and the next.
"""

from __future__ import annotations

from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.addresses.words import Addresses, Flags, Places, Words
from anon_assets.columns import to_arrow, to_polars
from anon_assets.parallel import in_parallel, slices

__all__ = ["parse"]

_Bytes = npt.NDArray[np.uint8]
_Number = TypeVar("_Number", bound=np.generic)

_CHUNK_ROWS = 8_192  # what is worked out per character stays in the processor's cache
_SLACK = 4  # characters that may be looked at beyond the last


def parse(texts: pa.Array) -> Addresses:
    """The addresses that texts spell.

    Args:
        texts: ``pa.string()`` or another Arrow text type.

    >>> parse(pa.array(["10.0.0.1/8", "::1", "10.0.0.256", None])).family.tolist()
    [4, 6, 0, 0]
    """
    found = Addresses(
        np.zeros(len(texts), np.uint8),
        np.zeros(len(texts), np.uint64),
        np.zeros(len(texts), np.uint64),
        np.full(len(texts), -1, np.int16),
    )
    texts = texts.cast(pa.large_string())
    in_parallel(lambda rows: _parse_chunk(texts[rows], found.take(rows)), slices(len(texts), _CHUNK_ROWS))
    return found


def _parse_chunk(texts: pa.Array, found: Addresses) -> None:
    """Fill ``found``, whose arrays are views of the whole column's."""
    characters, edges = _characters(texts)
    if not texts.null_count and _parse_plain(characters, edges, found):
        return
    valid = pc.is_valid(texts).to_numpy(zero_copy_only=False)
    if (characters == ord(".")).any():
        _parse_four(characters, edges, valid, found)
    left = np.flatnonzero(valid & (found.family == 0))
    if len(left):
        _parse_six(texts.take(pa.array(left)), left, found)


class _Runs:
    """The runs of digits in a chunk of texts, worked out over all characters at once.

    Args:
        characters: those of all texts, one after the other, and ``_SLACK`` more.
        edges: where each text begins, and where the last one ends.
        base: 10 or 16; a run has at most three or four digits.

    Per run, in the order of the texts: ``start`` and ``end`` (the place after it), ``size``, ``value`` (of the last
    three or four digits), and ``before``: where the run before it ends, or its text begins. Per text: ``begin``,
    ``stop``, ``count`` (of its runs) and ``first`` (the number of the first of them).
    """

    def __init__(self, characters: _Bytes, edges: Places, base: Literal[10, 16]) -> None:
        self.characters, self.begin, self.stop = characters, edges[:-1], edges[1:]
        digit = characters - np.uint8(ord("0"))
        if base == 16:  # what is no digit becomes 16 or more
            letter = (characters | np.uint8(32)) - np.uint8(ord("a"))
            digit |= (digit > 9) * np.uint8(240)
            digit = np.minimum(digit, np.minimum(letter, np.uint8(6)) + np.uint8(10))
        inside = digit < base
        more = inside.copy()  # goes on with the run of the character before
        more[1:] &= inside[:-1]
        more[edges] = False
        last = inside.copy()
        last[:-1] &= ~more[1:]
        self.start, self.end = np.flatnonzero(inside & ~more), np.flatnonzero(last) + 1
        self.size = self.end - self.start
        self.value = np.zeros(len(self.start), np.uint16)
        for number in range(3 if base == 10 else 4):
            used = digit[self.end - 1 - number] * (self.size > number)
            self.value += used * np.uint16(base**number)
        self.first, self.count = _ranges(self.start, edges)
        some = self.count > 0
        self.before = np.concatenate([edges[:1], self.end])[: len(self.end)]
        self.before[self.first[some]] = self.begin[some]

    def follows(self, mark: str, distance: int = 0) -> Flags:
        """Where that character stands so many places after ``before``."""
        return np.asarray(self.characters[self.before + distance] == ord(mark))


def _characters(texts: pa.Array) -> tuple[_Bytes, Places]:
    """All characters of large texts with ``_SLACK`` more, and where each text begins, and the last one ends."""
    _, offsets, content = texts.buffers()
    edges = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    held = np.frombuffer(content or b"", np.uint8)[edges[0] : edges[-1]]
    return np.concatenate([held, np.zeros(_SLACK, np.uint8)]), edges - edges[0]


def _ranges(places: Places, edges: Places) -> tuple[Places, Places]:
    """How many of the ascending places are below each edge, and how many between it and the next."""
    rows = len(edges) - 1
    each, rest = divmod(len(places), rows)
    if not rest and each and (places[::each] >= edges[:-1]).all() and (places[each - 1 :: each] < edges[1:]).all():
        return np.arange(0, len(places), each), np.full(rows, each)  # equally many everywhere: no need to search
    first = np.searchsorted(places, edges)
    return first[:-1], np.diff(first)


def _sums(counts: Flags) -> Places:
    """How many there are before each place, and in the end."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def _parse_plain(characters: _Bytes, edges: Places, found: Addresses) -> bool:
    """Fill ``found`` if every text is an IPv4 address without a length; else leave it and return False.

    Most chunks are nothing else, and need far less work than those that hold one exception.
    """
    digit = characters - np.uint8(ord("0"))
    dots = np.flatnonzero(characters == ord("."))
    begin, stop, rows = edges[:-1], edges[1:], len(edges) - 1
    if len(dots) != 3 * rows or np.count_nonzero(digit < 10) + len(dots) != edges[-1]:
        return False
    ends = dots.reshape(rows, 3)
    if (ends[:, 0] < begin).any() or (ends[:, 2] >= stop).any():
        return False
    low = np.zeros(rows, np.uint64)
    for number in range(4):
        end = ends[:, number] if number < 3 else stop
        size = end - begin
        if size.min() < 1 or size.max() > 3:
            return False
        octet = digit[end - 1].astype(np.uint16)
        octet += digit[end - 2] * (size > 1) * np.uint16(10)
        octet += digit[end - 3] * (size > 2) * np.uint16(100)
        if octet.max() > 255 or ((octet > 9) + (octet > 99).view(np.uint8) + 1 != size).any():  # a leading zero
            return False
        low = low << np.uint64(8) | octet
        begin = end + 1
    found.family[:], found.low[:] = 4, low
    return True


def _parse_four(characters: _Bytes, edges: Places, valid: Flags, found: Addresses) -> None:
    """Fill ``found`` where a text is an IPv4 address."""
    runs = _Runs(characters, edges, 10)
    octet = (runs.size <= 3) & (runs.value <= 255) & ((runs.size == 1) | (characters[runs.start] != ord("0")))
    after_dot = octet & (runs.start - runs.before == 1) & runs.follows(".")
    rows = np.flatnonzero(valid & ((runs.count == 4) | (runs.count == 5)))
    first, prefixed = runs.first[rows], runs.count[rows] == 5
    low, sound = runs.value[first].astype(np.uint64), octet[first] & (runs.start[first] == runs.begin[rows])
    for number in range(1, 4):
        low = low << np.uint64(8) | runs.value[first + number]
        sound &= after_dot[first + number]
    sound &= runs.end[first + 3 + prefixed] == runs.stop[rows]
    if prefixed.any():
        after_slash = octet & (runs.value <= 32) & (runs.start - runs.before == 1) & runs.follows("/")
        sound &= ~prefixed | after_slash[first + 3 + prefixed]
        found.length[rows] = np.where(prefixed & sound, runs.value[first + 3 + prefixed].astype(np.int16), np.int16(-1))
    found.family[rows] = sound * np.uint8(4)
    found.low[rows] = sound * low


def _parse_six(texts: pa.Array, rows: Places, found: Addresses) -> None:
    """Fill ``rows`` of ``found`` where a text is an IPv6 address."""
    characters, edges, four = _undotted(texts)
    runs = _Runs(characters, edges, 16)
    behind = runs.first + runs.count
    text = np.repeat(np.arange(len(texts)), runs.count)  # of each run
    number = np.arange(len(text)) - runs.first[text]
    last = _at(runs.start, behind - 1)
    prefixed = (runs.count > 0) & (last > runs.begin) & (characters[last - 1] == ord("/"))
    groups = runs.count - prefixed
    address = number < groups[text]
    # Between two groups stands one colon, and once there may be two, for the zero groups that are left out.
    space = runs.start - runs.before
    gap = address & (space == 2) & runs.follows(":") & runs.follows(":", 1)
    joined = (space == (number > 0)) & ((number == 0) | runs.follows(":"))
    gaps, wrong = _sums(gap), _sums(address & (~(gap | joined) | (runs.size > 4)))
    final = np.where(groups > 0, _at(runs.end, runs.first + groups - 1), runs.begin)
    stop = np.where(prefixed, last - 1, runs.stop)
    open_end = (stop - final == 2) & (characters[final] == ord(":")) & (characters[final + 1] == ord(":"))
    fits = (wrong[behind] == wrong[runs.first]) & (groups <= 8) & (open_end | (stop == final))
    fits &= gaps[behind] - gaps[runs.first] + open_end == (groups < 8)
    if prefixed.any():
        length, plain = _decimal(_at(runs.value, behind - 1), _at(runs.size, behind - 1))
        fits &= ~prefixed | plain & (length <= 128) & (_at(runs.end, behind - 1) == runs.stop)
        found.length[rows] = np.where(prefixed & fits, length.astype(np.int16), np.int16(-1))
    place = number + (8 - groups[text]) * (gaps[1:] > gaps[runs.first][text])
    used = np.flatnonzero(address & fits[text])
    words = np.zeros(8 * len(texts), ">u2")
    words[8 * text[used] + place[used]] = runs.value[used]
    high, low = words.view(">u8").astype(np.uint64).reshape(-1, 2).T
    rows = rows[fits]
    found.family[rows], found.low[rows], found.high[rows] = 6, (low | four)[fits], high[fits]


def _at(entries: npt.NDArray[_Number], places: Places) -> npt.NDArray[_Number]:
    """The entries at these places; any number where there is none."""
    return np.concatenate([entries, np.zeros(1, entries.dtype)])[places]


def _decimal(value: npt.NDArray[np.uint16], size: Places) -> tuple[npt.NDArray[np.uint16], Flags]:
    """What the digits of a hexadecimal number spell in base 10; and where they do, without leading zeros."""
    hundreds, tens, ones = (value >> np.uint16(shift) & np.uint16(15) for shift in (8, 4, 0))
    number = hundreds * np.uint16(100) + tens * np.uint16(10) + ones
    least = np.array([1_000, 0, 10, 100, 1_000], np.uint16)[np.minimum(size, 4)]
    return number, (hundreds < 10) & (tens < 10) & (ones < 10) & (size <= 3) & (number >= least)


def _undotted(texts: pa.Array) -> tuple[_Bytes, Places, Words]:
    """``_characters`` of IPv6 texts, with zeros for the last four bytes where these stand as IPv4; and those bytes."""
    characters, edges = _characters(texts)
    if not (characters == ord(".")).any():
        return characters, edges, np.zeros(len(texts), np.uint64)
    parts = pl.col("v").str.extract_groups(r"^(.*:)([0-9]+\.[0-9.]+)(/[0-9]+)?$").struct
    head, tail, end = (parts.field(str(number)) for number in (1, 2, 3))
    frame = (
        to_polars(texts).to_frame("v").select("v", tail.alias("tail"), (head + "0:0" + end.fill_null("")).alias("zero"))
    )
    four = parse(to_arrow(frame["tail"]))
    characters, edges = _characters(
        to_arrow(frame["zero"].zip_with(pl.Series(four.family == 4), frame["v"]), pa.large_string())
    )
    return characters, edges, four.low
