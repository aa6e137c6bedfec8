from __future__ import annotations

import contextlib
import multiprocessing
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from anon_assets.errors import KeyUnavailable
from anon_assets.resources.kms.local import Local
from anon_assets.sealed import Sealed

DATA_KEY = Sealed(b"d" * 32)


def open_member(folder: Path) -> Local:
    """What the conformance suite opens: an empty service in a scratch folder; equal folders, equal service."""
    return Local(path=str(folder / "deep" / "keys"))


@pytest.fixture
def kms(tmp_path: Path) -> Local:
    return open_member(tmp_path)


def key_file(kms: Local, version: int = 1) -> Path:
    return kms.folder / f"shop.v{version}.key"


def test_files_are_private_and_hold_hex(kms: Local) -> None:
    previous = os.umask(0)
    try:
        kms.wrap("shop", DATA_KEY)
    finally:
        os.umask(previous)
    assert [path.name for path in kms.folder.iterdir()] == ["shop.v1.key"]
    assert stat.S_IMODE(kms.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(key_file(kms).stat().st_mode) == 0o600
    assert len(bytes.fromhex(key_file(kms).read_text())) == 32


def test_two_keys_are_not_equal(kms: Local) -> None:
    kms.wrap("shop", DATA_KEY)
    kms.wrap("other", DATA_KEY)
    assert key_file(kms).read_bytes() != (kms.folder / "other.v1.key").read_bytes()


def test_the_blob_names_format_and_version(kms: Local) -> None:
    assert kms.wrap("shop", DATA_KEY)[:5] == b"\x01\x00\x00\x00\x01"
    assert kms.rotate("shop") == 2
    assert kms.wrap("shop", DATA_KEY)[:5] == b"\x01\x00\x00\x00\x02"


def test_older_versions_still_unwrap_after_rotation(kms: Local) -> None:
    old = kms.wrap("shop", DATA_KEY)
    assert kms.rotate("shop") == 2
    assert kms.versions("shop") == (1, 2)
    assert kms.unwrap("shop", old) == DATA_KEY
    key_file(kms).unlink()
    with pytest.raises(KeyUnavailable, match=r"no master key shop version 1.*backup"):
        kms.unwrap("shop", old)


def test_relabelling_a_blob_to_another_version_fails(kms: Local) -> None:
    old = kms.wrap("shop", DATA_KEY)
    (kms.folder / "shop.v2.key").write_bytes(key_file(kms).read_bytes())
    (kms.folder / "shop.v2.key").chmod(0o600)
    with pytest.raises(KeyUnavailable, match="does not open"):
        kms.unwrap("shop", old[:4] + b"\x02" + old[5:])


def test_versions_of_similar_ids_are_kept_apart(kms: Local) -> None:
    kms.wrap("shop", DATA_KEY)
    kms.wrap("shop.v1", DATA_KEY)
    kms.wrap("shopXv1", DATA_KEY)
    assert kms.versions("shop") == (1,)
    assert kms.versions("shop.v1") == (1,)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644])
def test_a_key_others_can_read_is_refused(kms: Local, mode: int) -> None:
    wrapped = kms.wrap("shop", DATA_KEY)
    key_file(kms).chmod(mode)
    for use in (lambda: kms.unwrap("shop", wrapped), lambda: kms.wrap("shop", DATA_KEY)):
        with pytest.raises(KeyUnavailable, match=rf"mode 0{mode:o}.*chmod 600 .*shop\.v1\.key"):
            use()


def test_a_directory_others_can_write_gets_no_new_key(kms: Local) -> None:
    kms.folder.mkdir(parents=True)
    kms.folder.chmod(0o777)
    with pytest.raises(KeyUnavailable, match=r"mode 0777.*chmod 700"):
        kms.wrap("shop", DATA_KEY)
    assert list(kms.folder.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"ab" * 31, b"ab" * 33, b"zz" * 32, bytes(range(200, 232)), b"ab" * 4000])
