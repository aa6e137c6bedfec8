from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.policies.fitting import fit_chain
from anon_assets.policies.steps import apply_step, effects_of_step, reads, reverse_step
from anon_assets.sealed import Sealed

KEYS = KeyRing("example", {1: Sealed(bytes(32))})


def step(spec):
    made, found = TRANSFORMS.parse(spec, "test")
    assert made is not None, found
    return made


def context(column, **sources):
    rows = pl.Series([str(number) for number in range(8)])
    return Context(
        "s.t.c", column, "example", KEYS, {name: pa.array(v) for name, v in sources.items()}, {}, lambda: rows
    )


def test_rows_that_a_condition_leaves_out_keep_their_value():
    column = Column("c")
    values = pa.array(["ada", "bob", None, "eve"])
    met = context(column, country=["DE", "FR", "DE", None])
    conditional = step({"token": {"when": "country = 'DE'"}})
    made = apply_step(conditional, values, met).to_pylist()
    assert made == [apply_step(step("token"), values, met)[0].as_py(), "bob", None, "eve"]
    assert reads(conditional) == {"country"}
    effects = effects_of_step(conditional, column)
    assert (effects.scope, effects.injective, effects.passes, effects.partly) == ("row", False, False, True)
    assert not effects_of_step(step({"keep": {"when": "country = 'DE'"}}), column).partly


def test_a_transform_keyed_by_row_sees_the_identity_of_its_own_rows():
    column = Column("c", logical="integer", bits=64)
    values, country = pa.array([100, 200, 300, 400]), ["DE", "FR", "DE", "FR"]
    rows = pl.Series(["a", "b", "c", "d"])
    met = Context("s.t.c", column, "example", KEYS, {"country": pa.array(country)}, {}, lambda: rows)
    everything = apply_step(step({"noise": {"amount": 50}}), values, met).to_pylist()
    some = apply_step(step({"noise": {"amount": 50, "when": "country = 'FR'"}}), values, met).to_pylist()
    assert some == [100, everything[1], 300, everything[3]]


def test_lists_may_stand_under_a_condition():
    column = Column("c", logical="array", element="text")
    made = apply_step(
        step({"mask": {"first": 1, "when": "n > 1"}}), pa.array([["abc"], ["abc"], None]), context(column, n=[1, 2, 3])
    )
    assert made.to_pylist() == [["abc"], ["a**"], None]


def test_a_condition_that_cannot_be_read_is_an_error_of_the_policy():
    made, (found,) = TRANSFORMS.parse({"token": {"when": "sum(x) > 2"}}, "t.c")
    assert made is None and "calls sum" in found.what and "when" in found.where


def test_columns_of_a_condition_must_exist():
    found, _ = fit_chain([step({"token": {"when": "contry = 'DE'"}})], Column("c"), ["c", "country"], "t.c")
    assert [(each.code, each.hint) for each in found] == [("unknown-column", "did you mean country?")]


def test_a_condition_needs_results_of_the_columns_own_type():
    column = Column("c", logical="integer", bits=64)
    found, _ = fit_chain([step({"normalize": {"when": "d = 1"}})], column, ["c", "d"], "t.c")
    assert [each.code for each in found] == ["type"]


@pytest.mark.parametrize("kind", [pa.list_(pa.string()), pa.large_list(pa.string())])
def test_elements_of_lists_are_transformed_one_by_one(kind):
    column = Column("c", logical="array", element="text")
    lists = pa.array([["a", None, "b"], None, [], ["a"]], kind)
    tokens = dict(
        zip("ab", apply_step(step("token"), pa.array(["a", "b"]), context(Column("c"))).to_pylist(), strict=True)
    )
    met = context(column)
    for values in (lists, pa.concat_arrays([pa.array([["x"]], kind), lists])[1:]):
        made = apply_step(step("token"), values, met)
        made.validate(full=True)
        assert made.type == kind
        assert made.to_pylist() == [[tokens["a"], None, tokens["b"]], None, [], [tokens["a"]]]


def test_arrays_in_text_form_stay_in_text_form():
    column = Column("c", logical="array", element="integer", bits=64)
    made = apply_step(step({"round": {"to": 10}}), pa.array(["{14,NULL,-36}", None, "{}"]), context(column))
    assert made.to_pylist() == ['{"10",NULL,"-40"}', None, "{}"]
    column = Column("c", logical="array", element="text")
    assert apply_step(step({"mask": {"first": 1}}), pa.array(['{abc,"d e"}']), context(column)).to_pylist() == [
        '{"a**","d**"}'
    ]


def test_elements_are_accepted_where_their_type_is():
    found, after = fit_chain([step("token")], Column("c", logical="array", element="text"), [], "t.c")
    assert not found and after.logical == "array"
    found, _ = fit_chain([step("token")], Column("c", logical="array", element="integer"), [], "t.c")
    assert [each.code for each in found] == ["type"]
    found, _ = fit_chain([step("token")], Column("c", logical="array"), [], "t.c")
    assert [each.code for each in found] == ["type"]


def test_elements_that_are_not_of_their_type_are_refused_without_a_value():
    column = Column("c", logical="array", element="integer", bits=64)
    with pytest.raises(TransformError) as error:
        apply_step(step({"round": {"to": 2}}), pa.array(["{1,canary}"]), context(column))
    assert "canary" not in str(error.value)


def test_what_cannot_be_reversed_says_so():
    with pytest.raises(TransformError, match="token cannot be reversed"):
        reverse_step(step("token"), pa.array(["x"]), context(Column("c")))
    with pytest.raises(TransformError, match="under a condition"):
        reverse_step(step({"token": {"when": "a = 1"}}), pa.array(["x"]), context(Column("c")))


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"mask": {}}, "it takes text"),
        ({"noise": {"amount": 3}}, "works on a whole row"),
        ({"normalize": {"mean": 0, "deviation": 2}}, "it yields float, and they stay integer"),
        ({"bucket": {"edges": [0, 10, 20], "labels": ["a", "b"]}}, "it yields text, and they stay integer"),
    ],
)
def test_why_a_transform_is_not_for_the_elements_of_a_list(spec, told):
    column = Column("c", "integer[]", "array", element="integer", bits=64)
    (found,), after = fit_chain([step(spec)], column, ["c"], "s.t.c")
    assert after is None and found.code == "type" and told in found.what and "elements of integer[]" in found.what
