from __future__ import annotations

import ipaddress
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import strategies as st

from anon_assets.addresses import SPECIAL
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.crypto.cryptopan import CryptoPan
from anon_assets.crypto.ipcrypt import IpcryptPfx
from anon_assets.errors import KeyUnavailable, TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Reference, Sealed

LAW_CASES = [
    {"scheme": "cryptopan"},
    {"keep_special": True},
    {"else": "token"},
    {"else": "null", "spelling": "any", "scheme": "cryptopan", "keep_special": True},
]


def _spelled(address) -> str:
    mapped = address.version == 6 and address.ipv4_mapped
    return f"::ffff:{mapped}" if mapped else str(address)


_texts = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(_spelled)
_networks = st.tuples(st.ip_addresses(v=4), st.integers(0, 32)).map(lambda pair: f"{pair[0]}/{pair[1]}")
LAW_VALUES = {
    "text": st.one_of(_texts, _networks, st.sampled_from(["n/a", "", "2001:DB8::1"])),
    "inet": st.one_of(_texts, _networks),  # as PostgreSQL writes them: the standard library leaves dots out
    "integer": st.one_of(st.integers(0, 2**32 - 1), st.integers(-3, 2**33)),
}

ZERO = KeyRing("example", {1: Sealed(bytes(32))})
SCHEMES = {"ipcrypt_pfx": IpcryptPfx, "cryptopan": CryptoPan}


def scheme(name: str):
    return SCHEMES[name](ZERO.derive("example", "ip", name))


def image(text: str, name: str = "ipcrypt_pfx") -> str:
    """Of one address by the cipher itself."""
    address = ipaddress.ip_address(text)
    if address.version == 4:
        return str(ipaddress.IPv4Address(int(scheme(name).encrypt(np.array([int(address)], np.uint64))[0][0])))
    halves = np.array([[int(address) & (2**64 - 1), int(address) >> 64]], np.uint64)
    low, high = scheme(name).encrypt(halves[:, 0], halves[:, 1])
    return _spelled(ipaddress.IPv6Address(int(high[0]) << 64 | int(low[0])))


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_addresses_are_encrypted_by_the_scheme(make, apply, name, kind) -> None:
    values = ["192.0.2.1", None, "2001:db8::1", "0.0.0.0", "::", "192.0.2.1", "255.255.255.255", "::ffff:192.0.2.1"]
    expected = [None if value is None else image(value, name) for value in values]
    assert apply(make("ip", name), values, kind) == expected
    assert apply(make("ip", scheme=name), values, kind, logical="inet") == expected


def test_mapped_addresses_stay_so_with_the_image_of_the_ipv4_address(make, apply) -> None:
    (four, six) = apply(make("ip"), ["192.0.2.77", "::ffff:192.0.2.77"])
    assert six == f"::ffff:{four}"


def test_integers_are_ipv4(make, apply) -> None:
    texts = ["10.0.0.1", "0.0.0.0", "255.255.255.255"]
    numbers = [int(ipaddress.ip_address(text)) for text in texts]
    expected = [int(ipaddress.ip_address(text)) for text in apply(make("ip"), texts)]
    for kind in (pa.int64(), pa.uint32(), pa.uint64()):
        assert apply(make("ip"), [*numbers, None], kind) == [*expected, None]
        assert apply(make("ip"), pa.array([0, *numbers, None], kind)[1:-1]) == expected


def test_prefixes_are_preserved_and_nothing_beyond(make, apply) -> None:
    drawn = random.Random(7)
    for width in (32, 128):
        base = drawn.getrandbits(width)
        near = [base, *(base ^ drawn.getrandbits(place + 1) | 1 << place ^ base & 1 << place for place in range(width))]
        cls = ipaddress.IPv4Address if width == 32 else ipaddress.IPv6Address
        texts = [_spelled(cls(number)) for number in near]
        made = [int(ipaddress.ip_address(text)) for text in apply(make("ip"), texts)]
        for number, result in zip(near, made, strict=True):
            assert (number ^ near[0]).bit_length() == (result ^ made[0]).bit_length()


