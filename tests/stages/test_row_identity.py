from __future__ import annotations

from itertools import pairwise

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import PlannedColumn, PlannedTable
from anon_assets.sealed import Sealed
from anon_assets.stages.anonymize import TablePass
from anon_assets.stages.row_identity import RowIdentity

KEYS = KeyRing("shop", {1: Sealed(b"k" * 32)})
KEYED = Table("public", "t", (Column("a"), Column("b")), primary_key=("a", "b"))
BARE = Table("public", "t", (Column("a"), Column("b"), Column("c", generated=True)))
TEXTS = st.one_of(st.none(), st.sampled_from(["", "-", "1:", "2:ab", "a", "ab", "é"]))
ROWS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=30)


def arrays(rows):
    return {name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate("ab")}


def identities(table, *batches, keys=KEYS):
    identity = RowIdentity(table, keys)
    made = pl.concat([identity.of(arrays(rows)) for rows in batches])
    assert made.dtype == pl.Array(pl.UInt8, 16)
    return [bytes(each) for each in made.to_list()]


def test_a_primary_key_is_the_identity_wherever_the_row_stands():
    assert identities(KEYED, [("1", "x"), ("2", "y")]) == list(reversed(identities(KEYED, [("2", "y"), ("1", "x")])))


def test_key_parts_are_not_run_together():
    rows = [("ab", "c"), ("a", "bc"), ("abc", ""), ("", "abc"), (None, "abc"), ("1:a", None), ("1", ":a")]
    assert len(set(identities(KEYED, rows))) == len(rows)


def test_without_a_key_equal_rows_are_counted():
    found = identities(BARE, [("x", "y"), ("x", "y"), ("x", None)], [("x", "y"), ("x", None)])
    assert len(set(found)) == 5
    assert identities(BARE, [("x", None), ("x", "y")], [("x", "y")] * 2, [("x", None)]) == [
        found[2],
        found[0],
        found[1],
        found[3],
        found[4],
    ]


def test_rows_added_before_change_nothing():
    alone = identities(BARE, [("x", "y"), ("z", "y")])
    assert identities(BARE, [("new", "row"), ("x", "y"), ("z", "y")])[1:] == alone


def test_no_value_and_another_key_gives_another_identity():
    (found,) = identities(BARE, [("rosalind", "secret")])
    assert b"rosalind" not in found
    (keyed,) = identities(KEYED, [("rosalind", "secret")])
    assert b"rosalind" not in keyed
    assert identities(BARE, [("rosalind", "secret")], keys=KeyRing("shop", {1: Sealed(b"x" * 32)})) != [found]
    other = Table("public", "u", BARE.columns)
    assert identities(other, [("rosalind", "secret")]) != [found]


@given(ROWS, st.integers(1, 29))
def test_batches_do_not_matter(rows, cut):
    parts = [part for part in (rows[:cut], rows[cut:]) if part]
    assert identities(BARE, *parts) == identities(BARE, rows)
    assert identities(KEYED, *parts) == identities(KEYED, rows)
    assert len(set(identities(BARE, rows))) == len(rows)


def test_an_empty_batch_counts_nothing():
    assert identities(BARE, [], [("x", "y")], []) == identities(BARE, [("x", "y")])


def test_different_lists_are_different_rows():
    table = Table("s", "t", (Column("a", logical="array"),))
    lists = pa.array([["a", "b"], ["a\nb"], ["a", None], ["a"], [], None, ["1:a"]])
    keys = KeyRing("shop", {1: Sealed(bytes(32))})
    assert len(set(map(tuple, RowIdentity(table, keys).of({"a": lists}).to_list()))) == len(lists)


def test_structs_and_lists_of_them_name_rows():
    table = Table("s", "t", (Column("a", logical="json"),))
    keys = KeyRing("shop", {1: Sealed(bytes(32))})
    kind = pa.struct([("x", pa.binary()), ("l", pa.list_(pa.struct([("y", pa.int64())])))])
    values = [
        {"x": b"1", "l": []}, {"x": b"1", "l": None}, {"x": None, "l": []}, None, {"x": None, "l": None},
        {"x": b"1", "l": [{"y": 1}]}, {"x": b"1", "l": [{"y": 1}, None]}, {"x": b"1", "l": [{"y": 1}, {"y": None}]},
        {"x": b"1", "l": [None, {"y": 1}]}, {"x": b"2", "l": []},
    ]  # fmt: skip
    column = pa.array(values, kind)
    made = RowIdentity(table, keys).of({"a": column}).to_list()
    assert len(set(map(tuple, made))) == len(values)
    for start in (1, 3, 6):
        assert RowIdentity(table, keys).of({"a": column[start:]}).to_list() == made[start:]


def test_maps_and_other_lists_name_rows():
    keys = KeyRing("shop", {1: Sealed(bytes(32))})
    table = Table("s", "t", (Column("a", logical="array"),))
    for kind, values in (
        (pa.map_(pa.string(), pa.int64()), [[("a", 1)], [("a", 2)], [("b", 1)], [], None, [("a", 1), ("b", 1)]]),
        (pa.large_list(pa.int8()), [[1], [1, 1], [], None, [None], [2]]),
        (pa.list_(pa.int8(), 2), [[1, 2], [2, 1], [None, 1], None]),
        (pa.list_(pa.list_(pa.string())), [[["a"], []], [["a"]], [[], ["a"]], [None, ["a"]], None, []]),
    ):
        column = pa.array(values, kind)
        made = RowIdentity(table, keys).of({"a": column}).to_list()
        assert len(set(map(tuple, made))) == len(values), kind
        assert RowIdentity(table, keys).of({"a": column[2:]}).to_list() == made[2:]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.list_(pa.string()), [["a"], None, None, None, []]),
        (pa.struct([("x", pa.list_(pa.string()))]), [{"x": ["a"]}, None, None, None, {"x": None}]),
        (pa.list_(pa.struct([("x", pa.string())])), [[{"x": "a"}], None, None, None, [None]]),
    ],
)
def test_nested_nulls_are_the_same_in_any_batch(kind, values):
    table = Table("s", "t", (Column("a", logical="array"),))
    column = pa.array(values, kind)

    def made(*cuts):
        identity = RowIdentity(table, KEYS)
        edges = [0, *cuts, len(column)]
        return [row for start, stop in pairwise(edges) for row in identity.of({"a": column[start:stop]}).to_list()]

    assert made() == made(2) == made(1, 2, 3) == made(2, 4)


@pytest.mark.parametrize(
    "odd",
    [
        pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
        pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")),
        pa.ListArray.from_arrays([0, 1], pa.array([(1, 2, 3)], pa.month_day_nano_interval())),
    ],
    ids=lambda odd: str(odd.type),
)
def test_columns_that_cannot_be_read_stop_with_an_error_of_our_own(odd):
    columns = (Column("v", "bigint", "integer", bits=64), Column("o", logical="other"))
    noise = TRANSFORMS.load("noise").model_validate({"amount": 5})
    table = PlannedTable(Table("s", "t", columns), "copy", (PlannedColumn(columns[0], (noise,), "v"),))
    batch = pa.RecordBatch.from_arrays([pa.array([1], pa.int64()), odd], names=["v", "o"])
    try:
        assert TablePass(table, KEYS).transform(batch).num_rows == 1
    except TransformError as error:
        assert str(error).startswith("s.t.o: tells no rows apart (")
