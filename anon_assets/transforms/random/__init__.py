"""Fresh values of a shape, drawn by key for each row."""

from __future__ import annotations

import datetime as dt
import math
import string
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Literal

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from anon_assets.columns import LogicalType
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.crypto.encoding import encode, fixed_width
from anon_assets.crypto.prf import bounded, digests, words
from anon_assets.errors import TransformError
from anon_assets.moments import DAY, microseconds
from anon_assets.sealed import Sealed
from anon_assets.transforms.random.drawing import choices, decimals, moments, texts, uuids
from anon_assets.units import largest_float, scale_of

__all__ = ["Random"]

Shape = Literal[
    "string", "digits", "integer", "decimal", "date", "timestamp", "choice", "phone", "postal_code", "uuid", "hash"
]

_TAKES: dict[str, tuple[str, ...]] = {
    "string": ("length", "alphabet"), "digits": ("length",), "integer": ("from", "to"), "decimal": ("from", "to", "scale"),
    "date": ("from", "to"), "timestamp": ("from", "to"), "choice": ("from", "weights"), "phone": ("template",),
    "postal_code": ("template",), "uuid": (), "hash": ("length",),
}  # fmt: skip
# those of them that a shape cannot do without
_NEEDS: dict[str, tuple[str, ...]] = {"string": ("length",), "digits": ("length",), "integer": ("from", "to"),
    "decimal": ("from", "to"), "date": ("from", "to"), "timestamp": ("from", "to"), "choice": ("from",)}  # fmt: skip
_COLUMNS: dict[str, frozenset[LogicalType]] = {
    "integer": frozenset({"integer"}), "decimal": frozenset({"decimal", "float"}), "date": frozenset({"date"}),
    "timestamp": frozenset({"timestamp"}), "uuid": frozenset({"uuid", "text"}),
}  # fmt: skip
_TEMPLATES = {"phone": "+1-%##-555-01##", "postal_code": "#####"}  # 555-0100 to 555-0199 belong to nobody
_CLASSES = {"#": string.digits, "%": "123456789", "?": string.ascii_uppercase}
_MOST = 2**63  # values of a range
_INJECTIVE_BITS = 80  # a million million rows still collide with odds below one half; a million below 1e-12


