"""Databases that nobody here wrote, from `init` to a published copy that is searched for what must not be in it."""

from __future__ import annotations

import subprocess

import psycopg
import pytest

from tests.cli.conftest import every_file

COUNTS = "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'anon_assets') ORDER BY 1"
KEYS = "SELECT count(*), count(*) FILTER (WHERE convalidated) FROM pg_constraint WHERE contype = 'f'"


def rows(url: str, query: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def counts(url: str) -> dict[str, int]:
    return {place: rows(url, f"SELECT count(*) FROM ONLY {place}")[0][0] for (place,) in rows(url, COUNTS)}


def dumped(server, url: str) -> bytes:
    done = subprocess.run([server.programs / "pg_dump", "-d", url], capture_output=True, check=True)
    return done.stdout


def values(url: str, *queries: str) -> set[bytes]:
    return {row[0].encode() for query in queries for row in rows(url, query) if row[0]}


def statistics(url: str) -> bytes:
    return str(rows(url, "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats \
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")).encode()  # fmt: skip


def published(cli, tmp_path, url, target, name):
    project = tmp_path / "p"
    made = cli("init", project, "--database", url, "--target", target, "--product", name)
    assert made.code == 0, made.err
    planned = cli("-C", project, "plan", name)
    assert planned.code == 0, planned.err
    ran = cli("-C", project, "run", name)
    assert ran.code == 0, ran.out + ran.err
    return project, ran


@pytest.mark.slow
def test_sakila(cli, tmp_path, embedded_server, sakila_url, make_database):
    target = make_database("sakila_dev")
    project, ran = published(cli, tmp_path, sakila_url, target, "sakila")
    assert rows(target, KEYS) == [(40, 40)]
    assert counts(target) == counts(sakila_url)
    secret = values(
        sakila_url,
        "SELECT email FROM customer UNION SELECT email FROM staff",
        "SELECT address FROM address UNION SELECT nullif(address2, '') FROM address",
        "SELECT nullif(phone, '') FROM address WHERE length(phone) > 5",
        "SELECT password FROM staff",
    )
    assert len(secret) > 1200
    people = rows(
        sakila_url, "SELECT first_name, last_name FROM customer UNION SELECT first_name, last_name FROM staff"
    )
    pairs = {f"{first}{between}{last}".encode() for first, last in people for between in (" ", "\t", ",", '","')}
    names = {f"{first} {last}".encode() for first, last in people}
    found = dumped(embedded_server, target) + statistics(target)
    written = every_file(project / ".anon") + ran.out.encode() + ran.err.encode()
    for place in (found, written):
        assert not [each for each in secret if each in place]
    assert not [each for each in pairs if each in found]
    assert not [each for each in names if each in written]
    for table in ("customer", "staff"):
        query = f"SELECT {table}_id, first_name, last_name FROM {table}"
        before, after = ({row[0]: row[1:] for row in rows(url, query)} for url in (sakila_url, target))
        assert before.keys() == after.keys()
        assert not [key for key in before if before[key][0] == after[key][0] or before[key][1] == after[key][1]]
    # structure came along: views answer, triggers and sequences work
    assert rows(target, "SELECT count(*) FROM customer_list") == rows(sakila_url, "SELECT count(*) FROM customer_list")
    assert rows(target, "SELECT nextval('customer_customer_id_seq') > (SELECT max(customer_id) FROM customer)") == [
        (True,)
    ]
    # a second run replaces what the first one published, and gives the same rows
    before = dumped(embedded_server, target)
    assert cli("-C", project, "run", "sakila").code == 0
    assert strip(dumped(embedded_server, target)) == strip(before)


def strip(dump: bytes) -> list[bytes]:
    told = (b"restrict ", b"setval", b"sakila\t{")  # the last tells when it was published
    return [line for line in dump.splitlines() if not any(each in line for each in told)]


@pytest.mark.slow
def test_chinook(cli, tmp_path, embedded_server, chinook_url, make_database):
    target = make_database("chinook_dev")
    project, ran = published(cli, tmp_path, chinook_url, target, "chinook")
    assert rows(target, KEYS) == [(11, 11)]
    assert counts(target) == counts(chinook_url)
    secret = values(
        chinook_url,
        "SELECT email FROM customer UNION SELECT email FROM employee",
        "SELECT address FROM customer UNION SELECT address FROM employee UNION SELECT billing_address FROM invoice",
        "SELECT phone FROM customer UNION SELECT phone FROM employee",
        "SELECT fax FROM customer UNION SELECT fax FROM employee",
    )
    people = rows(
        chinook_url, "SELECT first_name, last_name FROM customer UNION SELECT first_name, last_name FROM employee"
    )
    found = dumped(embedded_server, target) + statistics(target)
    written = every_file(project / ".anon") + ran.out.encode() + ran.err.encode()
    for place in (found, written):
        assert not [each for each in secret if each in place]
    for first, last in people:
        assert f"{first}\t{last}".encode() not in found
        assert f"{last}\t{first}".encode() not in found
        assert f"{first} {last}".encode() not in found + written
    for table, key in (("customer", "customer_id"), ("employee", "employee_id")):
        query = f"SELECT {key}, first_name, last_name FROM {table}"
        before, after = ({row[0]: row[1:] for row in rows(url, query)} for url in (chinook_url, target))
        assert not [each for each in before if before[each][0] == after[each][0] or before[each][1] == after[each][1]]
