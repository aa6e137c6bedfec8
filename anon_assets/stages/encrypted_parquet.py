"""Parquet files that only the product's key opens (Parquet Modular Encryption, AES-256-GCM, footer included).

One record batch becomes one row group, so that two files written from the same batches are cut alike, row for row.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anon_assets.contracts.store import Store
from anon_assets.errors import PublishRefused, StoreError
from anon_assets.keys import KeyRing
from anon_assets.stages.signing import sign, verify_signature

__all__ = ["DATA_FILE", "FACTS_FILE", "Facts", "read_batches", "read_facts", "sha256_of", "write_batches"]

DATA_FILE, FACTS_FILE = "data.parquet", "facts.json"
_MASTER = "data"
_MOST_TEXT = 2**31 - 1  # bytes of a text column with offsets of 32 bits


@dataclass(frozen=True, slots=True)
class Facts:
    """What a staged table is, beside its file.

    Args:
        place: ``schema.table``.
        rows: in the file. source_rows: as the database counted them in the same snapshot.
        sha256: of the file.
        made_from: what it depends on: the plan's hash for raw rows, plan hash and raw file hash for anonymized ones.
        structure: fingerprint of the source schema.
    """

    place: str
    rows: int
    source_rows: int
    sha256: str
    made_from: str = ""
    structure: str = ""


class _Wrapping(pe.KmsClient):  # type: ignore[misc]
    """Wraps Parquet's own file keys under a sub-key of the product, which stays in memory."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = AESGCM(key)

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> bytes:
        nonce = secrets.token_bytes(12)
        return base64.b64encode(nonce + self._key.encrypt(nonce, key_bytes, master_key_identifier.encode()))

    def unwrap_key(self, wrapped_key: bytes, master_key_identifier: str) -> bytes:
        wrapped = base64.b64decode(wrapped_key)  # Parquet keeps it as text
        try:
            return self._key.decrypt(wrapped[:12], wrapped[12:], master_key_identifier.encode())
        except InvalidTag:
            raise OSError("another key") from None


def _factory(keys: KeyRing, name: str) -> pe.CryptoFactory:
    """Files of another stage or table have another key: none can stand in for another."""
    key = keys.derive("staged files", name).reveal()
    return pe.CryptoFactory(lambda _config: _Wrapping(key))


def sha256_of(file: BinaryIO) -> str:
    """SHA-256 of a whole file, in hex."""
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # every store gives readinto


def write_batches(
    folder: Path, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], keys: KeyRing, **facts: Any
) -> Facts:
    """Write one table into a staging folder, encrypted, with its facts.

    Args:
        folder: from ``Store.stage``. name: what was given to it; the file opens under no other.
        schema: Arrow schema of the batches.
        batches: streamed; one is held at a time.
        keys: of the product.
        facts: the fields of ``Facts`` but ``rows`` and ``sha256``.

    Raises: what the batches raise; StoreError for more text in a column of a batch than can be read again; OSError, which
        ``Store.stage`` turns into a StoreError.
    """
    encryption = pe.EncryptionConfiguration(footer_key=_MASTER, uniform_encryption=True, data_key_length_bits=256)
    properties = _factory(keys, name).file_encryption_properties(pe.KmsConnectionConfig(), encryption)
    rows = 0
    with pq.ParquetWriter(
        folder / DATA_FILE, schema, compression="zstd", encryption_properties=properties, use_dictionary=True,
        write_statistics=False,
    ) as writer:  # fmt: skip
        for batch in batches:
            if batch.num_rows:
                _check_size(batch, facts["place"])
                writer.write_batch(batch, row_group_size=batch.num_rows)
                rows += batch.num_rows
    with (folder / DATA_FILE).open("rb") as file:
        written = Facts(rows=rows, sha256=sha256_of(file), **facts)
    (folder / FACTS_FILE).write_text(sign(keys, f"facts of {name}", asdict(written)))
    return written


def read_facts(store: Store, name: str, keys: KeyRing) -> Facts:
    """The facts of a staged table. Raises: StoreError when it is not there, damaged, or not signed by us."""
    with store.open(name, FACTS_FILE) as file:
        content = file.read()
    try:
        return Facts(**verify_signature(keys, f"facts of {name}", content.decode(errors="replace")))
    except (PublishRefused, TypeError):
        what = "its facts file is damaged, or was written under another key"
        raise StoreError(store.uri(name), what, "materialize it anew") from None


def read_batches(
    store: Store, name: str, keys: KeyRing, columns: Sequence[str] | None = None, sha256: str | None = None,
    *, encoded: bool = False,
) -> Iterator[pa.RecordBatch]:  # fmt: skip
    """Stream a staged table, one row group at a time.

    Args:
        store: where it lies. name: its name there.
        keys: of the product.
        columns: names in the wanted order; all when None.
        sha256: the digest that the file must have, verified on the opened file before the first batch.
        encoded: columns that were written dictionary-encoded come so; else without.

    Raises: StoreError when it is not there, was changed, or was written under another key.
    """
    properties = _factory(keys, name).file_decryption_properties(pe.KmsConnectionConfig())
    with store.open(name, DATA_FILE) as source:
        if sha256 is not None and sha256_of(source) != sha256:
            raise StoreError(store.uri(name), "is not the file that was checked", "anonymize and validate again")
        source.seek(0)
        try:
            with pq.ParquetFile(source, decryption_properties=properties) as file:
                wanted = list(columns) if columns is not None else file.schema_arrow.names
                schema = pa.schema([file.schema_arrow.field(column) for column in wanted])
                handed = schema if encoded else _without_encoding(schema)
                if file.num_row_groups == 0:
                    yield pa.RecordBatch.from_arrays([pa.array([], field.type) for field in handed], schema=handed)
                for group in range(file.num_row_groups):
                    table = file.read_row_group(group, columns=wanted).select(wanted)
                    yield from table.cast(handed).combine_chunks().to_batches()
        except (OSError, pa.ArrowException, KeyError):
            hint = "materialize it anew; if the key files were replaced, restore them"
            raise StoreError(store.uri(name), "cannot be opened: damaged, or written under another key", hint) from None


def _without_encoding(schema: pa.Schema) -> pa.Schema:
    encoded = (pa.types.is_dictionary(field.type) for field in schema)
    fields = [
        field.with_type(field.type.value_type) if odd else field for field, odd in zip(schema, encoded, strict=True)
    ]
    return pa.schema(fields, schema.metadata)


def _check_size(batch: pa.RecordBatch, place: str) -> None:
    """Refuse encoded text that offsets of 32 bits could not hold without encoding. Raises: StoreError."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if not pa.types.is_dictionary(column.type) or not pa.types.is_string(column.type.value_type):
            continue
        lengths = pc.binary_length(column.dictionary)
        if (pc.max(lengths).as_py() or 0) * len(column) <= _MOST_TEXT:
            continue
        if (pc.sum(lengths.take(column.indices)).as_py() or 0) > _MOST_TEXT:
            raise StoreError(f"{place}.{name}", f"{len(column):,} rows of it hold more than 2 GiB of text")
