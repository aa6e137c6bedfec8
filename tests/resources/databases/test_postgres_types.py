from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

from anon_assets.contracts.database import Column, Table
from anon_assets.resources.databases.postgres import Postgres
from tests.resources.databases.whole_copy import copy_database, rows_as_text, run

# name: (SQL type, logical type, Arrow type, values that fit it as SQL)
NATIVE: dict[str, tuple[str, str, pa.DataType, tuple[str, ...]]] = {
    "c_bool": ("boolean", "boolean", pa.bool_(), ("true", "false")),
    "c_int2": ("smallint", "integer", pa.int16(), ("-32768", "32767")),
    "c_int4": ("integer", "integer", pa.int32(), ("-2147483648", "2147483647")),
    "c_int8": ("bigint", "integer", pa.int64(), ("-9223372036854775808", "9223372036854775807")),
    "c_real": ("real", "float", pa.float32(), ("0.1", "'NaN'", "'-Infinity'", "3.4028235e38", "1e-45")),
    "c_double": ("double precision", "float", pa.float64(),
                 ("0.1", "'NaN'", "'Infinity'", "-0.0", "1.7976931348623157e308")),
    "c_num": ("numeric(20,5)", "decimal", pa.decimal128(20, 5), ("123456789012345.67891", "-0.00001")),
    "c_num_int": ("numeric(5)", "decimal", pa.decimal128(5, 0), ("-99999",)),
    "c_money": ("money", "decimal", pa.decimal128(19, 2), ("1234.56", "-92233720368547758.08")),
    "c_char": ("character(5)", "text", pa.string(), ("'ab'", "''", "'abcde'")),
    "c_varchar": ("character varying(9)", "text", pa.string(), ("'ab '", "''")),
    "c_text": ("text", "text", pa.string(),
               ("'naïve 😀 Привет'", "E'a\\r\\nb\\tc\\\\\"''\\n\\\\.\\n'", r"'\N'", "'NULL'", "' '")),
    "c_name": ("name", "text", pa.string(), ("'a_name'",)),
    "c_bytea": ("bytea", "binary", pa.binary(), (r"'\x00ff5c0a22'", "''")),
    "c_date": ("date", "date", pa.date32(), ("'0001-01-01'", "'9999-12-31'", "'2024-02-29'")),
    "c_ts": ("timestamp", "timestamp", pa.timestamp("us"), ("'1969-12-31 23:59:59.999999'", "'2024-02-29 12:00'")),
    "c_tstz": ("timestamptz", "timestamp", pa.timestamp("us", "UTC"), ("'2024-02-29 12:00:00.000001+05:30'",)),
}  # fmt: skip
TEXT: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "t_num": ("numeric", "decimal",
              ("'NaN'", "'Infinity'", "1e-1000", "123456789012345678901234567890123456789012345.1")),
    "t_num39": ("numeric(39,2)", "decimal", ("1234567890123456789012345678901234567.89",)),
    "t_num_neg": ("numeric(3,-2)", "decimal", ("12345",)),
    "t_time": ("time(3)", "time", ("'24:00:00'", "'01:02:03.004'")),
    "t_timetz": ("timetz", "time", ("'01:02:03+05:30'",)),
    "t_interval": ("interval", "interval", ("'-1 year 2 mons -3 days 04:05:06.789'",)),
    "t_uuid": ("uuid", "uuid", ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",)),
    "t_json": ("json", "json", ("'{\"b\" : 1,  \"a\": [null, \"x\"]}'",)),
    "t_jsonb": ("jsonb", "json", ("'{\"b\": 1, \"a\": \"\\u00e9 \\\" \"}'",)),
    "t_inet": ("inet", "inet", ("'10.1.2.3/8'", "'2001:db8::1'")),
    "t_cidr": ("cidr", "inet", ("'10.0.0.0/8'",)),
    "t_mac": ("macaddr", "other", ("'08:00:2b:01:02:03'",)),
    "t_mac8": ("macaddr8", "other", ("'08:00:2b:01:02:03:04:05'",)),
    "t_bit": ("bit(3)", "other", ("B'101'",)),
    "t_varbit": ("bit varying", "other", ("B'10100000001'", "B''")),
    "t_oid": ("oid", "other", ("4294967295",)),
    "t_texts": ("text[]", "array", ("ARRAY['a,b', NULL, 'c\"d', '', 'NULL']", "'{}'")),
    "t_ints2": ("int[][]", "array", ("'{{1,2},{3,4}}'", "'[2:3]={5,6}'")),
    "t_int4range": ("int4range", "other", ("'[1,5)'", "'empty'")),
    "t_tstzrange": ("tstzrange", "other", ("'[2024-01-01 00:00+00,infinity)'",)),
    "t_daterange": ("daterange", "other", ("'(,2024-01-01)'",)),
    "t_numrange": ("numrange", "other", ("'(1.5,2.5]'",)),
    "t_own_range": ("s.floatrange", "other", ("'[1.5,2.5)'",)),
    "t_multirange": ("int4multirange", "other", ("'{[1,3),[7,9)}'",)),
    "t_point": ("point", "other", ("'(1.5,-2)'",)),
    "t_line": ("line", "other", ("'{1,2,3}'",)),
    "t_lseg": ("lseg", "other", ("'[(1,2),(3,4)]'",)),
    "t_box": ("box", "other", ("'(3,4),(1,2)'",)),
    "t_path": ("path", "other", ("'((1,2),(3,4))'",)),
    "t_polygon": ("polygon", "other", ("'((1,2),(3,4),(5,6))'",)),
    "t_circle": ("circle", "other", ("'<(1,2),3>'",)),
    "t_tsvector": ("tsvector", "other", ("'a:1A fat:2B,4C cat:5'",)),
    "t_tsquery": ("tsquery", "other", ("'fat & (rat | cat)'",)),
    "t_pg_lsn": ("pg_lsn", "other", ("'16/B374D848'",)),
    "t_enum": ("s.mood", "enum", ("'so, so'", "'über'")),
    "t_composite": ("s.address", "other", ("ROW('a \"b\", c', NULL, 5)",)),
    "t_composites": ("s.address[]", "array", ("ARRAY[ROW('x', '', 1)::s.address]",)),
    "t_quoted_char": ('"char"', "text", ("'x'",)),
}  # fmt: skip
TYPES = """
CREATE SCHEMA s;
CREATE TYPE s.floatrange AS RANGE (subtype = float8);
CREATE TYPE s.mood AS ENUM ('so, so', 'über');
CREATE TYPE s.address AS (street text, zip varchar(10), number int);
"""


