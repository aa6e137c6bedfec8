from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import numpy as np
import polars as pl
import pytest

from anon_assets.parallel import in_parallel, slices


@pytest.fixture(autouse=True)
def several_threads(monkeypatch):
    """As on a machine of four processors."""
    monkeypatch.setattr(pl, "thread_pool_size", lambda: 4)


def test_slices_cover_every_row_once():
    assert [list(range(10))[part] for part in slices(10, 4)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert slices(0, 4) == []


def test_results_come_in_the_order_of_the_items():
    def slower_first(number):
        time.sleep(0.02 / (number + 1))
        return number * number

    assert in_parallel(slower_first, range(20)) == [number * number for number in range(20)]
    assert in_parallel(slower_first, []) == []


def test_several_threads_work():
    met = threading.Barrier(2, timeout=30)
    assert in_parallel(lambda _: met.wait() >= 0, range(2)) == [True, True]


def test_calls_may_be_nested():
    def outer(number):
        return sum(in_parallel(lambda inner: number * inner, range(50)))

    assert in_parallel(outer, range(30)) == [1_225 * number for number in range(30)]


def test_the_first_error_is_raised_and_the_rest_left_out():
    begun = []

    def fails(number):
        begun.append(number)
        raise ValueError("of item")

    with pytest.raises(ValueError, match="of item"):
        in_parallel(fails, range(1_000))
    assert len(begun) < 1_000


def test_of_several_errors_that_of_the_first_item_is_raised_unless_one_is_no_error():
    met = threading.Barrier(2, timeout=30)

    def fails(error):
        met.wait()
        time.sleep(0.05 * (str(error) == "first"))
        raise error

    for second, wanted in ((ValueError("second"), "first"), (KeyboardInterrupt("stop"), "stop")):
        with pytest.raises(type(second), match=wanted):
            in_parallel(fails, [ValueError("first"), second])


def test_helpers_keep_the_callers_way_with_floating_point_errors():
    met = threading.Barrier(2, timeout=30)

    def divided(number):
        met.wait()
        return np.ones(1) / number

    with np.errstate(divide="ignore"):  # a warning is an error in these tests
        assert [float(each[0]) for each in in_parallel(divided, [0.0, 0.0])] == [np.inf, np.inf]


def test_one_processor_needs_no_helper(monkeypatch):
    monkeypatch.setattr(pl, "thread_pool_size", lambda: 1)
    assert set(in_parallel(lambda _: threading.get_ident(), range(5))) == {threading.get_ident()}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_makes_its_own_helpers():
    code = """
import os, warnings
warnings.simplefilter("ignore")
import polars as pl
pl.thread_pool_size = lambda: 4
from anon_assets.parallel import in_parallel
assert in_parallel(abs, range(-50, 0))[0] == 50
child = os.fork()
if not child:
    os._exit(0 if in_parallel(abs, range(-50, 0))[0] == 50 else 1)
assert os.waitpid(child, 0)[1] == 0
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
