"""Passwords and password hashes."""

from __future__ import annotations

from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["Password"]


class Password(Detector):
    """A password hash in a modular crypt or PBKDF2 form; or anything, when the column's name says password.

    A bare hex digest (MD5, SHA) is also a checksum, an etag, a commit: it counts only under such a name.
    """

    title: ClassVar[str] = "Password or password hash"
    tier: ClassVar[Tier] = "sensitive"
    taxonomy = ("GDPR art. 32: authentication data", "PCI DSS: authentication data")
    identifying = True
    patterns = (
        r"\$(?:1|5|6|2[abxy]?|y|argon2(?:id|i|d)|scrypt|apr1|pbkdf2-sha(?:1|256|512))\$[A-Za-z0-9./$=,+\-]{12,200}",
        r"(?:pbkdf2_sha(?:1|256|512)|bcrypt_sha256|argon2)\$[A-Za-z0-9./$=,+\-]{12,200}",
        r"\{(?:S?SHA(?:256|512)?|S?MD5|CRYPT)\}[A-Za-z0-9+/=$.]{8,200}",
        r"SCRAM-SHA-(?:1|256)\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=:]+",
    )
    chance = 0.0
    in_text = True
    tokens: ClassVar[Words] = {
        "en": ("password", "passwd", "passphrase", "pwd", "passcode", "password hash", "pin code", "pass word"),
        "de": ("passwort", "kennwort", "passwort hash"),
        "fr": ("mot de passe", "mdp"),
        "es": ("contraseña", "clave de acceso"),
        "it": ("parola chiave", "parola d ordine"),
        "pt": ("senha", "palavra passe"),
        "nl": ("wachtwoord",),
        "pl": ("hasło",),
    }
    negative = frozenset({
        "algorithm", "attempt", "attempts", "changed", "expired", "expires", "expiry", "must", "policy", "reset",
        "rotation", "strength",
    })  # fmt: skip
    names_suffice = True
    examples = (
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "pbkdf2_sha256$600000$c2FsdHNhbHQ$Zm9vYmFyZm9vYmFyZm9vYmFy",
        "{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr",
    )
    counterexamples = ("$12.50", "8cb2237d0679ca88db6464eac60da96345513964", "{note}", "argon2")
    proposes: ClassVar[tuple[Any, ...]] = ({"constant": {"value": "!"}}, "null", {"token": {}})
