"""A corner shop: a database small enough to ask a hundred times, and a project that `init` made of it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from anon_assets.cli import main

CANARY = "canary-post.example"

SCRIPT = f"""
CREATE TABLE customer (customer_id int PRIMARY KEY, first_name text, email text UNIQUE, city text);
INSERT INTO customer SELECT i, (ARRAY['Anna','Bruno','Clara','David','Elena','Fabio','Greta','Henri'])[1 + i % 8],
    lower((ARRAY['Anna','Bruno','Clara','David','Elena','Fabio','Greta','Henri'])[1 + i % 8]) || '.' || i || '@{CANARY}',
    (ARRAY['Basel','Bern','Genf'])[1 + i % 3] FROM generate_series(1, 60) i;
CREATE TABLE purchase (
    purchase_id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, amount numeric(8,2));
INSERT INTO purchase SELECT i, 1 + i % 60, i FROM generate_series(1, 90) i;
CREATE TABLE visit (page text, seen int);
INSERT INTO visit SELECT '/p' || i % 5, i FROM generate_series(1, 20) i;
INSERT INTO visit VALUES ('/p1', 3), ('/p1', 3);
CREATE TABLE note (note_id int PRIMARY KEY, body text);
"""

_RELATIONS = """SELECT n.nspname || '.' || c.relname, c.relfilenode
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind = 'r' ORDER BY 1"""


@dataclass
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def ask(*arguments: object) -> Answer:
    """Run the command line in this process, also where pytest captures nothing for a test."""
    out, err = io.StringIO(), io.StringIO()
    home = os.environ.pop("DAGSTER_HOME", None)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main([str(each) for each in arguments])
            except SystemExit as left:
                code = int(left.code or 0)
    finally:
        if home is not None:
            os.environ["DAGSTER_HOME"] = home
    return Answer(code, out.getvalue(), err.getvalue())


def rows(url: str, query: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def change(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@dataclass
class Corner:
    """A project on disk, its source and its target."""

    root: Path
    source: str
    target: str

    policy = "policies/corner.yaml"
    profile = "resources/local.yaml"
    checks = "checks/corner.yaml"

    def ask(self, *arguments: object) -> Answer:
        return ask("-C", self.root, *arguments)

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text()
        assert old in text, (file, old)
        (self.root / file).write_text(text.replace(old, new, 1))

    def reach(self, database: str, url: str) -> None:
        """Let ``corner`` or ``corner_dev`` of the profile lead somewhere else."""
        old = self.source if database == "corner" else self.target
        self.edit(
            self.profile,
            f"{database}:\n    postgres:\n      url: {old}\n",
            f"{database}: {{postgres: {{url: {json.dumps(url)}}}}}\n",
        )

    def copy(self, root: Path) -> Corner:
        shutil.copytree(self.root, root, symlinks=True)
        return Corner(root, self.source, self.target)

    def _files(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.root.rglob("*") if path.is_file()}

    def _databases(self) -> tuple[object, ...]:
        return (
            rows(self.source, _RELATIONS),
            rows(self.source, "SELECT * FROM customer ORDER BY 1"),
            rows(self.target, _RELATIONS),
        )

    @contextlib.contextmanager
    def untouched(self) -> Iterator[None]:
        """What is refused leaves source, target and every file as they were; new files stand below .anon only."""
        files, databases = self._files(), self._databases()
        yield
        assert self._databases() == databases
        after, own = self._files(), self.root / ".anon"
        assert {path for path in after if path not in files and not path.is_relative_to(own)} == set()
        kept = {path: content for path, content in after.items() if path in files}
        dagster = {path for path in files if path.is_relative_to(own / "dagster")}
        assert {path for path, content in files.items() if kept.get(path) != content} <= dagster


def refused(answer: Answer, *parts: str, code: int, lines: int = 0) -> None:
    """One error: where, what, hint; then so many findings; no traceback, no value, no password, nothing on stdout."""
    told = answer.err.splitlines()
    errors = [number for number, line in enumerate(told) if line.startswith("error: ")]
    assert len(errors) == 1, answer.err
    assert ": " in told[errors[0]].removeprefix("error: ")
    after = told[errors[0] + 1 :]
    assert len(after) == lines and all(line.startswith(("  error ", "  warning ", "  note ")) for line in after), (
        answer.err
    )
    assert answer.code == code, (answer.code, answer.err)
    for part in parts:
        assert part in answer.err, answer.err
    whole = answer.out + answer.err
    for never in ("Traceback", 'File "', CANARY, "hunter2", "psycopg", "pydantic"):
        assert never not in whole, whole
