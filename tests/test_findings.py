from __future__ import annotations

import json

import pytest

from anon_assets import findings
from anon_assets.errors import FindingsError
from anon_assets.findings import Finding, near, raise_errors


def test_all() -> None:
    assert findings.__all__ == ["Finding", "Severity", "near", "raise_errors"]


def test_a_fingerprint_is_of_code_and_place_alone() -> None:
    one = Finding("warning", "unscanned", "a.b", "three rows", "hint", "x.yaml:3")
    assert one.fingerprint == Finding("error", "unscanned", "a.b", "four rows").fingerprint
    assert one.fingerprint != Finding("warning", "unscanned", "a.c", "three rows").fingerprint
    assert one.fingerprint != Finding("warning", "other", "a.b", "three rows").fingerprint
    assert len(one.fingerprint) == 12


def test_lines_show_fingerprints_of_warnings_only() -> None:
    warning = Finding("warning", "c", "a.b", "odd.", "look", "x.yaml:3")
    assert str(warning) == f"warning c [{warning.fingerprint}]: x.yaml:3: a.b: odd. look"
    assert str(Finding("error", "c", "a.b", "odd")) == "error c: a.b: odd."
    assert json.loads(json.dumps(warning.to_dict()))["fingerprint"] == warning.fingerprint


@pytest.mark.parametrize(
    ("name", "hint"),
    [("emial", "did you mean email?"), ("PHONE", "did you mean phone?"), ("zzzz", "one of: email, phone")],
)
def test_near(name: str, hint: str) -> None:
    assert near(name, ["phone", "email"]) == hint


def test_near_counts_what_it_does_not_list() -> None:
    assert near("zzz", []) == ""
    assert near("zzz", [f"n{n:02}" for n in range(20)]).endswith("and 8 more")


def test_errors_are_raised_all_at_once_and_first() -> None:
    noted = [Finding("note", "n", "a", "one"), Finding("warning", "w", "a", "two"), Finding("error", "e", "a", "three")]
    raise_errors("shop", noted[:2])
    with pytest.raises(FindingsError, match="1 error") as caught:
        raise_errors("shop", noted)
    assert [line.split()[0] for line in caught.value.lines] == ["error", "warning", "note"]
    with pytest.raises(FindingsError, match="2 errors"):
        raise_errors("shop", [*noted, noted[2]])
