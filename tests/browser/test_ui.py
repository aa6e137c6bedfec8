"""The Dagster UI on the shipped workspace, in a real browser.

``ANON_PICTURES=docs/images .venv/bin/pytest tests/browser`` also writes the pictures that the documentation shows.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

_STAGES = ("raw", "scan", "anonymized", "validated", "published")
_GROUP = "/locations/anon_assets/asset-groups/datacenter/lineage"
_COUNT = """
import json, sys
from pathlib import Path
from anon_assets.stages.product import load_product
database = load_product(Path("."), "datacenter", "local").profile.database("datacenter_dev")
with database.snapshot() as snapshot:
    print(json.dumps({table.name: snapshot.count(table) for table in snapshot.schema().tables}))
"""
_EMPTY = """
from pathlib import Path
from anon_assets.resources.databases.postgres.filling import open_filling
from anon_assets.stages.product import load_product
with open_filling(load_product(Path("."), "datacenter", "local").profile.database("datacenter_dev")) as filling:
    filling.execute("TRUNCATE centre.person CASCADE")
"""


def _picture(page: Any, name: str, **clip: float) -> None:
    if folder := os.environ.get("ANON_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / name, **({"clip": clip} if clip else {}))


def _asset(page: Any, name: str, view: str = "overview") -> None:
    page.goto(f"/assets/datacenter/{name}?view={view}")


def _expect(locator: Any) -> Any:
    from playwright.sync_api import expect

    return expect(locator)


def test_group_graph_shows_every_stage_of_a_table(served: Any, page: Any) -> None:
    page.goto(_GROUP)
    for label in ("structure", *(f"person_{stage}" for stage in _STAGES)):
        _expect(page.locator("svg foreignObject").get_by_text(label, exact=True).first).to_be_visible()
    query = (
        '{assetNodes(group: {groupName: "datacenter", repositoryName: "__repository__", '
        'repositoryLocationName: "anon_assets"}) {assetKey {path}}}'
    )
    assert len(served.ask(query)["assetNodes"]) == 1 + 8 * len(_STAGES)


def test_lineage_of_one_table(served: Any, page: Any) -> None:
    page.set_viewport_size({"width": 2200, "height": 640})
    _asset(page, "centre/person_anonymized", "lineage&lineageScope=neighbors&lineageDepth=3")
    for label in ("structure", *(f"person_{stage}" for stage in _STAGES)):
        _expect(page.locator("svg foreignObject").get_by_text(label, exact=True).first).to_be_visible()
    _expect(page.get_by_text("Great Expectations").first).to_be_visible()
    _expect(page.get_by_text("Loading")).to_have_count(0)
    page.wait_for_timeout(1500)  # the graph glides into its place
    _picture(page, "lineage.png", x=306, y=290, width=1824, height=265)


def test_published_asset_shows_rows_and_where_they_are(served: Any, page: Any) -> None:
    _asset(page, "centre/person_published")
    _expect(page.get_by_text("Row count")).to_be_visible()
    _expect(page.get_by_text("60", exact=True).first).to_be_visible()
    _expect(page.get_by_text("target_datacenter_dev")).to_be_visible()
    _expect(page.get_by_text("Anonymized rows of centre.person in database datacenter_dev")).to_be_visible()


def test_validated_asset_shows_its_checks(served: Any, page: Any) -> None:
    _asset(page, "centre/person_validated", "checks&checkDetail=no_leak")
    _expect(page.get_by_text("Checks (14)")).to_be_visible()
    for name in ("no_leak", "row_count", "foreign_key", "be_unique__email"):
        _expect(page.get_by_text(name).first).to_be_visible()
    _expect(page.get_by_text("blocking").first).to_be_visible()
    _expect(page.get_by_text("Passed").first).to_be_visible()
    _expect(page.get_by_text("leaked_values").first).to_be_visible()
    page.wait_for_timeout(500)
    _picture(page, "checks.png")


def test_anonymized_asset_shows_the_transform_of_each_column(served: Any, page: Any) -> None:
    _asset(page, "centre/person_anonymized")
    _expect(page.get_by_text("transform: fake(as=first_name)")).to_be_visible()
    _expect(page.get_by_text("transform: keep").first).to_be_visible()
    _expect(page.get_by_text("first_name in the source")).to_be_visible()
    _expect(page.get_by_text("bigint").first).to_be_visible()  # from the database, by way of the run


def test_materialize_all_publishes_again(served: Any, page: Any) -> None:
    served.python("-c", _EMPTY)
    before = json.loads(served.python("-c", _COUNT))
    assert before["person"] == 0
    known = set(served.runs())
    page.goto(_GROUP)
    page.locator("svg foreignObject").first.wait_for()
    page.get_by_role("button").filter(has_text="Materialize all").first.click()
    assert served.wait_for_run(known, 300) == "SUCCESS"
    after = json.loads(served.python("-c", _COUNT))
    assert after["person"] == 60
    assert all(after.values()), after
    assert len(after) == 8


def test_scanned_asset_draws_its_plot(served: Any, page: Any) -> None:
    _asset(page, "centre/person_scan")
    _expect(page.get_by_text("personal_columns").first).to_be_visible()
    page.get_by_text("Show Markdown").first.click()
    plot = page.get_by_role("img", name="share of rows per personal column")
    _expect(plot).to_be_visible()
    assert plot.evaluate("image => image.complete && image.naturalWidth") == 700
    page.wait_for_timeout(500)
    _picture(page, "scan.png")
