from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

LAW_CASES = [{"to": 10}, {"digits": -3}, {"to": 0.25}, {"digits": 2}, {"to": "1e18"}]


def exact(value, step) -> Decimal:
    """Halves away from zero, by rational arithmetic."""
    value, step = Fraction(value), Fraction(step)
    times = math.floor(abs(value) / step + Fraction(1, 2))
    return times * step * (-1 if value < 0 else 1)


def run(parameters, column, **facts) -> list:
    transform = TRANSFORMS.load("round").model_validate(parameters)
    context = Context("s.t.c", Column("c", **facts), "d", KeyRing("example", {1: Sealed(bytes(32))}))
    return transform.apply(column, context).to_pylist()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20), st.integers(2, 10**12))
def test_integers_agree_with_rational_arithmetic(values, step) -> None:
    for value, now in zip(values, run({"to": step}, pa.array(values, pa.int64()), logical="integer"), strict=True):
        wanted = int(exact(value, step))
        if not -(2**63) <= wanted < 2**63:
            wanted = int(math.copysign(1, value)) * (abs(value) // step * step)
        assert now == wanted


@pytest.mark.parametrize(("kind", "bits"), [(pa.int8(), None), (pa.int16(), 16), (pa.int64(), 64), (pa.uint64(), None)])
def test_the_ends_of_a_type_round_inwards(make, apply, kind, bits) -> None:
    low, high = (0, 2**64 - 1) if kind == pa.uint64() else (-(2 ** (kind.bit_width - 1)), 2 ** (kind.bit_width - 1) - 1)
    rounded = apply(make("round", to=100), [low, high, 49, 50, None], kind, bits=bits)
    for now, was in zip(rounded[:2], (low, high), strict=True):
        up = int(exact(was, 100))
        assert now == (up if low <= up <= high else int(math.copysign(1, was)) * (abs(was) // 100 * 100))
    assert rounded[2:] == [0, 100, None]
    assert apply(make("round", to="1e20"), [low, high], kind, bits=bits) == [0, 0]
    if kind == pa.int64():
        narrow = apply(make("round", digits=-4), [32_767, -32_768], kind, bits=16)
        assert narrow == [30_000, -30_000]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.decimals(-(10**20), 10**20, places=4, allow_nan=False), min_size=1, max_size=10),
       st.sampled_from(["0.05", "0.25", "2.5", "0.0003", "7", "1000"]))  # fmt: skip
def test_decimals_and_text_agree_with_rational_arithmetic(values, step) -> None:
    values = [value.quantize(Decimal("0.0001")) for value in values]
    wanted = [exact(value, step) for value in values]
    rounded = run({"to": step}, pa.array(values, pa.decimal128(38, 4)), logical="decimal", precision=38, scale=4)
    assert [Fraction(value) for value in rounded] == wanted
    rounded = run({"to": step}, pa.array([format(value, "f") for value in values]), logical="decimal")
    assert [Fraction(value) for value in rounded] == wanted
    assert all(text.partition(".")[2].__len__() == 4 for text in rounded)


def test_digits_are_powers_of_ten(make, apply) -> None:
    values = [Decimal("2.345"), Decimal("-2.345"), Decimal("2.344")]
    wanted = [value.quantize(Decimal("0.01"), ROUND_HALF_UP) for value in values]
    assert apply(make("round", digits=2), values, pa.decimal128(8, 3), precision=8, scale=3) == wanted
    assert apply(make("round", digits=-1), [15, 25, -15, 14], pa.int32(), bits=32) == [20, 30, -20, 10]
    assert apply(make("round", digits=0), [0.5, 1.5, -0.5, 0.49999999999999994], pa.float64()) == [1, 2, -1, 0]


def test_a_decimal_that_would_be_too_long_rounds_inwards(make, apply) -> None:
    values = [Decimal("99.99"), Decimal("-99.99"), Decimal("94.99")]
    rounded = apply(make("round", to=10), values, pa.decimal128(4, 2), logical="decimal", precision=4, scale=2)
    assert rounded == [90, -90, 90]
    rounded = apply(make("round", to=10), ["99.99", "95"], logical="decimal", precision=4, scale=2)
    assert rounded == ["90.00", "90"]
    wide = Decimal("9" * 76)
    with pytest.raises(TransformError, match="more than 60 digits"):
        apply(make("round", to=10), [wide], pa.decimal256(76, 0), logical="decimal", precision=76, scale=0)


def test_text_keeps_its_scale_or_gets_that_of_the_step(make, apply) -> None:
    values = ["3.1", "-7", "NaN", "Infinity", None, "+2.999", "0.00000004", "9" * 60]
    assert apply(make("round", to="0.25"), values, logical="decimal") == [
        "3.00", "-7.00", "NaN", "Infinity", None, "3.000", "0.00000000", "9" * 60 + ".00",
    ]  # fmt: skip
    with pytest.raises(TransformError, match="1 of 2 values"):
        apply(make("round", to=5), ["1e5", "1"], logical="decimal")


def test_floats(make, apply) -> None:
    rounded = apply(make("round", to="0.05"), [0.14, 0.13, -0.13, 1e300, math.inf, -math.inf, None], pa.float64())
    assert rounded == [0.15, 0.15, -0.15, 1e300, math.inf, -math.inf, None]
    assert math.isnan(apply(make("round", digits=3), [math.nan], pa.float64())[0])
    assert apply(make("round", to=0.1), [0.30000001192092896], pa.float32()) == [0.30000001192092896]
    assert apply(make("round", digits=1), [2.55, 2.45, -0.04], pa.float64()) == [2.5, 2.5, -0.0]
    big = 1.7976931348623157e308
    assert apply(make("round", to="1e30"), [big, -big], pa.float64()) == [big, -big]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**47), st.integers(-2, 2)), min_size=1, max_size=20),
       st.sampled_from(["0.01", "0.05", "0.07", "1e-14", "3", "1e22", "123456789012345", "12345678.9012345"]))  # fmt: skip
