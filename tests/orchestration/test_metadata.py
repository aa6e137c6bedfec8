"""What a scan shows in the UI: counts, tags on columns, a plot. Never a value."""

from __future__ import annotations

import base64
import re

from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.detector import Verdict
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.orchestration.metadata import scan_metadata
from anon_assets.policies.plan import PlannedColumn, PlannedTable

NAMES = ("id", "email", "a<b", "photo", "fax")
VERDICTS = [
    Verdict("id", "none", distinct=9, rows=9),
    Verdict("email", "type", "email", "direct", True, 0.99, 9, 9, 9, 1.0, "pattern+name:email"),
    Verdict("a<b", "contains", "phone", "direct", True, 0.8, 3, 9, 9, 0.25, "inside",
            inside=(Verdict("a<b", "contains", "phone", "direct", path="$.tel"),)),
    Verdict("photo", "not_scanned", rule="type:binary"),
    Verdict("fax", "unknown", rule="no values"),
]  # fmt: skip


def planned() -> PlannedTable:
    columns = tuple(Column(name) for name in NAMES)
    chain = (TRANSFORMS.load("keep")(),)
    return PlannedTable(
        Table("public", "t", columns), "copy", tuple(PlannedColumn(each, chain, each.name) for each in columns)
    )


def test_counts_and_tags() -> None:
    found = scan_metadata(planned(), VERDICTS)
    counts = {name: value for name, value in found.items() if isinstance(value, int)}
    assert counts == {"rows": 9, "columns": 5, "personal_columns": 2, "direct_columns": 2, "quasi_columns": 0,
                      "sensitive_columns": 0, "undecided_columns": 1, "not_scanned_columns": 1}  # fmt: skip
    columns = {each.name: each for each in found["dagster/column_schema"].columns}
    assert columns["email"].tags == {"verdict": "type", "entity": "email", "tier": "direct", "confidence": "0.99"}
    assert columns["email"].description == "email"
    assert columns["a<b"].description == "contains phone at $.tel"
    assert columns["photo"].tags == {"verdict": "not_scanned"} and columns["id"].tags == {"verdict": "none"}
    records = [record.data for record in found["verdicts"].records]
    assert [(each["column"], each["path"]) for each in records] == [
        ("id", "-"), ("email", "-"), ("a<b", "-"), ("a<b", "$.tel"), ("photo", "-"), ("fax", "-"),
    ]  # fmt: skip


def test_the_plot_is_an_image_of_its_own() -> None:
    text = scan_metadata(planned(), VERDICTS)["plot"].value
    encoded = re.fullmatch(r"!\[[^\]]+\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", text)
    drawing = base64.b64decode(encoded.group(1)).decode()
    assert drawing.count("<rect") == 2 and "a&lt;b" in drawing and "phone, 25% of rows" in drawing
    assert 'width="200"' in drawing and 'width="50"' in drawing


def test_nothing_to_plot() -> None:
    assert scan_metadata(planned(), VERDICTS[:1])["plot"].value == "no column holds personal data"
