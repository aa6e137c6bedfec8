"""How each PostgreSQL type travels: what it means, what carries it in Arrow, and how it is selected.

Only types that the Arrow driver keeps exact travel natively. All others are cast to their text form by the server,
which loads back into the same type: arrays of two dimensions, ranges, geometry, money come out wrong otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from anon_assets.columns import LogicalType

__all__ = ["Carrier", "carrier_of", "element_of", "facts_of", "logical_type"]

_LOGICAL: dict[str, LogicalType] = {
    "text": "text", "varchar": "text", "bpchar": "text", "name": "text", "char": "text",
    "int2": "integer", "int4": "integer", "int8": "integer", "numeric": "decimal", "money": "decimal",
    "float4": "float", "float8": "float", "bool": "boolean", "date": "date", "timestamp": "timestamp",
    "timestamptz": "timestamp", "time": "time", "timetz": "time", "interval": "interval", "uuid": "uuid",
    "inet": "inet", "cidr": "inet", "json": "json", "jsonb": "json", "bytea": "binary",
}  # fmt: skip

_NATIVE: dict[str, pa.DataType] = {
    "int2": pa.int16(), "int4": pa.int32(), "int8": pa.int64(), "float4": pa.float32(), "float8": pa.float64(),
    "bool": pa.bool_(), "bytea": pa.binary(), "date": pa.date32(), "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
}  # fmt: skip

_FACTS: dict[str, dict[str, int]] = {
    "int2": {"bits": 16}, "int4": {"bits": 32}, "int8": {"bits": 64}, "money": {"precision": 19, "scale": 2},
    "char": {"max_length": 1}, "name": {"max_length": 63},
}  # fmt: skip
_ARROW_DIGITS = 38


@dataclass(frozen=True, slots=True)
class Carrier:
    """How one column is read.

    Args:
        select: the expression, with ``{}`` for the quoted column.
        type: the Arrow type wanted.
        misfit: a condition (with ``{}``) true for values that ``type`` cannot hold; empty when there are none. Where it
            holds for some row, the column travels as text.
    """

    select: str
    type: pa.DataType
    misfit: str = ""

    @property
    def as_text(self) -> Carrier:
        """The same column carried as text."""
        return _TEXT


_TEXT = Carrier("{}::pg_catalog.text", pa.string())


def logical_type(schema: str, name: str, kind: str, array: bool) -> LogicalType:
    """What a base type means. ``kind``: ``typtype`` of the catalog; ``array``: of the array category."""
    if array:
        return "array"
    if kind == "e":
        return "enum"
    if schema == "pg_catalog":
        return _LOGICAL.get(name, "other")
    return "text" if name == "citext" else "other"


def element_of(name: str, array: bool) -> LogicalType | None:
    """What the elements of an array type mean; None for other types and for elements of a type we do not know."""
    return _LOGICAL.get(name.removeprefix("_")) if array and name.startswith("_") else None


def facts_of(schema: str, name: str, modifier: int) -> dict[str, Any]:
    """``max_length``, ``precision``, ``scale`` and ``bits`` that a base type with its modifier declares."""
    if schema != "pg_catalog":
        return {}
    if modifier >= 4 and name in ("varchar", "bpchar"):
        return {"max_length": modifier - 4}
    if modifier >= 4 and name == "numeric":  # the scale is a signed number of eleven bits
        return {"precision": (modifier - 4) >> 16 & 0xFFFF, "scale": ((modifier - 4 & 0x7FF) ^ 0x400) - 0x400}
    return dict(_FACTS.get(name, {}))


def carrier_of(schema: str, name: str, modifier: int) -> Carrier:
    """The carrier of a base type; a domain's column is cast to it."""
    if schema != "pg_catalog" or name not in {*_NATIVE, "money", "numeric"}:
        return _TEXT  # of character(n) the cast cuts off the trailing blanks, which mean nothing: loading pads again
    if name == "money":
        return Carrier("{}::pg_catalog.numeric::pg_catalog.text", pa.decimal128(19, 2))
    if name == "numeric":
        facts = facts_of(schema, name, modifier)
        if facts and 0 <= facts["scale"] <= facts["precision"] <= _ARROW_DIGITS:
            return Carrier(_TEXT.select, pa.decimal128(facts["precision"], facts["scale"]), "{} = 'NaN'::numeric")
        return _TEXT
    endless = name.startswith(("date", "timestamp"))
    misfit = f"{{}} NOT BETWEEN '0001-01-01'::{name} AND '9999-12-31'::{name}" if endless else ""
    return Carrier(f"{{}}::pg_catalog.{name}", _NATIVE[name], misfit)
