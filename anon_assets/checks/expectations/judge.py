"""The process that Great Expectations runs in: it answers requests on its standard input until that ends.

In a process of its own the library's memory (some 260 MiB, and its pandas frames) is not added to that of a run, and
what it logs or prints, which may quote data, reaches nobody.
"""

from __future__ import annotations

import gc
import json
import math
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import pyarrow as pa
import yaml

__all__ = ["WITHHELD", "Outcome", "serve"]

Outcome = tuple[bool, dict[str, int | float], str]
"""Passed, counts, and a sentence without values."""

WITHHELD = "it could not be judged; details withheld, for they may quote data"

_SAFE = {"result_format": "BASIC", "partial_unexpected_count": 0}  # counts, and no value
_NUMBERS = ("element_count", "unexpected_count", "unexpected_percent", "missing_count", "missing_percent")


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the requests end.

    Args:
        requests: a line of JSON (``ask``: problems or judge; ``suite``: YAML of a list with type, kwargs and
            severity each), for ``judge`` followed by the rows as an Arrow IPC stream.
        answers: one line of JSON for each.
    """
    while line := requests.readline():
        gc.collect()  # the library's frames lie in cycles
        request = json.loads(line)
        suite = yaml.safe_load(request["suite"])
        answer = _problems(suite) if request["ask"] == "problems" else _judged(suite, requests)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _problems(suite: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    from great_expectations.expectations.registry import list_registered_expectation_implementations

    known = list_registered_expectation_implementations()
    return {"known": known, "fits": [_build(each, number) is not None for number, each in enumerate(suite)]}


def _judged(suite: Sequence[Mapping[str, Any]], requests: BinaryIO) -> dict[int, Outcome]:
    """Outcome by position in the suite; what raised an error is failed."""
    with pa.ipc.open_stream(requests) as reader:
        rows = reader.read_all().to_pandas(self_destruct=True, split_blocks=True)
    try:
        return _validate(suite, rows)
    except Exception:  # noqa: BLE001 whatever it is, its message may quote data
        return {number: (False, {}, WITHHELD) for number in range(len(suite))}


def _validate(suite: Sequence[Mapping[str, Any]], rows: Any) -> dict[int, Outcome]:
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    built = {number: _build(each, number) for number, each in enumerate(suite)}
    outcomes: dict[int, Outcome] = {number: (False, {}, WITHHELD) for number, each in built.items() if each is None}
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("memory").add_dataframe_asset("table")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": rows})
    wanted = gx.ExpectationSuite(name="suite", expectations=[each for each in built.values() if each is not None])
    for result in batch.validate(wanted, result_format=_SAFE).results:
        number = (result.expectation_config.meta or {}).get("anon_assets")
        if number is not None:
            outcomes[number] = _outcome(result)
    return outcomes


def _outcome(result: Any) -> Outcome:
    if _raised(result.exception_info):
        return False, {}, WITHHELD
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
    rows = f" by {unexpected} of {counts.get('element_count', 0)} rows" if unexpected else ""
    return False, counts, f"not met{rows}"


def _raised(info: Any) -> bool:
    """Exception information is flat, or by metric."""
    if not isinstance(info, Mapping):
        return False
    return bool(info.get("raised_exception")) or any(
        _raised(each) for each in info.values() if isinstance(each, Mapping)
    )


def _build(expectation: Mapping[str, Any], number: int) -> Any:
    """The expectation as Great Expectations has it, marked by its position; None for arguments it does not take."""
    from great_expectations.exceptions import GreatExpectationsError
    from great_expectations.expectations.registry import get_expectation_impl

    try:
        kind = get_expectation_impl(expectation["type"])
        return kind(**expectation["kwargs"], severity=expectation["severity"], meta={"anon_assets": number})
    except (GreatExpectationsError, ValueError, TypeError, AttributeError):
        return None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever else is printed is no answer
    import great_expectations  # noqa: F401 registers the expectations

    serve(sys.stdin.buffer, answers)
