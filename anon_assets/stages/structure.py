"""Stage structure: what the source looks like, and the plan that fits it. Upstream of every table."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime

import pyarrow as pa
from pydantic import TypeAdapter

from anon_assets.contracts.database import Schema, Snapshot, Structure
from anon_assets.crypto.envelope import open_sealed, seal
from anon_assets.errors import StoreError
from anon_assets.findings import Finding
from anon_assets.keys import KeyRing
from anon_assets.policies.compiling import accept, compile_plan, refuse_open
from anon_assets.policies.plan import Plan
from anon_assets.stages.planning import plan_product
from anon_assets.stages.product import Product
from anon_assets.stages.scan import text_hits

__all__ = ["digest_of", "load_plan", "load_sequences", "load_structure", "stage_structure"]

_PLAN, _SCRIPTS = "plan.json", "structure.sealed"
_SCHEMAS = TypeAdapter(Schema)


def stage_structure(product: Product, keys: KeyRing, snapshot: Snapshot) -> Plan:
    """Introspect, compile the plan, export the structure, and keep all of it in the store.

    The scripts are sealed: a default or a function body may quote data.

    Returns: the plan. Raises: FindingsError before anything is written; DatabaseError; StoreError.
    """
    schema = snapshot.schema()
    plan = plan_product(product, schema)
    _remove_forgotten(product, plan)
    structure = snapshot.structure(plan.left_out)
    _refuse_personal(product, structure)
    content = {
        "schema": asdict(schema),
        "before": structure.before,
        "after": structure.after,
        "sequences": dict(snapshot.sequences()),
    }
    with product.profile.store.stage(product.staged("structure")) as folder:
        blob = seal(keys.derive("structure"), json.dumps(content).encode(), product.name.encode())
        (folder / _SCRIPTS).write_bytes(blob)
        (folder / _PLAN).write_text(json.dumps(plan.to_dict(), indent=1, sort_keys=True))
    return plan


def _remove_forgotten(product: Product, plan: Plan) -> None:
    """Rows staged for tables that the plan no longer copies do not stay behind."""
    store, copied = product.profile.store, {table.place for table in plan.copied}
    for stage in ("raw", "anonymized", "scan", "learnt"):
        for name in store.list(product.staged(stage)):
            if name.removeprefix(product.staged(stage) + "/") not in copied:
                store.remove(name)


def _refuse_personal(product: Product, structure: Structure) -> None:
    """Personal data written into the structure (a comment, a default, a function body) stops until it is accepted."""
    lines = pa.array(f"{structure.before}\n{structure.after}".splitlines(), pa.string())
    hint = "take it out of the source's comments, defaults, views or functions, or accept the fingerprint in the policy"
    findings = [
        Finding("warning", "personal-structure", f"structure.{entity}", f"{count} lines read as {entity}", hint)
        for entity, count in text_hits(lines).items()
    ]
    _, left = accept(product.policy, findings, datetime.now(UTC).date())
    refuse_open(product.name, left)


def _content(product: Product, keys: KeyRing) -> dict[str, object]:
    store, name = product.profile.store, product.staged("structure")
    if not store.files(name):
        raise StoreError(
            product.name, "its structure was never read", "materialize the structure asset, or run the product"
        )
    with store.open(name, _SCRIPTS) as file:
        blob = file.read()
    content: dict[str, object] = json.loads(open_sealed(keys.derive("structure"), blob, product.name.encode()))
    return content


def load_plan(product: Product, keys: KeyRing) -> Plan:
    """The policy as it is now, compiled against the schema as it was last read.

    Raises: StoreError when the structure was never read; FindingsError when the policy no longer fits it.
    """
    schema = _SCHEMAS.validate_python(_content(product, keys)["schema"])
    return compile_plan(product.policy, schema, datetime.now(UTC).date())


def load_structure(product: Product, keys: KeyRing) -> Structure:
    """The exported scripts. Raises: StoreError."""
    content = _content(product, keys)
    return Structure(str(content["before"]), str(content["after"]))


def digest_of(structure: Structure) -> str:
    """SHA-256 over both scripts, in hex."""
    return hashlib.sha256(json.dumps([structure.before, structure.after]).encode()).hexdigest()


def load_sequences(product: Product, keys: KeyRing) -> dict[str, int]:
    """Sequence names and their next values. Raises: StoreError."""
    found = _content(product, keys)["sequences"]
    return dict(found) if isinstance(found, dict) else {}
