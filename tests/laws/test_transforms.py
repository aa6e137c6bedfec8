"""Laws that every transform keeps, whatever its parameters: proven on data that hypothesis supplies.

A member joins by existing. Its own test file (``tests/transforms/test_<kind>.py``) may add ``LAW_CASES``, a list of
further parameters to try, and ``LAW_VALUES``, a mapping from logical type to a strategy where only some values have the
right form.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import ipaddress
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anon_assets.columns import as_text, logical_of
from anon_assets.columns import plain as without_encoding
from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.transform import TRANSFORMS, Context, Transform
from anon_assets.encoded import Encoder
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import PlannedColumn, PlannedTable
from anon_assets.sealed import Sealed
from anon_assets.stages.anonymize import TablePass

KEYS = KeyRing("example", {1: Sealed(bytes(32))})
OTHER_KEYS = KeyRing("example", {1: Sealed(b"\x01" * 32)})
MANY = 1_000_000
FEWER = 20_000

_text = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=20)
_dates = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
_moments = st.datetimes()
_decimals = st.decimals(-(10**10), 10**10, places=4, allow_nan=False)
_addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)

#: logical type -> (Arrow type, declared facts, strategy)
CARRIERS = {
    "text": [(pa.string(), {}, _text), (pa.large_string(), {}, _text)],
    "integer": [
        (pa.int16(), {"bits": 16}, st.integers(-(2**15), 2**15 - 1)),
        (pa.int32(), {"bits": 32}, st.integers(-(2**31), 2**31 - 1)),
        (pa.int64(), {"bits": 64}, st.integers(-(2**63), 2**63 - 1)),
    ],
    "decimal": [
        (pa.decimal128(14, 4), {"precision": 14, "scale": 4}, st.decimals(-99, 99, places=4)),
        (pa.decimal128(38, 0), {"precision": 38, "scale": 0}, st.integers(-(10**37), 10**37).map(Decimal)),
        (pa.string(), {}, st.one_of(_decimals.map(lambda d: format(d, "f")), st.just("NaN"))),
    ],
    "float": [(pa.float64(), {}, st.floats()), (pa.float32(), {}, st.floats(width=32))],
    "boolean": [(pa.bool_(), {}, st.booleans())],
    "date": [
        (pa.date32(), {}, _dates),
        (pa.string(), {}, st.one_of(_dates.map(str), st.sampled_from(["infinity", "-infinity"]))),
    ],
    "timestamp": [
        (pa.timestamp("us"), {}, _moments),
        (pa.timestamp("us", "UTC"), {}, _moments.map(lambda moment: moment.replace(tzinfo=dt.UTC))),
        (pa.string(), {}, st.one_of(_moments.map(str), st.sampled_from(["infinity", "-infinity"]))),
    ],
    "time": [(pa.time64("us"), {}, st.times()), (pa.string(), {}, st.times().map(str))],
    "interval": [(pa.string(), {}, st.integers(0, 900).map(lambda days: f"{days} days"))],
    "uuid": [(pa.string(), {}, st.uuids().map(str))],
    "inet": [(pa.string(), {}, _addresses)],
    "json": [(pa.string(), {}, st.dictionaries(st.text("abc", max_size=3), st.integers(0, 9)).map(json.dumps))],
    "enum": [(pa.string(), {"labels": ("low", "middle", "high")}, st.sampled_from(["low", "middle", "high"]))],
    "binary": [(pa.binary(), {}, st.binary(max_size=9)), (pa.large_binary(), {}, st.binary(max_size=9))],
    "array": [
        (pa.list_(pa.string()), {}, st.lists(st.text("abc", max_size=3), max_size=3)),
        (pa.string(), {}, st.lists(st.text("abc", min_size=1, max_size=3)).map(",".join).map("{{{}}}".format)),
    ],
    "other": [(pa.string(), {}, st.integers(0, 99).map(lambda n: f"({n},{n})"))],
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    kind: str
    number: int
    transform: Transform
    logical: str
    arrow: pa.DataType
    column: Column
    values: st.SearchStrategy

    def __str__(self) -> str:
        return f"{self.kind}-{self.number}-{self.logical}-{self.arrow}".replace(" ", "")


def _member_test(kind: str) -> object:
    path = Path(__file__).parent.parent / "transforms" / f"test_{kind}.py"
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location(f"law_cases_of_{kind}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _cases() -> list[Case]:
    found = []
    for member in TRANSFORMS:
        module = _member_test(member.kind())
        own_values = getattr(module, "LAW_VALUES", {})
        for number, parameters in enumerate([member.good.parameters, *getattr(module, "LAW_CASES", [])]):
            transform = member.model_validate(dict(parameters))
            fitting = 0
            for logical, carriers in CARRIERS.items():
                for arrow, facts, strategy in carriers:
                    column = Column("c", logical=logical, **facts)
                    if logical in transform.effects(column).accepts and not list(transform.problems(column)):
                        values = own_values.get(logical, strategy)
                        found.append(Case(member.kind(), number, transform, logical, arrow, column, values))
                        fitting += 1
            assert fitting, f"{member.kind()} with case {number} accepts no column"
    return found


CASES = _cases()


def run(
    case: Case, column: pa.Array, rows: list[str], keys: KeyRing = KEYS, declared: Column | None = None
) -> pa.Array:
    sources = {name: pa.array([f"s{int(row) % 7}" for row in rows], pa.string()) for name in case.transform.needs()}
    domains = dict.fromkeys(sources, "subjects")
    context = Context("s.t.c", declared or case.column, "example", keys, sources, domains)
    if case.transform.effects(context.column).keyed_by_row:  # without that, nobody asks: the context refuses
        context = replace(context, rows=lambda: pl.Series(rows, dtype=pl.String))
    context = learned(case, column, rows, context)
    result = case.transform.apply(column, context)
    if case.transform.effects(context.column).reversible:
        back = case.transform.reverse(result, context)
        assert same(back, column), "what comes back is not what went in"
    return result


def learned(case: Case, column: pa.Array, rows: list[str], context: Context, *cuts: int) -> Context:
    """The context with what the transform learns from the column, cut into batches at these places."""
    if case.transform.effects(context.column).scope not in {"column", "table"}:
        return context
    edges = [0, *sorted(cuts), len(column)]

    def batches() -> Iterator[tuple[pa.Array, Context]]:
        for start, stop in pairwise(edges):
            sources = {name: values[start:stop] for name, values in context.sources.items()}
            ids = pl.Series(rows[start:stop], dtype=pl.String)
            yield column[start:stop], replace(context, sources=sources, rows=lambda ids=ids: ids)

    return replace(context, learnt=case.transform.learn(batches()))


def same(one: pa.Array, other: pa.Array) -> bool:
    """Equal, NaN included."""
    if one.type != other.type or len(one) != len(other):
        return False
    if pa.types.is_floating(one.type):
        return written(one) == written(other)
    return one.equals(other)


def written(column: pa.Array) -> list[str]:
    return [repr(value) for value in column.to_pylist()]


def check_shape(case: Case, column: pa.Array, result: pa.Array) -> None:
    effects = case.transform.effects(case.column)
    assert isinstance(result, pa.Array)
    assert len(result) == len(column)
    result.validate(full=True)
    if effects.result is None:
        assert result.type == column.type
    else:
        assert logical_of(result.type) in {effects.result, "text"}
    was, is_null = pc.is_null(column).to_pylist(), pc.is_null(result).to_pylist()
    assert all(now for before, now in zip(was, is_null, strict=True) if before), "a null became a value"
    if not effects.may_null:
        assert was == is_null
    if effects.preserves_nulls:
        assert was == is_null


def check_effects(case: Case, column: pa.Array, result: pa.Array) -> None:
    effects = case.transform.effects(case.column)
    pairs = [(a, b) for a, b in zip(column.to_pylist(), result.to_pylist(), strict=True) if a is not None]
    if effects.passes:
        assert same(result, column)
    if effects.fixed:
        assert len({repr(b) for _, b in pairs}) <= 1
    if effects.scope == "value":
        images: dict[str, str] = {}
        for a, b in pairs:
            assert images.setdefault(repr(a), repr(b)) == repr(b), "equal values, different results"
    if effects.injective and effects.scope == "value":
        assert len({repr(b) for _, b in pairs}) == len({repr(a) for a, _ in pairs})
    if case.logical == "text":
        if effects.preserves_length:
            assert all(len(a) == len(b) for a, b in pairs)
        if isinstance(effects.max_length, int):
            assert all(b is None or len(b) <= effects.max_length for _, b in pairs)
        elif effects.max_length == "same":
            assert all(b is None or len(b) <= len(a) for a, b in pairs)
    if effects.preserves_order and case.logical not in {"array", "json", "other"}:
        read = Decimal if case.logical == "decimal" else lambda value: value
        numbers = [(read(a), read(b)) for a, b in pairs if b is not None]
        ordered = sorted((pair for pair in numbers if pair[0] == pair[0]), key=lambda pair: pair[0])
        assert all(one[1] <= two[1] for one, two in pairwise(ordered))


@pytest.mark.parametrize("case", CASES, ids=str)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_laws(case: Case, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.one_of(st.none(), case.values), max_size=12))
    column = pa.array(values, case.arrow)
    rows = [str(number) for number in range(len(values))]
    try:
        result = run(case, column, rows)
    except TransformError as error:
        assert all(not text or len(text) < 4 or text not in str(error) for text in as_text(column).to_pylist())
        return  # a value without the form that the transform needs: refused, and not quoted
    effects = case.transform.effects(case.column)
    check_shape(case, column, result)
    check_effects(case, column, result)
    if effects.deterministic:
        assert same(run(case, column, rows), result)
    if effects.scope not in {"value", "row"}:
        check_whole_column(case, column, rows, result, data)
        return
    order = data.draw(st.permutations(range(len(values))))
    places = pa.array(order, pa.int64())
    assert same(run(case, column.take(places), [rows[place] for place in order]), result.take(places))
    cut = data.draw(st.integers(0, len(values)))
    for part in (slice(None, cut), slice(cut, None)):
        piece = column[part.start : part.stop]
        assert same(run(case, piece, rows[part]), result[part.start : part.stop]), "depends on how rows are cut"


def check_whole_column(case: Case, column: pa.Array, rows: list[str], result: pa.Array, data: st.DataObject) -> None:
    """What is learnt does not depend on how the column is cut, nor what is made of it on the batch."""
    cut, learnt_at = (data.draw(st.integers(0, len(column))) for _ in range(2))
    sources = {name: pa.array([f"s{int(row) % 7}" for row in rows], pa.string()) for name in case.transform.needs()}
    domains = dict.fromkeys(sources, "subjects")
    whole = Context("s.t.c", case.column, "example", KEYS, sources, domains, lambda: pl.Series(rows, dtype=pl.String))
    whole = learned(case, column, rows, whole, learnt_at)
    for part in (slice(None, cut), slice(cut, None)):
        ids = pl.Series(rows[part], dtype=pl.String)
        own = {name: values[part.start : part.stop] for name, values in sources.items()}
        context = replace(whole, sources=own, rows=lambda ids=ids: ids)
        made = case.transform.apply(column[part.start : part.stop], context)
        assert same(made, result[part.start : part.stop]), "depends on how rows are cut"


BY_VALUE = [
    (case, planned)
    for case in CASES
    if case.arrow == pa.string() and (planned := PlannedColumn(case.column, (case.transform,), "example")).by_value
]


@pytest.mark.parametrize(("case", "planned"), BY_VALUE, ids=[str(case) for case, _ in BY_VALUE])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_dictionary_encoded_batches_become_what_plain_ones_become(
    case: Case, planned: PlannedColumn, data: st.DataObject
) -> None:
    some = data.draw(st.lists(st.none() | case.values, min_size=1, max_size=8))
    batches = data.draw(st.lists(st.lists(st.sampled_from(some), max_size=8), max_size=5))
    table, encoder = PlannedTable(Table("s", "t", (case.column,)), "copy", (planned,)), Encoder()
    plain, encoded = TablePass(table, KEYS), TablePass(table, KEYS)
    for texts in batches:
        column = pa.array(texts, pa.string())
        try:
            wanted = plain.transform(pa.record_batch({"c": column})).column(0)
        except TransformError:
            with pytest.raises(TransformError):
                encoded.transform(pa.record_batch({"c": encoder.encode(column)}))
            return
        made = encoded.transform(pa.record_batch({"c": encoder.encode(column)})).column(0)
        made.validate(full=True)
        assert pa.types.is_dictionary(made.type) == pa.types.is_string(wanted.type)
        assert same(without_encoding(made), wanted)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_all_null_and_empty_columns(case: Case) -> None:
    for column in (pa.array([], case.arrow), pa.nulls(3, case.arrow)):
        result = run(case, column, ["1", "2", "3"][: len(column)])
        assert result.type == column.type or case.transform.effects(case.column).result is not None
        assert result.null_count == len(result) == len(column)


def many(case: Case) -> int:
    """A million where a key decides which result a value gets; where values merely move, fewer show the same.

    Of dates there are no million that a column of people would hold.
    """
    effects = case.transform.effects(case.column)
    return MANY if effects.needs_key and effects.scope == "value" and case.logical != "date" else FEWER


def distinct_values(case: Case, count: int) -> pa.Array | None:
    """Many distinct values of the case's type; None for a type that has no such number or form of its own."""
    return _distinct(case.logical, case.arrow, count)


