"""Format-preserving encryption beside pyffx (another cipher of the same use) and ff3 (FF3-1), which work value by value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyffx
from ff3 import FF3Cipher

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed
from benchmarks.measuring import Figure, best

ROWS = 1_000_000
PEER_ROWS = 2_000
RING = KeyRing("benchmark", {1: Sealed(bytes(range(32)))})


def _ns(parameters: dict[str, Any], column: pa.Array, **facts: Any) -> float:
    transform = TRANSFORMS.load("fpe").model_validate(parameters)
    context = Context("s.t.c", Column("c", **facts), "benchmark", RING)
    return best(lambda: transform.apply(column, context), len(column))


def _addresses(rows: int) -> pa.Array:
    first = np.array(["ada", "maria", "james", "olga", "li", "johannes", "fatima", "noah", "chloe", "sven"])
    last = np.array(["smith", "garcia", "mueller", "wang", "brown", "ivanova", "lee", "rossi", "kowalski", "khan"])
    host = np.array(["gmail.com", "example.com", "web.de", "outlook.com", "mail.org", "firma.co.uk", "yahoo.fr"])
    draw = np.random.default_rng(7)
    numbers = np.arange(rows)
    parts = [draw.choice(first, rows), draw.choice(last, rows), numbers.astype(str), draw.choice(host, rows)]
    return pa.array([f"{a}.{b}{c}@{d}" for a, b, c, d in zip(*parts, strict=True)])


def measure() -> Iterator[Figure]:
    digits = pa.array([f"{number * 7_919 + 10**15:016d}" for number in range(ROWS)])
    sample = digits[:PEER_ROWS].to_pylist()
    pyffx_cipher = pyffx.String(b"benchmark", alphabet="0123456789", length=16)
    ff3_cipher = FF3Cipher("2DE79D232DF5585D68CE47882AE256D6", "CBD09280979564")
    ours = _ns({"as": "digits"}, digits)
    for name, encrypt in (("pyffx", pyffx_cipher.encrypt), ("ff3", ff3_cipher.encrypt)):
        theirs = best(lambda encrypt=encrypt: [encrypt(value) for value in sample], len(sample))
        yield Figure("fpe as: digits, 16 of them", ours, name, theirs, ratio_wanted=100)

    fixed = pa.array([f"first.last{number}@domain.tld" for number in range(ROWS)])
    yield Figure("fpe as: email, first.last42@domain.tld", _ns({"as": "email"}, fixed), ns_wanted=1_000)
    addresses = _addresses(ROWS)
    yield Figure("fpe as: email, names at common hosts", _ns({"as": "email"}, addresses), ns_wanted=1_000)
    kept = {"as": "email", "keep_domain": True}
    yield Figure("fpe as: email, keep_domain", _ns(kept, addresses), ns_wanted=1_000)

    codes = pa.array([f"AB-{number:07d}-xy" for number in range(ROWS)])
    yield Figure("fpe as: auto, AB-1234567-xy", _ns({"as": "auto"}, codes))
    mixed = addresses[: ROWS // 4]
    yield Figure("fpe as: auto, thousands of patterns", _ns({"as": "auto"}, mixed))
    yield Figure("fpe as: payment_card", _ns({"as": "payment_card"}, _cards(ROWS // 4)))
    numbers = pa.array(np.arange(ROWS, dtype=np.int64))
    yield Figure("fpe as: integer, 64 bits", _ns({"as": "integer"}, numbers, logical="integer", bits=64))

    repeated = addresses.take(pa.array(np.random.default_rng(3).integers(0, ROWS // 100, ROWS)))
    distinct_ns = _ns({"as": "email"}, addresses)
    once = "the same, all distinct"
    yield Figure("fpe as: email, 1 % distinct", _ns({"as": "email"}, repeated), once, distinct_ns, ratio_wanted=10)


def _cards(rows: int) -> pa.Array:
    """Numbers of 16 digits with their check digit."""
    accounts = np.arange(rows, dtype=np.int64) * 7_919 + 411_111_000_000_000
    digits = accounts[:, None] // 10 ** np.arange(15, dtype=np.int64) % 10  # from the right
    doubled = digits * (2 - np.arange(15) % 2)  # every other one, from the rightmost
    check = -(doubled - 9 * (doubled > 9)).sum(axis=1) % 10
    return pa.array([f"{number}" for number in (accounts * 10 + check).tolist()])
