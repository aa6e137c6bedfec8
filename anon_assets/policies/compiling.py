"""Compiling a policy against a schema: proof, before any row is read, that the policy fits it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from anon_assets.contracts.database import Column, Schema, Table
from anon_assets.contracts.transform import Effects, Transform
from anon_assets.errors import FindingsError
from anon_assets.findings import Finding, near
from anon_assets.policies.fitting import fit_chain
from anon_assets.policies.linking import End, Links, joined, links_of, nearest, root
from anon_assets.policies.plan import Plan, PlannedColumn, PlannedTable, compose
from anon_assets.policies.policy import ColumnPolicy, Policy, TablePolicy

__all__ = ["accept", "column_findings", "compile_plan", "kept_personal", "refuse_open", "root_column"]


def kept_personal(place: str, entity: str = "") -> Finding:
    """The warning that a kept column holds personal data; a policy accepts it by its fingerprint.

    Args:
        place: ``schema.table.column``.
        entity: what the scan holds it to be.
    """
    what = f"is kept although the scan holds it to be {entity}"
    return Finding("warning", "kept-personal", place, what, "anonymize it, or accept the fingerprint in the policy")


def compile_plan(policy: Policy, schema: Schema, today: date) -> Plan:
    """The plan of a policy for a schema.

    Args:
        policy: as read from its file.
        schema: as introspected now.
        today: for acceptances that have run out.

    Returns: a plan that names every column; its findings hold accepted warnings and notes.
    Raises: FindingsError listing every error (and every warning that nobody accepted, which stops as well).
    """
    findings = [*_tables_named(policy, schema)]
    links = links_of(schema)
    rooms = _rooms(policy, schema, links)
    tables = []
    for table in schema.tables:
        ruled = policy.tables.get(table.place)
        if ruled is None:
            continue
        if ruled.action != "copy":
            tables.append(PlannedTable(table, ruled.action))
            continue
        columns, found = _plan_columns(policy, table, ruled, links, rooms)
        findings += found
        tables.append(PlannedTable(table, "copy", columns))
    findings += _references_kept(policy, schema)
    if not schema.tables:
        findings.append(
            Finding("error", "empty-schema", policy.source, "the source database has no tables we may read")
        )
    if schema.large_objects:
        what = f"holds {schema.large_objects} large objects, which are not copied"
        findings.append(Finding("warning", "large-objects", policy.source, what))
    accepted, findings = accept(policy, findings, today)
    refuse_open(policy.document.path.name, findings)
    planned = tuple(replace(table, columns=_accepted(table, accepted)) for table in tables)
    return Plan(policy, schema, planned, tuple(findings))


def _tables_named(policy: Policy, schema: Schema) -> Iterator[Finding]:
    places = [table.place for table in schema.tables]
    for place, ruled in policy.tables.items():
        if place not in places:
            yield Finding(
                "error", "unknown-table", place, "no such table in the source", near(place, places), ruled.source
            )
    for place in places:
        if place not in policy.tables:
            hint = "name its columns, or write skip (no rows) or drop (no table)"
            yield Finding("error", "unnamed-table", place, "the policy does not name this table", hint)


def column_findings(table: Table, column: Column, chain: Sequence[Transform]) -> list[Finding]:
    """Why this chain does not fit this column, as far as the column's own facts say. Empty when it fits; no notes."""
    planned = PlannedColumn(column, tuple(chain), f"{table.place}.{column.name}")
    found = [*_fits(table, planned, {each.name: each for each in table.stored}), *_unique(table, [planned])]
    return [finding for finding in found if finding.severity != "note"]


def root_column(schema: Schema, place: str, column: str) -> tuple[str, str]:
    """Where the foreign keys of a column lead in the end: (place, column); itself without one."""
    return root((place, column), links_of(schema))


