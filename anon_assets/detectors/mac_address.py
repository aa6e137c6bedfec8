"""Hardware addresses of network interfaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["MacAddress"]

_PAIR = "[0-9A-Fa-f]{2}"
_LETTERED = 0.9  # share of random addresses with a letter among their digits: 1 - (10 / 16) ** 12 is 99.6 %


class MacAddress(Detector):
    """A 48-bit or 64-bit hardware address (IEEE 802 EUI-48, EUI-64) written with colons, hyphens or points.

    Twelve hex digits in a row may be anything: they count where the column's name says so. Pairs of decimal digits only
    are dates or codes, unless nearly all other values have letters.
    """

    title: ClassVar[str] = "MAC address"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("HIPAA: device identifiers and serial numbers", "GDPR recital 30: online identifier")
    identifying = True
    patterns = (
        rf"{_PAIR}(?:(?::{_PAIR}){{5}}|(?:-{_PAIR}){{5}}|(?::{_PAIR}){{7}}|(?:-{_PAIR}){{7}})",
        r"[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}",
        "[0-9A-Fa-f]{12}",
    )
    needs: ClassVar[str] = r"(?i:[0-9a-f][^0-9a-f]?){10}"
    chance = 0.0
    in_text = True
    text_patterns = (
        rf"{_PAIR}(?:(?::{_PAIR}){{5,}}|(?:-{_PAIR}){{5,}})",  # longer ones are taken whole: fingerprints of keys
        r"[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}",
    )
    tokens: ClassVar[Words] = {
        "en": ("mac", "mac address", "mac addr", "macaddr", "hardware address", "ethernet address", "bssid", "hwaddr"),
        "de": ("mac adresse", "hardwareadresse"),
        "fr": ("adresse mac", "adresse physique"),
        "es": ("dirección mac", "dirección física"),
        "it": ("indirizzo mac", "indirizzo fisico"),
        "pt": ("endereço mac", "endereço físico"),
        "nl": ("mac adres", "hardware adres"),
        "pl": ("adres mac", "adres fizyczny"),
    }
    negative = frozenset({"book", "os", "platform", "prefix", "store", "vendor", "version"})
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "other"})
    names_suffice = True
    examples = ("00:1B:44:11:3A:B7", "00-1b-44-11-3a-b7", "001b.4411.3ab7", "02:00:5e:ff:fe:00:53:af")
    counterexamples = (
        "12-34-56-78-90-12",
        "001B44113AB7",
        "ff:ff:ff:ff:ff:ff",
        "00:00:00:00:00:00",
        "12:34:56",
        "00:1B-44:11-3A:B7",
        "1b:44:11:3a:b7",
    )
    proposes: ClassVar[tuple[Any, ...]] = (
        {"token": {}},
        "null",
        {"constant": {"value": "02:00:00:00:00:00"}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """48 or 64 bits, not all alike, with a letter among the digits (or among those of nearly all values)."""
        digits = [value.translate({58: None, 45: None, 46: None}) for value in values]
        separated = [len(value) > len(each) for value, each in zip(values, digits, strict=True)]
        lettered = [not each.isdigit() for each in digits]
        enough = sum(lettered) >= _LETTERED * len(values)
        return [
            apart and len(each) in {12, 16} and len(set(each)) > 2 and (letter or enough)
            for apart, each, letter in zip(separated, digits, lettered, strict=True)
        ]
