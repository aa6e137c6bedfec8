"""Dictionary-encoded text, batch after batch: values that came before are neither told apart nor worked on again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import is_text, plain
from anon_assets.distinct import TOO_SHORT_TO_ASK, recurrence, used_only

__all__ = ["Encoder", "OnDictionary", "recurs"]

_WORTH = 3.0  # rows per distinct value from which a column is better kept encoded
_MOST_VALUES = 1 << 14  # that a dictionary grows to: a quarter of a staged batch's rows
_MOST_BYTES = 1 << 20  # likewise: the largest dictionary that Parquet writes as one


def recurs(column: pa.Array) -> bool:
    """The column holds text and repeats it so often that it is better kept dictionary-encoded."""
    if not is_text(column.type):
        return False
    if len(column) <= TOO_SHORT_TO_ASK:
        known, values = len(column) - column.null_count, pc.count_distinct(column, "only_valid").as_py()
        return bool(0 < _WORTH * values <= known)
    return recurrence(column) >= _WORTH


class Encoder:
    """Dictionary-encodes the batches of a text column.

    The dictionary of a batch begins with that of the batch before, as long as it has at most 16,384 values and 1 MiB; then
    the next one begins anew.
    """

    def __init__(self) -> None:
        self._before: pa.Array | None = None

    def encode(self, column: pa.Array) -> pa.DictionaryArray:
        """The next batch.

        Args:
            column: ``pa.string()`` or ``pa.large_string()``, in every call the same.

        Returns: the same rows with indices of 32 bits, by a dictionary that holds each value once and no null.
        """
        if self._before is None:
            encoded = column.dictionary_encode()
        else:
            last = pa.chunked_array([self._before, column]).dictionary_encode().chunks[-1]
            encoded = last[len(last) - len(column) :]  # a column without rows is left out
            if _grown(encoded.dictionary):
                encoded = column.dictionary_encode()
        if len(encoded.dictionary):
            self._before = None if _grown(encoded.dictionary) else encoded.dictionary
        return encoded


def _grown(dictionary: pa.Array) -> bool:
    return len(dictionary) > _MOST_VALUES or dictionary.nbytes > _MOST_BYTES


class OnDictionary:
    """A function of values over the batches of a dictionary-encoded column.

    Results for the last dictionary are kept: where that of the next batch begins with it, only the rest is worked on.
    """

    def __init__(self) -> None:
        self._last: _Results | None = None

    def apply(self, column: pa.DictionaryArray, function: Callable[[pa.Array], pa.Array]) -> pa.Array:
        """The next batch.

        Args:
            column: encoded; its dictionary may have entries that stand in no row: these are not worked on.
            function: values in, nulls possibly among them, as many results out; each result depends on its value alone. The
                same in every call.

        Returns: as long; results that are text come encoded, by a dictionary that holds each once and no null.
        """
        last = self._last if self._last is not None and self._last.leads(column.dictionary) else None
        known = 0 if last is None else len(last.values)
        if last is None or known < len(column.dictionary):
            column = used_only(column, known)
            values = column.dictionary
            made = plain(function(values[known:]))
            if last is not None and made.type == last.made.type:
                made = pa.concat_arrays([last.made, made])
            elif last is not None:
                made = plain(function(values))
            last = self._last = _Results(values, made, pc.dictionary_encode(made) if is_text(made.type) else None)
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
