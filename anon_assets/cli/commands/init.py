"""A new project for one's own database."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click
import yaml

from anon_assets.cli.presenting import as_json, examples, json_option, reporting, say
from anon_assets.errors import StoreError, UsageError

__all__ = ["command"]

_READMES = {
    "resources": "Databases, key service and store of each deployment, one YAML file each.\n"
    "Secrets are references only: {env: NAME} or {file: path}.\n"
    "The platform team decides on these files.\n"
    "They are read by anon_assets and hashed into nothing.\n"
    "JSON Schema: `anon-assets show --schema profile`.\n",
    "policies": "What happens to each column, one YAML file per product.\n"
    "Drafted by `anon-assets scan`, reviewed by a person, enforced by `anon-assets plan`.\n"
    "The privacy officer decides on these files.\n"
    "They are hashed into every validation: a change makes it void.\n"
    "JSON Schema: `anon-assets show --schema policy`.\n",
    "checks": "What must hold before publishing, one YAML file per product.\n"
    "Great Expectations types under `expectations`, privacy thresholds under `privacy`.\n"
    "The data's owner and its users decide on these files.\n"
    "They are hashed into every validation: a change makes it void.\n"
    "JSON Schema: `anon-assets show --schema checks`.\n",
}
_WORKSPACE = "load_from:\n  - python_module: {module_name: anon_assets.definitions, location_name: anon_assets}\n"
_CHECKS = """\
# What must hold before {product} is published, beside the checks that always run
# (row_count, not_null, unique, foreign_key, no_leak). Great Expectations types, on the anonymized data:
#
# expectations:
#   public.customer:
#     - {{type: expect_column_values_to_be_unique, kwargs: {{column: email}}}}
expectations: {{}}
"""


@click.command(
    short_help="A project for your own database, with a first policy.",
    epilog=examples(
        "anon-assets init shop --database postgresql://reader@db.example.org/shop",
        "anon-assets init shop --database env:SHOP_URL --target env:SHOP_DEV_URL",
    ),
)
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--database", required=True, metavar="URL", help="The source: postgresql://..., or env:NAME that holds it."
)
@click.option(
    "--target", metavar="URL", help="An empty database to publish to; without it, Parquet files in the store."
)
@click.option("--product", help="Name of the product. [default: the database's name]")
@json_option
def command(directory: Path, database: str, target: str | None, product: str | None, json_: bool) -> None:
    """Make DIRECTORY a project: resources/, policies/, checks/, workspace.yaml, and a scan written as a policy.

    The source is only read. A password in a URL goes into a file that only you can read; the profile refers to it.
    """
    from anon_assets.cli.connections import connection, connection_entry, database_name, valid_product
    from anon_assets.stages.draft import draft_policy
    from anon_assets.stages.survey import survey
    from anon_assets.stages.targets import apart

    name = valid_product(product) if product else database_name(database)
    if (directory / "policies" / f"{name}.yaml").exists():
        hint = f"`anon-assets -C {directory} scan {name} --write` brings it up to date"
        raise UsageError(str(directory), f"already holds a policy for {name}", hint)
    source = connection(database)
    if target is not None:
        apart(source, connection(target, "--target"), "--target")
    with reporting(silent=json_) as progress:
        found = survey(source, progress)
    schema, verdicts = found.schema, found.verdicts
    target_name = f"{name}_dev"
    targets = [{"database": target_name}] if target is not None else [{"store": "published"}]
    policy = draft_policy(name, name, targets, schema, verdicts)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        entries: dict[str, Any] = {name: connection_entry(database, name, directory)}
        if target is not None:
            entries[target_name] = connection_entry(target, target_name, directory, "--target")
        _write(directory, name, entries, policy)
    except OSError as error:
        raise StoreError(str(directory), f"cannot be written ({error.strerror})", "choose another folder") from None
    personal = sum(verdict.personal for each in verdicts.values() for verdict in each)
    if json_:
        as_json({"product": name, "tables": len(schema.tables), "personal_columns": personal})
        return
    tables = f"{len(schema.tables)} table{'s' * (len(schema.tables) != 1)}"
    say(f"{directory} is a project. {tables}; {personal} columns hold personal data.", style="bold")
    say(f"  1. review {directory / 'policies' / name}.yaml: every column is named, comments say what the scan saw")
    say(f"  2. cd {shlex.quote(str(directory))} && anon-assets plan {name}")
    say(f"  3. anon-assets run {name}")


def _write(directory: Path, product: str, databases: dict[str, Any], policy: str) -> None:
    profile_path = directory / "resources" / "local.yaml"
    for folder, text in _READMES.items():
        (directory / folder).mkdir(exist_ok=True)
        _new(directory / folder / "README.md", text)
    if profile_path.exists():
        profile = yaml.safe_load(profile_path.read_text())
        profile["databases"].update(databases)
    else:
        profile = {
            "databases": databases, "kms": {"local": {"path": ".anon/keys"}}, "store": {"local": {"path": ".anon/store"}},
        }  # fmt: skip
    profile_path.write_text(yaml.safe_dump(profile, sort_keys=False, width=200))
    _new(directory / "workspace.yaml", _WORKSPACE)
    _new(directory / ".gitignore", ".anon/\n")
    _new(directory / "checks" / f"{product}.yaml", _CHECKS.format(product=product))
    (directory / "policies" / f"{product}.yaml").write_text(policy)


def _new(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text)
