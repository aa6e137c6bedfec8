"""AES-CMAC against RFC 4493 and NIST's ACVP, through columns."""

from __future__ import annotations

import hmac
import json
from pathlib import Path

import numpy as np
import pytest

from anon_assets.crypto.cmac import cmac
from anon_assets.crypto.ragged import offsets_of
from anon_assets.sealed import Sealed

VECTORS = Path(__file__).parents[2] / ".." / "shared" / "vectors"


def read(name: str) -> dict:
    path = VECTORS / name
    if not path.exists():
        pytest.skip("the sourced vectors are not beside this project")
    return json.loads(path.read_text())


def codes(key: str, messages: list[bytes]) -> list[bytes]:
    offsets = offsets_of(np.array([len(message) for message in messages]))
    made = cmac(Sealed(bytes.fromhex(key)), np.frombuffer(b"".join(messages), np.uint8), offsets)
    return [row.tobytes() for row in made]


def test_rfc_4493() -> None:
    cases = read("rfc4493_aes_cmac.json")["tests"]
    assert len(cases) == 4
    key = cases[0]["key"]
    assert {case["key"] for case in cases} == {key}
    column = [bytes.fromhex(case["msg"]) for case in reversed(cases)]
    assert [code.hex() for code in codes(key, column)] == [case["mac"] for case in reversed(cases)]


def test_nist_acvp() -> None:
    """Every case stands in a column between others of another length; codes are compared in their first ``macLen`` bits."""
    generated = verified = 0
    for group in read("CMAC-AES-1.0.internalProjection.json")["testGroups"]:
        assert group["keyLen"] in {128, 192, 256} and group["macLen"] % 8 == 0
        for case in group["tests"]:
            message, mac = bytes.fromhex(case["message"]), bytes.fromhex(case["mac"])
            made = codes(case["key"], [b"x" * 40, message, b"", message, b"y" * 16])
            assert made[1] == made[3]
            code = made[1][: group["macLen"] // 8]
            if group["direction"] == "gen":
                assert code == mac, case["tcId"]
                generated += 1
            else:
                assert hmac.compare_digest(code, mac) == case["testPassed"], case["tcId"]
                verified += 1
    assert (generated, verified) == (72, 180)
