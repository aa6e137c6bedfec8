"""A policy: the owner's decision for each column (``policies/<product>.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from anon_assets.contracts.transform import TRANSFORMS, Transform
from anon_assets.family import validation_findings
from anon_assets.findings import Finding, near, raise_errors
from anon_assets.policies.documents import Document
from anon_assets.policies.scan_rules import ScanRules

__all__ = ["Acceptance", "ColumnPolicy", "Policy", "PolicyHead", "Publish", "TablePolicy", "parse_policy"]

TableAction = Literal["copy", "skip", "drop"]
_NAME = "^[a-z][a-z0-9_]{0,62}$"
_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Publish(BaseModel):
    """One target: a database of the profile, or a directory of the store."""

    model_config = _STRICT

    database: str | None = Field(None, description="a database of the profile; its tables are replaced as a whole")
    store: str | None = Field(None, description="a directory of the store; tables become Parquet files with a manifest")

    @model_validator(mode="after")
    def _names_one(self) -> Publish:
        if (self.database is None) == (self.store is None):
            raise ValueError("name one target: database or store")
        if self.store is not None and not re.fullmatch(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*", self.store):
            raise ValueError("a store directory is words of letters, digits, _ . - divided by /")
        if self.store is not None and self.store.split("/")[0] == "staged":
            raise ValueError("staged is where the stages keep their files; name another directory")
        return self

    @property
    def name(self) -> str:
        """The target in one word, for asset keys and messages."""
        return self.database or str(self.store)


class Acceptance(BaseModel):
    """An owner's acceptance of a warning."""

    model_config = _STRICT

    finding: str = Field(description="the fingerprint that `plan` prints in brackets", pattern=r"^[0-9a-f]{12}$")
    who: str = Field(description="who accepted it", min_length=1)
    why: str = Field(description="the reason", min_length=1)
    until: date = Field(description="the last day on which it counts")


class PolicyHead(BaseModel):
    """Everything of the file but its tables."""

    model_config = _STRICT

    product: str = Field(
        description="name of the data product; also the file's name", json_schema_extra={"pattern": _NAME}
    )
    source: str = Field(description="a database of the profile")
    tables: dict[str, Any] = Field(description="schema.table to its columns, or to skip (no rows) or drop (no table)")
    publish: list[Publish] = Field(default=[], description="targets; without one, nothing leaves")
    schedule: str | None = Field(None, description="cron line for the refresh, UTC")
    owners: list[str] = Field(default=[], description="e-mail addresses or team:name, shown in Dagster")
    keep_raw: bool = Field(False, description="keep the encrypted raw files after publishing")
    accepted: list[Acceptance] = Field(default=[], description="warnings that the owner accepts")
    scan: ScanRules = Field(default=ScanRules(), description="what a scan looks at, and how")

    @field_validator("product")
    @classmethod
    def _slug(cls, value: str) -> str:
        if not re.fullmatch(_NAME, value):
            raise ValueError("lower-case letters, digits and _, starting with a letter, at most 63")
        return value

    @field_validator("schedule")
    @classmethod
    def _cron(cls, value: str | None) -> str | None:
        if value is not None and len(value.split()) != 5:
            raise ValueError('five fields such as "0 3 * * *"')
        return value


@dataclass(frozen=True, slots=True)
class ColumnPolicy:
    """What happens to one column: transforms in order, and where the file says so."""

    chain: tuple[Transform, ...]
    source: str

    @property
    def domain(self) -> str | None:
        """The linkage domain that the policy names, if any."""
        named = [getattr(step, "domain", None) for step in self.chain]
        return next((name for name in named if name), None)


@dataclass(frozen=True, slots=True)
class TablePolicy:
    """What happens to one table: ``copy`` with its columns, ``skip`` (structure only) or ``drop`` (left out)."""

    action: TableAction
    columns: Mapping[str, ColumnPolicy] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy, read and parsed; not yet held against a database.

    Args: as in the file; ``findings`` are those that do not stop (there are none of severity error).
    """

    product: str
    source: str
    tables: Mapping[str, TablePolicy]
    publish: Sequence[Publish]
    schedule: str | None
    owners: Sequence[str]
    keep_raw: bool
    accepted: Sequence[Acceptance]
    document: Document
    scan: ScanRules = field(default_factory=ScanRules)


def parse_policy(document: Document) -> Policy:
    """A policy from its file.

    Raises: FindingsError with every unknown key, kind and parameter at once, each with its line.
    """
    folder = document.path.parent
    root = folder.parent if folder.name == "policies" else folder  # where relative paths start
    try:
        head = PolicyHead.model_validate(dict(document.data), context={"root": root})
    except ValidationError as error:
        found = [
            Finding(f.severity, f.code, f.where.removeprefix("policy."), f.what, f.hint,
                    document.at(*f.where.split(".")[1:]))
            for f in validation_findings(error, "policy", "", PolicyHead)
        ]  # fmt: skip
        raise_errors(str(document.path), found)
        raise
    found = []
    if head.product != document.path.stem:
        hint = f"name the file {head.product}.yaml"
        found.append(
            Finding("error", "misnamed", "product", "differs from the file's name", hint, document.at("product"))
        )
    tables = {}
    for place, spec in head.tables.items():
        table, problems = _parse_table(document, place, spec, root)
        found += problems
        tables[place] = table
    names = [target.name for target in head.publish]
    for name in {name for name in names if names.count(name) > 1}:
        found.append(
            Finding("error", "duplicate-target", "publish", f"target {name} stands twice", "", document.at("publish"))
        )
    raise_errors(str(document.path), found)
    return Policy(
        head.product, head.source, tables, tuple(head.publish), head.schedule, tuple(head.owners), head.keep_raw,
        tuple(head.accepted), document, head.scan,
    )  # fmt: skip


def _parse_table(document: Document, place: str, spec: object, root: Path) -> tuple[TablePolicy, list[Finding]]:
    line = document.at("tables", place)
    if isinstance(spec, str):
        if spec in {"skip", "drop"}:
            return TablePolicy("skip" if spec == "skip" else "drop", {}, line), []
        hint = near(spec, ["skip", "drop"]) + " (or name its columns)"
        return TablePolicy("drop"), [Finding("error", "unknown-action", place, "not an action for a table", hint, line)]
    if not isinstance(spec, Mapping):
        return TablePolicy("drop"), [
            Finding("error", "malformed", place, "names no columns", "or write skip, or drop", line)
        ]
    columns, found = {}, []
    for name, value in spec.items():
        source = document.at("tables", place, name)
        chain = []
        for step in value if isinstance(value, list) else [value]:
            transform, problems = TRANSFORMS.parse(step, f"{place}.{name}", source, root)
            found += problems
            if transform is not None:
                chain.append(transform)
        if isinstance(value, list) and not value:
            found.append(Finding("error", "malformed", f"{place}.{name}", "an empty list of transforms", "", source))
        columns[str(name)] = ColumnPolicy(tuple(chain), source)
    return TablePolicy("copy", columns, line), found
