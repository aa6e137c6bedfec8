"""What goes wrong while a product runs: killed processes, lost connections, full disks, replaced keys, two at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from anon_assets.errors import AnonError, ConnectionFailed, DatabaseError, StoreError
from tests.shop import copying_only, moved, through

KILLING = str(Path(__file__).with_name("killing.py"))
ROOT = Path(__file__).parents[2]


def files_of(shop):
    return {path.name: path.read_bytes() for path in (shop.store / "published" / "shop" / "current").iterdir()}


def name_of(url):
    return url.partition("@/")[2].partition("?")[0]


def terminate(shop, url):
    """Cut every connection of ours to that database; how many there were."""
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name_of(url)}' \
            AND pid <> pg_backend_pid()"
    return len(shop.query(cut, url.replace(name_of(url), "postgres")))


@pytest.mark.slow
def test_a_run_killed_in_any_stage_leaves_the_old_version_and_the_next_run_is_clean(shop):
    shop = copying_only(shop, "public.person", "public.event_log")
    through(shop)
    first, files = shop.dump(), files_of(shop)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DAGSTER_DISABLE_TELEMETRY": "1"}
    environment.pop("DAGSTER_HOME", None)
    moments = [("extract", "public.event_log"), ("scan", "public.person"), ("anonymize", "public.person"),
               ("validate", "no_leak"), ("publish", "public.person")]  # fmt: skip
    for moment in moments:
        process = subprocess.Popen(
            [sys.executable, KILLING, *moment, "--", "-C", str(shop.root), "run", "shop"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, text=True,
        )  # fmt: skip
        _, told = process.communicate(timeout=300)
        assert process.returncode == -signal.SIGKILL, (moment, told[-2000:])
        assert shop.dump() == first, moment
        assert files_of(shop) == files, moment
    through(shop)
    assert shop.dump() == first and files_of(shop) == files
    assert not list(shop.store.glob(".incoming/*"))


@pytest.mark.slow
def test_the_real_command_killed_from_outside(shop):
    shop = copying_only(shop, "public.person")
    process = subprocess.Popen(
        [sys.executable, "-m", "anon_assets", "-C", str(shop.root), "run", "shop"], stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, cwd=ROOT, env={k: v for k, v in os.environ.items() if k != "DAGSTER_HOME"},
    )  # fmt: skip
    before, seen = shop.dump(), ""
    for line in process.stderr:
        seen += line
        if line.startswith("anonymize: "):
            process.kill()
            break
    process.wait()
    process.stderr.close()
    assert process.returncode == -signal.SIGKILL and "kundenpost" not in seen
    assert shop.dump() == before
    through(shop)
    assert shop.query("SELECT count(*) FROM person") == [(40,)]


def test_the_source_connection_is_cut_while_it_is_read(shop, make_database, monkeypatch):
    shop = moved(shop, shop.root, shop.target, make_database("cut", "template_shop"))
    shop.query("INSERT INTO event_log SELECT n, date '2024-03-01', repeat('x', 2000) FROM generate_series(1000, 21000) n",
               shop.source)  # fmt: skip
    monkeypatch.setattr("anon_assets.stages.extract.BATCH_ROWS", 500)
    cut = []

    def progress(stage, place, rows):
        if stage == "extract" and place == "public.event_log" and not cut:
            cut.append(terminate(shop, shop.source))

    before = shop.dump()
    with pytest.raises((ConnectionFailed, DatabaseError)) as caught:
        through(shop, progress=progress)
    assert cut[0] >= 1 and "kundenpost" not in str(caught.value)
    assert shop.dump() == before
    assert not (shop.store / "staged" / "shop" / "raw" / "public.event_log").exists()
    assert not list(shop.store.glob(".incoming/*"))


def test_the_target_connection_is_cut_while_it_is_filled(validated):
    shop = validated
    through(shop)
    first, files = shop.dump(), files_of(shop)
    through(shop, until="validate")
    cut = []

    def progress(stage, place, _rows):
        if stage == "publish" and place == "public.person" and not cut:
            cut.append(terminate(shop, shop.target))

    with pytest.raises(ConnectionFailed):
        through(shop, progress=progress)
    assert cut == [1]
    assert shop.dump() == first and files_of(shop) == files
    through(shop)
    assert shop.dump() == first


@pytest.mark.slow
def test_a_lost_source_is_one_line_and_exit_1(shop):
    """The whole command, with the source gone before it is read."""
    shop = moved(shop, shop.root, shop.target, shop.source.replace("template_shop", "no_such_shop"))
    done = shop.command("run", "shop", cwd=ROOT)
    assert done.returncode == 1
    errors = [line for line in (done.stderr + done.stdout).splitlines() if "no such database" in line]
    assert len(errors) == 1 and "Traceback" not in done.stderr + done.stdout


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of half a megabyte. Mounting takes rights that not every machine gives."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_one_clear_error(shop, make_database, tiny_disk):
    shop = moved(shop, shop.root, shop.target, make_database("big", "template_shop"))
    resources = shop.root / "resources" / "local.yaml"
    resources.write_text(resources.read_text().replace("path: .anon/store", f"path: {tiny_disk}/store"))
    shop.query("INSERT INTO event_log SELECT n, date '2024-03-01', md5(n::text) || md5('x' || n) FROM \
        generate_series(1000, 40000) n", shop.source)  # fmt: skip
    before = shop.dump()
    with pytest.raises(StoreError, match="No space left on device") as caught:
        through(shop)
    assert "free some space" in str(caught.value)
    assert shop.dump() == before
    assert not list((tiny_disk / "store").glob(".incoming/*"))


def test_two_runs_at_once_are_not_torn(validated):
    """Each run in a thread of its own: whichever wins, what is shown is one whole version, and it is the right one."""
    shop = validated
    through(shop)
    first, files = shop.dump(), files_of(shop)
    errors = []

    def one():
        try:
            through(shop)
        except AnonError as error:  # staged files of the other run under our feet: refused, not mixed
            errors.append(error)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    for thread in threads:
        thread.join()
    assert len(errors) < 3 and "kundenpost" not in str(errors)
    assert shop.dump() == first and files_of(shop) == files
    through(shop)
    assert shop.dump() == first and files_of(shop) == files
