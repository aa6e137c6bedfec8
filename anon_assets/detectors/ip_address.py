"""Internet addresses, version 4 and 6."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["IpAddress"]

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HEX = "[0-9A-Fa-f]{1,4}"
_SMALL = 32  # four numbers that all stay below this read like a version


class IpAddress(Detector):
    """An IPv4 or IPv6 address, with or without a prefix length.

    Every four-part version number is a valid IPv4 address, so that a column in which no part of any value reaches 32 is
    taken for versions. Loopback and unspecified addresses belong to nobody.
    """

    title: ClassVar[str] = "IP address"
    taxonomy = ("HIPAA: IP addresses", "GDPR recital 30: online identifier")
    identifying = True
    patterns = (
        rf"(?:{_OCTET}\.){{3}}{_OCTET}(?:/[0-9]{{1,2}})?",
        r"[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?:%[0-9A-Za-z]+)?(?:/[0-9]{1,3})?",
    )
    chance = 0.01
    in_text = True
    text_patterns = (
        rf"(?:{_OCTET}\.){{3}}{_OCTET}",
        rf"(?:{_HEX}:){{7}}{_HEX}",
        rf"(?:{_HEX}:){{2,6}}(?::{_HEX}){{1,5}}",
    )
    tokens: ClassVar[Words] = {
        "en": ("ip", "ip address", "ip addr", "ipaddr", "remote addr", "client ip", "ipv"),
        "de": ("ip adresse",),
        "fr": ("adresse ip",),
        "es": ("dirección ip",),
        "it": ("indirizzo ip",),
        "pt": ("endereço ip",),
        "nl": ("ip adres",),
        "pl": ("adres ip",),
    }
    negative = frozenset({"build", "city", "country", "port", "range", "region", "release", "version"})
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "inet", "other"})
    names_suffice = True
    examples = ("192.168.10.1", "203.0.113.7/24", "2001:db8::8a2e:370:7334", "fe80::1%eth0", "::ffff:198.51.100.4")
    counterexamples = ("1.2.3.4", "256.1.1.1", "12:34:56", "127.0.0.1", "::", "10.0.0", "aa:bb:cc:dd:ee:ff")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fake": {"as": "ip_address"}},
        {"token": {}},
        "null",
        {"constant": {"value": "192.0.2.1"}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Parsed by the standard library; all false when the values together look like version numbers."""
        parsed = [_parse(value) for value in values]
        old = [each.packed for each in parsed if isinstance(each, ipaddress.IPv4Address)]
        versions = bool(old) and all(max(packed) < _SMALL for packed in old)
        return [
            each is not None
            and not (each.is_loopback or each.is_unspecified)
            and not (versions and isinstance(each, ipaddress.IPv4Address))
            for each in parsed
        ]


def _parse(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_interface(value).ip
    except ValueError:
        return None
