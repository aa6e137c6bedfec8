from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from anon_assets.contracts.database import Column
from anon_assets.errors import TransformError

LAW_CASES = [
    {"value": 7},
    {"value": 2.5},
    {"value": True},
    {"value": dt.date(2024, 2, 29)},
    {"value": dt.datetime.fromisoformat("2024-02-29 01:02:03")},
    {"value": "00000000-0000-0000-0000-000000000000"},
    {"value": "10.0.0.1"},
    {"value": {"redacted": True}},
    {"value": "middle"},
]


@pytest.mark.parametrize(
    ("value", "logical", "kind", "facts", "expected"),
    [
        ("ä😀", "text", pa.string(), {}, "ä😀"),
        (0, "text", pa.string(), {}, "0"),
        (-32768, "integer", pa.int16(), {"bits": 16}, -32768),
        ("12", "integer", pa.int64(), {}, 12),
        (9.99, "decimal", pa.decimal128(8, 2), {"precision": 8, "scale": 2}, Decimal("9.99")),
        ("1E+2", "decimal", pa.string(), {}, "100"),
        ("0.10", "decimal", pa.string(), {}, "0.10"),
        (1, "float", pa.float32(), {}, 1.0),
        (65504, "float", pa.float32(), {"type": "halffloat"}, 65504.0),
        ("1e39", "float", pa.float64(), {"type": "double precision"}, 1e39),
        (
            "2024-02-29 08:00:00.5",
            "timestamp",
            pa.timestamp("us"),
            {"type": "timestamp(3) without time zone"},
            dt.datetime.fromisoformat("2024-02-29 08:00:00.5"),
        ),
        (False, "boolean", pa.bool_(), {}, False),
        (dt.date(2024, 2, 29), "date", pa.date32(), {}, dt.date(2024, 2, 29)),
        ("2024-02-29", "date", pa.string(), {}, "2024-02-29"),
        (
            "2024-02-29T10:00+02:00",
            "timestamp",
            pa.timestamp("us"),
            {},
            dt.datetime.fromisoformat("2024-02-29 08:00:00"),
        ),
        (dt.date(2024, 2, 29), "timestamp", pa.timestamp("us", "UTC"), {}, dt.datetime(2024, 2, 29, tzinfo=dt.UTC)),
        ("2024-02-29 08:00", "timestamp", pa.string(), {}, "2024-02-29 08:00:00"),
        ("ABCDEF00-0000-0000-0000-000000000001", "uuid", pa.string(), {}, "abcdef00-0000-0000-0000-000000000001"),
        ("10.1.0.0/16", "inet", pa.string(), {}, "10.1.0.0/16"),
        ("::1", "inet", pa.string(), {}, "::1"),
        ("low", "enum", pa.string(), {"labels": ("low", "high")}, "low"),
        ({"a": [1, None]}, "json", pa.string(), {}, '{"a": [1, null]}'),
        ("[]", "json", pa.string(), {}, "[]"),
    ],
)
def test_values_take_the_column_type(make, apply, value, logical, kind, facts, expected) -> None:
    transform = make("constant", value=value)
    assert list(transform.problems(Column("c", logical=logical, **facts))) == []
    column = pa.array([None, expected], kind)
    assert apply(transform, column, logical=logical, **facts) == [None, expected]


@pytest.mark.parametrize(
    ("value", "logical", "facts", "told"),
    [
        ("canary", "text", {"max_length": 5}, "longer than 5"),
        (True, "text", {}, "in quotes"),
        ("ca\x00nary", "text", {}, "NUL"),
        (32768, "integer", {"bits": 16}, "-32,768 to 32,767"),
        (1.5, "integer", {}, "whole"),
        ("canary", "integer", {}, "not a number"),
        (True, "integer", {}, "not a number"),
        ("0.001", "decimal", {"precision": 8, "scale": 2}, "after the point"),
        (10**6, "decimal", {"precision": 8, "scale": 2}, "before the point"),
        ("NaN", "decimal", {}, "finite"),
        (1, "boolean", {}, "true or false"),
        ("canary", "date", {}, "ISO 8601"),
        (dt.datetime.fromisoformat("2024-01-01 00:00:00"), "date", {}, "YYYY-MM-DD"),
        (7, "timestamp", {}, "HH:MM:SS"),
        ("2024-07-01 00:00:00.5", "timestamp", {"type": "timestamp[s]"}, "finer"),
        ("2024-07-01 00:00:00.0005", "timestamp", {"type": "list<item: timestamp[ms, tz=UTC]>"}, "finer"),
        ("2024-07-01 00:00:00.55", "timestamp", {"type": "timestamp(1) without time zone"}, "finer"),
        ("2024-07-01 00:00:00.0000005", "timestamp", {}, "microsecond"),
        (65505, "float", {"type": "halffloat"}, "range"),
        (-1e39, "float", {"type": "real"}, "range"),
        ("1e400", "float", {"type": "double precision"}, "range"),
        ("canary", "uuid", {}, "uuid"),
        ("canary", "inet", {}, "IP address"),
        ("canary", "enum", {"labels": ("low",)}, "labels"),
        ("{canary", "json", {}, "not JSON"),
    ],
)
def test_what_does_not_fit_is_a_problem_without_the_value(make, apply, value, logical, facts, told) -> None:
    transform = make("constant", value=value)
    (problem,) = transform.problems(Column("c", logical=logical, **facts))
    assert told in problem and "canary" not in problem
    with pytest.raises(TransformError) as caught:
        apply(transform, pa.array(["x"]), logical=logical, **facts)
    assert "canary" not in str(caught.value)


def test_types_without_a_form_are_refused(make, apply) -> None:
    assert "array" not in make("constant", value="{}").effects(Column("c")).accepts
    with pytest.raises(TransformError):
        apply(make("constant", value="x"), ["y"], logical="other")


def test_nothing_is_no_constant() -> None:
    from anon_assets.contracts.transform import TRANSFORMS

    member, found = TRANSFORMS.parse({"constant": {"value": None}}, "x")
    assert member is None and "write null instead" in str(found[0])
