"""The code location that ``workspace.yaml`` loads: every product of the project.

``ANON_PROJECT`` names the project's folder (the working directory by default), ``ANON_PROFILE`` a file under its
``resources/`` (``local`` by default).
"""

import os
from pathlib import Path

import dagster as dg

from anon_assets.orchestration.building import build_definitions
from anon_assets.stages.product import product_names

_root = Path(os.environ.get("ANON_PROJECT", ".")).resolve()
_profile = os.environ.get("ANON_PROFILE", "local")

defs = dg.Definitions.merge(*(build_definitions(name, _profile, _root) for name in product_names(_root)))
