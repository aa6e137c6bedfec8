from __future__ import annotations

import math
import statistics
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

LAW_CASES = [{"mean": 3.5, "deviation": 0.25}, {"mean": 0}, {"deviation": 2}, {"mean": 1e30, "deviation": 1e-30}]


def context(**facts) -> Context:
    return Context("s.t.c", Column("c", **facts), "d", KeyRing("example", {1: Sealed(bytes(32))}))


def learnt(column, *cuts) -> tuple[float, float]:
    edges = [0, *cuts, len(column)]
    batches = [(column[start:stop], context(logical="float")) for start, stop in zip(edges, edges[1:])]  # noqa: B905, RUF007
    (row,) = TRANSFORMS.load("normalize")().learn(iter(batches)).to_pylist()
    return row["mean"], row["deviation"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1, max_size=30), st.data())
def test_mean_and_deviation_are_exact(values, data) -> None:
    mean, deviation = learnt(pa.array(values, pa.float64()), data.draw(st.integers(0, len(values))))
    fractions = list(map(Fraction, values))
    middle = sum(fractions) / len(fractions)
    variance = sum((value - middle) ** 2 for value in fractions) / len(fractions)
    assert mean == float(middle)
    assert abs(Fraction(deviation) ** 2 - variance) <= variance * Fraction(1, 2**50) + Fraction(5e-324)


def test_many_values_agree_with_numpy_where_numpy_is_sound() -> None:
    values = np.random.default_rng(1).lognormal(9, 2, 300_000)
    mean, deviation = learnt(pa.array(values), 17, 200_000)
    assert mean == pytest.approx(math.fsum(values) / len(values), rel=1e-15)
    assert deviation == pytest.approx(values.std(), rel=1e-12)
    far = np.random.default_rng(1).normal(0, 1, 10_000) + 1e9  # where a sum of squares in floats has no digit left
    assert learnt(pa.array(far))[1] == pytest.approx((far - 1e9).std(), rel=1e-6)


def test_scores(make, apply) -> None:
    values = [1.0, 2.0, None, 4.0, math.inf, math.nan]
    made = apply(make("normalize"), values, pa.float64())
    mean, deviation = statistics.fmean([1, 2, 4]), statistics.pstdev([1, 2, 4])
    assert made[:2] + made[3:4] == pytest.approx([(value - mean) / deviation for value in (1, 2, 4)])
    assert made[2] is None and made[4] == math.inf and math.isnan(made[5])
    assert apply(make("normalize", mean=10, deviation=4), [12, None], pa.int64(), bits=64) == [0.5, None]
    assert apply(make("normalize", mean=1), [2.0, 4.0], pa.float64()) == [1.0, 3.0]
    assert apply(make("normalize", deviation=2), [2.0, 4.0], pa.float64()) == [-0.5, 0.5]
    assert apply(make("normalize"), [7.0, 7.0], pa.float64()) == [0.0, 0.0]
    assert apply(make("normalize"), [None, math.nan], pa.float64())[0] is None


@pytest.mark.parametrize(("kind", "bits"), [(pa.int16(), 16), (pa.int32(), 32)])
def test_whole_numbers_come_back(make, apply, kind, bits) -> None:
    ends = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1, 0, None, 1, -1]
    spread = np.random.default_rng(3).integers(ends[0], ends[1], 5_000).tolist()
    for transform in (make("normalize"), make("normalize", mean=2.0**40, deviation=2.0**-40),
                      make("normalize", mean=-(2.0**40) / 3, deviation=2.0**40), make("normalize", mean=0.1)):  # fmt: skip
        assert transform.effects(Column("c", logical="integer", bits=bits)).reversible
        apply(transform, ends + spread, kind, bits=bits)  # reverses and compares


def test_others_come_back_up_to_rounding(make) -> None:
    transform = make("normalize", mean=3, deviation=7)
    for facts in ({"logical": "float"}, {"logical": "integer", "bits": 64}, {"logical": "decimal"}):
        assert not transform.effects(Column("c", **facts)).reversible
    column = pa.array([1.1, None, -9.7e20])
    here = context(logical="float")
    back = transform.reverse(transform.apply(column, here), here).to_pylist()
    assert back[1] is None and back[::2] == pytest.approx(column.to_pylist()[::2], rel=1e-14)
    here, big = context(logical="integer"), pa.array([2**63 - 1, -(2**63), 5])
    back = transform.reverse(transform.apply(big, here), here)
    assert back.type == pa.int64() and back.to_pylist()[2] == 5 and abs(back.to_pylist()[0] - 2**63) < 2**12
    with pytest.raises(TransformError, match="1 of 2 results"):
        transform.reverse(pa.array([1e9, 0.0]), context(logical="integer", bits=32))


def test_types(make, apply) -> None:
    assert pa.array(apply(make("normalize", mean=0, deviation=3), [1.0], pa.float32()), pa.float32()).to_pylist() == [
        float(np.float32(1 / 3))
    ]
    numbers = [Decimal("1.5"), None, Decimal("-1.5")]
    assert apply(make("normalize"), numbers, pa.decimal128(8, 2), precision=8, scale=2) == [1.0, None, -1.0]
    made = apply(make("normalize"), ["1.5", "NaN", "-1.5", "Infinity"], logical="decimal")
    assert made[::2] == [1.0, -1.0] and math.isnan(made[1]) and made[3] == math.inf
    effects = make("normalize").effects(Column("c", logical="decimal"))
    assert effects.result == "float" and effects.scope == "column"
    assert make("normalize", mean=1, deviation=2).effects(Column("c")).scope == "value"


def test_what_is_no_number_is_counted_and_not_shown(make, apply) -> None:
    with pytest.raises(TransformError, match="1 of 3 values") as caught:
        apply(make("normalize"), ["canary", "1", None], logical="decimal")
    assert "canary" not in str(caught.value)
    with pytest.raises(TransformError, match="nothing learnt"):
        make("normalize").apply(pa.array([1.0]), replace(context(logical="float"), learnt=None))


@pytest.mark.parametrize("parameters", [{"deviation": 0}, {"deviation": -1}, {"mean": "nan"}, {"deviation": "inf"}])
def test_parameters(parameters) -> None:
    member, found = TRANSFORMS.parse({"normalize": parameters}, "x")
    assert member is None and found
