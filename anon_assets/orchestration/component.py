"""The product as a Dagster component: one YAML block in ``defs/``."""

# no postponed annotations here: Dagster reads the types of the fields when a defs.yaml is loaded

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import dagster as dg
from pydantic import BaseModel, ConfigDict, Field

from anon_assets.orchestration.building import build_definitions

__all__ = ["AnonymizedProduct", "AnonymizedProductScaffolder", "ScaffoldParameters"]

_PRODUCT = "name of the policy file"
_PROJECT = "folder with policies/, checks/ and resources/, from here"
_PROFILE = "name of a file under resources/"


class ScaffoldParameters(BaseModel):
    """What ``dg scaffold defs anon_assets.orchestration.AnonymizedProduct`` asks for."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    product: str = Field(description=_PRODUCT, pattern=r"^[a-z][a-z0-9_]{0,62}$")
    project: str = Field(".", description=_PROJECT)
    profile: str = Field("local", description=_PROFILE)


class AnonymizedProductScaffolder(dg.Scaffolder[ScaffoldParameters]):
    """Writes the ``defs.yaml`` of a product; its policy comes from ``anon-assets init`` or ``scan --write``."""

    @classmethod
    def get_scaffold_params(cls) -> type[ScaffoldParameters]:
        """The parameters' model."""
        return ScaffoldParameters

    def scaffold(self, request: dg.ScaffoldRequest[ScaffoldParameters]) -> None:
        """Write the file with every attribute, defaults too, so that it shows what can be set."""
        dg.scaffold_component(request, request.params.model_dump())


@dg.scaffold_with(AnonymizedProductScaffolder)
@dataclass
class AnonymizedProduct(dg.Component, dg.Resolvable):
    """An anonymized data product.

    ::

        type: anon_assets.orchestration.AnonymizedProduct
        attributes:
          product: shop
          project: ../../anonymization      # the folder that holds policies/, checks/ and resources/
          profile: production
    """

    product: Annotated[str, dg.Resolver.default(description=_PRODUCT, examples=["shop"])]
    project: Annotated[str, dg.Resolver.default(description=_PROJECT, examples=["."])] = "."
    profile: Annotated[str, dg.Resolver.default(description=_PROFILE)] = "local"

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Definitions of the product. Raises: UsageError, DocumentError, FindingsError."""
        root = (Path(context.path) / self.project).resolve()
        return build_definitions(self.product, self.profile, root)
