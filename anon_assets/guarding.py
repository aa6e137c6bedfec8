"""Nothing but errors of our own leaves: a library's message may quote a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from polars.exceptions import PanicException

from anon_assets.errors import AnonError

__all__ = ["own_errors"]


@contextmanager
def own_errors(instead: Callable[[str], AnonError]) -> Iterator[None]:
    """Replace whatever a library raises inside, a panic of polars included; errors of our own pass.

    Args:
        instead: makes the error from the name of the library's exception, the only word of it that is told.

    >>> from anon_assets.errors import TransformError
    >>> with own_errors(lambda kind: TransformError("s.t.c", f"failed ({kind})")):
    ...     int("ada@example.org")
    Traceback (most recent call last):
        ...
    anon_assets.errors.TransformError: s.t.c: failed (ValueError).
    """
    try:
        yield
    except AnonError:
        raise
    except (Exception, PanicException) as error:  # noqa: BLE001
        raise instead(type(error).__name__) from None
