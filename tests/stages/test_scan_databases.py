"""The scan against two public sample databases, column by column: what must be found, and that nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest

from anon_assets.columns import LogicalType
from anon_assets.contracts.database import Column, ForeignKey, Schema, Table
from anon_assets.contracts.detector import Verdict
from anon_assets.stages.scan import refine, scan_batches

DATA = Path(__file__).parents[3] / "shared" / "data"
LOGICAL: tuple[tuple[str, LogicalType], ...] = (
    (r"int|serial|year", "integer"), (r"numeric", "decimal"), (r"bool", "boolean"), (r"timestamp", "timestamp"),
    (r"date", "date"), (r"bytea", "binary"), (r".*\[\]", "array"), (r"tsvector", "other"), (r"mpaa_rating", "enum"),
    (r"", "text"),
)  # fmt: skip
KEY = (
    r"ALTER TABLE (?:ONLY )?(?:public\.)?(\w+)\s+ADD CONSTRAINT (\w+)\s+FOREIGN KEY \((\w+)\) "
    r"REFERENCES (?:public\.)?(\w+) ?\((\w+)\)"
)
ARROW = {"integer": pa.int64(), "binary": pa.binary()}


def _tables(script: str) -> dict[str, Table]:
    keys: dict[str, list[ForeignKey]] = {}
    for match in re.finditer(KEY, script):
        table, name, column, target, referred = match.groups()
        keys.setdefault(table, []).append(ForeignKey(name, (column,), f"public.{target}", (referred,)))
    tables = {}
    for match in re.finditer(r"CREATE TABLE (\w+)\s*\(\n(.*?)\n\);", script, re.DOTALL):
        name, body = match.groups()
        columns = []
        for line in body.splitlines():
            column, _, kind = line.strip().rstrip(",").partition(" ")
            if column != "CONSTRAINT":
                logical = next(logical for pattern, logical in LOGICAL if re.match(pattern, kind, re.IGNORECASE))
                columns.append(Column(column, kind, logical))
        tables[name] = Table("public", name, tuple(columns), foreign_keys=tuple(keys.get(name, ())))
    return tables


def _batch(table: Table, names: list[str], rows: list[list[str | None]]) -> pa.RecordBatch:
    arrays = []
    for position, name in enumerate(names):
        kind = ARROW.get(table.column(name).logical, pa.string())
        arrays.append(pa.array([row[position] for row in rows], pa.string()).cast(kind))
    return pa.RecordBatch.from_arrays(arrays, names=names)


def _scan(tables: dict[str, Table], batches: dict[str, list[pa.RecordBatch]]) -> dict[str, Verdict]:
    schema = Schema(tuple(sorted(tables.values(), key=lambda table: table.place)))
    found = {table.place: scan_batches(table, batches.get(table.name, [])) for table in tables.values()}
    return {
        f"{place.removeprefix('public.')}.{verdict.column}": verdict
        for place, verdicts in refine(schema, found).items()
        for verdict in verdicts
    }


@pytest.fixture(scope="module")
def sakila() -> dict[str, Verdict]:
    if not (DATA / "sakila").is_dir():
        pytest.skip("the sample database Sakila is not beside the project")
    tables = _tables((DATA / "sakila" / "schema.sql").read_text(encoding="utf-8"))
    batches: dict[str, list[pa.RecordBatch]] = {}
    script = (DATA / "sakila" / "data.sql").read_text(encoding="utf-8")
    for match in re.finditer(
        r"^COPY public\.(\w+) \(([^)]*)\) FROM stdin;\n(.*?)^\\\.$", script, re.DOTALL | re.MULTILINE
    ):
        name, names, body = match.groups()
        rows = [[None if cell == r"\N" else cell for cell in line.split("\t")] for line in body.splitlines()]
        if name in tables and rows:
            batches.setdefault(name, []).append(_batch(tables[name], names.split(", "), rows))
    return _scan(tables, batches)


@pytest.fixture(scope="module")
def chinook() -> dict[str, Verdict]:
    if not (DATA / "chinook").is_dir():
        pytest.skip("the sample database Chinook is not beside the project")
    script = (DATA / "chinook" / "chinook.sql").read_text(encoding="utf-8")
    tables = _tables(script)
    batches: dict[str, list[pa.RecordBatch]] = {}
    for match in re.finditer(r"INSERT INTO (\w+) \(([^)]*)\) VALUES\n(.*?);\n", script, re.DOTALL):
        name, names, body = match.groups()
        rows = []
        for line in body.splitlines():
            cells = re.findall(r"N?'((?:[^']|'')*)'|(NULL)|([\d.-]+)", line.strip().rstrip(",")[1:-1])
            rows.append([None if null else (text.replace("''", "'") or number) for text, null, number in cells])
        batches.setdefault(name, []).append(_batch(tables[name], names.split(", "), rows))
    return _scan(tables, batches)


SAKILA = {
    "actor.first_name": "first_name",
    "actor.last_name": "last_name",
    "address.address": "street_address",
    "address.address2": "street_address",
    "address.district": "region",
    "address.phone": "phone",
    "address.postal_code": "postal_code",
    "customer.email": "email",
    "customer.first_name": "first_name",
    "customer.last_name": "last_name",
    "staff.email": "email",
    "staff.first_name": "first_name",
    "staff.last_name": "last_name",
    "staff.password": "password",
    "staff.username": "username",
}
CHINOOK = {
    **{
        f"{table}.{column}": entity
        for table in ("customer", "employee")
        for column, entity in {
            "address": "street_address", "city": "city", "country": "country", "email": "email", "fax": "phone",
            "first_name": "first_name", "last_name": "last_name", "phone": "phone", "postal_code": "postal_code",
            "state": "region",
        }.items()
    },
    "customer.company": "company",
    "employee.birth_date": "date_of_birth",
    "employee.title": "job_title",
    "invoice.billing_address": "street_address",
    "invoice.billing_city": "city",
    "invoice.billing_country": "country",
    "invoice.billing_postal_code": "postal_code",
    "invoice.billing_state": "region",
}  # fmt: skip


def _typed(found: dict[str, Verdict]) -> dict[str, str]:
    return {place: verdict.entity for place, verdict in found.items() if verdict.personal}


def test_sakila_columns_are_typed_right(sakila: dict[str, Verdict]) -> None:
    """Cities, countries, film texts, categories and languages are lists and works, not persons."""
    assert _typed(sakila) == SAKILA
    assert all(sakila[place].verdict == "type" for place in SAKILA)


def test_chinook_columns_are_typed_right(chinook: dict[str, Verdict]) -> None:
    """Artists, tracks and composers are credits of published works: not typed, for the owner to decide otherwise."""
    assert _typed(chinook) == CHINOOK
    assert all(chinook[place].verdict == "type" for place in CHINOOK)


def test_every_column_has_a_verdict_and_pictures_are_not_scanned(sakila: dict[str, Verdict]) -> None:
    assert len(sakila) > 80
    assert sakila["staff.picture"].verdict == "not_scanned"
    assert sakila["staff.picture"].rule == "type:binary"


def test_evidence_is_counted_over_distinct_values(sakila: dict[str, Verdict], chinook: dict[str, Verdict]) -> None:
    email = sakila["customer.email"]
    assert (email.rows, email.distinct, email.hits, email.share) == (599, 599, 599, 1.0)
    assert email.identifying
    assert email.rule == "pattern+name:email"
    assert sakila["address.phone"].rule.startswith("name:")  # every phone is blank
    assert chinook["customer.phone"].rule == "pattern+name:phone"
    assert chinook["invoice.billing_address"].distinct < chinook["invoice.billing_address"].rows


def test_no_verdict_quotes_a_value(sakila: dict[str, Verdict], chinook: dict[str, Verdict]) -> None:
    written = " ".join(str(verdict.to_dict()) for found in (sakila, chinook) for verdict in found.values())
    for value in ("Hillyer", "sakilacustomer", "8cb2237d", "Köhler", "Jasper", "428-9482", "Stuttgart"):
        assert value not in written
