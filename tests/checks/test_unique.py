from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.checks.unique import Unique

from .memory_evidence import TOKEN, Col, MemoryEvidence, Tab


def run(columns, **more):
    (result,) = Unique().run(MemoryEvidence({"s.t": Tab(columns, **more)}), ["s.t"])
    return result


def test_distinct_keys_pass():
    result = run({"a": Col([1, 2, 3, 4], [9, 8, 7, 6], TOKEN)}, primary_key=("a",))
    assert result.passed
    assert result.counts["keys"] == 1


def test_a_new_duplicate_fails_across_batches():
    result = run({"a": Col(["a", "b", "c", "d", "e"], ["q", "w", "r", "t", "q"], TOKEN)}, uniques=(("a",),))
    assert result.blocks
    assert result.counts["duplicates"] == 1


def test_duplicates_of_the_source_are_allowed_but_not_more():
    before = ["a", "a", "b", "c"]
    assert run({"a": Col(before, ["x", "x", "y", "z"], TOKEN)}, uniques=(("a",),)).passed
    assert not run({"a": Col(before, ["x", "x", "y", "y"], TOKEN)}, uniques=(("a",),)).passed


def test_nulls_are_distinct():
    columns = {"a": Col([1, 1, 2], [None, None, 2]), "b": Col([5, 6, 5], [5, 5, 5])}
    assert run(columns, uniques=(("a", "b"),)).passed


def test_composite_keys_do_not_run_together():
    columns = {"a": Col(["x", "y"], ["ab", "a"], TOKEN), "b": Col(["x", "y"], ["c", "bc"], TOKEN)}
    assert run(columns, primary_key=("a", "b")).passed


def test_citext_is_compared_without_case():
    assert not run({"a": Col(["x", "y"], ["Q", "q"], TOKEN, sql="public.citext")}, uniques=(("a",),)).passed


def test_a_key_with_a_generated_column_is_left_to_the_database():
    result = run({"a": Col([1, 1])}, uniques=(("a", "made"),))
    assert result.passed
    assert result.counts["keys_skipped"] == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.one_of(st.none(), st.integers(0, 3))), max_size=12))
def test_it_counts_what_a_set_counts(rows):
    serial = range(len(rows))
    columns = {
        "a": Col(serial, [row[0] for row in rows], TOKEN, arrow=pa.int64() if rows else pa.string()),
        "b": Col(serial, [row[1] for row in rows], TOKEN, arrow=pa.int64()),
    }
    full = [row for row in rows if row[1] is not None]
    result = run(columns, primary_key=("a", "b"))
    assert result.counts["duplicates"] == len(full) - len(set(full))
