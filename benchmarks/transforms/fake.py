"""``fake`` beside a loop over Faker: names as they repeat in a table, and columns whose values all differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
from faker import Faker

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed
from anon_assets.transforms.fake.pools import pool
from benchmarks.measuring import Figure, best

__all__ = ["measure"]

_ROWS, _DISTINCT_ROWS, _PEER_ROWS = 1_000_000, 300_000, 20_000
_NAMES = _ROWS // 100


def _runs(column: pa.Array, sources: dict[str, pa.Array] | None = None, **parameters: object) -> Callable[[], object]:
    """One application; the lists are built before it is timed."""
    member = TRANSFORMS.load("fake").model_validate(parameters)
    context = Context("benchmark", Column("c"), "example", KeyRing("example", {1: Sealed(bytes(32))}), sources or {})
    first = {name: values[:1] for name, values in (sources or {}).items()}
    member.apply(column[:1], Context("benchmark", context.column, "example", context.keys, first))
    return lambda: member.apply(column, context)


def _loop(function: Callable[[], object]) -> float:
    return best(lambda: [function() for _ in range(_PEER_ROWS)], _PEER_ROWS)


def measure() -> Iterator[Figure]:
    """Nanoseconds per value, and Faker's for as many values that are drawn anew each time."""
    peer, light = Faker(), Faker(use_weighting=False)  # the second draws every name of its list equally often, as we do
    Faker.seed(1)
    source = np.random.default_rng(1)
    first, last = pool("first_name").to_list(), pool("last_name").to_list()
    picks = pa.array(source.integers(0, _NAMES, _ROWS))
    names = pa.array(first[:_NAMES]).take(picks)
    people = pa.array([f"{first[n % len(first)]} {last[n]}" for n in range(_NAMES)]).take(picks)
    first_loop, name_loop, email_loop = _loop(peer.first_name), _loop(peer.name), _loop(peer.email)

    ns = best(_runs(names, **{"as": "first_name"}), _ROWS)
    yield Figure("first names, 1 % distinct", ns, "Faker first_name", first_loop, ratio_wanted=50, ns_wanted=1_000)
    yield Figure("the same", ns, "Faker first_name, unweighted", _loop(light.first_name))
    ns = best(_runs(people, **{"as": "person_name"}), _ROWS)
    yield Figure("whole names, 1 % distinct", ns, "Faker name", name_loop, ratio_wanted=50, ns_wanted=1_000)

    numbers = source.integers(0, len(last), _DISTINCT_ROWS)
    whole = pa.array([f"{first[row % len(first)]} {last[n]} {row}" for row, n in enumerate(numbers)])
    emails = pa.array([f"user{row}@shop.test" for row in range(_DISTINCT_ROWS)])
    given = pa.array([first[row % len(first)] for row in range(_DISTINCT_ROWS)])
    family = pa.array([last[n] for n in numbers])
    ns = best(_runs(whole, **{"as": "person_name"}), _DISTINCT_ROWS)
    yield Figure("whole names, all distinct", ns, "Faker name", name_loop)
    ns = best(_runs(emails, **{"as": "email", "unique": True}), _DISTINCT_ROWS)
    yield Figure("unique e-mails, all distinct", ns, "Faker email", email_loop)
    beside = {"given": given, "family": family}
    ns = best(_runs(emails, beside, **{"as": "email", "unique": True, "with": ["given", "family"]}), _DISTINCT_ROWS)
    yield Figure("unique e-mails of the row's names", ns, "Faker email", email_loop)
