"""Nothing personal of the source stands in what would be published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import polars as pl
import pyarrow as pa
from pydantic import Field

from anon_assets.checks.no_leak.chance import poisson_bound
from anon_assets.checks.no_leak.excuses import excused
from anon_assets.checks.no_leak.occurrences import Hit, Searched, Target, candidates, matches, verify
from anon_assets.checks.no_leak.pairs import PairSet, leaked_pairs
from anon_assets.checks.no_leak.rows import RowJudge, judges
from anon_assets.checks.no_leak.sources import FORMS, Limits, Source, collect, find_sources, name_columns
from anon_assets.checks.no_leak.words import Collector, Hashes
from anon_assets.contracts.check import Check, Evidence, Result
from anon_assets.errors import CheckFailed

__all__ = ["PLACEHOLDERS", "NoLeak"]

PLACEHOLDERS = frozenset(
    {"anonymous", "deleted", "default", "empty", "example", "false", "missing", "n.a.", "none", "not applicable",
     "not available", "not given", "null", "redacted", "removed", "test", "true", "undefined", "unknown", "unnamed",
     "unspecified"}
)  # fmt: skip
"""Words that stand for a missing value: they are no one's, wherever they are found."""


_UNPAIRED = "source and anonymized rows do not pair up, so that they cannot be judged row by row"


class NoLeak(Check):
    """No value that the plan transforms is found in what would be published: rows of any table, and structure.

    How a source column is judged follows from the plan and from the scan's verdict:

    *By set*: columns that the scan holds to identify persons, entities that it found inside longer text, columns that
    the plan makes null or constant, and columns without a verdict whose data identify (text of at least 8 characters on
    average, nearly all distinct). None of their values may stand in any published column: as a whole cell of any type
    (compared as text), or in a row of words inside text, JSON and arrays. First and last names are looked for side by
    side, in both orders. A value found in a column whose transform makes plausible values (``coincides``) counts when
    it stood in that cell or that row before.

    *By row*: every transformed column. Text that stays as it was fails; numbers, dates and documents may stay in
    at most ``unchanged`` of the rows, but not in all; a shuffled column and a permutation of few values as often as
    chance explains. Codes of fewer than four distinct values are not judged, for there a row that stays tells nothing.

    *As persons*: pairs of first and last name among the published pairs, beyond what independent names explain.

    *Kept columns*: one that the scan holds to be directly identifying fails unless the owner accepted it.

    Args:
        minimum_length: fewest characters of a value that is searched for, 3 to 64.
        digits: fewest digits of a plain number that is searched for, 4 to 18.
        unchanged: share of rows in which a number or date may stay as it was, 0 to 1.
        ignore: words that are no one's, beside ``PLACEHOLDERS``; compared without case.
    """

    title: ClassVar[str] = "no source value in what is published"
    always: ClassVar[bool] = True

    minimum_length: int = Field(4, ge=3, le=64)
    digits: int = Field(6, ge=4, le=18)
    unchanged: float = Field(0.2, ge=0, le=1)
    ignore: tuple[str, ...] = ()

    def run(self, evidence: Evidence, tables: Sequence[str]) -> Iterable[Result]:
        """One result per table, for what was found *in* it; a leak in the structure counts for the source's table.

        ``counts``: values_checked, set_columns, row_columns, columns, leaked_values, leaked_rows, unchanged_rows,
        kept_columns, coincidences.

        Raises: CheckFailed when the data cannot be compared; the message has no value.
        """
        try:
            yield from _Judgement(self, evidence, tables).results()
        except pl.exceptions.PolarsError as error:  # its message may quote a cell
            raise CheckFailed("no_leak", f"the data cannot be compared ({type(error).__name__})") from None

    def limits(self) -> Limits:
        """What is searched for."""
        own = {word.strip().lower() for word in self.ignore}
        return Limits(self.minimum_length, self.digits, PLACEHOLDERS | own)


@dataclass(slots=True)
class _Found:
    """What was found in one table."""

    leaks: list[str] = field(default_factory=list)
    leaked_values: int = 0
    leaked_rows: int = 0
    unchanged_rows: int = 0
    coincidences: int = 0
    kept: int = 0
    columns: int = 0
    judged: list[str] = field(default_factory=list)
    unjudged: list[str] = field(default_factory=list)


