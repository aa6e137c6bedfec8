"""Fresh values drawn by key from row identities: texts, choices, decimals, dates, UUIDs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from anon_assets.columns import to_arrow
from anon_assets.crypto.encoding import encode, fixed_width
from anon_assets.crypto.prf import digests, uniform, words
from anon_assets.sealed import Sealed
from anon_assets.units import UNITS, NumberTexts, rescaled

__all__ = ["choices", "decimals", "moments", "texts", "uuids"]

_WORD_BITS = 34  # taken from a word of 64 for characters, so that none is likelier than another by more than 2**-30
_ASCII = 128


def choices(
    key: Sealed, rows: pl.Series, listed: list[Any], weights: Sequence[float] | None, kind: pa.DataType
) -> pa.Array:
    """One of ``listed`` for each row, in proportion to ``weights``; numbers as ``kind`` writes them."""
    shares = np.array(weights or [1.0] * len(listed))
    ends = np.cumsum(shares / shares.sum())
    at = np.searchsorted(ends, uniform(key, rows)[:, 0], side="right")
    places = pa.array(np.minimum(at, np.flatnonzero(shares)[-1]))  # the last end may be rounded below 1
    if pa.types.is_decimal(kind):
        return pa.array([Decimal(str(each)) for each in listed], kind).take(places)
    if not isinstance(listed[0], str) and pa.types.is_string(kind):
        listed = [format(Decimal(str(each)), "f") for each in listed]
    return pa.array(listed).take(places)


def decimals(drawn: npt.NDArray[np.int64], scale: int, kind: pa.DataType) -> pa.Array:
    """Units as numbers with ``scale`` digits after the point: floats, decimals or text, as ``kind`` is."""
    if pa.types.is_floating(kind):
        return pa.array(drawn.astype(np.float64) / 10.0**scale)
    units = pa.array(drawn).cast(UNITS)
    if pa.types.is_decimal(kind):
        return rescaled(units, scale)
    blank = pa.nulls(len(drawn), pa.string())
    return NumberTexts(blank, units, np.full(len(drawn), scale), np.zeros(len(drawn), np.bool_)).written(units)


def moments(drawn: npt.NDArray[np.int64], daily: bool, kind: pa.DataType, zone: str) -> pa.Array:
    """Days (``daily``) or seconds since 1970 in the carrier ``kind``; ``zone`` follows a time carried as text."""
    if daily:
        days = pa.array(drawn.astype(np.int32)).view(pa.date32())
        return days if pa.types.is_date(kind) else days.cast(pa.string())
    if pa.types.is_timestamp(kind):
        return pa.array(drawn).view(pa.timestamp("s", kind.tz))
    return to_arrow(pl.from_epoch(pl.Series("at", drawn), "s").dt.strftime("%Y-%m-%d %H:%M:%S") + zone)


def texts(key: Sealed, rows: pl.Series, classes: list[str]) -> pa.Array:
    """One character of each class after the other; a class of one character is that."""
    step = max(1, int(_WORD_BITS / math.log2(max(2, *map(len, classes)))))
    drawn = words(key, rows, -(-len(classes) // step))
    ascii_only = max(map(ord, "".join(classes))) < _ASCII
    codes = np.empty((len(rows), len(classes)), np.uint8 if ascii_only else np.uint32)
    for number, letters in enumerate(classes):
        table, size = np.array([ord(each) for each in letters], codes.dtype), np.uint64(len(letters))
        codes[:, number] = table[drawn[:, number // step] % size]
        drawn[:, number // step] //= size
    if ascii_only:
        return fixed_width(codes)
    return pa.array(codes.view(f"<U{len(classes)}").reshape(-1), pa.string())


def uuids(key: Sealed, rows: pl.Series) -> pa.Array:
    """UUIDs of version 4 and variant 10."""
    drawn = digests(key, rows, 16).copy()
    drawn[:, 6] = drawn[:, 6] & 0x0F | 0x40
    drawn[:, 8] = drawn[:, 8] & 0x3F | 0x80
    text = np.full((len(drawn), 36), ord("-"), np.uint8)
    text[:, np.setdiff1d(np.arange(36), [8, 13, 18, 23])] = encode(drawn, "hex", 32)
    return fixed_width(text)
