"""A keyed random permutation of a small set of numbers, as a table.

Where a domain is too small for format-preserving encryption (``FF1`` asks for a million strings), the whole permutation can be
written down.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from anon_assets.crypto.blocks import Blocks, check_key
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

__all__ = ["MOST_SIZE", "Permutation"]

MOST_SIZE = 1_000_000
"""Most numbers in one permutation."""

Numbers = npt.NDArray[np.uint32]


class Permutation:
    """A permutation of 0 to ``size - 1``, as random as the key: every one of the ``size!`` is (all but) equally likely.

    The numbers are ordered by the AES block that each is encrypted to, together with ``size``. AES is a permutation, so no
    two blocks are equal, and its blocks cannot be told from random ones.

    Args:
        key: an AES key of 16, 24 or 32 bytes, used for nothing else.
        size: 2 to 1,000,000.

    Raises: TransformError for a key or size out of range; from the methods, for numbers that are. It shows neither.
    Guarantees: ``decrypt`` inverts ``encrypt``; equal keys and sizes give equal permutations, on every machine.
    Limits: whoever knows how a number is mapped knows it of that number everywhere, and a set this small keeps its
        frequencies. Memory is 8 bytes per number.
    Source: J. Black, P. Rogaway, Ciphers with Arbitrary Finite Domains (CT-RSA 2002), method 1: a table that is ordered by a
        keyed function.

    >>> shuffled = Permutation(Sealed(bytes(32)), 5)
    >>> numbers = shuffled.encrypt(np.arange(5))
    >>> sorted(numbers.tolist()), shuffled.decrypt(numbers).tolist()
    ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4])
    """

    def __init__(self, key: Sealed, size: int) -> None:
        check_key("permutation", key)
        if not 2 <= size <= MOST_SIZE:
            raise TransformError("permutation", f"a set of {size:,} numbers",
                                 f"2 to {MOST_SIZE:,} are possible; a larger set can have FF1")  # fmt: skip
        self._size = size
        inputs = np.empty((size, 2), ">u8")
        inputs[:, 0], inputs[:, 1] = size, np.arange(size)
        high, low = Blocks("permutation", key).encrypt(inputs).view(">u8").astype(np.uint64).T
        order = np.argsort(high)
        if (high[order[1:]] == high[order[:-1]]).any():  # the first half alone decides but for one key in 37 million
            order = np.lexsort((low, high))
        self._numbers = order.astype(np.uint32)
        self._places = np.empty_like(self._numbers)
        self._places[self._numbers] = np.arange(size, dtype=np.uint32)

    def __repr__(self) -> str:
        return f"Permutation(size {self._size})"

    def encrypt(self, numbers: npt.NDArray[Any]) -> Numbers:
        """The number that each is mapped to.

        Args:
            numbers: any integer type and shape, 0 to ``size - 1``.

        Returns: a new array of the same shape.
        Raises: TransformError for other numbers; it counts them.
        """
        return self._looked_up(self._numbers, numbers)

    def decrypt(self, numbers: npt.NDArray[Any]) -> Numbers:
        """The numbers that ``encrypt`` mapped to these. As ``encrypt``."""
        return self._looked_up(self._places, numbers)

    def _looked_up(self, table: Numbers, numbers: npt.NDArray[Any]) -> Numbers:
        if numbers.dtype.kind not in "iu":
            raise TransformError("permutation", f"numbers of type {numbers.dtype}", "give integers")
        outside = int(np.count_nonzero((numbers < 0) | (numbers >= self._size)))
        if outside:
            raise TransformError("permutation", f"{outside} of {numbers.size} numbers are not below {self._size:,}")
        found: Numbers = table[numbers]
        return found
