"""Pools of invented values, from the static lists that Faker's providers ship. Read once, and sorted.

No locale asked for means all of them, restricted to entries in Latin script: about 20,000 given and 25,000 family
names.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from anon_assets.crypto.hmac import bounded, words
from anon_assets.sealed import Sealed

__all__ = ["POOLS", "lorem", "missing_locales", "pool"]

POOLS = ("first_name", "last_name", "city", "region", "country", "company", "job", "street", "slug_first", "slug_last")
_ENGLISH = ("en_US",)
_REGIONS = ("states", "provinces", "regions", "departments", "counties", "cantons", "prefectures", "region_names")
_LOREM_WORDS = 30_000
_DIGIT = re.compile(r"\d")


_PROVIDERS = ("person", "address", "company", "job")


@cache
def _locales_of(provider: str) -> frozenset[str]:
    folder = importlib.import_module(f"faker.providers.{provider}")
    return frozenset(module.name for module in pkgutil.iter_modules(folder.__path__))


def _locales() -> frozenset[str]:
    """Every locale that any of the providers has."""
    return frozenset[str]().union(*map(_locales_of, _PROVIDERS))


def missing_locales(wanted: Collection[str]) -> list[str]:
    """Those of ``wanted`` that Faker does not have."""
    return sorted(set(wanted) - _locales()) if wanted else []


def _provider(name: str, locale: str) -> Any:
    if locale not in _locales_of(name):
        return None
    return importlib.import_module(f"faker.providers.{name}.{locale}").Provider


def _texts(value: object) -> Iterator[str]:
    """The names in one of a provider's lists: texts, or the longest text of each pair such as (code, name)."""
    if not isinstance(value, list | tuple | set | frozenset | Mapping):
        return
    for item in value:
        if isinstance(item, str):
            yield item
        elif isinstance(item, tuple) and item and all(isinstance(part, str) for part in item):
            yield max(item, key=len)


def _listed(name: str, chosen: tuple[str, ...], pattern: str) -> list[str]:
    matched = re.compile(pattern)
    found: list[str] = []
    for locale in chosen or sorted(_locales_of(name)):
        provider = _provider(name, locale)
        attributes = [attribute for attribute in dir(provider) if matched.fullmatch(attribute)] if provider else []
        for attribute in attributes:
            found.extend(_texts(getattr(provider, attribute)))
    return _tidy(found, latin=not chosen)


def _tidy(found: Iterable[str], *, latin: bool) -> list[str]:
    """Sorted, without blanks, digits, and entries that differ in case only."""
    by_fold: dict[str, str] = {}
    for text in sorted({unicodedata.normalize("NFC", entry.strip()) for entry in found}):
        sound = len(text) > 1 and text.isprintable() and not _DIGIT.search(text)
        if sound and (not latin or _is_latin(text)):
            by_fold.setdefault(text.casefold(), text)
    return sorted(by_fold.values())


def _is_latin(text: str) -> bool:
    return text.isascii() or all(not c.isalpha() or unicodedata.name(c, "").startswith("LATIN") for c in text)


def _paired(heads: list[str], tails: list[str], between: str = " ") -> list[str]:
    """Each head with one tail, in turn."""
    return [f"{head}{between}{tails[number % len(tails)]}" for number, head in enumerate(heads)] if tails else []


def _slugs(names: list[str]) -> list[str]:
    """Names as an address can hold them: ASCII letters in lower case."""
    plain = (unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower() for name in names)
    return sorted({slug for slug in (re.sub("[^a-z]", "", name) for name in plain) if len(slug) > 1})


@cache
def _entries(kind: str, chosen: tuple[str, ...]) -> list[str]:  # noqa: PLR0911 one per kind
    match kind:
        case "first_name":
            return _listed("person", chosen, "first_names.*")
        case "last_name":
            return _listed("person", chosen, ".*last_names.*")
        case "city":
            return _listed("address", chosen, "cities|city_names|real_city_names") or _paired(
                _entries("first_name", chosen), _listed("address", chosen, "city_suffixes"), ""
            )
        case "region":
            return _listed("address", chosen, "|".join(_REGIONS))
        case "country":
            return _listed("address", chosen or _ENGLISH, "countries")
        case "job":
            return _listed("job", chosen or _ENGLISH, "jobs")
        case "company":
            return sorted(_paired(_entries("last_name", chosen), _listed("company", chosen, "company_suffixes")))
        case "street":
            suffixes = _listed("address", chosen or _ENGLISH, "street_suffixes(_long)?")
            made = _paired(_entries("last_name", chosen), suffixes)
            return _tidy([*made, *_listed("address", chosen, "streets|street_names")], latin=not chosen)
        case "slug_first" | "slug_last":
            return _slugs(_entries(f"{kind.removeprefix('slug_')}_name", chosen)) or _slugs(
                _entries(f"{kind.removeprefix('slug_')}_name", ())
            )
    raise KeyError(kind)


@cache
def pool(kind: str, chosen: tuple[str, ...] = (), room: int | None = None) -> pl.Series:
    """The entries of one kind, in an order that only Faker's version decides.

    Args:
        kind: one of ``POOLS``.
        chosen: locales; empty for all in Latin script.
        room: most characters of an entry; None for no bound.

    Returns: distinct texts, also when case is ignored; may be empty.
    """
    return pl.Series(kind, [e for e in _entries(kind, chosen) if room is None or len(e) <= room], dtype=pl.String)


@cache
def lorem() -> tuple[np.ndarray[Any, np.dtype[np.uint8]], np.ndarray[Any, np.dtype[np.int64]]]:
    """A long ASCII text of Latin pseudo-words and the places where its words begin."""
    provider = importlib.import_module("faker.providers.lorem.la").Provider
    vocabulary = sorted({word.lower() for word in provider.word_list if word.isascii() and word.isalpha()})
    numbers = pl.int_range(_LOREM_WORDS, eager=True).cast(pl.String)
    picks = bounded(words(Sealed(bytes(32)), numbers)[:, 0], len(vocabulary))
    text = np.frombuffer((" ".join(vocabulary[pick] for pick in picks) + " ").encode(), np.uint8)
    starts = np.flatnonzero(text == ord(" ")) + 1
    return text, np.concatenate([np.zeros(1, np.int64), starts[:-1].astype(np.int64)])
