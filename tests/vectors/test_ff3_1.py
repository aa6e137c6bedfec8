"""FF3-1 against NIST's ACVP cases, and against an independent implementation on random cases."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fastfpe import ff3_1 as fastfpe

from anon_assets.crypto.ff3_1 import FF3_1
from anon_assets.sealed import Sealed

VECTORS = Path(__file__).parents[2] / ".." / "shared" / "vectors" / "ACVP-AES-FF3-1-1.0.internalProjection.json"
CHARACTERS = "".join(map(chr, range(0x4E00, 0x4E00 + 256)))


def numerals(text: str, alphabet: str) -> np.ndarray:
    return np.array([[alphabet.index(character) for character in text]], np.uint8)


def test_every_acvp_case_both_ways() -> None:
    if not VECTORS.exists():
        pytest.skip("the sourced vectors are not beside this project")
    seen = 0
    for group in json.loads(VECTORS.read_text())["testGroups"]:
        for case in group["tests"]:
            cipher = FF3_1(Sealed(bytes.fromhex(case["key"])), group["radix"], tweak=bytes.fromhex(case["tweak"]))
            plain, secret = numerals(case["pt"], group["alphabet"]), numerals(case["ct"], group["alphabet"])
            assert cipher.encrypt(plain).tolist() == secret.tolist(), case["tcId"]
            assert cipher.decrypt(secret).tolist() == plain.tolist(), case["tcId"]
            seen += 1
    assert seen == 450


@pytest.mark.parametrize(("radix", "length"), [(2, 20), (2, 192), (10, 7), (10, 16), (10, 56), (26, 33), (255, 24)])
def test_columns_agree_with_fastfpe(radix: int, length: int) -> None:
    random = np.random.default_rng(radix * length)
    key = random.bytes(32)
    plain = random.integers(0, radix, (50, length)).astype(np.uint8)
    tweaks = random.integers(0, 256, (50, 7)).astype(np.uint8)
    characters = np.array(list(CHARACTERS[:radix]))
    expected = [
        fastfpe.encrypt(key.hex(), tweak.tobytes().hex(), CHARACTERS[:radix], "".join(characters[row]))
        for row, tweak in zip(plain, tweaks, strict=True)
    ]
    assert ["".join(characters[row]) for row in FF3_1(Sealed(key), radix).encrypt(plain, tweaks)] == expected
