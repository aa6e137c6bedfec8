"""Work on several parts of a column at once: numpy, Arrow, polars and AES leave other threads running."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

import polars as pl
import pyarrow as pa

from anon_assets.errors import TransformError

__all__ = ["in_parallel", "in_parts", "slices"]

T = TypeVar("T")
R = TypeVar("R")

_HELPERS: list[ThreadPoolExecutor] = []
_STARTING = threading.Lock()


def slices(rows: int, step: int) -> list[slice]:
    """A column's rows in parts of ``step``, the last one shorter; none for no rows.

    >>> slices(5, 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


def in_parallel(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """``work`` on every item, in as many threads as there are processors.

    The thread that calls works as well, and waits for items that another has begun: calls may be nested. All calls of a
    process share their helpers, one less than ``polars.thread_pool_size()`` (which ``POLARS_MAX_THREADS`` bounds).

    Args:
        work: leaves alone what other threads hold.
        items: worth some 100 microseconds each.

    Returns: the results in the order of the items.
    Raises: what ``work`` raised for the first item that it fails on, whoever fails first, but an interrupt or exit before
        any error; items not begun by then are left out.

    >>> in_parallel(abs, [-3, 2, -1])
    [3, 2, 1]
    """
    helpers = min(len(items), pl.thread_pool_size()) - 1
    if helpers <= 0:
        return [work(item) for item in items]
    waiting, taking = list(range(len(items) - 1, -1, -1)), threading.Lock()
    results: dict[int, R] = {}
    failed: dict[int, BaseException] = {}

    def serve() -> None:
        while True:
            with taking:
                if failed or not waiting:
                    return
                place = waiting.pop()
            try:
                results[place] = work(items[place])
            except BaseException as error:  # noqa: BLE001 raised below, in the thread that called
                failed[place] = error

    # a helper sees the caller's context: what numpy does about an overflow is part of it
    begun: list[Future[None]] = [_pool().submit(copy_context().run, serve) for _ in range(helpers)]
    serve()
    for each in begun:
        if not each.cancel():
            each.result()
    if failed:
        stopped = (error for error in failed.values() if not isinstance(error, Exception))  # an interrupt, an exit
        raise next(stopped, failed[min(failed)])
    return [results[place] for place in range(len(items))]


def in_parts(work: Callable[[slice], pa.Array], rows: int, step: int) -> pa.Array:
    """``work`` on a column's parts of ``step`` rows, in parallel; the results end to end.

    Args:
        work: yields as many results as rows, whatever stands in other parts.
        rows: at least one.

    Raises: TransformError as ``work`` on all rows at once raises it, so that what it counts is of the whole column.

    >>> in_parts(lambda part: pa.array(range(part.start, part.stop)), 5, 2).to_pylist()
    [0, 1, 2, 3, 4]
    """
    parts = slices(rows, step)
    try:
        return pa.concat_arrays(in_parallel(work, parts))
    except TransformError:
        if len(parts) == 1:
            raise
        return work(slice(0, rows))


def _pool() -> ThreadPoolExecutor:
    with _STARTING:
        if not _HELPERS:
            _HELPERS.append(ThreadPoolExecutor(max(1, pl.thread_pool_size() - 1), "anon-assets"))
        return _HELPERS[0]


def _forget() -> None:
    """A forked process has no threads."""
    global _STARTING  # noqa: PLW0603 its owner may not have been forked
    _STARTING = threading.Lock()
    _HELPERS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
