"""Patterns from users: RE2 that fits the scan, and whether they say anything."""

from __future__ import annotations

import pytest

from anon_assets.stages.user_patterns import fits_anything, pattern_problem, too_large


@pytest.mark.parametrize(
    "pattern",
    ["S[0-9]{6}", r"S\d{6}", "[A-Z]{2}-[0-9]+", "(?i)emp-[0-9]{4}", "[^$^]x", r"\$[0-9]+", r"\^a", "[[:alpha:]^$]{3}",
     r"[\]^$]a", r"\p{Lu}{2}", r"\x{41}b", "(a|b)c", "[]^]x"],
)  # fmt: skip
def test_patterns_that_serve(pattern):
    assert pattern_problem(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("", "1 to 2,000"), ("x" * 2_001, "1 to 2,000"), ("S[0-9", "RE2 does not take it"), ("(?=a)b", "look-around"),
        (r"(a)\1", "RE2 does not take it"), ("a{1001}", "RE2 does not take it"), ("(a{1000}){1000}", "RE2 does not take it"),
        ("^S1", "leave out ^"), ("S1$", "leave out ^"), ("a|^b", "leave out ^"), (r"\Aa\z", "leave out ^"),
        (r"\bS1\b", "leave out ^"), (r"\Qa.b\E", "leave out ^"), (r"a\C", "takes characters apart"),
        ("(?P<n>a)", "names of groups"), ("(?<n>a)", "names of groups"), ("S?", "empty"), (".*", "empty"),
    ],
)  # fmt: skip
def test_patterns_that_do_not_and_why(pattern, what):
    told = pattern_problem(pattern)
    assert what in told
    assert len(pattern) < 4 or pattern not in told


def test_a_rule_for_names_may_have_anchors_and_may_not_match_every_name():
    assert pattern_problem("^emp_?(no|nr)$", anchors=True) == ""
    assert pattern_problem(r"\bnr\b", anchors=True) == ""
    for pattern in ("", "x*", "^", "^$|a", "(?P<n>a)"):
        assert pattern_problem(pattern, anchors=True), pattern


@pytest.mark.parametrize(
    "pattern",
    ["[0-9]{6}", "[0-9]+", ".+", r"\S+", r"\d{4}-\d\d-\d\d", "[A-Z][a-z]+", "[a-z]+", "[A-Z]{2}", "[0-9a-f]{32}", r"\w+",
     "[0-9]{1,3}|x", "S[0-9]{6}|[0-9]{8}", r"\d+\.\d+", "[0-9a-f-]{36}"],
)  # fmt: skip
def test_what_fits_anything(pattern):
    assert fits_anything(["S[0-9]{6}", pattern])


@pytest.mark.parametrize(
    "pattern", ["S[0-9]{6}", "[A-Z]{2}-[0-9]{4}", "EMP[0-9]+", "[A-Z][0-9]{2}[A-Z]", "[0-9]{3}/[A-Z]+"]
)
def test_what_has_a_form_of_its_own(pattern):
    assert not fits_anything([pattern])


def test_nothing_fits_nothing():
    assert not fits_anything([])


def test_patterns_that_are_too_large_together():
    assert not too_large([f"{letter}[0-9]{{6}}" for letter in "ABCDEFGH"])
    assert too_large([f"{letter}[0-9a-z]{{1000}}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 2])
