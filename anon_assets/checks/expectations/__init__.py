"""Great Expectations on the anonymized data of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from anon_assets.checks.expectations.judge import WITHHELD, Outcome
from anon_assets.checks.expectations.process import ask
from anon_assets.contracts.check import Announced, Check, Evidence, Result
from anon_assets.findings import near

__all__ = ["Expectation", "Expectations"]

_COLUMN_KEYS = ("column", "column_A", "column_B", "column_list", "column_set", "column_index")


class Expectation(BaseModel):
    """One expectation as Great Expectations writes it.

    Args:
        type: such as ``expect_column_values_to_be_unique``.
        kwargs: its arguments.
        severity: ``critical`` blocks publishing, ``warning`` and ``info`` do not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    type: str = Field(pattern="^expect_[a-z0-9_]+$")
    kwargs: dict[str, Any] = Field(default_factory=dict)
    severity: Literal["critical", "warning", "info"] = "critical"

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the arguments name."""
        if self.type.startswith("expect_table_"):
            return ()  # they speak of which columns there are, so a missing one is a result and no mistake
        named = [self.kwargs.get(key) for key in _COLUMN_KEYS]
        flat = [each for one in named for each in (one if isinstance(one, list | tuple) else [one])]
        return tuple(each for each in flat if isinstance(each, str))

    @property
    def wide(self) -> bool:
        """It may look at any column of the table."""
        return not self.columns or "row_condition" in self.kwargs


class Expectations(Check):
    """Expectations of Great Expectations (1.20 and later), one result each.

    They run on pandas, in a process of their own: it holds the columns of one expectation at once, all columns when it
    speaks of the whole table. Results hold counts only; what was observed is not told, for it is data. An
    expectation that raises an error fails, and so does one that yields no result.

    Args:
        suite: the expectations.
    """

    title: ClassVar[str] = "expectations of Great Expectations"
    shorthand: ClassVar[str | None] = "suite"

    suite: tuple[Expectation, ...] = Field(min_length=1)

    def result_names(self) -> list[str]:
        """Result names in order: type and columns, and a number where that repeats."""
        found: list[str] = []
        for expectation in self.suite:
            name = re.sub(r"[^A-Za-z0-9_]", "_", "__".join([expectation.type, *expectation.columns]))
            number = sum(each == name or re.fullmatch(rf"{name}__\d+", each) is not None for each in found)
            found.append(f"{name}__{number + 1}" if number else name)
        return found

    def announce(self, tables: Sequence[str]) -> Sequence[Announced]:
        """One result per table and expectation; blocking when critical."""
        return [
            Announced(table, name, expectation.severity == "critical", _title(expectation))
            for table in tables
            for name, expectation in zip(self.result_names(), self.suite, strict=True)
        ]

    def needs(self) -> frozenset[str]:
        """Every column that an expectation names."""
        return frozenset(name for expectation in self.suite for name in expectation.columns)

    def problems(self) -> Iterator[str]:
        """Types that Great Expectations does not know, and arguments that it does not take. Starts it (seconds)."""
        told = ask("problems", self._spelled())
        if told is None:
            yield "Great Expectations could not be started"
            return
        known = told["known"]
        for expectation, fits in zip(self.suite, told["fits"], strict=True):
            if expectation.type not in known:
                hint = near(expectation.type, known)
                yield f"Great Expectations has no {expectation.type}" + (f"; {hint}" if hint.startswith("did") else "")
            elif not fits:
                yield f"{expectation.type} does not take these arguments: {', '.join(expectation.kwargs) or 'none'}"

    def run(self, evidence: Evidence, tables: Sequence[str]) -> Iterable[Result]:
        """One result per table and expectation; ``counts``: what Great Expectations counted."""
        for table in tables:
            missing = sorted(self.needs() - set(evidence.columns(table)))
            if missing:
                outcomes: Mapping[int, Outcome] = {}
            else:
                outcomes = self._judge(evidence, table)
            for number, (name, expectation) in enumerate(zip(self.result_names(), self.suite, strict=True)):
                what = f"the table has no column {', '.join(missing)}" if missing else "it was not judged"
                passed, counts, detail = outcomes.get(number, (False, {}, what))
                severity: Literal["error", "warning"] = "error" if expectation.severity == "critical" else "warning"
                yield Result(name, table, passed, severity, counts, detail)

    def _judge(self, evidence: Evidence, table: str) -> Mapping[int, Outcome]:
        """Outcome by position in the suite. What looks at the same columns is judged together, one such set at a time."""
        published = list(evidence.columns(table))
        together: dict[tuple[str, ...], list[int]] = {}
        for number, expectation in enumerate(self.suite):
            read = published if expectation.wide else [name for name in published if name in expectation.columns]
            together.setdefault(tuple(read), []).append(number)
        outcomes: dict[int, Outcome] = {}
        for columns, numbers in together.items():
            told = ask("judge", self._spelled(numbers), evidence.anonymized(table, columns))
            for place, number in enumerate(numbers):  # no answer: the process ended before it gave one
                passed, counts, detail = told[str(place)] if told and str(place) in told else (False, {}, WITHHELD)
                outcomes[number] = (passed, counts, detail)
        return outcomes

    def _spelled(self, numbers: Sequence[int] | None = None) -> list[dict[str, Any]]:
        wanted = range(len(self.suite)) if numbers is None else numbers
        return [self.suite[number].model_dump() for number in wanted]


def _title(expectation: Expectation) -> str:
    words = expectation.type.removeprefix("expect_").replace("_", " ")
    return f"{words}: {', '.join(expectation.columns)}" if expectation.columns else words
