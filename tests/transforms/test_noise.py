from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.errors import TransformError

LAW_CASES = [
    {"amount": 5},
    {"amount": 2.5, "distribution": "gaussian", "minimum": -3, "maximum": 1_000},
    {"ratio": 0.5, "distribution": "laplace"},
]
MANY = 20_000


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (pa.decimal128(8, 2), {"precision": 8, "scale": 2}),
        (pa.decimal128(38, 10), {"precision": 38, "scale": 10}),
        (pa.decimal256(50, 3), {"precision": 50, "scale": 3}),
        (pa.decimal128(5, 0), {"precision": 5, "scale": 0}),
    ],
    ids=str,
)
def test_decimals_keep_precision_and_scale(make, apply, kind, facts) -> None:
    unit = Decimal(1).scaleb(-kind.scale)
    most = Decimal(10**kind.precision - 1).scaleb(-kind.scale) if kind.precision < 28 else None
    values = [Decimal(n % 100).quantize(unit) for n in range(500)] + ([most, -most] if most else [])
    noisy = apply(make("noise", amount=1_000), values, kind, logical="decimal", **facts)
    assert all(was != now for was, now in zip(values, noisy, strict=True))
    assert all(abs(now - was) <= 1_000 for was, now in zip(values, noisy, strict=True))
    assert len({now % 1 for now in noisy}) > (1 if kind.scale else 0)


def test_numbers_as_text_keep_each_its_scale(make, apply) -> None:
    values = ["1.50", "-3", "0.00000001", "NaN", "Infinity", None, "123456789012345678901234567890.5", "+7.0", "0007"]
    noisy = apply(make("noise", amount=5), values, logical="decimal")
    scales = [len(text.partition(".")[2]) if text else None for text in values]
    assert [len(text.partition(".")[2]) if text else None for text in noisy] == scales
    assert noisy[3:6] == ["NaN", "Infinity", None]
    for was, now in zip(values, noisy, strict=True):
        if was not in {"NaN", "Infinity", None}:
            assert 0 < abs(Decimal(now) - Decimal(was)) <= 5
            assert "E" not in now and "+" not in now


@given(st.lists(st.decimals(-(10**20), 10**20, places=6, allow_nan=False), min_size=1, max_size=8))
@settings(max_examples=30)
def test_text_and_decimal_columns_agree_with_exact_arithmetic(values) -> None:
    import polars as pl

    from anon_assets.contracts.transform import Context
    from anon_assets.keys import KeyRing
    from anon_assets.sealed import Sealed

    transform = TRANSFORMS.load("noise")(amount=3, minimum=-50, maximum=50.000001)
    texts = [format(value.quantize(Decimal("0.000001")), "f") for value in values]
    rows = pl.Series([str(number) for number in range(len(values))])
    keys = KeyRing("example", {1: Sealed(bytes(32))})
    context = Context("c", Column("c", logical="decimal"), "d", keys, rows=lambda: rows)
    as_text = transform.apply(pa.array(texts), context).to_pylist()
    decimals = pa.array([Decimal(text) for text in texts], pa.decimal128(38, 6))
    as_decimal = transform.apply(decimals, context).to_pylist()
    assert [Decimal(text) for text in as_text] == as_decimal
    assert all(Decimal(-50) <= value <= Decimal("50.000001") for value in as_decimal)


@pytest.mark.parametrize(("kind", "bits"), [(pa.int16(), 16), (pa.int32(), 32), (pa.int64(), 64), (pa.uint8(), 8)])
def test_integers_stay_within_their_bits(make, apply, kind, bits) -> None:
    low, high = (0, 255) if kind == pa.uint8() else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    values = [low, high, 1, None] * 50
    noisy = apply(make("noise", amount=100), values, kind, bits=bits)
    assert all(now is None if was is None else low <= now <= high for was, now in zip(values, noisy, strict=True))
    assert all(was is None or 0 < abs(was - now) <= 100 for was, now in zip(values, noisy, strict=True))


def test_bounds_hold_and_a_value_at_a_bound_still_moves(make, apply) -> None:
    noisy = apply(make("noise", amount=3, minimum=0.5, maximum=9.9), [1, 9, 5, -70, 70] * 40, pa.int64())
    assert min(noisy) >= 1 and max(noisy) <= 9
    assert all(
        was != now for was, now in zip([1, 9, 5] * 40, [n for i, n in enumerate(noisy) if i % 5 < 3], strict=True)
    )
    floats = apply(make("noise", amount=3, maximum=0.1), [0.1] * 100, pa.float32())
    assert max(floats) <= 0.1 and np.float32(0.1) not in np.array(floats, np.float32)


