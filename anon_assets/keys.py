"""Data keys of a product, and sub-keys derived from them, one per purpose.

A product has numbered data keys of 32 random bytes. Nothing uses a data key directly: every use derives its own key by
HKDF-SHA-256 (RFC 5869) with a written label, so that no two purposes ever share one.
"""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from anon_assets.errors import KeyUnavailable
from anon_assets.sealed import Sealed

__all__ = ["DATA_KEY_BYTES", "KeyRing"]

DATA_KEY_BYTES = 32


class KeyRing:
    """The data keys of one product, by version; the highest is current.

    Args:
        product: the product's name; it is part of every label.
        versions: version number (1 and up) to data key of 32 bytes.

    Raises: KeyUnavailable for an empty ring, a version below 1 or a key of another length.

    >>> ring = KeyRing("shop", {1: Sealed(b"0" * 32)})
    >>> ring.derive("token", "email") == ring.derive("token", "phone")
    False
    >>> ring
    KeyRing(shop, version 1 of 1)
    """

    def __init__(self, product: str, versions: Mapping[int, Sealed]) -> None:
        if not versions:
            raise KeyUnavailable(product, "has no data key")
        if any(number < 1 or len(key) != DATA_KEY_BYTES for number, key in versions.items()):
            raise KeyUnavailable(product, f"a data key is not version >= 1 and {DATA_KEY_BYTES} bytes long")
        self.product = product
        self._versions = dict(versions)
        self.current = max(versions)

    def derive(self, *purpose: str, version: int | None = None, length: int = 32) -> Sealed:
        """A sub-key for one purpose.

        Args:
            purpose: the label's parts, such as linkage domain, transform and what the key is for; each is length-prefixed,
                so that ("ab", "c") and ("a", "bc") differ.
            version: the data key's version; the current one when None.
            length: bytes wanted, 16 to 8160.

        Raises: KeyUnavailable for a version that the ring does not hold.
        Source: RFC 5869; salt empty, info = label.
        """
        number = self.current if version is None else version
        if number not in self._versions:
            raise KeyUnavailable(self.product, f"no data key of version {number}")
        parts = ["anon_assets", "1", self.product, str(number), *purpose]
        label = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        return Sealed(HKDF(SHA256(), length, salt=None, info=label).derive(self._versions[number].reveal()))

    def __repr__(self) -> str:
        return f"KeyRing({self.product}, version {self.current} of {len(self._versions)})"
