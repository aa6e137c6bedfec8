"""Where hashes of source values stand in what would be published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from anon_assets.checks.no_leak.hashes import Collector, Hashes, KeySet, hashed, ordered
from anon_assets.checks.no_leak.sources import FORMS, Source
from anon_assets.checks.no_leak.words import decoded, mails, normal, phone_form, word_grams
from anon_assets.columns import logical_of
from anon_assets.contracts.check import Treatment

__all__ = ["Searched", "Target"]

_TEXTUAL = frozenset({"text", "json", "array", "other"})
_Rows = npt.NDArray[np.intp]


class Searched:
    """All values to look for, by form, over all sources."""

    def __init__(self, hashes: Mapping[str, Sequence[Hashes]], sizes: frozenset[int]) -> None:
        self.keys = {form: KeySet(hashes.get(form, ())) for form in FORMS}
        self.sizes = sorted(sizes)

    @classmethod
    def of(cls, sources: Sequence[Source]) -> Searched:
        """The values of these sources."""
        every = {form: [source.hashes[form] for source in sources] for form in FORMS}
        return cls(every, frozenset().union(*(source.sizes for source in sources)))

    def __len__(self) -> int:
        return max(len(keys) for keys in self.keys.values())

    def find(self, text: pl.Series, *, inside: bool) -> Iterator[tuple[int, _Rows, Hashes]]:
        """(form, rows, hashes) of what is found in texts of normal form; ``inside``: also in parts of a text."""
        filled = text.fill_null("")
        if len(self.keys["whole"]):
            yield 0, *_hit(self.keys["whole"], hashed(filled))
        if len(self.keys["phone"]):
            phone = phone_form(filled)
            rows = phone.is_not_null().arg_true().to_numpy().astype(np.intp)
            yield 1, *_hit(self.keys["phone"], hashed(phone.drop_nulls()), rows)
        if inside and len(self.keys["mail"]):
            tokens = mails(filled)
            yield 2, *_hit(self.keys["mail"], tokens.words, tokens.rows)
        if inside and len(self.keys["gram"]):
            for rows, grams in word_grams(filled, self.sizes):
                yield 3, *_hit(self.keys["gram"], grams, rows)


def _hit(keys: KeySet, hashes: Hashes, rows: _Rows | None = None) -> tuple[_Rows, Hashes]:
    where = keys.where(hashes)
    return (where if rows is None else rows[where]), hashes[where]


@dataclass(slots=True)
class Target:
    """A published column in which values are looked for.

    Args:
        table: place. column: its name. logical: what its values mean once published. treatment: of it.
        row_judged: whether cells that stay as they were are counted elsewhere, row by row.
    """

    table: str
    column: str
    logical: str
    treatment: Treatment
    row_judged: bool = False
    hits: dict[int, Collector] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """``schema.table.column``."""
        return f"{self.table}.{self.column}"

    @property
    def textual(self) -> bool:
        """Values may stand inside longer ones."""
        return self.logical in _TEXTUAL

    @property
    def own_row(self) -> bool:
        """It is transformed, and its results depend on their own row alone."""
        effects = self.treatment.effects
        return not effects.passes and effects.scope in {"value", "row"}

    @property
    def by_row(self) -> bool:
        """Its results may also equal other source values by design."""
        return self.own_row and self.treatment.effects.coincides

    def text(self, column: pa.Array) -> pl.Series:
        """The column in normal form."""
        return normal(column, json=self.logical == "json")

    def views(self, column: pa.Array) -> list[tuple[pl.Series, bool]]:
        """(text in normal form, whether values may stand inside it): bytes as written, and again as what they spell."""
        written = (self.text(column), self.textual)
        return [written, (decoded(column), True)] if logical_of(column.type) == "binary" else [written]

    def look(self, column: pa.Array, searched: Searched) -> None:
        """Search a batch and note the hashes that are found."""
        for view, inside in self.views(column):
            text = view.drop_nulls()
            if inside and len(ordered(hashed(text))) < 0.7 * len(text):
                text = text.unique()
            for form, _, found in searched.find(text, inside=inside):
                if len(found):
                    self.hits.setdefault(form, Collector()).add(found)
