"""Secrets that cannot be shown by accident, and references that say where a secret lies."""

from __future__ import annotations

import hmac
import os
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict, model_validator

from anon_assets.errors import KeyUnavailable
from anon_assets.paths import ProjectPath

__all__ = ["Reference", "Sealed"]


class Sealed:
    """Bytes that cannot be printed, formatted, pickled, iterated or compared in variable time.

    Args:
        material: the secret bytes.

    >>> Sealed(b"k" * 32)
    Sealed(32 bytes)
    >>> f"{Sealed(b'secret')}"
    'Sealed(6 bytes)'
    """

    __slots__ = ("_material",)

    def __init__(self, material: bytes) -> None:
        self._material = b"".join([material])  # unlike bytes(), it makes no key of zeros out of a number

    def reveal(self) -> bytes:
        """The bytes themselves, for the call that uses them; do not bind the result to a long-lived name."""
        return self._material

    def reveal_text(self) -> str:
        """The bytes as UTF-8 text, without the line end that an editor leaves in a secret file."""
        return self._material.decode().rstrip("\r\n")

    def __len__(self) -> int:
        return len(self._material)

    def __repr__(self) -> str:
        return f"Sealed({len(self._material)} bytes)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        """Constant time in the content."""
        return isinstance(other, Sealed) and hmac.compare_digest(self._material, other._material)

    def __hash__(self) -> NoReturn:  # a hash of a secret is a fingerprint of it
        raise TypeError("a sealed value has no hash")

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a sealed value cannot be pickled or copied")


class Reference(BaseModel):
    """Where a secret lies: ``{env: NAME}`` or ``{file: PATH}``. Never the secret itself.

    Raises (from ``resolve``): KeyUnavailable when the variable is unset or the file unreadable.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    env: str | None = None
    file: ProjectPath | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_a_reference(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError("a secret written out; write {env: NAME} or {file: PATH}")  # noqa: TRY004 pydantic wants it
        return value

    @model_validator(mode="after")
    def _names_one_place(self) -> Reference:
        if (self.env is None) == (self.file is None):
            raise ValueError("name one place: {env: NAME} or {file: PATH}")
        return self

    def resolve(self, where: str) -> Sealed:
        """Read the secret. ``where`` names the user of it, for the error."""
        if self.env is not None:
            value = os.environ.get(self.env)
            if not value:
                raise KeyUnavailable(where, f"environment variable {self.env} is not set", "export it and try again")
            return Sealed(value.encode())
        path = Path(str(self.file))
        try:
            return Sealed(path.read_bytes())
        except OSError as error:
            raise KeyUnavailable(where, f"secret file {path} cannot be read ({error.strerror})") from None

    def __str__(self) -> str:
        return f"env {self.env}" if self.env else f"file {self.file}"
