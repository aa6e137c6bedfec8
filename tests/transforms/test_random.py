from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from collections import Counter
from decimal import Decimal

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

LAW_CASES = [
    {"as": "string", "length": 5},
    {"as": "string", "length": 40, "alphabet": "abé😀"},
    {"as": "digits", "length": 30},
    {"as": "decimal", "from": -5, "to": 99.5, "scale": 1},
    {"as": "decimal", "from": 0, "to": 1},
    {"as": "date", "from": "1950-01-01", "to": "2005-12-31"},
    {"as": "timestamp", "from": "2024-01-01", "to": "2024-01-31 12:00"},
    {"as": "choice", "from": ["red", "green"], "weights": [3, 1]},
    {"as": "choice", "from": [1, 20]},
    {"as": "choice", "from": [1.5, 2]},
    {"as": "choice", "from": [True, False]},
    {"as": "phone"},
    {"as": "postal_code", "template": "%?-##"},
    {"as": "uuid"},
    {"as": "hash", "length": 12},
]
MANY = 20_000


def drawn_bytes(key: bytes, text: str, size: int) -> bytes:
    """The keyed function from its definition: AES-CMAC of the value and a counter."""
    made = b""
    while len(made) < size:
        mac = CMAC(AES(key))
        mac.update(text.encode() + bytes([len(made) // 16 + 1]))
        made += mac.finalize()
    return made[:size]


def digest(row: str, shape: str) -> bytes:
    key = KeyRing("example", {1: Sealed(bytes(32))}).derive("example", "random", shape).reveal()
    return drawn_bytes(key, row, 32)


def fits(made, expected) -> None:
    """Counts lie within five standard deviations of what is expected of each."""
    counted = Counter(made)
    assert set(counted) == set(expected)
    total = sum(expected.values())
    for each, share in expected.items():
        wanted = len(made) * share / total
        assert abs(counted[each] - wanted) < 5 * math.sqrt(wanted), each


def test_bounds_beyond_the_float_type_are_a_problem(make, apply) -> None:
    transform = make("random", **{"as": "decimal", "from": 0, "to": 100_000})
    for kind, told in (("halffloat", "65504"), ("list<item: halffloat>", "65504"), ("real", ""), ("double", "")):
        problems = list(transform.problems(Column("c", type=kind, logical="float")))
        assert bool(problems) == bool(told) and told in "".join(problems)
    with pytest.raises(TransformError, match="65504"):
        apply(transform, [1.0], pa.float32(), type="halffloat")
    with pytest.raises(TransformError, match="does not hold all"):
        apply(transform, pa.array([1.0] * 20).cast(pa.float16()))
    choice = make("random", **{"as": "choice", "from": [1.5, 1e39]})
    assert list(choice.problems(Column("c", type="real", logical="float")))
    assert not list(choice.problems(Column("c", type="double precision", logical="float")))
    within = make("random", **{"as": "decimal", "from": -65_504, "to": 65_504})
    assert all(abs(each) <= 65_504 for each in apply(within, [1.0] * 50, pa.float32(), type="halffloat"))


def test_the_last_of_a_negative_range_lies_inside(make, apply) -> None:
    transform = make("random", **{"as": "decimal", "from": -5.5, "to": -1.5, "scale": 0})
    assert set(apply(transform, [1.0] * 200, pa.float64())) == {-5.0, -4.0, -3.0, -2.0}


def test_integers_are_drawn_from_the_row_modulo_the_range(make, apply) -> None:
    made = apply(make("random", **{"as": "integer", "from": -3, "to": 6}), [5] * 200 + [None], pa.int32(), bits=32)
    assert made == [int.from_bytes(digest(str(row), "integer")[:8], "big") % 10 - 3 for row in range(200)] + [None]
    wide = make("random", **{"as": "integer", "from": -(2**62), "to": 2**62 - 1})
    made = apply(wide, [0] * 50, pa.int64(), bits=64)
    assert made == [int.from_bytes(digest(str(r), "integer")[:8], "big") % 2**63 - 2**62 for r in range(50)]


def test_uuid_and_hash_are_drawn_by_key_from_the_row(make, apply) -> None:
    made = apply(make("random", "uuid"), ["x", None, "x"], logical="uuid")
    for row, text in ((0, made[0]), (2, made[2])):
        raw = bytearray(digest(str(row), "uuid")[:16])
        raw[6], raw[8] = raw[6] & 0x0F | 0x40, raw[8] & 0x3F | 0x80
        parsed = uuid.UUID(text)
        assert str(parsed) == text and parsed.bytes == bytes(raw) and parsed.version == 4
        assert parsed.variant == uuid.RFC_4122
    assert apply(make("random", "hash"), ["a", "b"]) == [digest(row, "hash").hex() for row in "01"]
    assert apply(make("random", **{"as": "hash", "length": 9}), ["a"]) == [digest("0", "hash").hex()[:9]]
    many = apply(make("random", "uuid"), ["x"] * 200_000)
    assert len(set(many)) == 200_000


def test_strings_are_uniform_in_every_place(make, apply) -> None:
    made = apply(make("random", **{"as": "string", "length": 7, "alphabet": "abc"}), ["x"] * MANY)
    for place in range(7):
        fits([text[place] for text in made], dict.fromkeys("abc", 1))
    fits([text[:2] for text in made], dict.fromkeys([a + b for a in "abc" for b in "abc"], 1))
    odd = apply(make("random", **{"as": "string", "length": 3, "alphabet": "aé😀"}), ["x"] * MANY)
    fits("".join(odd), dict.fromkeys("aé😀", 1))
    assert {len(text) for text in odd} == {3}
    usual = apply(make("random", **{"as": "string", "length": 100}), ["x"] * 500)
    assert all(re.fullmatch("[A-Za-z0-9]{100}", text) for text in usual) and len(set("".join(usual))) == 62
    digits = apply(make("random", **{"as": "digits", "length": 12}), ["x"] * 5_000)
    fits("".join(digits), dict.fromkeys("0123456789", 1))
    assert all(len(text) == 12 for text in digits) and len(set(digits)) == 5_000


def test_decimals(make, apply) -> None:
    transform = make("random", **{"as": "decimal", "from": "-0.2", "to": 0.1, "scale": 1})
    made = apply(transform, [Decimal(5)] * MANY, pa.decimal128(9, 3), precision=9, scale=3)
    fits(made, dict.fromkeys(map(Decimal, ("-0.2", "-0.1", "0", "0.1")), 1))
    assert set(apply(transform, ["5", "NaN"] * 200, logical="decimal")) == {"-0.2", "-0.1", "0.0", "0.1"}
    assert set(apply(transform, [1.5] * 200, pa.float64())) == {-0.2, -0.1, 0.0, 0.1}
    small = make("random", **{"as": "decimal", "from": 0, "to": "0.000000000002", "scale": 12})
    assert set(apply(small, ["5"] * 99, logical="decimal")) == {f"0.00000000000{last}" for last in "012"}
    default = make("random", **{"as": "decimal", "from": 0, "to": 1})
    assert len(set(apply(default, [Decimal(0)] * 9_000, pa.decimal128(9, 3), precision=9, scale=3))) == 1_001
    assert len(set(apply(default, ["0"] * 2_000, logical="decimal"))) == 101


def test_dates_and_times(make, apply) -> None:
    transform = make("random", **{"as": "date", "from": "2024-02-28", "to": dt.date(2024, 3, 1)})
    days = [dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2024, 3, 1)]
    fits(apply(transform, [days[0]] * MANY, pa.date32()), dict.fromkeys(days, 1))
    assert set(apply(transform, ["infinity"] * 99, logical="date")) == set(map(str, days))
    assert set(apply(transform, [days[0]] * 99, pa.date64())) == set(days)
    transform = make("random", **{"as": "timestamp", "from": "2024-01-01 10:00", "to": "2024-01-01 10:00:02"})
    seconds = [dt.datetime.fromisoformat(f"2024-01-01 10:00:0{second}") for second in range(3)]
    fits(apply(transform, [seconds[0]] * MANY, pa.timestamp("us")), dict.fromkeys(seconds, 1))
    assert set(apply(transform, [seconds[0]] * 99, pa.timestamp("ms"))) == set(seconds)
    zoned = apply(transform, [seconds[0]] * 99, pa.timestamp("us", "Europe/Berlin"))
    assert set(zoned) == {each.replace(tzinfo=dt.UTC) for each in seconds}
    texts = apply(transform, ["infinity"] * 99, logical="timestamp")
    assert set(texts) == set(map(str, seconds))
    texts = apply(transform, ["infinity"] * 99, logical="timestamp", type="timestamp with time zone")
    assert set(texts) == {f"{each}+00" for each in seconds}
    whole_day = make("random", **{"as": "timestamp", "from": "2024-01-01", "to": "2024-01-01"})
    assert {each.hour for each in apply(whole_day, [seconds[0]] * 999, pa.timestamp("us"))} == set(range(24))
    far = make("random", **{"as": "timestamp", "from": "0001-01-01", "to": "9999-12-31"})
    with pytest.raises(TransformError, match="does not hold all"):
        apply(far, [seconds[0]] * 99, pa.timestamp("ns"))
    assert min(apply(far, [seconds[0]] * 99, pa.timestamp("us"))).year < 1_000


def test_choices_by_weight(make, apply) -> None:
    transform = make("random", **{"as": "choice", "from": ["a", "bé", "c", "d"], "weights": [5, 0, 2.5, 0]})
    fits(apply(transform, ["x"] * MANY), {"a": 2, "c": 1})
    fits(apply(make("random", **{"as": "choice", "from": [7, -9]}), [1] * MANY, pa.int16(), bits=16), {7: 1, -9: 1})
    fits(
        apply(make("random", **{"as": "choice", "from": [True, False]}), [True] * MANY, pa.bool_()), {True: 1, False: 1}
    )
    floats = make("random", **{"as": "choice", "from": [0.1, 2]})
    assert set(apply(floats, [1.0] * 99, pa.float64())) == {0.1, 2.0}
    assert set(apply(floats, ["1"] * 99, logical="decimal")) == {"0.1", "2"}
    decimals = apply(floats, [Decimal(1)] * 99, pa.decimal128(5, 2), precision=5, scale=2)
    assert set(decimals) == {Decimal("0.1"), Decimal(2)}


def test_templates(make, apply) -> None:
    made = apply(make("random", "phone"), ["x"] * 2_000)
    assert all(re.fullmatch(r"\+1-[1-9]\d\d-555-01\d\d", text) for text in made) and len(set(made)) > 1_900
    assert all(re.fullmatch(r"\d{5}", text) for text in apply(make("random", "postal_code"), ["x"] * 99))
    own = apply(make("random", **{"as": "postal_code", "template": "?%é ?-#"}), ["x"] * 500)
    assert all(re.fullmatch(r"[A-Z][1-9]é [A-Z]-\d", text) for text in own)


def test_values_depend_on_row_key_and_shape_alone(make, apply) -> None:
    transform = make("random", **{"as": "digits", "length": 20})
    once = apply(transform, ["a", "b", None, "d"])
    assert apply(transform, ["z", "q"], rows=["3", "0"]) == [once[3], once[0]] and once[2] is None
    assert apply(transform, ["a"], domain="other") != once[:1]
    assert apply(transform, pa.array(["a", "b", None, "d"])[1:], rows=["1", "2", "3"]) == once[1:]
    assert apply(transform, []) == []


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({}, "required"),
        ({"as": "uuid", "length": 5, "alphabet": "abc"}, "uuid takes no length; uuid takes no alphabet"),
        ({"as": "integer", "from": 5}, "integer needs to"),
        ({"as": "string", "to": 3}, "string takes no to; string needs length"),
        ({"as": "integer", "from": 5, "to": 4}, "from is not after to"),
        ({"as": "integer", "from": 0.5, "to": 4}, "of a form"),
        ({"as": "integer", "from": True, "to": 4}, "of a form"),
        ({"as": "integer", "from": -(2**63), "to": 2**63 - 1}, "more than 2"),
        ({"as": "decimal", "from": "nan", "to": 4}, "of a form"),
        ({"as": "date", "from": "canary", "to": "2024-01-01"}, "of a form"),
        ({"as": "date", "from": "2024-02-01", "to": "2024-01-01"}, "from is not after to"),
        ({"as": "choice", "from": "abc"}, "a list"),
        ({"as": "choice", "from": []}, "a list"),
        ({"as": "choice", "from": ["a", 1]}, "several types"),
        ({"as": "choice", "from": ["a", "b"], "weights": [1]}, "as many weights"),
        ({"as": "choice", "from": ["a"], "weights": [0]}, "not all of them are zero"),
        ({"as": "hash", "length": 65}, "at most 64"),
        ({"as": "string", "length": 5, "alphabet": "aa"}, "twice"),
        ({"as": "phone", "template": "555"}, "the same"),
    ],
)
def test_parameters(parameters, told) -> None:
    member, found = TRANSFORMS.parse({"random": parameters}, "x")
    assert member is None and told in str(found[0]) and "canary" not in str(found[0])


