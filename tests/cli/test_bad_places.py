"""Stores that cannot be written and keys that do not fit."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.corner import refused
from tests.cli.test_bad_connections import with_errors_only

PREVIEW = ("preview", "corner", "public.note")


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of 16 KiB; gone afterwards."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("needs the right to mount a file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_file_where_the_store_should_be(corner) -> None:
    (corner.root / ".anon").mkdir()
    (corner.root / ".anon" / "store").write_text("in the way")
    with corner.untouched():
        refused(corner.ask(*PREVIEW), "store local ", "the store's path must be a directory", code=1)
        refused(with_errors_only(corner.ask("run", "corner")), "the store's path must be a directory", code=1)


def test_a_file_where_everything_should_be(corner) -> None:
    (corner.root / ".anon").write_text("in the way")
    with corner.untouched():
        refused(corner.ask("run", "corner"), f"{corner.root}/.anon", "a file stands where a folder is needed", code=1)


def test_init_into_a_file(corner, tmp_path, cli) -> None:
    (tmp_path / "taken").write_text("in the way")
    answer = cli("init", tmp_path / "taken", "--database", corner.source)
    refused(answer, "is a file", code=2)
    answer = cli("init", tmp_path / "taken" / "below", "--database", corner.source)
    refused(with_errors_only(answer), "below: cannot be written (Not a directory)", code=1)
    assert (tmp_path / "taken").read_text() == "in the way"


def test_a_read_only_disk(corner, small_disk) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    corner.edit(corner.profile, ".anon/store", str(small_disk / "store"))
    with corner.untouched():
        refused(corner.ask(*PREVIEW), str(small_disk), "mounted read-only", code=1)


def test_a_full_disk(corner, small_disk) -> None:
    corner.edit(corner.profile, ".anon/store", str(small_disk / "store"))
    with corner.untouched():
        ran = corner.ask("run", "corner", "--json")
        assert ran.code == 1 and not ran.json["succeeded"]
        assert any(f"{small_disk}/store" in told and "No space left" in told for told in ran.json["failures"]), ran.out
    assert [path for path in small_disk.rglob("*.parquet") if path.stat().st_size] == []


def test_keys_that_do_not_fit(corner) -> None:
    assert corner.ask(*PREVIEW).code == 0
    (key,) = (corner.root / ".anon" / "keys").glob("*.key")
    right = key.read_bytes()
    cases = {
        "another key": (lambda: key.write_text("ab" * 32), "does not open this data key", "restore the key file"),
        "too short": (lambda: key.write_bytes(right[:20]), "does not hold 32 bytes", "restore it from a backup"),
        "no hex digits": (lambda: key.write_bytes(b"x" * 64), "does not hold 32 bytes", "restore it from a backup"),
        "read by others": (lambda: key.chmod(0o644), "mode 0644: others than its owner have access", "chmod 600"),
        "gone": (key.unlink, "there is no master key corner version 1", "restore it from a backup"),
    }
    for spoil, *parts in cases.values():
        key.write_bytes(right)
        key.chmod(0o600)
        spoil()
        with corner.untouched():
            refused(corner.ask(*PREVIEW), "kms local ", *parts, code=1)
    with corner.untouched():
        refused(with_errors_only(corner.ask("run", "corner")), "there is no master key", code=1)
    key.write_bytes(right)
    key.chmod(0o600)
    assert corner.ask(*PREVIEW).code == 0
    wrapped = next((corner.root / ".anon" / "store").rglob("wrapped.json"))
    wrapped.write_text('{"1": "not base64"}')
    refused(corner.ask(*PREVIEW), "the file of wrapped data keys is damaged", "backup", code=1)
