from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from anon_assets.cli import main
from tests.cli.corner import SCRIPT, Answer, Corner, ask
from tests.resources.databases.conftest import system_server

__all__ = ["Answer", "every_file", "system_server"]


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


@pytest.fixture(scope="session")
def first_corner(tmp_path_factory, embedded_server) -> Corner:
    """As `init` made it; to be copied, not changed."""
    source, target = embedded_server.create("corner"), embedded_server.create("corner_dev")
    with psycopg.connect(source, autocommit=True) as connection:
        connection.execute(SCRIPT)
    root = tmp_path_factory.mktemp("corner") / "p"
    made = ask("init", root, "--database", source, "--target", target)
    assert made.code == 0, made.err
    return Corner(root, source, target)


@pytest.fixture
def corner(first_corner: Corner, tmp_path: Path) -> Corner:
    """A fresh copy of the project over the shared source and the shared, empty target."""
    return first_corner.copy(tmp_path / "p")


@pytest.fixture
def own_corner(first_corner: Corner, tmp_path: Path, make_database) -> Iterator[Corner]:
    """A copy of project, source and target, to be changed at will."""
    fresh = first_corner.copy(tmp_path / "p")
    source, target = make_database("corner", "corner"), make_database("corner_dev")
    for name, url in (("corner", source), ("corner_dev", target)):
        fresh.reach(name, url)
    yield Corner(fresh.root, source, target)
