"""What the last scan of a product found, so that unchanged tables need not be read again and changes can be told.

A table's verdicts are taken over only while everything that led to them is the same: each row's version (see
``Snapshot.fingerprint``), the database and server, the table's declaration, the columns read, and every file and library
that detecting runs through. In doubt the table is read again.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import anon_assets
from anon_assets.contracts.database import Snapshot, Table
from anon_assets.contracts.detector import Detector, Verdict
from anon_assets.errors import PublishRefused, StoreError
from anon_assets.keys import KeyRing
from anon_assets.stages.product import Product
from anon_assets.stages.signing import sign, verify_signature

__all__ = ["Memory", "detecting_version", "table_mark"]

_FILE, _PURPOSE = "survey.json", "survey"
_LIBRARIES = ("google-re2", "phonenumbers", "polars", "pyarrow", "python-stdnum", "numpy")


@cache
def _code_version() -> str:
    """SHA-256 over all files of this package, and the versions of the libraries that judge values."""
    digest = hashlib.sha256()
    folder = Path(anon_assets.__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    for name in _LIBRARIES:
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    return digest.hexdigest()


def detecting_version(detectors: Iterable[Detector], files: Iterable[str] = ()) -> str:
    """A text that changes whenever the same rows might be judged otherwise.

    Args:
        detectors: in use; those of other packages count with that package's version.
        files: of detectors without code.

    Raises: OSError for a file that is not there.
    """
    digest = hashlib.sha256(_code_version().encode())
    packages = importlib.metadata.packages_distributions()
    for each in detectors:
        module = type(each).__module__
        versions = [importlib.metadata.version(name) for name in packages.get(module.partition(".")[0], ())]
        own = getattr(each, "declaration", "")  # of a user's detector, with the files of words that it names
        digest.update(json.dumps([each.kind(), module, versions, own]).encode())
    for name in files:
        digest.update(hashlib.sha256(Path(name).read_bytes()).digest())
    return digest.hexdigest()


def table_mark(snapshot: Snapshot, identity: str, table: Table, columns: Sequence[str], version: str) -> str:
    """What the verdicts on a whole table depend on, as a digest; empty where the database cannot tell.

    Args:
        snapshot: of the source. identity: of the database. table: as introspected. columns: names of those read.
        version: from ``detecting_version``.

    Raises: DatabaseError.
    """
    rows = snapshot.fingerprint(table)
    if not rows:
        return ""
    declared = asdict(table)
    for estimated in (declared, *declared["columns"]):
        del estimated["rows"]
    facts = [rows, identity, declared, list(columns), version]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


class Memory:
    """The last scan of one product, kept in its store under its key's signature: names, counts and digests.

    Args:
        product: whose. keys: its keys.
        fresh: what is remembered of tables counts for comparison only; every table is read.

    Raises: StoreError when the store cannot be read. A file that is damaged or was signed by another key is as none.
    """

    def __init__(self, product: Product, keys: KeyRing, *, fresh: bool = False) -> None:
        self._product, self._keys, self._fresh = product, keys, fresh
        self._tables: dict[str, tuple[str, list[Verdict]]] = {}
        self._noted: dict[str, tuple[str, list[Verdict]]] = {}
        self.last: Mapping[str, Sequence[Verdict]] | None = None
        self._load()

    def _load(self) -> None:
        store, name = self._product.profile.store, self._product.staged(_PURPOSE)
        if _FILE not in store.files(name):
            return
        with store.open(name, _FILE) as file:
            text = file.read().decode(errors="replace")
        try:
            told = verify_signature(self._keys, _PURPOSE, text)
            tables = {place: (str(each["mark"]), _verdicts(each["raw"])) for place, each in told["tables"].items()}
            last = {place: _verdicts(each) for place, each in told["last"].items()}
        except (PublishRefused, KeyError, TypeError, AttributeError):
            return
        self._tables, self.last = tables, last

    def recall(self, place: str, mark: str) -> list[Verdict] | None:
        """The verdicts on a table when it bears the same mark as then; None when it is to be read."""
        known = self._tables.get(place)
        if self._fresh or not mark or known is None or known[0] != mark:
            return None
        return list(known[1])

    def note(self, place: str, mark: str, verdicts: Sequence[Verdict]) -> None:
        """Take in the verdicts on a table, before its neighbours are heard. An empty mark is never recalled."""
        self._noted[place] = (mark, list(verdicts))

    def keep(self, verdicts: Mapping[str, Sequence[Verdict]]) -> None:
        """Write what was noted, and the verdicts as they were told. Raises: StoreError."""
        content = {
            "tables": {
                place: {"mark": mark, "raw": [each.to_dict() for each in raw]}
                for place, (mark, raw) in self._noted.items()
            },
            "last": {place: [each.to_dict() for each in found] for place, found in verdicts.items()},
        }
        name = self._product.staged(_PURPOSE)
        try:
            with self._product.profile.store.stage(name) as folder:
                (folder / _FILE).write_text(sign(self._keys, _PURPOSE, content))
        except OSError as error:
            raise StoreError(name, f"cannot be written ({error.strerror})") from None


def _verdicts(told: Sequence[Mapping[str, Any]]) -> list[Verdict]:
    return [Verdict.from_dict(each) for each in told]
