"""The contract of a key management service: wrap and unwrap a data key. Envelope encryption sits above it."""

from __future__ import annotations

from abc import abstractmethod

from anon_assets.family import Family, Member
from anon_assets.sealed import Sealed

__all__ = ["KMS", "Kms"]


class Kms(Member):
    """A service that holds master keys and never gives them out."""

    @abstractmethod
    def wrap(self, key_id: str, data_key: Sealed) -> bytes:
        """Encrypt a data key under the newest version of master key ``key_id``, creating the key on first use.

        Returns: the wrapped key; it names the master key's version.
        Raises: KeyUnavailable.
        """

    @abstractmethod
    def unwrap(self, key_id: str, wrapped: bytes) -> Sealed:
        """Decrypt what ``wrap`` returned, by whichever version wrapped it.

        Raises: KeyUnavailable when the master key is not there, is another, or the bytes were changed.
        """

    @abstractmethod
    def versions(self, key_id: str) -> tuple[int, ...]:
        """Versions of master key ``key_id``, ascending; empty when there is none."""


KMS: Family[Kms] = Family("resources.kms", Kms)  # type: ignore[type-abstract]
