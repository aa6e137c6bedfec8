"""Master keys in a local directory, one file per key and version."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anon_assets.contracts.kms import Kms
from anon_assets.errors import KeyUnavailable
from anon_assets.paths import ProjectPath
from anon_assets.sealed import Sealed

__all__ = ["Local"]

_FORMAT = 1
_VERSION_BYTES = 4
_NONCE_BYTES = 12
_TAG_BYTES = 16
_MASTER_BYTES = 32
_HEADER_BYTES = 1 + _VERSION_BYTES
_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_HINTS = {
    errno.EACCES: "give this user access to it, or choose another path",
    errno.EPERM: "give this user access to it, or choose another path",
    errno.EROFS: "its file system is mounted read-only",
    errno.ENOSPC: "free some space there",
    errno.EDQUOT: "its quota is used up",
    errno.ENOTDIR: "the kms path must be a directory",
    errno.EEXIST: "the kms path must be a directory",
}


class Local(Kms):
    """Keeps each version of a master key in a file of its own, ``<path>/<key id>.v<version>.key``.

    A file holds 32 random bytes as 64 hex digits and is created once, on first use: two processes that race agree on
    one. Files have mode 0600, the directory 0700; a key that others may read is refused. Data keys are wrapped with
    AES-256-GCM; key id and version are authenticated with them. A backup of the directory is a backup of the keys.

    Args:
        path: the directory; a relative one starts at the project's folder.

    Raises: KeyUnavailable, from every method.
    Source: NIST SP 800-38D (AES-GCM), 96-bit random nonces.
    """

    title: ClassVar[str] = "master keys in a local directory"
    shorthand: ClassVar[str | None] = "path"

    path: ProjectPath

    @property
    def folder(self) -> Path:
        """The directory."""
        return Path(self.path)

    def wrap(self, key_id: str, data_key: Sealed) -> bytes:
        """Encrypt a data key under the newest version of ``key_id``.

        Returns: format (1 byte), master key version (4 bytes, big-endian), nonce (12), ciphertext and tag.
        """
        version = max(self.versions(key_id), default=0) or self._create(key_id, 1)
        header = bytes([_FORMAT]) + version.to_bytes(_VERSION_BYTES, "big")
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = AESGCM(self._read(key_id, version).reveal())
        return header + nonce + cipher.encrypt(nonce, data_key.reveal(), _bound(header, key_id))

    def unwrap(self, key_id: str, wrapped: bytes) -> Sealed:
        """Decrypt what ``wrap`` returned, by the version that the bytes name."""
        where = f"kms local {self.folder}"
        self._checked(key_id)
        header = wrapped[:_HEADER_BYTES]
        if len(wrapped) < _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES or header[0] != _FORMAT:
            raise KeyUnavailable(
                where, f"the wrapped data key is not of format {_FORMAT}", "was it wrapped by another kms?"
            )
        version = int.from_bytes(header[1:], "big")
        master = self._read(key_id, version)
        nonce, sealed = wrapped[_HEADER_BYTES : _HEADER_BYTES + _NONCE_BYTES], wrapped[_HEADER_BYTES + _NONCE_BYTES :]
        try:
            return Sealed(AESGCM(master.reveal()).decrypt(nonce, sealed, _bound(header, key_id)))
        except InvalidTag:
            what = f"master key {key_id} version {version} does not open this data key: another key, or changed bytes"
            raise KeyUnavailable(where, what, "restore the key file that wrapped it") from None

    def versions(self, key_id: str) -> tuple[int, ...]:
        """Versions that have a file, ascending."""
        pattern = re.compile(re.escape(self._checked(key_id)) + r"\.v([1-9][0-9]{0,8})\.key")
        try:
            names = [entry.name for entry in self.folder.iterdir()]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._refused(self.folder, error) from None
        return tuple(sorted(int(match[1]) for name in names if (match := pattern.fullmatch(name))))

    def rotate(self, key_id: str) -> int:
        """Create the next version; from now on it wraps. Older versions stay, to unwrap what they wrapped.

        Returns: the new version.
        """
        return self._create(key_id, max(self.versions(key_id), default=0) + 1)

    @staticmethod
    def _checked(key_id: str) -> str:
        if not _KEY_ID.fullmatch(key_id):
            hint = "use 1 to 100 letters, digits, dots, underscores and hyphens, with a letter or digit first"
            raise KeyUnavailable("kms local", f"key id {key_id!r} cannot be a file name", hint)
        return key_id

    def _file(self, key_id: str, version: int) -> Path:
        return self.folder / f"{self._checked(key_id)}.v{version}.key"

    @staticmethod
    def _refused(path: Path, error: OSError) -> KeyUnavailable:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        return KeyUnavailable(f"kms local {path}", reason, _HINTS.get(error.errno or 0, ""))

    def _read(self, key_id: str, version: int) -> Sealed:
        path = self._file(key_id, version)
        where = f"kms local {path}"
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe must not hold us up
            with os.fdopen(descriptor, "rb") as file:
                found = os.fstat(descriptor)
                if not stat.S_ISREG(found.st_mode):
                    raise KeyUnavailable(where, "is not a regular file")
                if found.st_mode & _OTHERS:
                    what = f"the key file has mode {stat.S_IMODE(found.st_mode):04o}: others than its owner have access"
                    raise KeyUnavailable(where, what, f"chmod 600 {path}; if others may have read it, rotate the key")
                content = file.read(2 * _MASTER_BYTES + 3)  # one more than digits and a CR LF
        except FileNotFoundError:
            what = f"there is no master key {key_id} version {version}"
            raise KeyUnavailable(
                where, what, "restore it from a backup, or check the kms path of this profile"
            ) from None
        except OSError as error:
            raise self._refused(path, error) from None
        digits = content.rstrip(b"\r\n")
        if not re.fullmatch(rb"[0-9a-fA-F]{%d}" % (2 * _MASTER_BYTES), digits):
            what = f"the key file does not hold {_MASTER_BYTES} bytes as {2 * _MASTER_BYTES} hex digits"
            raise KeyUnavailable(where, what, "restore it from a backup")
        return Sealed(bytes.fromhex(digits.decode("ascii")))

    def _create(self, key_id: str, version: int) -> int:
        """Make one version's file unless it is there; whole, or not at all."""
        path = self._file(key_id, version)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked() as directory:
                for stale in self.folder.glob(".*.new"):  # under the lock nobody is writing one: its writer was killed
                    stale.unlink(missing_ok=True)
                fresh = self.folder / f".{secrets.token_hex(8)}.new"
                descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                try:
                    with os.fdopen(descriptor, "wb") as file:
                        file.write(secrets.token_hex(_MASTER_BYTES).encode() + b"\n")
                        file.flush()
                        os.fsync(descriptor)
                    with contextlib.suppress(FileExistsError):  # another process came first: its key is the key
                        os.link(fresh, path)
                finally:
                    fresh.unlink(missing_ok=True)
                os.fsync(directory)
        except OSError as error:
            raise self._refused(self.folder, error) from None
        return version

    @contextlib.contextmanager
    def _locked(self) -> Iterator[int]:
        directory = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            mode = os.fstat(directory).st_mode
            if mode & _OTHERS_WRITE:
                what = f"the key directory has mode {stat.S_IMODE(mode):04o}: others could put their own keys there"
                raise KeyUnavailable(f"kms local {self.folder}", what, f"chmod 700 {self.folder}")
            fcntl.flock(directory, fcntl.LOCK_EX)
            yield directory
        finally:
            os.close(directory)


def _bound(header: bytes, key_id: str) -> bytes:
    return b"anon_assets kms local\0" + header + key_id.encode()
