from __future__ import annotations

from anon_assets.checks.row_count import RowCount

from .memory_evidence import Col, MemoryEvidence, Tab


def test_equal_counts_pass():
    evidence = MemoryEvidence({"s.t": Tab({"a": Col([1, 2, 3, 4])})})
    (result,) = RowCount().run(evidence, ["s.t"])
    assert result.passed
    assert result.counts == {"rows": 4, "source_rows": 4, "read_rows": 4}


def test_a_lost_row_fails():
    evidence = MemoryEvidence({"s.t": Tab({"a": Col([1, 2, 3], [1, 2])})})
    (result,) = RowCount().run(evidence, ["s.t"])
    assert result.blocks
    assert result.counts["rows"] == 2


def test_a_source_that_was_not_read_whole_fails():
    evidence = MemoryEvidence({"s.t": Tab({"a": Col([1, 2, 3])}, source_rows=5)})
    assert [each.passed for each in RowCount().run(evidence, ["s.t"])] == [False]


def test_an_empty_table_passes():
    evidence = MemoryEvidence({"s.t": Tab({"a": Col([], arrow=None)})})
    assert [each.passed for each in RowCount().run(evidence, ["s.t"])] == [True]
