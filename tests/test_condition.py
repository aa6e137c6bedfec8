from __future__ import annotations

import datetime as dt
import re

import pyarrow as pa
import pytest

from anon_assets.condition import condition_columns, condition_problem, holds
from anon_assets.errors import TransformError

ROWS = {
    "country": pa.array(["DE", "FR", None, "de"]),
    "age": pa.array([17, 18, 40, None], pa.int64()),
    "born": pa.array([dt.date(2001, 1, 1), None, dt.date(1980, 5, 5), dt.date(1999, 12, 31)]),
    "odd name": pa.array(["x", "", None, "it's"]),
}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("country = 'DE'", [True, False, False, False]),
        ("country <> 'DE'", [False, True, False, True]),
        ("NOT (country = 'DE')", [False, True, False, True]),
        ("country IS NULL OR age >= 18", [False, True, True, False]),
        ("lower(country) IN ('de', 'at') AND age BETWEEN 10 AND 20", [True, False, False, False]),
        ("\"odd name\" = 'it''s'", [False, False, False, True]),
        ("born < date('2000-01-01')", [False, False, True, True]),
        ("starts_with(country, 'D')", [True, False, False, False]),
        ("age % 2 = 0", [False, True, True, False]),
        ("country LIKE 'D%'", [True, False, False, False]),
    ],
)
def test_conditions_as_sql_reads_them(sql, expected):
    assert condition_problem(sql) == ""
    assert holds(sql, ROWS, "t.c").to_pylist() == expected


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("sum(age) > 3", "calls sum"),
        ("row_number() over (order by age) = 1", "calls row_number"),
        ("age IN (SELECT age FROM people)", "SELECT"),
        ("CASE WHEN age > 3 THEN 1 END = 1", "CASE"),
        ("age > 3; drop table x", "character"),
        ("age > 3 -- all", "comment"),
        ("age > min/**/(age)", "comment"),
        ("age > 3 /* all */", "comment"),
        ('"max"(age) = age', "quoted name"),
        ('"first" (age) = age', "quoted name"),
        ("date(born) > date('2024-01-15')", "literal"),
        ("age >", "not a SQL condition"),
        ("1 = 1", "names no column"),
        ("country = 'secret", "character"),
        ("cast(age AS text) = '1'", "CAST"),
        ("country LIKE 'secret\\'", "backslash"),
        ("country LIKE ('secret\\\\\\')", "backslash"),
    ],
)
def test_what_is_not_decided_row_by_row_is_refused(sql, told):
    problem = condition_problem(sql)
    assert told.lower() in problem.lower()
    assert "secret" not in problem


def test_columns_are_those_that_are_named():
    assert condition_columns("country <> 'age' AND \"odd name\" IS NULL") == {"country", "odd name"}


def test_whole_numbers_do_not_wrap_around():
    assert holds("m * 200 > 50000", {"m": pa.array([300, 2], pa.int16())}, "t.c").to_pylist() == [True, False]
    assert holds("m + 100 > 200", {"m": pa.array([120], pa.int8())}, "t.c").to_pylist() == [True]
    assert holds("m * 4 > 0", {"m": pa.array([2**62 + 2**61])}, "t.c").to_pylist() == [True]


def test_signs_of_comments_inside_literals_are_literals():
    sql = "c = '--' OR c = '/* x */'"
    assert condition_problem(sql) == ""
    assert holds(sql, {"c": pa.array(["--", "/* x */", "x"])}, "t.c").to_pylist() == [True, True, False]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (r"c LIKE 'a\%c'", ["a%c"]),
        (r"c NOT LIKE 'a\%c' AND c LIKE 'a%c'", ["abc", "a\\c", "a\nc"]),
        (r"c LIKE 'a\\_'", ["a\\c"]),
        (r"c LIKE ('it''s\_')", ["it's_"]),
        (r"c ILIKE 'A\%%'", ["a%c"]),
        (r"c LIKE 'a_\c'", ["a%c", "abc", "a\\c", "a\nc"]),
        (r"c = 'a\c' OR c LIKE '%\_'", ["a\\c", "it's_"]),
        (r"c LIKE 'a%' AND c = 'a\c'", ["a\\c"]),
        (r"c LIKE '\.\*%'", [".*"]),
    ],
)
def test_a_backslash_in_a_pattern_takes_the_next_character_as_it_is(sql, expected):
    values = pa.array(["a%c", "abc", "a\\c", "a\nc", "it's_", "it'sx", ".*", None])
    assert condition_problem(sql) == "" and condition_columns(sql) == {"c"}
    assert values.filter(holds(sql, {"c": values}, "t.c")).to_pylist() == expected


@pytest.mark.parametrize("sql", ["born > '2000-01-01'", "born IN ('2000-01-01')", "at > '2000-01-01 12:00:00'"])
def test_dates_compared_with_text_are_told_how(sql):
    rows = ROWS | {"at": pa.array([dt.datetime(2024, 1, 1, tzinfo=dt.UTC)] * 4, pa.timestamp("us", "UTC"))}
    with pytest.raises(TransformError, match=re.escape("dates and times with date('2024-12-31')")):
        holds(sql, rows, "t.c")
    assert holds("at > date('2000-01-01')", rows, "t.c").to_pylist() == [True] * 4


def test_types_that_do_not_go_together_are_told_without_a_value():
    with pytest.raises(TransformError) as error:
        holds("country > 3", {"country": pa.array(["canary"])}, "t.c")
    assert "canary" not in str(error.value)
    with pytest.raises(TransformError, match="instead of true or false"):
        holds("age + 1", ROWS, "t.c")
