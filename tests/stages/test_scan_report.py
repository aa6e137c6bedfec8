"""The page stands alone, names everything, escapes names and holds no value."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from anon_assets.contracts.database import Column, Schema, Table
from anon_assets.contracts.detector import Verdict
from anon_assets.findings import Finding
from anon_assets.stages.catalog import CatalogHit
from anon_assets.stages.drift import Change, Drift
from anon_assets.stages.scan_report import scan_report
from anon_assets.stages.scan_report.drawing import meter
from anon_assets.stages.survey import Coverage, Survey

MADE = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
ODD = 'a"><script src="https://evil.example/x.js">\n</script>'
VERDICTS = {
    "public.person": [
        Verdict("id", "none", distinct=1234, rows=1234),
        Verdict("email", "type", "email", "direct", True, 0.99, 1200, 1234, 1234, 0.97, "pattern+name:email"),
        Verdict("doc", "contains", "phone", "direct", True, 0.8, 3, 40, 1234, 0.001, "text:phone",
                inside=(Verdict("doc", "contains", "phone", "direct", path="$.contact.tel", hits=3, rows=1234),)),
        Verdict("faith", "type", "religion", "sensitive", confidence=0.7, rule="name:faith"),
        Verdict("photo", "not_scanned", rule="type:binary"),
        Verdict("fax", "unknown", rule="no values"),
    ],
    ODD: [Verdict(ODD, "not_scanned", rule="rule:skip log")],
}  # fmt: skip
SURVEY = Survey(
    Schema((Table("public", "person", (Column("id"),)),), large_objects=3),
    VERDICTS,
    {
        "public.person": Coverage("partial", 20_000, 1_000_000, "age < 30"),
        ODD: Coverage("none", reason="rule:skip log"),
    },
    [CatalogHit("public.person", "comment", "email", "direct", 2)],
    [Finding("note", "unused-rule", "scan.skip", "nowhere fits no table or column")],
)
DRIFT = Drift(["public.person.fax"], ["public.gone"], [Change("public.person.doc", "none", "contains phone")],
              [Finding("warning", "kept-personal", "public.person.doc", "is kept")])  # fmt: skip


@pytest.fixture
def page() -> str:
    return scan_report(SURVEY, {"public.person": {"email": "fake(as=email)", "doc": "null"}}, "shop <b>", MADE, DRIFT)


class Reader(HTMLParser):
    """Collects tags, attributes and text; checks that everything opened is closed in order."""

    VOID = {"meta", "br", "rect"}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text, self.open = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def test_it_needs_nothing_but_itself(page):
    found = read(page)
    assert not {"script", "link", "img", "iframe", "object", "form", "a"} & set(found.tags)
    assert not [
        each
        for each in found.attributes
        if each[1] in {"src", "href", "srcset", "action", "data"} or each[1][:2] == "on"
    ]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL).group(1)
    assert "url(" not in style and "@import" not in style
    policies = [value for _, name, value in found.attributes if name == "content" and "default-src" in value]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_names_are_text_whatever_is_in_them(page):
    found = read(page)
    assert "<script" not in page and "shop <b>" not in page and "shop &lt;b&gt;" in page
    text = " ".join(found.text)
    assert (
        'a"><script src="https://evil.example/x.js">\N{REPLACEMENT CHARACTER}</script>' in text and "shop <b>" in text
    )


def test_everything_that_was_found_is_told(page):
    text = " ".join(read(page).text)
    for words in (
        "2026-03-01 12:30+00:00", "email", "0.99", "97%", "1,200", "1,234", "pattern+name:email", "fake(as=email)",
        "contains phone", "$.contact.tel", "<1%", "religion", "sensitive", "not scanned", "type:binary", "unknown", "no values",
        "3 of 6 columns hold personal data", "public.person (comment)", "a sample", "20,000", "1,000,000", "age < 30",
        "nothing: skip log", "3 large objects", "nowhere fits no table", "public.gone", "was none, is contains phone", "new",
        "is kept",
    ):  # fmt: skip
        assert words in text, words
    assert DRIFT.findings[0].fingerprint in text


def test_the_counts_and_their_drawings(page):
    found = read(page)
    facts = re.findall(r"<li><b>([0-9,]+)</b>([^<]+)</li>", page)
    assert facts == [("2", "tables"), ("7", "columns"), ("3", "hold personal data"), ("1", "undecided"),
                     ("2", "not scanned"), ("1", "texts in the catalog")]  # fmt: skip
    labels = [value for tag, name, value in found.attributes if tag == "svg" and name == "aria-label"]
    assert labels[0] == "2 names a person, 1 sensitive, 1 nothing found, 1 undecided, 2 not scanned"
    assert "Columns per entity" in labels
    widths = [float(each) for each in re.findall(r'<rect class="\w+" x="[0-9.]+" width="([0-9.]+)" height="22"', page)]
    assert sum(widths) == pytest.approx(1000, abs=1)


@pytest.mark.parametrize(
    ("share", "width", "told"),
    [(0, "0.0", "0%"), (0.5, "30.0", "50%"), (1.2, "60.0", "100%"), (0.001, "0.1", "&lt;1%")],
)
def test_a_meter(share, width, told):
    drawn = meter(share, "direct")
    assert f'width="{width}"' in drawn and drawn.endswith(told)


def test_without_findings_and_policy():
    survey = Survey(SURVEY.schema, {"public.t": [Verdict("a", "none")]}, {"public.t": Coverage("full", 5, 5)})
    page = scan_report(survey, {}, "shop", MADE)
    read(page)
    assert "Nothing was found in what is written in the catalog." in page
    assert "Since the owner decided" not in page and "Entities" not in page
    assert scan_report(survey, {}, "shop", MADE) == page