@lru_cache(maxsize=4)
def _distinct(logical: str, arrow: pa.DataType, count: int) -> pa.Array | None:
    numbers = range(count)
    step = np.arange(count, dtype=np.int64)
    match logical:
        case "text":
            return pa.array([f"user{n}@shop{n % 7}.test" for n in numbers]).cast(arrow)
        case "uuid":
            return pa.array([str(uuid.UUID(int=n * 2**70 + 5)) for n in numbers])
        case "inet":
            return pa.array([str(ipaddress.IPv4Address(n * 7)) for n in numbers])
        case "integer":
            return None if arrow == pa.int16() else pa.array(step * 9, arrow)
        case "float":
            return pa.array(step.astype(np.float64) / 8).cast(arrow)
        case "date":
            days = pa.array(step.astype(np.int32)).view(pa.date32())
            return days if arrow == pa.date32() else days.cast(pa.string())
        case "timestamp":
            moments = pa.array(step * 61_000_001).view(pa.timestamp("us"))
            return moments.cast(pa.string()) if arrow == pa.string() else moments.cast(arrow)
        case "decimal":
            texts = pa.array(step).cast(pa.string())
            return texts if arrow == pa.string() else texts.cast(arrow)
        case "binary":
            return pa.array(step).cast(pa.string()).cast(pa.binary()).cast(arrow)
    return None


