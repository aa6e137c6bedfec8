"""``cipher`` beside a loop over one AES-SIV call per value."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed
from anon_assets.transforms.cipher import Cipher
from benchmarks.measuring import Figure, best

ROWS = 262_144
TURNS = 5


def measure() -> Iterator[Figure]:
    ring = KeyRing("bench", {1: Sealed(bytes(range(32)))})
    context = Context("s.t.c", Column("c"), "bench", ring)
    column = pa.array([f"user{number * 7919 % ROWS}@shop{number % 97}.test" for number in range(ROWS)])
    texts = [text.encode() for text in column.to_pylist()]
    peer = AESSIV(ring.derive("bench", "cipher", length=64).reveal())
    sealed = [peer.encrypt(text, [b"bench"]) for text in texts]
    ours, in_capitals = Cipher(), Cipher(encoding="base32")
    made = ours.apply(column, context)
    works = (
        lambda: [peer.encrypt(text, [b"bench"]) for text in texts],
        lambda: ours.apply(column, context),
        lambda: in_capitals.apply(column, context),
        lambda: [peer.decrypt(text, [b"bench"]) for text in sealed],
        lambda: ours.reverse(made, context),
    )
    # turn by turn, so that a moment in which the machine is busy falls on all of them
    turns = [[best(work, ROWS, repeat=1) for work in works] for _ in range(TURNS)]
    encrypting, base64url, base32, decrypting, reverse = (min(times) for times in zip(*turns, strict=True))
    yield Figure("cipher base64url, all distinct", base64url, "AESSIV.encrypt loop", encrypting, ratio_wanted=5)
    yield Figure("cipher base32, all distinct", base32, "AESSIV.encrypt loop", encrypting)
    yield Figure("cipher reverse, all distinct", reverse, "AESSIV.decrypt loop", decrypting)
