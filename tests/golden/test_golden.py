"""What commands print, byte for byte. After a wanted change: `pytest tests/golden --rewrite-golden`, and read the diff."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import psycopg
import pytest

from anon_assets import __version__
from anon_assets.sample import schema_sql
from tests.cli.corner import ask

HERE = Path(__file__).parent
PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def centre(embedded_server) -> str:
    """The demo's source: its tables, without rows. A plan needs no more."""
    url = embedded_server.create("golden_centre")
    with psycopg.connect(url) as connection:
        connection.execute(schema_sql())
    return url


@pytest.fixture
def project(centre, tmp_path) -> Path:
    for folder in ("policies", "checks"):
        (tmp_path / folder).mkdir()
        shutil.copy(PROJECT / folder / "datacenter.yaml", tmp_path / folder)
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "local.yaml").write_text(
        f"databases:\n  datacenter: {{postgres: {{url: '{centre}'}}}}\n  datacenter_dev: {{postgres: {{url: '{centre}x'}}}}\n"
        "kms: {local: {path: .anon/keys}}\nstore: {local: {path: .anon/store}}\n"
    )
    return tmp_path


@pytest.fixture
def golden(request, tmp_path, monkeypatch):
    """Compare a text with a file of this folder, or write the file when asked to."""
    monkeypatch.setenv("COLUMNS", "100")

    def compare(name: str, text: str) -> None:
        text = text.replace(str(tmp_path), "<project>").replace(__version__, "<version>")
        text = re.sub(r"\bPlan [0-9a-f]{12}\b", "Plan <hash>", text)
        text = re.sub(r'"(hash|schema)": "[0-9a-f]{64}"', r'"\1": "<hash>"', text)
        file = HERE / name
        if request.config.getoption("--rewrite-golden"):
            file.write_text(text)
        assert file.exists(), f"{name} is missing: run with --rewrite-golden"
        assert text == file.read_text(), f"{name} differs: when that is wanted, run with --rewrite-golden"

    return compare


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("help.txt", ["--help"]),
        ("show_transforms.txt", ["show", "transforms"]),
        ("show_detectors.txt", ["show", "detectors"]),
        ("show_checks.txt", ["show", "checks"]),
        ("show_transforms_mask.txt", ["show", "transforms", "mask"]),
    ],
)
def test_reference(golden, name, arguments) -> None:
    told = ask(*arguments)
    assert (told.code, told.err) == (0, "")
    golden(name, told.out)


def test_plan(golden, project) -> None:
    table, machine = ask("-C", project, "plan", "datacenter"), ask("-C", project, "plan", "datacenter", "--json")
    assert (table.code, table.err, machine.code, machine.err) == (0, "", 0, "")
    golden("plan.txt", table.out)
    golden("plan.json", machine.out)


BAD = (
    ("    gender: null", "    gendre: null"),  # misspelt: one column too many, one too few
    ("    email: {fake: {as: email, unique: true}}", "    email: {constant: x}"),  # under a UNIQUE constraint
    ("    birth_date: {date_shift:", "    birth_date: {mask: {last: 2}} #"),  # not for dates
    ("    kind: keep", "    kind: null"),  # NOT NULL
    ("  centre.project:", "  centre.projects:"),  # no such table
)


def test_findings_of_a_bad_policy(golden, project) -> None:
    policy = project / "policies" / "datacenter.yaml"
    text = policy.read_text()
    for old, new in BAD:
        assert old in text, old
        text = text.replace(old, new, 1)
    policy.write_text(text)
    told = ask("-C", project, "plan", "datacenter")
    assert (told.code, told.out) == (1, "")
    golden("findings.txt", told.err)