def _rooms(policy: Policy, schema: Schema, links: Links) -> Mapping[End, dict[str, int]]:
    """The fewest characters and bits that any column holds among those which foreign keys join within one linkage domain.

    All of them are planned with these: results that depend on the room then agree at both ends of a foreign key.
    """
    columns: dict[End, Column] = {}
    domains: dict[End, str] = {}
    for table in schema.tables:
        ruled = policy.tables.get(table.place)
        for column in table.stored if ruled is not None and ruled.action == "copy" else ():
            end = (table.place, column.name)
            chosen, _ = _decision(policy, end, links)
            if chosen is not None and not _at_any_length(chosen.chain, column):
                columns[end], domains[end] = column, _domain(policy, end, chosen, links)
    rooms: dict[End, dict[str, int]] = {end: {} for end in columns}
    for group in joined(columns, links, lambda one, other: domains[one] == domains[other]):
        for fact in ("max_length", "bits"):
            known = [room for end in group if (room := getattr(columns[end], fact)) is not None]
            for end in group if known else ():
                rooms[end][fact] = min(known)
    return rooms


def _at_any_length(chain: Sequence[Transform], column: Column) -> bool:
    """Results do not depend on the column's length: one value for all, or what came in."""
    effects = compose(chain, column)
    return effects.fixed or effects.passes


def _plan_columns(
    policy: Policy, table: Table, ruled: TablePolicy, links: Links, rooms: Mapping[End, dict[str, int]]
) -> tuple[tuple[PlannedColumn, ...], list[Finding]]:
    stored = {column.name: column for column in table.stored}
    every = {column.name: column for column in table.columns}
    found: list[Finding] = []
    for name, decision in ruled.columns.items():
        where = f"{table.place}.{name}"
        if name not in every:
            found.append(Finding("error", "unknown-column", where, "no such column in the source", near(name, every),
                                 decision.source))  # fmt: skip
        elif name not in stored:
            hint = "remove it from the policy"
            found.append(
                Finding("error", "generated-column", where, "the database computes this column", hint, decision.source)
            )
    planned = []
    targets = [target.name for target in policy.publish if target.database is not None]
    for name, column in stored.items():
        own = (table.place, name)
        chosen, inherited = _decision(policy, own, links)
        if chosen is None:
            hint = "write keep, or what shall happen to it"
            found.append(Finding("error", "unnamed-column", f"{table.place}.{name}", "the policy does not name this column",
                                 hint, ruled.source))  # fmt: skip
            continue
        domain = _domain(policy, own, chosen, links)
        narrowed = replace(column, **rooms.get(own, {}))  # type: ignore[arg-type]
        one = PlannedColumn(narrowed, chosen.chain, domain, inherited, source=chosen.source)
        found += _fits(table, one, stored, typed=bool(targets))
        if own in links:
            found += _same_as_parents(policy, one, own, links)
        if targets and one.effects.drops:
            what = f"drop leaves the column out, and {', '.join(targets)} has the structure of the source"
            found.append(Finding("error", "drop", f"{table.place}.{name}", what, "use null, or constant", one.source))
        planned.append(one)
    found += _unique(table, planned)
    chains = {one.column.name: one.chain for one in planned}
    found += [
        Finding("note", "transform", f"{table.place}.{one.column.name}", f"{step.kind()}: {told}", "", one.source)
        for one in planned for step in one.chain for told in step.notes(chains)
    ]  # fmt: skip
    return tuple(planned), found


def _policy_of(policy: Policy, end: End) -> ColumnPolicy | None:
    table = policy.tables.get(end[0])
    return table.columns.get(end[1]) if table is not None else None


def _decision(policy: Policy, own: End, links: Links) -> tuple[ColumnPolicy | None, str]:
    """The column's own decision; for an open referencing column, that of the nearest referenced one."""
    end = nearest(own, links, lambda each: _policy_of(policy, each) is not None)
    if end is None:
        return None, ""
    return _policy_of(policy, end), "" if end == own else ".".join(end)


