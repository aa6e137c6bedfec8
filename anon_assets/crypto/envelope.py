"""AES-256-GCM for wrapped keys and small blobs: a version byte, a nonce, the ciphertext with its tag.

The version byte is authenticated together with the associated data, so that a later format cannot be read as this one.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anon_assets.errors import KeyUnavailable
from anon_assets.sealed import Sealed

__all__ = ["OVERHEAD_BYTES", "open_sealed", "seal"]

_VERSION = b"\x01"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
OVERHEAD_BYTES = len(_VERSION) + _NONCE_BYTES + _TAG_BYTES


def _cipher(key: Sealed, where: str) -> AESGCM:
    if len(key) != _KEY_BYTES:
        raise KeyUnavailable(where, f"an envelope key has {_KEY_BYTES} bytes, this one {len(key)}")
    return AESGCM(key.reveal())


def _seal_with_nonce(key: Sealed, plaintext: bytes, associated: bytes, where: str, nonce: bytes) -> bytes:
    return _VERSION + nonce + _cipher(key, where).encrypt(nonce, plaintext, _VERSION + associated)


def seal(key: Sealed, plaintext: bytes, associated: bytes = b"", where: str = "envelope") -> bytes:
    """Encrypt and authenticate ``plaintext`` under a fresh random nonce.

    Args:
        key: 32 bytes; not more than 2**32 messages under one key.
        plaintext: up to 2 GiB.
        associated: bound to the result without being in it: what the blob is for, such as a key id.
        where: names the user of it, for the error.

    Returns: ``OVERHEAD_BYTES`` more than the plaintext.
    Raises: KeyUnavailable for a key of another length.
    Source: NIST SP 800-38D.

    >>> key = Sealed(bytes(32))
    >>> open_sealed(key, seal(key, b"data key", b"shop 1"), b"shop 1")
    b'data key'
    """
    return _seal_with_nonce(key, plaintext, associated, where, os.urandom(_NONCE_BYTES))


def open_sealed(key: Sealed, sealed: bytes, associated: bytes = b"", where: str = "envelope") -> bytes:
    """What ``seal`` was given, when key, bytes and associated data are the same.

    Raises: KeyUnavailable when the bytes are no envelope of this version, were changed, belong to other associated
        data, or the key is another. Which of these it was is not told.
    """
    if len(sealed) < OVERHEAD_BYTES or sealed[:1] != _VERSION:
        raise KeyUnavailable(where, "this is not an envelope that this version can open")
    cipher = _cipher(key, where)
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, body, _VERSION + associated)
    except InvalidTag:
        raise KeyUnavailable(where, "the key does not open this, or the bytes were changed") from None
