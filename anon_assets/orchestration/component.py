"""The product as a Dagster component: one YAML block in ``defs/``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import dagster as dg

from anon_assets.orchestration.building import build_definitions

__all__ = ["AnonymizedProduct"]


@dataclass
class AnonymizedProduct(dg.Component, dg.Resolvable):
    """An anonymized data product.

    ::

        type: anon_assets.AnonymizedProduct
        attributes:
          product: shop
          project: ../../anonymization      # the folder that holds policies/, checks/ and resources/
          profile: production
    """

    product: Annotated[str, dg.Resolver.default(description="name of the policy file", examples=["shop"])]
    project: Annotated[
        str, dg.Resolver.default(description="folder with policies/, checks/ and resources/, from here", examples=["."])
    ] = "."
    profile: Annotated[str, dg.Resolver.default(description="name of a file under resources/")] = "local"

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Definitions of the product. Raises: UsageError, DocumentError, FindingsError."""
        root = (Path(context.path) / self.project).resolve()
        return build_definitions(self.product, self.profile, root)
