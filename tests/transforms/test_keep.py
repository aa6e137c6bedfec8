from __future__ import annotations

import pyarrow as pa

from anon_assets.contracts.database import Column


def test_everything_passes_even_what_other_transforms_refuse(make, apply) -> None:
    nested = pa.array([[{"a": 1}], None, []], pa.list_(pa.struct([("a", pa.int8())])))
    assert apply(make("keep"), nested) == nested.to_pylist()
    assert make("keep").effects(Column("c")).passes
