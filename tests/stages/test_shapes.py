"""A shape tells the form of values and never a value."""

from __future__ import annotations

import random
import re
import string

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.contracts.classifier import OTHER_SIGN, SHAPE_LENGTH, Described
from anon_assets.stages.shapes import shapes

FORM = re.compile(rf"[Aa9 {re.escape(string.punctuation)}{OTHER_SIGN}]{{1,{SHAPE_LENGTH}}}")
TEXTS = st.lists(
    st.text(max_size=30) | st.from_regex(r"[A-Za-z0-9]{1,9}[@. -][A-Za-z0-9]{1,9}", fullmatch=True), max_size=40
)


def of(*values, most=8):
    return shapes(pa.array(values, pa.string()), most)


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (["Jane.Doe01@mails.de", "Adam.Cox22@posts.fr", "Eves.Fox33@boxes.it"], "Aaaa.Aaa99@aaaaa.aa"),
        (["+49 30 901820", "+44 20 123456", "+33 14 999999"], "+99 99 999999"),
        (["Müller", "Ångstr", "Żółćaa", "Öttl-Ä"], "Aaaaaa"),
        (["中文字", "жшю", "عرب", "मन"], "aaa"),
        (["e\u0301e\u0301", "aa", "bb"], "aa"),
        (["a\tb", "c\nd", "e\u00a0f"], f"a{OTHER_SIGN}a"),
        (["1½", "22", "٣٤"], "99"),
        (["☎ 1", "✉ 2", "✝ 3"], f"{OTHER_SIGN} 9"),
        (["x" * 9, "y" * 200, "z" * 8], "a" * 8),
        (["a1" * 60, "b2" * 60, "c3" * 60], "a9" * 20),
    ],
)
def test_the_shape_of_values(values, shape):
    assert shape in of(*values)


def test_what_says_nothing_has_no_shape():
    assert of() == of(None, "", "   ") == []
    assert shapes(pa.array([], pa.null())) == []


@given(TEXTS)
def test_no_other_letter_or_digit_gets_out(values):
    told = of(*values)
    assert len(told) == len(set(told)) <= 8
    assert all(FORM.fullmatch(shape) for shape in told)
    assert Described("c", "text", tuple(told)).shapes == tuple(told)


@given(TEXTS, st.randoms())
def test_values_that_differ_only_in_letters_and_digits_cannot_be_told_apart(values, chance):
    """The shapes depend on nothing but form: under any exchange of letters and digits they stay the same."""
    ascii_values = ["".join(sign for sign in value if sign.isascii()) for value in values]
    table = {}
    for alphabet in (string.ascii_uppercase, string.ascii_lowercase, string.digits):
        other = list(alphabet)
        chance.shuffle(other)
        table |= dict(zip(alphabet, other, strict=True))
    exchanged = [value.translate(str.maketrans(table)) for value in ascii_values]
    assert of(*exchanged) == of(*ascii_values)


@given(st.lists(st.text("Aa9.-", min_size=1, max_size=12), min_size=1, max_size=30))
def test_a_shape_is_shared_by_three_distinct_values_at_least(values):
    for shape in of(*values, most=100):

        def fits(value, shape=shape):
            run = re.sub(r"(.)\1{7,}", lambda found: found[1] * 8, value) if value.strip(".-") else None
            short = re.sub(r"(A|a|9)\1*", r"\1", value) if value.strip(".-") else None
            return shape in {run, short} or (run is None and set(shape) == {OTHER_SIGN})

        assert sum(map(fits, set(values))) >= 3


def test_columns_of_few_values_tell_nothing():
    for values in (
        ["male", "female"],
        ["M", "F"],
        ["yes", "no"],
        ["A+", "0-"],
        ["Catholic", "none", "Jewish-Orthodox"][:2],
    ):
        assert of(*values * 50) == [], values


def test_a_value_made_of_signs_is_not_its_own_shape():
    results = ["+", "-", "++", "--", "+/-", "?"]
    told = of(*results)
    assert not set("".join(told)) & set("+-/?")


def test_the_one_unusual_value_is_kept_back():
    common = [f"{random.Random(n).choice('ABC')}x{n:03}" for n in range(100)]
    rare = "Wolfeschlegel-Steinhausen de la Cruz y O'Brien"
    assert of(*common) == of(*common, rare)
    assert of(*common, rare) == of(*reversed([*common, rare]))


def test_how_often_a_value_occurs_is_no_matter():
    assert of("abc", "abd", "abe", "x-1") == of(*["abc"] * 5, "abd", *["abe"] * 9, *["x-1"] * 50)


def test_at_most_so_many_and_the_most_frequent_first():
    values = [f"{'x' * length}{number}" for length in range(1, 7) for number in range(3, 3 + length + 1)]
    assert len(of(*values, most=2)) == 2
    assert of(*values, most=2) == of(*values, most=100)[:2]
    assert of(*values)[0] == "aaaaaa9"


@pytest.mark.parametrize("shape", ["Ada", "b", "8", "", "a" * (SHAPE_LENGTH + 1), "é", "a\n", "\u202ea"])
def test_a_description_refuses_what_is_no_shape(shape):
    with pytest.raises(ValueError, match="a shape holds something else") as caught:
        Described("c", "text", ("aaa", shape))
    assert not shape or shape not in str(caught.value) or len(shape) == 1
