"""Great Expectations on the anonymized data of a table."""

from __future__ import annotations

import logging
import math
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from anon_assets.contracts.check import Announced, Check, Evidence, Result
from anon_assets.findings import near

__all__ = ["Expectation", "Expectations"]

_SAFE = {"result_format": "BASIC", "partial_unexpected_count": 0}  # counts, and no value
_NUMBERS = ("element_count", "unexpected_count", "unexpected_percent", "missing_count", "missing_percent")
_COLUMN_KEYS = ("column", "column_A", "column_B", "column_list", "column_set", "column_index")
_WITHHELD = "it could not be judged; details withheld, for they may quote data"


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

    They run on pandas: the columns that the expectations name are held in memory at once, all columns when one speaks
    of the whole table. Results hold counts only; what was observed is not told, for it is data. An expectation that
    raises an error fails, and so does one that yields no result.

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
        """Types that Great Expectations does not know, and arguments that it does not take. Imports it (seconds)."""
        _import()
        from great_expectations.expectations.registry import list_registered_expectation_implementations

        known = list_registered_expectation_implementations()
        for number, expectation in enumerate(self.suite):
            if expectation.type not in known:
                hint = near(expectation.type, known)
                yield f"Great Expectations has no {expectation.type}" + (f"; {hint}" if hint.startswith("did") else "")
            elif _build(expectation, number) is None:
                yield f"{expectation.type} does not take these arguments: {', '.join(expectation.kwargs) or 'none'}"

    def run(self, evidence: Evidence, tables: Sequence[str]) -> Iterable[Result]:
        """One result per table and expectation; ``counts``: what Great Expectations counted."""
        for table in tables:
            missing = sorted(self.needs() - set(evidence.columns(table)))
            if missing:
                outcomes: Mapping[int, tuple[bool, dict[str, int | float], str]] = {}
            else:
                outcomes = self._judge(evidence, table)
            for number, (name, expectation) in enumerate(zip(self.result_names(), self.suite, strict=True)):
                what = f"the table has no column {', '.join(missing)}" if missing else "it was not judged"
                passed, counts, detail = outcomes.get(number, (False, {}, what))
                severity: Literal["error", "warning"] = "error" if expectation.severity == "critical" else "warning"
                yield Result(name, table, passed, severity, counts, detail)

    def _judge(self, evidence: Evidence, table: str) -> Mapping[int, tuple[bool, dict[str, int | float], str]]:
        """Outcome by position in the suite; what raised an error is failed."""
        published = list(evidence.columns(table))
        wide = any(expectation.wide for expectation in self.suite)
        columns = published if wide else [name for name in published if name in self.needs()]
        with _quiet():
            try:
                return self._validate(evidence, table, columns)
            except Exception:  # noqa: BLE001 whatever it is, its message may quote data
                return {number: (False, {}, _WITHHELD) for number in range(len(self.suite))}

    def _validate(
        self, evidence: Evidence, table: str, columns: list[str]
    ) -> Mapping[int, tuple[bool, dict[str, int | float], str]]:
        gx = _import()
        from great_expectations.data_context.types.base import ProgressBarsConfig

        outcomes: dict[int, tuple[bool, dict[str, int | float], str]] = {}
        built = {number: _build(expectation, number) for number, expectation in enumerate(self.suite)}
        outcomes |= {number: (False, {}, _WITHHELD) for number, each in built.items() if each is None}
        frame = pa.Table.from_batches(list(evidence.anonymized(table, columns))).to_pandas()
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas("memory").add_dataframe_asset("table")
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
        suite = gx.ExpectationSuite(name="suite", expectations=[each for each in built.values() if each is not None])
        for result in batch.validate(suite, result_format=_SAFE).results:
            number = (result.expectation_config.meta or {}).get("anon_assets")
            if number is not None:
                outcomes[number] = _outcome(result)
        return outcomes


def _outcome(result: Any) -> tuple[bool, dict[str, int | float], str]:
    if _raised(result.exception_info):
        return False, {}, _WITHHELD
    counts = {
        key: value
        for key in _NUMBERS
        if isinstance(value := (result.result or {}).get(key), int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
    }
    if result.success:
        return True, counts, "met"
    unexpected = counts.get("unexpected_count")
    return (
        False,
        counts,
        "not met" + (f" by {unexpected} of {counts.get('element_count', 0)} rows" if unexpected else ""),
    )


def _raised(info: Any) -> bool:
    """Exception information is flat, or by metric."""
    if not isinstance(info, Mapping):
        return False
    return bool(info.get("raised_exception")) or any(
        _raised(each) for each in info.values() if isinstance(each, Mapping)
    )


def _title(expectation: Expectation) -> str:
    words = expectation.type.removeprefix("expect_").replace("_", " ")
    return f"{words}: {', '.join(expectation.columns)}" if expectation.columns else words


def _build(expectation: Expectation, number: int) -> Any:
    """The expectation as Great Expectations has it, marked by its position; None for arguments it does not take."""
    from great_expectations.exceptions import GreatExpectationsError
    from great_expectations.expectations.registry import get_expectation_impl

    try:
        kind = get_expectation_impl(expectation.type)
        return kind(**expectation.kwargs, severity=expectation.severity, meta={"anon_assets": number})
    except (GreatExpectationsError, ValueError, TypeError, AttributeError):
        return None


def _import() -> Any:
    """Great Expectations, imported without telemetry and without the deprecation warnings of its own imports."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations
    return great_expectations


@contextmanager
def _quiet() -> Iterator[None]:
    """Great Expectations logs what it meets, and pandas warns about it: neither may reach a log."""
    logger = logging.getLogger("great_expectations")
    before, propagates = logger.level, logger.propagate
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
        logger.propagate = propagates
