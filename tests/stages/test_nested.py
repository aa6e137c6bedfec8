"""Structured values taken apart."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from anon_assets.stages.nested import is_nested, leaves, named


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": {"b": ["x", {"c": 2.5}]}, "n": null, "e": ""}', [("$.a.b[*]", "x"), ("$.a.b[*].c", 2.5)]),
        ('[{"mail": "ada@example.com"}, true]', [("$[*].mail", "ada@example.com"), ("$[*]", True)]),
        ('{"größe": 1}', [("$.größe", 1)]),
        ('{"+49 30 901820": "x"}', [("$.*", "+49 30 901820"), ("$.*", "x")]),
        ('"a b"=>"1", "mail"=>"q\\"x"', [("$.*", "a b"), ("$.*", "1"), ("$.mail", 'q\\"x')]),
        ("{ada,NULL,\"b, c\"}", [("$[*]", "ada"), ("$[*]", "b, c")]),
        ("{{1,2},{3,4}}", [("$[*]", "1"), ("$[*]", "2"), ("$[*]", "3"), ("$[*]", "4")]),
        ('("12 High St",Leeds,)', [("$.1", "12 High St"), ("$.2", "Leeds")]),
        ("(one)", []),
        ('<c:p xmlns:c="u"><c:mail kind="x">a@b.de</c:mail>tail</c:p>',
         [("$.p", "tail"), ("$.p.mail.kind", "x"), ("$.p.mail", "a@b.de")]),
        ("<p>unclosed", []),
        ("{broken", []),
        ("[1, 2", []),
        ("12", []),
        ("", []),
    ],
)  # fmt: skip
def test_structures_are_taken_apart(text, found) -> None:
    assert leaves(text) == found


def test_entities_of_xml_are_not_expanded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>'
    assert leaves(bomb) == []


def test_depth_and_number_are_bounded() -> None:
    deep = "[" * 5_000 + "1" + "]" * 5_000
    assert leaves(deep) == []
    assert leaves(json.dumps({"a": list(range(10_000))}))[-1] == ("$.a[*]", 1_999)


def test_only_what_begins_like_a_structure_is_taken_apart() -> None:
    values = pa.array(["{}", ' {"a":1}', "<x/>", "(a,b)", '"k"=>"v"', "a < b", "[x]", "see (this)", "3 {a}"])
    assert is_nested(values).to_pylist() == [True, True, True, True, True, False, False, False, False]


def test_keys_that_few_values_have_are_not_told() -> None:
    told = named([["$.by.ada", "$.n"], ["$.by.bob", "$.n"], ["$.n", "$.by.cleo[*].x"]])
    assert set(told.values()) == {"$.by.*", "$.n", "$.by.*[*].*"}


def test_what_is_in_one_percent_is_told() -> None:
    paths = [["$.a"]] * 297 + [["$.b"]] * 3
    assert named(paths) == {"$.a": "$.a", "$.b": "$.b"}
    assert named([["$.a"]] * 299 + [["$.b"]]) == {"$.a": "$.a", "$.b": "$.*"}


def test_many_keys_of_which_each_value_has_few_are_data() -> None:
    logins = [[f"$.votes.login{n % 50}", "$.n"] for n in range(1_000)]
    assert set(named(logins).values()) == {"$.votes.*", "$.n"}
    wide = [[f"$.attribute{n}" for n in range(60)] for _ in range(100)]
    assert all(path == told for path, told in named(wide).items())