INJECTIVE = [case for case in CASES if case.transform.effects(case.column).injective and case.logical != "boolean"]


@pytest.mark.parametrize("case", INJECTIVE, ids=str)
def test_injective_transforms_do_not_collide_on_many_values(case: Case) -> None:
    module = _member_test(case.kind)
    if case.logical in getattr(module, "LAW_VALUES", {}):
        pytest.skip("needs a form of its own: its member's test shows this")
    count = many(case)
    column = distinct_values(case, count)
    if column is None:
        pytest.skip(f"{case.logical} has no {count} simple values")
    effects = case.transform.effects(case.column)
    if effects.scope == "row":
        pytest.skip("injective together with the row")
    rows = [str(number) for number in range(count)] if effects.scope in {"column", "table"} else ["0"] * count
    result = run(case, column, rows)  # reversed and compared, when it can be
    assert pc.count_distinct(result).as_py() == count


REVERSIBLE = [
    case for case in CASES
    if (effects := case.transform.effects(case.column)).reversible and not effects.injective
]  # fmt: skip


@pytest.mark.parametrize("case", REVERSIBLE, ids=str)
def test_reversible_transforms_give_back_every_one_of_many_values(case: Case) -> None:
    column = distinct_values(case, many(case))
    if column is None or case.logical in getattr(_member_test(case.kind), "LAW_VALUES", {}):
        pytest.skip("needs a form of its own: its member's test shows this")
    run(case, column, ["0"] * len(column))  # reversed and compared


