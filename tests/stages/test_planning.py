"""Policy and checks are held against the schema together."""

from __future__ import annotations

import pytest

from anon_assets.errors import DocumentError, FindingsError, UsageError
from anon_assets.stages.planning import plan_product
from anon_assets.stages.product import load_product, product_names
from tests.shop import COPIED, POLICY


@pytest.fixture
def schema(shop):
    with shop.product().source.snapshot() as snapshot:
        return snapshot.schema()


def test_errors_of_both_files_come_at_once(shop, schema):
    shop.decide("    note: {fake: {as: text}}", "    nota: {fake: {as: text}}")
    shop.checks_file.write_text(
        "expectations:\n"
        "  public.persn:\n    - {type: expect_column_values_to_be_unique, kwargs: {column: email}}\n"
        "  public.person:\n    - {type: expect_column_values_to_be_unique, kwargs: {column: e_mail}}\n"
    )
    with pytest.raises(FindingsError) as caught:
        plan_product(shop.product(), schema)
    told = str(caught.value)
    for part in ("public.purchase.nota", "did you mean note", "public.persn", "did you mean public.person",
                 "public.person.e_mail", "did you mean email", "shop.yaml:"):  # fmt: skip
        assert part in told, part
    shop.write(checks=shop.checks_file.read_text())
    with pytest.raises(FindingsError) as caught:  # of the checks alone
        plan_product(shop.product(), schema)
    assert "nota" not in str(caught.value) and "public.persn" in str(caught.value)


def test_a_good_product_plans(shop, schema):
    plan = plan_product(shop.product(), schema)
    assert [table.place for table in plan.copied] == sorted(COPIED)


def test_what_cannot_be_loaded(shop):
    with pytest.raises(UsageError, match="did you mean shop"):
        load_product(shop.root, "shopp")
    with pytest.raises(UsageError, match="did you mean local"):
        load_product(shop.root, "shop", "locall")
    shop.write(POLICY.replace("database: shop_dev", "database: shop"))
    with pytest.raises(DocumentError, match="the target is the source"):
        shop.product()
    shop.write(POLICY.replace("database: shop_dev", "database: shop_dew"))
    with pytest.raises(FindingsError, match="did you mean shop_dev"):
        shop.product()
    shop.write(POLICY.replace("source: shop", "source: shpo"))
    with pytest.raises(FindingsError, match="did you mean shop"):
        shop.product()
    shop.write(checks="expectation: {}")
    with pytest.raises(FindingsError, match="did you mean expectations"):
        shop.product()


def test_products_of_a_project(shop, tmp_path):
    assert product_names(shop.root) == ["shop"]
    assert product_names(tmp_path / "nowhere") == []
