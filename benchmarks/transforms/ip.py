"""IP addresses: ``ip`` by both schemes, beside yacryptopan."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import yacryptopan

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed
from anon_assets.transforms.generalize import Generalize
from anon_assets.transforms.ip import Ip
from benchmarks.measuring import Figure, best

_ROWS = 200_000
_ROWS_SIX = 50_000
_ROWS_PEER = 1_000
_KEYS = KeyRing("example", {1: Sealed(bytes(32))})


def measure() -> Iterator[Figure]:
    """Text in, text out; distinct random addresses unless told otherwise."""
    random = np.random.default_rng(1)
    numbers = random.choice(2**32, _ROWS, replace=False)
    texts = [str(ipaddress.IPv4Address(int(number))) for number in numbers]
    four = pa.array(texts)
    halves = random.integers(0, 2**63, (_ROWS_SIX, 2)).tolist()
    six_texts = [str(ipaddress.IPv6Address(high << 65 | low)) for high, low in halves]
    six = pa.array(six_texts)
    text = Context("s.t.c", Column("c"), "example", _KEYS)
    integer = Context("s.t.c", Column("c", logical="integer", bits=64), "example", _KEYS)
    peer = yacryptopan.CryptoPAn(bytes(range(32)))
    peer_four = best(lambda: [peer.anonymize(each) for each in texts[:_ROWS_PEER]], _ROWS_PEER)
    peer_six = best(lambda: [peer.anonymize(each) for each in six_texts[: _ROWS_PEER // 4]], _ROWS_PEER // 4)
    for scheme in ("cryptopan", "ipcrypt_pfx"):
        ip = Ip(scheme=scheme)
        wanted = 300 if scheme == "cryptopan" else None
        ns = best(lambda ip=ip: ip.apply(four, text), _ROWS)
        yield Figure(f"ip {scheme}, IPv4", ns, "yacryptopan", peer_four, wanted)
        ns = best(lambda ip=ip: ip.apply(pa.array(numbers, pa.int64()), integer), _ROWS)
        yield Figure(f"ip {scheme}, IPv4 as integers", ns, "yacryptopan", peer_four)
        ns = best(lambda ip=ip: ip.apply(six, text), _ROWS_SIX)
        yield Figure(f"ip {scheme}, IPv6", ns, "yacryptopan", peer_six)
        encrypted = ip.apply(four, text)
        yield Figure(f"ip {scheme}, IPv4, reverse", best(lambda ip=ip: ip.reverse(encrypted, text), _ROWS))  # noqa: B023
    ip = Ip(keep_special=True)
    yield Figure(
        "ip ipcrypt_pfx, IPv4, keep_special", best(lambda: ip.apply(four, text), _ROWS), "yacryptopan", peer_four
    )
    cut = Generalize(ip=24)
    yield Figure("generalize ip: 24, IPv4", best(lambda: cut.apply(four, text), _ROWS))