def test_problems(make) -> None:
    small, money = Column("c", logical="integer", bits=16), Column("c", logical="decimal", precision=5, scale=2)
    assert list(make("random", **{"as": "integer", "from": 0, "to": 40_000}).problems(small))
    assert list(make("random", **{"as": "choice", "from": [0, 40_000]}).problems(small))
    assert list(make("random", **{"as": "decimal", "from": 0, "to": 1_000}).problems(money))
    assert list(make("random", **{"as": "decimal", "from": 0, "to": 10, "scale": 3}).problems(money))
    assert list(make("random", **{"as": "decimal", "from": "0.001", "to": "0.009"}).problems(money))
    assert list(make("random", **{"as": "choice", "from": [0.001, 0.2]}).problems(money))
    assert not list(make("random", **{"as": "decimal", "from": 0, "to": "999.99"}).problems(money))
    assert not list(make("random", "uuid").problems(Column("c", logical="uuid")))


def test_effects(make) -> None:
    assert (
        make("random", "uuid").effects(Column("c")).injective
        and not make("random", "phone").effects(Column("c")).injective
    )
    assert make("random", **{"as": "hash", "length": 20}).effects(Column("c")).injective
    assert not make("random", **{"as": "hash", "length": 19}).effects(Column("c")).injective
    assert make("random", **{"as": "digits", "length": 25}).effects(Column("c")).injective
    assert make("random", **{"as": "choice", "from": ["a", "bcd"]}).effects(Column("c")).max_length == 3
    assert make("random", "phone").effects(Column("c")).coincides
