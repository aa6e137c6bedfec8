"""FF3-1: format-preserving encryption as NIST has withdrawn it, to exchange data that others encrypted with it.

Source: NIST SP 800-38G Rev. 1, first public draft, February 2019. The second draft (February 2025) removes the method, because
of attacks on its tweak schedule (Beyne, CRYPTO 2021). For anything new take ``FF1``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from anon_assets.crypto.blocks import Blocks, check_key
from anon_assets.crypto.modular import Limbs, WideModulus
from anon_assets.crypto.numerals import check_numerals, check_radix, limbs_of, numerals_of_limbs
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

__all__ = ["FF3_1"]

TWEAK_BYTES = 7
_SMALLEST_DOMAIN = 1_000_000
_MOST_HALF = 2**96
_ROUNDS = 8
_LIMBS = 3  # of a half; the round function's output has one more
_ROWS = 8_192  # a chunk's arrays stay in the processor's second cache

Octets = npt.NDArray[np.uint8]


class FF3_1:  # noqa: N801 the method's name
    """Encrypts a column of numeral strings of one length into strings of the same length and radix, one to one.

    Withdrawn by NIST: only to read or write data in common with others who use it.

    Args:
        key: an AES key of 16, 24 or 32 bytes.
        radix: 2 to 65536.
        tweak: 7 bytes; they need not be secret.

    Raises: TransformError for a key, radix or tweak out of range. It shows neither keys nor values.
    Source: NIST SP 800-38G Rev. 1 (first public draft, 2019), algorithms 9 and 10.

    >>> cipher = FF3_1(Sealed(bytes(16)), 10, tweak=bytes(7))
    >>> secret = cipher.encrypt(np.array([[0, 1, 2, 3, 4, 5, 6]], np.uint8))
    >>> cipher.decrypt(secret).tolist()
    [[0, 1, 2, 3, 4, 5, 6]]
    """

    def __init__(self, key: Sealed, radix: int, *, tweak: bytes = bytes(TWEAK_BYTES)) -> None:
        check_key("ff3_1", key)
        check_radix("ff3_1", radix)
        if len(tweak) != TWEAK_BYTES:
            raise TransformError("ff3_1", f"a tweak has {TWEAK_BYTES} bytes, this one {len(tweak)}")
        self._key, self._radix = Sealed(key.reveal()[::-1]), radix  # the method works on reversed bytes throughout
        self._tweak = np.frombuffer(tweak, np.uint8)[None, :]

    def __repr__(self) -> str:
        return f"FF3_1(radix {self._radix})"

    def encrypt(self, numerals: npt.NDArray[Any], tweaks: Octets | None = None) -> npt.NDArray[np.uint16]:
        """The strings, encrypted.

        Args:
            numerals: any unsigned integer type, shape (rows, length). The domain has at least 1,000,000 strings, a half
                (the longer one) at most 2**96.
            tweaks: uint8, shape (rows, 7): a tweak for each row in place of the one for all.

        Returns: a new array of the same shape.
        Raises: TransformError for a numeral that the radix lacks or a length out of range.
        """
        return self._strings(numerals, tweaks, backwards=False)

    def decrypt(self, numerals: npt.NDArray[Any], tweaks: Octets | None = None) -> npt.NDArray[np.uint16]:
        """The strings that ``encrypt`` turned into these. As ``encrypt``."""
        return self._strings(numerals, tweaks, backwards=True)

    def _strings(self, numerals: npt.NDArray[Any], tweaks: Octets | None, *, backwards: bool) -> npt.NDArray[np.uint16]:
        check_numerals("ff3_1", numerals, self._radix)
        rows, length = numerals.shape
        u = length - length // 2
        self._check_length(length)
        if tweaks is not None and (tweaks.dtype != np.uint8 or tweaks.shape != (rows, TWEAK_BYTES)):
            raise TransformError("ff3_1", f"tweaks are not a row of {TWEAK_BYTES} uint8 for each value")
        moduli = [WideModulus(self._radix**size, _LIMBS + 1) for size in (u, length - u)]
        blocks = Blocks("ff3_1", self._key)
        out = np.empty(numerals.shape, np.uint16)
        common = _words(self._tweak)
        for start in range(0, rows, _ROWS):
            part = slice(start, min(start + _ROWS, rows))
            words = common if tweaks is None else _words(tweaks[part])
            left = limbs_of(numerals[part, :u][:, ::-1], self._radix, _LIMBS)
            right = limbs_of(numerals[part, u:][:, ::-1], self._radix, _LIMBS)
            for number in reversed(range(_ROUNDS)) if backwards else range(_ROUNDS):
                modulus = moduli[number % 2]
                tweak = words[1 - number % 2] ^ np.uint32(number)
                if backwards:
                    modulus.subtract(right, _output(blocks, left, tweak))
                else:
                    modulus.add(left, _output(blocks, right, tweak))
                left, right = right, left
            reversed_halves = np.empty((part.stop - part.start, length), np.uint16)
            numerals_of_limbs(left, self._radix, reversed_halves, 0, u)
            numerals_of_limbs(right, self._radix, reversed_halves, u, length)
            out[part, :u], out[part, u:] = reversed_halves[:, :u][:, ::-1], reversed_halves[:, u:][:, ::-1]
        return out

    def _check_length(self, length: int) -> None:
        longest = 0
        while self._radix ** (longest + 1) <= _MOST_HALF:
            longest += 1
        if not 2 <= length <= 2 * longest:
            raise TransformError(
                "ff3_1", f"strings of {length} numerals", f"Radix {self._radix} has 2 to {2 * longest}"
            )
        if self._radix**length < _SMALLEST_DOMAIN:
            raise TransformError("ff3_1", f"a domain of {self._radix**length:,} strings is too small",
                                 f"The method asks for {_SMALLEST_DOMAIN:,}")  # fmt: skip


def _words(tweaks: Octets) -> npt.NDArray[np.uint32]:
    """The tweak's left and right word as numbers, shape (2, rows)."""
    halves = np.zeros((2, len(tweaks), 4), np.uint8)
    halves[0, :, :4] = tweaks[:, :4] & np.array([255, 255, 255, 240], np.uint8)
    halves[1, :, :3] = tweaks[:, 4:]
    halves[1, :, 3] = tweaks[:, 3] << 4
    return halves.view(">u4")[:, :, 0].astype(np.uint32)


def _output(blocks: Blocks, half: Limbs, tweak: npt.NDArray[np.uint32]) -> Limbs:
    """The round function's y: reversed bytes make every number in the block little-endian."""
    block = np.empty((half.shape[1], 4), "<u4")
    block[:, :_LIMBS] = half.T
    block[:, _LIMBS] = tweak
    return np.ascontiguousarray(blocks.encrypt(block).view("<u4").T, np.int64)
