"""Which source columns are looked for, and their values as hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.checks.no_leak.hashes import Collector, Hashes, hashed
from anon_assets.checks.no_leak.words import GRAM, Grams, is_mail, normal, phone_form
from anon_assets.columns import as_text
from anon_assets.contracts.check import Evidence
from anon_assets.contracts.detector import DETECTORS, Verdict
from anon_assets.entity_search.finding import entities, finder

__all__ = ["FORMS", "PLAIN", "Limits", "Source", "collect", "find_sources", "forms", "name_columns", "values_of"]

Why = Literal["verdict", "inside", "data", "fixed", "names"]
FORMS = ("whole", "phone", "mail", "gram")
PLAIN = r"^\p{L}+$"
"""A single plain word, which may be an ordinary word of any text."""

_SEARCHED = frozenset({"text", "uuid", "inet", "json", "array", "other", "binary"})
_PARTLY = frozenset({"json", "array", "other"})  # a transform may change a part and leave the rest
_NEVER = frozenset({"boolean", "date", "timestamp", "time", "interval"})
_FIRST, _LAST = frozenset({"first_name", "given_name"}), frozenset({"last_name", "surname", "family_name"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Which values are searched for.

    Args:
        minimum_length: fewest characters. digits: fewest digits of a plain number. ignore: words that are no one's.
    """

    minimum_length: int
    digits: int
    ignore: frozenset[str]


@dataclass(slots=True)
class Source:
    """Source columns whose values must not be found.

    Args:
        table: place. columns: one name; two for a person's first and last name.
        why: a scan's ``verdict`` that they identify; entities ``inside`` longer text; the ``data`` itself (nearly all
            distinct and long); ``fixed`` away by the plan; first and last ``names`` side by side.
        logical: of the column. entities: whose values are looked for inside the column's texts; empty: whole values.
    """

    table: str
    columns: tuple[str, ...]
    why: Why
    logical: str = "text"
    entities: tuple[str, ...] = ()
    hashes: dict[str, Hashes] = field(default_factory=dict)
    sizes: frozenset[int] = frozenset()
    distinct: int = 0
    values: int = 0
    plain: int = 0
    """Distinct values that are looked for inside text and are a single plain word."""

    @property
    def label(self) -> str:
        """``schema.table.column``; two columns with a plus."""
        return f"{self.table}.{'+'.join(self.columns)}"

    @property
    def sure(self) -> bool:
        """Its values point at one person as far as a scan can say: nothing excuses finding them."""
        return self.why in {"verdict", "inside"}


def name_columns(evidence: Evidence, table: str) -> list[tuple[str, str]]:
    """Pairs of columns that hold the first and the last name of one person, by the scan's verdicts."""
    verdicts, published = evidence.verdicts(table), evidence.columns(table)
    typed = {name: verdicts[name].entity for name in published if name in verdicts and verdicts[name].verdict == "type"}
    first = [name for name in published if typed.get(name) in _FIRST]
    last = [name for name in published if typed.get(name) in _LAST]
    if len(first) == len(last):
        return list(zip(first, last, strict=True))
    return [(one, other) for one in first for other in last][:16]


def find_sources(evidence: Evidence) -> Iterator[Source]:
    """The columns to look for, over all tables; those judged by their data are candidates until ``collect``."""
    for table in evidence.tables:
        facts, verdicts = evidence.schema.table(table), evidence.verdicts(table)
        for name in evidence.columns(table):
            treatment = evidence.treatment(table, name)
            if treatment.effects.passes:
                continue
            logical = facts.column(name).logical
            if treatment.effects.inside:  # what a detector finds there must go, the rest of each value is meant to stay
                yield Source(table, (name,), "inside", logical, _identifying())
                continue
            found = _why(verdicts.get(name), logical, fixed=treatment.effects.fixed)
            if found is not None:
                verdict = verdicts.get(name)
                parts = found == "inside" or (found == "verdict" and logical in _PARTLY)
                known = parts and verdict is not None and verdict.entity in entities()
                yield Source(table, (name,), found, logical, (verdict.entity,) if known and verdict else ())
        for pair in name_columns(evidence, table):
            if not all(evidence.treatment(table, name).effects.passes for name in pair):
                yield Source(table, pair, "names")


def _why(verdict: Verdict | None, logical: str, *, fixed: bool) -> Why | None:
    if verdict is not None and verdict.personal and logical not in _NEVER:
        if verdict.identifying and verdict.verdict == "type":
            return "verdict"
        if verdict.identifying and not fixed and verdict.entity in entities():
            return "inside"
        if verdict.verdict == "type":  # a common value, such as a first name: judged row by row
            return None
    if logical not in _SEARCHED:
        return None
    if fixed:
        return "fixed"
    return None if logical in _PARTLY else "data"


