"""Asking the process that Great Expectations runs in; it is started when first asked and lives as long as we do."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import pyarrow as pa
import yaml

__all__ = ["ask"]

_LOCK = threading.Lock()
_STARTED: list[subprocess.Popen[bytes]] = []


def ask(
    what: Literal["problems", "judge"], suite: Sequence[Any], batches: Iterable[pa.RecordBatch] | None = None
) -> Any:
    """The answer to one request, as ``judge.serve`` gives it.

    Args:
        what: the question.
        suite: type, kwargs and severity of each expectation.
        batches: the rows to judge, at least one batch; they are streamed and not held here.

    Returns: the answer, or None when the process ended without one.
    Raises: whatever reading ``batches`` raises.
    """
    request = json.dumps({"ask": what, "suite": yaml.safe_dump(list(suite))}).encode() + b"\n"  # YAML keeps dates
    with _LOCK:
        process = _process()
        whole = False
        try:
            whole = _send(process, request, batches)
            answer = process.stdout.readline() if whole and process.stdout else b""
        finally:
            if not whole:  # half a request would be taken for the beginning of the next
                _stop(process)
    return json.loads(answer) if answer else None


def _send(process: subprocess.Popen[bytes], request: bytes, batches: Iterable[pa.RecordBatch] | None) -> bool:
    assert process.stdin is not None  # noqa: S101 as it was started
    rows = iter(batches) if batches is not None else None
    first = next(rows) if rows is not None else None
    try:
        process.stdin.write(request)
        if rows is not None and first is not None:
            with pa.ipc.new_stream(process.stdin, first.schema) as writer:
                writer.write_batch(first)
                for batch in rows:
                    writer.write_batch(batch)
        process.stdin.flush()
    except BrokenPipeError:
        return False
    return True


def _process() -> subprocess.Popen[bytes]:
    if _STARTED and _STARTED[0].poll() is None:
        return _STARTED[0]
    _STARTED.clear()
    environment = {**os.environ, "GX_ANALYTICS_ENABLED": "false"}
    command = [sys.executable, "-m", "anon_assets.checks.expectations.judge"]
    quiet = subprocess.DEVNULL  # what the library logs may quote data
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet, env=environment
    )  # fmt: skip
    _STARTED.append(process)
    return process


@atexit.register
def _stop_all() -> None:
    for process in _STARTED:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End it; what it was doing is lost."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()
