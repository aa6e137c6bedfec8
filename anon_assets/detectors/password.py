"""Passwords and password hashes."""

from __future__ import annotations

from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["Password"]


_SCHEMES = r"1|5|6|7|2[abxy]?|y|gy|argon2(?:id|i|d)|scrypt|apr1|sha1|pbkdf2(?:-sha(?:1|256|512))?|bcrypt-sha256"


class Password(Detector):
    """A password hash in a modular crypt or PBKDF2 form; or anything, when the column's name says password.

    A bare hex digest (MD5, SHA) is also a checksum, an etag, a commit: it counts only under such a name.
    """

    title: ClassVar[str] = "Password or password hash"
    tier: ClassVar[Tier] = "sensitive"
    taxonomy = ("GDPR art. 32: authentication data", "PCI DSS: authentication data")
    identifying = True
    patterns = (
        rf"\$(?:{_SCHEMES})\$[A-Za-z0-9./$=,+\-]{{11}}[A-Za-z0-9./$=,+\-]+",
        r"(?:pbkdf2_sha(?:1|256|512)|bcrypt_sha256|bcrypt|argon2|scrypt)\$[A-Za-z0-9./$=,+\-]{11}[A-Za-z0-9./$=,+\-]+",
        r"(?:pbkdf2:sha(?:1|256|512)|scrypt:[0-9]+:[0-9]+)(?::[0-9]+)?\$[A-Za-z0-9]+\$[0-9a-f]{40}[0-9a-f]*",  # Werkzeug
        r"(?:sha1|md5|sha256)\$[A-Za-z0-9]+\$[0-9a-f]{32}[0-9a-f]*",
        r"\$[PH]\$[./0-9A-Za-z]{31}",  # phpass
        r"\{(?:S?SHA(?:256|512)?|S?MD5|CRYPT|bcrypt|argon2|pbkdf2|ARGON2)\}[A-Za-z0-9+/=$.,]{8}[A-Za-z0-9+/=$.,]*",
        r"SCRAM-SHA-(?:1|256)\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=:]+",
        r"\*[0-9A-F]{40}",  # MySQL
    )
    chance = 0.0
    in_text = True
    tokens: ClassVar[Words] = {
        "en": (
            "password",
            "passwd",
            "passphrase",
            "pwd",
            "passcode",
            "password hash",
            "pass word",
            "password digest",
            "hashed password",
            "encrypted password",
            "user password",
            "passwordhash",
        ),
        "de": ("passwort", "kennwort", "passwort hash"),
        "fr": ("mot de passe", "mdp"),
        "es": ("contraseña", "clave de acceso"),
        "it": ("parola chiave", "parola d ordine"),
        "pt": ("senha", "palavra passe", "palavra chave"),
        "nl": ("wachtwoord",),
        "pl": ("hasło",),
    }
    weak: ClassVar[Words] = {
        "en": ("pin", "pass"), "de": ("pin", "losung"), "fr": ("code secret",), "es": ("clave",), "it": ("pin",),
        "pt": ("pin",), "nl": ("pincode",), "pl": ("pin",),
    }  # fmt: skip
    negative = frozenset({
        "algorithm", "attempt", "attempts", "boarding", "changed", "expired", "expires", "expiry", "must", "policy",
        "question", "reset", "rotation", "strength",
    })  # fmt: skip
    names_suffice = True
    examples = (
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "pbkdf2_sha256$600000$c2FsdHNhbHQ$Zm9vYmFyZm9vYmFyZm9vYmFy",
        "{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr",
        "$P$B55D6LjfHDkINU5wF.v2BuuzO0/XPk/",
        "pbkdf2:sha256:600000$aB3dE5gH$5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
    )
    counterexamples = ("$12.50", "8cb2237d0679ca88db6464eac60da96345513964", "{note}", "argon2")
    proposes: ClassVar[tuple[Any, ...]] = ({"constant": {"value": "!"}}, "null", {"token": {}})
