"""Fifty values that occur nowhere else, planted into the sample's personal columns, and a search for them afterwards.

Source and target lie on one server here, so that the server's own log and data directory are the source's as much as the
target's: they are not searched. The target is searched as a dump and in the planner's statistics instead. Columns that
the shipped policy keeps (codes and titles of projects, names of machines) are published on purpose and hold no canary.
"""

from __future__ import annotations

import base64
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest

from anon_assets.cli import main
from anon_assets.resources.databases.postgres import Postgres
from anon_assets.resources.databases.postgres.filling import open_filling
from anon_assets.sample import load
from anon_assets.stages.encrypted_parquet import read_batches
from anon_assets.stages.product import load_product
from anon_assets.stages.session import open_session
from anon_assets.transforms.fake import Fake

ROOT = Path(__file__).parents[2]
KILLING = Path(__file__).with_name("killing.py")
PEOPLE = 60


def word(source: random.Random) -> str:
    return "Zq" + base64.b32encode(source.randbytes(7)).decode()[:10].lower()


def planted() -> dict[str, list[str]]:
    """Column to its canaries: plain words, e-mail addresses, phone numbers."""
    source = random.Random(20_240_229)
    mail = [f"{word(source)}@{word(source)}.example" for _ in range(10)]
    phone = [f"+49 30 {source.randrange(10**9, 10**10)}" for _ in range(6)]
    words = [word(source) for _ in range(34)]
    take = lambda pool, count: [pool.pop() for _ in range(count)]  # noqa: E731
    return {
        "person.first_name": take(words, 3), "person.last_name": take(words, 3), "person.gender": take(words, 1),
        "person.title": take(words, 2), "person.email": take(mail, 4), "person.phone": take(phone, 3),
        "address.street": take(words, 3), "address.postal_code": take(words, 2), "address.city": take(words, 3),
        "address.region": take(words, 2), "account.login": take(words, 3), "account.password_hash": take(words, 2),
        "account.contact": [*take(mail, 2), *take(words, 2)], "account.ssh_keys": [*take(mail, 1), *take(words, 2)],
        "job.command": [*take(words, 3), *take(phone, 1)],
        "log_line.message": [*take(mail, 3), *take(phone, 2), *take(words, 3)],
    }  # fmt: skip


CANARIES = planted()
ALL = [canary for each in CANARIES.values() for canary in each]

# How a canary $1 stands in the columns that are more than plain text.
FORMS = {
    "account.contact": "jsonb_build_object('emergency', jsonb_build_array(jsonb_build_object('note', 'ask ' || $1)))",
    "account.ssh_keys": "ARRAY['ssh-ed25519 AAAA', 'ssh-rsa BBBB ' || $1]",
    "job.command": "'rsync /home/' || $1 || '/data .'",
    "log_line.message": "'user ' || $1 || ' could not log in'",
}
PLANT = """
WITH numbered AS (SELECT ctid, tableoid, row_number() OVER () AS n FROM centre.{table})
UPDATE centre.{table} t SET {column} = {value} FROM numbered
WHERE numbered.ctid = t.ctid AND numbered.tableoid = t.tableoid AND n = {number}"""


def plant(url: str) -> None:
    with psycopg.connect(url) as connection:
        for place, canaries in CANARIES.items():
            table, column = place.split(".")
            for number, canary in enumerate(canaries):
                value = FORMS.get(place, "$1").replace("$1", f"'{canary}'::text")
                done = connection.execute(PLANT.format(table=table, column=column, value=value, number=2 + 3 * number))
                assert done.rowcount == 1


@pytest.fixture
def project(swift_path, make_database):
    urls = {"datacenter": make_database("canary"), "datacenter_dev": make_database("canary_dev")}
    with open_filling(Postgres(url=urls["datacenter"])) as filling:
        load(filling, PEOPLE)
    plant(urls["datacenter"])
    root = swift_path / "project"
    for name in ("policies/datacenter.yaml", "checks/datacenter.yaml"):
        (root / name).parent.mkdir(parents=True)
        shutil.copyfile(ROOT / name, root / name)
    (root / "resources").mkdir()
    entries = "".join(f"  {name}: {{postgres: {{url: '{url}'}}}}\n" for name, url in urls.items())
    (root / "resources" / "local.yaml").write_text(
        f"databases:\n{entries}kms: {{local: {{path: .anon/keys}}}}\nstore: {{local: {{path: .anon/store}}}}\n"
    )
    return root, urls


