"""The contract of a store: where staged files lie, as directories that appear whole or not at all."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from anon_assets.family import Family, Member

__all__ = ["STORES", "Store"]


class Store(Member):
    """Directories of files by name, such as ``shop/raw/public.customer``. A name has one current directory at most."""

    @abstractmethod
    def stage(self, name: str) -> AbstractContextManager[Path]:
        """A fresh local directory to fill; when the block ends well it *becomes* the directory of that name at once.

        When the block raises, it is removed and the current directory stays. Readers that opened files of the previous
        directory keep them. Raises: StoreError (no space, no permission), naming the store and the system's reason.
        """

    @abstractmethod
    def open(self, name: str, file: str) -> BinaryIO:
        """A file of the current directory, for reading; seekable. Raises: StoreError when it is not there."""

    @abstractmethod
    def files(self, name: str) -> Sequence[str]:
        """File names of the current directory, sorted; empty when there is none."""

    @abstractmethod
    def list(self, prefix: str = "") -> Sequence[str]:
        """Names of all current directories below a prefix, sorted."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove the directory of that name; nothing happens when there is none."""

    @abstractmethod
    def uri(self, name: str) -> str:
        """Where the current directory lies, for people and catalogs."""


STORES: Family[Store] = Family("resources.stores", Store)  # type: ignore[type-abstract]
