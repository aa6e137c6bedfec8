"""A scan held against the policy and the scan before."""

from __future__ import annotations

from datetime import date

import pytest

from anon_assets.contracts.database import Column, ForeignKey, Schema, Table
from anon_assets.contracts.detector import Verdict
from anon_assets.policies.compiling import kept_personal
from anon_assets.policies.documents import read_document
from anon_assets.policies.policy import parse_policy
from anon_assets.stages.drift import Change, Drift, drift_of

TODAY = date(2026, 3, 1)
SCHEMA = Schema(
    (
        Table("public", "person", (Column("id"), Column("email"), Column("note"), Column("photo", "bytea", "binary"),
                                   Column("twice", generated=True)), ("id",)),
        Table("public", "letter", (Column("person_id"), Column("fresh")),
              foreign_keys=(ForeignKey("k", ("person_id",), "public.person", ("id",)),)),
        Table("public", "extra", (Column("a"),)),
        Table("public", "log", (Column("who"),)),
    )
)  # fmt: skip
POLICY = """\
product: shop
source: shop
tables:
  public.person: {id: keep, email: null, note: keep, photo: null, former: keep}
  public.letter: {}
  public.vanished: skip
  public.log: skip
"""
NOTHING = {table.place: [Verdict(column.name, "none") for column in table.columns] for table in SCHEMA.tables}
EMAIL = Verdict("note", "contains", "email", "direct", True, 0.9, 3, 9, 9, 0.3, "text:email")


def with_(place: str, *verdicts: Verdict) -> dict[str, list[Verdict]]:
    changed = {each.column: each for each in verdicts}
    return {
        table: [changed.get(each.column, each) if table == place else each for each in found]
        for table, found in NOTHING.items()
    }


@pytest.fixture
def drift(tmp_path):
    def made(verdicts, last=None, policy=POLICY) -> Drift:
        path = tmp_path / "shop.yaml"
        path.write_text(policy)
        return drift_of(parse_policy(read_document(path)), SCHEMA, verdicts, last, TODAY)

    return made


def open_(found: Drift) -> set[tuple[str, str]]:
    return {(each.code, each.where) for each in found.open}


def test_new_and_vanished_places(drift):
    found = drift(NOTHING)
    assert list(found.new) == ["public.letter.fresh", "public.extra"]  # the key's column follows what it refers to
    assert list(found.gone) == ["public.person.former", "public.vanished"]
    assert found.changed == [] and open_(found) == {("unnamed", "public.letter.fresh"), ("unnamed", "public.extra")}


def test_a_kept_column_that_is_personal_waits_for_a_decision(drift):
    found = drift(with_("public.person", EMAIL))
    assert ("kept-personal", "public.person.note") in open_(found)
    assert "contains email" in str(found.open[-1])
    hidden = with_("public.person", Verdict("email", "type", "email", "direct"))
    assert open_(drift(hidden)) == open_(drift(NOTHING))
    followed = with_("public.letter", Verdict("person_id", "type", "username", "direct"))
    assert ("kept-personal", "public.letter.person_id") in open_(drift(followed))
    skipped = with_("public.log", Verdict("who", "type", "email", "direct"))
    assert open_(drift(skipped)) == open_(drift(NOTHING))  # no row of it leaves


@pytest.mark.parametrize(
    ("verdict", "waits"),
    [
        (Verdict("note", "unknown", distinct=2, rows=2, rule="few values"), True),
        (Verdict("note", "unknown", rows=5, rule="no values"), False),
        (Verdict("note", "not_scanned", rule="type:binary"), True),
        (Verdict("note", "not_scanned", rule="rule:skip public.person"), False),
    ],
)
def test_a_kept_column_of_which_nothing_is_known(drift, verdict, waits):
    found = drift(with_("public.person", verdict))
    assert (("kept-undecided", "public.person.note") in open_(found)) is waits


def test_what_the_owner_accepted_is_a_note_until_it_runs_out(drift):
    fingerprint = kept_personal("public.person.note").fingerprint
    for until, left in (("2026-12-31", False), ("2026-02-01", True)):
        accepted = f"accepted: [{{finding: {fingerprint}, who: ada, why: public, until: {until}}}]\n"
        found = drift(with_("public.person", EMAIL), policy=POLICY + accepted)
        assert (("kept-personal", "public.person.note") in open_(found)) is left


def test_against_the_scan_before(drift):
    last = {place: list(found) for place, found in NOTHING.items() if place != "public.extra"}
    last["public.person"].append(Verdict("dropped", "none"))
    last["public.lost"] = [Verdict("a", "none")]
    found = drift(with_("public.person", EMAIL), last)
    assert found.changed == [Change("public.person.note", "none", "contains email")]
    assert list(found.new) == ["public.letter.fresh", "public.extra"]
    assert list(found.gone) == ["public.person.former", "public.vanished", "public.person.dropped", "public.lost.a"]
    same = drift(with_("public.person", EMAIL), with_("public.person", EMAIL))
    assert same.changed == []
    moved = with_("public.person", Verdict("note", "type", "phone", "direct"))
    assert drift(moved, with_("public.person", EMAIL)).changed == [
        Change("public.person.note", "contains email", "phone")
    ]
    unseen = with_("public.person", Verdict("note", "not_scanned", rule="rule:not among only"))
    assert drift(unseen, with_("public.person", EMAIL)).changed == []


def test_for_machines(drift):
    told = drift(with_("public.person", EMAIL), NOTHING).to_dict()
    assert told["changed"] == [{"column": "public.person.note", "was": "none", "now": "contains email"}]
    assert {each["code"] for each in told["findings"]} == {"unnamed", "kept-personal"}
