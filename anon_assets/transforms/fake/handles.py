"""Addresses and user names made of two names, and the digest that keeps them apart."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from anon_assets.columns import to_polars
from anon_assets.crypto.encoding import encode, fixed_width
from anon_assets.transforms.fake.pools import pool

__all__ = ["DIGEST", "digest", "handles", "least_room", "name_pools", "picked"]

Words = npt.NDArray[np.uint64]

_DOMAINS = ("example.com", "example.net", "example.org")
_AT_DOMAIN = len("@example.com")
DIGEST = 16  # characters of base32: 80 bits, as many as an injective token has
_NUMBER = 4  # decimal digits
_LEAST_NAME = 3  # characters of names beside a number


def picked(listed: pl.Series, word: npt.NDArray[np.uint64]) -> pl.Series:
    """The entry that each word tells."""
    return listed.gather(pl.Series((word % np.uint64(len(listed))).astype(np.uint32)))


def digest(words: Words) -> pl.Series:
    """80 bits of each row of words in lower-case base32: the fourth word and the low end of the third."""
    whole = np.empty((len(words), 10), np.uint8)
    whole[:, :8] = np.ascontiguousarray(words[:, 3].astype(">u8")).view(np.uint8).reshape(-1, 8)
    whole[:, 8:] = np.ascontiguousarray(words[:, 2].astype(">u2")).view(np.uint8).reshape(-1, 2)
    return to_polars(
        fixed_width(encode(whole, "base32", DIGEST) | np.uint8(0x20))
    )  # lower case, and digits as they were


@cache
def _numbers() -> pl.Series:
    return pl.Series([f"{number:0{_NUMBER}}" for number in range(10**_NUMBER)])


def least_room(*, email: bool, unique: bool) -> int:
    """Fewest characters that a column must hold."""
    return _AT_DOMAIN * email + (DIGEST if unique else _LEAST_NAME + _NUMBER)


def _spare(room: int | None, *, email: bool, unique: bool) -> int | None:
    """Characters for the names, the point before a digest among them."""
    return None if room is None else room - _AT_DOMAIN * email - (DIGEST if unique else _NUMBER)


def name_pools(chosen: tuple[str, ...], room: int | None, *, email: bool, unique: bool) -> list[pl.Series]:
    """Names to draw from, as addresses hold them: given and family names, given names alone, or none, by the room."""
    spare = _spare(room, email=email, unique=unique)
    if spare is not None and spare < (10 if unique else 9):
        return [pool("slug_first", chosen, spare - unique)] if spare >= 4 or not unique else []
    half = None if spare is None else (spare - 2) // 2
    return [pool("slug_first", chosen, half), pool("slug_last", chosen, half)]


def handles(names: pl.Series | None, words: Words, room: int | None, *, email: bool, unique: bool) -> pl.Series:
    """``names`` with four digits, or with a point and a digest; at a domain that RFC 2606 reserves for ``email``.

    Args:
        names: ``given.family``, cut where it does not fit; empty where there are none.
        words: uniform, shape (rows, 4).
        room: most characters of a result; at least ``least_room``.
    """
    parts: list[pl.Series | pl.Expr] = [digest(words) if unique else picked(_numbers(), words[:, 2])]
    if names is not None:
        spare = _spare(room, email=email, unique=unique)
        if spare is not None:
            names = names.str.slice(0, max(spare - unique, 0)).str.strip_chars_end(".")
        parts = [names, pl.lit("."), *parts] if unique else [names, *parts]
    if email:
        parts.append(picked(pl.Series([f"@{domain}" for domain in _DOMAINS]), words[:, 2] >> np.uint64(32)))
    made = pl.select(pl.concat_str(parts)).to_series()
    return made.str.strip_prefix(".") if unique else made  # where no name is left before the point
