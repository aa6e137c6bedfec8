"""Votes are one more piece of evidence: they may find more, never less, and never against what values say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.contracts.classifier import Classifier, Described, Vote, Votes
from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.detector import DETECTORS, Verdict
from anon_assets.stages.user_detectors import user_detectors
from anon_assets.stages.voting import Poll, apply_votes, describe
from anon_assets.stages.weighing import DENIED, MASKED

NONE = Verdict("c", "none", distinct=50, rows=100)
UNKNOWN = Verdict("c", "unknown", rows=1, distinct=1, rule="few values")
PROVEN = Verdict("c", "type", "email", "direct", True, 0.95, 50, 50, 100, 1.0, "pattern")


def after(verdict, vote, logical="text", table="facts", detectors=None):
    facts = Table("public", table, (Column(verdict.column, logical=logical),))
    (found,) = apply_votes(facts, [verdict], {verdict.column: Vote(*vote)} if vote else {}, detectors)
    return found


# -- finding more -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [NONE, UNKNOWN])
def test_an_undecided_column_gets_the_entity_of_the_vote(before):
    found = after(before, ("person_name", 0.9))
    assert (found.verdict, found.entity, found.rule) == ("type", "person_name", "model:person_name")
    assert (found.tier, found.identifying, found.confidence) == ("direct", True, 0.54)
    assert (found.rows, found.distinct, found.hits) == (before.rows, before.distinct, 0)


def test_a_vote_alone_is_never_surer_than_point_six():
    assert after(NONE, ("job_title", 1)).confidence == 0.6


def test_agreement_takes_a_little_doubt_away():
    found = after(PROVEN, ("email", 0.9))
    assert 0.95 < found.confidence < 0.97 and found.rule == "pattern, model agrees"
    assert found == Verdict(**{**found.to_dict(), "inside": ()})
    inside = Verdict("c", "contains", "email", "direct", True, 0.8, 5, 50, 100, 0.1, "text:email")
    assert after(inside, ("email", 1)).confidence == 0.84
    assert after(inside, ("email", 1)).verdict == "contains"


def test_what_is_certain_stays_as_it_is():
    certain = Verdict("c", "type", "email", "direct", True, 0.99, 50, 50, 100, 1.0, "pattern+name:email")
    assert after(certain, ("email", 1)) == certain


# -- changing nothing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "vote",
    [None, ("phone", 1.0), ("person_name", 0.99), ("none", 1.0), ("", 1.0), ("no_such_entity", 1.0), ("email", 0.69)],
)
def test_other_votes_do_not_change_what_is_found(vote):
    assert after(PROVEN, vote) == PROVEN


@pytest.mark.parametrize("confidence", [0.69, 0, -1, 1.01, 7, math.nan, math.inf, -math.inf])
def test_confidence_out_of_range_or_too_low_counts_for_nothing(confidence):
    assert after(NONE, ("person_name", confidence)) == NONE
    assert after(PROVEN, ("email", confidence)) == PROVEN


@pytest.mark.parametrize("logical", ["integer", "boolean", "binary", "uuid", "timestamp"])
def test_a_type_that_cannot_hold_the_entity(logical):
    assert after(NONE, ("person_name", 1), logical) == NONE


def test_values_that_were_looked_at_and_have_another_form():
    """Every e-mail address, IBAN or card would have been recognised: none of 50 values is one."""
    for entity in ("email", "payment_card", "ip_address"):
        assert after(NONE, (entity, 1)) == NONE
        assert after(UNKNOWN, (entity, 1)).entity == entity  # too few values to say


def test_values_at_the_chance_rate_or_excluded_or_masked():
    for rule in ("at chance rate:phone+person_name", f"{DENIED}person_name+city", MASKED,
                 f"at chance rate:phone, {DENIED}person_name"):  # fmt: skip
        before = Verdict("c", "none", distinct=50, rows=100, rule=rule)
        assert after(before, ("person_name", 1)) == before
    other = Verdict("c", "none", distinct=50, rows=100, rule=f"at chance rate:phone, {DENIED}city")
    assert after(other, ("person_name", 1)).entity == "person_name"


def test_a_table_of_cities_is_no_table_of_persons():
    before = Verdict("city", "none", distinct=50, rows=100)
    assert after(before, ("city", 1), table="city") == before
    assert after(before, ("city", 1), table="orders").entity == "city"


def test_what_was_not_scanned_stays_so():
    before = Verdict("c", "not_scanned", rule="rule:skip public.facts")
    assert after(before, ("person_name", 1)) == before


def test_unknown_columns_and_their_order():
    facts = Table("public", "facts", (Column("a"), Column("b")))
    verdicts = [Verdict("b", "none", distinct=9, rows=9), Verdict("a", "none", distinct=9, rows=9)]
    found = apply_votes(facts, verdicts, {"x": Vote("email", 1), "a": Vote("person_name", 1)})
    assert [each.column for each in found] == ["b", "a"]
    assert [each.entity for each in found] == ["", "person_name"]
    stranger = [Verdict("z", "none", distinct=9, rows=9)]
    assert apply_votes(facts, stranger, {"z": Vote("person_name", 1)}) == stranger


@given(
    st.sampled_from(["type", "contains", "none", "unknown", "not_scanned"]),
    st.sampled_from(["email", "person_name", "city", "salary"]),
    st.sampled_from([*DETECTORS.kinds(), "none", "drop_all"]),
    st.floats(),
    st.sampled_from(["text", "integer", "date", "json"]),
    st.floats(0, 1),
)
def test_no_vote_makes_a_column_less_personal(verdict, entity, voted, sure, logical, confidence):
    personal = verdict in {"type", "contains"}
    before = Verdict("c", verdict, entity if personal else "", "direct" if personal else None, personal,
                     confidence if personal else 0.0, 5, 50, 100)  # fmt: skip
    found = after(before, (voted, sure), logical)
    assert found.personal >= before.personal
    if before.personal:
        assert (found.verdict, found.entity, found.tier) == (before.verdict, before.entity, before.tier)
        assert before.confidence <= found.confidence
    elif found != before:
        assert found.rule == f"model:{voted}" and found.confidence <= 0.6 and logical in DETECTORS.load(voted).types


def test_detectors_of_ones_own_can_be_voted_for(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("detectors: {ward: {names: ward, tier: quasi}}\n")
    own = user_detectors(path)
    assert after(NONE, ("ward", 1)) == NONE
    found = after(NONE, ("ward", 1), detectors=own)
    assert (found.entity, found.tier, found.identifying) == ("ward", "quasi", False)


# -- asking -----------------------------------------------------------------------------------------------------------


def test_a_description_has_values_only_where_that_is_allowed():
    texts = pa.array([f"ada{n}@example.com" for n in range(20)])
    column = Column("mail")
    assert describe(column, texts) == Described("mail", "text", ("aaa99@aaaaaaa.aaa", "aaa9@aaaaaaa.aaa"))
    assert describe(column, texts, "samples").samples == tuple(texts[:5].to_pylist())
    assert describe(column, texts, "samples").shapes == describe(column, texts).shapes
    assert describe(column, pa.array([], pa.string()), "samples") == Described("mail", "text")


class Scripted(Classifier):
    """Answers from a script, and remembers what it was asked."""

    title: ClassVar[str] = "A script"
    answers: ClassVar[tuple[Votes, ...]]
    asked: ClassVar[list[tuple[str, int]]]

    def vote(self, table: str, columns: Sequence[Described], entities: Mapping[str, str] | None = None) -> Votes:
        assert entities is not None and entities["email"]
        self.asked.append((table, len(columns)))
        return self.answers[len(self.asked) - 1]


def polled(*answers: Votes) -> Poll:
    Scripted.answers, Scripted.asked = answers, []
    return Poll(Scripted())


FACTS = Table("public", "facts", (Column("c"),))
TOLD = [Described("c", "text")]


def test_votes_are_heard():
    poll = polled(Votes({"c": Vote("person_name", 1)}))
    assert poll.heard(FACTS, TOLD, [NONE])[0].entity == "person_name"
    assert poll.problems == []


def test_failures_change_nothing_and_are_told():
    poll = polled(Votes(problem="HTTP 500"), Votes({"c": Vote("person_name", 1)}), Votes(problem="HTTP 500"))
    assert poll.heard(FACTS, TOLD, [NONE]) == [NONE]
    assert poll.heard(FACTS, TOLD, [NONE])[0].entity == "person_name"
    assert poll.heard(FACTS, TOLD, [PROVEN]) == [PROVEN]
    assert poll.problems == ["public.facts: classifier scripted: HTTP 500"] * 2


def test_after_two_failures_in_a_row_nobody_is_asked():
    poll = polled(Votes(problem="no answer in time"), Votes(problem="no answer in time"))
    for _ in range(5):
        assert poll.heard(FACTS, TOLD, [NONE]) == [NONE]
    assert len(Scripted.asked) == len(poll.problems) == 2
    assert poll.problems[-1].endswith("; it is not asked again")


def test_a_table_without_columns_to_tell_of_is_not_asked_about():
    poll = polled()
    assert poll.heard(FACTS, [], [NONE]) == [NONE]
    assert Scripted.asked == []


def test_votes_of_a_partial_answer_count():
    poll = polled(Votes({"c": Vote("person_name", 1)}, "HTTP 429"))
    assert poll.heard(FACTS, TOLD, [NONE])[0].entity == "person_name"
    assert len(poll.problems) == 1