def found_in(content: bytes) -> list[str]:
    lower = content.lower()
    return [canary for canary in ALL if canary.lower().encode() in lower]


def written(*folders: Path) -> bytes:
    content = [b""]
    for folder in folders:
        for path in folder.rglob("*"):
            content.append(str(path).encode())
            if path.is_file():
                content.append(path.read_bytes())
    return b"\n".join(content)


def readable(root: Path) -> bytes:
    """Cells of the published Parquet files and, with the key, of the anonymized ones: both are compressed on disk."""
    content = [
        str(pq.read_table(path).to_pylist()).encode() for path in root.glob(".anon/store/published/**/*.parquet")
    ]
    product = load_product(root, "datacenter")
    store = product.profile.store
    with open_session(product) as session:
        for name in store.list("datacenter/anonymized"):
            content += [str(batch.to_pylist()).encode() for batch in read_batches(store, name, session.keys)]
    return b"\n".join(content)


def shown(url: str, programs: Path) -> bytes:
    """All that the target database shows: a dump, and what the planner keeps of its columns."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        statistics = connection.execute(
            "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats"
        ).fetchall()
    dump = subprocess.run([programs / "pg_dump", "-d", url], capture_output=True, check=True).stdout
    return dump + str(statistics).encode()


def test_the_canaries_are_fifty_distinct_ones():
    assert len(ALL) == len(set(ALL)) >= 50


@pytest.mark.slow
def test_no_canary_is_found_after_any_kind_of_end(project, swift_path, monkeypatch, capfd, embedded_server):
    root, urls = project
    scratch = swift_path / "tmp"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    printed = []

    def run(*options: str) -> int:
        with pytest.raises(SystemExit) as left:
            main(["--debug", "-C", str(root), "run", "datacenter", *options])
        told = capfd.readouterr()
        printed.append((told.out + told.err).encode())
        return int(left.value.code or 0)

    def nothing(when: str) -> None:
        assert found_in(b"\n".join(printed)) == [], when
        assert found_in(written(root, scratch)) == [], when
        assert found_in(readable(root)) == [], when
        assert found_in(shown(urls["datacenter_dev"], embedded_server.programs)) == [], when

    source = subprocess.run(
        [embedded_server.programs / "pg_dump", "-d", urls["datacenter"]], capture_output=True, check=True
    )
    assert len(found_in(source.stdout)) == len(ALL)  # the search finds what is there

    with monkeypatch.context() as patch:  # a crash inside a transform, with the values in its message

        def broken(self, column, context):
            raise ValueError(f"cannot take {column.to_pylist()}")

        patch.setattr(Fake, "apply", broken)
        assert run() == 1
    assert b"ValueError" in printed[-1]
    nothing("crash")

    killed = subprocess.run(
        [sys.executable, KILLING, "anonymize", "centre.address", "--", "--debug", "-C", root, "run", "datacenter"],
        capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    printed.append(killed.stdout + killed.stderr)
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    assert list((root / ".anon" / "store").rglob("data.parquet"))
    nothing("kill")

    policy = root / "policies" / "datacenter.yaml"
    shipped = policy.read_text()
    policy.write_text(shipped.replace("    message: {fake: {as: text}}", "    message: keep"))
    assert policy.read_text() != shipped
    assert run() == 1  # a failed check: the planted leak is in the anonymized file, which stays sealed
    assert b"no_leak" in printed[-1]
    assert found_in(b"\n".join(printed)) == []
    assert found_in(written(root, scratch)) == []
    assert found_in(shown(urls["datacenter_dev"], embedded_server.programs)) == []
    policy.write_text(shipped)

    with psycopg.connect(urls["datacenter"]) as connection:  # a load that the target rejects
        connection.execute("ALTER TABLE centre.account ADD CONSTRAINT not_locked CHECK (password_hash <> '!')")
    assert run() == 1
    assert b"not_locked" in printed[-1]
    nothing("load")

    with psycopg.connect(urls["datacenter"]) as connection:
        connection.execute("ALTER TABLE centre.account DROP CONSTRAINT not_locked")
    assert run() == 0, printed[-1].decode()[-3000:]
    with psycopg.connect(urls["datacenter_dev"]) as connection:
        assert connection.execute("SELECT count(*) FROM centre.person").fetchone() == (PEOPLE,)
    nothing("success")
    assert not list((root / ".anon" / "store" / "staged" / "datacenter").glob("raw/*"))
