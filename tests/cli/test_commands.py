"""Commands that only look: plan, fields, preview, scan, show. One project, asked in every way."""

from __future__ import annotations

import pytest
import yaml

from anon_assets.cli.reference import FAMILIES
from tests.cli.corner import CANARY, ask, change


def test_init_tells_what_to_do_next_and_writes_what_it_says(own_corner, tmp_path, cli) -> None:
    folder = tmp_path / "my [bold]shop"
    made = cli("init", folder, "--database", own_corner.source, "--product", "shop_2")
    assert made.code == 0, made.err
    assert made.out.startswith(f"{folder} is a project. 4 tables; 3 columns hold personal data.\n")
    assert f"cd '{folder}' && anon-assets plan shop_2" in made.out
    assert "scan: public.customer" in made.err and CANARY not in made.out + made.err
    written = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert written == [
        ".gitignore", "checks/README.md", "checks/shop_2.yaml", "policies/README.md", "policies/shop_2.yaml",
        "resources/README.md", "resources/local.yaml", "workspace.yaml",
    ]  # fmt: skip
    policy = yaml.safe_load((folder / "policies" / "shop_2.yaml").read_text())
    assert policy["publish"] == [{"store": "published"}]
    assert cli("-C", folder, "plan", "shop_2").code == 0
    again = cli("init", folder, "--database", own_corner.source, "--product", "third", "--json")
    assert again.json == {"product": "third", "tables": 4, "personal_columns": 3} and again.err == ""
    assert set(yaml.safe_load((folder / "resources" / "local.yaml").read_text())["databases"]) == {"shop_2", "third"}


