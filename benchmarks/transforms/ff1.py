"""FF1 over a column of numeral strings, beside fastfpe (Rust), pyffx and ff3 (a value a call, as they offer it)."""

from __future__ import annotations

from collections.abc import Iterator

import ff3
import numpy as np
import pyarrow as pa
import pyffx
from fastfpe import ff1 as fastfpe

from anon_assets.crypto.encoding import fixed_width
from anon_assets.crypto.ff1 import FF1
from anon_assets.crypto.ff3_1 import FF3_1
from anon_assets.sealed import Sealed
from benchmarks.measuring import Figure, best

KEY = bytes(range(32))
TWEAK = "D8E7920AFA330A"
ROWS = 200_000
PEER_ROWS = 5_000
SLOW_ROWS = 1_000
DIGITS = "0123456789"


def _column(length: int) -> np.ndarray:
    return np.random.default_rng(length).integers(0, 10, (ROWS, length)).astype(np.uint8)


def _texts(numerals: np.ndarray, rows: int) -> list[str]:
    return ["".join(map(str, row)) for row in numerals[:rows].tolist()]


def _as_text(cipher: FF1, column: pa.Array, length: int) -> pa.Array:
    """Text in, text out, as a transform does it."""
    codes = np.frombuffer(column.buffers()[2], np.uint8).reshape(-1, length)
    return fixed_width(cipher.encrypt(codes - np.uint8(48)).astype(np.uint8) + np.uint8(48))


def measure() -> Iterator[Figure]:
    numerals = _column(16)
    texts = _texts(numerals, PEER_ROWS)
    cipher = FF1(Sealed(KEY), 10)
    assert ["".join(map(str, row)) for row in cipher.encrypt(numerals[:9]).tolist()] == [
        fastfpe.encrypt(KEY.hex(), "", DIGITS, text) for text in texts[:9]
    ]
    ours = best(lambda: cipher.encrypt(numerals), ROWS, 7)
    rust = best(lambda: [fastfpe.encrypt(KEY.hex(), "", DIGITS, text) for text in texts], PEER_ROWS, 7)
    slow = texts[:SLOW_ROWS]
    one = pyffx.String(KEY, alphabet=DIGITS, length=16)
    other = ff3.FF3Cipher(KEY.hex(), TWEAK, 10)
    python = best(lambda: [one.encrypt(text) for text in slow], SLOW_ROWS)
    older = best(lambda: [other.encrypt(text) for text in slow], SLOW_ROWS)
    yield Figure("FF1, 16 digits", ours, "fastfpe", rust, 4, 310)
    yield Figure("FF1, 16 digits", ours, "pyffx", python, 100)
    yield Figure("FF1, 16 digits", ours, "ff3", older, 100)

    column = fixed_width(numerals + np.uint8(48))
    yield Figure(
        "FF1, 16 digits, text to text", best(lambda: _as_text(cipher, column, 16), ROWS, 7), "fastfpe", rust, 4
    )
    secret = cipher.encrypt(numerals)
    yield Figure("FF1, 16 digits, decrypt", best(lambda: cipher.decrypt(secret), ROWS, 7), "fastfpe", rust, 4)
    tweaks = np.random.default_rng(1).integers(0, 256, (ROWS, 8)).astype(np.uint8)
    yield Figure(
        "FF1, 16 digits, a tweak a row", best(lambda: cipher.encrypt(numerals, tweaks), ROWS, 7), "fastfpe", rust, 4
    )
    halves = np.random.default_rng(2).integers(0, 10**8, (2, ROWS), dtype=np.uint64)
    yield Figure(
        "FF1, 16 digits as pairs", best(lambda: cipher.encrypt_pairs(*halves, 16), ROWS, 7), "fastfpe", rust, 4
    )

    for length in (30, 60, 200):
        numerals = _column(length)[:50_000]
        texts = _texts(numerals, 2_000)
        long = best(lambda: [fastfpe.encrypt(KEY.hex(), "", DIGITS, text) for text in texts], len(texts), 5)  # noqa: B023
        ours = best(lambda: cipher.encrypt(numerals), len(numerals), 5)  # noqa: B023
        yield Figure(f"FF1, {length} digits", ours, "fastfpe", long)

    numerals = _column(16)
    exchanged = FF3_1(Sealed(KEY), 10, tweak=bytes.fromhex(TWEAK))
    yield Figure("FF3-1, 16 digits", best(lambda: exchanged.encrypt(numerals), ROWS), "ff3", older)
