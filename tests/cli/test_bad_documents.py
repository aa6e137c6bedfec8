"""Files with a mistake in them: one clear error each, before anything is read, and nothing is changed."""

from __future__ import annotations

import pytest

from tests.cli.corner import Corner, refused

POLICY, PROFILE, CHECKS = Corner.policy, Corner.profile, Corner.checks
NOTE = "  public.note:\n    note_id: keep\n    body: keep\n"
CITY = "{fake: {as: city}}"

FINDINGS = {
    "a table that the policy does not name": (POLICY, NOTE, "", ["public.note: the policy does not name", "skip"], 1),
    "a column that the policy does not name": (
        POLICY,
        "    body: keep\n",
        "",
        ["policies/corner.yaml:", "public.note.body", "write keep"],
        1,
    ),
    "a table that is gone": (
        POLICY,
        "public.note:",
        "public.notes:",
        ["public.notes: no such table", "did you mean public.note?"],
        2,
    ),
    "a misspelt column": (
        POLICY,
        "body: keep",
        "boddy: keep",
        ["public.note.boddy: no such column", "did you mean body?"],
        2,
    ),
    "an unknown kind": (POLICY, "body: keep", "body: kep", ["no kind 'kep'", "did you mean keep?"], 1),
    "an unknown kind with parameters": (
        POLICY,
        "body: keep",
        "body: {maks: {last: 4}}",
        ["no kind 'maks'", "did you mean mask?"],
        1,
    ),
    "a misspelt parameter": (
        POLICY,
        "body: keep",
        "body: {mask: {lats: 4}}",
        ["public.note.body.mask.lats: no such key", "did you mean last?"],
        1,
    ),
    "a misspelt parameter of a kind with a shorthand": (
        POLICY,
        CITY,
        "{fake: {az: city}}",
        ["city.fake.az: no such key"],
        2,
    ),
    "a parameter out of range": (POLICY, "body: keep", "body: {mask: {last: -1}}", ["public.note.body.mask.last"], 1),
    "a misspelt section": (POLICY, "publish:", "publich:", ["publich: no such key", "did you mean publish?"], 1),
    "an unknown action": (
        POLICY,
        NOTE,
        "  public.note: skipp\n",
        ["not an action for a table", "did you mean skip?"],
        1,
    ),
    "an unknown source": (
        POLICY,
        "source: corner",
        "source: cornre",
        ["no database 'cornre'", "did you mean corner?"],
        1,
    ),
    "an unknown target": (
        POLICY,
        "database: corner_dev",
        "database: corner_dv",
        ["no database 'corner_dv'", "did you mean corner_dev?"],
        1,
    ),
    "a target that keeps nulls out": (POLICY, "note_id: keep", "note_id: null", ["public.note.note_id", "NOT NULL"], 2),
    "a password written out": (
        PROFILE,
        "postgresql://postgres@",
        "postgresql://postgres:hunter2@",
        ["resources/local.yaml:2", "{env: NAME}"],
        1,
    ),
    "a password as a parameter": (
        PROFILE,
        "/corner?",
        "/corner?password=hunter2&",
        ["resources/local.yaml:2", "{env: NAME}"],
        1,
    ),
    "an unknown kind of store": (
        PROFILE,
        "store:\n  local:",
        "store:\n  locla:",
        ["no kind 'locla' among stores", "did you mean local?"],
        1,
    ),
}


@pytest.mark.parametrize("case", FINDINGS, ids=str)
def test_a_mistake_is_one_error_with_its_place_and_a_way_out(corner, case) -> None:
    file, old, new, parts, lines = FINDINGS[case]
    corner.edit(file, old, new)
    with corner.untouched():
        answer = corner.ask("plan", "corner")
    refused(answer, *parts, code=1, lines=lines)
    assert answer.out == ""


WHOLE = {
    "binary": (POLICY, bytes(range(256)), ["policies/corner.yaml: is not text", "UTF-8"]),
    "empty": (POLICY, b"", ["policies/corner.yaml: is empty", "key: value"]),
    "comments only": (POLICY, b"# nothing yet\n", ["policies/corner.yaml: is empty"]),
    "a list": (POLICY, b"- hunter2\n", ["does not hold a mapping"]),
    "broken": (POLICY, b"product: corner\ntables: [hunter2\nx: y\n", ["policies/corner.yaml:3: is not valid YAML"]),
    "a key twice": (
        POLICY,
        b"product: corner\nproduct: hunter2\n",
        ["policies/corner.yaml:2: key 'product' stands twice"],
    ),
    "an empty profile": (PROFILE, b"", ["resources/local.yaml: is empty"]),
    "empty checks": (CHECKS, b"", ["checks/corner.yaml: is empty"]),
    "no policy": (POLICY, None, ["policies/corner.yaml: there is no such product", "anon-assets init"]),
    "no profile": (PROFILE, None, ["resources/local.yaml: there is no such profile", "anon-assets init"]),
}


