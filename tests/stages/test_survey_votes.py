"""A scan of a database that asks a classifier: shapes go out, votes come back, and nothing depends on them."""

from __future__ import annotations

import json

import pytest

from anon_assets.policies.scan_rules import ScanRules
from anon_assets.resources.classifiers.openai_compatible import OpenaiCompatible
from anon_assets.stages.survey import survey
from tests.resources.test_classifiers import Model


@pytest.fixture
def model():
    made = Model()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def source(embedded_server, shop_source):
    from anon_assets.resources.databases.postgres import Postgres

    return Postgres(url=embedded_server.url(shop_source))


def test_votes_are_heard_and_no_value_leaves(source, model):
    before = survey(source)
    undecided = [
        (place, each.column)
        for place, found in before.verdicts.items()
        for each in found
        if each.verdict in {"none", "unknown"} and before.schema.table(place).column(each.column).logical == "text"
    ]
    place, name = undecided[0]
    model.says({"votes": [{"column": name, "entity": "job_title", "confidence": 1}]})
    after = survey(source, classifier=OpenaiCompatible(url=model.url, model="small"))
    (found,) = (each for each in after.verdicts[place] if each.column == name)
    assert (found.entity, found.rule, found.confidence) == ("job_title", "model:job_title", 0.6)
    told = json.dumps([each["body"] for each in model.requests])
    assert "Aurelia" not in told and "kundenpost" not in told
    assert all(
        "samples" not in column
        for each in model.requests
        for column in json.loads(each["body"]["messages"][1]["content"])["columns"]
    )


def test_samples_leave_where_the_rules_say_so(source, model):
    survey(source, rules=ScanRules(send="samples"), classifier=OpenaiCompatible(url=model.url, model="small"))
    assert "kundenpost" in json.dumps([each["body"] for each in model.requests])


def test_a_model_that_fails_changes_nothing_and_is_told_of(source, model):
    model.sends(b"busy", 503)
    found = survey(source, classifier=OpenaiCompatible(url=model.url, model="small"))
    assert found.verdicts == survey(source).verdicts
    assert len(model.requests) == 2
    assert [note.what for note in found.notes] == [
        "classifier openai_compatible: HTTP 503",
        "classifier openai_compatible: HTTP 503; it is not asked again",
    ]
