"""A small project over a real server: a dozen shapes of table, a policy that fits them, and what tests do with both."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from anon_assets.stages.product import Product, load_product
from anon_assets.stages.session import Session, open_session

PEOPLE = 40

SCHEMA = """
CREATE SCHEMA hr;
CREATE TYPE mood AS ENUM ('calm', 'cross');
CREATE TABLE person (
    person_id int PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, email varchar(80) NOT NULL UNIQUE,
    phone text, mood mood NOT NULL, tags text[], contact jsonb, manager_id int REFERENCES person, born date,
    full_name text GENERATED ALWAYS AS (first_name || ' ' || last_name) STORED);
CREATE TABLE purchase (
    purchase_id serial PRIMARY KEY, person_id int NOT NULL REFERENCES person, amount numeric(8,2) NOT NULL, note text);
CREATE TABLE "Order Details" (
    purchase_id int NOT NULL REFERENCES purchase, "Product Name" text NOT NULL, quantity int NOT NULL);
CREATE TABLE event_log (
    event_id int, logged_on date, message text, PRIMARY KEY (event_id, logged_on)) PARTITION BY RANGE (logged_on);
CREATE TABLE event_log_a PARTITION OF event_log FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE event_log_b PARTITION OF event_log FOR VALUES FROM ('2024-07-01') TO ('2025-01-01');
CREATE TABLE "Журнал" (id int PRIMARY KEY, "запись" text);
CREATE TABLE hr.badge (badge_id uuid PRIMARY KEY, person_id int REFERENCES person);
CREATE TABLE nothing (id int PRIMARY KEY, label text);
CREATE TABLE audit (id int PRIMARY KEY, who text);
CREATE TABLE scratch (id int PRIMARY KEY, what text);
CREATE VIEW spending AS SELECT person_id, sum(amount) AS total FROM purchase GROUP BY person_id;
CREATE MATERIALIZED VIEW moods AS SELECT mood, count(*) AS people FROM person GROUP BY mood;
"""

ROWS = f"""
INSERT INTO person SELECT n,
    (ARRAY['Aurelia','Benedikt','Cosima','Dagmar','Ekkehard','Friedlinde','Gundula','Hartmut'])[n % 8 + 1],
    (ARRAY['Ahrensburg','Bartuschek','Czarnetzki','Drosselmeyer','Eisenschmidt','Fuchsberger','Grabowski'])[n % 7 + 1],
    'mail' || n || '.' || substr(md5(n::text), 1, 8) || '@kundenpost.example',
    '+49 30 5550' || lpad(n::text, 4, '0'),
    (ARRAY['calm','cross'])[n % 2 + 1]::mood,
    ARRAY['tag' || n % 3, 'private' || md5('t' || n)],
    jsonb_build_object('note', 'reach me at home' || n || '.' || substr(md5('h' || n), 1, 6) || '@heimpost.example'),
    CASE WHEN n > 1 THEN n / 2 END, date '1960-01-01' + n * 400
FROM generate_series(1, {PEOPLE}) n;
INSERT INTO purchase (person_id, amount, note)
SELECT n % {PEOPLE} + 1, n * 3.5,
       CASE WHEN n % 3 = 0 THEN 'wrote from mail' || n % {PEOPLE} + 1 || '@rechnung.example about order ' || n END
FROM generate_series(1, 90) n;
INSERT INTO "Order Details" SELECT n % 90 + 1, (ARRAY['Hammer','Saw','Nail'])[n % 3 + 1], n % 2 + 1
FROM generate_series(1, 120) n;
INSERT INTO "Order Details" SELECT 1, 'Hammer', 1 FROM generate_series(1, 5);
INSERT INTO event_log SELECT n, date '2024-01-02' + n * 5, 'login of ' || email || ' failed'
FROM generate_series(1, 60) n JOIN person ON person_id = n % {PEOPLE} + 1;
INSERT INTO "Журнал" SELECT n, 'звонок +49 30 5550' || lpad(n::text, 4, '0') FROM generate_series(1, 20) n;
INSERT INTO hr.badge SELECT md5(n::text)::uuid, n FROM generate_series(1, {PEOPLE}) n;
INSERT INTO audit VALUES (1, 'nobody@kundenpost.example');
INSERT INTO scratch VALUES (1, 'nobody@kundenpost.example');
REFRESH MATERIALIZED VIEW moods;
"""

POLICY = """\
# decided by the owner
product: shop
source: shop
tables:
  public.person:
    person_id: keep  # a bare number
    first_name: {fake: {as: first_name}}
    last_name: {fake: {as: last_name}}
    email: {token: {length: 24}}
    phone: {fake: {as: phone}}
    mood: keep
    tags: null
    contact: null
    manager_id: keep
    born: {date_shift: {within: 30 days, per: person_id}}
  public.purchase:
    purchase_id: keep
    person_id: keep
    amount: keep
    note: {fake: {as: text}}
  public.Order Details:
    purchase_id: keep
    Product Name: keep
    quantity: keep
  public.event_log:
    event_id: keep
    logged_on: keep
    message: {fake: {as: text}}
  public.Журнал:
    id: keep
    запись: {fake: {as: text}}
  hr.badge:
    badge_id: {token: {}}
    person_id: keep
  public.nothing:
    id: keep
    label: keep
  public.audit: skip
  public.scratch: drop
