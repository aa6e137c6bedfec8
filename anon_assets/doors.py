"""Transforms for those without a database: a frame in, a frame of the same kind out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import polars as pl
import pyarrow as pa

from anon_assets.columns import is_list, logical_of, plain
from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.transform import TRANSFORMS, Transform
from anon_assets.errors import TransformError, UsageError
from anon_assets.findings import Finding, near, raise_errors
from anon_assets.frames import columns_of, has_index, names_of, rebuilt
from anon_assets.guarding import own_errors
from anon_assets.keys import DATA_KEY_BYTES, KeyRing
from anon_assets.policies.fitting import fit_chain
from anon_assets.policies.plan import PlannedColumn, PlannedTable
from anon_assets.policies.steps import reads, reverse_step
from anon_assets.sealed import Sealed
from anon_assets.stages.anonymize import TablePass
from anon_assets.stages.learning import contexts, learn_table
from anon_assets.stages.row_identity import RowIdentity

__all__ = ["apply", "reverse"]

Key = bytes | Sealed | KeyRing | None
_BATCH_ROWS = 1 << 20  # large, for the distinct values of a column are worked on once per batch
_PRODUCT = "frame"
_REST = ("refuse", "keep", "null", "drop")


def _failed(kind: str) -> TransformError:
    return TransformError("frame", f"failed ({kind})", "look at the types of its columns")


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
        identity: columns that tell every row apart, for transforms keyed by row; all columns otherwise, equal rows then
            being told apart by their order among themselves.

    Text columns that come dictionary-encoded (categoricals, enums) stay so, and only the values that they use are worked on.

    Returns: a frame of the same class, with the same rows and order. A pandas index, attributes and schema metadata belong
        to no column: they are kept with ``rest="keep"``; otherwise an index with values of its own is refused and the
        others are left out.
    Raises: FindingsError with every unknown name, kind, parameter and misfit; UsageError for a frame or key that is none;
        TransformError for values without the form that a transform needs. None of them quotes a value.

    >>> import pyarrow as pa
    >>> people = pa.table({"name": ["Ada", "Grace"], "age": [36, 85]})
    >>> apply(people, {"name": {"mask": {"first": 1}}}, rest="keep").to_pydict()
    {'name': ['A**', 'G****'], 'age': [36, 85]}
    """
    names, (chains, findings) = names_of(frame), _chains(columns)
    _check(domains, identity)
    if rest not in _REST:
        raise UsageError("rest", "not a way to treat the rest", near(str(rest), _REST))
    read = {name for chain in chains.values() for step in chain for name in reads(step)}
    open_columns = [name for name in names if name not in chains]
    if rest != "refuse":  # of what is kept, no more is asked than others read
        named = open_columns if rest != "keep" else [name for name in open_columns if name in read]
        chains |= {name: (TRANSFORMS.load(rest)(),) for name in named}
    findings += [] if rest != "refuse" else [
        Finding("error", "unnamed-column", name, "columns does not name it", 'name it, or give rest="keep"')
        for name in open_columns
    ]  # fmt: skip
    if rest != "keep" and has_index(frame):
        hint = (
            'make it a column with reset_index() and name it, drop it with reset_index(drop=True), or give rest="keep"'
        )
        findings.append(Finding("error", "unnamed-column", "index", "the index holds values of its own", hint))
    with own_errors(_failed):
        arrays, table = _planned(frame, names, chains, domains or {}, identity, findings)
        keys = _keys(key, table)
        _check_identity(table, arrays, keys)
        learnt = learn_table(table, lambda: _batches(arrays), keys)
        transform = TablePass(table, keys, learnt).transform
        done = [transform(batch) for batch in _batches(arrays)]
        made = {
            each.column.name: pa.chunked_array([batch.column(number) for batch in done])
            for number, each in enumerate(table.columns)
            if not each.effects.passes  # what is kept is handed back as it is
        }
        dropped = [each.column.name for each in table.columns if each.effects.drops]
        return rebuilt(frame, made, dropped, whole=rest == "keep")


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
    names, (chains, findings) = names_of(frame), _chains(columns)
    _check(domains, ())
    with own_errors(_failed):
        arrays, table = _planned(frame, names, chains, domains or {}, (), findings, backwards=True)
        keys = _keys(key, table)
        order = RowIdentity(table.table, keys)
        done: dict[str, list[pa.Array]] = {each.column.name: [] for each in table.columns}
        for batch in _batches(arrays):
            met = contexts(table, batch, keys, order)
            for each in table.columns:
                context = met[each.column.name]
                values = context.sources[each.column.name]
                for step, facts in zip(reversed(each.chain), reversed(each.facts), strict=True):
                    values = reverse_step(step, values, replace(context, column=facts))
                done[each.column.name].append(values)
        return rebuilt(frame, {name: pa.chunked_array(parts) for name, parts in done.items()})


def _check(domains: object, identity: object) -> None:
    """Refuse what is not of the documented form. Raises: UsageError."""
    told = domains.items() if isinstance(domains, Mapping) else [("", domains)] if domains is not None else []
    if not all(isinstance(text, str) for pair in told for text in pair):
        raise UsageError("domains", "not a linkage domain by column", 'give a mapping such as {"email": "address"}')
    if isinstance(identity, str) or not all(isinstance(name, str) for name in identity):  # type: ignore[attr-defined]
        raise UsageError("identity", "not a list of columns", 'give a list such as ["id"]')


