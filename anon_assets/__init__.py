"""Anonymized data products people can trust: extract, scan, anonymize, validate, publish.

Importing this package loads neither Dagster nor a database driver nor Great Expectations. Without a database, frames of
pyarrow, pandas or polars go through ``apply`` and come back by ``reverse``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anon_assets.doors import apply, reverse

__version__ = "0.1.0"

__all__ = ["__version__", "apply", "reverse"]


def __getattr__(name: str) -> Any:
    """Load a Python door when it is first used."""
    if name in {"apply", "reverse"}:
        return getattr(importlib.import_module("anon_assets.doors"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
