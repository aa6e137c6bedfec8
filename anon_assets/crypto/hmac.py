"""HMAC-SHA-256 of whole columns.

The HMAC key is the sub-key written as 64 lower-case hexadecimal characters: 64 bytes, exactly one SHA-256 block, so
nothing of it is lost. ``hmac.digest(key.hex().encode(), value, "sha256")`` gives the same digest.
"""

from __future__ import annotations

import contextlib

import numpy as np
import numpy.typing as npt
import polars as pl
import polars_hash as plh

from anon_assets.errors import TransformError
from anon_assets.parallel import in_parallel, slices
from anon_assets.sealed import Sealed

__all__ = ["DIGEST_BYTES", "digests"]

DIGEST_BYTES = 32
_KEY_BYTES = 32
_CHUNK_ROWS = 32_768  # some 30 ms of hashing


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


def _check_key(key: Sealed) -> None:
    if len(key) != _KEY_BYTES:
        raise TransformError("hmac", f"a key has {_KEY_BYTES} bytes, this one {len(key)}")


def digests(key: Sealed, values: pl.Series, size: int = DIGEST_BYTES) -> npt.NDArray[np.uint8]:
    """Keyed digests of a column.

    Args:
        key: 32 bytes.
        values: text (hashed as UTF-8) or binary.
        size: bytes wanted per value, 1 to 32.

    Returns: shape (rows, size). A null value gives a row of zeros; nulls are the caller's to keep.
    Raises: TransformError for another column type, or a key or size out of range. The key never appears in it.
    Source: RFC 2104, FIPS 180-4.
    """
    _check_key(key)
    if not 1 <= size <= DIGEST_BYTES:
        raise TransformError("hmac", f"a digest of {size} bytes", f"1 to {DIGEST_BYTES} can be had")
    if values.is_empty() or values.dtype == pl.Null:
        return np.zeros((len(values), size), np.uint8)
    values = values.rechunk()
    made = np.empty((len(values), size), np.uint8)

    def work(chunk: slice) -> None:
        made[chunk] = _block(values[chunk], key.reveal(), size)

    in_parallel(work, slices(len(values), _CHUNK_ROWS))
    return made
