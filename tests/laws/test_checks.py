"""Laws that every check obeys."""

from __future__ import annotations

import logging
import math

import pytest

from anon_assets.contracts.check import CHECKS, Check
from anon_assets.contracts.database import ForeignKey

from ..checks.memory_evidence import FAKE, KEEP, NULL, TOKEN, Col, MemoryEvidence, Tab, typed  # noqa: TID252

CANARY = "zebra.quux77@canary.example"
NAMES, LAST = ["Zebulon", "Quimby", "Xanthia", "Ulrica"], ["Vanterpool", "Quackenbush", "Wigglesworth", "Ypsilanti"]
PARAMETERS = {"expectations": {"suite": [{"type": "expect_column_values_to_be_unique", "kwargs": {"column": "email"}}]}}


def members() -> list[Check]:
    """Every member that can be made from no parameters or from those above."""
    able = [
        kind
        for kind in CHECKS
        if kind.kind() in PARAMETERS or not any(field.is_required() for field in kind.model_fields.values())
    ]
    return [kind.model_validate(PARAMETERS.get(kind.kind(), {})) for kind in able]


def evidence(*, broken: bool) -> MemoryEvidence:
    mails = [CANARY, "b.b@canary.example", "c.c@canary.example", CANARY]
    tokens = ["k1aa", "k2bb", "k3cc", "k4dd"]
    leaky = [CANARY, None, CANARY, "k4dd"]
    person = Tab(
        {
            "id": Col([1, 2, 3, 4], [1, 1, 3, 4] if broken else None, TOKEN if broken else KEEP, nullable=False),
            "email": Col(mails, leaky if broken else tokens, TOKEN, typed("email"), nullable=False),
            "first": Col(
                NAMES, NAMES if broken else NAMES[1:] + NAMES[:1], FAKE, typed("first_name", identifying=False)
            ),
            "last": Col(LAST, LAST if broken else LAST[::-1], FAKE, typed("last_name", identifying=False)),
            "note": Col([f"call {CANARY} about {name}" for name in NAMES], None if broken else [None] * 4, NULL),
        },
        primary_key=("id",),
        uniques=(("id",),),
    )
    order = Tab(
        {
            "email": Col(["x"]),
            "person": Col([1], [9] if broken else [1], TOKEN),
            "text": Col([CANARY if broken else "fine"]),
        },
        foreign_keys=(ForeignKey("order_person", ("person",), "s.person", ("id",)),),
        source_rows=2 if broken else 1,
    )
    script = f"COMMENT ON TABLE s.person IS '{CANARY}';" if broken else "CREATE TABLE s.person ();"
    return MemoryEvidence({"s.person": person, "s.order": order}, script)


def test_the_family_is_complete():
    assert {"row_count", "not_null", "unique", "foreign_key", "no_leak", "expectations"} <= set(CHECKS.kinds())
    always = {kind.kind() for kind in CHECKS if kind.always}
    assert {"row_count", "not_null", "unique", "foreign_key", "no_leak"} <= always


@pytest.mark.parametrize("broken", [False, True], ids=["sound", "broken"])
@pytest.mark.parametrize("check", members(), ids=lambda check: check.kind())
def test_a_check_yields_what_it_announced_in_numbers_and_without_values(check, broken, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    data = evidence(broken=broken)
    announced = check.announce(data.tables)
    results = list(check.run(data, data.tables))
    assert [(each.table, each.check) for each in results] == [(each.table, each.check) for each in announced]
    assert check.names(data.tables) == [(each.table, each.check) for each in announced]
    for result, promised in zip(results, announced, strict=True):
        assert (result.severity == "error") == promised.blocking
        assert all(isinstance(number, int | float) and math.isfinite(number) for number in result.counts.values())
        assert not any(isinstance(number, bool) for number in result.counts.values())
    output = capfd.readouterr()
    told = repr(results) + str([each.to_dict() for each in results]) + caplog.text + output.out + output.err
    for canary in (CANARY, "zebra", "quux77", *NAMES, *LAST):
        assert canary.lower() not in told.lower()
    if check.always:
        assert all(result.passed for result in results) is not broken


@pytest.mark.parametrize("check", members(), ids=lambda check: check.kind())
def test_a_check_judges_only_the_tables_it_is_asked_for(check):
    data = evidence(broken=False)
    assert {each.table for each in check.run(data, ["s.order"])} == {"s.order"}
    assert list(check.run(data, [])) == []


@pytest.mark.parametrize("kind", list(CHECKS), ids=lambda kind: kind.kind())
def test_a_check_says_what_it_is(kind):
    assert kind.title
    assert kind.__doc__
