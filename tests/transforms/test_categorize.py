from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

LAW_CASES = [{"categories": ["low", "middle", "1", "true"], "else": "null"}, {"categories": ["2"], "else": "other"}]
ZERO = KeyRing("example", {1: Sealed(bytes(32))})


def drawn_bytes(key: bytes, text: str, size: int) -> bytes:
    """The keyed function from its definition: AES-CMAC of the value and a counter."""
    made = b""
    while len(made) < size:
        mac = CMAC(AES(key))
        mac.update(text.encode() + bytes([len(made) // 16 + 1]))
        made += mac.finalize()
    return made[:size]


def keyed_order(values, domain="example") -> list[str]:
    key = ZERO.derive(domain, "categorize").reveal()
    return sorted(values, key=lambda value: drawn_bytes(key, value, 16))


def test_learnt_codes_follow_the_keyed_hash(make, apply) -> None:
    values = [f"ä{number % 50}" for number in range(1_000)] + [None, ""]
    order = keyed_order({value for value in values if value is not None})
    assert apply(make("categorize"), values) == [None if value is None else order.index(value) for value in values]
    other = keyed_order({value for value in values if value is not None}, "other")
    assert apply(make("categorize"), values, domain="other") == [
        None if value is None else other.index(value) for value in values
    ]
    assert order != other


def test_many_small_batches(make) -> None:
    transform, values = make("categorize"), [str(number * 7 % 300) for number in range(600)]
    context = Context("s.t.c", Column("c"), "example", ZERO)
    learnt = transform.learn((pa.array(values[at : at + 3]), context) for at in range(0, 600, 3))
    assert learnt["value"].to_pylist() == keyed_order(set(values)) and learnt["code"].to_pylist() == list(range(300))
    context = replace(context, learnt=learnt)
    column = pa.array(values)[5:]
    assert transform.reverse(transform.apply(column, context), context).equals(column)
    nothing = transform.learn(iter([]))
    assert transform.apply(pa.array([None], pa.string()), replace(context, learnt=nothing)).to_pylist() == [None]


@pytest.mark.parametrize(
    ("values", "kind", "facts"),
    [
        ([True, False, None, True], pa.bool_(), {}),
        ([dt.date(2024, 2, 27), None, dt.date(1, 1, 1)], pa.date32(), {}),
        ([5, -3, None, 5], pa.int16(), {"bits": 16}),
        ([5, 2**60], pa.int64(), {"bits": 64}),
        (["1.0", "1.00", "NaN"], pa.string(), {"logical": "decimal"}),
        (["b", "a", None], pa.large_string(), {}),
    ],
    ids=str,
)
def test_types_come_back(make, apply, values, kind, facts) -> None:
    made = apply(make("categorize"), values, kind, **facts)  # reverses and compares
    known = [code for code in made if code is not None]
    assert sorted(set(known)) == list(range(len({str(value) for value in values if value is not None})))


def test_spellings_share_a_code_where_the_column_ignores_case(make, apply) -> None:
    transform, values = make("categorize"), ["Ada", "ADA", "Alan", "ada"]
    made = apply(transform, values, folds_case=True)
    assert made[0] == made[1] == made[3] != made[2] and set(made) == {0, 1}
    assert not transform.effects(Column("c", folds_case=True)).reversible
    context = Context("s.t.c", Column("c", folds_case=True), "example", ZERO)
    context = replace(context, learnt=transform.learn(iter([(pa.array(values), context)])))
    assert transform.reverse(pa.array([made[0]]), context).to_pylist() == ["ADA"]
    assert apply(make("categorize", categories=["Alan", "Ada"]), values, folds_case=True) == [1, 1, 0, 1]
    assert list(make("categorize", categories=["a", "A"]).problems(Column("c", folds_case=True)))


def test_given_categories(make, apply) -> None:
    given = ["low", "middle", "high"]
    assert apply(make("categorize", categories=given), ["high", None, "low", "middle"]) == [2, None, 0, 1]
    values = ["high", "canary", None]
    assert apply(make("categorize", categories=given, **{"else": "null"}), values) == [2, None, None]
    assert apply(make("categorize", categories=given, **{"else": "other"}), values) == [2, 3, None]
    with pytest.raises(TransformError, match="1 of 3 values") as caught:
        apply(make("categorize", categories=given), values)
    assert "canary" not in str(caught.value)
    dates = apply(make("categorize", categories=["2024-02-27"]), [dt.date(2024, 2, 27)], pa.date32())
    assert dates == [0]


def test_effects(make) -> None:
    learnt = make("categorize").effects(Column("c"))
    assert (learnt.scope, learnt.result, learnt.injective, learnt.reversible) == ("column", "integer", True, True)
    assert make("categorize").effects(Column("c", logical="integer")).result is None
    nulls = make("categorize", categories=["a"], **{"else": "null"}).effects(Column("c"))
    assert nulls.may_null and not nulls.injective and not nulls.reversible and nulls.scope == "value"


def test_errors(make) -> None:
    context = Context("s.t.c", Column("c"), "example", ZERO)
    transform = make("categorize")
    with pytest.raises(TransformError, match="nothing learnt"):
        transform.apply(pa.array(["a"]), context)
    context = replace(context, learnt=transform.learn(iter([(pa.array(["a"]), context)])))
    with pytest.raises(TransformError, match="1 of 2 values have no code"):
        transform.apply(pa.array(["a", "b"]), context)
    with pytest.raises(TransformError, match="1 of 2 codes"):
        transform.reverse(pa.array([0, 1]), context)
    with pytest.raises(TransformError, match="cannot be reversed"):
        make("categorize", categories=["a"]).reverse(pa.array([0]), context)
    small = Context("s.t.c", Column("c", logical="integer"), "example", ZERO)
    column = pa.array(range(-128, 127), pa.int8())
    small = replace(small, learnt=transform.learn(iter([(column, small)])))
    with pytest.raises(TransformError, match="255 codes do not fit"):
        transform.apply(column, small)


@pytest.mark.parametrize(
    "parameters", [{"categories": ["a", "a"]}, {"else": "null"}, {"categories": ["a"], "else": "x"}]
)
def test_parameters(parameters) -> None:
    member, found = TRANSFORMS.parse({"categorize": parameters}, "x")
    assert member is None and found