def test_floats_keep_what_is_no_number_and_stay_finite(make, apply) -> None:
    big = float(np.finfo(np.float64).max)
    noisy = apply(make("noise", ratio=5), [math.nan, math.inf, -math.inf, big, 0.0, 1.0], pa.float64())
    assert math.isnan(noisy[0]) and noisy[1:3] == [math.inf, -math.inf]
    assert math.isfinite(noisy[3]) and noisy[4] == 0.0 and noisy[5] != 1.0
    (tiny,) = apply(make("noise", amount=1e-300), [1.0], pa.float64())
    assert tiny != 1.0 and tiny == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("distribution", "deviation", "beyond_two"),
    [("uniform", 3**-0.5, 0), ("gaussian", 1, 0.0455), ("laplace", 2**0.5, 0.1353)],
)
def test_distributions(make, apply, distribution, deviation, beyond_two) -> None:
    noisy = apply(make("noise", amount=10, distribution=distribution), np.full(MANY, 1e6).tolist(), pa.float64())
    drawn = (np.array(noisy) - 1e6) / 10
    assert abs(drawn.mean()) < 0.04
    assert drawn.std() == pytest.approx(deviation, rel=0.03)
    assert (np.abs(drawn) > 2).mean() == pytest.approx(beyond_two, abs=0.01)


def test_noise_is_of_value_and_row_and_repeats(make, apply) -> None:
    transform = make("noise", amount=1_000)
    once = apply(transform, [500] * 4, pa.int64(), rows=["a", "b", "c", "a"])
    assert once[0] == once[3] and len(set(once)) == 3
    assert apply(transform, [500] * 2, pa.int64(), rows=["c", "b"]) == [once[2], once[1]]
    assert apply(transform, [501], pa.int64(), rows=["a"])[0] - 501 != once[0] - 500


def test_ratio_leaves_zero_and_scales(make, apply) -> None:
    noisy = apply(make("noise", ratio=0.1), [0, 10_000, -10_000] * 100, pa.int64())
    assert set(noisy[::3]) == {0}
    assert all(9_000 <= value <= 11_000 for value in noisy[1::3]) and all(-11_000 <= v <= -9_000 for v in noisy[2::3])


@pytest.mark.parametrize("text", ["canary", "1e5", "", "9" * 61, "1.", "--1", "0x10"])
def test_text_that_is_no_number_is_counted_and_not_shown(make, apply, text) -> None:
    with pytest.raises(TransformError, match="1 of 2 values") as caught:
        apply(make("noise", amount=1), [text, "1"], logical="decimal")
    assert not text or text not in str(caught.value).replace("1 of 2", "")


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"amount": 1, "ratio": 1},
        {"amount": 0},
        {"ratio": -1},
        {"amount": 1, "minimum": 2, "maximum": 2},
        {"ratio": "nan"},
    ],
)
def test_parameters(parameters) -> None:
    member, found = TRANSFORMS.parse({"noise": parameters}, "x")
    assert member is None and found


def test_problems(make) -> None:
    assert list(make("noise", amount=0.001).problems(Column("c", logical="decimal", precision=8, scale=2)))
    assert list(make("noise", amount=0.5).problems(Column("c", logical="integer", bits=32)))
    between = make("noise", amount=2, minimum=0.2, maximum=0.8)
    assert list(between.problems(Column("c", logical="integer")))
    assert not list(between.problems(Column("c", logical="float")))
    assert make("noise", amount=2).effects(Column("c")).scope == "row"


@pytest.mark.parametrize("distribution", ["uniform", "gaussian", "laplace"])
def test_dates_move_by_whole_days_and_times_by_whole_seconds(make, apply, distribution) -> None:
    day, moment = dt.date(2024, 2, 27), dt.datetime.fromisoformat("2024-02-27 13:30:01.123456")
    transform = make("noise", amount=10, distribution=distribution)
    days = [(now - day).days for now in apply(transform, [day] * MANY, pa.date32())]
    assert 0 not in days and (max(map(abs, days)) <= 10) == (distribution == "uniform")
    wanted = {"uniform": 3**-0.5, "gaussian": 1, "laplace": 2**0.5}[distribution] * 10
    assert abs(np.mean(days)) < 0.5 and np.std(days) == pytest.approx(wanted, rel=0.06)
    times = [now - moment for now in apply(transform, [moment] * 500, pa.timestamp("us"))]
    assert all(each and each.microseconds == 0 for each in times) and len({each.seconds for each in times}) > 400
    again = apply(transform, pa.array([moment] * 500, pa.timestamp("us")).cast(pa.string()), logical="timestamp")
    assert [str(dt.datetime.fromisoformat(text)) for text in again] == again
    assert {text[-7:] for text in again} == {".123456"}


