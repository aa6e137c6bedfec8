"""Internet addresses."""

from __future__ import annotations

import random
import socket

import pyarrow as pa

from anon_assets.detectors.ip_address import IpAddress
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised


def test_it_agrees_with_the_operating_system() -> None:
    """inet_pton is the second opinion, on random strings near the shape of IPv6."""
    random.seed(2)
    values = []
    for _ in range(3_000):
        groups = [f"{random.getrandbits(16):x}" if random.random() < 0.8 else "" for _ in range(random.randint(2, 9))]
        values.append(":".join(groups))
    values = sorted({value for value in values if value not in {"::", "::1"}})
    accepted = recognised(IpAddress(), pa.array(values), "t")[1]
    for value, said in zip(values, accepted.tolist(), strict=True):
        try:
            socket.inet_pton(socket.AF_INET6, value)
            real = True
        except OSError:
            real = False
        assert said == real


def test_octets_stay_below_256_and_versions_are_no_addresses() -> None:
    mixed = pa.array(["192.0.2.300", "192.0.2.30", "999.1.1.1", "1.2.3", "198.51.100.01"])
    assert recognised(IpAddress(), mixed, "t")[1].tolist() == [False, True, False, False, False]
    assert not recognised(IpAddress(), pa.array([f"2.{n}.0.1" for n in range(30)]), "t")[1].any()


def test_addresses_are_found_in_log_lines() -> None:
    lines = [
        "Accepted for root from 203.0.113.9 port 22",
        "client [2001:db8::ff00:42:8329]:443",
        "at 12:34:56 v1.2.3.4",
        "a::b",
    ]
    assert text_hits(pa.array(lines), [IpAddress()]) == {"ip_address": 2}
