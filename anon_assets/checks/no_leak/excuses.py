"""Coincidences that are no leak: numbers in a dense range, and words of a code list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from anon_assets.checks.no_leak.chance import poisson_bound
from anon_assets.checks.no_leak.hashes import Collector, hashed
from anon_assets.checks.no_leak.occurrences import Target
from anon_assets.checks.no_leak.sources import Limits, Source, values_of
from anon_assets.checks.no_leak.verifying import Hit
from anon_assets.contracts.check import Evidence

__all__ = ["excused", "ordinary_words"]

_NUMBER = r"^[0-9]{1,18}$"
_CODES, _CODE_SHARE, _OVERLAP = 100, 0.1, 0.01
_WORDS, _WORD_SHARE = 3, 0.05


@dataclass(slots=True)
class _Numbers:
    """Plain numbers: distinct ones, and the range that those take which are not among the source's."""

    distinct: int
    lowest: int
    highest: int


def ordinary_words(hit: Hit, covered: float) -> bool:
    """Whether the single plain words that stand in the target's text say nothing about the source column.

    A login may be ``summer``, and text speaks of summer. They do when the owner accepted what the column holds, or when
    at most three of them are found there, or at most one in twenty of those that the source has.
    """
    if hit.target is not None and hit.target.treatment.effects.passes and hit.target.treatment.accepted:
        return True
    return len(hit.words) <= _WORDS or len(hit.words) / covered <= _WORD_SHARE * hit.source.plain


def excused(evidence: Evidence, hit: Hit, covered: float, limits: Limits) -> bool:
    """Whether what was found in a kept column says nothing about the source column.

    Only whole cells of kept columns can be excused.

    - Plain numbers (any source): the kept column is so dense between its lowest and highest number that at least as
      many would be found by chance. Numbers that were found do not count for the density: a leak does not vouch for
      itself.
    - Other values are never excused when a scan's verdict says that they identify. Without one, when the owner accepted
      what the kept column holds, when the kept column is a code list (fewer than 100 distinct values, each repeated
      ten times on average), or when at most one in a hundred of the source values is found.
    """
    target, source = hit.target, hit.source
    if target is None or not target.treatment.effects.passes:
        return False
    if target.treatment.accepted and not source.sure:
        return True
    if hit.within:
        return False
    if _dense(evidence, hit, target, covered, limits):
        return True
    few = hit.values / covered <= _OVERLAP * source.distinct
    return not source.sure and (few or _code_list(evidence, target))


def _code_list(evidence: Evidence, target: Target) -> bool:
    every, rows = Collector(), 0
    for batch in evidence.anonymized(target.table, [target.column]):
        text = target.text(batch.column(0)).drop_nulls()
        rows += len(text)
        every.add(hashed(text))
    distinct = len(every.result())
    return distinct < _CODES and distinct <= _CODE_SHARE * rows


def _dense(evidence: Evidence, hit: Hit, target: Target, covered: float, limits: Limits) -> bool:
    source = hit.source
    source_numbers = np.unique(np.concatenate([np.empty(0, np.int64), *_source_numbers(evidence, source, limits)]))
    if not len(source_numbers) or hit.values > len(source_numbers):
        return False
    others: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []
    for batch in evidence.anonymized(target.table, [target.column]):
        text = target.text(batch.column(0)).drop_nulls()
        if not len(text) or not text.str.contains(_NUMBER).all():
            return False
        numbers = np.unique(text.cast(pl.Int64).to_numpy())
        others.append(numbers[~np.isin(numbers, source_numbers, assume_unique=True)])
        if len(others) > 16:
            others = [np.unique(np.concatenate(others))]
    rest = np.unique(np.concatenate(others)) if others else np.empty(0, np.int64)
    if len(rest) < 2:
        return False
    lowest, highest = int(rest[0]), int(rest[-1])
    inside = int(np.count_nonzero((source_numbers >= lowest) & (source_numbers <= highest)))
    room = highest - lowest + 1 - inside  # where a number of the column may stand that is none of the source's
    expected = inside * min(1.0, len(rest) / max(room, 1))
    return hit.values / covered <= poisson_bound(expected)


def _source_numbers(
    evidence: Evidence, source: Source, limits: Limits
) -> Iterator[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    for batch in evidence.source(source.table, list(source.columns)):
        values = values_of(source, batch).drop_nulls().unique()
        numbers = values.filter(values.str.contains(_NUMBER) & (values.str.len_chars() >= limits.digits))
        yield numbers.cast(pl.Int64).to_numpy()
