"""Replace values by keyed digests: one-way pseudonyms."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field, model_validator

from anon_assets.columns import to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.crypto.encoding import ALPHABETS, Encoding, bits_per_character, encode, fixed_width
from anon_assets.crypto.hmac import digests
from anon_assets.distinct import on_distinct
from anon_assets.errors import TransformError

__all__ = ["Token"]

_DEFAULT_BITS = 100
_MOST_ODDS = 1e-9
_ROWS_UNTOLD = 48_000_000  # taken for a table whose size is not known: 80 bits do
_DIGEST_BITS = 256
_UUID_BITS = 114  # 128 less version, variant and the key version
_UUID_DASHES = np.array([8, 13, 18, 23])


class Token(Transform):
    """HMAC-SHA-256 of the value, written in ``length`` characters. Equal values of a linkage domain give equal tokens.

    The first of the ``length`` characters tells the version of the data key (modulo the alphabet's size), so that tokens
    made before and after a rotation can be told apart; the others are digest. A uuid column gets a valid UUID of version
    8 (114 bits of the digest, the key version in its eighth byte) and takes no form parameters.

    Guarantees: exactly ``prefix`` + ``length`` + ``suffix`` characters; without the key, a token does not lead back.
    """

    title: ClassVar[str] = "Replace by a one-way keyed token"
    source: ClassVar[str] = "RFC 2104 (HMAC), RFC 4648 (base32, base64url, hex), RFC 9562 section 5.8 (UUIDv8)"
    good: ClassVar[Example] = Example(
        {"prefix": "c_"},
        ("C-1001", None, "C-1002", "C-1001"),
        ("c_BEB3FDRK7ZBYDEL74FI4G", None, "c_BNXDB45H3ZCAXECLBAVEO", "c_BEB3FDRK7ZBYDEL74FI4G"),
        note="Joins still work: equal values give equal tokens, in every column of the linkage domain.",
    )
    bad: ClassVar[Example] = Example(
        {"length": 5}, ("C-1001", "C-1002"), None, note="20 bits: among 1,200 values two share a token with even odds."
    )

    encoding: Encoding = Field("base32", description="Alphabet: base32 (5 bits a character), hex (4), base64url (6)")
    length: int | None = Field(
        None, ge=4, le=64,
        description="Characters, the first for the key version; default: enough for 100 bits (base32 21, hex 26, base64url 18)",
    )  # fmt: skip
    prefix: str = Field("", max_length=32, description="Text before each token")
    suffix: str = Field("", max_length=32, description="Text after each token")
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    @model_validator(mode="after")
    def _has_the_bits(self) -> Token:
        if self.length is not None and self.bits > _DIGEST_BITS:
            most = _DIGEST_BITS // bits_per_character(self.encoding) + 1
            raise ValueError(f"a digest of {_DIGEST_BITS} bits fills at most {most} characters of {self.encoding}")
        return self

    @property
    def characters(self) -> int:
        """Characters between prefix and suffix."""
        return self.length or 1 - (-_DEFAULT_BITS // bits_per_character(self.encoding))

    @property
    def bits(self) -> int:
        """Bits of digest in a text token."""
        return (self.characters - 1) * bits_per_character(self.encoding)

    def collision_odds(self, rows: int) -> float:
        """Odds that any two of ``rows`` distinct values share a text token (an upper bound): ``n**2 / 2**(bits + 1)``.

        >>> Token().collision_odds(1_000_000) < 1e-9
        True
        """
        return _odds(rows, self.bits)

    def effects(self, column: Column) -> Effects:
        """Injective where the odds of a collision, for as many rows as the table is estimated to have, are 1e-9 or less.

        Without an estimate 80 bits are asked for, which do for 48 million rows.
        """
        uuid = column.logical == "uuid"
        rows = _ROWS_UNTOLD if column.rows is None else column.rows
        return Effects(
            accepts=frozenset({"text", "uuid"}),
            injective=_odds(rows, _UUID_BITS if uuid else self.bits) <= _MOST_ODDS,
            max_length=36 if uuid else len(self.prefix) + self.characters + len(self.suffix),
            needs_key=True,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """Too long for the column; form parameters on a uuid column."""
        if column.logical == "uuid":
            if {"encoding", "length", "prefix", "suffix"} & self.model_fields_set:
                yield "a uuid has its own form; leave out encoding, length, prefix and suffix"
            return
        width = len(self.prefix) + self.characters + len(self.suffix)
        if column.max_length is not None and width > column.max_length:
            room = column.max_length - len(self.prefix) - len(self.suffix)
            advice = f"set length to at most {room}" if room >= 4 else "the column is too short for a token"
            yield f"a token has {width} characters, the column holds {column.max_length}; {advice}"

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Tokens in the column's Arrow type. Raises: TransformError for a column that is neither text nor uuid."""
        logical = context.column.logical
        if logical not in {"text", "uuid"}:
            raise TransformError(context.place, f"a token does not fit a {logical} column", "use fpe for numbers")
        key = context.key("token", logical)

        def tokens(values: pa.Array) -> pa.Array:
            size = 16 if logical == "uuid" else -(-self.bits // 8)
            rows = digests(key, to_polars(context.linkable(values)), size)
            version = context.keys.current
            return _uuids(rows, version) if logical == "uuid" else self._texts(rows, version)

        return on_distinct(column, lambda values: tokens(values).cast(column.type))

    def _texts(self, rows: npt.NDArray[np.uint8], version: int) -> pa.Array:
        alphabet = ALPHABETS[self.encoding].decode()
        codes = encode(rows, self.encoding, self.characters - 1)
        return fixed_width(codes, self.prefix + alphabet[version % len(alphabet)], self.suffix)


def _odds(rows: int, bits: int) -> float:
    """By the union bound over all pairs; 1 where that says nothing."""
    return min(1.0, math.ldexp(float(rows) * rows, -bits - 1))


def _uuids(rows: npt.NDArray[np.uint8], version: int) -> pa.Array:
    """Sixteen bytes per row as UUIDs of version 8 and variant 10, the key version in byte 7."""
    rows = rows.copy()
    rows[:, 7] = version % 256
    rows[:, 6] = rows[:, 6] & 0x0F | 0x80
    rows[:, 8] = rows[:, 8] & 0x3F | 0x80
    text = np.full((rows.shape[0], 36), ord("-"), np.uint8)
    text[:, np.setdiff1d(np.arange(36), _UUID_DASHES)] = encode(rows, "hex", 32)
    return fixed_width(text)