@pytest.fixture
def types_url(make_database: Callable[..., str]) -> str:
    url = make_database("types")
    run(url, TYPES)
    columns = {**{k: v[0] for k, v in NATIVE.items()}, **{k: v[0] for k, v in TEXT.items()}}
    run(url, "CREATE TABLE s.t (row_no int, " + ", ".join(f"{name} {kind}" for name, kind in columns.items()) + ")")
    values = {**{k: v[3] for k, v in NATIVE.items()}, **{k: v[2] for k, v in TEXT.items()}}
    run(url, "INSERT INTO s.t (row_no) VALUES (0)")  # a row of nulls
    for number in range(max(map(len, values.values()))):
        row = {name: each[number % len(each)] for name, each in values.items()}
        run(url, f"INSERT INTO s.t (row_no, {', '.join(row)}) VALUES ({number + 1}, {', '.join(row.values())})")
    return url


def table_of(url: str, place: str) -> Table:
    with Postgres(url=url).snapshot() as snapshot:
        return snapshot.schema().table(place)


def test_every_type_survives_the_round_trip(types_url: str, make_database: Callable[..., str]) -> None:
    target = make_database("types_copy")
    schema = copy_database(types_url, target)
    before, after = rows_as_text(types_url, schema), rows_as_text(target, schema)
    assert len(before["s.t"]) == 6
    assert after == before


def test_every_type_has_its_meaning_and_its_carrier(types_url: str) -> None:
    with Postgres(url=types_url).snapshot() as snapshot:
        table = snapshot.schema().table("s.t")
        read = snapshot.read(table, [column.name for column in table.columns]).read_all()
    logical = {column.name: column.logical for column in table.columns[1:]}
    assert logical == {**{k: v[1] for k, v in NATIVE.items()}, **{k: v[1] for k, v in TEXT.items()}}
    carried = {field.name: field.type for field in read.schema}
    del carried["row_no"]
    assert carried == {**{k: v[2] for k, v in NATIVE.items()}, **dict.fromkeys(TEXT, pa.string())}
    assert read["c_char"][1].as_py() == "ab"  # its padding means nothing, and loading pads again
    assert read["t_oid"][1].as_py() == "4294967295"
    assert str(read["c_money"][1].as_py()) == "1234.56"
    assert table.column("t_enum").labels == ("so, so", "über")


