"""Internet addresses, version 4 and 6."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["IpAddress"]

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HEX = "[0-9A-Fa-f]{1,4}"
_V4 = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
_SMALL = 32  # four numbers that all stay below this read like a version
_MANY = 8  # addresses from which a column is judged as a whole
_PRIVATE = 10  # the network 10.0.0.0/8, whose addresses often have small numbers only
_REACH = 30  # characters before an address in which a word tells what it is
_VERSION = frozenset({
    "article", "build", "builds", "chapter", "clause", "fw", "firmware", "oid", "rel", "release", "releases", "rev",
    "revision", "section", "softwareversie", "softwareversion", "v", "ver", "vers", "versie", "version", "versione",
    "versiones", "versioni", "versionen", "versions", "versión", "versão", "wersja", "wersji", "версия", "版本", "§",
})  # fmt: skip
_ADDRESS = frozenset({
    "addr", "address", "addresses", "adres", "adresse", "dirección", "endereço", "indirizzo", "ip", "ipaddr",
    "ipaddress", "ips", "ipv",
})  # fmt: skip
_PLACE = frozenset({
    "at", "by", "client", "clients", "dns", "from", "gateway", "host", "hosts", "login", "node", "peer", "ping",
    "resolver", "router", "server", "servers", "ssh", "user", "von",
})  # fmt: skip
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+|§")
_BEGUN = re.compile(r"^[^\W\d_]+")  # perhaps the end of a word only
_APART = re.compile(r"[,;|&{}\t]|(?<=[^\W\d_]{5})\.\s|(?<![^\W_])[0-9]")  # what follows has words of its own
_LISTED = re.compile(  # versions 1.2.3.4, 1.2.3.5 and ...
    r"(?:[0-9]+(?:\.[0-9]+)+(?:\s*(?:,|/|&|-|>|\u2013|\u2192|and|or|to|und|oder|bis|et|ou|à|y|o|e|i|en))+\s*)+$",
    re.IGNORECASE,
)
_PORT = re.compile(r"^\[(.+)\](?::[0-9]{1,5})?$|^([0-9.]+):[0-9]{1,5}$")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class IpAddress(Detector):
    """An IPv4 or IPv6 address, with or without a prefix length, a zone or a port.

    Every four-part version number is a valid IPv4 address. A column whose numbers all stay below 100, or that all begin
    with a number below 32 other than 10, is taken for versions or other codes; among addresses, so is a value whose
    numbers all stay below 32, unless it begins with 10. Where running text is searched for addresses to replace, such a
    value is one: better a version covered than an address left. It is none right behind a word for versions or sections
    (``v1.2.3.4``, ``firmware 1.2.3.4``, also further on in a list of them), unless a word for addresses stands there too
    (``ip of the build: 8.8.8.8``), or one for machines nearer (``release from host 8.8.8.8``). Loopback and unspecified
    addresses, network masks and whole networks belong to nobody.
    """

    title: ClassVar[str] = "IP address"
    taxonomy = ("HIPAA: IP addresses", "GDPR recital 30: online identifier")
    identifying = True
    patterns = (
        rf"{_V4}(?:/[0-9]{{1,2}}|:[0-9]{{1,5}})?",
        r"[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?:%[0-9A-Za-z]+)?(?:/[0-9]{1,3})?",
        r"\[[0-9A-Fa-f:.]+(?:%[0-9A-Za-z]+)?\](?::[0-9]{1,5})?",
    )
    needs: ClassVar[str] = r"[.:]"
    chance = 0.01
    in_text = True
    text_patterns = (
        r"[0-9]{1,5}(?:\.[0-9]{1,5}){3,}",  # longer ones are taken whole: part of an object identifier is no address
        rf"(?:{_HEX}:){{7,}}{_HEX}",
        rf"(?:{_HEX}:){{1,6}}(?::{_HEX}){{1,6}}",
        rf"(?:{_HEX}:){{2,7}}:",
        rf"(?:(?:{_HEX}:){{6}}|(?:(?:{_HEX}:){{1,5}}|:)(?::{_HEX}){{0,4}}:){_V4}",
        rf"::(?:{_HEX}:){{1,5}}{_HEX}",
    )
    tokens: ClassVar[Words] = {
        "en": ("ip", "ip address", "ip addr", "ipaddr", "remote addr", "client ip", "ipv", "source ip", "src ip",
               "x forwarded for", "remote host", "dst ip"),
        "de": ("ip adresse",),
        "fr": ("adresse ip",),
        "es": ("dirección ip",),
        "it": ("indirizzo ip",),
        "pt": ("endereço ip",),
        "nl": ("ip adres",),
        "pl": ("adres ip",),
    }  # fmt: skip
    negative = frozenset({
        "build", "city", "country", "firmware", "mask", "netmask", "port", "range", "region", "release", "subnet",
        "version",
    })  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "inet", "other"})
    names_suffice = True
    examples = (
        "192.168.10.1",
        "203.0.113.7/24",
        "2001:db8::8a2e:370:7334",
        "fe80::1%eth0",
        "::ffff:198.51.100.4",
        "[2001:db8::1]:443",
        "198.51.100.4:8080",
    )
    counterexamples = (
        "1.2.3.4",
        "256.1.1.1",
        "12:34:56",
        "127.0.0.1",
        "::",
        "10.0.0",
        "aa:bb:cc:dd:ee:ff",
        "aa:bb:cc:dd:ee:ff:00:11",
        "255.255.255.0",
        "0.0.0.255",
        "198.51.100.0/24",
    )
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fake": {"as": "ip_address"}},
        {"token": {}},
        "null",
        {"constant": {"value": "192.0.2.1"}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Parsed by the standard library; none of version 4 when the values together look like version numbers."""
        parsed = [_parse(value) for value in values]
        old = [each.packed for each in parsed if isinstance(each, ipaddress.IPv4Address)]
        codes = _are_codes(old)
        large = sum(max(packed) >= _SMALL for packed in old) > len(old) / 2
        return [
            each is not None
            and (
                isinstance(each, ipaddress.IPv6Address)
                or (not codes and (max(each.packed) >= _SMALL or (large and each.packed[0] == _PRIVATE)))
            )
            for each in parsed
        ]

    def in_context(self, lines: Sequence[str], values: Sequence[str]) -> Sequence[bool]:
        """Of what ``valid`` refuses inside text: addresses of small numbers, unless the words before tell of versions.

        Args:
            lines: what stands before each on its line. values: the texts.
        """
        parsed = {value: _parse(value) for value in set(values)}
        parts = [_last_part(line) for line in lines]
        versions = {part: _announces_version(part) for part in set(parts)}
        return [
            isinstance(address := parsed[value], ipaddress.IPv4Address)
            and (address.packed[0] == _PRIVATE or not versions[part])
            for part, value in zip(parts, values, strict=True)
        ]


