"""Arrow batches as CSV for ``COPY``: the one form that every column type of the server reads."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import to_arrow
from anon_assets.errors import DatabaseError

__all__ = ["encode_csv", "lines_in"]

_AS_IS = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_string, pa.types.is_large_string,
          pa.types.is_date, pa.types.is_timestamp, pa.types.is_decimal128, pa.types.is_null)  # fmt: skip
_BINARY = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)


def encode_csv(batch: pa.RecordBatch, place: str) -> pa.Buffer:
    r"""The rows in the CSV dialect of ``COPY``: null is nothing, an empty text is ``""``, binary is ``\x`` and hex.

    Args:
        batch: any flat columns.
        place: the table, for the error.

    Raises: DatabaseError for a nested column.

    >>> encode_csv(pa.record_batch({"a": ["", None], "b": [b"z", None]}), "t").to_pybytes()
    b'"","\\x7a"\n,\n'
    """
    from pyarrow import csv

    columns = [_flat(column, f"{place}.{name}") for name, column in zip(batch.schema.names, batch.columns, strict=True)]
    sink = pa.BufferOutputStream()
    options = csv.WriteOptions(include_header=False, batch_size=max(1, batch.num_rows))
    csv.write_csv(
        pa.RecordBatch.from_arrays(columns, names=[str(number) for number in range(len(columns))]), sink, options
    )
    return sink.getvalue()


def lines_in(buffer: pa.Buffer) -> int:
    """Physical lines, by which the server counts in its errors; quoted texts may span several."""
    import numpy as np

    return int(np.count_nonzero(np.frombuffer(buffer, dtype=np.uint8) == 10))


def _flat(column: pa.Array, place: str) -> pa.Array:
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if any(test(column.type) for test in _BINARY):
        hexadecimal = pl.Series(pl.from_arrow(column.cast(pa.large_binary()))).bin.encode("hex")
        prefix, joint = pa.scalar("\\x", pa.large_string()), pa.scalar("", pa.large_string())
        return pc.binary_join_element_wise(prefix, to_arrow(hexadecimal, pa.large_string()), joint)
    if any(test(column.type) for test in _AS_IS):
        return column
    if pa.types.is_nested(column.type):
        raise DatabaseError(
            place, f"a nested column ({column.type}) cannot be loaded", "carry it as the array's text form"
        )
    return column.cast(pa.string())
