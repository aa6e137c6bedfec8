"""The keyed function that transforms draw from, value by value on pyca's CMAC: what whole columns are held against."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC


def prf(key: bytes, value: bytes, size: int = 32) -> bytes:
    """Bytes of one value: the CMAC of it and a counter byte, block after block."""
    made = b""
    for counter in range(1, -(-size // 16) + 1):
        mac = CMAC(AES(key))
        mac.update(value + bytes([counter]))
        made += mac.finalize()
    return made[:size]


def word(made: bytes, number: int = 0) -> int:
    """One 64-bit number of those bytes."""
    return int.from_bytes(made[8 * number : 8 * number + 8], "big")
