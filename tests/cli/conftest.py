from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from anon_assets.cli import main


@dataclass
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def cli(capsys, monkeypatch) -> Callable[..., Answer]:
    """Run the command line in this process; returns exit code and what it printed."""
    monkeypatch.delenv("DAGSTER_HOME", raising=False)

    def run(*arguments: object) -> Answer:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(each) for each in arguments])
        told = capsys.readouterr()
        return Answer(int(left.value.code or 0), told.out, told.err)

    return run


def every_file(*folders: Path) -> bytes:
    """All bytes of all files below the folders, names included: what a search looks through."""
    content = [b""]
    for folder in folders:
        for path in folder.rglob("*"):
            content.append(str(path).encode())
            if path.is_file():
                content.append(path.read_bytes())
    return b"\n".join(content)
