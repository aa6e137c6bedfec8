"""Words, names and sentences, typed by hand, in YAML files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["listed", "read"]


@cache
def read(name: str) -> Any:
    """What a file here holds: ``cultures``, ``column_names``, ``texts``, ``words``."""
    return yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text("utf-8"))


def listed(text: str) -> tuple[str, ...]:
    """The words of a text, ``_`` standing for a space."""
    return tuple(word.replace("_", " ") for word in text.split())
