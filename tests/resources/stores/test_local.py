from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anon_assets.errors import StoreError
from anon_assets.resources.stores.local import Local


def open_member(folder: Path) -> Local:
    """What the conformance suite opens: an empty store in a scratch folder; equal folders, equal store."""
    return Local(path=str(folder / "deep" / "store"))


@pytest.fixture
def store(tmp_path: Path) -> Local:
    return open_member(tmp_path)


def put(store: Local, name: str, content: bytes) -> None:
    with store.stage(name) as folder:
        (folder / "a").write_bytes(content)


def content(store: Local, name: str) -> bytes:
    with store.open(name, "a") as stream:
        return stream.read()


def remains(store: Local) -> list[str]:
    """Everything below the root but names, versions that are current, and the link to them."""
    current = {path.resolve() for path in store.folder.rglob("current")}
    hidden = [path for path in store.folder.rglob(".*") if path.name.startswith(".v-") and path not in current]
    return sorted(str(path) for path in [*hidden, *(store.folder / ".incoming").iterdir()])


def test_staged_files_are_private(store: Local) -> None:
    previous = os.umask(0)
    try:
        with store.stage("shop/raw/x") as folder:
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert any(part.startswith(".") for part in folder.relative_to(store.folder).parts)
    finally:
        os.umask(previous)
    for path in [store.folder / "shop", store.folder / "shop/raw/x", (store.folder / "shop/raw/x/current").resolve()]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert remains(store) == []


def test_the_previous_version_is_removed(store: Local) -> None:
    for number in range(3):
        put(store, "t", b"%d" % number)
    assert remains(store) == []
    assert len(list((store.folder / "t").iterdir())) == 2


def test_uri_is_the_path_of_the_files(store: Local) -> None:
    put(store, "shop/Order Details", b"1")
    address = urlparse(store.uri("shop/Order Details"))
    assert address.scheme == "file"
    assert (Path(unquote(address.path)) / "a").read_bytes() == b"1"


def test_nested_files(store: Local) -> None:
    with store.stage("t") as folder:
        (folder / "part").mkdir()
        (folder / "part" / "a").write_bytes(b"1")
        (folder / "a").write_bytes(b"2")
    assert store.files("t") == ["a", "part/a"]
    with store.open("t", "part/a") as stream:
        assert stream.read() == b"1"


def test_empty_folders_go_with_the_last_name(store: Local) -> None:
    put(store, "shop/raw/x", b"1")
    store.remove("shop/raw/x")
    assert [path.name for path in store.folder.iterdir()] == [".incoming"]


def test_a_version_deleted_by_hand_is_an_error_and_does_not_hang(store: Local) -> None:
    put(store, "t", b"1")
    (store.folder / "t/current").resolve().rename(store.folder / "elsewhere")
    with pytest.raises(StoreError, match="No such file"):
        store.files("t")
    with pytest.raises(StoreError, match="there is no file"):
        store.open("t", "a")


CHILD = """
import os, signal, sys
from pathlib import Path
from anon_assets.resources.stores import local
store = local.Local(path=sys.argv[1])
def die(*a, **k):
    os.kill(os.getpid(), signal.SIGKILL)
{patch}
with store.stage("t") as folder:
    (folder / "a").write_bytes(b"new" * 1000)
    {within}
"""
DEATHS = {
    "while writing": ("", "die()", b"old"),
    "while flushing": ("local._flush_tree = die", "", b"old"),
    "before the version is in place": ("Path.rename = die", "", b"old"),
    "before the link is made": ("Path.symlink_to = die", "", b"old"),
    "before the link is replaced": ("Path.replace = die", "", b"old"),
    "before the old version is set aside": ("local.Local._set_aside = die", "", b"new" * 1000),
    "before the old version is removed": ("local._remove_tree = die", "", b"new" * 1000),
}


@pytest.mark.parametrize("moment", DEATHS)
def test_killed_at_any_moment_the_store_is_whole_and_clears_up(store: Local, moment: str) -> None:
    patch, within, expected = DEATHS[moment]
    put(store, "t", b"old")
    child = [sys.executable, "-c", CHILD.format(patch=patch, within=within), str(store.folder)]
    assert subprocess.run(child, check=False).returncode == -signal.SIGKILL
    assert content(store, "t") == expected
    assert store.list() == ["t"]
    assert remains(store) != []
    put(store, "t", b"newer")
    assert content(store, "t") == b"newer"
    assert remains(store) == []