def test_values_that_arrow_cannot_hold_make_their_column_text(make_database: Callable[..., str]) -> None:
    url = make_database("edges")
    run(url, "CREATE TABLE e (id int PRIMARY KEY, d date, ts timestamp, tz timestamptz, n numeric(9,2), fine date)")
    run(
        url,
        "INSERT INTO e VALUES (1, 'infinity', '-infinity', 'infinity', 'NaN', '2024-01-01'), "
        "(2, '4713-01-01 BC', '4713-01-01 BC', '294276-12-31 23:59:59.999999+00', 1.5, NULL), "
        "(3, NULL, '10000-01-01', '0001-01-01 00:00+00', NULL, '2024-01-01'), (4, now(), now(), now(), 0, now())",
    )
    with Postgres(url=url).snapshot() as snapshot:
        (table,) = snapshot.schema().tables
        names = ["d", "ts", "tz", "n", "fine"]
        whole = snapshot.read(table, names).read_all()
        assert whole.schema.types == [*[pa.string()] * 4, pa.date32()]
        assert whole["d"].to_pylist()[:2] == ["infinity", "4713-01-01 BC"]
        tail = snapshot.read(table, names, offset=3)
        assert tail.schema.types == [
            pa.date32(), pa.timestamp("us"), pa.timestamp("us", "UTC"), pa.decimal128(9, 2), pa.date32()
        ]  # fmt: skip
        tail.close()
    target = make_database("edges_copy")
    schema = copy_database(url, target)
    assert rows_as_text(target, schema) == rows_as_text(url, schema)


def test_long_texts_and_binaries_come_whole(make_database: Callable[..., str]) -> None:
    url, target = make_database("long"), make_database("long_copy")
    run(url, "CREATE TABLE l (t text, b bytea)")
    run(
        url,
        r"INSERT INTO l SELECT repeat('ü😀', 300000), decode(repeat('00ff', 600000), 'hex') FROM generate_series(1,3)",
    )
    schema = copy_database(url, target)
    assert rows_as_text(target, schema) == rows_as_text(url, schema)


@pytest.mark.parametrize(
    "line", ["\\.", "a\n\\.\nb", "\\.\n", "\n", "\r", "\r\n", '"', '""', ",", "\\", "\\N", "", 'x,\n"y"']
)
def test_odd_texts_survive_alone_in_a_one_column_table(make_database: Callable[..., str], line: str) -> None:
    url, target = make_database("odd"), make_database("odd_copy")
    run(url, "CREATE TABLE o (t text)")
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO o VALUES (%s), (NULL), (%s)", [line, "last"])
    copy_database(url, target)
    assert run(target, "SELECT t FROM o") == [(line,), (None,), ("last",)]


def test_domains_mean_what_they_are_made_of(make_database: Callable[..., str]) -> None:
    url, target = make_database("domains"), make_database("domains_copy")
    run(
        url,
        "CREATE DOMAIN email AS varchar(60) CHECK (VALUE LIKE '%@%'); CREATE DOMAIN work_email AS email NOT NULL; "
        "CREATE DOMAIN code AS char(4); CREATE DOMAIN price AS numeric(8,2) DEFAULT 1; CREATE DOMAIN day AS date; "
        "CREATE DOMAIN ratio AS real; CREATE DOMAIN list AS text[]; CREATE DOMAIN plain_name AS name; "
        "CREATE TABLE d (e email, w work_email, c code, p price, d day, r ratio, l list, n plain_name, "
        "o int CHECK (o > 0))",
    )
    run(url, "INSERT INTO d VALUES ('a@b', 'c@d', 'x', 1.25, 'infinity', 0.1, '{a}', 'n', 1)")
    table = table_of(url, "public.d")
    facts = [
        (c.name, c.type, c.logical, c.nullable, c.max_length, c.precision, c.checked, c.has_default)
        for c in table.columns
    ]
    assert facts == [
        ("e", "public.email", "text", True, 60, None, True, False),
        ("w", "public.work_email", "text", False, 60, None, True, False),
        ("c", "public.code", "text", True, 4, None, False, False),
        ("p", "public.price", "decimal", True, None, 8, False, True),
        ("d", "public.day", "date", True, None, None, False, False),
        ("r", "public.ratio", "float", True, None, None, False, False),
        ("l", "public.list", "array", True, None, None, False, False),
        ("n", "public.plain_name", "text", True, 63, None, False, False),
        ("o", "integer", "integer", True, None, None, True, False),
    ]
    schema = copy_database(url, target)
    with Postgres(url=url).snapshot() as snapshot:
        kinds = snapshot.read(table, ["e", "c", "p", "d", "r"]).schema.types
    assert kinds == [pa.string(), pa.string(), pa.decimal128(8, 2), pa.string(), pa.float32()]
    assert rows_as_text(target, schema) == rows_as_text(url, schema)


