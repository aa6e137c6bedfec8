from __future__ import annotations

import datetime as dt

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
        ("age > 3 -- all", "character"),
        ("age >", "not a SQL condition"),
        ("1 = 1", "names no column"),
        ("country = 'secret", "character"),
        ("cast(age AS text) = '1'", "CAST"),
    ],
)
def test_what_is_not_decided_row_by_row_is_refused(sql, told):
    problem = condition_problem(sql)
    assert told.lower() in problem.lower()
    assert "secret" not in problem


def test_columns_are_those_that_are_named():
    assert condition_columns("country <> 'age' AND \"odd name\" IS NULL") == {"country", "odd name"}


def test_types_that_do_not_go_together_are_told_without_a_value():
    with pytest.raises(TransformError) as error:
        holds("country > 3", {"country": pa.array(["canary"])}, "t.c")
    assert "canary" not in str(error.value)
    with pytest.raises(TransformError, match="instead of true or false"):
        holds("age + 1", ROWS, "t.c")
