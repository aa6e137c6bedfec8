"""Values and words as 64-bit hashes, so that millions of values are looked for in millions of texts in one pass.

Everything is compared in one normal form: text, Unicode NFC, lower case, without surrounding blanks. A value is found
inside longer text when its words stand there in a row, whatever punctuation is between them. An e-mail address is one
word, and so are a UUID and a dotted number: ``23456.78`` does not hold the number 23456.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.checks.no_leak.hashes import SEED, Hashes, hashed
from anon_assets.columns import as_text, logical_of, plain, to_arrow, to_polars

__all__ = ["GRAM", "Grams", "Tokens", "decoded", "is_mail", "mails", "normal", "padded", "phone_form", "word_grams"]

GRAM = 6
"""A longer value is looked for by its first six words, then compared whole."""

_WORD = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d+(?:\.\d+)+|[\p{L}\p{N}]+"
_LOCAL = r"[\p{L}\p{N}]+(?:[._%+'-][\p{L}\p{N}]+)*"
_LABEL = r"[\p{L}\p{N}]+(?:-+[\p{L}\p{N}]+)*"
_MAIL = rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*"
_UTF8 = (  # RFC 3629, section 4, over bytes in hex
    r"^(?:[0-7].|(?:c[2-9a-f]|d.)[89ab].|e0[ab].[89ab].|(?:e[1-9a-cef][89ab].|ed[89].)[89ab].|f0[9ab].(?:[89ab].){2}"
    r"|f[1-3](?:[89ab].){3}|f48.(?:[89ab].){2})*$"
)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def normal(column: pa.Array | pa.ChunkedArray, *, json: bool = False) -> pl.Series:
    """The comparison form of a column.

    Args:
        column: any Arrow type.
        json: the text is JSON, whose escapes stand for characters.

    Returns: text of the same length, null where ``column`` is null.
    """
    array = plain(column)
    kind = logical_of(array.type)
    if kind in {"decimal", "float"}:
        return _number_text(array)
    written = as_text(array)
    if kind not in {"text", "array", "other"} or not pa.types.is_string(written.type):
        return to_polars(written).cast(pl.String)
    if not json and pc.all(pc.string_is_ascii(written), min_count=0).as_py():  # most columns, and five times as fast
        return to_polars(pc.ascii_trim_whitespace(pc.ascii_lower(written)))
    text = _unescaped(to_polars(written)) if json else to_polars(written)
    text = text.str.to_lowercase().str.strip_chars()
    if text.str.len_bytes().sum() != text.str.len_chars().sum():
        text = text.str.normalize("NFC")
    return text


def decoded(column: pa.Array | pa.ChunkedArray) -> pl.Series:
    """What the bytes of a binary column spell, in normal form; null where they are not UTF-8."""
    data = to_polars(plain(column).cast(pa.large_binary()))
    valid = data.bin.encode("hex").str.contains(_UTF8).fill_null(value=False)
    spelt = data.filter(valid).cast(pl.String)  # a cast refuses a column for one bad value, even a masked one
    text = pl.Series([None], dtype=pl.String).new_from_index(0, len(data)).scatter(valid.arg_true(), spelt)
    return normal(to_arrow(text))


def _number_text(array: pa.Array) -> pl.Series:
    """Whole numbers as integers are written, so that 5551234567.00 meets 5551234567."""
    text = to_polars(as_text(array))
    if logical_of(array.type) == "decimal":
        return text.str.replace(r"\.0+$", "")
    number = to_polars(array).cast(pl.Float64)
    whole = ((number == number.floor()) & (number.abs() < 2.0**63)).fill_null(value=False)
    return number.set(~whole, 0.0).cast(pl.Int64).cast(pl.String).zip_with(whole, text)


def _unescaped(text: pl.Series) -> pl.Series:
    coded = text.str.contains("\\u", literal=True).fill_null(value=False)
    if coded.any():  # rare: PostgreSQL keeps such escapes in json only, jsonb resolves them
        plainly = [re.sub(r"\\u([0-9a-fA-F]{4})", _character, each) for each in text.filter(coded)]
        text = text.scatter(coded.arg_true(), plainly)
    return text.str.replace_all(r"\\[nrtbf]", " ").str.replace_all(r"\\/", "/")


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return " " if 0xD800 <= code < 0xE000 else chr(code)  # half of a pair: no letter of a name


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a column, flat.

    Args:
        words: hash of each word. rows: the row each stands in, ascending. count: rows of the column.
    """

    words: Hashes
    rows: npt.NDArray[np.intp]
    count: int

    @classmethod
    def of(cls, text: pl.Series, pattern: str = _WORD) -> Tokens:
        """The words of each text; null has none."""
        lists = text.str.extract_all(pattern)
        lengths = lists.list.len().fill_null(0).to_numpy()
        flat = lists.filter(pl.Series(lengths > 0)).list.explode()
        return cls(flat.hash(SEED).to_numpy(), np.repeat(np.arange(len(text)), lengths), len(text))

    def grams(self, sizes: Sequence[int]) -> list[tuple[npt.NDArray[np.intp], Hashes]]:
        """For each wanted size k: (row, hash) of every k words that stand in a row."""
        found, rolling = [], self.words
        for size in range(1, max(sizes, default=0) + 1):
            end = len(self.words) - size + 1
            if end <= 0:
                break
            if size > 1:
                rolling = rolling[:end] * _FACTOR + self.words[size - 1 :]
            if size in sizes:
                whole = self.rows[:end] == self.rows[size - 1 :]
                found.append((self.rows[:end][whole], rolling[whole]))
        return found


