"""`run` and what it prints: published, rehearsed, refused, accepted."""

from __future__ import annotations

import re

import pytest
import yaml

from anon_assets.findings import Finding
from tests.cli.corner import CANARY, Answer, Corner, change, refused, rows

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ran(first_corner, tmp_path_factory, embedded_server) -> tuple[Corner, Answer, Answer, Answer]:
    """A project, its rehearsal, the rehearsal of one table beside the others, and its first run."""
    project = first_corner.copy(tmp_path_factory.mktemp("ran") / "p")
    target = embedded_server.create("corner_ran")
    project.reach("corner_dev", target)
    project.target = target
    rehearsed = project.ask("run", "corner", "--dry-run")
    one = project.ask("run", "corner", "--table", "public.note", "--dry-run", "--json")
    return project, rehearsed, one, project.ask("run", "corner")


def test_a_dry_run_publishes_nothing(ran) -> None:
    _, rehearsed, _, _ = ran
    assert rehearsed.code == 0, rehearsed.err
    assert "Validated. Nothing was published: a dry run ends here." in rehearsed.out
    assert "publish:" not in rehearsed.err


def test_a_run_tells_what_it_checked_and_published(ran) -> None:
    project, _, _, first = ran
    assert first.code == 0, first.out + first.err
    assert "Published 172 rows of 4 tables of corner:\n  corner_dev: postgres " in first.out
    assert re.search(r"no_leak +4 tables +passed", first.out) and "no leaked values" in first.out
    assert re.search(r"row_count +4 tables +passed +172 rows, 172 source rows", first.out)
    assert "FAILED" not in first.out and "\x1b" not in first.out + first.err and CANARY not in first.out + first.err
    for stage in ("extract: public.customer", "scan: public.note", "validate: no_leak", "publish: public.visit"):
        assert f"{stage}\n" in first.err
    counts = {
        t: rows(project.target, f"SELECT count(*) FROM {t}")[0][0] for t in ("customer", "purchase", "visit", "note")
    }
    assert counts == {"customer": 60, "purchase": 90, "visit": 22, "note": 0}
    assert rows(project.target, "SELECT count(*) FROM visit WHERE page = '/p1' AND seen = 3") == [(2,)]


def test_one_table_is_read_anew_beside_what_is_staged(ran) -> None:
    project, _, told, _ = ran
    assert told.code == 0 and told.err == "", told.out + told.err
    assert told.json["succeeded"] and told.json["targets"] == {} and told.json["failures"] == []
    places = {f"public.{name}" for name in ("customer", "purchase", "visit", "note")}
    assert {check["table"] for check in told.json["checks"]} == places
    with project.untouched():  # publishing has removed the raw rows of the others
        late = project.ask("run", "corner", "--table", "public.note")
    refused(late, "raw rows of 3 other tables are not staged, such as public.customer", "keep_raw: true", code=2)


def test_a_failed_check_says_what_leaked_where_how_it_was_judged_and_what_to_do(own_corner, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    change(
        own_corner.source,
        "INSERT INTO note SELECT customer_id, 'write to ' || email || ' soon' FROM customer",
        f"COMMENT ON TABLE note IS 'ask anna.8@{CANARY}'",
    )
    own_corner.edit(own_corner.policy, "first_name: {fake: {as: first_name}}", "first_name: keep")
    (own_corner.root / own_corner.checks).write_text(
        "expectations:\n  public.customer:\n"
        "    - {type: expect_column_values_to_be_unique, kwargs: {column: city}}\n"
        "    - {type: expect_column_values_to_be_null, kwargs: {column: city}, severity: warning}\n"
    )
    comment = Finding(
        "warning", "personal-structure", "structure.email", ""
    ).fingerprint  # else it stops before a row is read
    accepted = "{{finding: {}, who: Ada, why: told to, until: 2999-01-01}}"
    own_corner.edit(own_corner.policy, "accepted: []", f"accepted: [{accepted.format(comment)}]")
    told = own_corner.ask("run", "corner")
    assert told.code == 1 and CANARY not in told.out + told.err and "error: " not in told.err
    assert rows(own_corner.target, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
    page = told.out
    assert "Nothing was published." in page
    assert re.search(r"no_leak +public\.note +FAILED +2 problems, see below", page)
    after = page.partition("What failed, and what to do")[2]
    note = after.partition("public.note: no_leak\n")[2].partition("\n\n")[0]
    assert "public.customer.email -> body: 60 source values in 60 rows" in note
    assert "judged  by set" in note and "to do   give body a transform" in note
    customer = after.partition("public.customer: no_leak\n")[2].partition("\n\n")[0]
    assert "structure scripts" in customer and "first_name is kept although" in customer
    assert "expect_column_values_to_be_unique of city not met by" in after
    assert "public.customer: an expectation (a warning: it does not stop publishing)" in after
    # what the page proposes is what helps
    finding = re.search(r"give first_name a transform; or accept finding ([0-9a-f]{12})", customer)[1]
    own_corner.edit(
        own_corner.policy,
        "accepted: [",
        f"accepted: [{accepted.format(finding)}, ",
    )
    own_corner.edit(own_corner.policy, "body: keep", "body: null")
    (own_corner.root / own_corner.checks).write_text("expectations: {}\n")
    change(own_corner.source, "COMMENT ON TABLE note IS 'ask us'")
    again = own_corner.ask("run", "corner", "--json")
    assert again.code == 0, again.out
    assert again.json["rows"]["public.note"] == 60
    assert rows(own_corner.target, "SELECT count(*) FROM note WHERE body IS NULL") == [(60,)]
    assert yaml.safe_load((own_corner.root / own_corner.policy).read_text())["accepted"][0]["who"] == "Ada"
