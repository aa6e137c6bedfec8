"""Cover characters, show at most a few at the ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import polars as pl
import pyarrow as pa
from pydantic import ConfigDict, Field, model_validator

from anon_assets.columns import to_arrow, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.distinct import on_distinct

__all__ = ["Mask"]

_LEAST_HIDDEN = 2
_LEAST_HIDDEN_PART = 3  # one third
_SEPARATOR = r"[\p{P}\p{Zs}+]"
_COUNTED = r"[^\p{P}\p{Zs}+]"


class Mask(Transform):
    """Replace characters by a fill character, keeping ``first`` and ``last`` of them.

    Characters are Unicode code points. A value is shown in part only when at least two characters and at least a third
    of them stay hidden; every shorter value is filled whole. An empty text stays empty.

    With ``as: email`` that rule holds for the part before the last @, and what follows shows its dots, or all of it with
    ``keep_domain``. A value without anything before an @ is filled whole.
    """

    model_config = ConfigDict(populate_by_name=False)

    title: ClassVar[str] = "Cover characters, keep a few at the ends"
    good: ClassVar[Example] = Example(
        {"last": 4, "separators": "keep"},
        ("4012-8888-8888-1881", "1881", None),
        ("****-****-****-1881", "****", None),
        note="A short value is covered whole, so that it is never shown in clear.",
    )
    bad: ClassVar[Example] = Example(
        {"last": 6},
        ("19840317",),
        None,
        note="Six of eight digits of a birth date leave little to guess: use date_shift.",
    )

    first: int = Field(0, ge=0, le=64, description="Characters kept at the start, 0 to 64")
    last: int = Field(0, ge=0, le=64, description="Characters kept at the end, 0 to 64")
    fill: str = Field("*", min_length=1, max_length=1, description="The one character that covers")
    separators: Literal["keep"] | None = Field(
        None, description="`keep`: punctuation, spaces and + stay and are not counted among first and last"
    )
    as_: Literal["email"] | None = Field(
        None, alias="as",
        description="`email`: the first character before the @ stays, the domain keeps only its dots",
    )  # fmt: skip
    keep_domain: bool = Field(False, description="Show the domain (as: email); it may tell an employer, or a person")
    length: int | None = Field(
        None, ge=1, le=256, description="Every result has so many characters (hides the length); default: as the value"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Mask:
        if self.as_ and (self.first or self.last or self.separators or self.length):
            raise ValueError("as: email decides what is kept; leave out first, last, separators and length")
        if self.keep_domain and not self.as_:
            raise ValueError("keep_domain belongs to as: email")
        if self.length and self.separators:
            raise ValueError("a fixed length cannot keep separators; leave out one of them")
        if self.length and self.length < self.first + self.last + _LEAST_HIDDEN:
            raise ValueError(f"length is at least first + last + {_LEAST_HIDDEN}")
        return self

    def effects(self, column: Column) -> Effects:
        """Text; length kept unless ``length`` sets it."""
        return Effects(
            accepts=frozenset({"text"}), preserves_length=self.length is None, max_length=self.length or "same"
        )  # fmt: skip

    def problems(self, column: Column) -> Iterator[str]:
        """Everything would be shown of the longest value that fits."""
        if column.max_length is not None and self._shown and not _enough_hidden(column.max_length, self._shown):
            yield f"no value of {column.max_length} characters is long enough to show {self._shown} of them"

    @property
    def _shown(self) -> int:
        return self.first + self.last

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Masked values in the column's Arrow type."""
        return on_distinct(column, lambda values: to_arrow(self._masked(to_polars(values, "v")), column.type))

    def _masked(self, values: pl.Series) -> pl.Series:
        longest = self.length or int(values.str.len_chars().max() or 0)  # type: ignore[arg-type]  # of text, a number
        covers = pl.lit(self.fill * longest)
        if self.as_:
            result = self._email(pl.col("v"), covers)
        elif self.separators:
            result = self._between_separators(pl.col("v"))
        else:
            result = self._ends(pl.col("v"), covers)
        return values.to_frame().select(result.alias("v")).to_series()

    def _cover(self, text: pl.Expr, pattern: str = "(?s).") -> pl.Expr:
        return text.str.replace_all(pattern, self.fill.replace("$", "$$"))

    def _ends(self, value: pl.Expr, covers: pl.Expr) -> pl.Expr:
        size = value.str.len_chars().cast(pl.Int64)
        wanted = pl.when(size == 0).then(0).otherwise(self.length) if self.length else size
        if self._shown == 0:
            return covers.str.head(wanted)
        shown = pl.when(self._hides_enough(size)).then(pl.lit(1)).otherwise(0)
        return pl.concat_str(
            value.str.head(self.first * shown),
            covers.str.head(wanted - self._shown * shown),
            value.str.tail(self.last * shown),
        )

    def _hides_enough(self, size: pl.Expr) -> pl.Expr:
        hidden = size - self._shown
        return (hidden >= _LEAST_HIDDEN) & (hidden * _LEAST_HIDDEN_PART >= size)

    def _between_separators(self, value: pl.Expr) -> pl.Expr:
        size = value.str.count_matches(_COUNTED).cast(pl.Int64)
        whole = pl.when(size > 0).then(self._cover(value, _COUNTED)).otherwise(self._cover(value))
        if self._shown == 0:
            return whole
        head = f"((?:{_SEPARATOR}*{_COUNTED}){{{self.first}}})"
        tail = f"((?:{_COUNTED}{_SEPARATOR}*){{{self.last}}})"
        groups = value.str.extract_groups(f"(?s)^{head}(.*?){tail}$")
        covered = self._cover(groups.struct.field("2"), _COUNTED)
        parts = pl.concat_str([groups.struct.field("1"), covered, groups.struct.field("3")])
        return pl.when(self._hides_enough(size)).then(parts).otherwise(whole)

    def _email(self, value: pl.Expr, covers: pl.Expr) -> pl.Expr:
        domain = value.str.split("@").list.last()
        local = value.str.len_chars().cast(pl.Int64) - domain.str.len_chars() - 1  # -1 without an @
        shown = (local - 1 >= _LEAST_HIDDEN) & ((local - 1) * _LEAST_HIDDEN_PART >= local)
        start = value.str.head(shown.cast(pl.Int64))
        after = domain if self.keep_domain else self._cover(domain, r"(?s)[^.]")
        masked = pl.concat_str(start, covers.str.head(local - shown.cast(pl.Int64)), pl.lit("@"), after)
        return pl.when(local > 0).then(masked).otherwise(covers.str.head(value.str.len_chars()))


def _enough_hidden(size: int, shown: int) -> bool:
    hidden = size - shown
    return hidden >= _LEAST_HIDDEN and hidden * _LEAST_HIDDEN_PART >= size
