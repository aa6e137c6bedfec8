from __future__ import annotations

import datetime as dt
import math
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

INFINITE = float("inf")
LAW_CASES = [
    {"edges": [0, 18, 65], "else": "nearest"},
    {"edges": [-9, 0, 18, 65], "else": "null", "show": "label"},
    {"edges": [-INFINITE, 0, INFINITE], "labels": [1, 2]},
    {"edges": ["1000-01-01", "2000-02-29", "2001-01-01"], "else": "nearest"},
    {"width": 0.25, "show": "middle"},
    {"width": 7, "show": "label", "origin": 3},
    {"width": "3652.5", "origin": "2000-01-01"},
    {"quantiles": 4},
    {"quantiles": 3, "labels": ["low", "middle", "high"]},
    {"quantiles": 5, "show": "middle"},
]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize("show", ["lower", "upper"])
def test_ends_of_bins_beyond_nanoseconds_are_drawn_in(make, apply, show) -> None:
    last = 2**63 // 1000
    column = pa.array([-last, last, 0], pa.int64()).view(pa.timestamp("us"))
    made = pa.array(apply(make("bucket", width=700, show=show), column, type="timestamp[ns]"), column.type)
    assert made.cast(pa.timestamp("ns")).null_count == 0
    made = made.view(pa.int64()).to_pylist()
    assert made[0] == -last if show == "lower" else made[1] == last // 10**6 * 10**6  # to the second


@settings(max_examples=100, deadline=None)
@given(st.lists(st.decimals(-(10**12), 10**12, places=3, allow_nan=False), min_size=1, max_size=12),
       st.sampled_from(["0.1", "0.25", "7", "1000"]), st.sampled_from([0, "0.1", -3]))  # fmt: skip
def test_bins_of_one_width_agree_with_rational_arithmetic(values, width, origin) -> None:
    transform = TRANSFORMS.load("bucket").model_validate({"width": width, "origin": origin})
    values = [value.quantize(Decimal("0.001")) for value in values]
    step, start = Fraction(width), Fraction(origin)
    wanted = [math.floor((Fraction(value) - start) / step) * step + start for value in values]
    context = Context("c", Column("c", logical="decimal"), "d", KeyRing("example", {1: Sealed(bytes(32))}))
    for column in (pa.array(values, pa.decimal128(30, 3)), pa.array([format(value, "f") for value in values])):
        assert [Fraction(value) for value in transform.apply(column, context).to_pylist()] == wanted
    whole = pa.array([int(value) for value in values])
    if step.denominator == start.denominator == 1:
        wanted = [math.floor((int(value) - start) / step) * step + start for value in values]
        context = replace(context, column=Column("c", logical="integer"))
        assert transform.apply(whole, context).to_pylist() == wanted


def test_edges_close_below_and_the_last_above(make, apply) -> None:
    values = [0, 17, 18, 64, 65, 119, 120, None]
    edges = [0, 18, 65, 120]
    assert apply(make("bucket", edges=edges), values, pa.int64()) == [0, 0, 18, 18, 65, 65, 65, None]
    assert apply(make("bucket", edges=edges, show="upper"), values, pa.int64()) == [18, 18, 65, 65, 120, 120, 120, None]
    assert apply(make("bucket", edges=edges, show="middle"), values, pa.int16()) == [9, 9, 41, 41, 92, 92, 92, None]
    assert apply(make("bucket", edges=edges, show="label"), values, pa.int64()) == [
        "0 - 18", "0 - 18", "18 - 65", "18 - 65", "65 - 120", "65 - 120", "65 - 120", None,
    ]  # fmt: skip
    floats = apply(make("bucket", edges=[0, 0.5, 1]), [0.0, 0.49999, 0.5, 1.0, math.inf, -math.inf], pa.float64())
    assert floats == [0.0, 0.0, 0.5, 0.5, math.inf, -math.inf]


