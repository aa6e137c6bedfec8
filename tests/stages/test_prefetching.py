from __future__ import annotations

import threading
import time

import pytest

from anon_assets.stages.prefetching import prefetch


def settled(wanted: int) -> bool:
    """Threads end a moment after they are let go."""
    for _ in range(100):
        if threading.active_count() <= wanted:
            return True
        time.sleep(0.02)
    return False


def test_order_is_kept_through_a_slow_consumer():
    got = []
    for item in prefetch(range(200), ahead=3):
        if item % 50 == 0:
            time.sleep(0.01)
        got.append(item)
    assert got == list(range(200))


def test_nothing_and_none():
    assert list(prefetch([])) == []
    assert list(prefetch([None, None])) == [None, None]
    assert list(prefetch(range(5), ahead=0)) == list(range(5))


def test_at_most_so_many_ahead():
    produced = []

    def items():
        for number in range(50):
            produced.append(number)
            yield number

    stream = prefetch(items(), ahead=2)
    next(stream)
    time.sleep(0.3)
    assert len(produced) <= 1 + 2 + 1  # taken, waiting, and the one in the producer's hand
    stream.close()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit])
def test_an_error_comes_at_its_place(error):
    def items():
        yield 1
        yield 2
        raise error("here")

    stream = prefetch(items())
    assert (next(stream), next(stream)) == (1, 2)
    with pytest.raises(error):
        next(stream)


def test_stopping_early_stops_the_producer_and_closes_it():
    before, closed = threading.active_count(), []

    def items():
        try:
            yield from range(10**9)
        finally:
            closed.append(True)

    stream = prefetch(items())
    assert next(stream) == 0
    stream.close()
    assert closed == [True]
    assert settled(before)


def test_a_consumer_that_fails_leaves_no_thread():
    before = threading.active_count()
    with pytest.raises(RuntimeError):
        for _ in prefetch(iter(range(10**6))):
            raise RuntimeError
    assert settled(before)


def test_never_started_is_never_produced():
    produced = []
    stream = prefetch(produced.append(1) or item for item in range(3))
    stream.close()
    assert produced == []