ORDERED = [
    case for case in CASES
    if case.transform.effects(case.column).preserves_order and case.logical not in {"array", "json", "other", "boolean"}
]  # fmt: skip


@pytest.mark.parametrize("case", ORDERED, ids=str)
def test_transforms_that_preserve_order_do_so_for_many_values(case: Case) -> None:
    column = distinct_values(case, FEWER)
    if column is None or case.logical in getattr(_member_test(case.kind), "LAW_VALUES", {}):
        pytest.skip("needs a form of its own: its member's test shows this")
    if pa.types.is_string(column.type) and case.logical in {"integer", "decimal", "float", "inet"}:
        pytest.skip("text in another order than its values")
    column = column.take(pc.sort_indices(column))
    result = pc.drop_null(run(case, column, [str(number) for number in range(len(column))]))
    assert pc.all(pc.less_equal(result[:-1], result[1:])).as_py() is not False


KEYED = [case for case in CASES if case.transform.effects(case.column).needs_key]


@pytest.mark.parametrize("case", KEYED, ids=str)
def test_another_key_gives_other_results(case: Case) -> None:
    module = _member_test(case.kind)
    if case.logical in getattr(module, "LAW_VALUES", {}):
        pytest.skip("needs a form of its own: its member's test shows this")
    column = distinct_values(case, 64)
    if column is None:
        pytest.skip(f"{case.logical} has no simple values")
    rows = [str(number) for number in range(64)]
    assert not same(run(case, column, rows), run(case, column, rows, OTHER_KEYS))


