"""The plan of a product: its policy and its checks, both held against a schema, with all errors at once."""

from __future__ import annotations

from datetime import UTC, datetime

from anon_assets.contracts.database import Schema
from anon_assets.errors import FindingsError
from anon_assets.findings import raise_errors
from anon_assets.policies.compiling import compile_plan
from anon_assets.policies.plan import Plan
from anon_assets.policies.suite import check_suite
from anon_assets.stages.product import Product

__all__ = ["plan_product"]


def plan_product(product: Product, schema: Schema) -> Plan:
    """Compile the policy and hold the checks against the schema.

    Raises: FindingsError with every error of both files.
    """
    found = [finding for finding in check_suite(product.suite, schema) if finding.severity == "error"]
    try:
        plan = compile_plan(product.policy, schema, datetime.now(UTC).date())
    except FindingsError as error:
        if not found:
            raise
        lines = [*error.lines, *(str(finding) for finding in found)]
        raise FindingsError(product.name, f"{len(lines)} findings in policy and checks", lines) from None
    raise_errors(f"checks/{product.name}.yaml", found)
    return plan
