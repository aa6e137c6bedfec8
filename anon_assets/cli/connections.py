"""A database from what a person types: a URL, or ``env:NAME`` that holds one."""

from __future__ import annotations

import os
import re
import urllib.parse
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr

from anon_assets.contracts.database import DATABASES, Database
from anon_assets.errors import UsageError
from anon_assets.findings import near, raise_errors
from anon_assets.sealed import Reference, Sealed

__all__ = ["connection", "connection_entry", "database_name", "valid_product"]

_KINDS = {"postgresql": "postgres", "postgres": "postgres"}
_FORM = "such as postgresql://user@host:5432/shop, or env:NAME that holds one"


class _Typed(Reference):
    """A URL with a password that was typed: it stays in this process, in no variable and in no file."""

    _url: Sealed = PrivateAttr(default_factory=lambda: Sealed(b""))

    @classmethod
    def of(cls, url: str, option: str) -> _Typed:
        """Args: url: as typed. option: where, for messages."""
        made = cls(env=option)
        made._url = Sealed(url.encode())
        return made

    def resolve(self, where: str) -> Sealed:  # noqa: ARG002
        """The URL."""
        return self._url

    def __str__(self) -> str:
        return str(self.env)


def _text(given: str, option: str) -> str:
    if given.startswith("env:"):
        found = os.environ.get(given[4:])
        if not found:
            raise UsageError(option, f"environment variable {given[4:]} is not set", "export it and try again")
        return found.strip()
    return given


def _kind(given: str, option: str) -> str:
    scheme, found, _ = _text(given, option).partition("://")
    if not found or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]{0,30}", scheme):
        raise UsageError(option, "not a database URL", _FORM)
    if scheme not in _KINDS:
        hint = near(scheme, _KINDS)
        raise UsageError(option, f"no database is spoken to as {scheme}://", hint if "?" in hint else _FORM)
    return _KINDS[scheme]


def _has_password(url: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:  # such as an unclosed [ of an IPv6 address: to be told, but not shown
        return True
    return bool(parts.password) or any("password" in key for key in urllib.parse.parse_qs(parts.query))


def connection(given: str, option: str = "--database") -> Database:
    """The database behind a typed URL.

    Args:
        given: the URL, or ``env:NAME``. option: where it was typed, for messages.

    Raises: UsageError, FindingsError; never shows the URL.
    """
    kind, url = _kind(given, option), _text(given, option)
    entry: Any = {kind: {"url": _Typed.of(url, option) if _has_password(url) else url}}
    database, findings = DATABASES.parse(entry, option)
    raise_errors(option, findings)
    return database  # type: ignore[return-value]  # without errors there is one


def connection_entry(given: str, name: str, root: Path, option: str = "--database") -> dict[str, Any]:
    """The profile entry for a typed URL.

    A URL without a password is written as it is; ``env:NAME`` becomes a reference to it; one with a password goes into a
    file of its own, readable by its owner only, and the entry refers to that.
    """
    kind, url = _kind(given, option), _text(given, option)
    if given.startswith("env:"):
        return {kind: {"url": {"env": given[4:]}}}
    if not _has_password(url):
        return {kind: {"url": url}}
    secret = root / ".anon" / "secrets" / f"{name}.url"
    secret.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(url)
    return {kind: {"url": {"file": str(secret.relative_to(root))}}}


def database_name(given: str, option: str = "--database") -> str:
    """The database's name in a typed URL, as a product name. Raises: UsageError when the URL names none."""
    _kind(given, option)
    try:
        path = urllib.parse.unquote(urllib.parse.urlsplit(_text(given, option)).path).strip("/")
    except ValueError:
        raise UsageError(option, "not a database URL", _FORM) from None
    name = re.sub(r"[^a-z0-9_]+", "_", path.lower()).strip("_")
    if not path:
        raise UsageError(option, "the URL names no database", "end it with /name")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        raise UsageError(option, "the database's name makes no product name", "give --product NAME")
    return name


def valid_product(name: str) -> str:
    """The name itself. Raises: UsageError when no product can have it."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        hint = "use up to 63 lower-case letters, digits and _, with a letter first"
        raise UsageError("--product", f"{name!r} cannot be a product's name", hint)
    return name
