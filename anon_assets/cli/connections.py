"""A database from what a person types: a URL, or ``env:NAME`` that holds one."""

from __future__ import annotations

import os
import re
import urllib.parse
from pathlib import Path
from typing import Any

from anon_assets.contracts.database import DATABASES, Database
from anon_assets.errors import UsageError
from anon_assets.findings import raise_errors

__all__ = ["connection", "connection_entry", "database_name"]

_KINDS = {"postgresql": "postgres", "postgres": "postgres"}
_TYPED = "ANON_ASSETS_TYPED_URL"


def _text(given: str) -> str:
    if given.startswith("env:"):
        found = os.environ.get(given[4:])
        if not found:
            raise UsageError("--database", f"environment variable {given[4:]} is not set", "export it and try again")
        return found
    return given


def _kind(given: str) -> str:
    scheme = _text(given).partition("://")[0]
    if scheme not in _KINDS or "://" not in _text(given):
        raise UsageError("--database", "not a database URL", "such as postgresql://user@host:5432/shop, or env:NAME")
    return _KINDS[scheme]


def _has_password(url: str) -> bool:
    parts = urllib.parse.urlsplit(url)
    return bool(parts.password) or "password" in urllib.parse.parse_qs(parts.query)


def connection(given: str) -> Database:
    """The database behind a typed URL. Raises: UsageError, FindingsError; never shows the URL."""
    kind, url = _kind(given), _text(given)
    if _has_password(url):
        os.environ[_TYPED] = url
        entry: Any = {kind: {"url": {"env": _TYPED}}}
    else:
        entry = {kind: {"url": url}}
    database, findings = DATABASES.parse(entry, "--database")
    raise_errors("--database", findings)
    return database  # type: ignore[return-value]  # without errors there is one


def connection_entry(given: str, name: str, root: Path) -> dict[str, Any]:
    """The profile entry for a typed URL.

    A URL without a password is written as it is; ``env:NAME`` becomes a reference to it; one with a password goes into a
    file of its own, readable by its owner only, and the entry refers to that.
    """
    kind, url = _kind(given), _text(given)
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


def database_name(given: str) -> str:
    """The database's name in a typed URL, as a product name. Raises: UsageError when the URL names none."""
    path = urllib.parse.unquote(urllib.parse.urlsplit(_text(given)).path).strip("/")
    name = re.sub(r"[^a-z0-9_]+", "_", path.lower()).strip("_")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        raise UsageError("--database", "the URL names no database", "end it with /name, or give --product NAME")
    return name