def _last_part(line: str) -> str:
    """The words at the end of a line that may tell what follows; before a list, when that has begun."""
    line = _LISTED.sub("", line)
    return _APART.split(line if len(line) <= _REACH else _BEGUN.sub("", line[-_REACH - 1 :]))[-1]


def _announces_version(part: str) -> bool:
    """These words announce a version, or a section of a text, and no address."""
    words = [word.casefold() for run in _WORD.findall(part) for word in _HUMP.split(run)]
    if not _ADDRESS.isdisjoint(words):
        return False
    return next((word in _VERSION for word in reversed(words) if word in _VERSION or word in _PLACE), False)


def _are_codes(addresses: Sequence[bytes]) -> bool:
    if all(max(packed) < _SMALL for packed in addresses):
        return True
    if len(addresses) < _MANY:
        return False
    first = {packed[0] for packed in addresses}
    return max(map(max, addresses)) < 100 or (max(first) < _SMALL and first != {_PRIVATE})


def _parse(value: str) -> _Address | None:
    """The address, if it may be somebody's."""
    if bare := _PORT.match(value):
        value = bare[1] or bare[2]
    address: _Address
    try:
        if "/" in value:
            found = ipaddress.ip_interface(value)
            address, network = found.ip, found.network
            if network.prefixlen < network.max_prefixlen and address == network.network_address:
                return None
        else:
            address = ipaddress.ip_address(value)
    except ValueError:
        return None
    if address.is_loopback or address.is_unspecified:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return None if address.packed[0] in {0, 255} else address
    groups = value.partition("/")[0].partition("%")[0].split(":")
    if "::" not in value and all(len(group) == 2 for group in groups):
        return None  # eight pairs are a hardware address
    plain = "." in value or "".join(groups[1:-1]) or (len(groups[0]) > 2 and any(map(str.isdigit, value)))
    return address if plain else None  # a::b names something in a program
