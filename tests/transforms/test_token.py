from __future__ import annotations

import base64
import hmac
import uuid

import pyarrow as pa
import pytest

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed
from anon_assets.transforms.token import Token

LAW_CASES = [
    {"encoding": "hex"},
    {"encoding": "base64url", "length": 16, "suffix": "="},
    {"length": 51},
    {"length": 5, "prefix": "é-"},
]


def digest(value: str, purpose: str = "text", domain: str = "example") -> bytes:
    key = KeyRing("example", {1: Sealed(bytes(32))}).derive(domain, "token", purpose).reveal()
    return hmac.digest(key.hex().encode(), value.encode(), "sha256")


def test_tokens_are_the_hmac_of_the_value(make, apply) -> None:
    values = ["a@localhost", "ä😀", "", None]
    expected = [None if value is None else "B" + base64.b32encode(digest(value)).decode()[:20] for value in values]
    assert apply(make("token"), values) == expected
    expected = [None if value is None else "1" + digest(value).hex()[:25] for value in values]
    assert apply(make("token", encoding="hex"), values) == expected
    expected = [None if v is None else "B" + base64.urlsafe_b64encode(digest(v)).decode()[:17] for v in values]
    assert apply(make("token", encoding="base64url"), values) == expected


def test_uuids_are_version_8(make, apply) -> None:
    value = str(uuid.UUID(int=7))
    (text,) = apply(make("token"), [value], logical="uuid")
    made = uuid.UUID(text)
    assert (made.version, made.variant, str(made)) == (8, uuid.RFC_4122, text)
    raw = bytearray(digest(value, "uuid")[:16])
    raw[7] = 1
    raw[6], raw[8] = raw[6] & 0x0F | 0x80, raw[8] & 0x3F | 0x80
    assert made.bytes == bytes(raw)
    assert list(make("token", length=20).problems(Column("c", logical="uuid")))


def test_one_domain_one_token_other_domains_other_tokens(make, apply) -> None:
    one, two = (apply(make("token"), ["x", "y"], domain=name) for name in ("a", "b"))
    assert apply(make("token", prefix="p"), ["y"], domain="a") == ["p" + one[1]]
    assert not set(one) & set(two)


def test_key_versions_give_other_tokens(make, apply) -> None:
    newer = KeyRing("example", {1: Sealed(bytes(32)), 2: Sealed(b"2" * 32)})
    (old,), (new,) = apply(make("token"), ["x"]), apply(make("token"), ["x"], keys=newer)
    assert old != new
    assert (old[0], new[0]) == ("B", "C")  # the first character tells the version
    values = [str(uuid.UUID(int=7))]
    (old,), (new,) = (apply(make("token"), values, logical="uuid", **keys) for keys in ({}, {"keys": newer}))
    assert (uuid.UUID(old).bytes[7], uuid.UUID(new).bytes[7]) == (1, 2)


def test_length_and_odds(make) -> None:
    assert Token().bits == 100 and Token(encoding="hex").characters == 26
    assert Token(length=17).effects(Column("c")).injective  # 80 bits
    assert not Token(length=16).effects(Column("c")).injective
    assert Token(length=17).collision_odds(48_000_000) <= 1e-9
    assert Token(length=4).collision_odds(1_000_000) == 1.0
    effects = make("token", prefix="ab", suffix="c").effects(Column("c"))
    assert effects.max_length == 24


def test_a_short_column_is_a_problem_with_a_way_out(make) -> None:
    (told,) = make("token").problems(Column("c", max_length=10))
    assert "at most 10" in told
    assert not list(make("token", length=10).problems(Column("c", max_length=10)))
    (told,) = make("token", prefix="customer").problems(Column("c", max_length=10))
    assert "too short" in told


@pytest.mark.parametrize("parameters", [{"length": 53}, {"encoding": "base64url", "length": 44}, {"length": 3}])
def test_impossible_lengths(parameters) -> None:
    member, found = TRANSFORMS.parse({"token": parameters}, "x")
    assert member is None and found


def test_numbers_are_refused(make, apply) -> None:
    assert make("token").effects(Column("c")).accepts == {"text", "uuid"}
    with pytest.raises(TransformError, match="use fpe"):
        apply(make("token"), [1], pa.int64())


def test_a_column_that_ignores_case_gives_one_token_for_all_spellings(make, apply):
    folded = apply(make("token"), ["Ada@X.org", "ada@x.ORG", None], folds_case=True)
    assert folded[0] == folded[1] == apply(make("token"), ["ada@x.org"])[0] and folded[2] is None
    exact = apply(make("token"), ["Ada@X.org", "ada@x.ORG"])
    assert exact[0] != exact[1]


def test_odds_follow_the_rows_of_the_table(make) -> None:
    short = make("token", length=11)  # 50 bits
    assert short.collision_odds(1_000) == 1_000**2 / 2**51
    assert short.effects(Column("c", rows=1_000)).injective
    assert not short.effects(Column("c", rows=10_000)).injective and not short.effects(Column("c")).injective
    assert make("token").effects(Column("c", rows=50_000_000_000)).injective
    assert not make("token").effects(Column("c", rows=60_000_000_000)).injective
    assert make("token").effects(Column("c", logical="uuid", rows=10**12)).injective
    assert not make("token").effects(Column("c", logical="uuid", rows=10**13)).injective


@pytest.mark.parametrize("encoding", ["base32", "hex", "base64url"])
@pytest.mark.parametrize("rows", [1_200, 1_000_000, 10**10])
def test_the_shortest_injective_token_has_odds_below_one_in_a_billion(make, encoding, rows) -> None:
    column, bits = Column("c", rows=rows), {"base32": 5, "hex": 4, "base64url": 6}[encoding]
    fits = [n for n in range(4, 40) if make("token", encoding=encoding, length=n).effects(column).injective]
    assert fits == list(range(fits[0], 40))
    odds = [rows**2 / 2 ** ((length - 1) * bits + 1) for length in (fits[0] - 1, fits[0])]
    assert odds[0] > 1e-9 >= odds[1]
