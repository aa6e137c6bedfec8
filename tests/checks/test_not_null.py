from __future__ import annotations

from anon_assets.checks.not_null import NotNull

from .memory_evidence import NULL, Col, MemoryEvidence, Tab


def run(columns, **more):
    (result,) = NotNull().run(MemoryEvidence({"s.t": Tab(columns, **more)}), ["s.t"])
    return result


def test_values_everywhere_pass():
    assert run({"a": Col([1, 2], nullable=False), "b": Col([None, 2])}).passed


def test_a_null_in_a_not_null_column_fails_with_its_count():
    result = run({"a": Col(["x", "y", "z", "z"], [None, "q", None, None], NULL, nullable=False)})
    assert result.blocks
    assert result.counts["missing"] == 3
    assert "a (3)" in result.detail


def test_a_primary_key_needs_values_even_if_declared_nullable():
    assert not run({"a": Col([1, 2], [None, 3])}, primary_key=("a",)).passed


def test_a_table_without_such_columns_passes():
    result = run({"a": Col([None, None], arrow=None)})
    assert result.passed
    assert result.counts["columns"] == 0
