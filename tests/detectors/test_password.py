from __future__ import annotations

import base64
import hashlib
import random
import string

import pyarrow as pa
import pytest

from anon_assets.detectors.password import Password
from anon_assets.stages.scan import text_hits

HASHES = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(20)]


def test_passwords_and_their_hashes(found) -> None:
    for name in ("password", "password_hash", "passwort", "mot_de_passe", "haslo"):
        assert found({name: HASHES})[name] == "password", name


def test_hashes_of_other_things_are_not(found) -> None:
    for name in ("file_hash", "checksum", "etag"):
        assert found({name: HASHES})[name] == "", name


MADE = random.Random(6)
SALT = "./" + string.ascii_letters + string.digits


def salted(count: int) -> str:
    return "".join(MADE.choices(SALT, k=count))


def coded(count: int) -> str:
    return base64.b64encode(MADE.randbytes(count)).decode()


@pytest.mark.parametrize(
    "make",
    [
        lambda: f"$2b$12${salted(53)}",
        lambda: f"$argon2id$v=19$m=65536,t=3,p=4${coded(16).rstrip('=')}${coded(32).rstrip('=')}",
        lambda: f"$6$rounds=5000${salted(16)}${salted(86)}",
        lambda: f"$1${salted(8)}${salted(22)}",
        lambda: f"pbkdf2_sha256$600000${salted(22)}${coded(32)}",
        lambda: f"pbkdf2:sha256:600000${''.join(MADE.choices(string.ascii_letters, k=16))}${MADE.randbytes(32).hex()}",
        lambda: f"scrypt:32768:8:1$abcDEF1234567890${MADE.randbytes(64).hex()}",
        lambda: f"{{SSHA}}{coded(28)}",
        lambda: f"{{bcrypt}}$2a$10${salted(53)}",
        lambda: f"$P$B{salted(30)}",
        lambda: "*" + MADE.randbytes(20).hex().upper(),
        lambda: f"SCRAM-SHA-256$4096:{coded(16)}${coded(32)}:{coded(32)}",
    ],
)
def test_crypt_forms_are_found_under_any_name_and_in_text(make, found) -> None:
    values = [make() for _ in range(30)]
    assert found({"c8": values}, table="t")["c8"] == "password"
    assert text_hits(pa.array([f"hash={value}, old" for value in values]), [Password()])["password"] >= 29


def test_amounts_variables_and_plain_digests_are_not(found) -> None:
    columns = {
        "c1": [f"${number}.50" for number in range(20)],
        "c2": [f"$HOME/{number}/data$x" for number in range(20)],
        "c3": HASHES,
        "c4": [f"{{note {number}}}" for number in range(20)],
    }
    assert set(found(columns, table="t").values()) == {""}


def test_what_is_said_about_passwords_is_none(found) -> None:
    words = [f"x{number}" for number in range(20)]
    for name in (
        "password_changed_at",
        "password_policy",
        "password_attempts",
        "must_change_password",
        "password_hint",
    ):
        assert found({name: words}, table="t")[name] == "", name
