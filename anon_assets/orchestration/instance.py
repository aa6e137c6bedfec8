"""The Dagster instance of a project: under ``.anon/dagster`` unless DAGSTER_HOME names another."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

__all__ = ["instance_folder", "open_instance"]

_CONFIG = "telemetry:\n  enabled: false\n"


def instance_folder(root: Path) -> Path:
    """The folder that serves as DAGSTER_HOME, made ready: telemetry off, no sign-up dialogue."""
    if home := os.environ.get("DAGSTER_HOME"):
        return Path(home)
    folder = root / ".anon" / "dagster"
    (folder / ".nux").mkdir(parents=True, exist_ok=True)
    for name, content in (("dagster.yaml", _CONFIG), (".nux/nux.yaml", "seen: 1\n")):
        if not (folder / name).exists():
            (folder / name).write_text(content)
    return folder


def open_instance(root: Path) -> dg.DagsterInstance:
    """The project's instance; use it as a context manager."""
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    return dg.DagsterInstance.from_config(str(instance_folder(root)))
