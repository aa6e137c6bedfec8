"""A plan: a policy compiled against one live schema. Every table, every column, one transform chain each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from anon_assets.contracts.database import Column, Schema, Table
from anon_assets.contracts.transform import Context, Effects, Transform
from anon_assets.findings import Finding
from anon_assets.policies.policy import Policy, TableAction
from anon_assets.policies.steps import apply_step, effects_of_step, learn_step, learns, reads

__all__ = ["NOTHING_LEARNT", "Learnt", "Plan", "PlannedColumn", "PlannedTable", "compose", "spell"]

Learnt = Mapping[tuple[str, int], pa.Table]
"""What steps learnt from their whole column, by column name and number of the step."""
NOTHING_LEARNT: Learnt = MappingProxyType({})


def compose(chain: Sequence[Transform], column: Column) -> Effects:
    """The effects of transforms applied one after another.

    A property that must hold of every step (injective, keeps order, nulls) holds of the chain when all have it; a danger
    (may be null, needs a key, reads the row) when any has it. ``fixed`` from the first step that is, as long as all
    later ones depend on the value alone: noise on a constant varies again. A chain passes source values only when each
    step does.
    """
    scopes = ["value", "row", "column", "table"]
    total: Effects | None = None
    for step in chain:
        own = effects_of_step(step, column)
        column = replace(column, logical=own.result or column.logical)
        if total is None:
            total = own
            continue
        total = Effects(
            accepts=total.accepts,
            result=own.result or total.result,
            scope=max(total.scope, own.scope, key=scopes.index),
            deterministic=total.deterministic and own.deterministic,
            injective=total.injective and own.injective,
            reversible=total.reversible and own.reversible,
            preserves_length=total.preserves_length and own.preserves_length,
            preserves_format=total.preserves_format and own.preserves_format,
            preserves_order=total.preserves_order and own.preserves_order,
            preserves_nulls=total.preserves_nulls and own.preserves_nulls,
            may_null=total.may_null or own.may_null,
            max_length=own.max_length if own.max_length != "same" else total.max_length,
            needs_key=total.needs_key or own.needs_key,
            keyed_by_row=total.keyed_by_row or own.keyed_by_row,
            coincides=own.coincides or (total.coincides and own.passes),
            passes=total.passes and own.passes,
            fixed=own.fixed or (total.fixed and own.scope == "value"),
            drops=total.drops or own.drops,
            spares=(total.spares or own.spares) and (total.spares or total.passes) and (own.spares or own.passes),
            inside=(total.inside or own.inside) and (total.inside or total.passes) and (own.inside or own.passes),
            partly=(total.partly or own.partly) and (total.partly or total.passes) and (own.partly or own.passes),
        )
    if total is None:
        raise ValueError("a chain has at least one transform")
    return total


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """One column of the plan.

    Args:
        column: its facts; ``max_length`` is the smallest among the columns that foreign keys join with it in its
            linkage domain, so that both ends get equal results.
        chain: transforms in order, at least one.
        domain: linkage domain.
        inherited: place of the referenced column that decided, for an open referencing column; else empty.
        accepted: the owner accepted, by fingerprint, that personal data found here is kept.
        source: ``file:line`` of the decision.
    """

    column: Column
    chain: tuple[Transform, ...]
    domain: str
    inherited: str = ""
    accepted: bool = False
    source: str = ""

    @property
    def effects(self) -> Effects:
        """Of the whole chain."""
        return compose(self.chain, self.column)

    @property
    def by_value(self) -> bool:
        """Equal values become equal, whatever stands beside them."""
        return self.effects.scope == "value" and not any(reads(step) for step in self.chain)

    @property
    def spelled(self) -> str:
        """The chain in one line, as YAML would say it: ``fake(as=email)``."""
        return spell(self.chain)

    def apply(
        self, values: pa.Array, context: Context, learnt: Learnt = NOTHING_LEARNT, steps: int | None = None
    ) -> pa.Array:
        """Run the chain on one batch of the column.

        Args:
            values: of the source. context: of the batch.
            learnt: by column and number of the step, for those of ``learning``.
            steps: only so many steps; all when None.
        """
        for number, (step, column) in enumerate(list(zip(self.chain, self.facts, strict=True))[:steps]):
            known = learnt.get((self.column.name, number))
            values = apply_step(step, values, replace(context, column=column, learnt=known))
        return values

    def learn(self, number: int, batches: Iterator[tuple[pa.Array, Context]]) -> pa.Table:
        """What step ``number`` learns from the batches that the steps before it yielded."""
        column = self.facts[number]
        told = ((values, replace(context, column=column, learnt=None)) for values, context in batches)
        return learn_step(self.chain[number], told)

    @property
    def facts(self) -> tuple[Column, ...]:
        """The column as each step of the chain meets it."""
        met = [self.column]
        for step in self.chain[:-1]:
            met.append(replace(met[-1], logical=effects_of_step(step, met[-1]).result or met[-1].logical))
        return tuple(met)

    @property
    def learning(self) -> tuple[int, ...]:
        """Numbers of the steps that must see the whole column first."""
        return tuple(number for number, column in enumerate(self.facts) if learns(self.chain[number], column))


def spell(chain: Sequence[Transform]) -> str:
    """A chain in one line, as YAML would say it: ``fake(as=email)``."""
    return " > ".join(_spell(step) for step in chain)


def _spell(step: Transform) -> str:
    parameters = step.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return step.kind() + (
        "(" + ", ".join(f"{k}={_short(v)}" for k, v in parameters.items()) + ")" if parameters else ""
    )


def _short(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """One table of the plan: its facts, what happens to it, and its stored columns in order (none when not copied)."""

    table: Table
    action: TableAction
    columns: tuple[PlannedColumn, ...] = ()

    @property
    def place(self) -> str:
        """``schema.table``."""
        return self.table.place

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the columns to extract."""
        return tuple(column.column.name for column in self.columns)


