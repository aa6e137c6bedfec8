"""Paths that a profile names, which start at the project's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

__all__ = ["ProjectPath"]


def _from_root(value: str, info: ValidationInfo) -> str:
    root = (info.context or {}).get("root")
    return value if root is None else str(Path(root) / Path(value).expanduser())


ProjectPath = Annotated[str, AfterValidator(_from_root)]
"""A path in a profile: a relative one starts at the project's folder, wherever the command is run from."""
