from __future__ import annotations

import re

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.orchestration.naming import asset_key, check_name, slug

PLACES = [
    "public.customer", "hr.customer", "public.hr__customer", "public.hr.customer", "public.Order Details",
    "public.Order_Details", "public.order_details", "public.Журнал", "public.журнал", "public._", "public.__",
    "public.a-b", "public.a_b", "public.a__b", "a.b", "public.validate", "public.publish", "public.structure", "x.validate",
    'public."', "public.", "public.1st", "public.a b", "public.a\nb", "Public.customer",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_every_place_becomes_an_identifier(place):
    assert re.fullmatch(r"\w+", slug(place), re.ASCII)
    dg.AssetSpec(asset_key("shop", place, "raw"))


def test_no_two_places_share_one():
    assert len({slug(place) for place in PLACES}) == len(PLACES)


def test_plain_places_keep_their_names():
    assert (slug("public.customer"), slug("hr.employee"), slug("public.order_line2")) == (
        "customer", "hr__employee", "order_line2",
    )  # fmt: skip
    assert asset_key("shop", "hr.employee", "raw") == dg.AssetKey(["shop", "hr", "employee_raw"])


@pytest.mark.parametrize("word", ["structure", "validate", "publish"])
def test_a_table_named_like_an_op_of_the_product_does_not_clash_with_it(word):
    assert slug(f"public.{word}") != word
    assert slug(f"x.{word}") == f"x__{word}"


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_different_places_differ(one, other):
    if one != other:
        assert slug(f"public.{one}") != slug(f"public.{other}")
        assert check_name(one) != check_name(other) or one == other


@given(st.text(min_size=1, max_size=20))
def test_check_names_are_identifiers(name):
    assert re.fullmatch(r"\w+", check_name(name), re.ASCII)