def test_a_database_of_raw_bytes_is_refused_where_a_text_is_none(embedded_server) -> None:
    from anon_assets.errors import DatabaseError

    embedded_server.execute("DROP DATABASE IF EXISTS raw_bytes")
    embedded_server.execute(
        "CREATE DATABASE raw_bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    url = embedded_server.url("raw_bytes")
    run(url, "SET client_encoding = 'SQL_ASCII'; CREATE TABLE r (good text, bad text)")
    run(url, r"INSERT INTO r VALUES ('ok', convert_from('\xff41', 'SQL_ASCII'))")
    with Postgres(url=url).snapshot() as snapshot:
        table = snapshot.schema().table("public.r")
        assert snapshot.read(table, ["good"]).read_all().num_rows == 1
        with pytest.raises(DatabaseError, match=r"public\.r: .*22021.*no valid characters"):
            snapshot.read(table, ["bad"]).read_all()
    embedded_server.execute("DROP DATABASE raw_bytes")


def test_batches_of_other_arrow_types_load_too(make_database: Callable[..., str]) -> None:
    url = make_database("arrow")
    batch = pa.record_batch({
        "a": pa.array(["x", None, "x"]).dictionary_encode(),
        "b": pa.array(["x", "", None], pa.string_view()),
        "c": pa.array([b"\x00", b"", None], pa.large_binary()),
        "d": pa.array([1, 2, None], pa.uint64()),
        "e": pa.array([1, 2, None], pa.time64("ns")),
        "f": pa.array([None, None, None], pa.null()),
    })  # fmt: skip
    with Postgres(url=url).publication("p") as publication:
        publication.create("CREATE TABLE public.t (a text, b text, c bytea, d bigint, e time, f int)")
        assert (
            publication.load(Table("public", "t", (Column("a"),)), iter([batch, batch.slice(0, 0), batch.slice(2)]))
            == 4
        )
        publication.commit("{}")
    assert [row[:4] for row in run(url, "SELECT a, b, encode(c, 'hex'), d FROM t")] == [
        ("x", "x", "00", 1), (None, "", "", 2), ("x", None, None, None), ("x", None, None, None)
    ]  # fmt: skip
    assert run(url, "SELECT e::text FROM t LIMIT 1") == [("00:00:00",)]


def test_a_nested_column_is_refused_by_name(make_database: Callable[..., str]) -> None:
    from anon_assets.errors import DatabaseError

    with Postgres(url=make_database("nested")).publication("p") as publication:
        publication.create("CREATE TABLE public.t (a text[])")
        with pytest.raises(DatabaseError, match=r"public\.t\.a: a nested column"):
            publication.load(Table("public", "t", ()), iter([pa.record_batch({"a": [["canary"]]})]))


def test_padding_is_cut_off_where_it_is_read_so_that_lengths_do_not_part_equal_values(make_database) -> None:
    url, target = make_database("padded"), make_database("padded_copy")
    run(url, "CREATE TABLE p (id char(30) PRIMARY KEY); CREATE TABLE c (id char(24) REFERENCES p)")
    run(url, "INSERT INTO p VALUES ('A-1'), (' b ')")
    run(url, "INSERT INTO c VALUES ('A-1'), (' b ')")
    with Postgres(url=url).snapshot() as snapshot:
        schema = snapshot.schema()
        read = [snapshot.read(table, ["id"]).read_all()["id"].to_pylist() for table in schema.tables]
    assert [sorted(each) for each in read] == [[" b", "A-1"], [" b", "A-1"]]
    assert rows_as_text(target, copy_database(url, target)) == rows_as_text(url, schema)
    assert run(target, "SELECT DISTINCT octet_length(id) FROM p") == [(30,)]


def test_a_unique_constraint_tells_whether_nulls_collide(make_database) -> None:
    url = make_database("nulls_collide")
    run(url, "CREATE TABLE u (id int PRIMARY KEY, a text UNIQUE, b text UNIQUE NULLS NOT DISTINCT, c text)")
    run(url, "CREATE UNIQUE INDEX ON u (b, c) NULLS NOT DISTINCT")
    table = table_of(url, "public.u")
    assert set(table.uniques) == {("a",), ("b",), ("b", "c")}
    assert set(table.nulls_collide) == {("b",), ("b", "c")}
