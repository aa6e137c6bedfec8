"""Run a producer of batches in a thread beside its consumer, a few batches ahead."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

__all__ = ["prefetch"]

T = TypeVar("T")


def prefetch(items: Iterable[T], ahead: int = 2) -> Generator[T, None, None]:  # noqa: C901 one protocol between two threads
    """The same items in the same order, produced while the consumer works (Arrow and polars release the GIL).

    Args:
        items: the producer; what it raises is raised here, at the place of the missing item.
        ahead: items held at most, which bounds memory.

    >>> list(prefetch(range(4)))
    [0, 1, 2, 3]
    """
    waiting: queue.Queue[tuple[str, T | BaseException | None]] = queue.Queue(max(1, ahead))
    stopped = threading.Event()

    def put(kind: str, item: T | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                waiting.put((kind, item), timeout=0.1)
            except queue.Full:
                continue
            return

    def produce() -> None:
        try:
            for item in items:
                put("item", item)
                if stopped.is_set():
                    return
            put("end", None)
        except BaseException as error:  # noqa: BLE001 handed to the consumer, which raises it
            put("error", error)

    thread = threading.Thread(target=produce, daemon=True)
    thread.start()
    try:
        while True:
            kind, item = waiting.get()
            if kind == "end":
                return
            if kind == "error":
                raise item  # type: ignore[misc]
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
        thread.join()
        if hasattr(items, "close"):
            items.close()
