"""Envelope encryption: a product's data keys, wrapped by the key service, kept in the store."""

from __future__ import annotations

import base64
import json
import secrets

from anon_assets.errors import KeyUnavailable
from anon_assets.keys import DATA_KEY_BYTES, KeyRing
from anon_assets.sealed import Sealed
from anon_assets.stages.product import Product

__all__ = ["open_keys"]

_FILE = "wrapped.json"


def open_keys(product: Product) -> KeyRing:
    """The product's data keys; the first one is made on first use.

    Raises: KeyUnavailable when the key service does not open them; StoreError.
    """
    name, store, kms = product.staged("keys"), product.profile.store, product.profile.kms
    if not store.files(name):
        wrapped = kms.wrap(product.name, Sealed(secrets.token_bytes(DATA_KEY_BYTES)))
        with store.stage(name) as folder:
            (folder / _FILE).write_text(json.dumps({"1": base64.b64encode(wrapped).decode()}))
    with store.open(name, _FILE) as file:
        content = file.read()
    try:
        versions = {int(number): base64.b64decode(text, validate=True) for number, text in json.loads(content).items()}
    except (ValueError, AttributeError, TypeError):
        hint = "restore the file from a backup; without it no token can be made again"
        raise KeyUnavailable(f"{store.uri(name)}", "the file of wrapped data keys is damaged", hint) from None
    return KeyRing(product.name, {number: kms.unwrap(product.name, blob) for number, blob in versions.items()})
