"""Dictionary-encoded text, batch after batch: values that came before are neither told apart nor worked on again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import is_text, plain
from anon_assets.distinct import recurrence, used_entries, used_only

__all__ = ["Encoder", "OnDictionary", "recurs"]

_WORTH = 3.0  # rows per distinct value from which a column is better kept encoded
_MOST_VALUES = 1 << 14  # that a dictionary grows to
_MOST_BYTES = 1 << 20  # likewise: the largest dictionary that Parquet writes as one
_MOST_JOINED = 2**31 - 2 * _MOST_BYTES  # of a batch whose values and those before still fit one array


def recurs(column: pa.Array) -> bool:
    """The column is ``pa.string()`` and repeats its values so often that it is better kept dictionary-encoded."""
    return pa.types.is_string(column.type) and column.null_count < len(column) and recurrence(column) >= _WORTH


class Encoder:
    """Dictionary-encodes the batches of a text column.

    The dictionary of a batch begins with that of the last one that held a value, as long as the rows hold half of those values
    and it has at most 16,384 values and 1 MiB; else it begins anew. So some of its entries may stand in no row.
    """

    def __init__(self) -> None:
        self._before: pa.Array | None = None

    def encode(self, column: pa.Array) -> pa.DictionaryArray:
        """The next batch.

        Args:
            column: ``pa.string()``.

        Returns: the same rows with indices of 32 bits, by a dictionary that holds each value once and no null.
        """
        encoded = self._continued(column)
        if encoded is None:
            encoded = column.dictionary_encode()
        if len(encoded.dictionary):
            self._before = encoded.dictionary if _small(encoded.dictionary) else None
        return encoded

    def _continued(self, column: pa.Array) -> pa.DictionaryArray | None:
        """By a dictionary that begins with the one before; None where that does not pay."""
        if self._before is None or not len(column) or column.nbytes > _MOST_JOINED:
            return None
        encoded = pa.chunked_array([self._before, column]).dictionary_encode().chunk(1)
        held = np.count_nonzero(used_entries(encoded)[: len(self._before)])
        return encoded if _small(encoded.dictionary) and 2 * held >= len(self._before) else None


def _small(dictionary: pa.Array) -> bool:
    return len(dictionary) <= _MOST_VALUES and dictionary.nbytes <= _MOST_BYTES


class OnDictionary:
    """A function of values over the batches of a dictionary-encoded column.

    Results for the last dictionary are kept if it has at most 16,384 values and 1 MiB: where that of the next batch begins
    with it, only the rest is worked on.
    """

    def __init__(self) -> None:
        self._last: _Results | None = None

    def apply(self, column: pa.DictionaryArray, function: Callable[[pa.Array], pa.Array]) -> pa.Array:
        """The next batch.

        Args:
            column: encoded, with indices of 32 bits; its dictionary may have entries that stand in no row: these are not
                worked on.
            function: values in, nulls possibly among them, as many results out; each result depends on its value alone. The
                same in every call.

        Returns: as long; results that are text come encoded, by a dictionary that holds each once and no null.
        """
        last = self._last if self._last is not None and self._last.leads(column.dictionary) else None
        if len(column.dictionary):
            self._last = None  # what is of no use is not held meanwhile
        known = 0 if last is None else len(last.values)
        if last is None or known < len(column.dictionary):
            column = used_only(column, known)
            values = column.dictionary
            made = plain(function(values[known:]))
            if last is not None and made.type == last.made.type:
                made = pa.concat_arrays([last.made, made])
            elif last is not None:
                made = plain(function(values))
            last = _Results(values, made, pc.dictionary_encode(made) if is_text(made.type) else None)
        if len(last.values):
            self._last = last if _small(last.values) else None
        if last.encoded is None:
            return last.made.take(column.indices)
        if len(last.encoded.dictionary) == len(last.made):
            return pa.DictionaryArray.from_arrays(column.indices, last.made)
        return pa.DictionaryArray.from_arrays(last.encoded.indices.take(column.indices), last.encoded.dictionary)


@dataclass(frozen=True, slots=True)
class _Results:
    """What a function made of a dictionary.

    Args:
        values: the dictionary. made: its results, as many.
        encoded: the results once more, when they are text.
    """

    values: pa.Array
    made: pa.Array
    encoded: pa.DictionaryArray | None

    def leads(self, dictionary: pa.Array) -> bool:
        """Whether the dictionary begins with the values."""
        same = self.values.type == dictionary.type and len(self.values) <= len(dictionary)
        return same and bool(dictionary[: len(self.values)].equals(self.values))
