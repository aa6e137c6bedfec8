"""A demo project served by ``dagster dev``, and a headless Chromium that may talk to nothing else."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from anon_assets.orchestration.instance import instance_folder

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_LOADED = "{locationStatusesOrError{... on WorkspaceLocationStatusEntries{entries{name loadStatus}}}}"
_LOCATIONS = (
    "{workspaceOrError{... on Workspace{locationEntries{locationOrLoadError{__typename ... on PythonError{message}}}}}}"
)
_RUNS = "{runsOrError(limit: 50){... on Runs{results{runId status jobName}}}}"


class ServedProject:
    """A project's folder, the address of its Dagster UI, and that UI's GraphQL."""

    def __init__(self, root: Path, address: str) -> None:
        self.root, self.address = root, address

    def ask(self, query: str) -> dict[str, Any]:
        """Answer of the UI's GraphQL endpoint."""
        body = json.dumps({"query": query}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())["data"]

    def runs(self) -> dict[str, str]:
        """Status of every run by its id."""
        return {run["runId"]: run["status"] for run in self.ask(_RUNS)["runsOrError"]["results"]}

    def python(self, *arguments: str) -> str:
        """Standard output of a Python process in the folder; one of its own, to let go of the embedded server."""
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    def wait_for_run(self, known: set[str], seconds: float) -> str:
        """Status in which the one run that was not known before ends."""
        deadline = time.monotonic() + seconds
        seen: dict[str, str] = {}
        while time.monotonic() < deadline:
            seen = {run: status for run, status in self.runs().items() if run not in known}
            if seen and all(status in {"SUCCESS", "FAILURE", "CANCELED"} for status in seen.values()):
                assert len(seen) == 1, seen
                return next(iter(seen.values()))
            time.sleep(1)
        raise AssertionError(f"no new run ended within {seconds:.0f} s: {seen}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the machine's Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")


@pytest.fixture(scope="session")
def served(chromium: str) -> Iterator[ServedProject]:
    """The demo project after one run, with its UI up; the folder's path is short because socket paths must be."""
    pytest.importorskip("dagster_webserver", reason="needs the [webserver] extra")
    root = Path(tempfile.mkdtemp(prefix="ui-"))
    try:
        ServedProject(root, "").python("-m", "anon_assets", "-C", str(root), "demo", "--size", "60")
        with _dagster_dev(root) as address:
            yield ServedProject(root, address)
        assert _living(root) == [], "processes were left behind"
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _living(root: Path) -> list[str]:
    """Command lines of processes that work in the folder or were told of it."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if str(root) in " ".join(process.cmdline()) or process.cwd() == str(root):
                found.append(" ".join(process.cmdline())[:200])
    return found


@contextmanager
def _dagster_dev(root: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DAGSTER_", "ANON_"))}
    environment = {**inherited, "DAGSTER_HOME": str(instance_folder(root)), "DAGSTER_DISABLE_TELEMETRY": "1"}
    command = [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", port]
    with (root / "dev.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=root,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_heed_signals,  # noqa: PLW1509 it calls nothing but signal()
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_until_loaded(ServedProject(root, address), process)
            yield address
        finally:
            _stop(process)


def _heed_signals() -> None:
    # a parent that ignores SIGINT, such as a background job of a shell, would pass that on, and nothing could stop it
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def _wait_until_loaded(project: ServedProject, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            entries = project.ask(_LOADED)["locationStatusesOrError"]["entries"]
            if entries and all(entry["loadStatus"] == "LOADED" for entry in entries):
                for entry in project.ask(_LOCATIONS)["workspaceOrError"]["locationEntries"]:
                    assert entry["locationOrLoadError"]["__typename"] == "RepositoryLocation", entry
                return
        time.sleep(0.5)
    raise AssertionError(f"dagster dev did not load the workspace:\n{(project.root / 'dev.log').read_text()[-3000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    # code servers notice only after their heartbeat that nobody needs them any more: they are told at once
    family = [process, *psutil.Process(process.pid).children(recursive=True)] if process.poll() is None else []
    if family:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
    children = [each for each in family if isinstance(each, psutil.Process) and each.is_running()]
    for child in children:
        with suppress(psutil.NoSuchProcess):
            child.terminate()
    _gone, stubborn = psutil.wait_procs(children, timeout=30)
    for child in stubborn:
        with suppress(psutil.NoSuchProcess):
            child.kill()
    if process.poll() is None:
        process.kill()
        process.wait(10)


@pytest.fixture
def page(chromium: str, served: ServedProject) -> Iterator[Any]:
    """A fresh page; the test fails when it asked for anything outside the server."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the [dev] extra")
    outside: list[str] = []
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=_FLAGS)
        opened = browser.new_page(viewport={"width": 1600, "height": 900}, base_url=served.address)
        opened.set_default_timeout(60_000)
        sync_api.expect.set_options(timeout=60_000)

        def note(request: Any) -> None:
            if not request.url.startswith((served.address, served.address.replace("http", "ws"), "data:", "blob:")):
                outside.append(request.url)

        opened.on("request", note)
        yield opened
        browser.close()
    assert outside == []
