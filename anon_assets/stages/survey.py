"""A scan of a whole database without staging anything: rows stream through the detectors and are gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from anon_assets.contracts.classifier import Classifier
from anon_assets.contracts.database import Database, Schema, Snapshot, Table
from anon_assets.contracts.detector import Detector, Verdict
from anon_assets.errors import DatabaseError
from anon_assets.findings import Finding, raise_errors
from anon_assets.policies.scan_rules import ScanRules
from anon_assets.stages.catalog import CatalogHit, scan_catalog
from anon_assets.stages.fingerprints import Memory, detecting_version, table_mark
from anon_assets.stages.neighbours import all_detectors
from anon_assets.stages.product import Progress, quiet
from anon_assets.stages.sampling import FIRST_ROWS, scan_rows, scan_sample
from anon_assets.stages.scan import refine
from anon_assets.stages.user_detectors import own_detectors
from anon_assets.stages.voting import Poll

__all__ = ["Coverage", "Survey", "survey"]

_SKIPPED = "rule:"  # begins the rule of a verdict that the owner's rules made


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one table was looked at.

    Args:
        extent: ``full`` (every row), ``partial`` (a sample), ``unchanged`` (since the last scan, whose verdicts stand),
            ``none``.
        rows: read, or then read; columns that few rows do not settle were judged on more.
        expected: rows that the database holds there by its own estimate; None where it was not asked.
        where: only rows were read for which this SQL condition is true.
        reason: why nothing was read.
    """

    extent: Literal["full", "partial", "unchanged", "none"]
    rows: int | None = None
    expected: int | None = None
    where: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Survey:
    """What a scan of a database found and how far it looked.

    Args:
        schema: as it was.
        verdicts: by place of the table, one per column; refined by neighbours and foreign keys.
        coverage: by place of the table.
        catalog: personal data in comments, defaults, labels, bodies of views and the like.
        notes: on rules that fit nothing, and on a classifier that did not answer.
        detectors: that were used.
    """

    schema: Schema
    verdicts: Mapping[str, Sequence[Verdict]]
    coverage: Mapping[str, Coverage]
    catalog: Sequence[CatalogHit] = ()
    notes: Sequence[Finding] = ()
    detectors: Sequence[Detector] = ()

    def to_dict(self) -> dict[str, Any]:
        """The survey for machines; no value of the database in it."""
        return {
            "tables": {place: [each.to_dict() for each in found] for place, found in self.verdicts.items()},
            "coverage": {place: asdict(each) for place, each in self.coverage.items()},
            "catalog": [each.to_dict() for each in self.catalog],
            "notes": [each.to_dict() for each in self.notes],
        }


def survey(
    database: Database,
    progress: Progress = quiet,
    rules: ScanRules | None = None,
    memory: Memory | None = None,
    classifier: Classifier | None = None,
) -> Survey:
    """Scan the stored columns of every table, and what is written in the catalog, all in one snapshot.

    Args:
        database: the source. progress: told of rows as they pass.
        rules: what to look at, and how; everything, in full, by default.
        memory: the last scan; tables that did not change since are not read again. It takes in this one.
        classifier: is asked what columns hold, too; it is told what the rules allow.

    Raises: ConnectionFailed; DatabaseError, also for a database without tables; FindingsError for rules that do not fit
        it; ScanFailed when a detector fails.
    """
    rules = rules or ScanRules()
    detectors = (*all_detectors(), *own_detectors(rules.detectors))
    with database.snapshot() as snapshot:
        schema = snapshot.schema()
        if not schema.tables:
            raise DatabaseError(database.describe(), "holds no tables that we may read", "is it the right database?")
        notes = rules.findings(schema)
        raise_errors("scan", notes)
        poll = Poll(classifier, detectors, rules.send) if classifier is not None else None
        looking = _Looking(snapshot, rules, detectors, progress, memory, poll)
        if memory is not None:
            looking.identity = database.identity()
        found, coverage = {}, {}
        for table in schema.tables:
            if table.stored:
                found[table.place], coverage[table.place] = looking.table(table)
        progress("scan", "catalog", 0)
        catalog = scan_catalog(snapshot.texts(), detectors)
    if poll is not None:
        notes += [Finding("note", "classifier", *problem.split(": ", 1)) for problem in poll.problems]
    told = Survey(schema, _left_out_again(found, refine(schema, found, detectors)), coverage, catalog, notes, detectors)
    if memory is not None:
        memory.keep(told.verdicts)
    return told


