"""A text column with 1 % distinct values beside one of the same length that has distinct ones only, through ``apply``.

The column comes as plain text, whose values must first be told apart (some 20 ns each, and as much again to put the results
in their rows), and dictionary-encoded, as pandas categories, polars categoricals and Arrow dictionaries are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

import anon_assets
from benchmarks.measuring import Figure, best

__all__ = ["measure"]

ROWS = 1_000_000
KEY = bytes(range(32))
SPECS: dict[str, Any] = {
    "token": "token",
    "cipher": "cipher",
    "hash": "hash",
    "fpe email": {"fpe": {"as": "email"}},
    "fpe auto": {"fpe": {"as": "auto"}},
    "fake person_name": {"fake": {"as": "person_name"}},
    "fake city": {"fake": {"as": "city"}},
    "fake email": {"fake": {"as": "email"}},
    "mask": {"mask": {"last": 4}},
    "mask email": {"mask": {"as": "email"}},
    "generalize prefix": {"generalize": {"prefix": 3}},
}


def _ns(column: pa.Array, spec: Any) -> float:
    table = pa.table({"x": column})
    return best(lambda: anon_assets.apply(table, {"x": spec}, key=KEY), len(column))


def measure() -> Iterator[Figure]:
    addresses = pa.array([f"user{number}@shop{number % 97}.test" for number in range(ROWS)])
    repeated = addresses.take(pa.array(np.random.default_rng(3).integers(0, ROWS // 100, ROWS)))
    encoded = repeated.dictionary_encode()
    for name, spec in SPECS.items():
        once = _ns(addresses, spec)
        yield Figure(f"{name}, 1 % distinct", _ns(repeated, spec), "all distinct", once, ratio_wanted=10)
        yield Figure(f"{name}, 1 % distinct, encoded", _ns(encoded, spec), "all distinct", once, ratio_wanted=10)