def test_a_file_of_another_form_is_refused_and_not_quoted(kms: Local, content: bytes) -> None:
    wrapped = kms.wrap("shop", DATA_KEY)
    key_file(kms).write_bytes(content)
    with pytest.raises(KeyUnavailable, match="does not hold 32 bytes as 64 hex digits") as caught:
        kms.unwrap("shop", wrapped)
    assert "abab" not in str(caught.value)


def test_an_editors_line_end_does_no_harm(kms: Local) -> None:
    wrapped = kms.wrap("shop", DATA_KEY)
    key_file(kms).write_bytes(key_file(kms).read_bytes().strip().upper() + b"\r\n")
    assert kms.unwrap("shop", wrapped) == DATA_KEY


def test_another_key_in_the_file_is_told_apart_from_a_missing_one(kms: Local) -> None:
    wrapped = kms.wrap("shop", DATA_KEY)
    key_file(kms).write_text("ab" * 32)
    with pytest.raises(KeyUnavailable, match="does not open this data key") as caught:
        kms.unwrap("shop", wrapped)
    assert "abab" not in str(caught.value)


def test_a_pipe_or_directory_in_place_of_a_key(kms: Local) -> None:
    wrapped = kms.wrap("shop", DATA_KEY)
    key_file(kms).unlink()
    os.mkfifo(key_file(kms), 0o600)
    with pytest.raises(KeyUnavailable, match="not a regular file"):
        kms.unwrap("shop", wrapped)
    key_file(kms).unlink()
    key_file(kms).mkdir()
    with pytest.raises(KeyUnavailable):
        kms.unwrap("shop", wrapped)


def test_a_path_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("")
    with pytest.raises(KeyUnavailable, match="must be a directory"):
        Local(path=str(tmp_path / "keys")).wrap("shop", DATA_KEY)


def test_a_read_only_directory(tmp_path: Path, read_only: Path) -> None:
    with pytest.raises(KeyUnavailable, match=r"Read-only file system.*read-only"):
        Local(path=str(read_only / "keys")).wrap("shop", DATA_KEY)
    assert Local(path=str(read_only / "keys")).versions("shop") == ()


@pytest.fixture
def read_only(tmp_path: Path):
    folder = tmp_path / "mounted"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", folder], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("mounting a read-only tmpfs is not permitted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def bound_by_permissions(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with contextlib.suppress(PermissionError):
        (closed / "file").touch()
        pytest.skip("permissions do not bind this user")


@pytest.mark.usefixtures("bound_by_permissions")
def test_an_unreadable_directory(kms: Local) -> None:
    kms.wrap("shop", DATA_KEY)
    kms.folder.chmod(0)
    try:
        with pytest.raises(KeyUnavailable, match="Permission denied"):
            kms.versions("shop")
    finally:
        kms.folder.chmod(0o700)


def _wrap_once(path: str, barrier, queue) -> None:
    barrier.wait()
    queue.put(Local(path=path).wrap("shop", DATA_KEY))


def test_processes_that_race_for_the_first_key_agree(kms: Local) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, queue = context.Barrier(4), context.Queue()
    workers = [context.Process(target=_wrap_once, args=(str(kms.folder), barrier, queue)) for _ in range(4)]
    for worker in workers:
        worker.start()
    blobs = [queue.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(60)
    assert kms.versions("shop") == (1,)
    assert all(kms.unwrap("shop", blob) == DATA_KEY for blob in blobs)
    assert [path.name for path in kms.folder.iterdir()] == ["shop.v1.key"]


def test_what_a_killed_process_left_is_cleared(kms: Local) -> None:
    kms.folder.mkdir(parents=True, mode=0o700)
    child = f"""
import os, signal
from anon_assets.resources.kms import local
from anon_assets.sealed import Sealed
local.os.link = lambda *a: os.kill(os.getpid(), signal.SIGKILL)
local.Local(path={str(kms.folder)!r}).wrap("shop", Sealed(b"d" * 32))
"""
    assert subprocess.run([sys.executable, "-c", child], check=False).returncode == -9
    assert len(list(kms.folder.iterdir())) == 1
    assert kms.versions("shop") == ()
    kms.wrap("shop", DATA_KEY)
    assert [path.name for path in kms.folder.iterdir()] == ["shop.v1.key"]
