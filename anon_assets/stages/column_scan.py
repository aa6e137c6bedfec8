"""What is remembered of one column while its batches pass: counts, and fair samples of bounded size."""

from __future__ import annotations

from functools import cache, cached_property

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.columns import LogicalType, as_text, logical_of, plain, to_arrow, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.detector import Detector
from anon_assets.stages.distinct_sample import DistinctSample
from anon_assets.stages.nested import is_nested
from anon_assets.stages.text_search import ShapeSearch, TextSearch, recognised
from anon_assets.stages.weighing import Clue, Counts

__all__ = ["NUMBERS", "TEXTS", "ColumnScan", "shape_search", "text_search"]

TEXTS: frozenset[LogicalType] = frozenset({"text", "enum", "inet", "json", "array", "other"})
NUMBERS: frozenset[LogicalType] = frozenset({"integer", "decimal"})
_JUDGED = 512  # values that a detector judges per column: parsers are slow, and so many settle a share to 4 %
_DATES: frozenset[LogicalType] = frozenset({"date", "timestamp"})
_DOCUMENTS = 256  # structured values that are taken apart per column
_LONGEST_DOCUMENT = 1 << 16  # characters; a longer one would be cut in the middle and is searched as text only
_LONGEST = 400  # characters kept of a sampled value: no entity that types a column is longer
_DIGITS = 7  # the shortest number that may be a phone or a card
_ENOUGH = 3  # distinct values from which what they lack says something
_MASKED = (
    r"(?i)[*\x{2022}\x{25CF}#]{3,}|\A[x*\-. /@]*x{3,}[x*\-. /@0-9]*\z|"
    r"\A\W*(?:redacted|masked|removed|hidden|anonymi[sz]ed|confidential|deleted|suppressed|geschwärzt)\W*\z|\A<[a-z_]+>\z"
)  # what redaction leaves
_PROSE = r"\s\p{Ll}{3,}[,.:;!?)\"']*(?:\s|\z)|(?:\A|\s)\p{Ll}{3,}:? "
_PART = "\x1f"  # parts extracts of one value (ASCII unit separator)


@cache
def shape_search(detectors: tuple[Detector, ...]) -> ShapeSearch:
    """The search for whole values of these detectors, compiled once."""
    return ShapeSearch(detectors)


@cache
def text_search(detectors: tuple[Detector, ...]) -> TextSearch:
    """The search for these detectors, compiled once."""
    return TextSearch(detectors)


def _series(array: pa.Array) -> pl.Series:
    return pl.Series(pl.from_arrow(array))


