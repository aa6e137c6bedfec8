"""A column of IP addresses as 64-bit words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["LONGEST", "Addresses", "Flags", "Places", "Words", "host_bits"]

LONGEST = {4: 15, 6: 39}
"""Most characters of an address by family; ``/length`` takes another 3 and 4."""

Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

_ALL = np.uint64(2**64 - 1)


@dataclass(frozen=True, slots=True)
class Addresses:
    """A column of addresses.

    Args:
        family: 4, 6, or 0 for a value that is null or no address; uint8.
        low: the IPv4 address, or the lower half of the IPv6 address.
        high: the upper half of the IPv6 address; 0 for IPv4.
        length: bits of the prefix after ``/``; -1 without one; int16.

    All have one entry per row.
    """

    family: npt.NDArray[np.uint8]
    low: Words
    high: Words
    length: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.family)

    def take(self, rows: Places | Flags | slice) -> Addresses:
        """Those rows, by position, flag or slice."""
        return Addresses(self.family[rows], self.low[rows], self.high[rows], self.length[rows])


def host_bits(family: npt.NDArray[np.uint8], length: npt.NDArray[np.int16]) -> tuple[Words, Words]:
    """The bits of an address that follow its prefix: low and high words with ones in their places.

    Args:
        family: 4 or 6.
        length: bits of the prefix; -1 for all of the address.
    """
    width = np.where(family == 4, 32, 128)
    host = (width - np.where(length < 0, width, np.minimum(length, width))).astype(np.uint64)
    low = ~(_ALL << np.minimum(host, np.uint64(64)))  # a shift by all 64 bits leaves none
    high = ~(_ALL << (np.maximum(host, np.uint64(64)) - np.uint64(64)))
    return low, high
