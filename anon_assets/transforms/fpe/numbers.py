"""Whole numbers and dates as numbers between bounds."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import as_text, to_arrow, to_polars
from anon_assets.transforms.fpe.ciphers import Ciphers, Words, permuted
from anon_assets.transforms.fpe.text import Bools

__all__ = ["dates", "integers"]

Whole = npt.NDArray[np.signedinteger | np.unsignedinteger]

_EPOCH = dt.date(1970, 1, 1)


def integers(values: pa.Array, minimum: int, maximum: int, ciphers: Ciphers) -> tuple[pa.Array, Bools]:
    """Integers, or decimals without a fraction, under a permutation of [``minimum``, ``maximum``].

    Args:
        values: an integer or decimal type, without nulls.
        minimum: least value; both bounds are of the type, and of 64 bits.
        maximum: greatest value.
        ciphers: what encrypts.

    Returns: the same type, and which values lie between the bounds. The others are as they were.
    """
    kind = values.type
    low, high = (pa.scalar(bound, _wide(kind)) for bound in (minimum, maximum))
    wide = values.cast(_wide(kind))
    inside = pc.and_(pc.greater_equal(wide, low), pc.less_equal(wide, high))
    fits = inside.to_numpy(zero_copy_only=False)
    if pa.types.is_decimal(kind):
        fits = fits & pc.equal(values, pc.floor(values)).to_numpy(zero_copy_only=False)
    whole = values.filter(pa.array(fits)).cast(pa.uint64() if kind == pa.uint64() else pa.int64())
    made = _permuted(whole.to_numpy(zero_copy_only=False), minimum, maximum, ciphers)
    result = pa.array(made)
    if pa.types.is_decimal(kind):
        result = result.cast(pa.decimal128(38, 0))
    return _spread(values, fits, result.cast(kind)), fits


def _wide(kind: pa.DataType) -> pa.DataType:
    """A type that holds all values and every bound."""
    return (
        pa.decimal256(76, kind.scale)
        if pa.types.is_decimal(kind)
        else pa.uint64()
        if kind == pa.uint64()
        else pa.int64()
    )


def _permuted(numbers: Whole, minimum: int, maximum: int, ciphers: Ciphers) -> Whole:
    """64-bit integers of either kind."""
    offset = np.uint64(minimum % 2**64)  # modulo 2**64, so that signs do not matter
    ranks: Words = numbers.view(np.uint64) - offset
    if len(ranks):
        ranks = permuted(ranks, maximum - minimum + 1, ciphers)
    return np.asarray((ranks + offset).view(numbers.dtype))


def dates(values: pa.Array, first: dt.date, last: dt.date, ciphers: Ciphers) -> tuple[pa.Array, Bools]:
    """Dates under a permutation of the days from ``first`` to ``last``.

    Args:
        values: dates, or text of the form 2024-12-31, without nulls.
        first: the first day.
        last: the last day.
        ciphers: what encrypts.

    Returns: the same type, and which values lie between the bounds. The others are as they were.
    """
    kind = values.type
    if pa.types.is_date(kind):
        days = values.cast(pa.date32())
    else:
        text = to_polars(as_text(values))
        written = text.str.contains(r"^\d{4}-\d{2}-\d{2}$")
        days = to_arrow(text.set(~written, None).str.to_date("%Y-%m-%d", strict=False), pa.date32())
    lower, upper = ((day - _EPOCH).days for day in (first, last))
    numbers = days.cast(pa.int32()).cast(pa.int64())
    inside = pc.and_(pc.greater_equal(numbers, lower), pc.less_equal(numbers, upper))
    fits = pc.fill_null(inside, fill_value=False).to_numpy(zero_copy_only=False)
    chosen = numbers.filter(pa.array(fits)).to_numpy(zero_copy_only=False)
    made = pa.array(_permuted(chosen, lower, upper, ciphers).astype(np.int32)).cast(pa.date32()).cast(kind)
    return _spread(values, fits, made), fits


def _spread(values: pa.Array, fits: Bools, made: pa.Array) -> pa.Array:
    """``made`` in place of the values that fit."""
    if fits.all():
        return made
    places = np.arange(len(values))
    places[fits] = len(values) + np.arange(len(made))
    return pa.concat_arrays([values, made]).take(pa.array(places))