def test_the_incoming_directory_of_a_living_process_stays_and_of_a_dead_one_goes(store: Local) -> None:
    put(store, "t", b"old")
    code = CHILD.format(patch="", within="print(folder, flush=True); sys.stdin.read()")
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(store.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        incoming = Path(child.stdout.readline().strip())
        put(store, "other", b"1")
        assert (incoming / "a").read_bytes() == b"new" * 1000
        (lock,) = (store.folder / ".incoming").glob("*.lock")
        assert int(lock.read_text()) == child.pid
    finally:
        child.kill()
        child.communicate()
    assert incoming.exists()
    put(store, "other", b"2")
    assert not incoming.exists()
    assert remains(store) == []
    assert content(store, "t") == b"old"


def test_writers_and_readers_at_once_see_whole_versions(store: Local) -> None:
    names = [f"f{number}" for number in range(5)]
    torn: list[str] = []
    stop = threading.Event()

    def write(mark: bytes) -> None:
        for _ in range(15):
            with store.stage("t") as folder:
                for name in names:
                    (folder / name).write_bytes(mark * 100)

    def read() -> None:
        while not stop.is_set():
            if (files := store.files("t")) != names:
                torn.append(f"{len(files)} files")
            with store.open("t", "f3") as stream:
                if len(set(stream.read())) != 1:
                    torn.append("mixed")

    write(b"0")
    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(mark,)) for mark in (b"1", b"2", b"3")]
    reader.start()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    stop.set()
    reader.join()
    assert torn == []
    assert remains(store) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "mounted"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("mounting a tmpfs is not permitted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("writer", ["python", "pyarrow"])
def test_a_full_disk(small_disk: Path, writer: str) -> None:
    store = Local(path=str(small_disk / "store"))
    put(store, "t", b"old")
    table = pa.table({"blob": [os.urandom(4096) for _ in range(1000)]})
    with pytest.raises(StoreError) as caught, store.stage("t") as folder:
        if writer == "python":
            (folder / "a").write_bytes(bytes(4_000_000))
        else:
            pq.write_table(table, folder / "a", compression="none", use_dictionary=False)
    assert "No space left on device" in caught.value.what
    assert str(store.folder) in caught.value.where
    assert "free some space" in caught.value.hint
    assert caught.value.__suppress_context__
    assert content(store, "t") == b"old"
    assert remains(store) == []
    put(store, "t", b"new")
    assert content(store, "t") == b"new"


def test_a_disk_without_a_single_free_block(small_disk: Path) -> None:
    store = Local(path=str(small_disk / "store"))
    put(store, "t", b"old")
    with pytest.raises(OSError, match="No space"), (small_disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    with pytest.raises(StoreError, match="No space"), store.stage("t") as folder:
        (folder / "a").write_bytes(bytes(4096))
    assert content(store, "t") == b"old"
    (small_disk / "filler").unlink()
    put(store, "t", b"new")
    assert content(store, "t") == b"new"


def test_a_read_only_file_system_reads_and_refuses_to_write(small_disk: Path) -> None:
    store = Local(path=str(small_disk / "store"))
    put(store, "t", b"old")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert content(store, "t") == b"old"
    assert store.list() == ["t"]
    for use in (lambda: put(store, "t", b"new"), lambda: put(store, "u", b"new"), lambda: store.remove("t")):
        with pytest.raises(StoreError, match=r"Read-only file system.*mounted read-only"):
            use()
    store.remove("none")
    assert content(store, "t") == b"old"


@pytest.fixture
def bound_by_permissions(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with contextlib.suppress(PermissionError):
        (closed / "file").touch()
        pytest.skip("permissions do not bind this user")


@pytest.mark.usefixtures("bound_by_permissions")
def test_no_permission(store: Local) -> None:
    put(store, "t", b"old")
    store.folder.chmod(0o500)
    (store.folder / ".incoming").chmod(0o500)
    try:
        with pytest.raises(StoreError, match=r"Permission denied.*write permission"):
            put(store, "t", b"new")
    finally:
        store.folder.chmod(0o700)
        (store.folder / ".incoming").chmod(0o700)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EDQUOT, errno.EROFS, errno.ENOSPC, errno.EXDEV])
def test_every_reason_comes_with_a_hint(store: Local, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    put(store, "t", b"old")
    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(StoreError) as caught:
        put(store, "t", b"new")
    monkeypatch.undo()
    assert os.strerror(number) in caught.value.what
    assert caught.value.hint
    assert content(store, "t") == b"old"


def test_a_path_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="must be a directory"):
        put(Local(path=str(tmp_path / "file")), "t", b"")


def test_errors_of_the_block_about_something_else_stay_what_they_are(store: Local, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), store.stage("t"):
        (tmp_path / "elsewhere").read_bytes()
    with pytest.raises(TimeoutError), store.stage("t"):
        raise TimeoutError
    with pytest.raises(socket.gaierror), store.stage("t"):
        raise socket.gaierror(socket.EAI_NONAME, "no such host")
    with pytest.raises(StoreError, match="No such file"), store.stage("t") as folder:
        (folder / "none").read_bytes()
    with pytest.raises(StoreError, match="gave no reason") as caught, store.stage("t"):
        raise OSError("canary")
    assert "canary" not in str(caught.value)