def test_init_takes_a_url_from_the_environment_and_writes_only_its_name(corner, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CORNER_URL", corner.source)
    assert ask("init", tmp_path / "new", "--database", "env:CORNER_URL").code == 0
    profile = yaml.safe_load((tmp_path / "new" / "resources" / "local.yaml").read_text())
    assert profile["databases"]["corner"] == {"postgres": {"url": {"env": "CORNER_URL"}}}


def test_plan_names_every_column(corner) -> None:
    with corner.untouched():
        table, told = corner.ask("plan", "corner"), corner.ask("plan", "corner", "--json")
    assert table.code == told.code == 0 and table.err == told.err == ""
    plan = told.json
    assert plan["ok"] is True and plan["product"] == "corner" and plan["findings"] == []
    named = {(place, column) for place, each in plan["tables"].items() for column in each["columns"]}
    assert len(named) == 11
    for place, column in named:
        assert any(line.split()[:2] == [place, column] for line in table.out.splitlines())
    assert plan["tables"]["public.customer"]["columns"]["email"]["chain"][0]["fake"]["as"] == "email"
    assert f"4 tables, 11 columns: 8 kept, 3 changed. Plan {plan['hash'][:12]}." in table.out


def test_fields_are_filtered_then_counted(corner) -> None:
    every = corner.ask("fields", "corner", "--json").json
    assert len(every) == 11
    assert every[1] == {
        "table": "public.customer", "column": "first_name", "transforms": "fake",
        "parameters": [{"as": "first_name"}], "where": "policies/corner.yaml:7",
    }  # fmt: skip
    changed = corner.ask("fields", "corner", "--changed", "--json").json
    assert [each["column"] for each in changed] == ["first_name", "email", "city"]
    assert all(each in every for each in changed)
    by_table = [corner.ask("fields", "corner", "--table", place, "--json").json
                for place in ("public.customer", "public.note", "public.p*", "*.visit")]  # fmt: skip
    assert sum(map(len, by_table)) == len(every)
    limited = corner.ask("fields", "corner", "--table", "public.p*", "--limit", 2, "--json").json
    assert limited == by_table[2][:2] and len(by_table[2]) == 3
    shown = corner.ask("fields", "corner", "--changed", "--limit", 1).out
    assert "first_name" in shown and "email" not in shown
    corner.reach("corner", "postgresql://postgres@127.0.0.1:1/nowhere")
    assert corner.ask("fields", "corner").code == 0  # no database is asked


def test_preview_shows_rows_before_and_after(corner) -> None:
    first = corner.ask("preview", "corner", "public.customer", "--limit", 3, "--json").json
    assert first["columns"] == ["customer_id", "first_name", "email", "city"]
    assert [row[0] for row in first["before"]] == [row[0] for row in first["after"]] == ["1", "2", "3"]
    assert all(len(row) == 4 for row in first["before"] + first["after"])
    assert all(CANARY in row[2] for row in first["before"])
    assert not any(CANARY in row[2] for row in first["after"])
    second = corner.ask("preview", "corner", "public.customer", "--limit", 2, "--offset", 2, "--json").json
    assert second["before"][0] == first["before"][2] and second["after"][0] == first["after"][2]
    shown = corner.ask("preview", "corner", "public.customer", "--limit", 1)
    assert "public.customer in the source\n" in shown.out and "public.customer as published\n" in shown.out
    assert shown.out.endswith("1 rows from offset 0.\n") or shown.out.endswith("1 row from offset 0.\n")


def test_preview_of_nothing_is_empty_and_well(corner) -> None:
    past = corner.ask("preview", "corner", "public.customer", "--offset", 60, "--json")
    assert past.code == 0 and past.json["before"] == past.json["after"] == []
    assert past.json["columns"] == ["customer_id", "first_name", "email", "city"]
    shown = corner.ask("preview", "corner", "public.note")
    assert shown.code == 0 and "public.note in the source\n" in shown.out and "0 rows from offset 0." in shown.out


def test_preview_of_a_table_without_rules_or_key_shows_it_as_it_is(corner) -> None:
    told = corner.ask("preview", "corner", "public.visit", "--limit", 100, "--json").json
    assert told["before"] == told["after"] and len(told["before"]) == 22
    assert told["before"].count(["/p1", "3"]) == 2


def test_scan_tells_entities_and_never_values(corner) -> None:
    with corner.untouched():
        shown, all_, told = (corner.ask("scan", "corner", *more) for more in ([], ["--all"], ["--json"]))
        direct = corner.ask("scan", "--database", corner.source, "--json")
    for answer in (shown, all_, told, direct):
        assert answer.code == 0 and CANARY not in answer.out + answer.err
    assert told.err == "" and direct.json["tables"] == told.json["tables"] and "drift" not in direct.json
    verdicts = {each["column"]: each for each in told.json["tables"]["public.customer"]}
    assert (verdicts["email"]["verdict"], verdicts["email"]["entity"]) == ("type", "email")
    assert "fake(as=first_name)" in shown.out and "customer_id" not in shown.out
    assert "customer_id" in all_.out and "page" in all_.out
    assert "3 of 11 columns hold personal data" in shown.out


def test_scan_write_adds_what_is_new_and_keeps_decisions_and_comments(own_corner) -> None:
    own_corner.edit(own_corner.policy, "    city: {fake: {as: city}}", "    city: keep  # decided by Ada\n    #")
    policy = own_corner.root / own_corner.policy
    before = policy.read_text()
    unchanged = own_corner.ask("scan", "corner", "--write")
    assert unchanged.code == 0 and "corner.yaml: 0 added, 0 no longer there" in unchanged.err
    assert policy.read_text() == before
    change(
        own_corner.source,
        "CREATE TABLE fresh (id int, phone text)",
        "INSERT INTO fresh VALUES (1, '+49 30 901820')",
        "ALTER TABLE note ADD COLUMN mail text",
        "ALTER TABLE visit DROP COLUMN seen",
    )
    written = own_corner.ask("scan", "corner", "--write", "--json")
    assert written.code == 0 and written.json["tables"]["public.fresh"]
    assert "the source no longer has public.visit.seen" in written.err
    assert "corner.yaml: 2 added, 1 no longer there" in written.err
    after = yaml.safe_load(policy.read_text())["tables"]
    assert list(after["public.fresh"]) == ["id", "phone"] and list(after["public.note"]) == ["note_id", "body", "mail"]
    assert after["public.customer"]["city"] == "keep"
    kept = [line.strip() for line in before.splitlines() if "customer" in line or "decided by Ada" in line]
    assert [line for line in kept if line not in policy.read_text()] == []
    own_corner.edit(own_corner.policy, "    seen: keep\n", "")
    assert own_corner.ask("plan", "corner").code == 0


def test_show_lists_every_family_and_kind() -> None:
    listed = ask("show", "--json").json
    assert set(listed) == set(FAMILIES)
    assert all(family in ask("show").out for family in FAMILIES)
    for family, kinds in listed.items():
        assert [each["kind"] for each in ask("show", family, "--json").json] == kinds
        table = ask("show", family).out
        assert all(kind in table for kind in kinds)


@pytest.mark.parametrize("family", FAMILIES)
def test_show_tells_each_kind(family) -> None:
    for kind in FAMILIES[family].kinds():
        told, shown = ask("show", family, kind, "--json").json, ask("show", family, kind).out
        assert shown.startswith(f"{kind}: {told['title']}\n") and told["title"]
        assert all(parameter["name"] in shown for parameter in told["parameters"])
        assert all(parameter["description"] for parameter in told["parameters"]), (kind, told["parameters"])
        for example in told["examples"]:
            assert example["yaml"] in shown
            spec = yaml.safe_load(example["yaml"])
            member, findings = FAMILIES[family].parse(spec, "x")
            assert member is not None and not findings, example


@pytest.mark.parametrize(
    ("schema", "required"), [("policy", "tables"), ("profile", "kms"), ("checks", None)]
)  # fmt: skip
def test_show_prints_json_schemas(schema, required) -> None:
    told = ask("show", "--schema", schema).json
    assert told["title"] == f"anon_assets {schema}" and told["additionalProperties"] is False
    assert required is None or required in told["required"]