def _domain(policy: Policy, own: End, chosen: ColumnPolicy, links: Links) -> str:
    """The linkage domain: as decided here or at the root, else the root's name."""
    top = root(own, links)
    decider = _policy_of(policy, top) or chosen
    return chosen.domain or decider.domain or ".".join(top)


def _fits(
    table: Table, planned: PlannedColumn, stored: Mapping[str, Column], *, typed: bool = True
) -> Iterator[Finding]:
    """``typed``: there is a target whose columns have the types of the source."""
    column, where, source = planned.column, f"{table.place}.{planned.column.name}", planned.source

    def error(code: str, what: str, hint: str = "") -> Finding:
        return Finding("error", code, where, what, hint, source)

    narrowed = column.max_length != stored[column.name].max_length
    hint = f"a column joined to it by foreign keys holds only {column.max_length} characters" if narrowed else ""
    found, current = fit_chain(planned.chain, column, stored, where, source, hint)
    yield from found
    if current is None:
        return
    if typed and current.logical != column.logical:
        hint = f"end with a transform that yields {column.logical}"
        yield error("type", f"{planned.spelled} yields {current.logical}, the column holds {column.type}", hint)
    yield from _constraints(planned, stored[column.name], planned.effects, error)
    yield from _unproven(table, planned, planned.effects)


def _constraints(
    planned: PlannedColumn, column: Column, effects: Effects, error: Callable[..., Finding]
) -> Iterator[Finding]:
    if effects.may_null and not column.nullable and not effects.drops:
        yield error("not-null", f"{planned.spelled} can yield null and the column is NOT NULL", "use constant")
    if column.max_length is not None and effects.max_length != "same":
        if effects.max_length is None and not effects.fixed:
            yield error("length", f"{planned.spelled} can exceed {column.type}", "give it a length")
        elif effects.max_length is not None and effects.max_length > column.max_length:
            yield error("length", f"{planned.spelled} yields up to {effects.max_length} characters into {column.type}")
    if column.labels and not (effects.passes or effects.fixed or effects.may_null):
        yield error(
            "enum", f"{planned.spelled} does not stay among the labels of {column.type}", "use keep or constant"
        )


def _unproven(table: Table, planned: PlannedColumn, effects: Effects) -> Iterator[Finding]:
    """Notes on what the database judges row by row when it loads: partition bounds and CHECK constraints."""
    if effects.passes or effects.fixed:
        return
    where, source = f"{table.place}.{planned.column.name}", planned.source
    stops = "a row that has no place stops the load, and nothing is published"
    if planned.column.name in table.partition_key:
        what = f"{planned.spelled} changes the partition key: rows may land in another partition or in none"
        yield Finding("note", "partition-key", where, what, f"{stops}; a DEFAULT partition takes every row", source)
    if planned.column.checked:
        what = f"is under a CHECK, and it cannot be proven that {planned.spelled} stays inside"
        yield Finding("note", "check", where, what, stops.replace("has no place", "violates it"), source)


def _same_as_parents(policy: Policy, planned: PlannedColumn, own: End, links: Links) -> Iterator[Finding]:
    """Both ends of every foreign key share transforms and linkage domain, or the referring end becomes null."""
    where, effects = ".".join(own), planned.effects
    if effects.fixed and effects.may_null:
        return
    hint = "leave the column out of the policy: it then follows what it refers to"
    if len(links[own]) > 1:
        hint = "it is under several foreign keys: give all that it refers to one transform and one domain"
    for target in links[own]:
        parent, _ = _decision(policy, target, links)
        if parent is None:
            continue
        if _undomained(planned.chain) != _undomained(parent.chain):
            what = f"refers to {'.'.join(target)}, which is given another transform"
            yield Finding("error", "foreign-key", where, what, hint, planned.source)
        elif planned.domain != _domain(policy, target, parent, links) and not effects.passes:
            what = f"refers to {'.'.join(target)}, which has another linkage domain"
            yield Finding("error", "foreign-key", where, what, hint, planned.source)
        elif effects.scope != "value":
            what = f"{planned.spelled} depends on more than the value, so both ends of the foreign key would differ"
            yield Finding("error", "foreign-key", where, what, "use a transform of scope value", planned.source)