def test_labels(make, apply) -> None:
    named = make("bucket", edges=[-INFINITE, 18, 65, INFINITE], labels=["young", "grown", "old"])
    assert apply(named, [-5, 17, 18, 65, 10**6, None], pa.int64()) == ["young", "young", "grown", "old", "old", None]
    assert apply(named, [17.9, math.nan, math.inf], pa.float64()) == ["young", "nan", "inf"]
    assert apply(named, ["17.999", "65.0", "NaN"], logical="decimal") == ["young", "old", "NaN"]
    numbered = make("bucket", edges=[-INFINITE, 18, INFINITE], labels=[1, 30_000])
    assert apply(numbered, [17, 18, None], pa.int16(), bits=16) == [1, 30_000, None]
    assert apply(numbered, [17.5, math.nan], pa.float32())[0] == 1.0
    assert apply(numbered, ["17.5", "Infinity"], logical="decimal") == ["1", "Infinity"]
    assert apply(numbered, [Decimal("17.5")], pa.decimal128(9, 1), precision=9, scale=1) == [Decimal(1)]
    open_ended = make("bucket", edges=[-INFINITE, 18, 65, INFINITE], show="label")
    assert apply(open_ended, [3, 20, 70], pa.int64()) == ["< 18", "18 - 65", ">= 65"]
    assert apply(make("bucket", edges=[-INFINITE, INFINITE], show="label"), [3], pa.int64()) == ["any"]


def test_values_outside_of_the_edges(make, apply) -> None:
    values = [-1, 0, 66, 66, None, 65]
    with pytest.raises(TransformError, match="3 of 6 values lie outside"):
        apply(make("bucket", edges=[0, 18, 65]), values, pa.int64())
    assert apply(make("bucket", edges=[0, 18, 65], **{"else": "null"}), values, pa.int64()) == [
        None, 0, None, None, None, 18,
    ]  # fmt: skip
    nearest = {"edges": [0, 18, 65], "else": "nearest"}
    assert apply(make("bucket", **nearest), values, pa.int64()) == [0, 0, 18, 18, None, 18]
    assert apply(make("bucket", **nearest, show="label"), values, pa.int64())[:3] == ["< 18", "< 18", ">= 18"]
    for kind in (pa.float64(), pa.decimal128(5, 1)):
        with pytest.raises(TransformError, match="1 of 2"):
            apply(make("bucket", edges=[0, 1]), [1, 2], kind, precision=5, scale=1)
    assert apply(make("bucket", edges=[0, 1], **{"else": "null"}), [0.5, 1.5], pa.float64()) == [0.0, None]


def test_dates(make, apply) -> None:
    days = [day("1999-12-31"), day("2000-01-01"), day("2010-06-15"), None]
    edges = {"edges": ["1990-01-01", day("2000-01-01"), "2020-01-01"]}
    assert apply(make("bucket", **edges), days, pa.date32()) == [
        day("1990-01-01"), day("2000-01-01"), day("2000-01-01"), None,
    ]  # fmt: skip
    assert apply(make("bucket", **edges, show="label"), days, pa.date64())[0] == "1990-01-01 - 2000-01-01"
    assert apply(make("bucket", **edges, show="middle"), days, pa.date32())[1] == day("2009-12-31")
    texts = ["1999-12-31", "infinity", None]
    assert apply(make("bucket", **edges), texts, logical="date") == ["1990-01-01", "infinity", None]
    week = make("bucket", width=7, origin="2024-01-01")
    assert apply(week, [day("2024-02-27"), day("2023-12-31")], pa.date32()) == [day("2024-02-26"), day("2023-12-25")]
    assert apply(week, ["0044-03-15 BC"], logical="date") == ["0044-03-11 BC"]
    quarter_day = make("bucket", width=0.25)
    moment = dt.datetime.fromisoformat("2024-02-27 13:30:01.5")
    assert apply(quarter_day, [moment], pa.timestamp("us")) == [dt.datetime.fromisoformat("2024-02-27 12:00")]
    assert apply(quarter_day, ["2024-02-27 13:30:01.5+02"], logical="timestamp") == ["2024-02-27 08:00:00+02"]
    label = apply(make("bucket", width=0.25, show="label"), [moment], pa.timestamp("s"))
    assert label == ["2024-02-27 12:00:00 - 2024-02-27 18:00:00"]