def test_bounds_of_dates(make, apply) -> None:
    bounded = make("noise", amount=10, minimum=dt.date(2024, 2, 20), maximum="2024-03-01")
    day = dt.date(2024, 2, 27)
    moved = apply(bounded, [day] * 2_000 + [dt.date(2024, 3, 1)] * 9 + [dt.date(1999, 1, 1)], pa.date32())
    assert min(moved) == dt.date(2024, 2, 20) and max(moved) == dt.date(2024, 3, 1) and day not in moved[:2_000]
    assert all(each < dt.date(2024, 3, 1) for each in moved[2000:])
    ends = [dt.datetime.fromisoformat("2024-03-01 23:59:59.5"), dt.datetime.fromisoformat("2024-02-20 00:00")] * 99
    times = apply(make("noise", amount=0.5, minimum="2024-02-20", maximum="2024-03-01 20:00"), ends, pa.timestamp("us"))
    assert min(times) >= dt.datetime.fromisoformat("2024-02-20") and ends[1] not in times
    assert max(times) <= dt.datetime.fromisoformat("2024-03-01 20:00")
    assert apply(bounded, ["infinity", "0044-03-15 BC", None], logical="date") == ["infinity", "2024-02-20", None]


def test_a_bound_in_another_era_counts(make, apply) -> None:
    early, late = ["0001-12-31 BC"] * 99, ["10000-01-01"] * 99
    for transform in (
        make("noise", amount=5, minimum=dt.date(1, 1, 1)),
        make("date_noise", within="5 days", not_before=dt.date(1, 1, 1)),
    ):
        moved = apply(transform, early, logical="date")
        assert moved.count("0001-01-01") > 40
        assert all(re.fullmatch("0001-01-0[1-5]", text) for text in moved)
    moved = apply(make("noise", amount=5, maximum=dt.date(9999, 12, 31)), late, logical="date")
    assert moved.count("9999-12-31") > 40
    assert all(re.fullmatch("9999-12-[23][0-9]", text) for text in moved)


def test_dates_carried_as_text_stay_in_their_era(make, apply) -> None:
    transform = make("noise", amount=400)
    moved = apply(transform, ["0001-12-31 BC", "0001-01-01", "9999-12-31", "10000-01-01"] * 50, logical="date")
    assert all(text.endswith(" BC") for text in moved[::4]) and all(
        len(text) == 10 for text in moved[1::4] + moved[2::4]
    )
    assert all(text.startswith("1000") and len(text) == 11 for text in moved[3::4])


def test_problems_with_dates(make) -> None:
    date, moment, number = Column("c", logical="date"), Column("c", logical="timestamp"), Column("c", logical="float")
    assert list(make("noise", ratio=0.5).problems(date)) and list(make("noise", amount=0.5).problems(date))
    assert not list(make("noise", amount=0.5).problems(moment)) and list(make("noise", amount=1e-6).problems(moment))
    assert list(make("noise", amount=5, minimum=0).problems(moment))
    assert list(make("noise", amount=5, minimum="2024-01-01").problems(number))
    assert list(make("noise", amount=5, minimum=40_000).problems(Column("c", logical="integer", bits=16)))
    member, found = TRANSFORMS.parse({"noise": {"amount": 3, "minimum": 5, "maximum": "2024-01-01"}}, "x")
    assert member is None and found
    member, found = TRANSFORMS.parse({"noise": {"amount": 3, "minimum": "2024-01-02", "maximum": "2024-01-01"}}, "x")
    assert member is None and found


def test_decimals_without_a_digit_before_the_point(make, apply) -> None:
    noisy = apply(make("noise", amount=0.1), ["0.5000", "NaN"], logical="decimal", precision=4, scale=4)
    assert 0 < abs(float(noisy[0]) - 0.5) <= 0.1


def test_64_bit_integers_agree_with_exact_arithmetic_near_and_far(make, apply) -> None:
    near, far = [5, -(2**40), 2**60], [2**63 - 1, -(2**63)]
    alone = apply(make("noise", ratio=0.25), near, pa.int64(), rows=["a", "b", "c"])
    beside_large = apply(make("noise", ratio=0.25), near + far, pa.int64(), rows=["a", "b", "c", "d", "e"])
    assert beside_large[:3] == alone


@pytest.mark.parametrize("kind", [pa.int32(), pa.float64(), pa.decimal128(12, 2), pa.date32(), pa.string()])
def test_a_long_column_is_worked_on_in_parts_that_do_not_show(make, apply, kind) -> None:
    numbers = pa.array([None if number % 9 == 0 else number for number in range(40_000)], pa.int32())
    column = numbers.view(kind) if pa.types.is_date(kind) else numbers.cast(kind)
    noise, rows = make("noise", amount=3), [f"row {number}" for number in range(len(column))]
    facts = {"logical": "decimal", "precision": 12, "scale": 2} if kind in {pa.string(), pa.decimal128(12, 2)} else {}
    whole = apply(noise, column, rows=rows, **facts)
    assert whole[32_000:33_000] == apply(noise, column[32_000:33_000], rows=rows[32_000:33_000], **facts)


def test_an_error_counts_over_the_whole_of_a_long_column(make, apply) -> None:
    texts = ["1"] * 32_768 + ["x"] + ["2"] * 10 + ["y"]
    with pytest.raises(TransformError, match=r"\b2\b"):
        apply(make("noise", amount=3), texts, logical="decimal")
