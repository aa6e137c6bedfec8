from __future__ import annotations

import pytest

from anon_assets.resources.databases.postgres import Postgres
from tests.resources.databases.whole_copy import copy_database, rows_as_text, run, structure_as_text

CHECKSUM = "SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {} t"


@pytest.mark.parametrize(
    ("fixture", "tables", "rows", "foreign_keys"), [("sakila_url", 21, 46_273, 36), ("chinook_url", 11, 15_607, 11)]
)
def test_a_real_database_is_copied_whole(
    request, make_database, embedded_server, fixture, tables, rows, foreign_keys
) -> None:
    source, target = request.getfixturevalue(fixture), make_database("sample_copy")
    schema = copy_database(source, target)
    partitions = run(source, "SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r'")[0][0]
    assert len(schema.tables) + partitions == tables
    before, after = rows_as_text(source, schema), rows_as_text(target, schema)
    assert sum(map(len, before.values())) == rows
    assert after == before
    for table in schema.tables:
        query = CHECKSUM.format(f'"{table.schema}"."{table.name}"')
        assert run(target, query) == run(source, query)
    assert structure_as_text(target, embedded_server.programs, "-x") == structure_as_text(
        source, embedded_server.programs, "-x"
    )
    assert run(target, "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated") == [(0,)]
    constraints = "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
    assert run(target, constraints) == run(source, constraints)
    assert sum(len(table.foreign_keys) for table in schema.tables) >= foreign_keys
    with Postgres(url=source).snapshot() as here, Postgres(url=target).snapshot() as there:
        assert there.schema().fingerprint == here.schema().fingerprint
        assert there.sequences() == here.sequences()
