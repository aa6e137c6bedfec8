"""Transforms for those without a database: a frame in, a frame of the same kind out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa

from anon_assets.columns import logical_of
from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.transform import TRANSFORMS, Transform
from anon_assets.errors import UsageError
from anon_assets.findings import Finding, near, raise_errors
from anon_assets.frames import columns_of, rebuilt
from anon_assets.keys import DATA_KEY_BYTES, KeyRing
from anon_assets.policies.fitting import fit_chain
from anon_assets.policies.plan import PlannedColumn, PlannedTable
from anon_assets.policies.steps import reverse_step
from anon_assets.sealed import Sealed
from anon_assets.stages.anonymize import transform_batch
from anon_assets.stages.learning import contexts, learn_table
from anon_assets.stages.row_identity import RowIdentity

__all__ = ["apply", "reverse"]

Key = bytes | Sealed | KeyRing | None
_BATCH_ROWS = 1 << 20  # large, for the distinct values of a column are worked on once per batch
_PRODUCT = "frame"


def apply(
    frame: Any,
    columns: Mapping[str, Any],
    *,
    key: Key = None,
    rest: Literal["refuse", "keep", "null", "drop"] = "refuse",
    domains: Mapping[str, str] | None = None,
    identity: Sequence[str] = (),
) -> Any:
    """Anonymize a frame.

    Args:
        frame: ``pyarrow.Table`` or ``RecordBatch``, ``pandas.DataFrame`` or ``polars.DataFrame``.
        columns: column name to what a policy would say of it: a kind (``"null"``), a kind with parameters
            (``{"mask": {"last": 4}}``), a list of those, or ``Transform`` objects.
        key: 32 bytes (sealed or not) or a key ring; needed as soon as a transform derives from a key. Equal keys give
            equal results.
        rest: what happens to columns that are not named.
        domains: linkage domain by column; its own name otherwise. Columns of one domain, in whatever frame, map equal
            values to equal values.
        identity: columns that tell rows apart, for transforms keyed by row; all columns otherwise, equal rows then being
            told apart by their order among themselves.

    Returns: a frame of the same class, with the same rows, order and index.
    Raises: FindingsError with every unknown name, kind, parameter and misfit; UsageError for a frame or key that is none;
        TransformError for values without the form that a transform needs. None of them quotes a value.

    >>> import pyarrow as pa
    >>> people = pa.table({"name": ["Ada", "Grace"], "age": [36, 85]})
    >>> apply(people, {"name": {"mask": {"first": 1}}}, rest="keep").to_pydict()
    {'name': ['A**', 'G****'], 'age': [36, 85]}
    """
    arrays = columns_of(frame)
    chains = _chains(columns)
    if rest not in {"refuse", "keep", "null", "drop"}:
        raise UsageError("rest", "not a way to treat the rest", near(str(rest), ["refuse", "keep", "null", "drop"]))
    open_columns = [name for name in arrays if name not in chains]
    if rest in {"null", "drop"}:
        chains |= {name: (TRANSFORMS.load(rest)(),) for name in open_columns}
    findings = [] if rest != "refuse" else [
        Finding("error", "unnamed-column", name, "columns does not name it", 'name it, or give rest="keep"')
        for name in open_columns
    ]  # fmt: skip
    table = _planned(arrays, chains, domains or {}, identity, findings)
    keys = _keys(key, table)

    def batches() -> Iterator[pa.RecordBatch]:
        return _batches(arrays)

    learnt = learn_table(table, batches, keys)
    order = RowIdentity(table.table, keys)
    done = [transform_batch(table, batch, keys, order, learnt) for batch in batches()]
    dropped = [each.column.name for each in table.columns if each.effects.drops]
    made = {
        each.column.name: pa.chunked_array([batch.column(number) for batch in done])
        for number, each in enumerate(table.columns)
    }
    return rebuilt(frame, made, dropped)


def reverse(
    frame: Any, columns: Mapping[str, Any], *, key: Key = None, domains: Mapping[str, str] | None = None
) -> Any:
    """Decode what ``apply`` made, for those who hold the key.

    Args:
        frame: any frame with those columns; rows may be fewer and in another order.
        columns: as ``apply`` was given them, those to decode. Others stay as they are.
        key: as ``apply`` was given it. domains: likewise.

    Returns: a frame of the same class.
    Raises: FindingsError for a transform that cannot be reversed; TransformError for values that it cannot have made.

    >>> import pyarrow as pa
    >>> made = apply(pa.table({"id": ["4111 1111"]}), {"id": {"cipher": {}}}, key=bytes(32))
    >>> reverse(made, {"id": {"cipher": {}}}, key=bytes(32)).to_pydict()
    {'id': ['4111 1111']}
    """
    arrays = columns_of(frame)
    chains = _chains(columns)
    table = _planned(arrays, chains, domains or {}, (), [], backwards=True)
    keys = _keys(key, table)
    order = RowIdentity(table.table, keys)
    done: dict[str, list[pa.Array]] = {each.column.name: [] for each in table.columns}
    for batch in _batches(arrays):
        met = contexts(table, batch, keys, order)
        for each in table.columns:
            values, context = met[each.column.name]
            for step in reversed(each.chain):
                values = reverse_step(step, values, context)
            done[each.column.name].append(values)
    return rebuilt(frame, {name: pa.chunked_array(parts) for name, parts in done.items()})


def _chains(columns: Mapping[str, Any]) -> dict[str, tuple[Transform, ...]]:
    chains, findings = {}, []
    for name, spec in columns.items():
        chain = []
        for step in spec if isinstance(spec, list | tuple) else [spec]:
            made, found = (step, []) if isinstance(step, Transform) else TRANSFORMS.parse(step, str(name))
            findings += found
            if made is not None:
                chain.append(made)
        if not chain and not findings:
            findings.append(Finding("error", "malformed", str(name), "an empty list of transforms"))
        chains[str(name)] = tuple(chain)
    raise_errors("columns", findings)
    return chains


def _planned(
    arrays: Mapping[str, pa.ChunkedArray], chains: Mapping[str, tuple[Transform, ...]], domains: Mapping[str, str],
    identity: Sequence[str], findings: list[Finding], *, backwards: bool = False,
) -> PlannedTable:  # fmt: skip
    facts = {name: _column(name, array) for name, array in arrays.items()}
    for what, names in (("columns", chains), ("domains", domains), ("identity", identity)):
        findings += [
            Finding("error", "unknown-column", str(name), f"{what} names it and the frame has no such column",
                    near(str(name), facts))
            for name in names if name not in facts
        ]  # fmt: skip
    planned = []
    for name, chain in chains.items():
        if name not in facts:
            continue
        column = PlannedColumn(facts[name], chain, domains.get(name, name))
        found, after = fit_chain(chain, facts[name], facts, name)
        findings += [each for each in found if each.severity == "error" and not (backwards and each.code == "type")]
        if backwards and not (after is not None and column.effects.reversible):
            findings.append(Finding("error", "reversible", name, f"{column.spelled} cannot be reversed"))
        planned.append(column)
    raise_errors("columns", findings)
    return PlannedTable(Table("frame", "frame", tuple(facts.values()), tuple(identity)), "copy", tuple(planned))


def _column(name: str, array: pa.ChunkedArray) -> Column:
    kind, element = array.type, None
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        element = logical_of(kind.value_type)
    decimal = pa.types.is_decimal(kind)
    return Column(
        name, str(kind), logical_of(kind), bits=kind.bit_width if pa.types.is_integer(kind) else None, element=element,
        precision=kind.precision if decimal else None, scale=kind.scale if decimal else None, rows=len(array),
    )  # fmt: skip


def _keys(key: Key, table: PlannedTable) -> KeyRing:
    if isinstance(key, KeyRing):
        return key
    if key is None:
        wanting = [each.column.name for each in table.columns if each.effects.needs_key]
        if wanting:
            what = f"a key is needed for {', '.join(wanting)}"
            raise UsageError("key", what, "give key=secrets.token_bytes(32), and keep it where only you can read it")
        return KeyRing(_PRODUCT, {1: Sealed(bytes(DATA_KEY_BYTES))})
    sealed = key if isinstance(key, Sealed) else Sealed(key)
    if len(sealed) != DATA_KEY_BYTES:
        raise UsageError("key", f"a key has {DATA_KEY_BYTES} bytes, this one {len(sealed)}")
    return KeyRing(_PRODUCT, {1: sealed})


def _batches(arrays: Mapping[str, pa.ChunkedArray]) -> Iterator[pa.RecordBatch]:
    """Large batches over all columns; one without rows for a frame without."""
    table = pa.table(dict(arrays))
    if table.num_rows == 0:
        columns = [pa.array([], array.type) for array in arrays.values()]
        yield pa.RecordBatch.from_arrays(columns, names=list(arrays))
        return
    for start in range(0, table.num_rows, _BATCH_ROWS):
        part = table.slice(start, _BATCH_ROWS).combine_chunks()
        yield from part.to_batches()
