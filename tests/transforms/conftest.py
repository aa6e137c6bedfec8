"""What a transform is given in tests: product and linkage domain ``example``, one data key of 32 zero bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from anon_assets.columns import logical_of
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context, Transform
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

ZERO = KeyRing("example", {1: Sealed(bytes(32))})


@pytest.fixture
def make() -> Callable[..., Transform]:
    """A transform from its YAML form; fails when that has findings."""

    def parsed(kind: str, /, *shorthand: Any, **parameters: Any) -> Transform:
        member, found = TRANSFORMS.parse({kind: shorthand[0] if shorthand else parameters}, "test")
        assert member is not None, found
        return member

    return parsed


@pytest.fixture
def apply() -> Callable[..., list[Any]]:
    """Run a transform on Python values; the result's Arrow type is asserted to be that of the input."""

    def applied(
        transform: Transform,
        values: Sequence[Any],
        kind: pa.DataType | None = None,
        *,
        rows: Sequence[str] | None = None,
        sources: dict[str, pa.Array] | None = None,
        domains: dict[str, str] | None = None,
        domain: str = "example",
        keys: KeyRing = ZERO,
        **facts: Any,
    ) -> list[Any]:
        column = values if isinstance(values, pa.Array) else pa.array(values, kind or pa.string())
        facts.setdefault("logical", logical_of(column.type))
        identity = pl.Series(rows or [str(number) for number in range(len(column))], dtype=pl.String)
        context = Context(
            "s.t.c", Column("c", **facts), domain, keys, sources or {}, domains or {}, lambda: identity
        )  # fmt: skip
        effects = transform.effects(context.column)
        if effects.scope in {"column", "table"}:
            context = replace(context, learnt=transform.learn(iter([(column, context)])))
        result = transform.apply(column, context)
        result.validate(full=True)
        assert (result.type == column.type or effects.result is not None) and len(result) == len(column)
        if effects.reversible:
            assert transform.reverse(result, context).equals(column), "what comes back is not what went in"
        return result.to_pylist()

    return applied