class _Looking:
    """One pass over the tables of a snapshot."""

    def __init__(
        self, snapshot: Snapshot, rules: ScanRules, detectors: Sequence[Detector], progress: Progress,
        memory: Memory | None, poll: Poll | None,
    ) -> None:  # fmt: skip
        self._snapshot, self._rules, self._detectors, self._progress = snapshot, rules, detectors, progress
        self._memory, self._poll, self.identity = memory, poll, ""
        asked = poll.version if poll is not None else ""
        self._version = detecting_version(detectors, rules.detectors) + asked if memory is not None else ""

    def table(self, table: Table) -> tuple[list[Verdict], Coverage]:
        """The verdicts on one table by itself, one per column, and how much of it was read."""
        reasons = {column.name: self._rules.left_out(table.place, column.name) for column in table.columns}
        columns = [column for column in table.columns if not reasons[column.name]]
        skipped = {
            name: Verdict(name, "not_scanned", rule=_SKIPPED + reason) for name, reason in reasons.items() if reason
        }
        if all(column.generated for column in columns):
            found = {column.name: Verdict(column.name, "not_scanned", rule="generated") for column in columns}
            told = ", ".join(sorted(set(filter(None, reasons.values()))))
            return self._noted(table, "", found | skipped), Coverage("none", reason=_SKIPPED + told)
        where = self._rules.where.get(table.place, "")
        expected = self._snapshot.estimate(table, where)
        partial = self._rules.mode == "partial" and expected > 2 * FIRST_ROWS
        mark = ""
        if self._memory is not None and not partial and not where:  # a condition may ask for the time of day
            mark = table_mark(self._snapshot, self.identity, table, [column.name for column in columns], self._version)
            if (known := self._memory.recall(table.place, mark)) is not None:
                rows = max((verdict.rows for verdict in known), default=0)
                return self._noted(table, mark, {each.column: each for each in known}), Coverage(
                    "unchanged", rows, expected
                )
        reading = (scan_sample if partial else scan_rows)(
            self._snapshot, table, columns, where=where, detectors=self._detectors, progress=self._progress,
            send=self._rules.send if self._poll is not None else None,
        )  # fmt: skip
        found = dict(reading.verdicts)
        if self._poll is not None:
            heard = self._poll.heard(table, reading.described, list(found.values()))
            found = {verdict.column: verdict for verdict in heard}
            mark = mark if self._poll.well else ""  # to be asked again
        extent: Literal["full", "partial"] = "full" if reading.whole else "partial"
        return self._noted(table, mark, found | skipped), Coverage(extent, reading.rows, expected, where)

    def _noted(self, table: Table, mark: str, verdicts: Mapping[str, Verdict]) -> list[Verdict]:
        """The verdicts in the order of the columns, noted for the next scan."""
        ordered = [verdicts[column.name] for column in table.columns]
        if self._memory is not None:
            self._memory.note(table.place, mark, ordered)
        return ordered


def _left_out_again(
    found: Mapping[str, Sequence[Verdict]], refined: Mapping[str, Sequence[Verdict]]
) -> dict[str, list[Verdict]]:
    """What the owner's rules leave out stays so, whatever neighbours and foreign keys say of it."""
    told = {}
    for place, verdicts in refined.items():
        skipped = {each.column: each for each in found[place] if each.rule.startswith(_SKIPPED)}
        told[place] = [skipped.get(each.column, each) for each in verdicts]
    return told
