"""Stage validate: every check over every published table, and an attestation of what they found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
from polars.exceptions import PanicException

from anon_assets.contracts.check import CHECKS, Announced, Check, Result
from anon_assets.errors import StoreError
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import Plan
from anon_assets.policies.suite import Suite
from anon_assets.stages.anonymize import made_from
from anon_assets.stages.attestation import attest, files_now, retract
from anon_assets.stages.encrypted_parquet import read_facts
from anon_assets.stages.evidence import StagedEvidence
from anon_assets.stages.product import Product, Progress, quiet
from anon_assets.stages.scanning import load_verdicts
from anon_assets.stages.structure import digest_of, load_structure

__all__ = ["announced_results", "expected_results", "planned_checks", "validate"]


def planned_checks(suite: Suite, places: Sequence[str]) -> list[tuple[Check, tuple[str, ...]]]:
    """Which checks run on which tables: those that always run, then what the suite asks for.

    Args:
        suite: of the product. places: of the tables whose rows are published.
    """
    planned: list[tuple[Check, tuple[str, ...]]] = [
        (suite.checks.get(member.kind()) or member(), tuple(places)) for member in CHECKS if member.always
    ]
    planned += [(check, (place,)) for place, checks in suite.tables.items() if place in places for check in checks]
    return planned


def expected_results(suite: Suite, places: Sequence[str]) -> list[tuple[str, str]]:
    """(place, check name) of every result that validation must yield."""
    return [(each.table, each.check) for each in announced_results(suite, places)]


def announced_results(suite: Suite, places: Sequence[str]) -> list[Announced]:
    """Every result that validation must yield, with whether it blocks, before anything has run."""
    return [each for check, tables in planned_checks(suite, places) for each in check.announce(tables)]


def validate(product: Product, keys: KeyRing, plan: Plan, progress: Progress = quiet) -> list[Result]:
    """Run every check and attest the results, good or bad. The former attestation is withdrawn first.

    A check that raises, or yields no result for a table it should judge, counts as failed: the run goes on to show all
    results, and nothing can be published.

    Raises: StoreError when staged files are missing or do not belong together.
    """
    retract(product)
    if product.loaded and product.loaded != product.digest:  # a code location lives on while its files are edited
        raise StoreError(
            product.name, "policy or checks were edited since they were loaded", "reload, and run it again"
        )
    _belong_together(product, keys, plan)
    files, structure = files_now(product, plan), digest_of(load_structure(product, keys))
    evidence = StagedEvidence(product, keys, plan, load_verdicts(product, keys, plan), files)
    results: list[Result] = []
    for check, tables in planned_checks(product.suite, evidence.tables):
        progress("validate", check.kind(), len(results))
        results += _judge(check, evidence, tables)
        pa.default_memory_pool().release_unused()  # what one check held is not added to what the next one needs
    attest(product, keys, plan, files, structure, results)
    return results


def _judge(check: Check, evidence: StagedEvidence, tables: Sequence[str]) -> Iterator[Result]:
    wanted = list(check.names(tables))
    try:
        found = {(result.table, result.check): result for result in check.run(evidence, tables)}
        broken = ""
    except (Exception, PanicException) as error:  # noqa: BLE001 fail closed, and keep what the message may quote to ourselves
        found, broken = {}, type(error).__name__
    missing = f"the check did not finish ({broken}); details withheld" if broken else "the check gave no result"
    for place, name in wanted:
        yield found.get((place, name)) or Result(name, place, passed=False, detail=missing)
    yield from (result for key, result in found.items() if key not in wanted)


def _belong_together(product: Product, keys: KeyRing, plan: Plan) -> None:
    """Anonymized files must come from the plan as it is and the raw files as they are."""
    store = product.profile.store
    for table in plan.copied:
        raw = read_facts(store, product.staged("raw", table.place), keys)
        done = read_facts(store, product.staged("anonymized", table.place), keys)
        if done.made_from != made_from(plan, raw, keys):
            what = "its anonymized rows are older than its raw rows, the policy or the schema"
            raise StoreError(table.place, what, "materialize its anonymized asset, or run the product")
