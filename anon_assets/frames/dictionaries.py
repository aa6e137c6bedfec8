"""Dictionary-encoded columns: one dictionary for all chunks, with each value once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import plain
from anon_assets.frames.types import usual_type

__all__ = ["as_dictionary", "chunked", "one_dictionary", "reordered"]


def chunked(column: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """The column in chunks, whichever of the two it is."""
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column], column.type)


def one_dictionary(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text in the usual type, dictionary-encoded as it was; all chunks share the dictionary."""
    chunks = [_once_each(chunk) for chunk in column.chunks]
    kind = pa.dictionary(pa.int32(), usual_type(column.type))
    return pa.chunked_array([chunk.cast(kind) for chunk in chunks], kind).unify_dictionaries()


def _once_each(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same rows by a dictionary that holds each value once and no null, with indices of 32 bits."""
    values = pc.dictionary_encode(column.dictionary)
    if len(values.dictionary) == len(column.dictionary):
        return pa.DictionaryArray.from_arrays(column.indices.cast(pa.int32()), column.dictionary)
    return _recoded(column.indices, values.indices, values.dictionary)


def as_dictionary(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """One array, whose dictionary holds each value once and no null, in an order that tells nothing of the source's."""
    if not pa.types.is_dictionary(column.type):
        return pc.dictionary_encode(plain(column))
    chunks = column.chunks
    if len(chunks) > 1:
        chunks = pa.chunked_array([_once_each(chunk) for chunk in chunks]).unify_dictionaries().chunks
    indices = chunks[0].indices if len(chunks) == 1 else pa.concat_arrays([chunk.indices for chunk in chunks])
    values = pc.dictionary_encode(chunks[0].dictionary)
    order = pc.sort_indices(values.dictionary)
    return _recoded(indices, _ranks(order).take(values.indices), values.dictionary.take(order))


def reordered(column: pa.DictionaryArray, order: pa.Array) -> pa.DictionaryArray:
    """The same rows by the dictionary's values in this order, which is one that means something."""
    return _recoded(column.indices, _ranks(order), column.dictionary.take(order), ordered=True)


def _ranks(order: pa.Array) -> pa.Array:
    """For each entry, its place in this order."""
    ranks = np.empty(len(order), np.int32)
    ranks[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    return pa.array(ranks)


def _recoded(indices: pa.Array, places: pa.Array, dictionary: pa.Array, *, ordered: bool = False) -> pa.DictionaryArray:
    """Rows by another dictionary, of which ``places`` tells where each entry of the former one stands."""
    moved = places.take(indices)  # each is a place: no need to check
    return pa.DictionaryArray.from_arrays(moved, dictionary, ordered=ordered, safe=False)
