"""Every error a user may meet. Each reads *where: what. hint* and never holds a cell value or a key.

::

    AnonError
    ├── UsageError          AA100  the command or call itself is wrong (exit 2)
    ├── DocumentError       AA110  a YAML file cannot be read as one of ours (exit 2)
    ├── FindingsError       AA120  a policy, profile or suite has errors; all of them at once
    ├── MissingExtra        AA130  an optional package is not installed (exit 2)
    ├── ConnectionFailed    AA200  a database cannot be reached (may be tried again)
    ├── DatabaseError       AA210  a database refused a statement
    ├── TargetRefused       AA220  the target is not ours to replace
    ├── KeyUnavailable      AA300  a key cannot be read or does not fit
    ├── StoreError          AA400  staged files cannot be written or read
    ├── TransformError      AA500  a column does not have the form that its transform needs
    ├── ScanFailed          AA510  a detector failed; what it did not judge must not leave
    ├── CheckFailed         AA600  the anonymized data lacks a property it must have
    └── PublishRefused      AA610  what is staged is not what was checked
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

__all__ = [
    "AnonError",
    "CheckFailed",
    "ConnectionFailed",
    "DatabaseError",
    "DocumentError",
    "FindingsError",
    "KeyUnavailable",
    "MissingExtra",
    "PublishRefused",
    "ScanFailed",
    "StoreError",
    "TargetRefused",
    "TransformError",
    "UsageError",
]


class AnonError(Exception):
    """An error with a place, a sentence and a hint.

    Args:
        where: the place: a file and line, a table and column, a database by its profile name.
        what: what is wrong, in one sentence, without a value from the data.
        hint: what to do about it; may be empty.

    Guarantees: survives pickling (Dagster steps may run in child processes).

    >>> print(AnonError("public.customer.email", "no such column", "did you mean e_mail?"))
    public.customer.email: no such column. did you mean e_mail?
    """

    code: ClassVar[str] = "AA000"
    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        super().__init__(where, what, hint)
        self.where, self.what, self.hint = where, what.rstrip("."), hint

    def __str__(self) -> str:
        return f"{self.where}: {self.what}." + (f" {self.hint}" if self.hint else "")


class UsageError(AnonError):
    """The command line or the call is wrong."""

    code, exit_code = "AA100", 2


class DocumentError(AnonError):
    """A file is not readable YAML of the expected form."""

    code, exit_code = "AA110", 2


class MissingExtra(AnonError):
    """An optional package is needed and not installed."""

    code, exit_code = "AA130", 2


class FindingsError(AnonError):
    """A document or plan has errors. ``lines`` holds each finding, written out.

    Args:
        where: the document or product.
        what: a count in words.
        lines: one line per finding, worst first.
    """

    code = "AA120"

    def __init__(self, where: str, what: str, lines: Sequence[str] = ()) -> None:
        super().__init__(where, what)
        self.args = (where, what, tuple(lines))
        self.lines = tuple(lines)

    def __str__(self) -> str:
        return "\n".join([f"{self.where}: {self.what}.", *(f"  {line}" for line in self.lines)])


class ConnectionFailed(AnonError):
    """A database cannot be reached or does not let us in."""

    code, retryable = "AA200", True


class DatabaseError(AnonError):
    """A database refused a statement. The server's own message is withheld: it may quote a row."""

    code = "AA210"


class TargetRefused(AnonError):
    """The target is the source, or holds tables that we did not publish."""

    code = "AA220"


class KeyUnavailable(AnonError):
    """A key cannot be read, or does not open what it should."""

    code = "AA300"


class StoreError(AnonError):
    """Staged files cannot be written, read or trusted."""

    code = "AA400"


class TransformError(AnonError):
    """Values do not have the form that a transform needs."""

    code = "AA500"


class ScanFailed(AnonError):
    """A detector failed on a column, so that nothing can be said about it."""

    code = "AA510"


class CheckFailed(AnonError):
    """The anonymized data lacks a property that it must have."""

    code = "AA600"


class PublishRefused(AnonError):
    """The attestation does not cover what is staged."""

    code = "AA610"
