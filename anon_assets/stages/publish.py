"""Stage publish: what was attested, and nothing else, becomes visible in each target, whole or not at all."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
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
from anon_assets.stages.anonymize import word_lists
from anon_assets.stages.attestation import verify_attestation
from anon_assets.stages.data_keys import open_keys
from anon_assets.stages.encrypted_parquet import read_batches, sha256_of
from anon_assets.stages.prefetching import prefetch
from anon_assets.stages.product import Product, Progress, quiet
from anon_assets.stages.signing import sign
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

    Every target is filled before the first one shows anything, so that a target that fails leaves all of them as they
    were.

    Raises: PublishRefused when the attestation does not cover what would be published now; TargetRefused; DatabaseError;
        StoreError. A target either shows the new data set or still the old one.
    """
    if not product.policy.publish:
        raise PublishRefused(product.name, "the policy names no target", "add one under `publish:`")
    expected = expected_results(product.suite, [table.place for table in plan.copied])
    attested = verify_attestation(product, keys, plan, expected)
    done = []
    with ExitStack() as filled:
        shows = []
        for target in product.policy.publish:
            fill = _to_database if target.database is not None else _to_store
            published, show = filled.enter_context(fill(product, keys, plan, target, attested, progress))
            done.append(published)
            shows.append(show)
        _same_keys(product, keys)
        for show in shows:
            show()  # a store shows its directory when the block ends
    if not product.policy.keep_raw:
        remove_raw(product, plan)
    return done


def _same_keys(product: Product, keys: KeyRing) -> None:
    """Two first runs at once may each have made a data key: only the one that was kept can be used again."""
    if open_keys(product).derive("attestation") != keys.derive("attestation"):
        raise PublishRefused(product.name, "refusing to publish: the data keys were replaced meanwhile", "run it again")


def remove_raw(product: Product, plan: Plan) -> None:
    """Remove the encrypted raw rows of every table; their facts and verdicts go with them."""
    for table in plan.tables:
        product.profile.store.remove(product.staged("raw", table.place))


def _manifest(plan: Plan, attested: dict[str, Any], files: dict[str, str]) -> dict[str, Any]:
    return {
        "product": plan.product,
        "anon_assets": __version__,
        "word_lists": word_lists(),
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


@contextmanager
def _to_database(
    product: Product, keys: KeyRing, plan: Plan, target: Publish, attested: dict[str, Any], progress: Progress
) -> Iterator[tuple[Published, Callable[[], None]]]:
    """The filled target, and what shows it; undone when the block ends without that."""
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
        manifest = sign(keys, "manifest", _manifest(plan, attested, {}))
        yield Published(name, database.describe(), rows), lambda: publication.commit(manifest)


def _attested_structure(product: Product, keys: KeyRing, attested: dict[str, Any]) -> Structure:
    scripts = load_structure(product, keys)
    if digest_of(scripts) != attested["structure"]:
        raise PublishRefused(
            product.name, "refusing to publish: the structure changed since validation", "validate again"
        )
    return scripts


@contextmanager
def _to_store(
    product: Product, keys: KeyRing, plan: Plan, target: Publish, attested: dict[str, Any], progress: Progress
) -> Iterator[tuple[Published, Callable[[], None]]]:
    """The filled directory, shown when the block ends well."""
    store: Store = product.profile.store
    name = f"{target.store}/{product.name}"
    with store.stage(name) as folder:
        files = {}
        for table in plan.copied:
            file = folder / f"{urllib.parse.quote(table.place, safe='')}.parquet"
            shown = [each.column.name for each in table.columns if not each.effects.drops]
            rows = _batches(product, keys, table, attested, progress)
            _write_plain(file, (batch.select(shown) for batch in rows))
            with file.open("rb") as opened:
                files[file.name] = sha256_of(opened)
        scripts = _attested_structure(product, keys, attested)
        (folder / STRUCTURE_FILE).write_text(scripts.before + "\n" + scripts.after)
        with (folder / STRUCTURE_FILE).open("rb") as opened:
            files[STRUCTURE_FILE] = sha256_of(opened)
        (folder / MANIFEST_FILE).write_text(sign(keys, "manifest", _manifest(plan, attested, files)))
        yield Published(str(target.store), store.uri(name), dict(attested["rows"])), lambda: None


def _write_plain(file: Path, batches: Iterator[pa.RecordBatch]) -> None:
    first = next(batches)
    with pq.ParquetWriter(file, first.schema, compression="zstd") as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)