@dataclass(frozen=True)
class Plan:
    """What a run will do, proven to fit before a row is read.

    Args:
        policy: it was compiled from.
        schema: it was compiled against.
        tables: every table of the schema, sorted by place.
        findings: warnings and notes; there is no error among them.
    """

    policy: Policy
    schema: Schema
    tables: tuple[PlannedTable, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def product(self) -> str:
        """The product's name."""
        return self.policy.product

    @property
    def copied(self) -> tuple[PlannedTable, ...]:
        """The tables whose rows are published."""
        return tuple(table for table in self.tables if table.action == "copy")

    @property
    def left_out(self) -> tuple[str, ...]:
        """Places that the target will not have."""
        return tuple(table.place for table in self.tables if table.action == "drop")

    def table(self, place: str) -> PlannedTable:
        """The planned table at that place. Raises: KeyError."""
        for table in self.tables:
            if table.place == place:
                return table
        raise KeyError(place)

    def to_dict(self) -> dict[str, Any]:
        """The decisions for machines: stable, and without anything that changes between equal plans."""
        return {
            "product": self.product,
            "source": self.policy.source,
            "publish": [target.model_dump(exclude_none=True) for target in self.policy.publish],
            "schema": self.schema.fingerprint,
            "tables": {table.place: _table_dict(table) for table in self.tables},
        }

    @cached_property
    def hash(self) -> str:
        """SHA-256 over ``to_dict``: equal exactly when product, targets, schema and all decisions are.

        The versions of the code and of word lists (those that ``fake`` draws from) are no part of it.
        """
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()


def _table_dict(table: PlannedTable) -> Mapping[str, Any]:
    return {
        "action": table.action,
        "columns": {
            planned.column.name: {
                "chain": [{step.kind(): _parameters(step)} for step in planned.chain],
                "domain": planned.domain,
                "accepted": planned.accepted,
            }
            for planned in table.columns
        },
    }


def _parameters(step: Transform) -> dict[str, Any]:
    parameters = step.model_dump(mode="json", by_alias=True)
    return parameters if step.when is not None else {name: each for name, each in parameters.items() if name != "when"}
