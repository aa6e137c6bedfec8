"""Replace values by keyed tokens that lead back to them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from anon_assets.columns import as_text, to_arrow, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.crypto import siv
from anon_assets.crypto.encoding import ALPHABETS, bits_per_character, decode_rows, encode_rows
from anon_assets.crypto.ragged import from_text, in_order_of_length, restored, taken, to_text
from anon_assets.distinct import on_distinct
from anon_assets.errors import KeyUnavailable, TransformError
from anon_assets.sealed import Sealed

__all__ = ["Cipher"]

_KEY_BYTES = 64  # AES-256 for each half
_LABEL = b"anon_assets cipher 1"
_MOST_UTF8_BYTES = 4  # of a character
_UUID_CHARACTERS = 36


class Cipher(Transform):
    """AES-SIV of the value's UTF-8, written in base64url or base32. Equal values of a linkage domain give equal results.

    A result is ``prefix``, one character for the version of the data key (modulo the alphabet's size), and the encoded
    ciphertext, which is 16 bytes longer than the value: results show how long values are. Associated data bind it to the
    linkage domain, so that a result moved to a column of another domain does not decrypt.

    ``reverse`` takes the key version from each result, and any version that the key ring holds. A column that ignores
    letter case is encrypted in lower case, so that joins hold: ``reverse`` gives that form back, which is equal for the
    database and yet may not be what was written.

    Guarantees: a changed or foreign result is refused by ``reverse``, never decrypted to something else.
    """

    title: ClassVar[str] = "Replace by a keyed token that the key turns back"
    source: ClassVar[str] = "RFC 5297 (AES-SIV), RFC 4648 (base64url, base32)"
    good: ClassVar[Example] = Example(
        {"prefix": "p_"},
        ("C-1001", None, "C-1002", "C-1001"),
        (
            "p_BqfsX0aWjKdo3YEikAK6YuUFmwQxVxw",
            None,
            "p_B5ayGwkXBZAOW-hqFdWT8oQCaHBGZjQ",
            "p_BqfsX0aWjKdo3YEikAK6YuUFmwQxVxw",
        ),
        note="Whoever holds the key can follow a case back to the person; joins still work.",
    )
    bad: ClassVar[Example] = Example(
        {},
        ("yes", "no", "unknown"),
        None,
        note="Each answer has a length of its own, and so has its ciphertext: use token, or fake.",
    )

    encoding: Literal["base64url", "base32"] = Field(
        "base64url", description="Alphabet: base64url (6 bits a character), base32 (5, upper case only)"
    )
    prefix: str = Field("", max_length=32, description="Text before each result")
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    def _characters(self, longest: int) -> int:
        """Characters of the result for a value of so many bytes."""
        encoded = -(-8 * (longest + siv.OVERHEAD_BYTES) // bits_per_character(self.encoding))
        return len(self.prefix) + 1 + encoded

    def effects(self, column: Column) -> Effects:
        """Text; reversible but for a column that ignores letter case. A bound follows from that of the column."""
        longest = None if column.max_length is None else column.max_length * _MOST_UTF8_BYTES
        if column.logical == "uuid":
            longest = _UUID_CHARACTERS
        return Effects(
            accepts=frozenset({"text", "uuid", "inet"}),
            result="text",
            injective=True,
            reversible=not column.folds_case,
            max_length=None if longest is None else self._characters(longest),
            needs_key=True,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """Too long for the column."""
        if column.max_length is not None and column.logical == "text":
            most = self._characters(column.max_length * _MOST_UTF8_BYTES)
            if most > column.max_length:
                yield (
                    f"the result for {column.max_length} characters of up to {_MOST_UTF8_BYTES} bytes each can need {most} "
                    f"characters, the column holds {column.max_length}; use fpe, which keeps the length, or token"
                )

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Ciphertexts in the column's Arrow type.

        Raises: TransformError for a column of another logical type than ``effects`` accepts.
        """
        if context.column.logical not in {"text", "uuid", "inet"}:
            raise TransformError(context.place, f"a cipher does not fit a {context.column.logical} column", "use fpe")
        key, version = context.key("cipher", length=_KEY_BYTES), context.keys.current
        alphabet = ALPHABETS[self.encoding]
        head = self.prefix.encode() + alphabet[version % len(alphabet) :][:1]

        def ciphertexts(values: pa.Array) -> pa.Array:
            data, offsets, order = in_order_of_length(*from_text(context.linkable(values)))
            sealed = siv.encrypt(key, _associated(context), data, offsets)
            return to_text(*restored(*encode_rows(*sealed, self.encoding, head), order)).cast(column.type)

        return on_distinct(column, ciphertexts)

    def reverse(self, column: pa.Array, context: Context) -> pa.Array:
        """The values behind ciphertexts, in the column's Arrow type; nulls stay null.

        Raises: TransformError with a count for values that are no result of this transform, under any key version that
            the ring holds.
        """
        return on_distinct(column, lambda values: self._values(as_text(values), context).cast(column.type))

    def _values(self, texts: pa.Array, context: Context) -> pa.Array:
        encoded = to_arrow(to_polars(texts).str.slice(len(self.prefix) + 1))
        data, offsets, sound = decode_rows(*from_text(encoded), self.encoding)
        marks = np.where(sound, self._marks(texts), -1)
        values, places = [pa.array([], pa.string())], [np.zeros(0, np.int64)]
        for mark in np.unique(marks[marks >= 0]).tolist():
            rows = np.flatnonzero(marks == mark)
            for key in self._keys(mark, context):
                plain, bounds, genuine = siv.opened(key, _associated(context), *taken(data, offsets, rows))
                values.append(to_text(plain, bounds).filter(pa.array(genuine)))
                places.append(rows[genuine])
                rows = rows[~genuine]
        order = np.concatenate(places)
        if len(order) < len(texts):
            what = f"{len(texts) - len(order):,} of {len(texts):,} distinct values do not decrypt"
            hint = "they were changed, or come from another key, key version, linkage domain or parameters"
            raise TransformError(context.place, what, hint)
        return pa.concat_arrays(values).take(pa.array(np.argsort(order)))

    def _marks(self, texts: pa.Array) -> npt.NDArray[np.int64]:
        """Key version, modulo the alphabet's size, that each text tells; -1 for one that tells none."""
        alphabet = np.frombuffer(ALPHABETS[self.encoding], np.uint8)
        numbers = np.full(256, -1)
        numbers[alphabet] = np.arange(len(alphabet))
        data, offsets = from_text(texts)
        place = len(self.prefix.encode())
        long_enough = np.diff(offsets) > place
        begins = pc.starts_with(texts, self.prefix).to_numpy(zero_copy_only=False)
        told = np.full(len(texts), -1)
        told[long_enough] = numbers[data[offsets[:-1][long_enough] + place]]
        return np.where(begins, told, -1)

    def _keys(self, mark: int, context: Context) -> Iterator[Sealed]:
        """The keys of versions with this mark, newest first; those that the ring does not hold are left out."""
        for version in range(context.keys.current, 0, -1):
            if version % len(ALPHABETS[self.encoding]) == mark:
                with contextlib.suppress(KeyUnavailable):
                    yield context.keys.derive(context.domain, "cipher", version=version, length=_KEY_BYTES)


def _associated(context: Context) -> list[bytes]:
    return [_LABEL, context.domain.encode()]