class ColumnScan:
    """What is remembered of one column: counts, a sample of distinct values, of hits per detector, of structured values.

    Args:
        column: name and type. place: for errors. search: of the detectors that count inside text.

    The elements of lists are remembered as a column of their own, ``elements``.
    """

    def __init__(self, column: Column, place: str, search: TextSearch) -> None:
        self.column, self.place, self._search = column, place, search
        self.rows = self.nulls = self.blank = 0
        self.sample = DistinctSample()
        self.hits: dict[str, DistinctSample] = {}
        self.hit_rows: dict[str, float] = {}
        self.documents = DistinctSample(_DOCUMENTS)
        self.document_rows = 0
        self.elements: ColumnScan | None = None

    @property
    def as_values(self) -> bool:
        """Values of this column are looked at, as text."""
        return self.column.logical in TEXTS | NUMBERS | _DATES

    def update(self, array: pa.Array) -> None:
        """Look at one batch of the column, without dictionary encoding."""
        self.rows += len(array)
        self.nulls += array.null_count
        if array.null_count == len(array):
            return
        if pa.types.is_struct(array.type):
            array = to_arrow(to_polars(array.drop_null()).struct.json_encode())
        elif pa.types.is_nested(array.type):
            self._update_elements(array.drop_null())
            return
        elif self.column.logical in TEXTS:
            array = as_text(array)
        counted = pc.value_counts(array.drop_null() if array.null_count else array)
        values, rows = counted.field("values"), counted.field("counts")
        if self.column.logical not in TEXTS:
            self._sample(_series(values), rows)
            return
        blank = pc.or_(pc.equal(pc.binary_length(values), 0), pc.utf8_is_space(values))
        if pc.any(blank).as_py():
            filled = pc.invert(blank)
            self.blank += pc.sum(rows.filter(blank)).as_py()
            values, rows = values.filter(filled), rows.filter(filled)
        self._sample(_series(values), rows)
        self._remember_documents(values, rows)
        self._remember_hits(values, rows)

    def _update_elements(self, lists: pa.Array) -> None:
        values = plain(pc.list_flatten(lists))
        if self.elements is None:
            self.elements = ColumnScan(
                Column(self.column.name, logical=logical_of(values.type)), self.place, self._search
            )
        self.elements.update(values)

    def _remember_documents(self, values: pa.Array, rows: pa.Array) -> None:
        """Keep a sample of structured values whole: what they hold is told by its path."""
        begun = is_nested(values)
        if not pc.any(begun).as_py():
            return
        fits = pc.and_(begun, pc.less_equal(pc.utf8_length(values), _LONGEST_DOCUMENT))
        texts, weights = _series(values.filter(fits)), _series(rows.filter(fits))
        self.document_rows += int(weights.sum())
        places, hashes = self.documents.pick(texts)
        self.documents.keep(hashes, texts.gather(places), weights.gather(places))

    def _sample(self, values: pl.Series, rows: pa.Array) -> None:
        places, hashes = self.sample.pick(values)
        if self.as_values:
            texts = values.gather(places).cast(pl.String).str.slice(0, _LONGEST)
        else:
            texts = pl.repeat("", len(places), dtype=pl.String, eager=True)
        self.sample.keep(hashes, texts, _series(rows).gather(places))

    def _remember_hits(self, values: pa.Array, rows: pa.Array) -> None:
        """Keep the matched parts of those hits that enter the sample; the sample is bounded, so the work is."""
        limits = {kind: sample.limit for kind, sample in self.hits.items() if sample.limit is not None}
        for found in self._search.find(values, rows.to_numpy(), limits):
            texts, weights = _series(values.take(found.positions)), _series(rows.take(found.positions))
            kind = found.detector.kind()
            self.hit_rows[kind] = self.hit_rows.get(kind, 0.0) + float((weights.to_numpy() * found.scales).sum())
            sample = self.hits.setdefault(kind, DistinctSample(_JUDGED))
            places, hashes = sample.pick(texts)
            parts = self._search.extract(found.detector, texts.gather(places).to_list())
            joined = pl.Series([_PART.join(part) for part in parts], dtype=pl.String)
            sample.keep(hashes, joined, weights.gather(places))

    @property
    def counts(self) -> Counts:
        """What was seen, in numbers."""
        present = self.rows - self.nulls
        return Counts(self.rows, present, present - self.blank, self.sample.distinct)

    def texts(self) -> pa.Array:
        """The sampled values without white space around; none where only names and types can speak."""
        return pc.utf8_trim_whitespace(self.sample.texts) if self.as_values else pa.array([], pa.string())

    def clue(
        self, detector: Detector, texts: pa.Array, shape: np.ndarray | None, phrase: str, hint: str, vetoed: bool
    ) -> Clue:
        """What the values say to one detector, put together with what the name says.

        Args:
            detector: whose clue. texts: the sampled values. shape: which of them have its shape; None: none has.
            phrase, hint: of its words in the column's name. vetoed: the name speaks against it.
        """
        shape = np.zeros(len(texts), bool) if shape is None else shape
        looked = accepted = np.zeros(0, bool)
        share = 0.0
        if self.column.logical in detector.types and (detector.chance < 1 or phrase or hint):
            looked, accepted = recognised(detector, texts, self.place, _JUDGED, shape)
            accepted &= accepted.sum() >= detector.minimum_hits
            if len(looked):
                weights = self.sample.rows[: len(looked)]
                share = float(weights[accepted].sum() / weights.sum()) * self.counts.filled / self.counts.present
        in_text = self._in_text(detector)
        lacking = bool(phrase or hint) and self._lacks(detector.needs, texts)
        plain = self._plain(detector, texts) if phrase and len(looked) else 0
        return Clue(
            detector, phrase, vetoed, len(looked), int(looked.sum()), int(accepted.sum()), share, *in_text, hint,
            lacking, self.prose, self.bare, plain,
        )  # fmt: skip

    def _plain(self, detector: Detector, texts: pa.Array) -> int:
        """Of the values looked at, those of a plain shape that counts only under or behind a naming word."""
        if not detector.named_patterns:
            return 0
        union = "|".join(f"(?:{pattern})" for pattern in detector.named_patterns)
        shape = pc.match_substring_regex(texts, rf"\A(?:{union})\z").to_numpy(zero_copy_only=False)
        return int(recognised(detector, texts, self.place, _JUDGED, shape)[1].sum())

    def _lacks(self, needed: str, texts: pa.Array) -> bool:
        """Hardly any value has what it needs."""
        if not needed or len(texts) < _ENOUGH:
            return False
        return bool(pc.sum(pc.match_substring_regex(texts, needed)).as_py() < len(texts) * 0.05)

    def masked(self, texts: pa.Array) -> bool:
        """Nearly all values are what redaction leaves: stars, ``[REDACTED]``, ``<EMAIL>``."""
        if self.column.logical not in TEXTS or not len(texts):
            return False
        return bool(pc.sum(pc.match_substring_regex(texts, _MASKED)).as_py() >= len(texts) * 0.9)

    def _in_text(self, detector: Detector) -> tuple[int, int, int, float]:
        if detector.kind() not in self.hits:
            return 0, 0, 0, 0.0
        sample = self.hits[detector.kind()]
        parts = [text.split(_PART) if text else [] for text in sample.texts.to_pylist()]
        accepted = self._search.accepts(detector, parts, self.place)
        accepted &= accepted.sum() >= detector.minimum_hits
        weights = sample.rows
        share = float(weights[accepted].sum() / weights.sum()) * self.hit_rows[detector.kind()] / self.counts.present
        distinct = round(float(accepted.mean()) * sample.distinct)
        return sum(map(bool, parts)), int(accepted.sum()), distinct, share

    @cached_property
    def prose(self) -> bool:
        """Most sampled values are sentences: words in small letters between others. Asked for when all has been seen."""
        texts = self.texts()
        if self.column.logical not in TEXTS or not len(texts):
            return False
        return bool(pc.sum(pc.match_substring_regex(texts, _PROSE), min_count=0).as_py() * 2 > len(texts))

    @cached_property
    def bare(self) -> bool:
        """Most sampled values are digits alone. Asked for when all has been seen."""
        texts = self.texts()
        if not len(texts):
            return False
        return bool(pc.sum(pc.match_substring_regex(texts, r"\A[0-9]+\z"), min_count=0).as_py() * 2 > len(texts))

    def short_numbers(self, texts: pa.Array) -> bool:
        """Most values are numbers too short for a phone or card."""
        if self.column.logical not in NUMBERS or not len(texts):
            return False
        return bool(pc.mean(pc.less(pc.utf8_length(texts), _DIGITS).cast(pa.int8())).as_py() > 0.5)
