"""Staged files in a local directory."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO, ClassVar, NoReturn, cast
from urllib.parse import unquote_to_bytes

from anon_assets.contracts.store import Store
from anon_assets.errors import StoreError
from anon_assets.paths import ProjectPath

__all__ = ["Local"]

_CURRENT = "current"
_VERSION = ".v-"
_INCOMING = ".incoming"
_LOCK = ".lock"
_PLAIN = re.compile(rb"[a-z0-9_.-]")
_CHUNK = 200  # a file name has at most 255 bytes
_CONTINUED = "~"
_HINTS = {
    errno.ENOSPC: "free some space there, or choose another path in the profile",
    errno.EDQUOT: "raise the quota, or choose another path in the profile",
    errno.EACCES: "give this user write permission there, or choose another path in the profile",
    errno.EPERM: "give this user write permission there, or choose another path in the profile",
    errno.EROFS: "its file system is mounted read-only; choose another path in the profile",
    errno.EXDEV: "the whole store must lie on one file system",
    errno.ENOTDIR: "the store's path must be a directory",
    errno.EEXIST: "the store's path must be a directory",
}


class Local(Store):
    """Keeps each directory below one root, ``<path>/<name>/current``, and replaces it as a whole.

    Files are written to a hidden directory of mode 0700, flushed to disk, moved beside the old version and shown by
    replacing the link ``current`` in one step. A process killed at any moment leaves the old version current; what it
    left behind is removed by the next ``stage`` or ``remove``. Of two processes that stage one name the last to commit
    wins, and each version is whole. Characters of a name other than lower-case letters, digits, ``_``, ``.`` and ``-``
    are percent-encoded, capitals too: some file systems would take ``Users`` and ``users`` for one.

    Args:
        path: the root; created on first use. A relative one starts at the project's folder.

    Raises: StoreError, from every method, with the system's reason.
    Guarantees: POSIX file systems with ``flock``; reading needs no lock and no write permission.
    """

    title: ClassVar[str] = "files in a local directory"
    shorthand: ClassVar[str | None] = "path"

    path: ProjectPath

    @property
    def folder(self) -> Path:
        """The directory."""
        return Path(self.path)

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[Path]:
        """A fresh directory that becomes ``name`` when the block ends well.

        An OSError that the block raises is taken for one of writing there and becomes a StoreError, unless it speaks of
        another file or of the network.
        """
        home = self._home(name)
        with self._claimed() as claim:
            incoming, old = claim / "new", claim / "old"
            with self._translated():
                incoming.mkdir(mode=0o700)
            with self._translated(of_caller=True):
                yield incoming
            with self._translated():
                _flush_tree(incoming)
                with self._locked():
                    _make_flushed(home, self.folder)
                    version = home / f"{_VERSION}{uuid.uuid4().hex}"
                    incoming.rename(version)
                    _flush(home)
                    link = claim / "link"
                    link.symlink_to(version.name)
                    link.replace(home / _CURRENT)
                    _flush(home)
                    self._set_aside(home, old, keep=version.name)

    def open(self, name: str, file: str) -> BinaryIO:
        """A file of the current directory, for reading; seekable."""
        parts = PurePosixPath(file).parts
        if not parts or file.startswith("/") or ".." in parts or "\0" in file:
            raise StoreError(self._where(name), f"{file!r} is not the name of a file inside")
        home = self._home(name)
        seen = None
        with self._translated():
            while version := self._version(home):
                try:
                    return cast("BinaryIO", (version / file).open("rb"))
                except FileNotFoundError:
                    if version == seen:  # not replaced while we were opening it: the file is not there
                        raise StoreError(self._where(name), f"there is no file {file!r}") from None
                    seen = version
        raise StoreError(self._where(name), "nothing is staged under this name", "run the stage that writes it")

    def files(self, name: str) -> Sequence[str]:
        """Paths of all files of the current directory, with ``/`` below folders, sorted."""
        home = self._home(name)
        with self._translated():
            while version := self._version(home):
                try:
                    found = sorted(_files_below(version))
                except FileNotFoundError:
                    if version == self._version(home):  # not replaced meanwhile: somebody deleted it by hand
                        raise
                    continue
                if version == self._version(home):
                    return found
        return []

    def list(self, prefix: str = "") -> Sequence[str]:
        """Names that are ``prefix`` or lie below it (``shop`` covers ``shop/raw`` but not ``shop2``), sorted."""
        prefix = prefix.rstrip("/")
        start = self._home(prefix) if prefix else self.folder
        with self._translated():
            found = [_decode(home.relative_to(self.folder)) for home in _homes(start)]
        return sorted(found)

    def remove(self, name: str) -> None:
        """Remove the directory of that name, and folders above it that are empty then."""
        home = self._home(name)
        with self._translated():
            if not home.is_dir():
                return
        with self._claimed() as claim, self._translated(), self._locked():
            (home / _CURRENT).unlink(missing_ok=True)
            _flush(home)
            self._set_aside(home, claim / "old")
            while home != self.folder:
                try:
                    home.rmdir()
                except OSError as error:
                    if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT}:
                        break
                    raise
                home = home.parent

    def uri(self, name: str) -> str:
        """``file://`` address of the current directory, which stays the same from version to version."""
        return f"{self._home(name).absolute().as_uri()}/{_CURRENT}"

    def _where(self, name: str = "") -> str:
        return f"store local {self.folder}" + (f", {name}" if name else "")

    def _home(self, name: str) -> Path:
        parts = name.split("/")
        if not all(parts):
            raise StoreError(self._where(), f"{name!r} is not a name", "write parts separated by single slashes")
        return self.folder.joinpath(*(chunk for part in parts for chunk in _encode(part)))

    @staticmethod
    def _version(home: Path) -> Path | None:
        try:
            return home / (home / _CURRENT).readlink()
        except (FileNotFoundError, NotADirectoryError):
            return None

    @contextlib.contextmanager
    def _claimed(self) -> Iterator[Path]:
        """A hidden directory that is ours while we live: its lock dies with us. Clears those of the dead."""
        room = self.folder / _INCOMING
        mine = uuid.uuid4().hex
        lock = room / f"{mine}{_LOCK}"
        with self._translated():
            room.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked():
                _clear_dead(room)
                descriptor = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
                    os.write(descriptor, f"{os.getpid()}\n".encode())
                    (room / mine).mkdir(mode=0o700)
                except BaseException:
                    lock.unlink(missing_ok=True)
                    os.close(descriptor)
                    raise
        done = False
        try:
            yield room / mine
            done = True
        finally:
            try:
                _remove_tree(room / mine, quiet=not done)
                lock.unlink(missing_ok=True)
            except OSError as error:
                self._refuse(error)
            finally:
                os.close(descriptor)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone in the store, for renames only: never held while data is written or deleted."""
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @staticmethod
    def _set_aside(home: Path, aside: Path, keep: str = "") -> None:
        """Move every version but one where it is deleted without the lock, now or by whoever comes next."""
        for entry in tuple(home.iterdir()):
            if entry.name.startswith(_VERSION) and entry.name != keep:
                aside.mkdir(mode=0o700, exist_ok=True)
                entry.rename(aside / entry.name)

    @contextlib.contextmanager
    def _translated(self, *, of_caller: bool = False) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if of_caller and not self._ours(error):
                raise
            self._refuse(error)

    def _ours(self, error: OSError) -> bool:
        if isinstance(error, (ConnectionError, TimeoutError)):
            return False
        if isinstance(error.filename, (str, os.PathLike)):
            return Path(error.filename).absolute().is_relative_to(self.folder.absolute())
        return type(error).__module__ == "builtins"  # socket and ssl errors are OSErrors too

    def _refuse(self, error: OSError) -> NoReturn:
        reason = (
            os.strerror(error.errno)
            if error.errno
            else "a file could not be read or written, and the system gave no reason"
        )
        raise StoreError(self._where(), reason, _HINTS.get(error.errno or 0, "")) from None


def _encode(part: str) -> Iterator[str]:
    """A name part as one file name, or several when it is too long: all but the last end in ``~``."""
    units = [
        chr(byte) if _PLAIN.fullmatch(bytes([byte])) else f"%{byte:02x}"
        for byte in part.encode("utf-8", "surrogatepass")
    ]
    if part == _CURRENT or units[0] == ".":
        units[0] = f"%{ord(units[0]):02x}"
    chunk = ""
    for unit in units:
        if len(chunk) + len(unit) > _CHUNK:
            yield chunk + _CONTINUED
            chunk = "%2e" if unit == "." else ""
            unit = "" if chunk else unit  # noqa: PLW2901  a chunk that starts with a dot would be hidden
        chunk += unit
    yield "%63" + chunk[1:] if chunk == _CURRENT else chunk


def _decode(relative: Path) -> str:
    text = relative.as_posix().replace(f"{_CONTINUED}/", "")
    return unquote_to_bytes(text).decode("utf-8", "surrogatepass")


def _homes(folder: Path) -> Iterator[Path]:
    if os.path.lexists(folder / _CURRENT):
        yield folder
    try:
        entries = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in entries:
        if not name.startswith("."):
            yield from _homes(folder / name)


def _files_below(folder: Path) -> Iterator[str]:
    def stop(error: OSError) -> NoReturn:
        raise error

    for parent, _, files in os.walk(folder, onerror=stop):
        yield from (Path(parent, file).relative_to(folder).as_posix() for file in files)


def _clear_dead(room: Path) -> None:
    names = {entry.name for entry in os.scandir(room)}
    for name in sorted(name.removesuffix(_LOCK) for name in names):
        if f"{name}{_LOCK}" not in names:
            _remove_tree(room / name)
            continue
        try:
            descriptor = os.open(room / f"{name}{_LOCK}", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:  # its owner has just finished
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # its owner lives
            continue
        else:
            _remove_tree(room / name)
            (room / f"{name}{_LOCK}").unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def _remove_tree(folder: Path, *, quiet: bool = False) -> None:
    def note(_function: object, _path: object, info: tuple[type, BaseException, object]) -> None:
        if not quiet and not isinstance(info[1], FileNotFoundError):
            raise info[1]

    shutil.rmtree(folder, onerror=note)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some file systems cannot flush a directory
            raise
    finally:
        os.close(descriptor)


def _flush_tree(folder: Path) -> None:
    for parent, _, files in os.walk(folder):
        for file in files:
            _flush(Path(parent, file))
        _flush(Path(parent))


def _make_flushed(folder: Path, root: Path) -> None:
    """Create a folder and those above it up to the root; flush each parent that got a new entry."""
    if folder == root or folder.is_dir():
        return
    _make_flushed(folder.parent, root)
    folder.mkdir(mode=0o700, exist_ok=True)
    _flush(folder.parent)
