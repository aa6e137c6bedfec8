from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed
from anon_assets.transforms import shuffle

LAW_CASES = [{"within": "team"}, {"with": "person"}, {"within": ["team", "city"], "with": "person"}]
ZERO = KeyRing("example", {1: Sealed(bytes(32))})


def drawn_bytes(key: bytes, text: str, size: int) -> bytes:
    """The keyed function from its definition: AES-CMAC of the value and a counter."""
    made = b""
    while len(made) < size:
        mac = CMAC(AES(key))
        mac.update(text.encode() + bytes([len(made) // 16 + 1]))
        made += mac.finalize()
    return made[:size]


def words_of(domain: str, row: str, *purpose: str) -> tuple[int, int, int]:
    key = ZERO.derive(domain, "shuffle", *purpose).reveal()
    raw = drawn_bytes(key, row, 32)
    first, second, third = (int.from_bytes(raw[start : start + 8], "big") for start in (0, 8, 16))
    return first, second, third


def shuffled(parameters, columns, rows=None, groups=None, learn_at=(), keys=ZERO):
    """Each column of a table shuffled under the domain of its own name."""
    transform = TRANSFORMS.load("shuffle").model_validate(parameters)
    made = []
    for name, values in columns.items():
        column = pa.array(values)
        ids = pl.Series(rows or list(map(str, range(len(column)))), dtype=pl.String)
        sources = {"team": pa.array(groups)} if groups is not None else {}
        whole = Context(f"s.t.{name}", Column(name), name, keys, sources, rows=lambda ids=ids: ids)
        edges = [0, *learn_at, len(column)]
        parts = [
            (
                column[start:stop],
                replace(
                    whole, sources={k: v[start:stop] for k, v in sources.items()}, rows=lambda i=ids[start:stop]: i
                ),
            )
            for start, stop in pairwise(edges)
        ]
        context = replace(whole, learnt=transform.learn(iter(parts)))
        made.append(transform.apply(column, context).to_pylist())
    return made


def test_the_nth_of_one_order_gets_the_value_of_the_nth_of_the_other() -> None:
    rows = [f"row {number}" for number in range(500)]
    values = [f"value {number}" for number in range(500)]
    (made,) = shuffled({}, {"c": values}, rows)
    drawn = [words_of("c", row, "column") for row in rows]
    one = sorted(range(500), key=lambda at: drawn[at][:2])
    other = sorted(range(500), key=lambda at: drawn[at][2])
    wanted = dict(zip(one, other, strict=True))
    assert made == [values[wanted[at]] for at in range(500)]


def test_values_stay_within_their_groups_and_move_there() -> None:
    groups = [f"g{number % 7}" if number % 11 else None for number in range(2_000)]
    values = list(range(2_000))
    (made,) = shuffled({"within": ["team"]}, {"c": values}, groups=groups)
    assert sorted(made) == values
    assert [groups[value] for value in made] == groups
    assert sum(was == now for was, now in zip(values, made, strict=True)) < 30  # one in each of 8 groups, on average
    (alone,) = shuffled({"within": ["team"]}, {"c": [1, 2, 3]}, groups=["a", "b", "c"])
    assert alone == [1, 2, 3]


def test_columns_of_one_name_keep_their_rows_joined() -> None:
    names, towns = [f"n{number}" for number in range(900)], [f"t{number}" for number in range(900)]
    one, two = shuffled({"with": "person"}, {"name": names, "town": towns})
    assert [name[1:] for name in one] == [town[1:] for town in two] != [name[1:] for name in names]
    (three,) = shuffled({"with": "other"}, {"name": names})
    (four,) = shuffled({}, {"name": names})
    (five,) = shuffled({}, {"town": names})
    assert len({tuple(each) for each in (one, three, four, five)}) == 4


def test_nulls_stay_and_part_only_those_that_would_take_them() -> None:
    count = 3_000
    rng = np.random.default_rng(1)
    gone = rng.random((2, count)) < 0.1
    columns = {name: [None if gone[side, at] else at for at in range(count)] for side, name in enumerate(("a", "b"))}
    both = shuffled({"with": "person"}, columns)
    for made, was in zip(both, columns.values(), strict=True):
        assert [value is None for value in made] == [value is None for value in was]
        assert sorted(value for value in made if value is not None) == [value for value in was if value is not None]
    together = [(one, two) for one, two in zip(*both, strict=True) if one is not None and two is not None]
    (whole,) = shuffled({"with": "person"}, {"c": list(range(count))})
    clear = [at for at in range(count) if not gone[:, at].any() and not gone[:, whole[at]].any()]
    assert all(both[0][at] == both[1][at] == whole[at] for at in clear)
    assert sum(one == two for one, two in together) / len(together) > 0.8


@pytest.mark.parametrize("share", [0.5, 0.999])
def test_many_nulls(share) -> None:
    rng = np.random.default_rng(2)
    values = [None if gone else at for at, gone in enumerate(rng.random(20_000) < share)]
    (made,) = shuffled({}, {"c": values})
    known = [value for value in values if value is not None]
    assert sorted(value for value in made if value is not None) == known
    assert [value is None for value in made] == [value is None for value in values]


def test_every_permutation_is_as_likely() -> None:
    counted = Counter()
    for number in range(3_000):
        keys = KeyRing("example", {1: Sealed(number.to_bytes(32, "big"))})
        counted["".join(shuffled({}, {"c": ["a", "b", "c"]}, keys=keys)[0])] += 1
    assert len(counted) == 6 and all(abs(count - 500) < 4.5 * 500**0.5 for count in counted.values())


def test_the_permutation_does_not_depend_on_batches_or_reading_order() -> None:
    values, rows = list(range(300)), [f"r{number}" for number in range(300)]
    (once,) = shuffled({}, {"c": values}, rows)
    assert shuffled({}, {"c": values}, rows, learn_at=(0, 7, 7, 200)) == [once]
    (back,) = shuffled({}, {"c": values[::-1]}, rows[::-1])
    assert back == once[::-1]


def test_hashes_that_agree_in_their_first_half_are_told_apart() -> None:
    high = np.array([1, 5, 5, 5, 9], np.uint64)
    low = np.array([0, 1, 2, 3, 0], np.uint64)
    drawn = np.array([[5, 3, 0], [5, 1, 0], [5, 4, 0], [9, 0, 0], [10, 0, 0], [9, 1, 0]], np.uint64)
    assert shuffle._found(drawn, high, low).tolist() == [3, 1, -1, 4, -1, -1]


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.list_(pa.int64()), pa.decimal128(9, 2),
     pa.timestamp("us", "UTC"), pa.bool_()],
    ids=str,
)  # fmt: skip
def test_types_and_slices(make, apply, kind) -> None:
    values = pa.array([0, 1, None, 1, 0, 0], pa.int64())
    column = pa.array([None if v is None else [v] for v in values.to_pylist()], kind) if pa.types.is_list(kind) else (
        values.cast(pa.string()).cast(kind) if not pa.types.is_temporal(kind) else values.cast(kind))  # fmt: skip
    made = apply(make("shuffle"), column[1:])
    assert made[1] is None and Counter(map(str, made)) == Counter(map(str, column[1:].to_pylist()))


def test_what_cannot_be_shuffled(make, apply) -> None:
    with pytest.raises(TransformError, match="1 rows have the identity"):
        apply(make("shuffle"), ["a", "b"], rows=["x", "x"])
    with pytest.raises(TransformError, match="no column team"):
        apply(make("shuffle", within="team"), ["a", "b"])
    ids = pl.Series(["1", "2"])
    context = Context("s.t.c", Column("c"), "d", ZERO, rows=lambda: ids)
    transform = make("shuffle")
    with pytest.raises(TransformError, match="nothing learnt"):
        transform.apply(pa.array(["a", "b"]), context)
    learnt = transform.learn(iter([(pa.array(["a", None]), context)]))
    with pytest.raises(TransformError, match="1 of 2 rows were not there"):
        transform.apply(pa.array(["a", "b"]), replace(context, learnt=learnt))
    assert transform.learn(iter([])).num_rows == 0
    short = Context("s.t.c", Column("c"), "d", ZERO, rows=lambda: ids[:1])
    with pytest.raises(TransformError, match="1 row identities for 2 rows"):
        transform.learn(iter([(pa.array(["a", "b"]), short)]))


def test_parameters(make) -> None:
    assert make("shuffle", within="city").within == ("city",)
    assert make("shuffle", within=["city", "team"]).needs() == {"city", "team"}
    effects = make("shuffle").effects(Column("c"))
    assert effects.injective and effects.scope == "table" and effects.preserves_nulls
