"""What reaches a pipe, a narrow terminal, an output without Unicode, and a reader that goes away."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from anon_assets import __version__

COMMAND = [sys.executable, "-W", "error", "-m", "anon_assets"]
ESCAPE = "\x1b"


def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "FORCE_COLOR", "NO_COLOR"}}
    return subprocess.run(
        [*COMMAND, *arguments], env=env | environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_module_is_the_command() -> None:
    done = call("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"anon-assets, version {__version__}\n", "")


def test_a_pipe_gets_plain_lines_of_the_width_it_asks_for() -> None:
    wide, narrow = call("show", "transforms", "mask"), call("show", "transforms", "mask", COLUMNS="80")
    for done, width in ((wide, 120), (narrow, 80)):
        assert done.returncode == 0 and done.stderr == ""
        assert ESCAPE not in done.stdout
        table = done.stdout.partition("Parameters")[2].partition("accepts:")[0]
        assert table.count("\n") > 8 and max(map(len, table.splitlines())) <= width
        assert not re.search(r" $", done.stdout, re.MULTILINE)
    assert "A mistake:  {mask: {last: 6}}" in narrow.stdout


@pytest.mark.parametrize(
    "environment", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_a_locale_without_unicode(environment) -> None:
    done = call("show", "detectors", "phone", **environment)
    assert done.returncode == 0 and done.stderr == ""
    assert "telephone" in done.stdout and "Traceback" not in done.stdout


def test_an_output_that_knows_other_letters_gets_escapes() -> None:
    done = call("show", "detectors", "phone", PYTHONIOENCODING="iso8859-5")
    assert done.returncode == 0 and done.stderr == ""
    assert "t\\xe9l\\xe9copie" in done.stdout and done.stdout.isascii()


def test_a_reader_that_goes_away_changes_nothing() -> None:
    for arguments in ("show transforms mask", "show --schema policy", "show detectors"):
        line = f"{' '.join(COMMAND)} {arguments} | head -1; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True, timeout=120)
        assert done.stdout.splitlines()[-1] == "0", done
        assert done.stderr == ""


def test_a_terminal_gets_styles_and_its_own_width() -> None:
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    env = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
    child = subprocess.Popen(
        [*COMMAND, "show", "transforms", "fake"], stdout=theirs, stderr=theirs, env=env | {"TERM": "xterm"}
    )
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(ours)
    assert child.wait(60) == 0
    text = b"".join(parts).decode()
    assert f"{ESCAPE}[1m" in text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    table = plain.partition("Parameters")[2].partition("accepts:")[0]
    assert max(len(line.rstrip()) for line in table.splitlines()) <= 80


def test_help_teaches_with_examples(cli) -> None:
    listed = re.findall(
        r"^  ([a-z]+) {2,}\S", cli("--help").out.partition("Commands:")[2].partition("Examples:")[0], re.MULTILINE
    )
    assert {"demo", "fields", "init", "plan", "preview", "run", "scan", "show"} <= set(listed)
    for name in listed:
        told = cli(name, "--help")
        assert told.code == 0 and told.err == ""
        assert re.search(rf"^    anon-assets (-C \S+ )?{name}\b", told.out.partition("Examples:")[2], re.MULTILINE), (
            told.out
        )
        assert "\\b" not in told.out
        assert max(map(len, told.out.splitlines())) <= 90
