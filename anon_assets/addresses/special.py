"""Ranges of IP addresses that are not public, and how a prefix-preserving permutation maps each onto itself."""

from __future__ import annotations

from ipaddress import ip_network

import numpy as np
import numpy.typing as npt

from anon_assets.addresses.words import Words

__all__ = ["SPECIAL", "leading_bits"]

_FOUR = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
    "224.0.0.0/4", "240.0.0.0/4",
)  # fmt: skip
_SIX = ("::/128", "::1/128", "::ffff:0.0.0.0/96", "fc00::/7", "fe80::/10", "ff00::/8")

SPECIAL: dict[int, tuple[str, ...]] = {4: _FOUR, 6: _SIX}
"""By family: this network, private, shared, loopback, link-local, multicast and reserved; for IPv6 also IPv4-mapped."""


def _read(ranges: tuple[str, ...]) -> list[tuple[int, int]]:
    return [(int(network.network_address), network.prefixlen) for network in map(ip_network, ranges)]


_RANGES = {4: _read(_FOUR), 6: _read(_SIX)}
_RANGES[6] += [(0xFFFF << 32 | address, 96 + length) for address, length in _RANGES[4]]
_HALF = (1 << 64) - 1


def leading_bits(low: Words, high: Words | None = None) -> npt.NDArray[np.uint8]:
    """How many leading bits of each address must pass, so that every special range is mapped onto itself.

    That is the whole prefix of the range for an address inside; for any other, the bits that it has in common with a
    range, and the one in which it departs. A permutation that preserves prefixes and keeps the ranges has no choice in
    these bits, and is free in all others.

    Args:
        low: IPv4 addresses, or the lower halves of IPv6 addresses.
        high: the upper halves of IPv6 addresses; None for IPv4.

    Returns: 3 to 16 for IPv4, 2 to 128 for IPv6.

    >>> leading_bits(np.array([0x0A010203, 0x08080808], np.uint64)).tolist()  # 10.1.2.3 and 8.8.8.8
    [8, 7]
    """
    most = np.zeros(len(low), np.uint8)
    for address, length in _RANGES[4 if high is None else 6]:
        if high is None:
            common = 32 - _bit_length(low ^ np.uint64(address))
        else:
            upper, lower = high ^ np.uint64(address >> 64), low ^ np.uint64(address & _HALF)
            common = 64 - _bit_length(upper)
            common += (upper == 0) * (64 - _bit_length(lower))
        most = np.maximum(most, np.minimum(common, length - 1).astype(np.uint8) + np.uint8(1))
    return most


def _bit_length(words: Words) -> npt.NDArray[np.int32]:
    """Bits of each number without leading zeros; 0 for 0."""
    upper, lower = words >> np.uint64(32), words & np.uint64(0xFFFFFFFF)
    _, upper_bits = np.frexp(upper.astype(np.float64))  # exact: a float holds 53 bits
    _, lower_bits = np.frexp(lower.astype(np.float64))
    return np.asarray(np.where(upper > 0, upper_bits + 32, lower_bits), np.int32)