def word_grams(text: pl.Series, sizes: Sequence[int]) -> list[tuple[npt.NDArray[np.intp], Hashes]]:
    """For each wanted size k: (row, hash) of every k words that stand in a row of a text."""
    found = []
    single = ~text.str.contains("[^a-z0-9]")  # one word each: no need to cut
    if 1 in sizes and single.any():
        words = text.filter(single)
        found.append((single.arg_true().to_numpy().astype(np.intp), hashed(words)))
    several = (~single).arg_true().to_numpy().astype(np.intp)
    if len(several):
        found.extend((several[rows], grams) for rows, grams in Tokens.of(text.filter(~single)).grams(sizes))
    return found


@dataclass(frozen=True, slots=True)
class Grams:
    """The first words of each value, at most ``GRAM``.

    Args:
        hashes: one per value; void without words. words: how many. characters: letters and digits.
    """

    hashes: Hashes
    words: npt.NDArray[np.intp]
    characters: npt.NDArray[np.float64]

    @classmethod
    def of(cls, text: pl.Series) -> Grams:
        """The first words of each text."""
        lists = text.str.extract_all(_WORD)
        words = lists.list.len().fill_null(0).to_numpy().astype(np.intp)
        flat = lists.filter(pl.Series(words > 0)).list.explode()
        tokens = flat.hash(SEED).to_numpy()
        rows = np.repeat(np.arange(len(text)), words)
        lengths = flat.str.len_chars().to_numpy()
        characters = np.bincount(rows, weights=lengths, minlength=len(text)).astype(np.float64)
        starts = np.cumsum(words) - words
        hashes = np.zeros(len(text), np.uint64)
        some = np.flatnonzero(words > 0)
        hashes[some] = tokens[starts[some]]
        for step in range(1, GRAM):
            more = np.flatnonzero(words > step)
            hashes[more] = hashes[more] * _FACTOR + tokens[starts[more] + step]
        return cls(hashes, words, characters)


def padded(text: pl.Series) -> pl.Series:
    """The words of each text between single blanks, with a blank at both ends: whole words are found by substring."""
    return " " + text.str.extract_all(_WORD).list.join(" ") + " "


def mails(text: pl.Series) -> Tokens:
    """The e-mail addresses of each text, each one word."""
    at = text.str.contains("@", literal=True).fill_null(value=False).arg_true().to_numpy()
    tokens = Tokens.of(text.gather(at), _MAIL)
    return Tokens(tokens.words, at[tokens.rows].astype(np.intp), len(text))


def is_mail(text: pl.Series) -> pl.Series:
    """The whole value is an e-mail address."""
    return text.str.contains(f"^(?:{_MAIL})$").fill_null(value=False)


def phone_form(text: pl.Series) -> pl.Series:
    """Nine digits and more, written with the punctuation of telephone and card numbers, as bare digits; else null."""
    shaped = text.str.contains(r"^[+(]?[0-9()\s./-]{9,40}$").fill_null(value=False)
    if not shaped.any():
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(text))
    digits = text.filter(shaped).str.replace_all("[^0-9]", "")
    digits = digits.set(digits.str.len_bytes() < 9, None)
    return pl.Series([None], dtype=pl.String).new_from_index(0, len(text)).scatter(shaped.arg_true(), digits)