publish:
  - {database: shop_dev}
  - {store: published}
owners: ["team:data"]
schedule: "0 3 * * *"
accepted: []
"""

COPIED = (
    "hr.badge", "public.Order Details", "public.event_log", "public.nothing", "public.person", "public.purchase",
    "public.Журнал",
)  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """One project folder, its source and its target."""

    root: Path
    source: str
    target: str
    programs: Path

    def write(self, policy: str = POLICY, checks: str = "") -> None:
        for folder in ("policies", "checks", "resources"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        self.policy_file.write_text(policy)
        self.checks_file.write_text(checks or "# nothing beside what always runs\nexpectations: {}\n")
        (self.root / "resources" / "local.yaml").write_text(
            f"databases:\n  shop: {{postgres: {{url: '{self.source}'}}}}\n"
            f"  shop_dev: {{postgres: {{url: '{self.target}'}}}}\n"
            "kms: {local: {path: .anon/keys}}\nstore: {local: {path: .anon/store}}\n"
        )

    @property
    def policy_file(self) -> Path:
        return self.root / "policies" / "shop.yaml"

    @property
    def checks_file(self) -> Path:
        return self.root / "checks" / "shop.yaml"

    @property
    def store(self) -> Path:
        return self.root / ".anon" / "store"

    def decide(self, old: str, new: str) -> None:
        """Change the policy's text; the old part must be there."""
        text = self.policy_file.read_text()
        assert old in text
        self.policy_file.write_text(text.replace(old, new))

    def product(self) -> Product:
        return load_product(self.root, "shop")

    @contextmanager
    def session(self) -> Iterator[Session]:
        with open_session(self.product()) as opened:
            yield opened

    def staged(self, stage: str, place: str, file: str = "data.parquet") -> Path:
        """The staged file itself, to be damaged."""
        product = self.product()
        uri = product.profile.store.uri(product.staged(stage, place) if place else product.staged(stage))
        return Path.from_uri(uri) / file if hasattr(Path, "from_uri") else _path_of(uri) / file

    def dump(self, url: str = "") -> list[str]:
        """Everything of a database as pg_dump prints it, but for what differs between two equal publications."""
        done = subprocess.run(
            [self.programs / "pg_dump", "-d", url or self.target], capture_output=True, check=True, text=True
        )
        text = re.sub(r"(?s)COPY anon_assets\..*?\n\\\.\n", "", done.stdout)
        return [line for line in text.splitlines() if "restrict " not in line]

    def query(self, statement: str, url: str = "") -> list[tuple[Any, ...]]:
        with psycopg.connect(url or self.target, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def command(self, *arguments: str, program: Sequence[str] = ("-m", "anon_assets"), **options: Any) -> Any:
        """Run the command line in a process of its own."""
        given = [sys.executable, *program, "-C", str(self.root), *arguments]
        environment = {**os.environ, **options.pop("env", {})}
        environment.pop("DAGSTER_HOME", None)
        return subprocess.run(given, capture_output=True, text=True, env=environment, check=False, **options)


def _path_of(uri: str) -> Path:
    from urllib.parse import unquote, urlsplit

    return Path(unquote(urlsplit(uri).path))


def through(shop: Shop, *, until: str = "publish", progress: Callable[[str, str, int], None] | None = None) -> Any:
    """Structure, raw, scan, anonymize, validate, publish, in one session and without Dagster."""
    stages = ("structure", "raw", "scan", "anonymize", "validate", "publish")
    wanted = stages[: stages.index(until) + 1]
    last: Any = None
    with open_session(shop.product(), progress or (lambda _stage, _place, _rows: None)) as session:
        for stage in wanted:
            if stage in {"structure", "validate", "publish"}:
                last = getattr(session, stage)()
                continue
            for table in session.plan.copied:
                last = {"raw": session.extract, "scan": session.scan, "anonymize": session.anonymize}[stage](
                    table.place
                )
    return last


def copying_only(shop: Shop, *places: str) -> Shop:
    """The same project with a policy that copies these tables' rows alone: shorter runs."""
    head, tables, rest = re.split(r"(?m)^(?=tables:|publish:)", POLICY)
    parts = re.split(r"(?m)^(?=  \S)", tables)[1:]
    kept = [part for part in parts if part.strip().partition(":\n")[0] in places]
    skipped = [f"  {place}: skip\n" for place in (*COPIED, "public.audit", "public.scratch") if place not in places]
    shop.policy_file.write_text(head + "tables:\n" + "".join([*kept, *skipped]) + rest)
    return shop


def moved(shop: Shop, root: Path, target: str, source: str = "") -> Shop:
    """The same project in another folder, with another target and perhaps another source."""
    found = replace(shop, root=root, target=target, source=source or shop.source)
    found.write(shop.policy_file.read_text(), shop.checks_file.read_text())
    return found
