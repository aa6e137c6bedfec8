"""HMAC-SHA-256 of whole columns, and the keyed number streams drawn from it.

The HMAC key is the sub-key written as 64 lower-case hexadecimal characters: 64 bytes, exactly one SHA-256 block, so
nothing of it is lost. ``hmac.digest(key.hex().encode(), value, "sha256")`` gives the same digest.
"""

from __future__ import annotations

import contextlib

import numpy as np
import numpy.typing as npt
import polars as pl
import polars_hash as plh
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

__all__ = ["DIGEST_BYTES", "bounded", "digests", "digits", "hmac_sha256_hex", "uniform", "words"]

DIGEST_BYTES = 32
_KEY_BYTES = 32
_MOST_BYTES = 255 * DIGEST_BYTES
_SPLITS_1E9 = 9  # decimal digits taken from one 64-bit word: 10**9 / 2**64 leaves a bias below 6e-11


def _hex_pairs() -> npt.NDArray[np.uint8]:
    """The byte that two hexadecimal characters, read as one little-endian 16-bit number, stand for."""
    table = np.zeros(1 << 16, np.uint8)
    characters = np.frombuffer(b"0123456789abcdef", np.uint8).astype(np.uint16)
    table[characters[:, None] | characters[None, :] << 8] = np.arange(256, dtype=np.uint8).reshape(16, 16)
    return table


_PAIRS = _hex_pairs()


def _hmac_hex(values: pl.Series, key_text: str) -> pl.Series:
    """HMAC-SHA-256 under the UTF-8 bytes of ``key_text``, in hexadecimal; null for null."""
    hashed: pl.Series | None = None
    with contextlib.suppress(Exception):  # its message could quote the key: what is raised below is not chained to it
        hashed = values.to_frame("value").select(plh.col("value").chash.hmac_sha256(key=key_text)).to_series()
    if hashed is None:
        what = f"a column of type {values.dtype} could not be hashed"
        raise TransformError("hmac", what, "only text and binary columns are hashed")
    return hashed


def _block(values: pl.Series, key: bytes, size: int) -> npt.NDArray[np.uint8]:
    hashed = _hmac_hex(values, key.hex())
    if hashed.null_count():
        hashed = hashed.fill_null("0" * (2 * DIGEST_BYTES))
    array = hashed.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, characters = array.buffers()
    start = int(np.frombuffer(offsets, np.int64)[array.offset])
    pairs = np.frombuffer(characters, np.uint16, count=len(hashed) * DIGEST_BYTES, offset=start)
    return _PAIRS[pairs.reshape(-1, DIGEST_BYTES)[:, :size]]


def hmac_sha256_hex(key: Sealed, values: pl.Series) -> pl.Series:
    """Keyed digests of a column as text: 64 lower-case hexadecimal characters per value, null for null.

    Args:
        key: 32 bytes.
        values: text (hashed as UTF-8) or binary.

    Raises: TransformError for another column type or key length. The key never appears in it.

    >>> hmac_sha256_hex(Sealed(bytes(32)), pl.Series(["a", None])).str.len_chars().to_list()
    [64, None]
    """
    _check_key(key)
    if values.dtype == pl.Null:
        return values.cast(pl.String)
    return _hmac_hex(values, key.reveal().hex())


def _check_key(key: Sealed) -> None:
    if len(key) != _KEY_BYTES:
        raise TransformError("hmac", f"a key has {_KEY_BYTES} bytes, this one {len(key)}")


def digests(key: Sealed, values: pl.Series, size: int = DIGEST_BYTES) -> npt.NDArray[np.uint8]:
    """Keyed digests of a column.

    Args:
        key: 32 bytes.
        values: text (hashed as UTF-8) or binary.
        size: bytes wanted per value, 1 to 8160. The first 32 are HMAC-SHA-256 of the value; each further block of 32
            is HMAC-SHA-256 of it under a key of its own, derived from ``key`` by HKDF-Expand.

    Returns: shape (rows, size). A null value gives a row of zeros; nulls are the caller's to keep.
    Raises: TransformError for another column type, or a key or size out of range. The key never appears in it.
    Source: RFC 2104, FIPS 180-4, RFC 5869.
    """
    _check_key(key)
    if not 1 <= size <= _MOST_BYTES:
        raise TransformError("hmac", f"a digest of {size} bytes", f"1 to {_MOST_BYTES} can be had")
    if values.is_empty() or values.dtype == pl.Null:
        return np.zeros((len(values), size), np.uint8)
    if size <= DIGEST_BYTES:
        return _block(values, key.reveal(), size)
    blocks = -(-size // DIGEST_BYTES)
    keys = [key.reveal()]
    for number in range(1, blocks):
        label = b"anon_assets hmac block" + number.to_bytes(2, "big")
        keys.append(HKDFExpand(SHA256(), _KEY_BYTES, label).derive(key.reveal()))
    return np.concatenate([_block(values, each, DIGEST_BYTES) for each in keys], axis=1)[:, :size]


def words(key: Sealed, values: pl.Series, count: int = 1) -> npt.NDArray[np.uint64]:
    """``count`` independent uniform 64-bit numbers per value. Shape (rows, count); zeros for a null value.

    Raises: TransformError as ``digests``.
    """
    raw = np.ascontiguousarray(digests(key, values, 8 * count))
    return raw.view(">u8").astype(np.uint64)


def uniform(key: Sealed, values: pl.Series, count: int = 1) -> npt.NDArray[np.float64]:
    """``count`` numbers per value, uniform in the open interval (0, 1), of 53 bits. Shape (rows, count).

    Raises: TransformError as ``digests``.
    """
    return ((words(key, values, count) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def bounded(word: npt.NDArray[np.uint64], bound: int) -> npt.NDArray[np.int64]:
    """64-bit words as numbers from 0 to ``bound - 1``; the bias is at most ``bound / 2**64``.

    Args:
        word: uniform words.
        bound: 1 to 2**63.
    """
    return (word % np.uint64(bound)).astype(np.int64)


def digits(key: Sealed, values: pl.Series, count: int) -> npt.NDArray[np.uint8]:
    """``count`` decimal digits (0 to 9) per value, each with a bias below 1e-10. Shape (rows, count).

    Raises: TransformError as ``digests``.
    """
    groups = -(-count // _SPLITS_1E9)
    word = words(key, values, groups) % np.uint64(10**_SPLITS_1E9)
    powers = np.uint64(10) ** np.arange(_SPLITS_1E9 - 1, -1, -1, dtype=np.uint64)
    split = (word[:, :, None] // powers[None, None, :]) % np.uint64(10)
    return split.reshape(len(values), groups * _SPLITS_1E9)[:, :count].astype(np.uint8)