def test_floats_beside_a_half_go_to_the_side_on_which_they_lie(places, step) -> None:
    values = []
    for half, ulps in places:
        value = float((half + Fraction(1, 2)) * Fraction(step))
        values.append(value + ulps * math.ulp(value))
    for value, now in zip(values, run({"to": step}, pa.array(values), logical="float"), strict=True):
        times = math.floor(Fraction(value) / Fraction(step) + Fraction(1, 2))
        assert abs(now - float(times * Fraction(step))) <= math.ulp(now)


def test_floats_that_text_shows_as_halves(make, apply) -> None:
    rounded = apply(make("round", digits=2), [2.675, 1.005, -2.675, 0.125], pa.float64())
    assert rounded == [2.67, 1.0, -2.67, 0.13]
    far = [2.0**53 + 2, 1e22, 5e-324]
    assert apply(make("round", digits=14), far, pa.float64()) == [*far[:2], 0.0]


def test_decimals_of_many_digits(make, apply) -> None:
    kind, facts = pa.decimal128(38, 29), {"logical": "decimal", "precision": 38, "scale": 29}
    values = [Decimal("0.26"), Decimal("-999999999.95"), Decimal("0.05"), None]
    rounded = [Decimal("0.3"), Decimal("-999999999.9"), Decimal("0.1"), None]
    assert apply(make("round", digits=1), values, kind, **facts) == rounded
    finest = Decimal("0.12345678901234567890123456785")
    (now,) = apply(make("round", to="0.00000000000001"), [finest], kind, **facts)
    assert now == Decimal("0.12345678901235")
    assert apply(make("round", to="1e30"), values, kind, **facts) == [0, 0, 0, None]
    for scale in (50, 60):
        kind, facts = pa.decimal256(60, scale), {"logical": "decimal", "precision": 60, "scale": scale}
        assert apply(make("round", to="1e30"), [Decimal("0.5"), None], kind, **facts) == [0, None]
    text = "0." + "9" * 55
    assert apply(make("round", to="1e30"), [text], logical="decimal") == ["0." + "0" * 55]
    wide = Column("c", logical="decimal", precision=38, scale=38)
    assert not list(make("round", digits=14).problems(wide))


def test_shorthand_nulls_slices(make, apply) -> None:
    transform = make("round", 10)
    assert transform == make("round", to=10)
    assert apply(transform, pa.array([1, 15, None, 26], pa.int64())[1:]) == [20, None, 30]
    assert apply(transform, pa.array([], pa.float32())) == []


@pytest.mark.parametrize(
    "parameters", [{}, {"to": 1, "digits": 1}, {"to": 0}, {"to": -5}, {"to": "nan"}, {"digits": 15}, {"to": "1e-15"}]
)
def test_parameters(parameters) -> None:
    member, found = TRANSFORMS.parse({"round": parameters}, "x")
    assert member is None and found


def test_problems(make) -> None:
    integer, money = Column("c", logical="integer"), Column("c", logical="decimal", precision=8, scale=2)
    (told,) = make("round", to=2.5).problems(integer)
    assert "more digits" in told
    (told,) = make("round", to=1).problems(integer)
    assert "already" in told
    assert list(make("round", to="0.025").problems(money)) and list(make("round", digits=2).problems(money))
    assert list(make("round", to="0.005").problems(money))
    assert not list(make("round", to="0.05").problems(money)) and not list(make("round", digits=0).problems(money))
    assert not list(make("round", digits=9).problems(Column("c", logical="float")))
