"""Stage publish: what was attested, and nothing else, becomes visible in each target, whole or not at all."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from anon_assets import __version__
from anon_assets.contracts.database import Structure
from anon_assets.contracts.store import Store
from anon_assets.errors import PublishRefused
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import Plan, PlannedTable
from anon_assets.policies.policy import Publish
from anon_assets.stages.attestation import sign, verify_attestation
from anon_assets.stages.encrypted_parquet import read_batches, sha256_of
from anon_assets.stages.prefetching import prefetch
from anon_assets.stages.product import Product, Progress, quiet
from anon_assets.stages.structure import digest_of, load_sequences, load_structure
from anon_assets.stages.targets import apart
from anon_assets.stages.validate import expected_results

__all__ = ["Published", "publish", "remove_raw"]

MANIFEST_FILE, STRUCTURE_FILE = "manifest.json", "structure.sql"


@dataclass(frozen=True, slots=True)
class Published:
    """One target as published: its name, where it lies, and rows by table place."""

    target: str
    uri: str
    rows: dict[str, int]


def publish(product: Product, keys: KeyRing, plan: Plan, progress: Progress = quiet) -> list[Published]:
    """Publish the attested data to every target of the policy.

    Raises: PublishRefused when the attestation does not cover what would be published now; TargetRefused; DatabaseError;
        StoreError. A target either shows the new data set or still the old one.
    """
    if not product.policy.publish:
        raise PublishRefused(product.name, "the policy names no target", "add one under `publish:`")
    expected = expected_results(product.suite, [table.place for table in plan.copied])
    attested = verify_attestation(product, keys, plan, expected)
    done = []
    for target in product.policy.publish:
        if target.database is not None:
            done.append(_to_database(product, keys, plan, target, attested, progress))
        else:
            done.append(_to_store(product, keys, plan, target, attested, progress))
    if not product.policy.keep_raw:
        remove_raw(product, plan)
    return done


def remove_raw(product: Product, plan: Plan) -> None:
    """Remove the encrypted raw rows of every table; their facts and verdicts go with them."""
    for table in plan.tables:
        product.profile.store.remove(product.staged("raw", table.place))


def _manifest(plan: Plan, attested: dict[str, Any], files: dict[str, str]) -> dict[str, Any]:
    return {
        "product": plan.product,
        "anon_assets": __version__,
        "plan": plan.hash,
        "schema": plan.schema.fingerprint,
        "documents": attested["documents"],
        "tables": {table.place: {"rows": attested["rows"][table.place]} for table in plan.copied},
        "files": files,
        "columns": {
            table.place: {each.column.name: each.spelled for each in table.columns} for table in plan.copied
        },
        "checks": attested["results"],
    }  # fmt: skip


def _batches(
    product: Product, keys: KeyRing, table: PlannedTable, attested: dict[str, Any], progress: Progress
) -> Iterator[pa.RecordBatch]:
    """Attested rows: the very file that is streamed is hashed first, so that no other can take its place in between."""
    store, name, rows = product.profile.store, product.staged("anonymized", table.place), 0
    for batch in prefetch(read_batches(store, name, keys, sha256=attested["files"][table.place])):
        yield batch
        rows += batch.num_rows
        progress("publish", table.place, rows)


def _to_database(
    product: Product, keys: KeyRing, plan: Plan, target: Publish, attested: dict[str, Any], progress: Progress
) -> Published:
    name = str(target.database)
    database = product.profile.database(name)
    apart(product.source, database, name)
    scripts = _attested_structure(product, keys, attested)
    rows: dict[str, int] = {}
    with database.publication(product.name) as publication:
        publication.create(scripts.before)
        for table in plan.copied:
            publication.load(table.table, _batches(product, keys, table, attested, progress))
            rows[table.place] = publication.count(table.table)
            if rows[table.place] != attested["rows"][table.place]:
                what = f"{rows[table.place]} rows arrived of {attested['rows'][table.place]}"
                raise PublishRefused(f"{name}: {table.place}", what, "nothing was changed")
        publication.create(scripts.after)
        left_out = set(plan.left_out)
        publication.finish(load_sequences(product, keys), [v for v in plan.schema.views if not left_out & set(v.reads)])
        publication.commit(sign(keys, "manifest", _manifest(plan, attested, {})))
    return Published(name, database.describe(), rows)


def _attested_structure(product: Product, keys: KeyRing, attested: dict[str, Any]) -> Structure:
    scripts = load_structure(product, keys)
    if digest_of(scripts) != attested["structure"]:
        raise PublishRefused(
            product.name, "refusing to publish: the structure changed since validation", "validate again"
        )
    return scripts


def _to_store(
    product: Product, keys: KeyRing, plan: Plan, target: Publish, attested: dict[str, Any], progress: Progress
) -> Published:
    store: Store = product.profile.store
    name = f"{target.store}/{product.name}"
    with store.stage(name) as folder:
        files = {}
        for table in plan.copied:
            file = folder / f"{urllib.parse.quote(table.place, safe='')}.parquet"
            _write_plain(file, _batches(product, keys, table, attested, progress))
            with file.open("rb") as opened:
                files[file.name] = sha256_of(opened)
        scripts = _attested_structure(product, keys, attested)
        (folder / STRUCTURE_FILE).write_text(scripts.before + "\n" + scripts.after)
        with (folder / STRUCTURE_FILE).open("rb") as opened:
            files[STRUCTURE_FILE] = sha256_of(opened)
        (folder / MANIFEST_FILE).write_text(sign(keys, "manifest", _manifest(plan, attested, files)))
    return Published(str(target.store), store.uri(name), dict(attested["rows"]))


def _write_plain(file: Path, batches: Iterator[pa.RecordBatch]) -> None:
    first = next(batches)
    with pq.ParquetWriter(file, first.schema, compression="zstd") as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)
