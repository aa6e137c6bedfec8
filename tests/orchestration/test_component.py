"""The component: its YAML, its scaffolder, and how `dg` finds it."""

from __future__ import annotations

import importlib.metadata
import tomllib
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster.components.testing import create_defs_folder_sandbox

from anon_assets.errors import UsageError
from anon_assets.orchestration import AnonymizedProduct
from anon_assets.orchestration.component import ScaffoldParameters

pytestmark = [  # Dagster's own
    pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20"),
    pytest.mark.filterwarnings("ignore::dagster_shared.utils.warnings.BetaWarning"),
]

TYPE = "anon_assets.orchestration.AnonymizedProduct"


def test_the_entry_point_leads_to_it():
    (point,) = importlib.metadata.entry_points(group="dagster_dg_cli.registry_modules", name="anon_assets")
    assert point.load().AnonymizedProduct is AnonymizedProduct
    declared = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]["entry-points"]
    assert declared["dagster_dg_cli.registry_modules"] == {"anon_assets": "anon_assets.orchestration"}


def test_the_registry_knows_it_by_the_type_that_the_docs_write():
    from dagster.components.core.package_entry import discover_entry_point_package_objects
    from dagster_shared.serdes.objects import EnvRegistryKey

    assert discover_entry_point_package_objects()[EnvRegistryKey.from_typename(TYPE)] is AnonymizedProduct
    assert f"type: {TYPE}\n" in str(AnonymizedProduct.__doc__)


def test_a_product_from_yaml(shop):
    with create_defs_folder_sandbox() as sandbox:
        attributes = {"product": "shop", "project": str(shop.root)}
        path = sandbox.scaffold_component(
            component_cls=AnonymizedProduct,
            scaffold_params={"product": "shop"},
            defs_yaml_contents={"type": TYPE, "attributes": attributes},
        )
        with sandbox.load_component_and_build_defs(defs_path=path) as (component, defs):
            assert isinstance(component, AnonymizedProduct) and component.profile == "local"
            assert dg.AssetKey(["shop", "person_published"]) in defs.resolve_asset_graph().get_all_asset_keys()
            assert defs.resolve_job_def("shop")


def test_a_relative_project_starts_at_the_yaml_file(shop):
    import shutil

    with create_defs_folder_sandbox() as sandbox:
        path = sandbox.scaffold_component(component_cls=AnonymizedProduct, scaffold_params={"product": "shop"})
        for folder in ("policies", "checks", "resources"):
            shutil.copytree(shop.root / folder, path / folder)
        with sandbox.load_component_and_build_defs(defs_path=path) as (_, defs):
            assert defs.resolve_job_def("shop")


def test_the_scaffolder_writes_every_attribute():
    with create_defs_folder_sandbox() as sandbox:
        path = sandbox.scaffold_component(
            component_cls=AnonymizedProduct,
            scaffold_params={"product": "shop", "project": "../../anonymization", "profile": "production"},
        )
        written = yaml.safe_load((path / "defs.yaml").read_text())
    assert written["type"].endswith("AnonymizedProduct")
    assert written["attributes"] == {"product": "shop", "project": "../../anonymization", "profile": "production"}


@pytest.mark.parametrize("given", [{}, {"product": "Shop!"}, {"product": "shop", "odd": 1}])
def test_the_scaffolder_refuses_what_cannot_be(given):
    with pytest.raises(ValueError):
        ScaffoldParameters.model_validate(given)


def test_a_product_that_is_not_there(tmp_path):
    with create_defs_folder_sandbox() as sandbox:
        path = sandbox.scaffold_component(component_cls=AnonymizedProduct, scaffold_params={"product": "nothing"})
        with pytest.raises(Exception) as caught, sandbox.load_component_and_build_defs(defs_path=path):
            pass
    chain, errors = caught.value, []
    while chain is not None:
        errors.append(type(chain))
        chain = chain.__cause__ or chain.__context__
    assert UsageError in errors
