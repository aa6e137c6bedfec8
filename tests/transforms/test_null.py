from __future__ import annotations

import datetime as dt

import pyarrow as pa

from anon_assets.contracts.database import Column


def test_any_type_becomes_null_of_the_same_type(make, apply) -> None:
    assert apply(make("null"), ["a", None]) == [None, None]
    assert apply(make("null"), [dt.date(2024, 1, 1)], pa.date32()) == [None]
    assert apply(make("null"), [[1]], pa.list_(pa.int8())) == [None]


def test_a_not_null_column_is_told_of_by_its_effects(make) -> None:
    effects = make("null").effects(Column("c", nullable=False))
    assert effects.may_null and effects.fixed and not effects.preserves_nulls
