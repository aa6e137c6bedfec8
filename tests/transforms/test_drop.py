from __future__ import annotations

import pyarrow as pa


def test_nothing_of_the_column_is_left(make, apply) -> None:
    assert apply(make("drop"), ["a", None, "b"]) == [None, None, None]
    assert apply(make("drop"), [1, 2], pa.int64()) == [None, None]


def test_it_says_that_the_column_goes(make) -> None:
    from anon_assets.contracts.database import Column

    effects = make("drop").effects(Column("c"))
    assert effects.drops and effects.fixed and effects.may_null