@pytest.mark.parametrize("room", [5, 16, 25, 60])
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.arrow == pa.string() and case.logical == "text"], ids=str
)
def test_results_fit_a_bounded_column(case: Case, room: int) -> None:
    column = replace(case.column, max_length=room)
    effects = case.transform.effects(column)
    if effects.result not in {None, "text"}:
        pytest.skip("yields no text")
    if list(case.transform.problems(column)):
        pytest.skip("the plan refuses this length")
    longest = room if effects.max_length in {"same", None} else effects.max_length
    if longest > room:
        pytest.skip("the plan refuses this length")
    values = pa.array([("ä1-b" * room)[: number % (room + 1)] for number in range(3 * room)])
    rows = [str(number) for number in range(len(values))]
    try:
        result = run(case, values, rows, declared=column)
    except TransformError:
        return  # without the form
    assert (pc.max(pc.utf8_length(result)).as_py() or 0) <= longest


@pytest.mark.parametrize("member", list(TRANSFORMS), ids=lambda member: member.kind())
def test_examples(member: type[Transform]) -> None:
    good, bad = member.good, member.bad
    assert good.note and bad.note and member.title
    transform = member.model_validate(dict(good.parameters))
    accepts = transform.effects(Column("c")).accepts
    logical = logical_of(good.type) if logical_of(good.type) in accepts else min(accepts)
    before = pa.array(good.before, good.type)
    case = Case(member.kind(), 0, transform, logical, good.type, Column("c", logical=logical), st.none())
    result = run(case, before, [str(number) for number in range(len(before))])
    assert good.after is not None, "a good example shows its exact result"
    assert result.to_pylist() == pa.array(good.after, result.type).to_pylist()
    member.model_validate(dict(bad.parameters))  # it can be written; that it should not is what the note says


@pytest.mark.parametrize("member", list(TRANSFORMS), ids=lambda member: member.kind())
def test_declarations(member: type[Transform]) -> None:
    assert member.__doc__, "a class docstring is the member's reference"
    for name, field in member.model_fields.items():
        assert field.description, f"{member.kind()}.{name} has no description"
    module = importlib.import_module(member.__module__)
    assert member.__name__ in module.__all__
