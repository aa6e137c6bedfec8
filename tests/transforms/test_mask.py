from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS

LAW_CASES = [
    {},
    {"first": 2},
    {"first": 1, "last": 3, "fill": "•"},
    {"last": 4, "separators": "keep", "fill": "$"},
    {"as": "email"},
    {"as": "email", "keep_domain": True, "fill": "#"},
    {"length": 8},
    {"length": 8, "first": 1, "last": 2},
]


@pytest.mark.parametrize(
    ("parameters", "values", "expected"),
    [
        ({}, ["ab😀", "", None, "a\nb"], ["***", "", None, "***"]),
        ({"last": 4}, ["12345678", "123456", "12345", "ab"], ["****5678", "**3456", "*****", "**"]),
        ({"first": 3}, ["10115", "1011", "äöü😀😀"], ["101**", "****", "äöü**"]),
        ({"first": 6, "last": 4}, ["4012888888881881", "40128888888818"], ["401288******1881", "*" * 14]),
        ({"fill": "$"}, ["abc"], ["$$$"]),
        ({"fill": "\\", "first": 1}, ["abcd"], ["a\\\\\\"]),
        (
            {"last": 4, "separators": "keep"},
            ["4012-8888-8888-1881", "+49 (0)30 12", "1881", "--", "a—b", ""],
            ["****-****-****-1881", "+** (*)*0 12".replace("*0", "30"), "****", "**", "*—*", ""],
        ),
        (
            {"first": 1, "separators": "keep"},
            ["日本-語", "a b c d"],
            ["日*-*", "a * * *"],
        ),
        ({"length": 8}, ["a", "abcdefghijkl", ""], ["********", "********", ""]),
        ({"length": 8, "last": 2}, ["abc", "abcdef"], ["********", "******ef"]),
        (
            {"as": "email"},
            ["alice@example.com", "a@localhost", "ab@c.de", "no mail", "@x", "a@b@c.d", "abc@", "😀ab@é.de", ""],
            ["a****@*******.***", "*@*********", "**@*.**", "*******", "**", "a**@*.*", "a**@", "😀**@*.**", ""],
        ),
        (
            {"as": "email", "keep_domain": True},
            ["alice@example.com", "a@localhost", "ab@c.de", "no mail", "@x", "a@b@c.d", "abc@", "😀ab@é.de", "", None],
            ["a****@example.com", "*@localhost", "**@c.de", "*******", "**", "a**@c.d", "a**@", "😀**@é.de", "", None],
        ),
        (
            {"as": "email", "keep_domain": True, "fill": "$"},
            ["alice@$1.com", "a\nb@x\ny"],
            ["a$$$$@$1.com", "a$$@x\ny"],
        ),
    ],
)  # fmt: skip
def test_masks(make, apply, parameters, values, expected) -> None:
    assert apply(make("mask", **parameters), values) == expected


@given(st.text(min_size=1, max_size=12), st.integers(0, 6), st.integers(0, 6), st.sampled_from([None, "keep"]))
def test_at_least_two_characters_and_a_third_are_hidden(value: str, first: int, last: int, separators) -> None:
    import pyarrow as pa

    value = value.replace("\x01", "x")
    transform = TRANSFORMS.load("mask")(first=first, last=last, separators=separators, fill="\x01")
    (masked,) = transform.apply(pa.array([value]), None).to_pylist()
    assert len(masked) == len(value)
    assert all(new in {old, "\x01"} for old, new in zip(value, masked, strict=True))
    hidden = masked.count("\x01")
    if separators is None:
        assert hidden == len(value) or (hidden >= 2 and 3 * hidden >= len(value))
        assert hidden in {len(value), len(value) - first - last}
    else:
        assert hidden > 0


@pytest.mark.parametrize(
    "parameters",
    [
        {"as": "email", "last": 1}, {"keep_domain": True}, {"keep_domain": True, "last": 4},
        {"length": 4, "separators": "keep"}, {"length": 3, "first": 1, "last": 1},
        {"fill": ""}, {"fill": "ab"}, {"first": -1}, {"last": 65}, {"separators": "drop"}, {"keep_last": 4},
    ],
)  # fmt: skip
def test_parameters_that_do_not_fit_together(parameters) -> None:
    member, found = TRANSFORMS.parse({"mask": parameters}, "x")
    assert member is None and found


def test_a_column_too_short_to_show_anything_is_a_problem(make) -> None:
    assert list(make("mask", last=4).problems(Column("c", max_length=5)))
    assert not list(make("mask", last=4).problems(Column("c", max_length=6)))
    assert "json" not in make("mask").effects(Column("c")).accepts