def _chains(columns: Mapping[str, Any]) -> tuple[dict[str, tuple[Transform, ...]], list[Finding]]:
    """The transforms of each column, and what was wrong with them: a column may then be without any."""
    if not isinstance(columns, Mapping):
        raise UsageError("columns", "not a transform by column", 'give a mapping such as {"email": "token"}')
    chains: dict[str, tuple[Transform, ...]] = {}
    findings: list[Finding] = []
    for name, spec in columns.items():
        chain, told = [], len(findings)
        for step in spec if isinstance(spec, list | tuple) else [spec]:
            made, found = (step, []) if isinstance(step, Transform) else TRANSFORMS.parse(step, str(name))
            findings += found
            if made is not None:
                chain.append(made)
        if not chain and len(findings) == told:
            findings.append(Finding("error", "malformed", str(name), "an empty list of transforms"))
        chains[str(name)] = tuple(chain)
    return chains, findings


def _planned(
    frame: Any, names: Sequence[str], chains: Mapping[str, tuple[Transform, ...]], domains: Mapping[str, str],
    identity: Sequence[str], findings: list[Finding], *, backwards: bool = False,
) -> tuple[dict[str, pa.ChunkedArray], PlannedTable]:  # fmt: skip
    for what, told in (("columns", chains), ("domains", domains), ("identity", identity)):
        findings += [
            Finding("error", "unknown-column", str(name), f"{what} names it and the frame has no such column",
                    near(str(name), names))
            for name in told if name not in names
        ]  # fmt: skip
    steps = [step for name, chain in chains.items() if name in names for step in chain]
    needed = {*identity, *(name for step in steps for name in reads(step))}
    unread = {name for name, chain in chains.items() if name not in needed and _reads_nothing(chain)}
    held = columns_of(frame, [name for name in names if name in {*chains, *needed}], unread=unread)
    planned = [
        PlannedColumn(_column(name, *held[name]), chain, domains.get(name, name))
        for name, chain in chains.items() if name in held and chain
    ]  # fmt: skip
    for each in planned:
        name = each.column.name
        found, after = fit_chain(each.chain, each.column, names, name)
        findings += [one for one in found if one.severity == "error" and not (backwards and one.code == "type")]
        if backwards and (after is None or not each.effects.reversible or each.learning):
            hint = "what it learnt from the column was not kept" if each.learning else ""
            findings.append(Finding("error", "reversible", name, f"{each.spelled} cannot be reversed", hint))
    raise_errors("columns", findings)
    if not identity and any(each.effects.scope != "value" for each in planned):  # rows are told apart by all they hold
        held |= columns_of(frame, [name for name in names if name not in held or name in unread], untouched=names)
        held = {name: held[name] for name in names}
    facts = tuple(_column(name, *each) for name, each in held.items())
    table = PlannedTable(Table("", "frame", facts, tuple(identity)), "copy", tuple(planned))
    return {name: array for name, (array, _) in held.items()}, table


def _check_identity(table: PlannedTable, arrays: Mapping[str, pa.ChunkedArray], keys: KeyRing) -> None:
    """Rows of one identity would get equal results where none may be equal."""
    if not (table.table.primary_key and any(each.effects.keyed_by_row for each in table.columns)):
        return
    order = RowIdentity(table.table, keys)
    rows = [
        order.of({name: plain(batch.column(name)) for name in table.table.primary_key}) for batch in _batches(arrays)
    ]
    known = pl.DataFrame(np.concatenate([each.to_numpy().reshape(-1, 16) for each in rows]).view(np.uint64))
    if again := len(known) - known.n_unique():
        what = f"{again:,} rows have the values of another one in {', '.join(table.table.primary_key)}"
        raise UsageError("identity", what, "name columns that tell every row apart")


def _reads_nothing(chain: Sequence[Transform]) -> bool:
    return bool(chain) and chain[0].kind() in {"null", "drop"} and chain[0].when is None


def _column(name: str, array: pa.ChunkedArray, former: pa.DataType) -> Column:
    """What transforms are told: the meaning of the Arrow array, the width that results must fit."""
    kind, element = array.type.value_type if pa.types.is_dictionary(array.type) else array.type, None
    narrow = former.value_type if pa.types.is_dictionary(former) else former
    told = str(narrow)
    while is_list(kind):
        element, kind, narrow = logical_of(kind.value_type), kind.value_type, narrow.value_type
    whole, decimal = pa.types.is_integer(kind) and pa.types.is_integer(narrow), pa.types.is_decimal(kind)
    unsigned = whole and not pa.types.is_signed_integer(narrow)
    return Column(
        name, told, logical_of(array.type),
        bits=min(narrow.bit_width, kind.bit_width - unsigned) if whole else None, unsigned=unsigned,
        precision=kind.precision if decimal else None, scale=kind.scale if decimal else None, rows=len(array),
        element=element,
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
    if not isinstance(key, bytes | bytearray | memoryview | Sealed):
        raise UsageError("key", f"a key is bytes, not {type(key).__name__}", "give key=secrets.token_bytes(32)")
    sealed = key if isinstance(key, Sealed) else Sealed(bytes(key))
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
