"""The product in Dagster: assets, checks, jobs, schedules. The only package that imports dagster."""

from anon_assets.orchestration.building import build_definitions
from anon_assets.orchestration.component import AnonymizedProduct

__all__ = ["AnonymizedProduct", "build_definitions"]
