"""Names, cities and streets true to a country."""

from __future__ import annotations

import importlib
import re

import numpy as np
import polars as pl
from numpy.typing import NDArray

from anon_assets.sample.draw import Ints, gather
from anon_assets.sample.places import CITIES, COUNTRIES, LOCALES, STREETS

__all__ = ["cities", "names", "streets"]


def _pool(country: str, part: str) -> tuple[pl.Series, NDArray[np.float64]]:
    """Names of a country with their shares, from Faker's word lists."""
    provider = importlib.import_module(f"faker.providers.person.{LOCALES[country]}").Provider
    if part == "last_names" and country == "PL":
        part = "unisex_last_names"  # the others change their ending with gender
    words = getattr(provider, part)
    weights = words if hasattr(words, "items") else dict.fromkeys(words, 1)
    kept = {word: weight for word, weight in weights.items() if re.fullmatch(r"[^\W\d_][^\W\d_' -]*[\w' -]*", word)}
    shares = np.array(list(kept.values()), np.float64)
    return pl.Series(list(kept)), shares / shares.sum()


def names(rng: np.random.Generator, country: Ints, female: NDArray[np.bool_]) -> tuple[pl.Series, pl.Series]:
    """First and last names for each row, by country (index into ``COUNTRIES``) and gender."""
    first, last = np.empty(len(country), object), np.empty(len(country), object)
    for number, code in enumerate(COUNTRIES):
        for part, column, rows in (
            ("first_names_female", first, (country == number) & female),
            ("first_names_male", first, (country == number) & ~female),
            ("last_names", last, country == number),
        ):
            pool, shares = _pool(code, part)
            column[rows] = pool.to_numpy()[rng.choice(len(pool), int(rows.sum()), p=shares)]
    return pl.Series(first, dtype=pl.String), pl.Series(last, dtype=pl.String)


def cities(rng: np.random.Generator, country: NDArray[np.object_]) -> Ints:
    """A city of the country for each row, the first ones more often: index into ``CITIES``."""
    found = np.zeros(len(country), np.int64)
    for code in COUNTRIES:
        own = np.array([number for number, place in enumerate(CITIES) if place[0] == code])
        rows = country == code
        found[rows] = own[(rng.random(int(rows.sum())) ** 1.5 * len(own)).astype(np.int64)]
    return found


def streets(rng: np.random.Generator, country: NDArray[np.object_]) -> pl.Series:
    """A street and house number for each row, as the country writes them."""
    found = np.empty(len(country), object)
    for code in COUNTRIES:
        rows = np.flatnonzero(country == code)
        pool, shares = _pool(code, "last_names")
        name = gather(pool, rng.choice(len(pool), len(rows), p=shares))
        number = pl.Series(rng.integers(1, 180, len(rows))).cast(pl.String)
        which = pl.Series(rng.integers(0, len(STREETS[code]), len(rows)))
        frame = pl.DataFrame({"street": pl.Series(STREETS[code]).gather(which), "name": name, "number": number})
        street = pl.col("street").str.replace("{name}", pl.col("name"), literal=True)
        found[rows] = (
            frame.select(street.str.replace("{number}", pl.col("number"), literal=True)).to_series().to_numpy()
        )
    return pl.Series(found, dtype=pl.String)
