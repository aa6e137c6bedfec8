from __future__ import annotations

import datetime as dt
import logging

import pytest
from pydantic import ValidationError

from anon_assets.checks.expectations import Expectations, process

from .memory_evidence import Col, MemoryEvidence, Tab

CANARY = "canary.zz9@plural.example"


def suite(*expectations):
    return Expectations(suite=expectations)


EVIDENCE = MemoryEvidence(
    {
        "s.t": Tab(
            {
                "id": Col([1, 2, 3, 4]),
                "email": Col(["a@x", "b@x", CANARY, CANARY]),
                "grade": Col([1.5, None, 2.5, 3.5]),
            }
        )
    }
)


def run(check):
    results = list(check.run(EVIDENCE, ["s.t"]))
    assert [(each.table, each.check) for each in results] == check.names(["s.t"])
    return results


def test_each_expectation_has_a_result_with_counts():
    unique, present, table = run(
        suite(
            {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "email"}},
            {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "grade"}, "severity": "warning"},
            {"type": "expect_table_row_count_to_equal", "kwargs": {"value": 4}},
        )
    )
    assert unique.check == "expect_column_values_to_be_unique__email"
    assert unique.blocks
    assert unique.counts["unexpected_count"] == 2
    assert not present.passed
    assert not present.blocks
    assert table.passed


def test_no_value_is_told_or_logged(caplog, capfd):
    caplog.set_level(logging.DEBUG)
    results = run(
        suite(
            {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "email", "regex": "^a"}},
            {"type": "expect_column_max_to_be_between", "kwargs": {"column": "email", "max_value": 3}},
            {"type": "expect_column_most_common_value_to_be_in_set", "kwargs": {"column": "email", "value_set": ["a"]}},
        )
    )
    captured = capfd.readouterr()
    told = repr(results) + str([each.to_dict() for each in results]) + caplog.text + captured.out + captured.err
    assert not any(each.passed for each in results)
    assert CANARY not in told


def test_what_raises_an_error_fails_with_details_withheld():
    (result,) = run(suite({"type": "expect_column_mean_to_be_between", "kwargs": {"column": "email", "max_value": 3}}))
    assert result.blocks
    assert "withheld" in result.detail


def test_dates_of_a_suite_arrive_as_dates():
    days = [dt.date(2020, 1, 2), dt.date(2021, 3, 4)]
    evidence = MemoryEvidence({"s.t": Tab({"day": Col(days)})})
    for earliest, passes in ((dt.date(2020, 1, 1), True), (dt.date(2020, 6, 1), False)):
        kwargs = {"column": "day", "min_value": earliest}
        check = suite({"type": "expect_column_values_to_be_between", "kwargs": kwargs})
        (result,) = check.run(evidence, ["s.t"])
        assert (result.passed, result.counts["unexpected_count"]) == (passes, 0 if passes else 1)


def test_an_ended_process_fails_the_check_and_the_next_request_starts_another():
    check = suite({"type": "expect_column_values_to_be_unique", "kwargs": {"column": "id"}})
    assert run(check)[0].passed

    class Broken(MemoryEvidence):
        def anonymized(self, table, columns):
            yield from super().anonymized(table, columns)
            process._STARTED[0].kill()
            process._STARTED[0].wait()

    (result,) = check.run(Broken({"s.t": Tab({"id": Col([1, 2])})}), ["s.t"])
    assert result.blocks and "withheld" in result.detail
    assert run(check)[0].passed


def test_rows_that_cannot_be_read_leave_nothing_half_asked():
    check = suite({"type": "expect_column_values_to_be_unique", "kwargs": {"column": "id"}})

    class Unreadable(MemoryEvidence):
        def anonymized(self, table, columns):
            yield from super().anonymized(table, columns)
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(check.run(Unreadable({"s.t": Tab({"id": Col([1, 2])})}), ["s.t"]))
    assert run(check)[0].passed


def test_a_column_that_is_not_published_fails():
    (result,) = run(suite({"type": "expect_column_values_to_be_unique", "kwargs": {"column": "gone"}}))
    assert result.blocks
    assert "gone" in result.detail


def test_an_unknown_type_fails_when_run_and_is_named_when_planned():
    check = suite({"type": "expect_column_values_to_be_uniqe", "kwargs": {"column": "id"}})
    assert run(check)[0].blocks
    assert list(check.problems()) == [
        "Great Expectations has no expect_column_values_to_be_uniqe; did you mean expect_column_values_to_be_unique?"
    ]


def test_arguments_that_do_not_fit_are_named_when_planned():
    check = suite({"type": "expect_column_values_to_be_between", "kwargs": {"colum": "id"}})
    assert list(check.problems()) == ["expect_column_values_to_be_between does not take these arguments: colum"]


def test_results_are_announced_without_great_expectations():
    one = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "e mail"}, "severity": "info"}
    announced = suite(one, one).announce(["s.t"])
    assert [each.check for each in announced] == [
        "expect_column_values_to_be_unique__e_mail",
        "expect_column_values_to_be_unique__e_mail__2",
    ]
    assert not announced[0].blocking


def test_odd_types_and_keys_are_refused():
    for bad in (
        {"type": "drop table"},
        {"type": "expect_x", "severity": "huge"},
        {"kwargs": {}},
        {"type": "expect_x", "a": 1},
    ):
        with pytest.raises(ValidationError):
            suite(bad)
    with pytest.raises(ValidationError):
        suite()
