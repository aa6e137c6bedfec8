"""What a format is to the cipher: which values it takes, which of their characters are encrypted, and what is mended.

A format is a list of parts that share no value. A part is closed: what it makes of its values are values of the same part,
with the same characters encrypted. So each part is a permutation of its own, and the format is one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anon_assets.transforms.fpe.alphabets import Alphabets
from anon_assets.transforms.fpe.ciphers import Ciphers, Numerals
from anon_assets.transforms.fpe.joint import encrypt_jointly
from anon_assets.transforms.fpe.text import Bools, Bytes, Text, joined, pick, put

__all__ = ["MOST_CHARACTERS", "Part", "Reading", "run"]

MOST_CHARACTERS = 1_024
"""Most characters of a value that are encrypted: the time for one grows with their square."""

_CHUNK_ROWS = 16_384  # what is read of a chunk stays in the processor's cache


@dataclass(frozen=True, slots=True)
class Reading:
    """A part's view of a column.

    Args:
        fits: which values the part takes.
        classes: per byte the alphabet of the character that starts there, 0 where it stays.
        memo: whatever ``mend`` wants to know.
    """

    fits: Bools
    classes: npt.NDArray[np.unsignedinteger]
    memo: Any = None


class Part(ABC):
    """Values of one form.

    Args:
        name: tells the part from others of its format: it is the tweak.
        alphabets: what its characters are drawn from.
    """

    walks = False
    """Not every sequence of characters is in the part: ``accept`` tells which."""

    def __init__(self, name: str, alphabets: Alphabets) -> None:
        self.name = name
        self.alphabets = alphabets

    @abstractmethod
    def read(self, text: Text) -> Reading:
        """Which values fit, and what of them is encrypted. Classes of values that do not fit are of no account."""

    def accept(self, numerals: Numerals) -> Bools:
        """Which of these digits, of values of equal length, write a value of the part."""
        return np.ones(len(numerals), np.bool_)

    def mend(self, data: Bytes, text: Text, reading: Reading) -> None:
        """Write anew what follows from the other characters: check digits. Of itself, nothing."""
        return

    def shortest(self) -> int:
        """Fewest characters of a value whose domain is large enough."""
        size, length = max(len(alphabet) for alphabet in self.alphabets.ascii), 1
        while size**length < 1_000_000:
            length += 1
        return length


def run(values: pa.Array, parts: tuple[Part, ...], ciphers: dict[str, Ciphers]) -> tuple[pa.Array, Bools]:
    """Values under the permutation of their part.

    Args:
        values: ``pa.string()`` without nulls.
        parts: of the format.
        ciphers: by the part's name.

    Returns: ``pa.string()`` as long, and which values were encrypted; the others are as they were. Empty text counts as
        encrypted.
    """
    done = np.zeros(len(values), np.bool_)
    result = values
    for part in parts:
        rest = np.flatnonzero(~done)
        if not len(rest):
            break
        whole = len(rest) == len(values)
        made, fine = _one(values if whole else values.take(pa.array(rest)), part, ciphers[part.name])
        if not fine.any():
            continue
        if whole:
            result = made
        else:
            order = np.arange(len(values))
            order[rest] = np.where(fine, len(values) + np.arange(len(rest)), rest)
            result = pa.concat_arrays([result, made]).take(pa.array(order))
        done[rest] = fine
    return result, done


def _one(values: pa.Array, part: Part, ciphers: Ciphers) -> tuple[pa.Array, Bools]:
    """One part over all values: read and written a chunk at a time, encrypted all at once."""
    texts = [Text.of(values[first : first + _CHUNK_ROWS]) for first in range(0, len(values), _CHUNK_ROWS)]
    readings = [part.read(text) for text in texts]
    pieces = []
    for text, reading in zip(texts, readings, strict=True):
        picked = pick(text, part.alphabets, reading.classes)
        reading.fits[np.diff(picked.firsts) > MOST_CHARACTERS] = False
        pieces.append(picked if reading.fits.all() else picked.only(reading.fits))  # what does not fit is left alone
    digits, fine = encrypt_jointly(joined(pieces), part.alphabets, ciphers, part.accept if part.walks else None)
    made, row, digit = [], 0, 0
    for text, reading, picked in zip(texts, readings, pieces, strict=True):
        fits = fine[row : row + len(text)]
        fits &= reading.fits
        data = text.data.copy()
        put(data, part.alphabets, picked, digits[digit : digit + len(picked.digits)])
        part.mend(data, text, reading)
        if not fits.all():  # whatever was mended of others is undone
            other = np.repeat(~fits, np.diff(text.offsets))
            data[other] = text.data[other]
        fits |= np.diff(text.offsets) == 0
        made.append(text.rebuilt(data))
        row, digit = row + len(text), digit + len(picked.digits)
    return pa.concat_arrays(made), fine