def values_of(source: Source, batch: pa.RecordBatch) -> pl.Series:
    """The values to look for that stand in a batch of the source's columns, in normal form; repeats and null kept."""
    if source.entities:
        return _inside(source.entities, as_text(batch.column(source.columns[0])), source.label)
    columns = [normal(batch.column(name), json=source.logical == "json") for name in source.columns]
    if source.why == "names":
        first, last = (each.set(each.str.len_chars() < 2, None) for each in columns)
        return pl.concat([first + " " + last, last + ", " + first])
    (text,) = columns
    if source.logical == "array":
        return text.str.extract_all(r'[^{},"\n]+').list.explode().str.strip_chars()
    return text


def _identifying() -> tuple[str, ...]:
    return tuple(kind for kind in entities() if DETECTORS.load(kind).identifying)


def _inside(kinds: tuple[str, ...], texts: pa.Array, place: str) -> pl.Series:
    """What is one of these entities inside the texts, each once, in normal form."""
    found = [spans.texts for spans in finder(kinds).find(pc.unique(texts.drop_null()), place)]
    return normal(pc.unique(pa.chunked_array(found, pa.string())))


def forms(source: Source, values: pl.Series, limits: Limits) -> pl.DataFrame:
    """The ways in which each value is looked for.

    Args:
        source: whose values they are.
        values: in normal form, distinct, no null.
        limits: which of them are worth looking for.

    Returns: ``value``, ``form`` (index into ``FORMS``), ``hash``, ``size`` (words).
    """
    number = values.str.contains("^[0-9]+$")
    least = number.cast(pl.Int32) * (limits.digits - limits.minimum_length) + limits.minimum_length
    fits = (values.str.len_chars().cast(pl.Int32) >= least) & values.str.contains(r"[\p{L}\p{N}]")
    values = values.filter(fits & ~values.is_in(list(limits.ignore)))
    if source.why == "names":
        return _grams(source, values, limits)
    parts = [_form(values, 0, hashed(values), 1)]
    if source.logical != "binary":
        phone = phone_form(values)
        shaped = phone.is_not_null()
        parts.append(_form(values.filter(shaped), 1, hashed(phone.filter(shaped)), 1))
        mail = is_mail(values)
        parts.append(_form(values.filter(mail), 2, hashed(values.filter(mail)), 1))
        parts.append(_grams(source, values.filter(~mail), limits))
    return pl.concat(parts)


def _grams(source: Source, values: pl.Series, limits: Limits) -> pl.DataFrame:
    grams = Grams.of(values)
    fits = (grams.words > 0) & (grams.characters >= limits.minimum_length)
    digits = ~values.str.contains(r"\p{L}").to_numpy()
    fits &= ~digits | (grams.words == 1) | (grams.characters >= limits.digits + 1)
    if not source.sure:  # one plain word is too little to be anyone's, unless a scan says so
        fits &= (grams.words > 1) | values.str.contains(r"\p{N}").to_numpy()
    return _form(values.filter(pl.Series(fits)), 3, grams.hashes[fits], np.minimum(grams.words[fits], GRAM))


def _form(values: pl.Series, form: int, hashes: Hashes, sizes: object) -> pl.DataFrame:
    frame = pl.DataFrame({"value": values, "hash": hashes})
    return frame.with_columns(form=pl.lit(form, pl.UInt8), size=pl.lit(sizes).cast(pl.UInt8))


def collect(evidence: Evidence, candidates: Sequence[Source], limits: Limits) -> list[Source]:
    """Read the source columns once and keep those sources that are to be looked for, with their hashes."""
    kept = []
    for source in candidates:
        gathered, short, plain = {form: Collector() for form in FORMS}, Collector(), Collector()
        sizes: set[int] = set()
        rows = characters = 0
        for batch in evidence.source(source.table, list(source.columns)):
            values = values_of(source, batch).drop_nulls()
            rows += len(values)
            characters += int(values.str.len_chars().sum())
            values = values.unique()
            table = forms(source, values, limits)
            for number, form in enumerate(FORMS):
                gathered[form].add(table.filter(pl.col("form") == number)["hash"].to_numpy())
            words = table.filter((pl.col("form") == 3) & pl.col("value").str.contains(PLAIN))
            plain.add(words["hash"].to_numpy())
            sizes.update(table.filter(pl.col("form") == 3)["size"].unique().to_list())
            short.add(hashed(values))
        source.distinct, source.values, source.plain = len(short.result()), rows, len(plain.result())
        if _searched(source, rows, characters):
            source.hashes = {form: gathered[form].result() for form in FORMS}
            source.sizes = frozenset(sizes)
            kept.append(source)
    return kept


def _searched(source: Source, rows: int, characters: int) -> bool:
    """Whether the data of a column without a verdict says that its values identify."""
    if source.why not in {"data", "fixed"}:
        return rows > 0
    share, length = source.distinct / max(rows, 1), characters / max(rows, 1)
    if source.why == "fixed":
        return rows > 0 and share >= 0.5
    return rows > 0 and share >= 0.9 and length >= 8 and (source.distinct >= 20 or length >= 16)
