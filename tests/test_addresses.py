"""Addresses read and written, against the standard library's ipaddress."""

from __future__ import annotations

import ipaddress
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.addresses import LONGEST, SPECIAL, host_bits, leading_bits, parse, reading, write, writing
from anon_assets.errors import TransformError

NO_ADDRESSES = [
    "", ".", "/", ":", "1", "1.2.3", "1.2.3.4.5", "1.2.3.4.", ".1.2.3.4", "1..2.3", "1.2.3.256", "1.2.3.999", "01.2.3.4",
    "1.2.3.00", "1.2.3.0004", "1.2.3.4/33", "1.2.3.4/08", "1.2.3.4/", "1.2.3/4.5", "1/2.3.4.5", "1.2.3.4/1/2", "1.2.3.4 ",
    " 1.2.3.4", "1.2.3.4\n", "1.2.3.a", "1.2.3.-4", "+1.2.3.4", "1,2.3.4", "\u0661.2.3.4", "1.2.3.4é", "0x1.2.3.4", "1:2:3:4",
    ":::", "::1::", "1::2::3", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", ":1::", "::1:", "12345::", "::g", "::1/129", "::1/064", "::1/", "::1/1a",
    "::1/0x8", "/64", "::/64/1", "::1%eth0", "fe80::1%1", "[::1]", "::1.2.3", "::1.2.3.256", "1.2.3.4::", "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5::6:1.2.3.4:", "::ffff:1.2.3.04", "2001:db8::/3 2", "::1\x00", "1.2.3.4\x00",
    "https://1.2.3.4/", "a" * 60, "1:" * 40, "::" + "0" * 5, "1 ::", "\u0661::1", "::1/\u22121",
]  # fmt: skip


def spelled(address) -> str:
    """What is written of an address: as the standard library does, with the dots of a mapped address."""
    if address.version == 6 and address.ipv4_mapped is not None:
        return f"::ffff:{address.ipv4_mapped}"
    return str(address)


def spellings(number: int) -> list[str]:
    """Ways to write an IPv6 address that all mean the same."""
    address = ipaddress.IPv6Address(number)
    full = address.exploded
    plain = ":".join(f"{int(group, 16):x}" for group in full.split(":"))
    dotted = ":".join(plain.split(":")[:6]) + f":{ipaddress.IPv4Address(number & 0xFFFFFFFF)}"
    made = [full, full.upper(), plain, str(address), str(address).upper(), dotted, spelled(address)]
    groups = plain.split(":")
    runs = [(start, stop) for start in range(8) for stop in range(start + 1, 9) if set(groups[start:stop]) == {"0"}]
    return made + [":".join(groups[:start]) + "::" + ":".join(groups[stop:]) for start, stop in runs]


numbers = st.one_of(
    st.integers(0, 2**128 - 1),
    st.integers(0, 2**48 - 1),
    st.lists(st.sampled_from([0, 0, 1, 0xABC, 0xFFFF, 0x0A00]), min_size=8, max_size=8).map(
        lambda groups: sum(group << 16 * place for place, group in enumerate(groups))
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=4))
def test_every_spelling_of_ipv6(listed) -> None:
    texts = [(text, number) for number in listed for text in spellings(number)]
    found = parse(pa.array([text for text, _ in texts]))
    assert found.family.tolist() == [6] * len(texts)
    assert [int(h) << 64 | int(v) for v, h in zip(found.low, found.high, strict=True)] == [each for _, each in texts]
    assert (found.length == -1).all()
    assert write(found).to_pylist() == [spelled(ipaddress.IPv6Address(each)) for _, each in texts]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.ip_addresses(), st.integers(-1, 128))))
def test_addresses_and_lengths(pairs) -> None:
    pairs = [(address, min(length, address.max_prefixlen)) for address, length in pairs]
    texts = [spelled(address) + (f"/{length}" if length >= 0 else "") for address, length in pairs]
    found = parse(pa.array(texts, pa.string()))
    assert found.family.tolist() == [address.version for address, _ in pairs]
    assert found.length.tolist() == [length for _, length in pairs]
    assert [int(h) << 64 | int(v) for v, h in zip(found.low, found.high, strict=True)] == [
        int(each) for each, _ in pairs
    ]
    assert write(found).to_pylist() == texts


def test_what_is_no_address() -> None:
    found = parse(pa.array(NO_ADDRESSES))
    assert [text for text, family in zip(NO_ADDRESSES, found.family.tolist(), strict=True) if family] == []
    assert not found.low.any() and not found.high.any() and (found.length == -1).all()
    assert write(found).to_pylist() == [None] * len(NO_ADDRESSES)
    assert parse(pa.array(["/", "0::", "1.2.3.4/", "5::/5"])).family.tolist() == [
        0,
        6,
        0,
        6,
    ]  # a text ends where it ends
    for text in NO_ADDRESSES:  # each by itself: what stands beside it does not help
        assert parse(pa.array([text])).family.tolist() == [0]
        assert parse(pa.array(["1.2.3.4/", text, "::1"])).family.tolist() == [0, 0, 6]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("01259af:./ F", max_size=16), max_size=6))
