"""FF1 against NIST's samples and ACVP cases, and against an independent implementation on random cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastfpe import ff1 as fastfpe

from anon_assets.crypto.ff1 import FF1
from anon_assets.sealed import Sealed

VECTORS = Path(__file__).parents[2] / ".." / "shared" / "vectors"
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
CHARACTERS = "".join(map(chr, range(0x4E00, 0x4E00 + 256)))  # fastfpe takes text: a character for each numeral
ROWS = 100


def read(name: str) -> dict[str, Any]:
    path = VECTORS / name
    if not path.exists():
        pytest.skip("the sourced vectors are not beside this project")
    return json.loads(path.read_text())


def numerals(text: str, alphabet: str) -> np.ndarray:
    return np.array([[alphabet.index(character) for character in text]], np.uint8)


def test_the_samples_of_nist() -> None:
    samples = read("ff1_nist_samples.json")["tests"]
    assert len(samples) == 9
    for sample in samples:
        cipher = FF1(Sealed(bytes.fromhex(sample["key"])), sample["radix"], tweak=bytes.fromhex(sample["tweak"]))
        plain, secret = numerals(sample["pt"], LETTERS), numerals(sample["ct"], LETTERS)
        assert cipher.encrypt(plain).tolist() == secret.tolist()
        assert cipher.decrypt(secret).tolist() == plain.tolist()


def test_every_acvp_case_both_ways() -> None:
    seen = 0
    for group in read("ACVP-AES-FF1-1.0.internalProjection.json")["testGroups"]:
        for case in group["tests"]:
            cipher = FF1(Sealed(bytes.fromhex(case["key"])), group["radix"], tweak=bytes.fromhex(case["tweak"]))
            plain, secret = numerals(case["pt"], group["alphabet"]), numerals(case["ct"], group["alphabet"])
            assert cipher.encrypt(plain).tolist() == secret.tolist(), case["tcId"]
            assert cipher.decrypt(secret).tolist() == plain.tolist(), case["tcId"]
            seen += 1
    assert seen == 750


def least_length(radix: int) -> int:
    return next(length for length in range(2, 21) if radix**length >= 1_000_000)


def cases() -> list[tuple[int, int, int, int]]:
    """(key bytes, radix, length, tweak bytes) of a hundred groups: half with fresh radices, half with common ones."""
    random = np.random.default_rng(2025)
    chosen = []
    for number in range(100):
        radix = int(random.choice([2, 10, 16, 26, 36, 62, 64, 256])) if number % 2 else int(random.integers(2, 257))
        length = int(random.integers(201, 400)) if number % 20 == 0 else int(random.integers(least_length(radix), 61))
        chosen.append((int(random.choice([16, 24, 32])), radix, length, int(random.integers(0, 41))))
    return chosen


@pytest.mark.parametrize("part", range(10))
def test_ten_thousand_random_cases_agree_with_fastfpe(part: int) -> None:
    """Random key, radix, length, tweak and string: each group is one call here, with a tweak of its own for each row."""
    random = np.random.default_rng(part)
    for key_bytes, radix, length, tweak_bytes in cases()[part::10]:
        key = random.bytes(key_bytes)
        plain = random.integers(0, radix, (ROWS, length)).astype(np.uint16)
        tweaks = random.integers(0, 256, (ROWS, tweak_bytes)).astype(np.uint8)
        cipher = FF1(Sealed(key), radix)
        secret = cipher.encrypt(plain, tweaks)
        assert (cipher.decrypt(secret, tweaks) == plain).all()
        characters = np.array(list(CHARACTERS[:radix]))
        expected = [
            fastfpe.encrypt(key.hex(), tweak.tobytes().hex(), CHARACTERS[:radix], "".join(characters[row]))
            for row, tweak in zip(plain, tweaks, strict=True)
        ]
        assert ["".join(characters[row]) for row in secret] == expected, (key_bytes, radix, length, tweak_bytes)
