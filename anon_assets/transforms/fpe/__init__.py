"""Replace values by others of the same format, reversibly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from anon_assets.columns import plain
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context, Effects, Example, Transform
from anon_assets.crypto.ff1 import SMALLEST_DOMAIN
from anon_assets.distinct import on_distinct
from anon_assets.errors import TransformError
from anon_assets.transforms.fpe.ciphers import Ciphers
from anon_assets.transforms.fpe.formats import parts_of, template
from anon_assets.transforms.fpe.numbers import dates, integers
from anon_assets.transforms.fpe.parts import Part, run
from anon_assets.transforms.fpe.text import Bools

__all__ = ["Fpe"]

Format = Literal[
    "digits", "letters", "alphanumeric", "hex", "auto", "email", "phone", "payment_card", "iban", "uuid", "ssn", "integer",
    "date", "username",
]  # fmt: skip
_KEEPING_CLASSES = frozenset(
    {"digits", "letters", "auto", "username", "phone", "payment_card", "iban", "ssn", "template"}
)
_SPARSE = frozenset({"email", "uuid", "iban", "payment_card"})  # no value is likely to meet another of the source
_CHUNK_ROWS = 262_144  # of text that is read at once: enough for large groups of one length
_MARK = "~"  # begins what is not of the format; a value that begins with it does not count as one of the format
_FIRST_DAY, _LAST_DAY = dt.date(1900, 1, 1), dt.date(2099, 12, 31)


class Fpe(Transform):
    """Format-preserving encryption by FF1: each value becomes another one of its format, and ``reverse`` leads back.

    On its format it is a permutation: different values give different results, none is lost. Characters that the format
    does not encrypt stay in their places. Domains (all values of a length and pattern) of fewer than a million values are
    refused, since so few can be tried out; ``small: permute`` takes a keyed lookup permutation for them. As in any
    permutation a value may now and then be its own result. An empty text stays empty.

    - ``digits``, ``letters``: these are encrypted jointly, letters each of their own case and script.
    - ``alphanumeric``, ``hex``: letters and digits stand for one another; a value stays in lower or upper case or mixed.
    - ``auto``: every digit becomes a digit, every letter one of its case and script; encrypted jointly.
    - ``username``: as auto for ASCII; dots, hyphens and underscores stay, other characters do not fit.
    - ``template``: 9 is a digit, A and a a letter, all else literal (after a backslash these too).
    - ``email``: letters and digits up to the last label of the domain, jointly; with ``keep_domain`` of the local part.
    - ``phone``: country code, leading zeros and punctuation stay.
    - ``payment_card``: 12 to 19 digits of right check digit; it is computed anew. ``keep_bin`` keeps the first six.
    - ``iban``: country and structure stay, check digits are computed anew, and those inside the national numbers of 21
      countries as well where they were right.
    - ``uuid``: version and variant stay. ``ssn``: numbers that may have been issued.
    - ``integer``: between ``minimum`` and ``maximum``, or all of the column's type. Columns of different width that refer
      to one another need the same bounds, to have the same permutation.
    - ``date``: between ``minimum`` and ``maximum``, by default 1900 to 2099. So few days always take the lookup
      permutation: who knows some pairs knows these, and no more.

    Values outside the format, and those with more than 1,024 characters to encrypt, follow ``else``. A token or cipher in
    their place begins with ``~``, and values that begin so count as outside. In a column that ignores letter case, values
    are encrypted in lower case, so that equal ones stay equal, and ``reverse`` gives lower case. Results do not tell the
    version of the data key: ``reverse`` takes the current one.
    """

    title: ClassVar[str] = "Replace by another value of the same format, reversibly"
    shorthand: ClassVar[str | None] = "as"
    source: ClassVar[str] = "NIST SP 800-38G (FF1) and Rev. 1 (least domain); Black and Rogaway 2002 (cycle walking)"
    good: ClassVar[Example] = Example(
        {"as": "auto"},
        ("AB-1234-xy", None, "Müller 1980"),
        ("NL-2730-lp", None, "Båbuxe 4263"),
        note="Forms, checks and column widths still accept it, and joins still work.",
    )
    bad: ClassVar[Example] = Example(
        {"as": "digits"}, ("Ada Lovelace 123456",), None, note="The name stays in clear: only digits are encrypted."
    )

    as_: Format | None = Field(None, alias="as", description="The format")
    template: str | None = Field(
        None,
        min_length=1,
        description="The format by example: 9 digit, A and a letters, else literal, such as `AA-9999`",
    )
    else_: Literal["refuse", "token", "cipher", "null"] = Field(
        "refuse", alias="else", description="What becomes of values outside the format, or in too small a domain"
    )
    small: Literal["else", "permute"] = Field(
        "else", description="Domains below a million: treat as outside the format, or permute by lookup table"
    )
    keep_domain: bool = Field(False, description="Keep the domain (email); it may tell an employer")
    keep_bin: bool = Field(False, description="Keep the first six digits (payment_card): the issuer")
    minimum: int | dt.date | None = Field(None, description="Least value (integer, date)")
    maximum: int | dt.date | None = Field(None, description="Greatest value (integer, date)")
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    @model_validator(mode="after")
    def _is_consistent(self) -> Fpe:
        if (self.as_ is None) == (self.template is None):
            raise ValueError("name the format: either as or template")
        for name, owner in (("keep_domain", "email"), ("keep_bin", "payment_card")):
            if getattr(self, name) and self.as_ != owner:
                raise ValueError(f"{name} belongs to as: {owner}")
        bounds = [bound for bound in (self.minimum, self.maximum) if bound is not None]
        if bounds and self.as_ not in {"integer", "date"}:
            raise ValueError("minimum and maximum belong to as: integer or date")
        kind = dt.date if self.as_ == "date" else int
        if not all(isinstance(bound, kind) for bound in bounds):
            raise ValueError(
                f"minimum and maximum of {self.as_} are {'dates' if self.as_ == 'date' else 'whole numbers'}"
            )
        first, last = self._days if self.as_ == "date" else (self.minimum, self.maximum)
        if first is not None and last is not None and not first < last:  # type: ignore[operator]
            raise ValueError("minimum is not below maximum")
        if self.else_ in {"token", "cipher"} and self.as_ in {"integer", "date"}:
            raise ValueError("a number or date cannot become text; write else: refuse or null")
        return self

    @property
    def _name(self) -> str:
        return self.as_ or "template"

    @property
    def _days(self) -> tuple[dt.date, dt.date]:
        first, last = self.minimum, self.maximum
        return (
            first if isinstance(first, dt.date) else _FIRST_DAY,
            last if isinstance(last, dt.date) else _LAST_DAY,
        )

    def _parts(self) -> tuple[Part, ...]:
        if self.template is not None:
            return template(self.template)
        return parts_of(self._name, keep=self.keep_domain or self.keep_bin)

    def _bounds(self, column: Column, kind: pa.DataType | None = None) -> tuple[int, int] | None:
        """Least and greatest integer; None where neither the parameters nor the type tell."""
        limits: tuple[int, int] | None = None
        if column.logical == "decimal":
            if column.precision is not None and column.scale == 0:
                limits = 1 - 10**column.precision, 10**column.precision - 1
        else:
            limits = column.integers(kind) if column.bits is not None or kind is not None else None
        if limits is None:
            return None
        low, high = (
            given if isinstance(given, int) else limit
            for given, limit in zip((self.minimum, self.maximum), limits, strict=True)
        )
        return (low, high) if limits[0] <= low < high <= limits[1] and high - low < 2**64 else None

    def effects(self, column: Column) -> Effects:
        """Injective and reversible unless ``else`` says otherwise; a dense format may meet other values of the source."""
        refuse = self.else_ == "refuse"
        accepts = {"integer": {"integer", "decimal"}, "date": {"date"}, "uuid": {"text", "uuid"}}
        return Effects(
            accepts=frozenset(accepts.get(self._name, {"text"})),  # type: ignore[arg-type]
            injective=self.else_ != "null",
            reversible=self.else_ in {"refuse", "cipher"} and not column.folds_case,
            preserves_length=refuse and self._name != "integer",
            preserves_format=refuse and self._name in _KEEPING_CLASSES,
            preserves_nulls=self.else_ != "null",
            may_null=self.else_ == "null",
            max_length=self._max_length(column),
            needs_key=True,
            coincides=self._name not in _SPARSE or self.keep_domain or self.keep_bin or self.small == "permute",
        )

    def _max_length(self, column: Column) -> int | Literal["same"] | None:
        if self.else_ in {"refuse", "null"}:
            return None if self._name == "integer" else "same"
        own = self._other().effects(column).max_length
        if not isinstance(own, int) or column.max_length is None:
            return None
        return max(column.max_length, len(_MARK) + own)

    def _other(self) -> Transform:
        """The transform of values outside the format."""
        return TRANSFORMS.load(self.else_).model_validate({})

    def problems(self, column: Column) -> Iterator[str]:
        """Bounds outside the type; a domain that is too small, by bounds, template or declared length."""
        if self._name == "integer":
            yield from self._integer_problems(column)
        elif self._name == "date":
            return
        elif self.template is not None:
            part = template(self.template)[0]
            if part.size < (2 if self.small == "permute" else SMALLEST_DOMAIN):
                yield f"the template has {part.size:,} values; {_way_out(self.small)}"
            if column.max_length is not None and part.characters > column.max_length:
                yield f"the template has {part.characters} characters, the column holds {column.max_length}"
        elif column.max_length is not None and self.small == "else":
            shortest = min(part.shortest() for part in self._parts())
            if column.max_length < shortest:
                yield (
                    f"values of {self._name} have a domain of a million from {shortest} characters on, the column holds "
                    f"{column.max_length}; {_way_out(self.small)}"
                )

    def _integer_problems(self, column: Column) -> Iterator[str]:
        if column.logical == "decimal" and column.scale != 0:
            yield "a decimal with a fraction is no integer; use noise or round"
            return
        bounds = self._bounds(column)
        if bounds is None:
            if column.logical in {"integer", "decimal"} and (column.bits or column.precision):
                yield "minimum and maximum are not a range of at most 64 bits inside the column's type"
            return
        size = bounds[1] - bounds[0] + 1
        if size < SMALLEST_DOMAIN and self.small == "else":
            yield f"from minimum to maximum there are {size:,} numbers; {_way_out(self.small)}"

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Encrypted values in the column's Arrow type.

        Raises: TransformError when ``problems`` has any, and under ``else: refuse`` for values outside the format, with
            their count.
        """
        return self._run(column, context, forward=True)

    def reverse(self, column: pa.Array, context: Context) -> pa.Array:
        """The values that ``apply`` encrypted.

        Raises: TransformError for values that it cannot have yielded, and with ``else: token`` or ``null`` for those
            outside the format.
        """
        return self._run(column, context, forward=False)

    def _run(self, column: pa.Array, context: Context, *, forward: bool) -> pa.Array:
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        column = plain(column)
        accepts = self.effects(context.column).accepts
        if context.column.logical not in accepts:
            raise TransformError(context.place, f"fpe as {self._name} does not fit a {context.column.logical} column")
        if pa.types.is_null(column.type) or not len(column):
            return column
        family = self._name if self.template is None else f"template {self.template}"
        key = context.key("fpe", family)
        permute = self.small == "permute" or self._name == "date"

        def ciphers(name: str) -> Ciphers:
            return Ciphers(key, context.key("fpe", family, "small", name), name.encode(), forward, permute)

        if self._name in {"integer", "date"}:
            return on_distinct(column, lambda values: self._numbers(values, context, ciphers(self._name)))
        parts = self._parts()
        by_part = {part.name: ciphers(part.name) for part in parts}

        def texts(values: pa.Array) -> pa.Array:
            text = context.linkable(values)
            chunks = [
                self._texts(text[first : first + _CHUNK_ROWS], parts, by_part, context, forward=forward)
                for first in range(0, len(text), _CHUNK_ROWS)
            ]
            return pa.concat_arrays([pa.array([], pa.string()), *chunks]).cast(values.type)

        if pa.types.is_string_view(column.type):  # which Arrow can hardly compute with
            return on_distinct(column.cast(pa.string()), texts).cast(column.type)
        return on_distinct(column, texts)

    def _numbers(self, values: pa.Array, context: Context, ciphers: Ciphers) -> pa.Array:
        if self._name == "date":
            made, fits = dates(values, *self._days, ciphers)
        else:
            bounds = self._bounds(context.column, values.type)
            if bounds is None:
                raise TransformError(
                    context.place, "the column's type has no range of whole numbers", "give both bounds"
                )
            made, fits = integers(values, *bounds, ciphers)
        if not fits.all():
            self._refuse(fits, context)
            made = pc.if_else(pa.array(fits), made, pa.scalar(None, made.type))
        return made

    def _texts(
        self, values: pa.Array, parts: tuple[Part, ...], ciphers: dict[str, Ciphers], context: Context, *, forward: bool
    ) -> pa.Array:
        marked = np.zeros(len(values), np.bool_)
        if self.else_ in {"token", "cipher"}:
            marked = pc.starts_with(values, _MARK).to_numpy(zero_copy_only=False)
        if not marked.any():
            made, fits = run(values, parts, ciphers)
            if fits.all():
                return made
        else:
            made, fits = values, np.zeros(len(values), np.bool_)
            rest = pa.array(np.flatnonzero(~marked))
            made, fits[~marked] = run(values.take(rest), parts, ciphers)
            order = np.cumsum(~marked) - 1
            order[marked] = 0
            made = made.take(pa.array(order)) if len(rest) else values
        if self.else_ == "null":
            return pc.if_else(pa.array(fits), made, pa.scalar(None, pa.string()))
        self._refuse(fits, context)
        other = values.filter(pa.array(~fits))
        if forward:
            outside = pc.binary_join_element_wise(_MARK, self._other().apply(other, context).cast(pa.string()), "")
        else:
            if not marked[~fits].all() or self.else_ == "token":
                raise TransformError(context.place, f"{int((~fits).sum())} values cannot be reversed")
            outside = self._other().reverse(pc.utf8_slice_codeunits(other, 1), context).cast(pa.string())
        places = np.arange(len(values))
        places[~fits] = len(values) + np.arange(len(other))
        return pa.concat_arrays([made, outside]).take(pa.array(places))

    def _refuse(self, fits: Bools, context: Context) -> None:
        if self.else_ == "refuse" or context.column.logical == "uuid":  # a uuid column holds no other text
            what = f"{int((~fits).sum()):,} of {len(fits):,} distinct values are not of the format, too long or one of too few"
            raise TransformError(
                context.place, what, "say in the policy what they shall become, or choose another transform"
            )


def _way_out(small: str) -> str:
    if small == "permute":
        return "write at least one character class"
    return "fewer than 1,000,000 can be tried out; use token, or accept it with small: permute"