def _undomained(chain: Sequence[Transform]) -> list[Transform]:
    return [step.model_copy(update={"domain": None}) if "domain" in type(step).model_fields else step for step in chain]


def _unique(table: Table, planned: Sequence[PlannedColumn]) -> Iterator[Finding]:
    by_name = {each.column.name: each for each in planned}
    for number, key in enumerate((table.primary_key, *table.uniques)):
        for name in key:
            column = by_name.get(name)
            if column is None:
                continue
            effects = column.effects
            # Nulls never collide under UNIQUE, unless it says NULLS NOT DISTINCT.
            nulled = effects.fixed and effects.may_null and number > 0 and key not in table.nulls_collide
            if not (effects.injective or nulled):
                what = f"is under a {'PRIMARY KEY' if number == 0 else 'UNIQUE constraint'} and {column.spelled} can collide"
                hint = "use an injective transform such as token, or fake with unique: true"
                yield Finding("error", "unique", f"{table.place}.{name}", what, hint, column.source)


def _references_kept(policy: Policy, schema: Schema) -> Iterator[Finding]:
    """Rows that refer to rows which are not copied would break their foreign key."""
    for table in schema.tables:
        ruled = policy.tables.get(table.place)
        if ruled is None or ruled.action != "copy":
            continue
        for key in table.foreign_keys:
            other = policy.tables.get(key.target)
            if other is None or other.action == "copy":
                continue
            chains = [ruled.columns[name].chain for name in key.columns if name in ruled.columns]
            nulled = any(step.kind() == "null" for chain in chains for step in chain)
            if other.action == "drop" or not nulled:
                what = f"foreign key {key.name} refers to {key.target}, which the policy says to {other.action}"
                hint = f"copy {key.target}, or {'drop this table too' if other.action == 'drop' else 'null ' + key.columns[0]}"
                yield Finding("error", "foreign-key", table.place, what, hint, ruled.source)


def refuse_open(where: str, findings: Sequence[Finding]) -> None:
    """Raise FindingsError over all errors and warnings that are left, when there are any; notes do not stop.

    Args:
        where: the document's or product's name.
        findings: after ``accept``.
    """
    stopping = sorted((f for f in findings if f.severity != "note"), key=lambda f: (f.severity, f.where))
    if stopping:
        errors = sum(finding.severity == "error" for finding in stopping)
        warnings = len(stopping) - errors
        count = f"{errors} error{'s' * (errors != 1)}"
        count += f" and {warnings} warning{'s' * (warnings != 1)} that nobody accepted" if warnings else ""
        raise FindingsError(where, count, [str(finding) for finding in stopping])


def accept(policy: Policy, findings: Sequence[Finding], today: date) -> tuple[set[str], list[Finding]]:
    """Fingerprints accepted today, and the findings with accepted warnings turned into notes."""
    valid = {each.finding for each in policy.accepted if each.until >= today}
    expired = {each.finding for each in policy.accepted} - valid
    left = []
    for finding in findings:
        if finding.severity == "warning" and finding.fingerprint in valid:
            left.append(replace(finding, severity="note", hint="accepted in the policy"))
        elif finding.severity == "warning" and finding.fingerprint in expired:
            left.append(replace(finding, hint="its acceptance has run out"))
        else:
            left.append(finding)
    return valid, left


def _accepted(table: PlannedTable, fingerprints: set[str]) -> tuple[PlannedColumn, ...]:
    return tuple(
        replace(each, accepted=kept_personal(f"{table.place}.{each.column.name}").fingerprint in fingerprints)
        for each in table.columns
    )