@pytest.mark.parametrize("cuts", [(), (3, 3, 600)])
def test_quantiles_are_values_of_the_column(make, cuts) -> None:
    values = np.random.default_rng(4).integers(0, 300, 1_000)
    column = pa.array(np.where(values % 17 == 0, None, values), pa.int64())
    transform = make("bucket", quantiles=4)
    context = Context("s.t.c", Column("c", logical="integer"), "d", KeyRing("example", {1: Sealed(bytes(32))}))
    edges = [0, *cuts, len(column)]
    parts = [(column[start:stop], context) for start, stop in zip(edges, edges[1:], strict=False)]  # noqa: RUF007
    learnt = transform.learn(iter(parts))
    known = np.sort(column.drop_null().to_numpy())
    wanted = [known[0], *np.quantile(known, [0.25, 0.5, 0.75], method="inverted_cdf"), known[-1]]
    assert learnt["edge"].to_pylist() == [str(int(each)) for each in wanted]
    made = transform.apply(column, replace(context, learnt=learnt)).drop_null().to_numpy()
    values, counts = np.unique(made, return_counts=True)
    assert values.tolist() == [int(each) for each in wanted[:-1]] and counts.min() > 200


def test_quantiles_of_every_type(make, apply) -> None:
    transform = make("bucket", quantiles=2)
    assert apply(transform, [4.5, 1.5, 2.5, 3.5, math.nan, math.inf, None], pa.float64())[:4] == [2.5, 1.5, 2.5, 2.5]
    texts = ["10.5", "9.25", "-3", "NaN", "+2", None]
    assert apply(transform, texts, logical="decimal") == ["2.0", "2.0", "-3.0", "NaN", "2.0", None]
    numbers = [Decimal("10.5"), Decimal("9.25"), Decimal(-3), Decimal(2)]
    made = apply(transform, numbers, pa.decimal128(9, 2), precision=9, scale=2)
    assert made == [Decimal(2), Decimal(2), Decimal(-3), Decimal(2)]
    assert apply(transform, [day("2024-01-01"), day("2023-01-01")], pa.date32()) == [day("2023-01-01")] * 2
    moments = [dt.datetime.fromisoformat(f"2024-01-0{number} 10:00:00") for number in (1, 2, 3, 4)]
    assert apply(transform, moments, pa.timestamp("us")) == [moments[0], *[moments[1]] * 3]
    assert apply(make("bucket", quantiles=2, show="label"), [1, 2, 3, 4], pa.int64()) == [
        "1 of 2", "2 of 2", "2 of 2", "2 of 2",
    ]  # fmt: skip
    assert apply(make("bucket", quantiles=2, labels=["low", "high"]), [7, 7], pa.int64()) == ["high", "high"]
    many = make("bucket", quantiles=2)
    context = Context("s.t.c", Column("c", logical="integer"), "d", KeyRing("example", {1: Sealed(bytes(32))}))
    learnt = many.learn((pa.array([number]), context) for number in range(201))
    assert learnt["edge"].to_pylist() == ["0", "100", "200"]
    with pytest.raises(TransformError, match="nothing learnt"):
        many.apply(pa.array([1]), context)
    nothing = replace(context, learnt=many.learn(iter([])))
    assert many.apply(pa.array([None], pa.int64()), nothing).to_pylist() == [None]
    with pytest.raises(TransformError, match="none were there"):
        many.apply(pa.array([1]), nothing)


