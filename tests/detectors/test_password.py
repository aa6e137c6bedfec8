from __future__ import annotations

import hashlib

HASHES = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(20)]


def test_passwords_and_their_hashes(found) -> None:
    for name in ("password", "password_hash", "passwort", "mot_de_passe", "haslo"):
        assert found({name: HASHES})[name] == "password", name


def test_hashes_of_other_things_are_not(found) -> None:
    for name in ("file_hash", "checksum", "etag"):
        assert found({name: HASHES})[name] == "", name
