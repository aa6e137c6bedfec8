"""Anonymized data products people can trust: extract, scan, anonymize, validate, publish.

Importing this package loads neither Dagster nor a database driver nor Great Expectations. Without a database, frames of
pyarrow, pandas or polars go through ``apply`` and come back by ``reverse``; ``scan`` says what they hold, ``spans`` where
entities stand in texts.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anon_assets.doors import apply, reverse
    from anon_assets.frame_scan import scan, spans

__version__ = "0.1.0"

__all__ = ["__version__", "apply", "reverse", "scan", "spans"]

_DOORS = {"apply": "doors", "reverse": "doors", "scan": "frame_scan", "spans": "frame_scan"}


def __getattr__(name: str) -> Any:
    """Load a Python door when it is first used."""
    if name in _DOORS:
        return getattr(importlib.import_module(f"anon_assets.{_DOORS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
