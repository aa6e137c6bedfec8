"""AES over many blocks in one call: the building block of the ciphers of this package, not a way to encrypt data."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

__all__ = ["BLOCK_BYTES", "Blocks", "check_key"]

BLOCK_BYTES = 16
_KEY_BYTES = (16, 24, 32)


def check_key(where: str, key: Sealed) -> None:
    """Refuse a key that is not 16, 24 or 32 bytes long.

    Raises: TransformError, without the key.
    """
    if len(key) not in _KEY_BYTES:
        raise TransformError(where, f"a key has 16, 24 or 32 bytes, this one {len(key)}")


class Blocks:
    """AES, each block by itself. One object serves one thread.

    Args:
        where: who asks, for the error.
        key: 16, 24 or 32 bytes.

    Source: FIPS 197.
    """

    def __init__(self, where: str, key: Sealed) -> None:
        check_key(where, key)
        self._encryptor = Cipher(AES(key.reveal()), ECB()).encryptor()  # noqa: S305 modes are made of it
        self._room = np.empty(0, np.uint8)

    def encrypt(self, blocks: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
        """The blocks, encrypted.

        Args:
            blocks: contiguous, any shape, whole blocks of 16 bytes.

        Returns: shape (blocks, 16), valid until the next call: it lies in a buffer that every call writes to.
        """
        wanted = blocks.nbytes + BLOCK_BYTES - 1  # what the cipher asks for
        if len(self._room) < wanted:
            self._room = np.empty(wanted, np.uint8)
        written = self._encryptor.update_into(blocks.reshape(-1).view(np.uint8).data, self._room.data)
        return self._room[:written].reshape(-1, BLOCK_BYTES)
