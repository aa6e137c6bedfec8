"""The command `scan` with its options: rules, samples, reports, drift."""

from __future__ import annotations

import re

import pytest

from tests.cli.corner import CANARY, ask, change, refused


def test_a_report_stands_alone_and_holds_no_value(corner, tmp_path) -> None:
    page = tmp_path / "scan.html"
    with corner.untouched():
        answer = corner.ask("scan", "corner", "--report", page)
    assert answer.code == 0 and f"report: {page}" in answer.err
    text = page.read_text()
    assert text.startswith("<!doctype html>") and "public.customer" in text and "fake(as=email" in text
    assert CANARY not in text and "http:" not in text and "https:" not in text
    direct = ask("scan", "--database", corner.source, "--report", page)
    assert direct.code == 0 and "Since the owner decided" not in page.read_text()


def test_a_second_scan_reads_what_changed_and_tells_it(own_corner) -> None:
    first = own_corner.ask("scan", "corner", "--json").json
    assert {each["extent"] for each in first["coverage"].values()} == {"full"}
    second = own_corner.ask("scan", "corner", "--json").json
    assert {each["extent"] for each in second["coverage"].values()} == {"unchanged"}
    assert second["tables"] == first["tables"] and second["drift"] == {**first["drift"]}
    shown = own_corner.ask("scan", "corner")
    assert "4 of 4 tables did not change since the last scan" in shown.out
    change(own_corner.source, f"UPDATE visit SET page = 'u' || seen || '@{CANARY}'", "DROP TABLE note",
           "ALTER TABLE purchase ADD COLUMN agent text")  # fmt: skip
    third = own_corner.ask("scan", "corner", "--json").json
    assert third["drift"]["changed"] == [{"column": "public.visit.page", "was": "none", "now": "email"}]
    assert third["drift"]["new"] == ["public.purchase.agent"]
    assert "public.note" in third["drift"]["gone"]
    assert third["coverage"]["public.customer"]["extent"] == "unchanged"
    fresh = own_corner.ask("scan", "corner", "--fresh")
    assert "new: public.purchase.agent" in fresh.out and "no longer there: public.note" in fresh.out
    assert "did not change" not in fresh.out and CANARY not in fresh.out + str(third)


def test_check_fails_while_a_decision_is_open(own_corner) -> None:
    held = own_corner.ask("scan", "corner", "--check")
    assert held.code == 0, held.out + held.err
    change(own_corner.source, f"UPDATE visit SET page = 'u' || seen || '@{CANARY}'")
    failed = own_corner.ask("scan", "corner", "--check")
    assert failed.code == 1 and "1 decision open" in failed.err
    (fingerprint,) = re.findall(r"kept-personal \[([0-9a-f]{12})\]: public\.visit\.page", failed.out)
    assert own_corner.ask("scan", "corner").code == 0  # without --check it only tells
    accepted = f"accepted: [{{finding: {fingerprint}, who: ada, why: public, until: 2999-01-01}}]"
    own_corner.edit(own_corner.policy, "accepted: []", accepted)
    assert own_corner.ask("scan", "corner", "--check").code == 0
    change(own_corner.source, "ALTER TABLE purchase ADD COLUMN agent text")
    unnamed = own_corner.ask("scan", "corner", "--check", "--json")
    assert unnamed.code == 1 and unnamed.json["drift"]["new"] == ["public.purchase.agent"]


def test_rules_from_the_policy_and_from_a_file(own_corner, tmp_path) -> None:
    own_corner.edit(own_corner.policy, "tables:\n", "scan: {skip: [public.visit, public.lost]}\ntables:\n")
    told = own_corner.ask("scan", "corner", "--json").json
    assert {each["rule"] for each in told["tables"]["public.visit"]} == {"rule:skip public.visit"}
    assert [each["code"] for each in told["notes"]] == ["unused-rule"]
    shown = own_corner.ask("scan", "corner").out
    assert "public.visit was not scanned: skip public.visit." in shown and "public.lost fits no table" in shown
    rules = tmp_path / "rules.yaml"
    rules.write_text('only: [public.customer]\nwhere: {public.customer: "customer_id <= 7"}\n')
    for who in (["corner"], ["--database", own_corner.source]):
        told = own_corner.ask("scan", *who, "--rules", rules, "--json").json
        assert told["coverage"]["public.customer"]["rows"] == 7
        assert told["coverage"]["public.visit"]["extent"] == "none"
    assert own_corner.ask("scan", "corner", "--write").code == 0
    assert own_corner.ask("plan", "corner").code == 0


