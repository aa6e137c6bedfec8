"""What a scan looks at, and how: the key ``scan`` of a policy, or a file of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from anon_assets.contracts.database import Schema
from anon_assets.errors import FindingsError
from anon_assets.family import validation_findings
from anon_assets.findings import Finding, Severity, near, raise_errors
from anon_assets.paths import ProjectPath
from anon_assets.policies.documents import Document

__all__ = ["ScanRules", "parse_scan_rules", "sql_problem"]

_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")+\"""")
_CLOSING = {")": "(", "]": "["}


def sql_problem(sql: str) -> str:
    """Why a text is not one SQL condition that can stand between parentheses: a sentence without any of it; else empty.

    What hides from such a reading is refused: semicolons wherever they stand, comments, backslashes (of escape strings) and
    dollar quotes. The database judges the rest.

    >>> sql_problem("created_at > now() - interval '30 days'"), sql_problem("true) OR (true")
    ('', 'has a parenthesis that nothing opens')
    """
    if not sql.strip():
        return "is empty"
    if ";" in sql:
        return "holds a semicolon: it is one condition, as it would follow WHERE"
    bare = _QUOTED.sub("''", sql)
    for sign, name in (("--", "a comment"), ("/*", "a comment"), ("\\", "a backslash"), ("$", "a dollar sign")):
        if sign in bare or (sign == "\\" and sign in sql):
            return f"holds {name}, which a condition may not"
    if bare.replace("''", "").count("'") or '"' in bare:
        return "has a quote that nothing closes"
    opened: list[str] = []
    for sign in bare:
        if sign in "([":
            opened.append(sign)
        elif sign in _CLOSING and (not opened or opened.pop() != _CLOSING[sign]):
            return "has a parenthesis that nothing opens"
    return "has a parenthesis that nothing closes" if opened else ""


def _condition(sql: str) -> str:
    if problem := sql_problem(sql):
        raise ValueError(problem)
    return sql.strip()


def _pattern(pattern: str) -> str:
    parts = pattern.split(".")
    if not all(parts) or len(parts) > 3:
        raise ValueError("write schema, schema.table or schema.table.column; * ? [a-z] stand for letters of one part")
    return pattern


Pattern = Annotated[str, AfterValidator(_pattern)]
Condition = Annotated[str, AfterValidator(_condition)]


class ScanRules(BaseModel):
    """The owner's rules for scanning a database. Everything is scanned in full where nothing is said.

    >>> rules = ScanRules(skip=["audit", "public.*.raw_*"])
    >>> rules.left_out("public.visit", "raw_agent"), rules.left_out("public.visit", "page")
    ('skip public.*.raw_*', '')
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    mode: Literal["full", "partial"] = Field(
        "full", description="full reads every row, partial a sample spread over each table"
    )
    only: tuple[Pattern, ...] = Field(
        (), description="scan these places alone: schema, schema.table or schema.table.column, with * ? [a-z]"
    )
    skip: tuple[Pattern, ...] = Field((), description="places not to scan; stronger than only")
    where: Mapping[str, Condition] = Field(
        default={}, description="schema.table to a SQL condition: only the rows for which it is true are read"
    )
    detectors: tuple[ProjectPath, ...] = Field((), description="files with detectors of one's own")
    send: Literal["shapes", "samples"] = Field(
        "shapes",
        description="what a classifier of the profile is told of values: their shapes (Aaaa 99), or samples of them, too",
    )

    def left_out(self, place: str, column: str) -> str:
        """The rule by which a column is not scanned, such as ``skip public.log``; empty when it is.

        Args:
            place: ``schema.table``, as policies name it. column: its name.
        """
        names = (*place.split(".", 1), column)
        for pattern in self.skip:
            if _matches(pattern, names):
                return f"skip {pattern}"
        if self.only and not any(_matches(pattern, names) for pattern in self.only):
            return "not among only"
        return ""

    def findings(self, schema: Schema) -> list[Finding]:
        """Rules that fit nothing in a schema: errors where less would be scanned than was meant, else notes."""
        found = []
        columns = [(*table.place.split(".", 1), column.name) for table in schema.tables for column in table.columns]
        severities: tuple[tuple[str, Severity], ...] = (("only", "error"), ("skip", "note"))
        for key, severity in severities:
            for pattern in getattr(self, key):
                if not any(_matches(pattern, names) for names in columns):
                    what = f"{pattern} fits no table or column"
                    hint = "a pattern has as many parts as what it names: *.*.email names columns"
                    found.append(Finding(severity, "unused-rule", f"scan.{key}", what, hint))
        places = [table.place for table in schema.tables]
        found += [
            Finding("error", "unknown-table", f"scan.where.{place}", "no such table", near(place, places))
            for place in self.where if place not in places
        ]  # fmt: skip
        return found


def _matches(pattern: str, names: Sequence[str]) -> bool:
    parts = pattern.split(".")
    return all(fnmatchcase(name, part) for name, part in zip(names, parts, strict=False))


def parse_scan_rules(document: Document, root: Path | None = None) -> ScanRules:
    """The rules in a file of their own: the same mapping as under ``scan`` of a policy.

    Args:
        document: the file. root: where relative paths start; its own folder by default.

    Raises: FindingsError with every unknown key and wrong value at once, each with its line.
    """
    try:
        context = {"root": root or document.path.parent}
        return ScanRules.model_validate(dict(document.data), context=context)
    except ValidationError as error:
        places = [item["loc"] for item in error.errors(include_url=False, include_input=False, include_context=False)]
        found = [
            replace(each, source=document.at(*place))
            for each, place in zip(validation_findings(error, "scan", "", ScanRules), places, strict=True)
        ]
    raise_errors(str(document.path), found)
    raise FindingsError(str(document.path), "cannot be read")
