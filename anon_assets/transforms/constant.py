"""Replace every value by one."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import math
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, field_validator

from anon_assets.columns import LogicalType
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.errors import TransformError
from anon_assets.units import largest_float

__all__ = ["Constant"]

_T = TypeVar("_T")

_FINER = re.compile(r"[.,]\d{7}")  # Python's reader would cut it off
_PRECISION = re.compile(r"timestamp(\[(?P<unit>s|ms|us|ns)\b|\((?P<digits>\d)\))")  # of Arrow, of SQL
_FRACTIONS = {"s": 0, "ms": 3, "us": 6, "ns": 9}


class Constant(Transform):
    """Every value becomes the one given; nulls stay null.

    The value is read by the column's logical type: text and enum labels as written, numbers exactly, dates and times in
    ISO 8601 (a time without zone is UTC in a zoned column), uuid, inet and json by their own syntax. Nothing is rounded to
    fit; what does not fit is a plan error.
    """

    title: ClassVar[str] = "Replace every value by the same one"
    shorthand: ClassVar[str | None] = "value"
    good: ClassVar[Example] = Example(
        {"value": "withheld"}, ("12 Main Road", None), ("withheld", None), note="The column must not be empty."
    )
    bad: ClassVar[Example] = Example(
        {"value": "x@example.org"},
        ("a@b.net", "c@d.net"),
        None,
        note="Two equal values break a UNIQUE column: use fake.",
    )

    value: Any = Field(description="What every value becomes: text, number, true or false, date, or JSON")

    @field_validator("value")
    @classmethod
    def _is_something(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("a constant of nothing; write null instead")
        return value

    def effects(self, column: Column) -> Effects:
        """One value for all, so it reveals nothing."""
        length: int | None = None
        try:
            read = _READERS[column.logical](self.value, column)
            length = len(read) if isinstance(read, str) else None
        except (KeyError, ValueError):
            pass  # problems() tells
        return Effects(accepts=frozenset(_READERS), fixed=True, max_length=length)

    def problems(self, column: Column) -> Iterator[str]:
        """The value does not fit type, length, precision or labels."""
        if column.logical in _READERS:
            try:
                _READERS[column.logical](self.value, column)
            except ValueError as error:
                yield f"the constant {error}"

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """The value in the column's Arrow type wherever there was one. Raises: TransformError when it does not fit."""
        logical = context.column.logical
        if logical not in _READERS:
            raise TransformError(context.place, f"there is no constant of type {logical}")
        try:
            scalar = _scalar(_READERS[logical](self.value, context.column), column.type)
        except (ValueError, pa.ArrowException, OverflowError):
            raise TransformError(context.place, f"the constant does not fit a {logical} column") from None
        return pc.if_else(pc.is_valid(column), scalar, pa.scalar(None, column.type))


def _scalar(value: Any, kind: pa.DataType) -> pa.Scalar:
    if pa.types.is_null(kind):
        return pa.scalar(None, kind)
    textual = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    if textual and not isinstance(value, str):
        value = value.isoformat(" ") if isinstance(value, dt.datetime) else _plain(value)
    if pa.types.is_timestamp(kind) and kind.tz is None and value.tzinfo is not None:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
    elif pa.types.is_timestamp(kind) and kind.tz is not None and value.tzinfo is None:
        value = value.replace(tzinfo=dt.UTC)
    scalar = pa.scalar(value, kind)
    if pa.types.is_floating(kind) and not math.isclose(scalar.as_py(), value, rel_tol=1e-3, abs_tol=1e-30):
        raise ValueError("is outside the column's range")
    return scalar


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _text(value: Any, column: Column) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("for a text column is text: write it in quotes")  # noqa: TRY004 all misfits are one class
    text = str(value)
    if column.max_length is not None and len(text) > column.max_length:
        raise ValueError(f"is longer than {column.max_length} characters")
    if "\x00" in text:
        raise ValueError("holds a NUL character, which databases refuse")
    return text