def test_partial_mode_says_what_it_read(own_corner, tmp_path, monkeypatch) -> None:
    for module in ("sampling", "survey"):
        monkeypatch.setattr(f"anon_assets.stages.{module}.FIRST_ROWS", 1000)
    change(own_corner.source, f"INSERT INTO visit SELECT 'u' || i || '@{CANARY}', i FROM generate_series(1, 6000) i",
           "ANALYZE visit")  # fmt: skip
    shown = own_corner.ask("scan", "--database", own_corner.source, "--mode", "partial")
    assert shown.code == 0 and re.search(r"public\.visit: (1,\d|9)\d\d of about 6,022 rows were scanned", shown.out)
    rules = tmp_path / "rules.yaml"
    rules.write_text("mode: partial\n")
    both = own_corner.ask("scan", "--database", own_corner.source, "--rules", rules, "--mode", "full", "--json").json
    assert {each["extent"] for each in both["coverage"].values()} == {"full"}


def test_the_catalog_is_told_of(own_corner) -> None:
    change(own_corner.source, f"COMMENT ON TABLE note IS 'ask ada@{CANARY}'")
    shown, told = own_corner.ask("scan", "corner"), own_corner.ask("scan", "corner", "--json")
    assert "public.note (comment)" in shown.out and "change them in the source" in shown.out
    assert told.json["catalog"] == [{"where": "public.note (comment)", "place": "public.note", "part": "comment",
                                     "entity": "email", "tier": "direct", "lines": 1}]  # fmt: skip
    assert CANARY not in shown.out + told.out + shown.err


def test_what_stands_inside_values_is_told_by_its_path(own_corner, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "220")
    change(own_corner.source, "CREATE TABLE mailing (doc jsonb)",
           f"INSERT INTO mailing SELECT jsonb_build_object('contact', jsonb_build_object('email', 'p' || i || '@{CANARY}')) "
           "FROM generate_series(1, 40) i")  # fmt: skip
    answer = own_corner.ask("scan", "--database", own_corner.source)
    assert "  $.contact.email" in answer.out and CANARY not in answer.out


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("skipp: [a]\n", "no such key"), ("mode: quick\n", "'full' or 'partial'"), ("only: [nowhere]\n", "fits no table"),
        ("where: {public.custmer: 'true'}\n", "did you mean public.customer?"),
        ("where: {public.visit: 'a; b'}\n", "semicolon"),
    ],
)  # fmt: skip
def test_wrong_rules_are_refused(corner, tmp_path, text, what) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(text)
    with corner.untouched():
        refused(corner.ask("scan", "corner", "--rules", rules), what, code=1, lines=1)


def test_a_condition_that_the_server_refuses(corner, tmp_path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("where: {public.visit: \"nonsense = 'hunter2'\"}\n")
    refused(
        corner.ask("scan", "corner", "--rules", rules), "public.visit: the server refused: undefined column", code=1
    )


def test_check_needs_a_product_and_a_rules_file_must_be_there(corner, tmp_path) -> None:
    refused(ask("scan", "--database", corner.source, "--check"), "--check needs a product", code=2)
    refused(corner.ask("scan", "corner", "--rules", tmp_path / "none.yaml"), "none.yaml", code=2)
    refused(corner.ask("scan", "corner", "--report", tmp_path / "no" / "scan.html"), "scan.html", code=1)


def test_a_scan_goes_on_where_nothing_can_be_remembered(corner) -> None:
    keys = corner.root / ".anon" / "keys"
    keys.mkdir(parents=True, exist_ok=True)
    corner.edit(corner.profile, "path: .anon/keys", "path: policies/corner.yaml/keys")
    answer = corner.ask("scan", "corner")
    assert answer.code == 0 and "nothing is remembered of this scan" in answer.err
    assert "3 of 11 columns hold personal data" in answer.out
