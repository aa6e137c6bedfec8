"""Keys, tokens and connection strings that open something."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["Secret"]

_64 = r"[A-Za-z0-9_\-]"
_SCHEMES = (
    r"(?:postgres(?:ql)?(?:\+[a-z0-9]+)?|mysql(?:\+[a-z0-9]+)?|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql(?:\+[a-z0-9]+)?|"
    r"oracle|clickhouse|cockroachdb|couchbase|ldaps?|smtps?|imaps?|ftps?|sftp|ssh|jdbc:[a-z0-9:]+|https?|git)"
)
_URL = rf"(?i:{_SCHEMES})://[^\s:/@\"'<>]*:[^\s/@\"'<>]+@[A-Za-z0-9_.\-\[\]]+(?::[0-9]+)?(?:[/?][^\s\"'<>]*)?"
_JDBC = r"jdbc:[a-z0-9:]+//[^\s\"'<>]*[?;&][Pp]assword=[^\s\"'<>;&]+"
_PAIRS = (
    r"(?i:server|host|data source|endpoint|defaultendpointsprotocol|accountname|user id|uid)=[^\"'\n]*;\s*"
    r"(?i:password|pwd|accountkey|sharedaccesskey)=[^\s;\"']+;?"
)
_JWT = rf"ey[A-Z]{_64}+\.ey{_64}+\.{_64}*"
_PEM = (
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[A-Za-z0-9+/=:,\s\\\-]*-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)?"
)
_BEARER = r"(?i:bearer|authorization: ?basic) [A-Za-z0-9_.~+/\-]{19}[A-Za-z0-9_.~+/\-]+={0,2}"
_KNOWN = (
    r"(?:AKIA|ASIA)[A-Z2-7]{16}",  # Amazon Web Services
    rf"gh[pousr]_[A-Za-z0-9]{{30}}[A-Za-z0-9]+|github_pat_[A-Za-z0-9]{{20}}{_64}+",
    rf"gl(?:pat|dt|rt|cbt|ptt|soat|ft)-{_64}{{19}}{_64}+",
    r"xox[abeoprs]-[A-Za-z0-9\-]{9}[A-Za-z0-9\-]+|xapp-[0-9]-[A-Za-z0-9\-]{9}[A-Za-z0-9\-]+",
    r"https://hooks\.slack\.com/services/T[A-Za-z0-9_]+/B[A-Za-z0-9_]+/[A-Za-z0-9_]+",
    r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{15}[A-Za-z0-9]+|whsec_[A-Za-z0-9+/=]{20}[A-Za-z0-9+/=]+",
    rf"AIza{_64}{{35}}|GOCSPX-{_64}{{20}}{_64}+|ya29\.{_64}{{20}}{_64}+",
    r"npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_\-]{20}[A-Za-z0-9_\-]+|dckr_pat_[A-Za-z0-9_\-]{20}[A-Za-z0-9_\-]*",
    rf"sk-(?:proj-|svcacct-|ant-)?{_64}{{19}}{_64}+",  # OpenAI, Anthropic
    rf"SG\.{_64}{{16}}{_64}+\.{_64}{{20}}{_64}+",  # SendGrid
    r"SK[0-9a-f]{32}",  # Twilio
    r"key-[0-9a-f]{32}|[0-9a-f]{32}-us[0-9]{1,2}",  # Mailgun, Mailchimp
    r"hf_[A-Za-z]{30}[A-Za-z]+|hv[sbr]\.[A-Za-z0-9_\-]{20}[A-Za-z0-9_\-]+|dop_v1_[0-9a-f]+|dapi[0-9a-f]{32}",
    r"sh(?:pat|pca|ppa|pss)_[0-9a-fA-F]{32}|sq0(?:atp|csp)-[A-Za-z0-9_\-]{20}[A-Za-z0-9_\-]+|EAAA[A-Za-z0-9_\-]{30}[A-Za-z0-9_\-]+",
    r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|NRAK-[A-Z0-9]{27}|lin_api_[A-Za-z0-9]{30}[A-Za-z0-9]+|PMAK-[0-9a-f]+-[0-9a-f]{34}",
    r"AGE-SECRET-KEY-1[02-9A-Z]+|[0-9]{8,10}:AA[A-Za-z0-9_\-]{33}",  # age, Telegram bots
)
_PREFIXED = (  # the same prefixes with a tail of any length: small enough to be searched for beside everything else
    r"(?:AKIA|ASIA|gh[pousr]_|github_pat_|gl[a-z]{2,4}-|xox[abeoprs]-|xapp-|(?:sk|rk)_(?:live|test)_|whsec_|AIza|GOCSPX-|"
    r"ya29\.|npm_|pypi-|dckr_pat_|sk-|hf_|hv[sbr]\.|dop_v1_|sh(?:pat|pca|ppa|pss)_|sq0(?:atp|csp)-|EAAA|glsa_|"
    r"NRAK-|lin_api_|PMAK-|AGE-SECRET-KEY-1)[A-Za-z0-9_+/=\-]{12}[A-Za-z0-9_+/=\-]+"
)
_OTHERS = (
    r"https://hooks\.slack\.com/services/T[A-Za-z0-9_]+/B[A-Za-z0-9_]+/[A-Za-z0-9_]+",
    rf"SG\.{_64}+\.{_64}+",
    r"(?:SK|key-|dapi)[0-9a-f]{32}|[0-9a-f]{32}-us[0-9]{1,2}|[0-9]{8,10}:AA[A-Za-z0-9_\-]+",
)
_EXACT = re.compile("|".join(_KNOWN))
_BEGUN = re.compile(f"{_PREFIXED}|{'|'.join(_OTHERS)}")
_PLACEHOLDER = re.compile(
    r":(?:\*+|x+|\.+|%2a+|<[^>]*>|\$?\{[^}]*\}|\$[A-Z_]+|\[[^\]]*\]|password|redacted|secret|pass|pwd|your.*)@"
    r"|(?:password|pwd|accountkey)=(?:\*+|x+|\$?\{[^}]*\}|<[^>]*>|redacted);?$",
    re.IGNORECASE,
)
_FEW_SIGNS = 5  # a key of so few different characters is a placeholder: ghp_xxxxxxxxxxxx


class Secret(Detector):
    """An access key or token with its issuer's prefix, a JSON Web Token, a private key, an address with a password.

    Prefixes are those that issuers publish so that scanners find leaked keys. Random hex and base64 without one may be a
    checksum, a commit or an identifier: they count where the column's name says key or token. Documentation's stand-ins
    (``ghp_xxxxxxxx``, ``postgres://user:***@host``) are none.
    """

    title: ClassVar[str] = "Secret: key, token or connection string"
    tier: ClassVar[Tier] = "sensitive"
    taxonomy = ("GDPR art. 32: authentication data", "PCI DSS: authentication data", "NIST SP 800-63B: authenticators")
    identifying = True
    patterns = (_PREFIXED, *_OTHERS, _JWT, _PEM, _BEARER, _URL, _JDBC, _PAIRS)
    chance = 0.0
    in_text = True
    tokens: ClassVar[Words] = {
        "en": ("secret", "api key", "apikey", "api token", "access token", "access key", "auth token", "private key",
               "client secret", "secret key", "refresh token", "session token", "bearer token", "jwt", "connection string",
               "signing key", "encryption key", "credentials", "webhook secret", "otp secret", "totp secret", "ssh key",
               "csrf token", "reset token", "id token", "oauth token", "dsn", "recovery code", "backup code",
               "security token", "authentication token", "reset password token", "remember token"),
        "de": ("geheimnis", "geheimer schlüssel", "api schlüssel", "zugangsdaten", "privater schlüssel"),
        "fr": ("clé api", "clé secrète", "clé privée", "jeton d accès", "identifiants de connexion"),
        "es": ("clave api", "clave secreta", "clave privada", "token de acceso", "credenciales"),
        "it": ("chiave api", "chiave segreta", "chiave privata", "credenziali"),
        "pt": ("chave api", "chave secreta", "chave privada", "token de acesso", "credenciais"),
        "nl": ("geheim", "geheime sleutel", "api sleutel", "toegangssleutel", "inloggegevens"),
        "pl": ("klucz api", "tajny klucz", "klucz prywatny", "token dostępu", "dane logowania"),
    }  # fmt: skip
    negative = frozenset({
        "algorithm", "arn", "expires", "expiry", "fingerprint", "issuer", "lifetime", "name", "public", "rotation",
        "santa", "scope", "scopes", "ttl", "usage", "used",
    })  # fmt: skip
    names_suffice = True
    examples = (
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "glpat-4xqC9T2bVn8JkLm3Pz7R",
        "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",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "postgres://app:s3cr3t@db.example.com:5432/main",
        "Server=db;Database=main;User Id=app;Password=s3cr3t;",
        "Bearer mF_9.B5f-4.1JqMx7Rt2Wp8Kd",
    )
    counterexamples = (
        "d670460b4b4aece5915caf5c68d12f560a9fe3e4",
        "d41d8cd98f00b204e9800998ecf8427e",
        "550e8400-e29b-41d4-a716-446655440000",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "postgres://db.example.com:5432/main",
        "postgres://app:***@db.example.com/main",
        "eyJhbGciOi.eyJzdWIi.sig",
        "sk-learn",
        "https://example.com/a:b@c",
    )
    proposes: ClassVar[tuple[Any, ...]] = ({"constant": {"value": "!"}}, "null", {"token": {}})

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Keys are as long as their issuer makes them, tokens have a header that decodes (RFC 7519); no stand-ins."""
        return [_opens_something(value) for value in values]


def _opens_something(value: str) -> bool:
    if value.startswith("ey"):
        return _is_token(value)
    if "://" in value and not value.startswith("https://hooks."):
        return not _PLACEHOLDER.search(value)
    if len(set(value[-16:].casefold())) <= _FEW_SIGNS or _PLACEHOLDER.search(value):
        return False
    return bool(_EXACT.fullmatch(value)) or not _BEGUN.fullmatch(value)


def _is_token(value: str) -> bool:
    header = value.partition(".")[0]
    try:
        told = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except ValueError:
        return False
    return isinstance(told, dict) and bool({"alg", "typ", "enc"} & told.keys())
