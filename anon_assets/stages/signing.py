"""Statements that only a holder of the product's key can make: JSON with an HMAC-SHA-256 (RFC 2104) beside it."""

from __future__ import annotations

import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from anon_assets.errors import PublishRefused
from anon_assets.keys import KeyRing

__all__ = ["sign", "verify_signature"]


def sign(keys: KeyRing, purpose: str, content: dict[str, Any]) -> str:
    """Content and its HMAC-SHA-256 (RFC 2104) as JSON text. The key version stands beside it."""
    body = json.dumps(content, sort_keys=True)
    mac = HMAC(keys.derive(purpose).reveal(), SHA256())
    mac.update(body.encode())
    return json.dumps(
        {"content": content, "key_version": keys.current, "mac": mac.finalize().hex()}, sort_keys=True, indent=1
    )


def verify_signature(keys: KeyRing, purpose: str, text: str) -> dict[str, Any]:
    """The content of what ``sign`` made. Raises: PublishRefused when it was made by another key or changed."""
    try:
        signed = json.loads(text)
        content, version = signed["content"], int(signed["key_version"])
        mac = HMAC(keys.derive(purpose, version=version).reveal(), SHA256())
        mac.update(json.dumps(content, sort_keys=True).encode())
        mac.verify(bytes.fromhex(signed["mac"]))
    except (ValueError, KeyError, TypeError, InvalidSignature):
        raise PublishRefused(
            keys.product, f"the {purpose} was changed or made under another key", "validate again"
        ) from None
    return dict(content)