class _Judgement:
    """One run of the check."""

    def __init__(self, check: NoLeak, evidence: Evidence, tables: Sequence[str]) -> None:
        self.check, self.evidence, self.tables = check, evidence, tables
        self.limits = check.limits()
        self.found = {table: _Found() for table in tables}

    def results(self) -> Iterator[Result]:
        if not self.tables:
            return
        every = list(find_sources(self.evidence))
        sources = collect(self.evidence, every, self.limits)
        searched = Searched.of(sources)
        targets = [target for table in self.tables for target in self._read(table, searched)]
        scripts = self._in_scripts(searched) if self.evidence.structure and len(searched) else {}
        self._verify(sources, targets, scripts)
        self._persons([source for source in every if source.why == "names"])
        for table in self.tables:
            self._kept(table)
            yield self._result(table, sources)

    def _read(self, table: str, searched: Searched) -> list[Target]:
        """Read a table once: note what of the searched values is found, and judge it row by row."""
        evidence, found = self.evidence, self.found[table]
        facts, names = evidence.schema.table(table), list(evidence.columns(table))
        row_judges = list(judges(evidence, table, self.check.unchanged, self.limits.ignore))
        targets = []
        for name in names:
            treatment = evidence.treatment(table, name)
            if not treatment.effects.fixed:
                logical = treatment.effects.result or facts.column(name).logical
                targets.append(Target(table, name, logical, treatment))
        found.columns = len(names)
        before = evidence.source(table, [judge.column for judge in row_judges]) if row_judges else iter(())
        for batch in evidence.anonymized(table, names):
            if len(searched):
                for target in targets:
                    target.look(batch.column(target.column), searched)
            if row_judges and not self._compare(row_judges, next(before, None), batch):
                row_judges = []
                found.leaks.append(_UNPAIRED)
        if row_judges and next(before, None) is not None:
            found.leaks.append(_UNPAIRED)
        self._rows(found, row_judges)
        judged = {judge.column for judge in row_judges if judge.judged}
        for target in targets:
            target.row_judged = target.column in judged
        return targets

    @staticmethod
    def _compare(row_judges: Sequence[RowJudge], raw: pa.RecordBatch | None, batch: pa.RecordBatch) -> bool:
        """Judge one batch; False when its rows do not pair up with those of the source."""
        if raw is None or raw.num_rows != batch.num_rows:
            return False
        for judge in row_judges:
            judge.look(raw.column(judge.column), batch.column(judge.column))
        return True

    def _rows(self, found: _Found, row_judges: Sequence[RowJudge]) -> None:
        for judge in row_judges:
            (found.judged if judge.judged else found.unjudged).append(judge.column)
            if not judge.failed:
                found.coincidences += judge.same
            elif judge.treatment.effects.fixed:
                found.leaks.append(f"{judge.column} should hold one value and holds several")
            else:
                found.unchanged_rows += judge.same
                found.leaks.append(f"{judge.column} is as it was in {judge.same} of {judge.rows} rows")

    def _in_scripts(self, searched: Searched) -> dict[int, Collector]:
        """Hashes found in the structure scripts, by form."""
        hits: dict[int, Collector] = {}
        for text in _structure(self.evidence.structure):
            for form, _, hashes in searched.find(text, inside=True):
                if len(hashes):
                    hits.setdefault(form, Collector()).add(hashes)
        return hits

    def _verify(self, sources: Sequence[Source], targets: Sequence[Target], scripts: Mapping[int, Collector]) -> None:
        """Look at what was found by hash as text, and decide."""
        hit_targets = [target for target in targets if target.hits]
        found: dict[int, Collector] = {}
        for hits in [*(target.hits for target in hit_targets), scripts]:
            for form, collector in hits.items():
                found.setdefault(form, Collector()).add(collector.result())
        if not found:
            return
        hashes: Mapping[int, Hashes] = {form: collector.result() for form, collector in found.items()}
        known, covered = candidates(self.evidence, sources, hashes, self.limits)
        for target in hit_targets:
            for hit in verify(self.evidence, target, sources, known).values():
                self._judge(self.found[target.table], target, hit, covered)
        if scripts:
            self._in_structure(sources, known)

    def _judge(self, found: _Found, target: Target, hit: Hit, covered: float) -> None:
        least = "at least " if covered < 1 else ""
        if hit.values and excused(self.evidence, hit, covered, self.limits):
            found.coincidences += hit.rows
        elif hit.values:
            found.leaked_values += hit.values
            found.leaked_rows += hit.rows
            found.leaks.append(
                f"{hit.source.label} -> {target.column}: {least}{hit.values} source values in {hit.rows} rows"
                f"{' of a kept column' if target.treatment.effects.passes else ''}"
            )
        if hit.same_row > poisson_bound(hit.expected_same_row):
            found.leaked_rows += hit.same_row
            found.leaked_values += hit.same_row
            found.leaks.append(f"{hit.source.label} -> {target.column}: the row's own value in {hit.same_row} rows")
        else:
            found.coincidences += hit.excused

    def _in_structure(self, sources: Sequence[Source], known: pl.DataFrame) -> None:
        hashes = {
            form: [known.filter(pl.col("form") == number)["hash"].to_numpy()] for number, form in enumerate(FORMS)
        }
        searched = Searched(hashes, frozenset(known.filter(pl.col("form") == 3)["size"].unique().to_list()))
        lines, quoted = _structure(self.evidence.structure)
        plain_word = pl.col("words").str.contains(r"^ \p{L}+ $")  # names and SQL are such words, unless quoted
        parts = [
            matches(lines, known, searched, inside=True).filter(~plain_word),
            matches(quoted, known, searched, inside=True),
        ]
        every = pl.concat([part.select("source", "key") for part in parts]).unique()
        for (number,), part in every.group_by("source", maintain_order=True):
            source = sources[int(str(number))]
            found = self.found[source.table if source.table in self.found else self.tables[0]]
            found.leaked_values += len(part)
            found.leaks.append(f"{source.label} -> structure scripts: {len(part)} source values")

    def _persons(self, sources: Sequence[Source]) -> None:
        """Pairs of first and last name."""
        published = [(table, pair) for table in self.tables for pair in name_columns(self.evidence, table)]
        if not sources or not published:
            return
        origins = [
            (each, PairSet(self.evidence.source(each.table, list(each.columns)), _two(each.columns)))
            for each in sources
        ]
        for table, pair in published:
            own = PairSet(self.evidence.anonymized(table, list(pair)), pair)
            treatments = [self.evidence.treatment(table, name) for name in pair]
            if all(each.effects.passes and each.accepted for each in treatments):
                continue
            for source, people in origins:
                if count := leaked_pairs(people, own):
                    self.found[table].leaked_values += count
                    self.found[table].leaks.append(
                        f"{source.label} -> {'+'.join(pair)}: {count} source persons by first and last name"
                    )

    def _kept(self, table: str) -> None:
        found, verdicts = self.found[table], self.evidence.verdicts(table)
        for name in self.evidence.columns(table):
            treatment, verdict = self.evidence.treatment(table, name), verdicts.get(name)
            if not treatment.effects.passes or treatment.accepted or verdict is None:
                continue
            if verdict.personal and verdict.tier == "direct":
                found.kept += 1
                held = "to be" if verdict.verdict == "type" else "to contain"
                found.leaks.append(
                    f"{name} is kept although the scan holds it {held} {verdict.entity}; anonymize it or accept it"
                )

    def _result(self, table: str, sources: Sequence[Source]) -> Result:
        found = self.found[table]
        own = [source for source in sources if source.table == table]
        if found.leaks:
            detail = _listed(found.leaks, "; ")
        else:
            searched = _listed(["+".join(source.columns) for source in own if source.why != "names"])
            detail = f"by set: {searched or 'none'}; by row: {_listed(found.judged) or 'none'}"
            if found.unjudged:
                detail += f"; too few distinct values to judge by row: {_listed(found.unjudged)}"
        counts = {
            "values_checked": sum(source.distinct for source in sources),
            "set_columns": len(own),
            "row_columns": len(found.judged),
            "columns": found.columns,
            "leaked_values": found.leaked_values,
            "leaked_rows": found.leaked_rows,
            "unchanged_rows": found.unchanged_rows,
            "kept_columns": found.kept,
            "coincidences": found.coincidences,
        }
        return Result(self.check.kind(), table, not found.leaks, counts=counts, detail=detail)


def _structure(script: str) -> tuple[pl.Series, pl.Series]:
    """Lines of the scripts, and what stands in quotes, in normal form."""
    lines = pl.Series(script.splitlines(), dtype=pl.String).str.to_lowercase().str.normalize("NFC").str.strip_chars()
    quoted = lines.str.extract_all("'[^']*'").list.explode().drop_nulls().str.strip_chars("'")
    return lines, quoted


def _two(columns: Sequence[str]) -> tuple[str, str]:
    return columns[0], columns[1]


def _listed(names: Sequence[str], separator: str = ", ") -> str:
    shown = separator.join(names[:12])
    return shown + (f"{separator}and {len(names) - 12} more" if len(names) > 12 else "")
