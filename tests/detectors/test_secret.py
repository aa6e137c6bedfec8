"""Keys, tokens, connection strings."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import string
import uuid
from collections.abc import Callable

import pyarrow as pa
import pytest

from anon_assets.detectors.secret import Secret
from anon_assets.stages.scan import text_hits

MADE = random.Random(12)
MIXED = string.ascii_letters + string.digits


def some(count: int, of: str = MIXED) -> str:
    return "".join(MADE.choices(of, k=count))


def token() -> str:
    parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": some(9), "iat": MADE.randrange(10**9)}]
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*coded, some(43)])


HEX = "0123456789abcdef"
KEYS: dict[str, Callable[[], str]] = {
    "aws": lambda: "AKIA" + some(16, string.ascii_uppercase + "234567"),
    "github": lambda: "ghp_" + some(36),
    "github fine": lambda: f"github_pat_{some(22)}_{some(59)}",
    "gitlab": lambda: "glpat-" + some(20),
    "slack": lambda: f"xoxb-{some(12, string.digits)}-{some(12, string.digits)}-{some(24)}",
    "stripe": lambda: "sk_" + "live_" + some(24),
    "google": lambda: "AIza" + some(35),
    "npm": lambda: "npm_" + some(36),
    "openai": lambda: "sk-proj-" + some(48),
    "sendgrid": lambda: f"SG.{some(22)}.{some(43)}",
    "twilio": lambda: "SK" + some(32, HEX),
    "jwt": token,
    "bearer": lambda: "Bearer " + some(32),
    "postgres": lambda: f"postgresql://app:{some(12)}@db{MADE.randrange(9)}.example.com:5432/main?sslmode=require",
    "mongodb": lambda: f"mongodb+srv://root:{some(12)}@cluster0.ab1cd.example.net/db",
    "redis": lambda: f"redis://:{some(16)}@cache.example.com:6379/0",
    "odbc": lambda: f"Server=db;Database=x;User Id=sa;Password={some(12)};",
    "storage": lambda: f"DefaultEndpointsProtocol=https;AccountName=x;AccountKey={some(86)}==;",
    "pem": lambda: f"-----BEGIN RSA PRIVATE KEY-----\n{some(64)}\n{some(20)}\n-----END RSA PRIVATE KEY-----",
}


@pytest.mark.parametrize("issuer", KEYS)
def test_known_forms_are_found_as_columns_and_in_text(issuer: str, found) -> None:
    values = [KEYS[issuer]() for _ in range(40)]
    assert found({"c2": values}, table="t")["c2"] == "secret"
    assert text_hits(pa.array([f"config: '{value}' # do not share" for value in values]), [Secret()]) == {"secret": 40}


def test_hashes_identifiers_and_random_text_are_none(found) -> None:
    numbers = range(60)
    columns = {
        "c1": [hashlib.sha1(str(n).encode()).hexdigest() for n in numbers],
        "c2": [hashlib.md5(str(n).encode()).hexdigest() for n in numbers],
        "c3": [hashlib.sha256(str(n).encode()).hexdigest() for n in numbers],
        "c4": [str(uuid.UUID(int=MADE.getrandbits(128))) for _ in numbers],
        "c5": [base64.b64encode(hashlib.sha256(str(n).encode()).digest()).decode() for n in numbers],
        "c6": [some(20) for _ in numbers],
        "c7": [f"https://db{n}.example.com:8443/a?b=c@d" for n in numbers],
        "c8": [f"SK{n:06d}" for n in numbers],
    }
    assert set(found(columns, table="t").values()) == {""}


def test_stand_ins_are_none() -> None:
    texts = [
        "ghp_" + "x" * 36, "postgres://user:***@host/db", "postgres://user:${PASSWORD}@host/db", "mysql://u:<password>@h/x",
        "sk-learn", "eyJub3Q.eyJhIjox.c2ln", "AKIA" + "A" * 16, "Bearer token", "https://example.com/a:b@c", "Password=****;",
    ]  # fmt: skip
    assert text_hits(pa.array(texts), [Secret()]) == {}


def test_names(found) -> None:
    opaque = [some(24) for _ in range(30)]
    for name in ("api_key", "client_secret", "access_token", "privateKey", "clave_api", "connection_string"):
        assert found({name: opaque}, table="t")[name] == "secret", name
    for name in ("token_count", "secret_name", "api_key_id", "token_expires_at", "token", "public_key_fingerprint"):
        assert found({name: opaque}, table="t")[name] == "", name
    assert found({"token": opaque}, table="users")["token"] == ""  # as likely what tokenization left
