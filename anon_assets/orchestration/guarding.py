"""Nothing that a driver or library says inside an asset reaches a log: it may quote a row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from polars.exceptions import PanicException

from anon_assets.errors import AnonError

__all__ = ["guarded"]


@contextmanager
def guarded(stage: str, place: str) -> Iterator[None]:
    """Turn every exception of the block into a ``dg.Failure`` that holds no value, without a cause or context to print.

    Args:
        stage: the stage, for the message. place: table or product.

    Raises: dagster.Failure; only errors marked retryable may be tried again.
    """
    try:
        yield
    except dg.Failure:
        raise
    except AnonError as error:
        raise dg.Failure(str(error), metadata={"code": error.code}, allow_retries=error.retryable) from None
    except (Exception, PanicException) as error:  # noqa: BLE001 whatever it says stays here
        what = f"{place}: {stage} failed with {type(error).__name__}; details withheld, they may quote data"
        raise dg.Failure(what, allow_retries=False) from None