def test_many_addresses_collide_never_and_come_back(make, apply) -> None:
    numbers = np.random.default_rng(3).choice(2**32, 100_000, replace=False)
    for parameters in ({}, {"scheme": "cryptopan", "keep_special": True}):
        made = apply(make("ip", **parameters), pa.array(numbers, pa.int64()))  # the fixture reverses and compares
        assert len(set(made)) == len(numbers)
    half = random.Random(3)
    six = [_spelled(ipaddress.IPv6Address(0x20010DB8 << 96 | half.getrandbits(64))) for _ in range(3_000)]
    assert len(set(apply(make("ip", keep_special=True), six, logical="inet"))) == len(set(six))


@pytest.mark.parametrize("parameters", [{}, {"keep_special": True}, {"scheme": "cryptopan"}])
def test_a_length_stays_and_networks_stay_networks(make, apply, parameters) -> None:
    transform = make("ip", **parameters)
    for length in (0, 8, 20, 24, 30, 31, 32):
        network = ipaddress.ip_network(f"198.51.100.0/{length}", strict=False)
        hosts = sorted({network[0], network[-1], network[network.num_addresses // 2], *list(network)[:600]} if length > 20
                       else {network[0], network[1], network[-1]})  # fmt: skip
        made = apply(transform, [f"{host}/{length}" for host in hosts])
        assert len(set(made)) == len(hosts)
        assert all(text.endswith(f"/{length}") for text in made)
        assert len({ipaddress.ip_interface(text).network for text in made}) == 1
        if length < 32:
            are_networks = [ipaddress.ip_interface(text).ip == ipaddress.ip_interface(text).network[0] for text in made]
            assert are_networks == [host == network[0] for host in hosts]
    (cidr,) = apply(transform, ["2001:db8:42::/48"], logical="inet", type="cidr")
    assert ipaddress.ip_network(cidr).prefixlen == 48  # strict: no host bits


def test_the_whole_of_a_small_network_is_permuted(make, apply) -> None:
    for length, parameters in ((24, {}), (31, {}), (28, {"keep_special": True})):
        host = 2 ** (32 - length)
        values = [f"10.0.{n // 256}.{n % 256}/{length}" for n in range(4_096)]
        made = apply(make("ip", **parameters), values)
        assert len(set(made)) == 4_096
        kept = [int(ipaddress.ip_interface(text).ip) % host == 0 for text in made]
        assert kept == [n % host == 0 for n in range(4_096)]


def test_the_host_part_is_that_of_the_address_but_for_one(make, apply) -> None:
    plain = apply(make("ip"), [f"10.0.0.{n}" for n in range(256)])
    with_length = [text.partition("/")[0] for text in apply(make("ip"), [f"10.0.0.{n}/24" for n in range(256)])]
    differ = [n for n in range(256) if plain[n] != with_length[n]]
    (zero,) = (n for n in range(256) if plain[n].endswith(".0"))
    assert differ == sorted({0, zero}) and with_length[zero] == plain[0]


def special(address) -> list[str]:
    return [text for text in SPECIAL[address.version] if address in ipaddress.ip_network(text)]


def test_special_ranges_are_kept_and_public_addresses_stay_out(make, apply) -> None:
    drawn = random.Random(11)
    listed = [ipaddress.ip_address(drawn.getrandbits(32)) for _ in range(3_000)]
    for text in [*SPECIAL[4], *SPECIAL[6]]:
        network = ipaddress.ip_network(text)
        listed += [network[drawn.randrange(network.num_addresses)] for _ in range(40)] + [network[0], network[-1]]
        listed += [type(network[0])((int(network[-1]) + 1) % 2**network.max_prefixlen)]
    listed += [ipaddress.IPv6Address(0x2001 << 112 | drawn.getrandbits(112)) for _ in range(200)]
    listed += [ipaddress.IPv6Address(f"::ffff:{address}") for address in listed[:200]]
    for name in SCHEMES:
        made = apply(make("ip", scheme=name, keep_special=True), [_spelled(each) for each in listed])
        made = [ipaddress.ip_address(text) for text in made]
        assert [special(address) for address in made] == [special(address) for address in listed]
        mapped = [(a.ipv4_mapped, b.ipv4_mapped) for a, b in zip(listed, made, strict=True) if a.version == 6]
        assert all(special(a) == special(b) for a, b in mapped if a)
        same = {address for address, image in zip(listed, made, strict=True) if address == image}
        assert {ipaddress.ip_address("::1"), ipaddress.ip_address("::")} <= same and len(same) < 30
    plain = apply(make("ip"), [_spelled(each) for each in listed])
    assert sum(special(ipaddress.ip_address(text)) != special(a) for text, a in zip(plain, listed, strict=True)) > 500


def test_prefixes_are_preserved_with_special_ranges_kept_too(make, apply) -> None:
    drawn = random.Random(13)
    numbers = [drawn.getrandbits(32) for _ in range(1_000)] + [0x0A000000 | drawn.getrandbits(24) for _ in range(500)]
    made = np.array(apply(make("ip", keep_special=True), numbers, pa.int64()))
    numbers, (one, other) = np.array(numbers), np.random.default_rng(1).integers(0, 1_500, (2, 20_000))
    before, after = numbers[one] ^ numbers[other], made[one] ^ made[other]
    assert (np.frexp(before.astype(float))[1] == np.frexp(after.astype(float))[1]).all()


def test_values_that_are_no_address(make, apply) -> None:
    values = ["10.0.0.1", "n/a", None, "10.0.0.256", "2001:DB8::1", "10.0.0.1"]
    with pytest.raises(TransformError, match="3 values are no IP address") as caught:
        apply(make("ip"), values)
    assert "n/a" not in str(caught.value) and "256" not in str(caught.value)
    (one,) = apply(make("ip"), ["10.0.0.1"])
    assert apply(make("ip", **{"else": "null"}), values) == [one, None, None, None, None, one]
    tokens = apply(make("token"), ["n/a", "10.0.0.256", "2001:DB8::1"])
    assert apply(make("ip", **{"else": "token"}), values) == [one, tokens[0], None, *tokens[1:], one]
    assert apply(make("ip", **{"else": "token"}), ["n/a", None]) == [tokens[0], None]


def test_numbers_that_are_no_address(make, apply) -> None:
    values = [1, -1, None, 2**32]
    with pytest.raises(TransformError, match="2 values are no IP address"):
        apply(make("ip"), values, pa.int64())
    (one,) = apply(make("ip"), [1], pa.int64())
    assert apply(make("ip", **{"else": "null"}), values, pa.int64()) == [one, None, None, None]


def test_any_spelling_is_read_where_asked_for(make, apply) -> None:
    values = ["2001:DB8::1", "2001:db8:0:0:0:0:0:1", "2001:db8::0001", "2001:db8::1", "::ffff:c000:201"]
    results = apply(make("ip", spelling="any"), values)
    assert results == [image("2001:db8::1")] * 4 + [image("::ffff:192.0.2.1")]
    assert apply(make("ip"), values[3:4]) == results[:1]
    effects = make("ip", spelling="any").effects(Column("c"))
    assert not effects.injective and not effects.reversible
    inet = Column("c", logical="inet")
    assert make("ip", spelling="any").effects(inet).injective and make("ip").effects(inet).reversible
    (made,) = make("ip").apply(pa.array(["::0.1.0.2"]), Context("s.t.c", inet, "example", ZERO)).to_pylist()
    assert made == image("::1:2")  # as PostgreSQL writes it; the column holds it equal


def test_narrow_columns(make, apply) -> None:
    assert list(make("ip").problems(Column("c", max_length=14)))
    assert not list(make("ip").problems(Column("c", max_length=15)))
    assert make("ip").effects(Column("c", max_length=15)).max_length == 15
    assert make("ip").effects(Column("c")).max_length == 43
    for room, fitting, others in (
        (15, ["1.1.1.1"], ["1.1.1.1/8", "::1"]),
        (18, ["1.1.1.1", "1.1.1.1/8"], ["::1", "::1/8"]),
        (39, ["1.1.1.1/8", "::1"], ["::1/8"]),
        (43, ["::1/8"], []),
    ):
        assert len(apply(make("ip"), fitting, max_length=room)) == len(fitting)
        assert apply(make("ip", **{"else": "null"}), others, max_length=room) == [None] * len(others)
    assert list(make("ip", **{"else": "token"}).problems(Column("c", max_length=18)))
    with pytest.raises(TransformError, match="up to 15"):
        apply(make("ip"), ["1.1.1.1"], max_length=10)


def test_integer_columns_need_the_room(make, apply) -> None:
    def told(transform, **facts) -> bool:
        return bool(list(transform.problems(Column("c", logical="integer", **facts))))

    assert told(make("ip"), bits=32) and told(make("ip"), bits=16)
    assert not told(make("ip"), bits=64) and not told(make("ip"), bits=32, unsigned=True)
    assert told(make("ip"), bits=16, unsigned=True)
    assert told(make("ip", **{"else": "token"}), bits=64)
    with pytest.raises(TransformError, match="32 bits without a sign"):
        apply(make("ip"), [1], pa.int32())


def test_reverse_refuses_what_apply_cannot_have_yielded(make) -> None:
    context = Context("s.t.c", Column("c"), "example", ZERO)
    for value in ("n/a", "2001:DB8::1"):
        with pytest.raises(TransformError, match="1 values are no result"):
            make("ip").reverse(pa.array([value, "1.2.3.4"]), context)
    for parameters in ({"else": "token"}, {"else": "null"}, {"spelling": "any"}):
        with pytest.raises(TransformError, match="cannot be reversed"):
            make("ip", **parameters).reverse(pa.array(["1.2.3.4"]), context)
    numbers = Context("s.t.c", Column("c", logical="integer"), "example", ZERO)
    with pytest.raises(TransformError, match="no result"):
        make("ip").reverse(pa.array([2**32]), numbers)


def test_keys_are_those_of_domain_and_scheme(make, apply) -> None:
    one, other = (apply(make("ip"), ["1.2.3.4"], domain=name) for name in ("a", "b"))
    assert one != other
    assert apply(make("ip", "cryptopan"), ["1.2.3.4"], domain="a") != one
    assert apply(make("ip"), ["1.2.3.4"], keys=KeyRing("example", {1: Sealed(b"\x01" * 32)}), domain="a") != one


def test_a_key_shared_with_others(make, apply, tmp_path, monkeypatch) -> None:
    """Addresses of the Crypto-PAn reference implementation's own sample, under its key."""
    key = "1522178d33a4cf80130a5b1649907d10d8988f837979652762574c2d2a842202"
    (tmp_path / "raw").write_bytes(bytes.fromhex(key))
    (tmp_path / "hex").write_text(key + "\n")
    monkeypatch.setenv("PAN_KEY", key)
    for reference in ({"env": "PAN_KEY"}, {"file": str(tmp_path / "raw")}, {"file": str(tmp_path / "hex")}):
        transform = make("ip", scheme="cryptopan", key=reference)
        made = apply(transform, ["128.11.68.132", "129.118.74.4", None], domain="any")
        assert made == ["135.242.180.132", "134.136.186.123", None]
        assert not transform.effects(Column("c")).needs_key and key not in repr(transform)
    (tmp_path / "raw").write_bytes(b"5" * 31)
    with pytest.raises(TransformError, match="neither 32 bytes nor 64 hex digits") as told:
        apply(transform.model_copy(update={"key": Reference(file=str(tmp_path / "raw"))}), ["1.2.3.4"])
    assert "555" not in str(told.value)
    monkeypatch.delenv("PAN_KEY")
    with pytest.raises(KeyUnavailable, match="PAN_KEY is not set"):
        apply(make("ip", scheme="cryptopan", key={"env": "PAN_KEY"}), ["1.2.3.4"])
    member, found = TRANSFORMS.parse({"ip": {"key": key}}, "x")
    assert member is None and key not in "".join(map(str, found))


def test_other_columns_are_refused(make, apply) -> None:
    assert make("ip").effects(Column("c")).accepts == {"text", "inet", "integer"}
    with pytest.raises(TransformError, match="does not fit a boolean column"):
        apply(make("ip"), [True], pa.bool_())
    assert apply(make("ip"), pa.nulls(2), logical="text") == [None, None]


@pytest.mark.parametrize("parameters", [{"scheme": "aes"}, {"else": "keep"}, {"spelling": "loose"}, {"keep": True}])
def test_mistaken_parameters(parameters) -> None:
    member, found = TRANSFORMS.parse({"ip": parameters}, "x")
    assert member is None and found