class Random(Transform):
    """A value of the shape ``as``, drawn by key from the row alone: another run draws the same.

    | as | parameters | result |
    |---|---|---|
    | string | length, alphabet | characters of the alphabet (ASCII letters and digits), each as likely |
    | digits | length | decimal digits |
    | integer | from, to | a whole number, both ends included |
    | decimal | from, to, scale | a number with ``scale`` digits after the point, both ends included |
    | date, timestamp | from, to | a day or a whole second, both ends included; a time without a zone is UTC in a zoned column |
    | choice | from: [...], weights: [...] | one of the list |
    | phone, postal_code | template | ``#`` a digit, ``%`` one of 1 to 9, ``?`` a capital letter, all else as written |
    | uuid | | a UUID of version 4 |
    | hash | length | hexadecimal characters, 64 of them unless ``length`` says otherwise |

    Nothing of the old value is left but whether there was one. A default phone number is of the block that North America
    keeps for fiction. Draws are uniform: of a range of n values none is likelier than another by more than n in 2**64, of
    an alphabet by more than 1 in 2**30.

    Guarantees: independent of the old value; without the key, of the row too. A uuid, a hash from 20 characters on, and a
    string or digits of 80 bits or more do not repeat but for odds below 1e-12 in a million rows.
    """

    title: ClassVar[str] = "Replace by a fresh value of a shape"
    shorthand: ClassVar[str | None] = "as"
    source: ClassVar[str] = (
        "NIST SP 800-108 (AES-CMAC), RFC 9562 section 5.4 (UUIDv4), North American Numbering Plan (555-01XX)"
    )
    good: ClassVar[Example] = Example(
        {"as": "integer", "from": 1, "to": 6},
        (70, None, 70),
        (1, None, 3),
        pa.int64(),
        "Equal values of two rows get values of their own.",
    )
    bad: ClassVar[Example] = Example(
        {"as": "digits", "length": 4},
        (),
        None,
        note="Ten thousand values: a UNIQUE column breaks; and no other table can be joined by it. Use fpe.",
    )

    as_: Shape = Field(alias="as", description="What the fresh value is")
    length: int | None = Field(None, ge=1, le=10_000, description="Characters (string, digits, hash; hash at most 64)")
    alphabet: str | None = Field(
        None, min_length=2, description="Characters of a string; default: ASCII letters and digits"
    )
    from_: Any = Field(None, alias="from", description="First of the range, or the list to choose from")
    to: Any = Field(None, description="Last of the range")
    scale: int | None = Field(
        None, ge=0, le=18, description="Digits after the point of a decimal; default: the column's, or 2"
    )
    weights: tuple[float, ...] | None = Field(None, description="How often each of the list is drawn, in proportion")
    template: str | None = Field(
        None, min_length=1, max_length=100, description="Form of a phone number or postal code"
    )
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    @model_validator(mode="after")
    def _fits_together(self) -> Random:
        given = {name: value for name, value in self._given.items() if value is not None}
        reasons = [f"{self.as_} takes no {name}" for name in given if name not in _TAKES[self.as_]]
        reasons += [f"{self.as_} needs {name}" for name in _NEEDS.get(self.as_, ()) if name not in given]
        if not reasons:
            try:
                reasons = list(self._odd_values())
            except (ValueError, TypeError, InvalidOperation):
                reasons = [f"from and to are of a form that {self.as_} does not take"]
        if reasons:
            raise ValueError("; ".join(reasons))
        return self

    @property
    def _given(self) -> dict[str, Any]:
        return {
            "length": self.length, "alphabet": self.alphabet, "from": self.from_, "to": self.to, "scale": self.scale,
            "weights": self.weights, "template": self.template,
        }  # fmt: skip

    def _odd_values(self) -> Iterator[str]:
        """What is wrong with parameters that belong to the shape."""
        if self.as_ == "hash" and (self.length or 0) > 64:
            yield "a hash has at most 64 characters"
        if self.alphabet is not None and len(set(self.alphabet)) < len(self.alphabet):
            yield "a character of the alphabet stands there twice"
        if self.template is not None and not set(self.template) & set(_CLASSES):
            yield "the template holds none of #, % and ?, so that every value would be the same"
        if self.as_ == "choice":
            yield from self._odd_choices()
        elif self.as_ in {"integer", "decimal", "date", "timestamp"}:
            first, last = self._ends(self.scale or 0)
            if first > last and (self.as_ != "decimal" or self._numbers[0] > self._numbers[1]):
                yield "from is not after to"
            if last - first >= _MOST:
                yield "from and to span more than 2**63 values"

    def _odd_choices(self) -> Iterator[str]:
        listed = self.from_
        kinds = {type(each) for each in listed} if isinstance(listed, list | tuple) else set()
        if not kinds:
            yield "choice takes a list in from"
        elif not (len(kinds) == 1 or kinds == {int, float}) or not kinds <= {str, int, float, bool}:
            yield "the list holds values of several types, or of one that is neither text nor number nor true or false"
        if self.weights is not None:
            if len(self.weights) != len(listed):
                yield "there are not as many weights as values"
            if not all(0 <= weight < math.inf for weight in self.weights) or not sum(self.weights) > 0:
                yield "weights are not negative, and not all of them are zero"

    def _ends(self, scale: int) -> tuple[int, int]:
        """First and last of the range, in units of the column. Raises: ValueError for another form."""
        if self.as_ in {"date", "timestamp"}:
            seconds = [microseconds(_moment(bound)) // 10**6 for bound in (self.from_, self.to)]
            if self.as_ == "timestamp" and not isinstance(_moment(self.to), dt.datetime):
                seconds[1] += DAY - 1  # to the day's end
            grain = DAY if self.as_ == "date" else 1
            return seconds[0] // grain, seconds[1] // grain
        if isinstance(self.from_, bool) or isinstance(self.to, bool):
            raise ValueError("no number")  # noqa: TRY004 all misfits are one class
        first, last = (Decimal(str(bound)) for bound in (self.from_, self.to))
        if not (first.is_finite() and last.is_finite()):
            raise ValueError("no finite number")
        if self.as_ == "integer" and (first % 1 or last % 1):
            raise ValueError("no whole number")
        first = first.scaleb(scale).to_integral_value("ROUND_CEILING")
        last = last.scaleb(scale).to_integral_value("ROUND_FLOOR")
        return int(first), int(last)

    @property
    def _room(self) -> tuple[int | None, float]:
        """Characters of a result, and bits that are drawn for it."""
        if self.as_ == "uuid":
            return 36, 122
        if self.as_ == "hash":
            return self.length or 64, 4 * (self.length or 64)
        if self.as_ in {"string", "digits"}:
            return self.length, (self.length or 0) * math.log2(len(self._alphabet))
        if self.as_ in _TEMPLATES:
            form = self.template or _TEMPLATES[self.as_]
            return len(form), sum(math.log2(len(_CLASSES[each])) for each in form if each in _CLASSES)
        if self.as_ == "choice" and isinstance(self.from_[0], str):
            return max(map(len, self.from_)), 0
        return None, 0

    @property
    def _alphabet(self) -> str:
        return string.digits if self.as_ == "digits" else self.alphabet or string.ascii_letters + string.digits

    def effects(self, column: Column) -> Effects:
        """The shape decides on the type. Drawn values of few bits may coincide with values of the source."""
        characters, bits = self._room
        accepts = _COLUMNS.get(self.as_, frozenset({"text"}))
        if self.as_ == "choice":
            kinds = {type(each) for each in self.from_}
            accepts = frozenset({"boolean" if kinds == {bool} else "integer" if kinds == {int} else "decimal"})
            accepts = frozenset({"text"}) if kinds == {str} else accepts | ({"float"} if float in kinds else set())
        return Effects(
            accepts=accepts,
            scope="row",
            injective=bits >= _INJECTIVE_BITS,
            max_length=characters,
            needs_key=True,
            keyed_by_row=True,
            coincides=bits < _INJECTIVE_BITS,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """A range beyond the column's type; fewer than two values; choices that the column does not hold."""
        if self.as_ == "decimal":
            scale = self._scale(column)
            first, last = self._ends(scale)
            if first > last or last - first >= _MOST:
                yield f"there is no number, or more than 2**63, with {scale} digits after the point between from and to"
        numbers = self._numbers or [Decimal(0)]
        if column.logical == "integer":
            low, high = column.integers()
            if not all(low <= number <= high for number in numbers):
                yield f"the column holds {low:,} to {high:,}, and these go beyond"
        most = largest_float(column.type)
        if column.logical == "float" and any(abs(number) > most for number in numbers):
            yield f"the column holds numbers up to {most:g}, and these go beyond"
        if column.logical == "decimal":
            digits = self.scale or 0 if self.as_ == "decimal" else max(map(scale_of, numbers))
            if column.scale is not None and digits > column.scale:
                yield f"the column holds {column.scale} digits after the point, and these have more"
            whole = None if column.precision is None else column.precision - (column.scale or 0)
            if whole is not None and any(abs(number) >= Decimal(10) ** whole for number in numbers):
                yield f"the column holds {whole} digits before the point, and these have more"

    @property
    def _numbers(self) -> list[Decimal]:
        """Both ends of the range, or the numbers to choose from; none for other shapes."""
        listed = {"integer": (self.from_, self.to), "decimal": (self.from_, self.to), "choice": self.from_}.get(
            self.as_, ()
        )
        return [Decimal(str(each)) for each in listed if self.as_ != "choice" or not isinstance(each, str | bool)]

    def _scale(self, column: Column) -> int:
        if self.as_ != "decimal":
            return 0
        if self.scale is not None:
            return self.scale
        return 2 if column.scale is None else min(column.scale, 18)

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Fresh values in the column's Arrow type. Raises: TransformError when ``problems`` has any."""
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        if pa.types.is_null(column.type) or not len(column):
            return column
        rows = context.rows()
        made = self._made(rows, context.key("random", self.as_), column.type, context.column)
        try:
            fitted = made.cast(column.type)
        except pa.ArrowInvalid:
            fitted = None
        if fitted is None or (pa.types.is_floating(column.type) and not pc.all(pc.is_finite(fitted)).as_py()):
            raise TransformError(context.place, f"{column.type} does not hold all that lies between from and to")
        return pc.if_else(pc.is_valid(column), fitted, pa.scalar(None, column.type))

    def _made(self, rows: pl.Series, key: Sealed, kind: pa.DataType, column: Column) -> pa.Array:
        if self.as_ in {"string", "digits"}:
            return texts(key, rows, [self._alphabet] * (self.length or 1))
        if self.as_ in _TEMPLATES:
            return texts(key, rows, [_CLASSES.get(each, each) for each in self.template or _TEMPLATES[self.as_]])
        if self.as_ == "uuid":
            made = uuids(key, rows)
        elif self.as_ == "hash":
            made = fixed_width(encode(digests(key, rows, 32), "hex", self.length or 64))
        elif self.as_ == "choice":
            made = choices(key, rows, list(self.from_), self.weights, kind)
        else:
            scale = self._scale(column)
            first, last = self._ends(scale)
            drawn = bounded(words(key, rows)[:, 0], last - first + 1) + np.int64(first)
            if self.as_ == "decimal":
                made = decimals(drawn, scale, kind)
            elif self.as_ == "integer":
                made = pa.array(drawn)
            else:
                made = moments(drawn, self.as_ == "date", kind, "+00" if "with time zone" in column.type else "")
        return made


def _moment(bound: Any) -> dt.date:
    """A bound as a date or a time. Raises: ValueError for another form."""
    if isinstance(bound, dt.date):
        return bound
    text = str(bound)
    return dt.date.fromisoformat(text) if len(text) == len("2024-01-01") else dt.datetime.fromisoformat(text)
