"""Row by row: a transformed value is not the value it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa

from anon_assets.checks.no_leak.chance import poisson_bound
from anon_assets.checks.no_leak.hashes import Collector, Hashes, Tally, hashed
from anon_assets.checks.no_leak.words import normal
from anon_assets.contracts.check import Evidence, Treatment

__all__ = ["RowJudge", "judges", "permutation_chance"]

_BY_SHARE = frozenset(
    {"integer", "decimal", "float", "date", "timestamp", "time", "interval", "json", "array", "other"}
)
_SPARED = 0.5  # of the distinct values, where a transform leaves some by design
_FEW = 4
_BATCH = 1_000
_LASTING = r"^(?:[+-]?0+(?:\.0*)?(?:e[+-]?[0-9]+)?|nan|[+-]?inf(?:inity)?)$"
"""Numbers and times that a transform may promise to leave: a share of zero is zero, and what is not finite stays."""


def permutation_chance(text: pl.Series) -> float:
    """Values that a keyed permutation of the values of this form is expected to leave as they are: at most one.

    Args:
        text: distinct values in normal form. The domain is taken from the longest value's letters and digits.
    """
    if not len(text):
        return 0.0
    digits = text.str.count_matches(r"\p{Nd}").to_numpy().astype(np.float64)
    letters = text.str.count_matches(r"\p{L}").to_numpy().astype(np.float64)
    return float(min(1.0, np.sum(10.0 ** -np.minimum(digits, 300) * 26.0 ** -np.minimum(letters, 200))))


@dataclass(slots=True)
class RowJudge:
    """Compares one transformed column with its source.

    Args:
        column: its name. treatment: of it. logical: of it. unchanged: share of distinct values that may stay, for
            numbers and times, 0 to 1. ignore: words that are no one's.

    Values in which nothing can change are left out: text without a letter or digit; zero, NaN and infinities.
    """

    column: str
    treatment: Treatment
    logical: str
    unchanged: float
    ignore: frozenset[str]
    rows: int = 0
    same: int = 0
    worst_batch: bool = False
    outputs: set[int] = field(default_factory=set)
    chance: float = 0.0
    _sources: Collector = field(default_factory=Collector)
    _shares: Tally = field(default_factory=Tally)
    _same: Collector = field(default_factory=Collector)
    _counts: dict[str, tuple[Hashes, Hashes]] = field(default_factory=dict)

    def look(self, source: pa.Array, anonymized: pa.Array) -> None:
        """Take a batch: equally many rows of both."""
        if self.treatment.effects.fixed:
            if len(self.outputs) < 2:
                self.outputs.update(hashed(normal(anonymized).drop_nulls().unique()).tolist())
            return
        json = self.logical == "json"
        before, after = normal(source, json=json), normal(anonymized, json=json)
        judged = before.str.contains(r"[\p{L}\p{N}]").fill_null(value=False) & ~before.is_in(list(self.ignore))
        if self.logical in _BY_SHARE:
            judged &= ~before.str.contains(_LASTING)
        before, after = before.filter(judged), after.filter(judged)
        same = (before == after).fill_null(value=False)
        rows, count = len(before), int(same.sum())
        self.rows, self.same = self.rows + rows, self.same + count
        hashes = hashed(before)
        self._sources.add(hashes)
        if self.by_share:
            mean = self._shares.add(hashes, same.to_numpy())
            self.worst_batch |= rows >= _BATCH and mean > 0.5 and before.n_unique() >= _FEW
        if count:
            self._same.add(hashed(before.filter(same)))
        if self.treatment.effects.scope in {"column", "table"}:
            self._count("before", before)
            self._count("after", after.drop_nulls())
        elif self.treatment.effects.coincides and self.treatment.effects.injective and self.chance < 1:
            self.chance = min(1.0, self.chance + permutation_chance(before.unique()))

    def _count(self, side: str, text: pl.Series) -> None:
        keys, counts = np.unique(hashed(text), return_counts=True)
        if side in self._counts:
            known, number = self._counts[side]
            every, place = np.unique(np.concatenate([known, keys]), return_inverse=True)
            total = np.bincount(place, weights=np.concatenate([number, counts.astype(np.uint64)]).astype(np.float64))
            keys, counts = every, total.astype(np.int64)
        self._counts[side] = (keys, counts.astype(np.uint64))

    def _shuffled(self) -> float:
        """Rows expected to be unchanged when the column's values are dealt out anew."""
        if len(self._counts) < 2:
            return 0.0
        (keys, before), (others, after) = self._counts["before"], self._counts["after"]
        _, left, right = np.intersect1d(keys, others, assume_unique=True, return_indices=True)
        return float(np.sum(before[left].astype(np.float64) * after[right])) / max(self.rows, 1)

    @property
    def by_share(self) -> bool:
        """Judged by how many of the distinct values stay, for some may."""
        return self.logical in _BY_SHARE or self.treatment.effects.spares

    @property
    def judged(self) -> bool:
        """False for columns of so few values that an unchanged row tells nothing."""
        if self.treatment.effects.fixed:
            return True
        few = len(self._sources.result()) < _FEW
        code_list = self.logical in {"boolean", "enum"} or self.by_share or self.rows >= 20
        return self.rows > 0 and not (few and code_list)

    def _many(self) -> bool:
        """More than the allowed share of the distinct values stay; one that does so in half its rows counts half."""
        distinct, stay = self._shares.result()
        spare = max(2 * distinct / self.rows, min(2.0, 0.1 * distinct))  # two rows, or two of many values
        limit = max(self.unchanged, _SPARED) if self.treatment.effects.spares else self.unchanged
        return stay > limit * distinct + spare

    @property
    def failed(self) -> bool:
        """More rows are unchanged than the transform and chance explain."""
        effects = self.treatment.effects
        if effects.fixed:
            return len(self.outputs) > 1
        if not self.judged or not self.same:
            return False
        if self.logical in {"boolean", "enum"} or self.by_share:
            worst = self.worst_batch and not effects.spares
            return worst or self._many() or self.same == self.rows
        if effects.scope in {"column", "table"}:
            return self.same > poisson_bound(self._shuffled())
        if effects.coincides and effects.injective:  # a permutation has a fixed point now and then
            return len(self._same.result()) > _fixed_points(self.chance)
        return True


def _fixed_points(expected: float) -> int:
    """Fixed points that a random permutation may have; the bound is that of rare events even where none is expected."""
    if expected < 1e-6:
        return 0
    return 1 if expected < 1e-3 else max(2, poisson_bound(expected))


def judges(evidence: Evidence, table: str, unchanged: float, ignore: frozenset[str]) -> Sequence[RowJudge]:
    """One judge per transformed column of a table."""
    facts = evidence.schema.table(table)
    return [
        RowJudge(name, treatment, facts.column(name).logical, unchanged, ignore)
        for name in evidence.columns(table)
        if not (treatment := evidence.treatment(table, name)).effects.passes and not treatment.effects.inside
    ]