def test_ends_beyond_the_type_are_drawn_in(make, apply) -> None:
    values = [-(2**15), 2**15 - 1]
    assert apply(make("bucket", width=1000), values, pa.int16(), bits=16) == [-32_768, 32_000]
    assert apply(make("bucket", width=1000, show="upper"), values, pa.int16(), bits=16) == [-32_000, 32_767]
    money = [Decimal("99.99")]
    assert apply(make("bucket", width=7, show="upper"), money, pa.decimal128(4, 2), precision=4, scale=2) == money
    big = 1.7976931348623157e308
    assert apply(make("bucket", width=1, show="upper"), [big, -big], pa.float64()) == [big, -big]
    assert apply(make("bucket", width=0.1), [0.3, 0.7, -0.05], pa.float64()) == [0.3, 0.7, -0.1]
    first = apply(make("bucket", width=1000), ["4714-11-24 BC"], logical="date")
    assert first == ["4714-11-24 BC"]


def test_numbers_as_text_get_the_digits_of_the_bins(make, apply) -> None:
    made = apply(make("bucket", width="0.5"), ["1.26", "+7", "-0.0001", "9" * 60], logical="decimal")
    assert made == ["1.0", "7.0", "-0.5", "9" * 60 + ".0"]
    with pytest.raises(TransformError, match="1 of 2 values") as caught:
        apply(make("bucket", width=5), ["canary", "1"], logical="decimal")
    assert "canary" not in str(caught.value)
    with pytest.raises(TransformError, match="too large"):
        apply(make("bucket", width=5), ["9" * 60, "0." + "1" * 59], logical="decimal")


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({}, "give one of"),
        ({"edges": [1, 2], "width": 3}, "give one of"),
        ({"edges": [1]}, "two or more"),
        ({"edges": [2, 1]}, "ascend"),
        ({"edges": [1, 1, 2]}, "ascend"),
        ({"edges": ["canary", 2]}, "numbers, or dates"),
        ({"edges": [True, 2]}, "numbers, or dates"),
        ({"edges": [1, "2024-01-01"]}, "either numbers or dates"),
        ({"edges": [1, INFINITE]}, "show label"),
        ({"edges": [1, 2, 3], "labels": ["a"]}, "as many labels"),
        ({"edges": [1, 2], "labels": ["a"], "show": "lower"}, "not shown"),
        ({"width": 5, "labels": ["a"]}, "labels go with"),
        ({"quantiles": 4, "origin": 3}, "origin goes with width"),
        ({"quantiles": 4, "else": "null"}, "else goes with edges"),
        ({"width": "1e-15"}, "more than 14 digits"),
        ({"quantiles": 1}, "greater than"),
        ({"width": 5, "origin": INFINITE}, "origin is finite"),
    ],
)
def test_parameters(parameters, told) -> None:
    member, found = TRANSFORMS.parse({"bucket": parameters}, "x")
    assert member is None and told in str(found[0]) and "canary" not in str(found[0])


def test_problems_and_effects(make) -> None:
    integer, date = Column("c", logical="integer", bits=16), Column("c", logical="date")
    money = Column("c", logical="decimal", precision=8, scale=2)
    assert list(make("bucket", edges=[0, 17.5, 20]).problems(integer))
    assert not list(make("bucket", edges=[0, 17.5, 20], labels=["a", "b"]).problems(integer))
    assert list(make("bucket", width=0.125).problems(money)) and not list(make("bucket", width=0.5).problems(money))
    assert list(make("bucket", edges=[0, 1]).problems(date)) and list(make("bucket", width=0.25).problems(date))
    assert list(make("bucket", edges=["2024-01-01", "2025-01-01"]).problems(integer))
    assert list(make("bucket", edges=[0, 1], labels=[40_000]).problems(integer))
    assert list(make("bucket", quantiles=2, labels=[1, 2]).problems(date))
    assert list(make("bucket", quantiles=2).problems(Column("c", logical="decimal", precision=50, scale=2)))
    assert make("bucket", width=5, show="label").effects(integer).result == "text"
    assert make("bucket", edges=[0, 1], labels=[7]).effects(integer).result is None
    assert make("bucket", quantiles=2).effects(integer).scope == "column"
    assert make("bucket", edges=[0, 1], **{"else": "null"}).effects(integer).may_null