def test_no_more_and_no_less_than_the_standard_library_reads(texts) -> None:
    def read(text):
        address, _, length = text.partition("/")
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return 0
        plain = length.isdecimal() and str(int(length)) == length and int(length) <= known.max_prefixlen
        return known.version if "/" not in text or plain else 0

    assert parse(pa.array(texts, pa.string())).family.tolist() == [read(text) for text in texts]


@pytest.mark.parametrize("rows", [1, 2, 3, 8_192])
def test_chunks_slices_nulls_and_carriers(rows, monkeypatch) -> None:
    monkeypatch.setattr(reading, "_CHUNK_ROWS", rows)
    monkeypatch.setattr(writing, "_CHUNK_ROWS", rows)
    texts = ["10.0.0.1", None, "::1", "x", "2001:db8::5/32", "::ffff:1.2.3.4", "255.255.255.255/0", None]
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        column = pa.array(["9.9.9.9", *texts, "8.8.8.8"], pa.string()).cast(kind)[1:-1]
        found = parse(column)
        assert found.family.tolist() == [4, 0, 6, 0, 6, 6, 4, 0]
        assert write(found).to_pylist() == [None if text == "x" else text for text in texts]
    for empty in (pa.array([], pa.string()), pa.nulls(3, pa.string())):
        assert write(parse(empty)).to_pylist() == [None] * len(empty)


def test_a_null_is_none_whatever_its_bytes_are() -> None:
    offsets = pa.py_buffer(np.array([0, 7, 14], np.int32))
    column = pa.StringArray.from_buffers(2, offsets, pa.py_buffer(b"1.2.3.41.2.3.5"), pa.py_buffer(b"\x02"))
    assert column.to_pylist() == [None, "1.2.3.5"]
    assert write(parse(column)).to_pylist() == [None, "1.2.3.5"]


def test_many_at_once() -> None:
    drawn = random.Random(4)
    four = [str(ipaddress.IPv4Address(drawn.getrandbits(32))) for _ in range(20_000)]
    six = [spelled(ipaddress.IPv6Address(drawn.getrandbits(128) & drawn.choice([-1, ~0xFFFF << 32]))) for _ in four]
    mixed = drawn.sample(four + six, 30_000)
    for texts in (four, six, mixed):
        assert write(parse(pa.array(texts))).to_pylist() == texts


@given(st.integers(-1, 32), st.integers(-1, 128))
def test_host_bits(four, six) -> None:
    low, high = host_bits(np.array([4, 6], np.uint8), np.array([four, six], np.int16))
    assert (int(low[0]), int(high[0])) == (2 ** (0 if four < 0 else 32 - four) - 1, 0)
    assert int(high[1]) << 64 | int(low[1]) == 2 ** (0 if six < 0 else 128 - six) - 1


def ranges(family: int) -> list:
    listed = [ipaddress.ip_network(text) for text in SPECIAL[family]]
    if family == 6:
        listed += [ipaddress.ip_network(f"::ffff:{net.network_address}/{96 + net.prefixlen}") for net in ranges(4)]
    return listed


def passed(address) -> int:
    """The longest path that an address shares with one to a special range, with the step that leaves it."""
    most, width = 0, address.max_prefixlen
    for network in ranges(address.version):
        common = width - (int(address) ^ int(network.network_address)).bit_length()
        most = max(most, min(common + 1, network.prefixlen))
    return most


@settings(max_examples=100, deadline=None)
@given(st.lists(st.ip_addresses(v=4), max_size=8), st.lists(st.ip_addresses(v=6), max_size=8))
def test_leading_bits(four, six) -> None:
    edges = [net[place] for net in ranges(6) for place in (0, -1)]
    six = six + edges + [each + 1 for each in edges if int(each) < 2**128 - 1]
    low = np.array([int(each) for each in four], np.uint64)
    assert leading_bits(low).tolist() == [passed(each) for each in four]
    low = np.array([int(each) & (2**64 - 1) for each in six], np.uint64)
    high = np.array([int(each) >> 64 for each in six], np.uint64)
    assert leading_bits(low, high).tolist() == [passed(each) for each in six]


def test_longest() -> None:
    assert len("255.255.255.255") == LONGEST[4] and len(":".join(["ffff"] * 8)) == LONGEST[6]


def test_too_much_text_for_one_array(monkeypatch) -> None:
    monkeypatch.setattr(writing, "_ARROW_TEXT_LIMIT", 10)
    with pytest.raises(TransformError, match="smaller batches"):
        write(parse(pa.array(["1.2.3.4", "5.6.7.8"])))
