"""How the check comes to its results: collect, search, verify, decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

from anon_assets.checks.no_leak.chance import poisson_bound
from anon_assets.checks.no_leak.excuses import excused, ordinary_words
from anon_assets.checks.no_leak.hashes import Collector, Hashes
from anon_assets.checks.no_leak.occurrences import Searched, Target
from anon_assets.checks.no_leak.pairs import PairSet, leaked_pairs
from anon_assets.checks.no_leak.rows import RowJudge, judges
from anon_assets.checks.no_leak.scripts import pieces
from anon_assets.checks.no_leak.sources import FORMS, Limits, Source, collect, find_sources, name_columns
from anon_assets.checks.no_leak.verifying import Hit, candidates, matches, verify
from anon_assets.contracts.check import Evidence, Result

__all__ = ["Judgement"]

_SHORT_WORD = r"^\p{L}{1,7}$"  # of a default or a label, as likely as anyone's
_UNPAIRED = "source and anonymized rows do not pair up, so that they cannot be judged row by row"


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


class Judgement:
    """One run of the check over some tables.

    Args:
        limits: which values are searched for. unchanged: share of unchanged rows allowed for numbers and times.
        evidence: of the product. tables: to judge.
    """

    def __init__(self, limits: Limits, unchanged: float, evidence: Evidence, tables: Sequence[str]) -> None:
        self.limits, self.unchanged, self.evidence, self.tables = limits, unchanged, evidence, tables
        self.found = {table: _Found() for table in tables}

    def results(self) -> Iterator[Result]:
        """One result per table."""
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
        row_judges = list(judges(evidence, table, self.unchanged, self.limits.ignore))
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
        for text in pieces(self.evidence.structure):
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
        if ordinary_words(hit, covered):
            found.coincidences += hit.word_rows
        else:
            hit.within |= hit.words
            hit.rows += hit.word_rows
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
        lines, quoted = pieces(self.evidence.structure)
        plain_word = pl.col("words").str.contains(r"^ \p{L}+ $")  # names and SQL are such words, unless quoted
        parts = [
            matches(lines, known, searched, inside=True).filter(~plain_word),
            matches(quoted, known, searched, inside=True).filter(~pl.col("value").str.contains(_SHORT_WORD)),
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
            effects = treatment.effects
            if not (effects.passes or effects.partly) or treatment.accepted or verdict is None:
                continue
            if verdict.personal and verdict.tier == "direct":
                found.kept += 1
                held = "to be" if verdict.verdict == "type" else "to contain"
                found.leaks.append(
                    f"{name} is {'partly ' * effects.partly}kept although the scan holds it {held} {verdict.entity}; "
                    "anonymize it or accept it"
                )

    def _result(self, table: str, sources: Sequence[Source]) -> Result:
        found = self.found[table]
        own = [source for source in sources if source.table == table]
        by_set = list(dict.fromkeys("+".join(source.columns) for source in own if source.why != "names"))
        if found.leaks:
            detail = _listed(found.leaks, "; ")
        else:
            detail = f"by set: {_listed(by_set) or 'none'}; by row: {_listed(found.judged) or 'none'}"
            if found.unjudged:
                detail += f"; too few distinct values to judge by row: {_listed(found.unjudged)}"
        counts = {
            "values_checked": sum(source.distinct // (2 if source.why == "names" else 1) for source in own),
            "set_columns": len(by_set),
            "row_columns": len(found.judged),
            "columns": found.columns,
            "leaked_values": found.leaked_values,
            "leaked_rows": found.leaked_rows,
            "unchanged_rows": found.unchanged_rows,
            "kept_columns": found.kept,
            "coincidences": found.coincidences,
        }
        return Result("no_leak", table, not found.leaks, counts=counts, detail=detail)


def _two(columns: Sequence[str]) -> tuple[str, str]:
    return columns[0], columns[1]


def _listed(names: Sequence[str], separator: str = ", ") -> str:
    shown = separator.join(names[:12])
    return shown + (f"{separator}and {len(names) - 12} more" if len(names) > 12 else "")
