"""The file ``checks/<product>.yaml``: what must hold before a product is published, beside what always must."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from anon_assets.contracts.check import CHECKS, Check
from anon_assets.contracts.database import Schema
from anon_assets.findings import Finding, near

__all__ = ["Suite", "check_suite", "parse_suite"]

_SECTIONS = ("expectations", "privacy", "checks")
_Lines = Callable[[tuple[str, ...]], str]


@dataclass(frozen=True, slots=True)
class Suite:
    """What a product is checked by, beside what always runs.

    Args:
        tables: place to the checks that the owner asks for on it.
        checks: kind to the always-check with the owner's parameters.
        sources: (place, kind), or ("", kind) under ``checks``, to ``file:line``.
    """

    tables: Mapping[str, tuple[Check, ...]] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    sources: Mapping[tuple[str, str], str] = field(default_factory=dict)


def parse_suite(document: Mapping[str, object], source: str, lines: _Lines) -> tuple[Suite, list[Finding]]:
    """Read a suite from a loaded YAML document.

    Args:
        document: the file's content.
        source: the file's name, for the place of findings.
        lines: key path to ``file:line``.

    Returns: the suite, of what could be read, and every error; with errors it must not be used.
    """
    findings = [
        Finding("error", "unknown-key", str(key), "no such key", near(key, _SECTIONS), lines((key,)))
        for key in document
        if key not in _SECTIONS
    ]
    tables: dict[str, tuple[Check, ...]] = {}
    sources: dict[tuple[str, str], str] = {}
    for table, kinds in _entries(document, "privacy", source, lines, findings):
        for check in _checks(kinds, ("privacy", table), table, lines, findings):
            tables[table] = (*tables.get(table, ()), check)
            sources[table, check.kind()] = lines(("privacy", table, check.kind()))
    for table, listed in _entries(document, "expectations", source, lines, findings):
        path = ("expectations", table)
        parsed, found = CHECKS.parse({"expectations": {"suite": listed}}, table, lines(path))
        findings += _placed(found, table, lines)
        if parsed is not None:
            tables[table] = (*tables.get(table, ()), parsed)
            sources[table, parsed.kind()] = lines(path)
    checks = {check.kind(): check for check in _checks(document.get("checks"), ("checks",), source, lines, findings)}
    sources |= {("", kind): lines(("checks", kind)) for kind in checks}
    return Suite(tables, checks, sources), findings


def _entries(
    document: Mapping[str, object], section: str, source: str, lines: _Lines, findings: list[Finding]
) -> Iterator[tuple[str, object]]:
    content = document.get(section)
    if content is None:
        return
    if not isinstance(content, Mapping):
        what, hint = "not a mapping of tables", "write one key per table, such as public.customer"
        findings.append(Finding("error", "malformed", f"{source}.{section}", what, hint, lines((section,))))
        return
    yield from content.items()


def _checks(
    content: object, path: tuple[str, ...], where: str, lines: _Lines, findings: list[Finding]
) -> Iterator[Check]:
    """The checks of one section; those that always run stand under ``checks``, others under ``privacy``."""
    if content is None:
        return
    if not isinstance(content, Mapping):
        hint = "write one key per kind of check"
        findings.append(Finding("error", "malformed", where, "not a mapping of checks", hint, lines(path)))
        return
    always = path == ("checks",)
    for kind, parameters in content.items():
        place = lines((*path, kind))
        check, found = CHECKS.parse({kind: parameters}, where, place)
        findings += found
        if check is None:
            continue
        if kind == "expectations" or check.always is not always:
            wanted = "expectations" if kind == "expectations" else "checks" if check.always else "privacy"
            what = "does not belong under " + path[0]
            findings.append(Finding("error", "misplaced", f"{where}.{kind}", what, f"write it under {wanted}:", place))
            continue
        yield check


def _placed(found: Sequence[Finding], table: str, lines: _Lines) -> Iterator[Finding]:
    """Findings about the items of a list, each at its own line."""
    for finding in found:
        rest = finding.where.removeprefix(f"{table}.expectations.suite.").split(".")
        path = ("expectations", table, *rest) if rest[0].isdigit() else ("expectations", table)
        where = ".".join([table, *rest]) if rest[0].isdigit() else table
        yield Finding(finding.severity, finding.code, where, finding.what, finding.hint, lines(path))


def check_suite(suite: Suite, schema: Schema) -> list[Finding]:
    """Hold a suite against a live schema: every table and column that it names exists, every check can run.

    Imports what the checks need (Great Expectations, when there are expectations).
    """
    findings: list[Finding] = []
    places = {table.place: table for table in schema.tables}
    for place, checks in suite.tables.items():
        first = suite.sources.get((place, checks[0].kind()), "")
        if place not in places:
            findings.append(Finding("error", "unknown-table", place, "no such table", near(place, places), first))
        for check in checks:
            source = suite.sources.get((place, check.kind()), "")
            if place in places:
                findings += _columns(check, place, [column.name for column in places[place].columns], source)
            findings += _problems(check, f"{place}.{check.kind()}", source)
    for kind, check in suite.checks.items():
        findings += _problems(check, kind, suite.sources.get(("", kind), ""))
    return findings


def _problems(check: Check, where: str, source: str) -> list[Finding]:
    return [Finding("error", "invalid-check", where, what, "", source) for what in check.problems()]


def _columns(check: Check, place: str, names: Sequence[str], source: str) -> Iterator[Finding]:
    for name in sorted(check.needs() - set(names)):
        yield Finding("error", "unknown-column", f"{place}.{name}", "no such column", near(name, names), source)
