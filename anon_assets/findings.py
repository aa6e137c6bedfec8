"""What a scan or a plan noticed: place, code, severity, counts. Never a value."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from anon_assets.errors import FindingsError

__all__ = ["Finding", "Severity", "near", "raise_errors"]

Severity = Literal["error", "warning", "note"]
_ORDER = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed.

    Args:
        severity: ``error`` stops, ``warning`` stops until accepted, ``note`` informs.
        code: a stable word in kebab case, such as ``unknown-column``.
        where: ``schema.table.column`` or a key path in a file.
        what: the sentence; no cell value.
        hint: what to do about it.
        source: ``file:line`` of the document that caused it, where there is one.
    """

    severity: Severity
    code: str
    where: str
    what: str
    hint: str = ""
    source: str = ""

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits over code and place (not over the wording): what a policy accepts a warning by.

        >>> Finding("warning", "x", "a.b", "one").fingerprint == Finding("warning", "x", "a.b", "two").fingerprint
        True
        """
        return hashlib.sha256(f"{self.code}|{self.where}".encode()).hexdigest()[:12]

    def __str__(self) -> str:
        place = f"{self.source}: " if self.source else ""
        tail = f" {self.hint}" if self.hint else ""
        mark = f" [{self.fingerprint}]" if self.severity == "warning" else ""
        return f"{self.severity} {self.code}{mark}: {place}{self.where}: {self.what.rstrip('.')}.{tail}"

    def to_dict(self) -> dict[str, Any]:
        """The finding for machines."""
        return {
            "severity": self.severity, "code": self.code, "where": self.where, "what": self.what, "hint": self.hint,
            "source": self.source, "fingerprint": self.fingerprint,
        }  # fmt: skip


def near(name: str, names: Iterable[str], *, listed: bool = True) -> str:
    """A hint that names the nearest valid name, or, where ``listed``, the valid ones when none is near and they are few.

    >>> near("emial", ["email", "phone"])
    'did you mean email?'
    >>> near("zzz", ["email", "phone"])
    'one of: email, phone'
    """
    known = sorted(names)
    lowered = {each.lower(): each for each in known}
    if close := difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6):
        return f"did you mean {lowered[close[0]]}?"
    if not known or not listed:
        return ""
    return "one of: " + ", ".join(known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")


def raise_errors(where: str, findings: Sequence[Finding]) -> None:
    """Raise FindingsError over all findings when one of them is an error; else return.

    Raises: FindingsError.
    """
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        ordered = sorted(findings, key=lambda finding: _ORDER[finding.severity])
        raise FindingsError(where, f"{errors} error{'s' if errors > 1 else ''}", [str(finding) for finding in ordered])
