"""Drawing whole columns from pools and patterns, without a loop over rows; equal seeds and labels draw equal ones."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

__all__ = [
    "BATCH_ROWS",
    "Ints",
    "batch",
    "decimals",
    "fill",
    "fold",
    "gather",
    "generator",
    "ip_addresses",
    "pick",
    "uuids",
]

BATCH_ROWS = 50_000
Ints = NDArray[np.int64]

_CLASSES: Mapping[str, bytes] = {
    "#": b"0123456789",
    "%": b"23456789",
    "@": b"ABDEFGHJLNPQRSTUWXYZ",
    "?": b"abcdefghijklmnopqrstuvwxyz",
    "_": b"0123456789abcdef",
    "^": b"123456789abcdef",
    "&": b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "!": b"89ab",
}
_FOLDED = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ø": "oe", "æ": "ae", "đ": "d", "ð": "d", "þ": "th",
})  # fmt: skip


def generator(seed: int, label: str, part: int = 0) -> np.random.Generator:
    """A generator of its own for each (seed, label, part): batches can be drawn in any order, or again."""
    return np.random.default_rng([seed, zlib.crc32(label.encode()), part])


def gather(pool: pl.Series, indices: Ints) -> pl.Series:
    """``pool[i]`` for each index."""
    return pool.gather(pl.Series(indices, dtype=pl.Int64))


def pick(rng: np.random.Generator, pool: Sequence[str], rows: int, shares: Sequence[float] | None = None) -> pl.Series:
    """One of ``pool`` for each row, evenly or by shares that sum to 1."""
    indices = rng.choice(len(pool), rows, p=shares) if shares is not None else rng.integers(0, len(pool), rows)
    return gather(pl.Series(list(pool), dtype=pl.String), indices)


def fill(rng: np.random.Generator, patterns: Sequence[str], which: Ints) -> pl.Series:
    """For each row, pattern ``patterns[which]`` with its marks drawn.

    Marks: ``#`` digit, ``%`` 2 to 9, ``@`` capital letter, ``?`` small letter, ``_`` hex digit, ``^`` hex digit but 0,
    ``&`` letter, digit, dot or slash, ``!`` the variant digit of a UUID.
    """
    pieces, order = [], []
    for number, pattern in enumerate(patterns):
        rows = np.flatnonzero(which == number)
        if len(rows):
            pieces.append(_fill_one(rng, pattern, len(rows)))
            order.append(rows)
    if not pieces:
        return pl.Series([], dtype=pl.String)
    back = np.empty(len(which), np.int64)
    back[np.concatenate(order)] = np.arange(len(which))
    return gather(pl.concat(pieces), back)


def _fill_one(rng: np.random.Generator, pattern: str, rows: int) -> pl.Series:
    drawn = np.tile(np.frombuffer(pattern.encode("ascii"), np.uint8), (rows, 1))
    for mark, letters in _CLASSES.items():
        places = [place for place, letter in enumerate(pattern) if letter == mark]
        if places:
            alphabet = np.frombuffer(letters, np.uint8)
            drawn[:, places] = alphabet[rng.integers(0, len(alphabet), (rows, len(places)))]
    offsets = np.arange(rows + 1, dtype=np.int32) * len(pattern)
    array = pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(drawn)))
    return pl.Series(pl.from_arrow(array))


def uuids(rng: np.random.Generator, rows: int) -> pl.Series:
    """Random UUIDs of version 4 (RFC 9562) in text."""
    return fill(rng, ["________-____-4___-!___-____________"], np.zeros(rows, np.int64))


def ip_addresses(rng: np.random.Generator, rows: int) -> pl.Series:
    """IPv4 addresses from private and benchmark ranges (RFC 1918, RFC 2544) and, for a quarter, IPv6 (RFC 3849)."""
    octets = pl.Series([str(number) for number in range(256)])
    first = pick(rng, ["10.20", "10.21", "198.18", "198.19"], rows, [0.2, 0.2, 0.3, 0.3])
    third, fourth = (gather(octets, rng.integers(1, 255, rows)) for _ in range(2))
    six = fill(rng, ["2001:db8:^___::^___"], np.zeros(rows, np.int64))
    is_six = pl.Series(rng.random(rows) < 0.25)
    return pl.select(
        pl.when(is_six).then(six).otherwise(pl.concat_str(first, third, fourth, separator="."))
    ).to_series()


def fold(names: pl.Series) -> pl.Series:
    """Names as they stand in addresses and logins: small ASCII letters only, German umlauts spelled out."""
    distinct = names.unique()
    small = [name.lower().translate(_FOLDED) for name in distinct.to_list()]  # a few thousand words at most
    folded = pl.Series(small).str.normalize("NFKD").str.replace_all("[^a-z]", "")
    return names.replace_strict(distinct, folded)


def decimals(units: Ints, precision: int, scale: int, present: NDArray[np.bool_] | None = None) -> pa.Array:
    """Integers below 2**63 in units of the last digit, as ``decimal128(precision, scale)``; null where not present."""
    words = np.zeros((len(units), 2), np.int64)
    words[:, 0] = units
    words[:, 1] = np.where(units < 0, -1, 0)
    validity = None if present is None else pa.py_buffer(np.packbits(present, bitorder="little"))
    return pa.Array.from_buffers(pa.decimal128(precision, scale), len(units), [validity, pa.py_buffer(words)])


def batch(schema: pa.Schema, columns: Mapping[str, pl.Series | pa.Array | NDArray[np.generic]]) -> pa.RecordBatch:
    """The columns as one batch of exactly that schema."""
    arrays = []
    for field in schema:
        column = columns[field.name]
        if isinstance(column, pl.Series):
            column = column.to_arrow(compat_level=pl.CompatLevel.oldest())
        elif not isinstance(column, pa.Array):
            column = pa.array(column)
        arrays.append(column.cast(field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
