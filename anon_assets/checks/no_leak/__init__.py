"""Nothing personal of the source stands in what would be published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from anon_assets.checks.no_leak.judging import Judgement
from anon_assets.checks.no_leak.sources import Limits
from anon_assets.contracts.check import Check, Evidence, Result
from anon_assets.errors import CheckFailed

__all__ = ["PLACEHOLDERS", "NoLeak"]

PLACEHOLDERS = frozenset(
    {"anonymous", "deleted", "default", "empty", "example", "false", "missing", "n.a.", "none", "not applicable",
     "not available", "not given", "null", "redacted", "removed", "test", "true", "undefined", "unknown", "unnamed",
     "unspecified"}
)  # fmt: skip
"""Words that stand for a missing value: they are no one's, wherever they are found."""


class NoLeak(Check):
    """No value that the plan transforms is found in what would be published: rows of any table, and structure.

    How a source column is judged follows from the plan and from the scan's verdict:

    *By set*: columns that the scan holds to identify persons, entities that it found inside longer text, columns that
    the plan makes null or constant, and columns without a verdict whose data identify (text of at least 8 characters on
    average, nearly all distinct). None of their values may stand in any published column: as a whole cell of any type
    (compared as text; bytes also as the UTF-8 text they spell), or in a row of words inside text, JSON and arrays. A
    single plain word, such as the login ``summer``, is an ordinary word of longer text unless more than three and more
    than one in twenty of the column's are found there; in the structure it counts in quotes, from eight letters. First
    and last names are looked for side by side, in both orders. A value found in a column whose transform makes
    plausible values (``coincides``) counts when it stood in that cell or that row before.

    *By row*: every transformed column. Text that stays as it was fails; of the distinct numbers, dates and documents at
    most ``unchanged`` may stay (a value that stays in half of its rows counts half), but not all rows; text without a
    letter or digit, zero, NaN and infinities are left out; a shuffled column and a permutation of few values as often
    as chance explains. Codes of fewer than four distinct values are not judged, for there a row that stays tells
    nothing.

    *As persons*: pairs of first and last name among the published pairs, beyond what independent names explain.

    *Kept columns*: one that the scan holds to be directly identifying fails unless the owner accepted it.

    Args:
        minimum_length: fewest characters of a value that is searched for, 3 to 64.
        digits: fewest digits of a plain number that is searched for, 4 to 18.
        unchanged: share of the distinct numbers or dates that may stay as they were, 0 to 1.
        ignore: words that are no one's, beside ``PLACEHOLDERS``; compared without case.
    """

    title: ClassVar[str] = "no source value in what is published"
    always: ClassVar[bool] = True

    minimum_length: int = Field(4, ge=3, le=64)
    digits: int = Field(6, ge=4, le=18)
    unchanged: float = Field(0.2, ge=0, le=1)
    ignore: tuple[str, ...] = ()

    def run(self, evidence: Evidence, tables: Sequence[str]) -> Iterable[Result]:
        """One result per table, for what was found *in* it; a leak in the structure counts for the source's table.

        ``counts``: values_checked and set_columns (this table's values and columns that are looked for in every table),
        row_columns, columns, leaked_values, leaked_rows, unchanged_rows, kept_columns, coincidences.

        Raises: CheckFailed when the data cannot be compared; the message has no value.
        """
        try:
            yield from Judgement(self.limits(), self.unchanged, evidence, tables).results()
        except pl.exceptions.PolarsError as error:  # its message may quote a cell
            raise CheckFailed("no_leak", f"the data cannot be compared ({type(error).__name__})") from None

    def limits(self) -> Limits:
        """What is searched for."""
        own = {word.strip().lower() for word in self.ignore}
        return Limits(self.minimum_length, self.digits, PLACEHOLDERS | own)
