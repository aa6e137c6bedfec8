"""E-mail addresses."""

from __future__ import annotations

import pyarrow as pa

from anon_assets.detectors.email import Email
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised


def accepted(value: str) -> bool:
    return bool(recognised(Email(), pa.array([value]), "t")[1][0])


def test_lengths_follow_rfc_5321() -> None:
    assert accepted("a" * 64 + "@example.com")
    assert not accepted("a" * 65 + "@example.com")
    assert not accepted("a@" + "b" * 245 + ".example")


def test_dots_and_hyphens_stand_in_order() -> None:
    for wrong in (".a@example.com", "a.@example.com", "a@.example.com", "a@-x.com", "a@x..com", "a@x-.com"):
        assert not accepted(wrong), wrong
    for right in ("a-b@x-y.co.uk", "a_b+c%d@sub.example.museum", "1@2.org", "ü@ö.de"):
        assert accepted(right), right


def test_addresses_are_found_between_signs() -> None:
    texts = [
        "<ada@example.com>",
        "mailto:ada@example.com",
        "(ada@example.com)",
        "cc=ada@example.com;",
        "ada@example.com.",
    ]
    assert text_hits(pa.array(texts), [Email()]) == {"email": len(texts)}
    assert text_hits(pa.array(["git@ host", "@ada", "logo@2x.png loads", "a@b"]), [Email()]) == {}
