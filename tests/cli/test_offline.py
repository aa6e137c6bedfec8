"""Nothing dials out: the scan runs where there is no network at all."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

UNSHARE = shutil.which("unshare")


def _cut_off(*command: str) -> subprocess.CompletedProcess[str]:
    """Run in a network namespace without interfaces: not even the loopback is up."""
    assert UNSHARE is not None
    return subprocess.run([UNSHARE, "--net", *command], capture_output=True, text=True, timeout=300, check=False)


pytestmark = pytest.mark.skipif(
    UNSHARE is None or subprocess.run([UNSHARE, "--net", "true"], capture_output=True, check=False).returncode != 0,
    reason="no network namespaces for this user",
)

FRAME = """
import socket, pyarrow as pa, anon_assets
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
except OSError as error:
    print("cut off:", error.errno == 101)
rows = range(60)
frame = pa.table({
    "a": [f"user{n}@mail{n}.example.co.uk" for n in rows],
    "b": ["+49 30 9018%02d" % n for n in rows],
    "c": [f"https://www.example.com/u/{n}" for n in rows],
    "d": [f"call +44 20 8366 11{n % 90 + 10} or write to u{n}@example.org" for n in rows],
})
print(sorted({each.entity for each in anon_assets.scan(frame)} & {"email", "phone"}))
print(anon_assets.spans(frame["d"]).num_rows >= 60)
"""


def test_frames_are_scanned_without_a_network() -> None:
    done = _cut_off(sys.executable, "-c", FRAME)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["cut off: True", "['email', 'phone']", "True"]


def test_a_database_is_scanned_without_a_network(embedded_server: Any, shop_source: str) -> None:
    done = _cut_off(
        sys.executable, "-m", "anon_assets", "scan", "--database", embedded_server.url(shop_source), "--json"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["tables"]
    assert any(each["entity"] == "email" for columns in found.values() for each in columns)