@pytest.mark.parametrize("case", WHOLE, ids=str)
@pytest.mark.parametrize("command", ["plan", "fields"])
def test_a_file_that_is_no_document_is_wrong_usage(corner, case, command) -> None:
    file, content, parts = WHOLE[case]
    (corner.root / file).unlink()
    if content is not None:
        (corner.root / file).write_bytes(content)
    with corner.untouched():
        refused(corner.ask(command, "corner"), *parts, code=2)


def test_a_directory_in_place_of_a_file(corner) -> None:
    (corner.root / POLICY).unlink()
    (corner.root / POLICY).mkdir()
    refused(corner.ask("plan", "corner"), "policies/corner.yaml: cannot be read (Is a directory)", code=2)


def test_a_new_table_and_a_new_column_stop_the_plan_and_the_run(own_corner, embedded_server) -> None:
    name = own_corner.source.partition("@/")[2].partition("?")[0]
    embedded_server.execute("CREATE TABLE fresh (id int); ALTER TABLE note ADD COLUMN phone text", name)
    with own_corner.untouched():
        answer = own_corner.ask("plan", "corner")
        refused(
            answer,
            "corner.yaml: 2 errors",
            "public.fresh: the policy does not name",
            "public.note.phone",
            code=1,
            lines=2,
        )
        ran = own_corner.ask("run", "corner", "--json")
    assert ran.code == 1 and not ran.json["succeeded"] and ran.json["checks"] == []
    assert "public.fresh" in ran.json["failures"][0] and "public.note.phone" in ran.json["failures"][0]


def suite(kind: str = "expect_column_values_to_be_unique", table: str = "public.customer", **kwargs: str) -> str:
    arguments = ", ".join(f"{name}: {value}" for name, value in kwargs.items())
    return f"expectations:\n  {table}:\n    - {{type: {kind}, kwargs: {{{arguments}}}}}\n"


UNIQUE = "expect_column_values_to_be_unique"
CHECK_MISTAKES = {
    "an unknown table": (
        suite(table="public.custommer", column="email"),
        ["public.custommer: no such table", "did you mean public.customer?"],
    ),
    "an unknown column": (suite(column="emial"), ["public.customer.emial: no such column", "did you mean email?"]),
    "an unknown type": (
        suite("expect_column_values_to_be_uniqe", column="email"),
        ["has no expect_column_values_to_be_uniqe", f"did you mean {UNIQUE}?"],
    ),
    "an unknown argument": (suite(colunm="email"), ["does not take these arguments: colunm"]),
    "an unknown section": (
        "expectation: {}\n",
        ["checks/corner.yaml:1: expectation: no such key", "did you mean expectations?"],
    ),
    "an unknown parameter": (
        "checks:\n  no_leak: {minimum_lenght: 5}\n",
        ["minimum_lenght: no such key", "did you mean minimum_length?"],
    ),
}


@pytest.mark.parametrize("case", CHECK_MISTAKES, ids=str)
def test_a_mistake_in_the_checks_stops_the_plan(corner, case) -> None:
    content, parts = CHECK_MISTAKES[case]
    (corner.root / CHECKS).write_text(content)
    with corner.untouched():
        refused(corner.ask("plan", "corner"), "checks/corner.yaml", *parts, code=1, lines=1)


def test_mistakes_of_both_files_are_told_at_once_each_with_its_file(corner) -> None:
    corner.edit(POLICY, "body: keep", "boddy: keep")
    (corner.root / CHECKS).write_text(CHECK_MISTAKES["an unknown column"][0])
    answer = corner.ask("plan", "corner")
    refused(answer, "policies/corner.yaml:", "checks/corner.yaml:", code=1, lines=3)


def test_findings_come_as_json_whether_the_file_or_the_schema_has_them(corner) -> None:
    corner.edit(POLICY, "body: keep", "body: kep")
    answer = corner.ask("plan", "corner", "--json")
    assert answer.code == 1 and answer.err == ""
    assert answer.json["ok"] is False and "did you mean keep?" in answer.json["findings"][0]
