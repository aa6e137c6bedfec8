"""Arrow types as transforms know them, and without what is written beside them."""

from __future__ import annotations

import pyarrow as pa

from anon_assets.columns import is_list

__all__ = ["bare", "usual_type"]

_WIDER: dict[pa.DataType, pa.DataType] = {
    pa.int8(): pa.int16(), pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64(),
    pa.uint64(): pa.int64(), pa.float16(): pa.float32(), pa.null(): pa.string(), pa.string_view(): pa.large_string(),
    pa.binary_view(): pa.large_binary(), pa.date64(): pa.date32(), pa.time32("s"): pa.time64("us"),
    pa.time32("ms"): pa.time64("us"), pa.time64("ns"): pa.time64("us"),
}  # fmt: skip
"""Types that transforms know only in a wider or more usual form."""


def usual_type(kind: pa.DataType) -> pa.DataType:
    """The type in which transforms know such values; of a list, inside it."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    if pa.types.is_decimal32(kind) or pa.types.is_decimal64(kind):
        return pa.decimal128(kind.precision, kind.scale)
    if is_list(kind):
        return _list_like(kind, kind.value_field.with_type(usual_type(kind.value_type)))
    return _WIDER.get(kind, kind)


def bare(kind: pa.DataType) -> pa.DataType:
    """The type without what is written beside its inner fields, such as the labels of an enum."""
    if pa.types.is_struct(kind):
        return pa.struct([field.remove_metadata().with_type(bare(field.type)) for field in kind])
    if is_list(kind):
        return _list_like(kind, kind.value_field.remove_metadata().with_type(bare(kind.value_type)))
    return kind


def _list_like(kind: pa.DataType, inner: pa.Field) -> pa.DataType:
    """A list of the same make of something else."""
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(inner, kind.list_size)
    return pa.large_list(inner) if pa.types.is_large_list(kind) else pa.list_(inner)
