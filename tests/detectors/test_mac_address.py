"""Hardware addresses."""

from __future__ import annotations

import random

import pyarrow as pa

from anon_assets.detectors.mac_address import MacAddress
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised


def written(separator: str, size: int = 2, bits: int = 48) -> list[str]:
    made = random.Random(8)
    digits = [f"{made.getrandbits(bits):0{bits // 4}x}" for _ in range(60)]
    return [separator.join(each[at : at + size] for at in range(0, len(each), size)) for each in digits]


def test_columns_in_every_usual_form_are_typed(found) -> None:
    forms = [
        written(":"),
        written("-"),
        written(".", 4),
        written(":", bits=64),
        [each.upper() for each in written(":")],
    ]
    for values in forms:
        assert found({"c4": values})["c4"] == "mac_address", values[0]


def test_twelve_hex_digits_in_a_row_need_a_name(found) -> None:
    assert found({"c4": written("")})["c4"] == ""
    assert found({"mac_address": written("")})["mac_address"] == "mac_address"


def test_pairs_of_decimal_digits_are_codes(found) -> None:
    made = random.Random(1)
    pairs = ["-".join(f"{made.randrange(100):02d}" for _ in range(6)) for _ in range(60)]
    assert found({"c4": pairs})["c4"] == ""
    few = ["00:11:22:33:44:55", *written(":")]  # one without letters among many with them is as random
    assert recognised(MacAddress(), pa.array(few), "t")[1].all()


def test_other_hex_is_left_alone() -> None:
    fingerprint = ":".join(f"{n * 7 % 256:02x}" for n in range(20))
    texts = [f"key {fingerprint}", "550e8400-e29b-41d4-a716-446655440000", "at 12:34:56", "2001:db8::8a2e:370:7334"]
    assert text_hits(pa.array(texts), [MacAddress()]) == {}
    assert text_hits(pa.array(["eth0 00:1b:44:11:3a:b7 up", "(001b.4411.3ab7)"]), [MacAddress()]) == {"mac_address": 2}


def test_names(found) -> None:
    words = [f"x{number}" for number in range(30)]
    for name in ("mac_os_version", "big_mac_count", "mac_vendor"):
        assert found({name: words})[name] == "", name
    for name in ("mac_addr", "bssid", "adresse_mac"):
        assert found({name: [None]})[name] == "mac_address", name
