"""JSON paths into struct columns: each column inside keeps its type, and what is not listed does not come through."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import anon_assets
from anon_assets.errors import AnonError, TransformError

KEY = bytes(range(32))
PERSON = pa.struct([
    ("id", pa.int64()),
    ("name", pa.string()),
    ("born", pa.date32()),
    ("pay", pa.decimal128(8, 2)),
    ("contact", pa.struct([("emails", pa.list_(pa.string())), ("phones", pa.list_(pa.struct([("no", pa.string())])))])),
])  # fmt: skip
PEOPLE = [
    {
        "id": 1, "name": "Ada", "born": dt.date(1815, 12, 10), "pay": Decimal("10.50"),
        "contact": {"emails": ["ada@example.org", None, "ada@example.com"], "phones": [{"no": "1"}, None]},
    },
    None,
    {"id": 2, "name": None, "born": None, "pay": None, "contact": None},
    {"id": None, "name": "Ada", "born": None, "pay": None, "contact": {"emails": [], "phones": None}},
]  # fmt: skip
PATHS = {
    "$.id": "keep",
    "$.name": "token",
    "$.born": {"date_truncate": "year"},
    "$.pay": {"noise": {"amount": 5}},
    "$.contact.emails[*]": {"mask": {"as": "email"}},
    "$.contact.phones[*].no": {"constant": "0"},
}


def apply(values, paths=None, rest="refuse", kind=PERSON, **given):
    table = pa.table({"c": pa.array(values, kind)})
    return anon_assets.apply(table, {"c": {"json": {"paths": paths or PATHS, "rest": rest}}}, key=KEY, **given)["c"]


def test_every_column_inside_goes_through_its_transform() -> None:
    made = apply(PEOPLE)
    made.validate(full=True)
    assert made.type == PERSON
    (token,) = anon_assets.apply(pa.table({"c": ["Ada"]}), {"c": "token"}, key=KEY)["c"].to_pylist()
    first, second, third, fourth = made.to_pylist()
    assert first["name"] == fourth["name"] == token
    assert first["born"] == dt.date(1815, 1, 1)
    assert first["pay"] != Decimal("10.50")
    assert abs(first["pay"] - Decimal("10.50")) <= 5
    assert first["contact"] == {
        "emails": ["a**@*******.***", None, "a**@*******.***"],
        "phones": [{"no": "0"}, None],
    }
    assert second is None
    assert third == PEOPLE[2]
    assert fourth["contact"] == {"emails": [], "phones": None}


def test_what_is_not_listed_follows_rest() -> None:
    paths = {"$.id": "keep"}
    with pytest.raises(TransformError, match=r"2 values stand under no listed path \(\$\.name\)") as told:
        apply(PEOPLE, paths)
    assert "Ada" not in str(told.value)
    assert apply(PEOPLE, paths, "null").to_pylist() == [
        {"id": 1, "name": None, "born": None, "pay": None, "contact": None},
        None,
        {"id": 2, "name": None, "born": None, "pay": None, "contact": None},
        {"id": None, "name": None, "born": None, "pay": None, "contact": None},
    ]
    assert apply(PEOPLE, paths, "keep").to_pylist() == PEOPLE
    assert apply(PEOPLE, {"$.contact": "null"}, "keep").to_pylist()[0]["contact"] is None
    assert apply(PEOPLE, {"$.contact": "keep"}, "null").to_pylist()[0]["contact"] == PEOPLE[0]["contact"]


@pytest.mark.parametrize(
    ("paths", "rest", "told"),
    [
        ({"$.contact": "token"}, "keep", "contact holds structs"),
        ({"$.contact.emails": "token"}, "keep", "emails holds lists"),
        ({"$.born": {"fpe": {"as": "email"}}}, "keep", "does not take values of type date"),
        ({"$.pay": {"noise": {"amount": 0.001}}}, "keep", "below the column's last digit"),
    ],
)
def test_misfits_are_told_without_a_value(paths, rest, told) -> None:
    with pytest.raises(AnonError, match=told) as error:
        apply(PEOPLE, paths, rest)
    assert not any(value in str(error.value) for value in ("Ada", "example.org", "1815", "10.5"))


def test_maps_are_kept_or_left_out_as_a_whole() -> None:
    kind = pa.struct([("a", pa.map_(pa.string(), pa.int64())), ("b", pa.int64())])
    values = [{"a": [("ada", 1)], "b": 2}]
    assert apply(values, {"$.b": "keep"}, "null", kind).to_pylist() == [{"a": None, "b": 2}]
    with pytest.raises(TransformError, match="no path leads into"):
        apply(values, {"$.a.ada": "token"}, "keep", kind)


def test_other_columns_of_the_row_reach_list_elements() -> None:
    table = pa.table({
        "who": ["x", "y"],
        "c": pa.array([{"days": [dt.date(2024, 1, 1)] * 2}, {"days": [dt.date(2024, 1, 1)]}]),
    })  # fmt: skip
    shift = {"json": {"paths": {"$.days[*]": {"date_shift": {"within": "400 days", "per": "who"}}}}}
    made = anon_assets.apply(table, {"c": shift}, key=KEY, rest="keep")["c"].to_pylist()
    assert made[0]["days"][0] == made[0]["days"][1] != made[1]["days"][0]
    assert made[0]["days"][0] != dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("$.contact.emials[*]", r"did you mean \$\.contact\.emails\[\*\]"),
        ("$.contact.emails.first", r"\$\.contact\.emails\.first"),
        ("$.name.first", r"\$\.name\.first"),
        ("$[*].name", r"\$\[\*\]\.name"),
    ],
)
def test_a_path_to_no_field_is_refused(path, told) -> None:
    for values in (PEOPLE, []):
        with pytest.raises(TransformError, match=f"no field.*{told}"):
            apply(values, {path: "token"}, "keep")
    assert apply(PEOPLE, {"$.*": "keep", "$.contact.*[*]": "keep"}, "keep").to_pylist() == PEOPLE


def test_elements_at_places_go_their_own_way() -> None:
    values = [{"a": ["p", "q", "r"]}, {"a": []}, None, {"a": ["s"]}, {"a": None}]
    made = apply(values, {"$.a[0]": {"constant": "x"}, "$.a[2]": "null"}, "keep", None).to_pylist()
    assert made == [{"a": ["x", "q", None]}, {"a": []}, None, {"a": ["x"]}, {"a": None}]
    assert apply(values[1:2], {"$.a[0]": {"constant": "x"}}, "null", None).to_pylist() == [{"a": []}]
    numbers = [{"a": [1, 2]}]
    with pytest.raises(TransformError, match="elements would come out with different types"):
        apply(
            numbers,
            {"$.a[0]": "keep", "$.a[1]": {"bucket": {"edges": [0, 10, 20], "labels": ["low", "high"]}}},
            "keep",
            None,
        )


def test_frames_of_other_libraries() -> None:
    columns = {"c": {"json": {"paths": {"$.a": "token", "$.b[*].x": "token"}}}}
    values = [{"a": "p", "b": [{"x": "q"}, {"x": None}]}, {"a": None, "b": []}, {"a": "p", "b": None}]
    expected = anon_assets.apply(pa.table({"c": values}), columns, key=KEY)["c"].to_pylist()
    assert anon_assets.apply(pl.DataFrame({"c": values}), columns, key=KEY)["c"].to_list() == expected
    framed = pd.DataFrame({"c": pd.Series(values, dtype=pd.ArrowDtype(pa.table({"c": values})["c"].type))})
    assert anon_assets.apply(framed, columns, key=KEY)["c"].to_list() == expected


def test_lists_of_structs() -> None:
    values = [[{"a": "p"}, {"a": None}], None, []]
    made = anon_assets.apply(pa.table({"c": values}), {"c": {"json": {"paths": {"$.a": {"constant": "z"}}}}})["c"]
    assert made.to_pylist() == [[{"a": "z"}, {"a": None}], None, []]


_inner = st.fixed_dictionaries({
    "t": st.one_of(st.none(), st.text(max_size=4)),
    "l": st.one_of(st.none(), st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=3)),
})  # fmt: skip
_KIND = pa.struct([("t", pa.string()), ("l", pa.list_(pa.string()))])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), _inner), max_size=8), st.integers(0, 8), st.data())
def test_a_struct_is_read_as_its_document_is(values, cut, data) -> None:
    paths = {"$.t": "token", "$.l[*]": {"mask": {"last": 1}}}
    columns = {"c": {"json": {"paths": paths}}}
    table = pa.table({"c": pa.array([{"t": "pad", "l": ["x", "y"]}, *values, None], _KIND)}).slice(1, len(values))
    made = anon_assets.apply(table, columns, key=KEY)["c"]
    made.validate(full=True)
    texts = [None if value is None else json.dumps(value) for value in values]
    documents = anon_assets.apply(pa.table({"c": pa.array(texts, pa.string())}), columns, key=KEY)["c"].to_pylist()
    assert made.to_pylist() == [None if text is None else json.loads(text) for text in documents]
    part = anon_assets.apply(table.slice(cut), columns, key=KEY)["c"].to_pylist()
    assert part == made.to_pylist()[cut:]


def test_lists_that_are_null_above_what_they_held() -> None:
    frame = pl.DataFrame({"k": [1, 2, 3], "l": [["a", "b"], ["c"], ["d"]]})
    hidden = frame.select(c=pl.struct(pl.when(pl.col("k") != 2).then("l").alias("l"), "k"))
    above = frame.select(c=pl.when(pl.col("k") != 2).then(pl.struct("l", "k")))
    columns = {"c": {"json": {"paths": {"$.l[*]": {"constant": "z"}, "$.k": "keep"}}}}
    assert anon_assets.apply(hidden, columns)["c"].to_list() == [
        {"l": ["z", "z"], "k": 1}, {"l": None, "k": 2}, {"l": ["z"], "k": 3},
    ]  # fmt: skip
    made = anon_assets.apply(above, columns)["c"].to_list()
    assert [made[0], made[2]] == [{"l": ["z", "z"], "k": 1}, {"l": ["z"], "k": 3}]
    assert made[1] in (None, {"l": None, "k": None})


def test_types_may_change_inside() -> None:
    bucket = {"bucket": {"edges": [0, 10, 20], "labels": ["low", "high"]}}
    for frame in (pa.table({"c": [{"a": 5}, {"a": 15}]}), pl.DataFrame({"c": [{"a": 5}, {"a": 15}]})):
        made = anon_assets.apply(frame, {"c": {"json": {"paths": {"$.a": bucket}}}})["c"]
        told = made.to_pylist() if isinstance(made, pa.ChunkedArray) else made.to_list()
        assert told == [{"a": "low"}, {"a": "high"}]


def test_parts_without_a_value_get_the_type_of_the_others(monkeypatch) -> None:
    monkeypatch.setattr("anon_assets.doors._BATCH_ROWS", 2)
    bucket = {"bucket": {"edges": [0, 10, 20], "labels": ["low", "high"]}}
    values = [{"a": 5, "l": [1]}, {"a": None, "l": []}, {"a": None, "l": None}, None, {"a": 15, "l": [15]}]
    kind = pa.struct([("a", pa.int64()), ("l", pa.list_(pa.int64()))])
    made = apply(values, {"$.a": bucket, "$.l[*]": bucket}, kind=kind)
    assert made.to_pylist() == [
        {"a": "low", "l": ["low"]}, {"a": None, "l": []}, {"a": None, "l": None}, None, {"a": "high", "l": ["high"]},
    ]  # fmt: skip


def test_views_and_lists_of_a_fixed_size() -> None:
    kind = pa.struct([("v", pa.string_view()), ("f", pa.list_(pa.string(), 2))])
    made = apply([{"v": "a", "f": ["b", None]}, {"v": None, "f": None}], {"$.v": "token", "$.f[*]": "token"}, kind=kind)
    first, second = made.to_pylist()
    assert first["v"].startswith("B")
    assert first["f"][0].startswith("B")
    assert first["f"][1] is None
    assert second == {"v": None, "f": None}
