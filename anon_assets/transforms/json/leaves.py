"""Plain JSON values as Arrow columns, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import LogicalType, as_text, logical_of, to_arrow, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Transform
from anon_assets.errors import TransformError
from anon_assets.text_buffer import Joined, Positions
from anon_assets.transforms.json.scanning import Values, unescaped

__all__ = ["CARRIERS", "Leaves", "read", "taken", "written"]

CARRIERS: tuple[LogicalType, ...] = (
    "text", "integer", "float", "decimal", "boolean", "date", "timestamp", "uuid", "inet",
)  # fmt: skip
"""What a JSON value may be handed on as."""

_QUOTE = ord('"')
_DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
_PLAIN = r"\A-?[0-9]{1,38}\z"
_ESCAPES = {chr(code): f"\\u{code:04x}" for code in range(32)} | {
    '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leaves:
    """Values of one path and one type.

    Args:
        begins, ends: in the buffer; strings with their quotes.
        logical: type they are handed on as. values: as Arrow, without nulls.
    """

    begins: Positions
    ends: Positions
    logical: LogicalType
    values: pa.Array


def taken(transform: Transform, facts: Callable[[LogicalType], Column]) -> list[LogicalType]:
    """The types of JSON values that a transform takes without a problem, of a column with these facts."""
    columns = [facts(logical) for logical in CARRIERS]
    return [
        column.logical
        for column in columns
        if column.logical in transform.effects(column).accepts and not any(transform.problems(column))
    ]


def read(
    joined: Joined,
    found: Values,
    places: Positions,
    transform: Transform,
    facts: Callable[[LogicalType], Column],
    where: str,
) -> Iterator[Leaves]:
    """The values at some places in groups of one type each, which the transform takes.

    Args:
        joined: the documents. found: their values. places: of strings, numbers, true and false among them.
        transform: of the path. facts: of a column of the path for a logical type. where: for errors.

    Raises: TransformError with the number of values that the transform takes in no form.
    """
    takes = set(taken(transform, facts))
    kinds = found.kinds[places]
    strings, booleans = kinds == _QUOTE, (kinds == ord("t")) | (kinds == ord("f"))
    for named, which, parts in (
        ("strings", places[strings], _strings),
        ("booleans", places[booleans], _booleans),
        ("numbers", places[~strings & ~booleans], _numbers),
    ):
        if not len(which):
            continue
        quoted = int(named == "strings")
        begins, ends = found.begins[which], found.ends[which]
        texts = joined.slices(begins + quoted, ends - quoted)
        done = np.zeros(len(which), bool)
        for mask, logical, values in parts(texts, takes, where):
            done |= mask
            yield Leaves(begins[mask], ends[mask], logical, values)
        if not done.all():
            what = f"{int((~done).sum())} values are {named}, which {transform.kind()} does not take"
            raise TransformError(where, what, "choose a transform that takes them, or one that drops them")


_Groups = Iterator[tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], LogicalType, pa.Array]]


def _strings(texts: pa.Array, takes: set[LogicalType], where: str) -> _Groups:
    spelled, bad = unescaped(texts)
    if bad:
        raise TransformError(where, f"{bad} strings hold unpaired surrogates, which are no text")
    every = np.ones(len(spelled), bool)
    if "text" in takes:
        yield every, "text", spelled
    elif takes & {"date", "timestamp"}:
        days = pc.match_substring_regex(spelled, _DAY).to_numpy(zero_copy_only=False)
        for mask, order in ((days, ("date", "timestamp")), (~days, ("timestamp", "date"))):
            logical = next(each for each in order if each in takes)
            if mask.any():
                yield mask, logical, spelled.filter(pa.array(mask))
    else:
        for logical in ("uuid", "inet"):
            if logical in takes:
                yield every, logical, spelled
                return


def _booleans(texts: pa.Array, takes: set[LogicalType], _: str) -> _Groups:
    every = np.ones(len(texts), bool)
    if "boolean" in takes:
        yield every, "boolean", pc.equal(texts, "true")
    elif "text" in takes:
        yield every, "text", texts


def _numbers(texts: pa.Array, takes: set[LogicalType], where: str) -> _Groups:
    """Whole numbers within 64 bits; whole numbers beyond; others. Each in the first form that is taken."""
    digits = pc.match_substring_regex(texts, _PLAIN).to_numpy(zero_copy_only=False)
    narrow = to_polars(texts).cast(pl.Int64, strict=False).is_not_null().to_numpy() & digits
    for mask, order in (
        (narrow, ("integer", "decimal", "text", "float")),
        (digits & ~narrow, ("decimal", "text", "float")),
        (~digits, ("float", "text")),
    ):
        logical = next((each for each in order if each in takes), None)
        if logical is None or not mask.any():
            continue
        part = texts.filter(pa.array(mask))
        kind = {"integer": pa.int64(), "decimal": pa.decimal128(38, 0), "float": pa.float64()}.get(logical, pa.string())
        values = part.cast(kind)
        if logical == "float" and not pc.all(pc.is_finite(values)).as_py():
            count = pc.sum(pc.invert(pc.is_finite(values))).as_py()
            raise TransformError(where, f"{count} numbers lie beyond 64-bit floats")
        yield mask, logical, values


def written(values: pa.Array, where: str) -> pa.Array:
    """Values as JSON, ``pa.string()``: numbers and booleans bare, everything else as a string, null as ``null``.

    Raises: TransformError for NaN and infinities, which JSON does not have.
    """
    logical = logical_of(values.type)
    if logical == "float":
        odd = pc.sum(pc.invert(pc.is_finite(values))).as_py()
        if odd:
            raise TransformError(where, f"{odd} results are NaN or infinite, which JSON does not have")
        made = to_arrow(to_polars(values).cast(pl.String))
    elif logical in {"integer", "decimal", "boolean"}:
        made = values.cast(pa.string())
    else:
        made = _quoted(as_text(values))
    return pc.fill_null(made, "null")


def _quoted(texts: pa.Array) -> pa.Array:
    special = pc.match_substring_regex(texts, r'["\\\x00-\x1f]')
    if pc.any(special).as_py():
        series = to_polars(texts.filter(special)).str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
        texts = pc.replace_with_mask(texts, special, to_arrow(series))
    return pc.binary_join_element_wise('"', texts, '"', "")
