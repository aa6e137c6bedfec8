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
from typing import Any, Literal

import numpy as np
import polars as pl

from anon_assets.crypto.prf import bounded, words
from anon_assets.sealed import Sealed

__all__ = ["POOLS", "Gender", "clean", "is_latin", "lorem", "missing_locales", "name_lists", "pool", "slug"]

Gender = Literal["female", "male", ""]
"""That of a name list; empty for a list of both or of unknown ones."""

POOLS = ("first_name", "last_name", "city", "region", "country", "company", "job", "street", "slug_first", "slug_last")
_ENGLISH = ("en_US",)
_REGIONS = ("states", "provinces", "regions", "departments", "counties", "cantons", "prefectures", "region_names")
_LOREM_WORDS = 30_000
_DIGIT = re.compile(r"\d")
_NAME_LISTS = {"first_name": "first_names.*", "last_name": ".*last_names.*"}
_UNDECOMPOSED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h"}
)
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


def _lists(name: str, locale: str, pattern: str) -> Iterator[tuple[str, list[str]]]:
    """The lists of one provider whose attribute matches, by that attribute."""
    provider = _provider(name, locale)
    for attribute in dir(provider) if provider else ():
        if re.fullmatch(pattern, attribute):
            yield attribute, list(_texts(getattr(provider, attribute)))


def _listed(name: str, chosen: tuple[str, ...], pattern: str) -> list[str]:
    locales = chosen or sorted(_locales_of(name))
    found = [text for locale in locales for _, texts in _lists(name, locale, pattern) for text in texts]
    return _tidy(found, latin=not chosen)


@cache
def name_lists(kind: str) -> dict[tuple[str, Gender], frozenset[str]]:
    """Names as Faker writes them, by locale and gender; what a locale lists for both stands under the empty gender.

    Args:
        kind: ``first_name`` or ``last_name``.
    """
    found: dict[tuple[str, Gender], set[str]] = {}
    for locale in sorted(_locales_of("person")):
        for attribute, texts in _lists("person", locale, _NAME_LISTS[kind]):
            gender: Gender = "female" if "female" in attribute else "male" if "male" in attribute else ""
            found.setdefault((locale, gender), set()).update(texts)
    return {listed: frozenset(names) for listed, names in found.items()}


def clean(entry: str) -> str:
    """The entry in normal form C without outer blanks; empty when it is too short, or has digits or control characters."""
    text = unicodedata.normalize("NFC", entry.strip())
    return text if len(text) > 1 and text.isprintable() and not _DIGIT.search(text) else ""


def _tidy(found: Iterable[str], *, latin: bool) -> list[str]:
    """Sorted, without blanks, digits, and entries that differ in case only."""
    by_fold: dict[str, str] = {}
    for text in sorted({clean(entry) for entry in found} - {""}):
        if not latin or is_latin(text):
            by_fold.setdefault(text.casefold(), text)
    return sorted(by_fold.values())


def is_latin(text: str) -> bool:
    """Whether every letter is of the Latin script."""
    return text.isascii() or all(not c.isalpha() or unicodedata.name(c, "").startswith("LATIN") for c in text)


def _paired(heads: list[str], tails: list[str], between: str = " ") -> list[str]:
    """Each head with one tail, in turn."""
    return [f"{head}{between}{tails[number % len(tails)]}" for number, head in enumerate(heads)] if tails else []


def slug(name: str) -> str:
    """The name as an address can hold it: its letters in ASCII and lower case; empty when fewer than two are left.

    >>> slug("José-María O'Weiß")
    'josemariaoweiss'
    """
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_UNDECOMPOSED))
    letters = re.sub("[^a-z]", "", decomposed.encode("ascii", "ignore").decode())
    return letters if len(letters) > 1 else ""


def _slugs(names: list[str]) -> list[str]:
    return sorted({slug(name) for name in names} - {""})


@cache
def _entries(kind: str, chosen: tuple[str, ...]) -> list[str]:  # noqa: PLR0911 one per kind
    match kind:
        case "first_name" | "last_name":
            return _listed("person", chosen, _NAME_LISTS[kind])
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
