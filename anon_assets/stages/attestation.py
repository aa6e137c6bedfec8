"""The attestation: a MAC'd statement of which files were checked, under which policy, with which results.

Publishing believes nothing else. Whoever edits a staged file, the policy or a result after validation breaks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anon_assets.contracts.check import Result
from anon_assets.errors import PublishRefused
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import Plan
from anon_assets.stages.encrypted_parquet import DATA_FILE, read_facts, sha256_of
from anon_assets.stages.product import Product
from anon_assets.stages.signing import sign, verify_signature

__all__ = ["attest", "files_now", "retract", "verify_attestation"]

_FILE = "attestation.json"


def files_now(product: Product, plan: Plan) -> dict[str, str]:
    """SHA-256 of every anonymized file as it lies there now, by place. Raises: StoreError when one is missing."""
    store, found = product.profile.store, {}
    for table in plan.copied:
        with store.open(product.staged("anonymized", table.place), DATA_FILE) as file:
            found[table.place] = sha256_of(file)
    return found


def attest(
    product: Product, keys: KeyRing, plan: Plan, files: dict[str, str], structure: str, results: Sequence[Result]
) -> None:
    """Write the attestation.

    Args:
        product, keys, plan: what was validated.
        files: from ``files_now`` *before* the checks ran, so that a change during them shows.
        structure: ``digest_of`` the scripts, from before the checks as well.
        results: of every check.
    """
    content = {
        "product": product.name,
        "plan": plan.hash,
        "documents": product.digest,
        "files": files,
        "structure": structure,
        "rows": {
            table.place: read_facts(product.profile.store, product.staged("anonymized", table.place), keys).rows
            for table in plan.copied
        },
        "results": [result.to_dict() for result in results],
    }
    with product.profile.store.stage(product.staged("attestation")) as folder:
        (folder / _FILE).write_text(sign(keys, "attestation", content))


def retract(product: Product) -> None:
    """Withdraw the attestation: nothing can be published until validation has passed again."""
    product.profile.store.remove(product.staged("attestation"))


def verify_attestation(
    product: Product, keys: KeyRing, plan: Plan, expected: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """The attestation, when it covers exactly what would be published now.

    Args:
        product, keys, plan: as they are now.
        expected: (place, check name) of every result that must be there; a missing one counts as failed.

    Raises: PublishRefused saying which part does not hold.
    """
    store, name = product.profile.store, product.staged("attestation")

    def refuse(what: str, hint: str) -> PublishRefused:
        return PublishRefused(product.name, f"refusing to publish: {what}", hint)

    if not store.files(name):
        raise refuse("the data was not validated", "materialize the validated assets, or run the product")
    with store.open(name, _FILE) as file:
        content = verify_signature(keys, "attestation", file.read().decode(errors="replace"))
    if content.get("product") != product.name:
        raise refuse("the attestation is of another product", "validate again")
    if content.get("documents") != product.digest or content.get("plan") != plan.hash:
        raise refuse("policy, checks or schema changed since validation", "anonymize and validate again")
    files = files_now(product, plan)
    changed = sorted(place for place in {*files, *content["files"]} if files.get(place) != content["files"].get(place))
    if changed:
        raise refuse(f"staged data changed since validation: {', '.join(changed)}", "anonymize and validate again")
    results = {(each["table"], each["check"]): each for each in content["results"]}
    missing = [key for key in expected if key not in results]
    if missing:
        raise refuse(
            f"{len(missing)} checks have no result, {missing[0][1]} on {missing[0][0]} for one", "validate again"
        )
    failed = [each for each in content["results"] if not each["passed"] and each["severity"] == "error"]
    if failed:
        names = ", ".join(sorted({f"{each['check']} on {each['table']}" for each in failed})[:6])
        raise refuse(f"failed checks: {names}", "see the check results, correct the policy, run again")
    return content
