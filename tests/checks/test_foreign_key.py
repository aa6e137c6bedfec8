from __future__ import annotations

import decimal

import pyarrow as pa

from anon_assets.checks.foreign_key import ForeignKey
from anon_assets.contracts.database import ForeignKey as Reference
from anon_assets.contracts.database import Table

from .memory_evidence import TOKEN, Col, MemoryEvidence, Tab

TO_PARENT = Reference("child_parent_fk", ("parent_id",), "s.parent", ("id",))


def run(parent: Col, child: Col, key: Reference = TO_PARENT):
    content = {"s.parent": Tab({"id": parent}), "s.child": Tab({"parent_id": child}, foreign_keys=(key,))}
    (result,) = ForeignKey().run(MemoryEvidence(content), ["s.child"])
    return result


def test_references_that_are_found_pass_across_integer_types():
    result = run(Col([1, 2, 3, 4, 5], arrow=pa.int64()), Col([5, 1, None, 1], arrow=pa.int32()))
    assert result.passed
    assert result.counts["references"] == 3


def test_numeric_of_another_scale_and_floats_meet():
    one, two = [decimal.Decimal("1.50"), decimal.Decimal("100.00")], [decimal.Decimal("1.5"), decimal.Decimal("100.0")]
    assert run(Col(one, arrow=pa.decimal128(6, 2)), Col(two, arrow=pa.decimal128(5, 1))).passed


def test_an_orphan_fails():
    result = run(Col(["a", "b"], ["x", "y"], TOKEN), Col(["a", "b", "a"], ["x", "z", "z"], TOKEN))
    assert result.blocks
    assert result.counts["orphans"] == 2
    assert "child_parent_fk" in result.detail


def test_an_empty_parent_makes_every_reference_an_orphan():
    result = run(Col([], arrow=pa.int64()), Col([1, 2]))
    assert result.counts["orphans"] == 2


def test_not_valid_keys_may_have_as_many_orphans_as_the_source():
    loose = Reference("fk", ("parent_id",), "s.parent", ("id",), validated=False)
    assert run(Col([1, 2]), Col([1, 7]), loose).passed
    assert not run(Col([1, 2]), Col([1, 7], [8, 7]), loose).passed


def test_a_composite_reference_with_a_null_is_not_judged():
    key = Reference("fk", ("a", "b"), "s.parent", ("a", "b"))
    parent = Tab({"a": Col([1, 2]), "b": Col(["x", "y"])})
    child = Tab({"a": Col([1, 9, 2]), "b": Col(["x", None, "x"])}, foreign_keys=(key,))
    (result,) = ForeignKey().run(MemoryEvidence({"s.parent": parent, "s.child": child}), ["s.child"])
    assert result.counts["references"] == 2
    assert result.counts["orphans"] == 1


def test_a_table_may_refer_to_itself():
    key = Reference("boss_fk", ("boss",), "s.t", ("id",))
    tab = Tab({"id": Col([1, 2, 3]), "boss": Col([None, 1, 1])}, foreign_keys=(key,))
    (result,) = ForeignKey().run(MemoryEvidence({"s.t": tab}), ["s.t"])
    assert result.passed


def left_out(structure: str):
    child = Tab({"parent_id": Col([1, 2])}, foreign_keys=(TO_PARENT,))
    absent = (Table("s", "parent", ()),)
    (result,) = ForeignKey().run(MemoryEvidence({"s.child": child}, structure=structure, absent=absent), ["s.child"])
    return result


def test_a_key_into_a_table_that_is_left_out_with_its_constraint_is_not_judged():
    result = left_out("CREATE TABLE s.child (parent_id integer);")
    assert result.passed
    assert result.counts["keys_skipped"] == 1


def test_a_key_into_a_table_published_without_rows_fails():
    assert not left_out("ALTER TABLE s.child ADD CONSTRAINT child_parent_fk FOREIGN KEY ...").passed
