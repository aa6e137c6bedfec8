"""AES-SIV of whole columns: deterministic authenticated encryption.

Equal values give equal ciphertexts, and nothing else of a value shows but its length. A ciphertext that was changed, or
is not of this key and associated data, is found out.

Source: RFC 5297.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from anon_assets.crypto.blocks import BLOCK_BYTES, Blocks
from anon_assets.crypto.cmac import KEPT, WHOLE_BLOCK, Chain, Words, doubled, end_marks, mixed, table, words
from anon_assets.crypto.ragged import Bytes, Offsets, groups, in_order_of_length, offsets_of, put, restored, units_of
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

__all__ = ["OVERHEAD_BYTES", "decrypt", "encrypt", "opened"]

OVERHEAD_BYTES = BLOCK_BYTES
_KEY_BYTES = (32, 48, 64)
_MOST_ASSOCIATED = 126
_COUNTER = np.uint64(0x7FFF_FFFF_7FFF_FFFF)  # two bits of the vector are cleared, so that counting never carries


class _Siv:
    """Both halves of the key at work, for one list of associated data."""

    def __init__(self, key: Sealed, associated: Sequence[bytes]) -> None:
        if len(key) not in _KEY_BYTES:
            raise TransformError("siv", f"a key has 32, 48 or 64 bytes, this one {len(key)}")
        if len(associated) > _MOST_ASSOCIATED:
            raise TransformError(
                "siv", f"{len(associated)} associated texts", f"at most {_MOST_ASSOCIATED} can be bound"
            )
        half = len(key) // 2
        mac_key = Sealed(key.reveal()[:half])
        self._chain, self._counter = Chain("siv", mac_key), Blocks("siv", Sealed(key.reveal()[half:]))
        bound, sizes = _bound(mac_key, associated), range(BLOCK_BYTES + 1)
        full = mixed(bound, self._chain.whole)
        self._only = table([*end_marks(mixed(doubled(bound), self._chain.whole)), full])
        ends = zip(sizes, [*end_marks(self._chain.part), self._chain.whole], strict=True)
        self._last = table(mixed(end, bound[BLOCK_BYTES - size :] + bytes(BLOCK_BYTES - size)) for size, end in ends)
        self._before = table(bytes(size) + bound[: BLOCK_BYTES - size] for size in sizes)

    def vectors(self, blocks: Words, filled: Offsets) -> Words:
        """The synthetic initialization vector of each row: S2V of the associated data and the row.

        What the associated data come to is mixed into the last 16 bytes of a row, which may lie in two blocks; doubled,
        into a row shorter than that.

        Args:
            blocks: shape (b, rows, 2), zero after the end of a row.
            filled: bytes of the row in its last block, 0 only when it is empty.

        Returns: shape (rows, 2).
        """
        chained = list(blocks)
        if len(chained) == 1:
            chained[0] = chained[0] ^ words(self._only.take(filled))
        else:
            chained[-1] = chained[-1] ^ words(self._last.take(filled))
            chained[-2] = chained[-2] ^ words(self._before.take(filled))
        return self._chain.macs(chained)

    def keystream(self, vectors: Words, count: int) -> Words:
        """``count`` blocks of AES-CTR for each vector: shape (count, rows, 2), valid until the next call."""
        counters = np.empty((count, len(vectors), 2), np.uint64)
        counters[:, :, 0] = vectors[:, 0]
        low = vectors[:, 1].byteswap() & _COUNTER
        for number in range(count):
            counters[number, :, 1] = (low + np.uint64(number)).byteswap()
        return self._counter.encrypt(counters).view(np.uint64).reshape(counters.shape)


def _bound(key: Sealed, associated: Sequence[bytes]) -> bytes:
    """The state of S2V before the message: what the associated data come to."""

    def code(text: bytes) -> bytes:
        made = CMAC(AES(key.reveal()))
        made.update(text)
        return made.finalize()

    state = code(bytes(BLOCK_BYTES))
    for text in associated:
        state = mixed(doubled(state), code(text))
    return state


def encrypt(key: Sealed, associated: Sequence[bytes], data: Bytes, offsets: Offsets) -> tuple[Bytes, Offsets]:
    """Every value encrypted and authenticated. Fastest when values come in order of length.

    Args:
        key: 32, 48 or 64 bytes: one half authenticates, the other encrypts.
        associated: what the values are bound to without its being in the result, up to 126 texts.
        data: flat bytes.
        offsets: n + 1, ascending; value i is ``data[offsets[i]:offsets[i + 1]]``.

    Returns: flat bytes and offsets in the order of the values: for each, the vector of 16 bytes and as many bytes of
        ciphertext as the value has.
    Raises: TransformError for a key of another length, or too many associated texts.

    >>> sealed = encrypt(Sealed(bytes(64)), [b"names"], np.frombuffer(b"AdaBob", np.uint8), np.array([0, 3, 6]))
    >>> sealed[1].tolist(), decrypt(Sealed(bytes(64)), [b"names"], *sealed)[0].tobytes()
    ([0, 19, 38], b'AdaBob')
    """
    siv = _Siv(key, associated)
    data, offsets, order = in_order_of_length(data, offsets)
    lengths = np.diff(offsets)
    made = offsets_of(lengths + OVERHEAD_BYTES)
    sealed = np.empty(int(made[-1]), np.uint8)
    for rows, units in groups(lengths, BLOCK_BYTES):
        count = max(1, units)
        filled = lengths[rows] - (count - 1) * BLOCK_BYTES
        blocks = words(units_of(data, offsets, rows, count, BLOCK_BYTES, WHOLE_BLOCK))
        blocks[-1] &= words(KEPT.take(filled))
        result = np.empty((count + 1, *blocks.shape[1:]), np.uint64)
        result[0] = siv.vectors(blocks, filled)
        np.bitwise_xor(blocks, siv.keystream(result[0], count), out=result[1:])
        put(result.view(WHOLE_BLOCK)[:, :, 0], sealed, made, rows)
    return restored(sealed, made, order)


def opened(
    key: Sealed, associated: Sequence[bytes], data: Bytes, offsets: Offsets
) -> tuple[Bytes, Offsets, npt.NDArray[np.bool_]]:
    """What ``encrypt`` was given, and for each value whether it is genuine. Fastest in order of length.

    Args:
        key: 32, 48 or 64 bytes.
        associated: as ``encrypt`` had it.
        data: flat bytes.
        offsets: n + 1, ascending.

    Returns: flat bytes, offsets, and which values are what ``encrypt`` yields under this key and associated data. The
        others are zeros: nothing unverified is handed out. All vectors are compared in full, whatever is found.
    Raises: TransformError as ``encrypt``.
    """
    siv = _Siv(key, associated)
    data, offsets, order = in_order_of_length(data, offsets)
    lengths = np.diff(offsets)
    sizes = np.maximum(lengths - OVERHEAD_BYTES, 0)
    made, genuine = offsets_of(sizes), np.zeros(len(lengths), bool)
    plain = np.empty(int(made[-1]), np.uint8)
    first = int(np.searchsorted(lengths, OVERHEAD_BYTES))  # shorter ones have no vector
    lengths, sizes, offsets, whole = lengths[first:], sizes[first:], offsets[first:], made[first:]
    for rows, units in groups(lengths, BLOCK_BYTES):
        count = max(1, units - 1)
        filled = sizes[rows] - (count - 1) * BLOCK_BYTES
        blocks = words(units_of(data, offsets, rows, units, BLOCK_BYTES, WHOLE_BLOCK))
        vectors, message = blocks[0], np.zeros((count, *blocks.shape[1:]), np.uint64)
        np.bitwise_xor(blocks[1:], siv.keystream(vectors, units - 1), out=message[: units - 1])
        message[-1] &= words(KEPT.take(filled))
        differing = siv.vectors(message, filled) ^ vectors
        good = (differing[:, 0] | differing[:, 1]) == 0
        message *= good[:, None]
        genuine[first:][rows] = good
        put(message.view(WHOLE_BLOCK)[:, :, 0], plain, whole, rows)
    plain, made = restored(plain, made, order)
    if order is not None:
        genuine[order] = genuine.copy()
    return plain, made, genuine


def decrypt(
    key: Sealed, associated: Sequence[bytes], data: Bytes, offsets: Offsets, where: str = "siv"
) -> tuple[Bytes, Offsets]:
    """What ``encrypt`` was given, when every value is genuine.

    Args:
        key: 32, 48 or 64 bytes.
        associated: as ``encrypt`` had it.
        data: flat bytes.
        offsets: n + 1, ascending.
        where: names the user of it, for the error.

    Returns: flat bytes and offsets, in the order of the values.
    Raises: TransformError as ``encrypt``, and with a count when values were changed or are of another key or other
        associated data. Which of these it was is not told.
    """
    plain, made, genuine = opened(key, associated, data, offsets)
    bad = len(genuine) - int(np.count_nonzero(genuine))
    if bad:
        what = f"{bad} of {len(genuine)} values do not decrypt"
        raise TransformError(where, what, "they were changed, or come from another key or purpose")
    return plain, made