def _integer(value: Any, column: Column) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise ValueError("for an integer column is a whole number")
    low, high = column.integers()
    if not low <= number <= high:
        raise ValueError(f"is not one of {low:,} to {high:,}")
    return int(number)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("is not a number")  # noqa: TRY004 all misfits are one class
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("is not a number") from None
    if not number.is_finite():
        raise ValueError("is not a finite number")
    return number


def _decimal(value: Any, column: Column) -> Decimal:
    number = _number(value)
    exponent = number.normalize().as_tuple().exponent
    if column.scale is not None and -int(exponent) > column.scale:
        raise ValueError(f"has more than {column.scale} digits after the point")
    if column.precision is not None and abs(number) >= Decimal(10) ** (column.precision - (column.scale or 0)):
        raise ValueError(f"has more than {column.precision - (column.scale or 0)} digits before the point")
    return number


def _float(value: Any, column: Column) -> float:
    number = float(_number(value))
    if abs(number) > largest_float(column.type):
        raise ValueError("is outside the column's range")
    return number


def _boolean(value: Any, _: Column) -> bool:
    if not isinstance(value, bool):
        raise ValueError("for a boolean column is true or false")  # noqa: TRY004 all misfits are one class
    return value


def _date(value: Any, _: Column) -> dt.date:
    if isinstance(value, str):
        return _iso(dt.date.fromisoformat, value)
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise ValueError("for a date column is a date: YYYY-MM-DD")  # noqa: TRY004 all misfits are one class
    return value


def _timestamp(value: Any, column: Column) -> dt.datetime:
    if isinstance(value, str):
        if _FINER.search(value):
            raise ValueError("is finer than a microsecond")
        moment = _iso(dt.datetime.fromisoformat, value)
    elif isinstance(value, dt.datetime):
        moment = value
    elif isinstance(value, dt.date):
        moment = dt.datetime.combine(value, dt.time())
    else:
        raise ValueError("for a timestamp column is a time: YYYY-MM-DD HH:MM:SS")  # noqa: TRY004 all misfits are one class
    told = _PRECISION.search(column.type)
    digits = 6 if told is None else min(6, int(told["digits"] or _FRACTIONS[told["unit"]]))
    if moment.microsecond % 10 ** (6 - digits):
        raise ValueError("has a finer fraction of a second than the column")
    return moment


def _iso(reader: Callable[[str], _T], value: str) -> _T:
    try:
        return reader(value)
    except ValueError:
        raise ValueError("is not in ISO 8601") from None


def _uuid(value: Any, _: Column) -> str:
    try:
        return str(uuid.UUID(value if isinstance(value, str) else ""))
    except ValueError:
        raise ValueError("is not a uuid") from None


def _inet(value: Any, _: Column) -> str:
    try:
        written = ipaddress.ip_interface(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("is not an IP address") from None
    return str(written) if "/" in str(value) else str(written.ip)


def _enum(value: Any, column: Column) -> str:
    if not isinstance(value, str):
        raise ValueError("for an enum column is a label: write it in quotes")  # noqa: TRY004 all misfits are one class
    if column.labels and value not in column.labels:
        raise ValueError(f"is none of the {len(column.labels)} labels of the enum")
    return value


def _json(value: Any, _: Column) -> str:
    try:
        if isinstance(value, str):
            json.loads(value)
            return value
        return json.dumps(_thawed(value), ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError):
        raise ValueError("is not JSON") from None


def _thawed(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


_READERS: dict[LogicalType, Callable[[Any, Column], Any]] = {
    "text": _text, "integer": _integer, "decimal": _decimal, "float": _float, "boolean": _boolean, "date": _date,
    "timestamp": _timestamp, "uuid": _uuid, "inet": _inet, "enum": _enum, "json": _json,
}  # fmt: skip
