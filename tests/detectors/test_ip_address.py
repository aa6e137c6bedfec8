"""Internet addresses."""

from __future__ import annotations

import ipaddress
import random
import socket
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.ip_address import IpAddress
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised
from anon_assets.text_shapes import text_shape


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
        short = len([group for group in value.split(":") if group]) < 3  # a::b may name something in a program
        assert said == real or (real and not said and short)


def test_octets_stay_below_256_and_versions_are_no_addresses() -> None:
    mixed = pa.array(["192.0.2.300", "192.0.2.30", "999.1.1.1", "1.2.3", "198.51.100.01"])
    assert recognised(IpAddress(), mixed, "t")[1].tolist() == [False, True, False, False, False]
    assert not recognised(IpAddress(), pa.array([f"2.{n}.0.1" for n in range(30)]), "t")[1].any()


def column(make: Callable[[random.Random], str]) -> float:
    made = random.Random(4)
    values = sorted({make(made) for _ in range(200)})
    return float(recognised(IpAddress(), pa.array(values), "t")[1].mean())


def test_columns_of_addresses_are_recognised() -> None:
    assert column(lambda r: ".".join(str(r.randint(1, 254)) for _ in range(4))) > 0.99
    assert column(lambda r: f"192.168.{r.randint(0, 3)}.{r.randint(1, 254)}") == 1
    assert column(lambda r: f"10.{r.randint(0, 255)}.{r.randint(0, 255)}.{r.randint(1, 254)}") == 1
    assert column(lambda r: str(ipaddress.IPv6Address(r.getrandbits(128)))) == 1
    assert column(lambda r: f"::ffff:{r.randint(1, 223)}.{r.randint(0, 255)}.2.7") == 1
    assert column(lambda r: f"{r.randint(50, 223)}.{r.randint(0, 255)}.2.7:{r.randint(1024, 65535)}") == 1


def test_columns_of_other_dotted_numbers_are_not() -> None:
    assert column(lambda r: f"{r.randint(1, 12)}.{r.randint(0, 40)}.{r.randint(0, 200)}.{r.randint(0, 9)}") == 0
    assert column(lambda r: f"{r.randint(1, 20)}.{r.randint(0, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)}") == 0
    assert column(lambda r: ".".join(f"{r.randint(10, 99)}" for _ in range(4))) == 0  # Danish telephone numbers
    assert column(lambda r: f"255.255.{r.choice([0, 128, 192, 224, 240, 248, 252, 254, 255])}.0") == 0
    assert column(lambda r: f"{r.randint(1, 223)}.{r.randint(0, 255)}.{r.randint(0, 255)}.0/24") == 0
    assert column(lambda r: f"127.0.0.{r.randint(1, 254)}") == 0
    assert column(lambda r: ":".join(f"{r.randrange(256):02x}" for _ in range(8))) == 0  # EUI-64


def test_names(found) -> None:
    versions = [f"{n % 9}.{n % 7}.{n}.{n % 3}" for n in range(99)]
    assert found({"version": versions, "app_version": versions, "c3": versions}) == {
        "version": "",
        "app_version": "",
        "c3": "",
    }
    addresses = [f"203.0.{n % 113}.{n % 251 + 1}" for n in range(300)]
    for name in ("ip_address", "c17", "notes", "remote_addr"):
        assert found({name: addresses})[name] == "ip_address", name


def test_every_form_of_version_6_is_found_in_text() -> None:
    for address in ("2001:db8::1", "fe80::1ff:fe23:4567:890a", "2001:db8:0:0:8:800:200c:417a", "::ffff:198.51.100.4",
                    "2001:db8::", "64:ff9b::192.0.2.33"):  # fmt: skip
        text = f"peer={address}, up"
        (span,) = text_shape(IpAddress()).spans(text)
        assert text[slice(*span)] == address
    others = [
        "12:34:56",
        "std::string",
        "a::b",
        "oid 1.3.6.1.4.1.311.21.20",
        "00:1b:44:11:3a:b7",
        "v10.2.3.4 of 10.2.3.4.5",
    ]
    assert text_hits(pa.array(others), [IpAddress()]) == {}


def test_addresses_are_found_in_log_lines() -> None:
    lines = [
        "Accepted for root from 203.0.113.9 port 22",
        "client [2001:db8::ff00:42:8329]:443",
        "at 12:34:56 v1.2.3.4",
        "a::b",
    ]
    assert text_hits(pa.array(lines), [IpAddress()]) == {"ip_address": 2}


def test_words_before_an_address_of_small_numbers_tell_what_it_is() -> None:
    told = {
        "": True, "ip ": True, "build of ip ": True, "host, version ": False, "v": False, "the ship of version ": False,
        "version " + "x" * 30: True, "version 7, ": True, "versions 2.0.0.1, 2.0.0.2 or ": False, "firmware at ": True,
        "rev. no. ": False, "a;ver ": False, "version;ip ": True, "," * 30 + "version ": False, "of version " + "-" * 24: True,
        "a new version. ": True,
    }  # fmt: skip
    assert list(IpAddress().in_context(list(told), ["8.8.8.8"] * len(told))) == list(told.values())
    assert list(IpAddress().in_context(["version "], ["10.2.3.4"])) == [True]  # whatever else is judged beside it
    others = ["127.0.0.1", "0.1.2.3", "1.2.3.4.5", "255.255.255.0", "std::string", "1.2.3.400"]
    assert not any(IpAddress().in_context(["ip "] * len(others), others))


def test_a_whole_column_of_versions_stays_one_whatever_text_may_hold(found) -> None:
    small = [f"{n % 9 + 1}.{n % 7}.{n % 31}.{n % 3}" for n in range(400)]
    assert found({"version": small, "c3": small, "ip_version": small}) == {"version": "", "c3": "", "ip_version": ""}
    assert text_hits(pa.array([f"v{value}" for value in small] + small), [IpAddress()]) == {}
