"""Replace values by more general ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import (
    Field,
    PrivateAttr,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from anon_assets.addresses import LONGEST
from anon_assets.columns import LogicalType, as_text
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.distinct import on_distinct
from anon_assets.errors import TransformError
from anon_assets.transforms.generalize.hierarchy import Hierarchy
from anon_assets.transforms.generalize.rules import (
    LABEL_LENGTHS,
    Period,
    band_labels,
    lower_bounds,
    networks,
    period_labels,
    periods,
    prefixes,
)

__all__ = ["Generalize"]

_RULES = ("prefix", "ip", "date", "bands", "hierarchy")
_ACCEPTS: dict[str, frozenset[LogicalType]] = {
    "prefix": frozenset({"text"}),
    "ip": frozenset({"text", "inet"}),
    "date": frozenset({"date", "text"}),
    "bands": frozenset({"integer", "text"}),
}
_SUPPRESSED = "*"
_LONGEST_ADDRESS = LONGEST[6] + len("/128")
_LONGEST_BAND = 2 * 19 + 1


class Generalize(Transform):
    """A value becomes the group that it belongs to, by one rule or by a file.

    ``prefix`` keeps the first characters of a code and covers each of the others by ``fill``, or cuts them off
    (``fill: ""``); a value of so few characters stays whole. ``ip`` keeps the first bits of an IPv4 address, ``ip6`` those
    of an IPv6 address; the other bits become zero, and a ``/length`` no longer than what is kept. ``date`` gives the first
    day of the period, in a date column; of text such as ``2024-03-05`` a label: ``2024``, ``2024-Q1``, ``2024-03``,
    ``2024-W10`` (ISO 8601), ``2024-03-05``. ``bands`` gives the lower bound of equally wide bands that begin at 0, in an
    integer column; of whole numbers written as text ``30-39``.

    ``hierarchy`` names a CSV file as ARX writes it: on each line a value and its labels on level 1, 2 and so on. Of
    these ``level`` is taken; integer columns need labels that are whole numbers. The file is read when the policy is, and
    its SHA-256 is part of the plan: with another file it is another plan.

    Guarantees: equal values stay equal. A value may already be as general as its group, and then stays as it is.
    """

    title: ClassVar[str] = "Replace by a more general value"
    source: ClassVar[str] = (
        "L. Sweeney, Achieving k-Anonymity Privacy Protection Using Generalization and Suppression (2002); ARX hierarchies; "
        "ISO 8601 (weeks)"
    )
    good: ClassVar[Example] = Example(
        {"prefix": 3},
        ("80331", None, "SW1A 1AA"),
        ("803**", None, "SW1*****"),
        note="The district stays for statistics, the street does not.",
    )
    bad: ClassVar[Example] = Example(
        {"prefix": 4},
        ("K1A 0B1", "90210"),
        None,
        note="Four of five digits leave ten places: combined with age and sex they still single people out.",
    )

    prefix: int | None = Field(None, ge=0, le=64, description="Characters kept at the start, 0 to 64")
    fill: str = Field(
        "*", max_length=1, description="With prefix: what covers each other character; empty cuts them off"
    )
    ip: int | None = Field(
        None, ge=0, le=32, description="Bits kept of IPv4 addresses, such as 24; alone, IPv6 keeps 48"
    )
    ip6: int | None = Field(
        None, ge=0, le=128, description="Bits kept of IPv6 addresses, such as 48; alone, IPv4 keeps 24"
    )
    date: Period | None = Field(None, description="Period that dates become")
    bands: int | None = Field(None, ge=2, le=10**9, description="Width of number bands, such as 10 for 30-39")
    hierarchy: str | None = Field(
        None, min_length=1, description="CSV file: value and its labels by level; a relative path starts at the project"
    )
    level: int | None = Field(None, ge=1, le=64, description="With hierarchy: the level taken, from 1")
    else_: Literal["refuse", "null", "suppress"] = Field(
        "refuse",
        alias="else",
        description="What becomes of values that the rule or file does not know; suppress writes *",
    )

    _hierarchy: Hierarchy | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _is_one_rule(self, info: ValidationInfo) -> Generalize:
        given = [name for name in _RULES if getattr(self, name) is not None or (name == "ip" and self.ip6 is not None)]
        if len(given) != 1:
            raise ValueError(f"give one of {', '.join(_RULES)}")
        if "fill" in self.model_fields_set and self.prefix is None:
            raise ValueError("fill goes with prefix")
        if (self.level is None) != (self.hierarchy is None):
            raise ValueError("hierarchy and level go together")
        if self.hierarchy is not None and self.level is not None:
            root = (info.context or {}).get("root")
            path = Path(self.hierarchy).expanduser()
            self._hierarchy = Hierarchy.read(path if root is None else Path(root) / path, self.level)
        return self

    @model_serializer(mode="wrap")
    def _with_digest(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        if self._hierarchy is not None and not info.exclude_defaults:  # not where parameters are shown as given
            written["hierarchy_sha256"] = self._hierarchy.digest
        return written

    @property
    def _rule(self) -> str:
        if self.ip6 is not None:
            return "ip"
        return next(name for name in _RULES if getattr(self, name) is not None)

    @property
    def _always_fits(self) -> frozenset[LogicalType]:
        """Columns in which there is no value that the rule does not know."""
        if self._rule == "hierarchy":
            return frozenset()
        return frozenset({"text"} if self._rule == "prefix" else {"inet", "date", "integer"})

    def effects(self, column: Column) -> Effects:
        """By rule: which columns, and how long results are. Values that are general enough stay."""
        accepts = _ACCEPTS.get(self._rule)
        if accepts is None:
            numeric = self._hierarchy is not None and self._hierarchy.range is not None
            accepts = frozenset({"text", "integer"} if numeric else {"text"})
        may_null = self.else_ == "null" and column.logical not in self._always_fits
        return Effects(
            accepts=accepts,
            preserves_length=self._rule == "prefix" and bool(self.fill),
            preserves_order=self._rule in {"date", "bands"} and column.logical != "text",
            preserves_nulls=not may_null,
            may_null=may_null,
            max_length=self._max_length(column),
            coincides=True,
            spares=True,
        )

    def _max_length(self, column: Column) -> int | Literal["same"] | None:
        if self._rule == "prefix":
            return "same"
        if column.logical not in {"text", "inet"}:
            return None
        if self._hierarchy is not None:
            return max(self._hierarchy.longest, len(_SUPPRESSED))
        longest = {"ip": _LONGEST_ADDRESS, "bands": _LONGEST_BAND}.get(self._rule) or LABEL_LENGTHS[self.date or "day"]
        return longest if column.max_length is None or self._rule == "date" else min(longest, column.max_length)

    def problems(self, column: Column) -> Iterator[str]:
        """Nothing would be generalized; no room for labels; a star where only values of the type fit."""
        if self.else_ == "suppress" and column.logical != "text" and column.logical not in self._always_fits:
            yield f"a {column.logical} column cannot hold {_SUPPRESSED}; write else: refuse or null"
        if column.logical == "integer" and column.bits is not None and self._hierarchy is not None:
            low, high = self._hierarchy.range or (0, 0)
            least, most = column.integers()
            if not least <= low <= high <= most:
                yield f"a label of the hierarchy is no integer from {least:,} to {most:,}"
        if column.logical != "text" or column.max_length is None:
            return
        if self.prefix is not None and self.prefix >= column.max_length:
            yield f"no value of {column.max_length} characters has more than {self.prefix}: nothing is generalized"
        if self.bands is not None and column.max_length < (room := 2 * max(2, len(str(self.bands - 1))) + 1):
            yield f"a band takes {room} characters or more, the column holds {column.max_length}"

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Generalized values in the column's Arrow type.

        Raises: TransformError when ``problems`` has any, and under ``else: refuse`` for values that the rule or file does
            not know, with the count of distinct ones.
        """
        logical = context.column.logical
        if logical not in self.effects(context.column).accepts:
            raise TransformError(context.place, f"generalize by {self._rule} does not fit a {logical} column")
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        if pa.types.is_null(column.type):
            return column
        if self.bands is not None and logical == "integer":
            return lower_bounds(column, self.bands, context.column.integers(column.type)[0])
        if self.date is not None and logical == "date":
            period = self.date
            return on_distinct(column, lambda values: periods(values, period, context.place))
        return on_distinct(column, lambda values: self._known(values, context).cast(column.type))

    def _known(self, values: pa.Array, context: Context) -> pa.Array:
        """Results as text, after what ``else`` says of values without one."""
        made = self._labels(as_text(values), context.column)
        room = context.column.max_length
        if room is not None and context.column.logical == "text":
            made = pc.if_else(pc.less_equal(pc.utf8_length(made), room), made, None)
        if not made.null_count or self.else_ == "null":
            return made
        if self.else_ == "suppress":
            return made.fill_null(_SUPPRESSED)
        what = f"{made.null_count:,} of {len(made):,} distinct values "
        what += "are not in the hierarchy" if self._hierarchy is not None else f"cannot be generalized by {self._rule}"
        raise TransformError(context.place, what, "set else: null or suppress")

    def _labels(self, texts: pa.Array, column: Column) -> pa.Array:
        """Results as text; null for a value that the rule or file does not know."""
        if self.prefix is not None:
            return prefixes(texts, self.prefix, self.fill)
        if self._hierarchy is not None:
            return self._hierarchy.labelled(texts, fold_case=column.folds_case)
        if self.date is not None:
            return period_labels(texts, self.date)
        if self.bands is not None:
            return band_labels(texts, self.bands)
        return networks(texts, 24 if self.ip is None else self.ip, 48 if self.ip6 is None else self.ip6)
