"""What Faker's name lists tell of a name: the classes of names that it belongs to.

A class is one of the lists: the names of one locale, gender and script. A known name belongs to every class that lists it.
A class of too few names gives way to a wider one: that of all locales of its language, then that of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
import pyarrow as pa

from anon_assets.transforms.fake.names import ALL, Label, Lists, Names, folded, language, nearest
from anon_assets.transforms.fake.pools import Gender, clean, is_latin, name_lists

__all__ = ["names_of"]

_LEAST = 10  # names in a class


@dataclass(frozen=True)
class _Known:
    """All names of one kind, as Faker lists them.

    Args:
        entries: sorted; of spellings that differ in case only the first.
        latin: those of the Latin script.
        spelled: the entry of each spelling.
        lists: entries of each locale and gender; under the empty gender all of the locale.
    """

    entries: list[str]
    latin: frozenset[int]
    spelled: dict[str, int]
    lists: dict[tuple[str, Gender], frozenset[int]]


@cache
def _known(kind: str) -> _Known:
    cleaned = {text: clean(text) for text in frozenset[str]().union(*name_lists(kind).values())}
    tidy = {listed: {cleaned[text] for text in texts} - {""} for listed, texts in name_lists(kind).items()}
    by_fold: dict[str, str] = {}
    spellings = sorted(set().union(*tidy.values()))
    for text in spellings:
        by_fold.setdefault(text.lower(), text)
    entries = sorted(by_fold.values())
    numbers = {entry: number for number, entry in enumerate(entries)}
    spelled = {text: numbers[by_fold[text.lower()]] for text in spellings}
    lists: dict[tuple[str, Gender], set[int]] = {}
    for (locale, gender), texts in tidy.items():
        own = {spelled[text] for text in texts}
        lists.setdefault((locale, gender), set()).update(own)
        lists.setdefault((locale, ""), set()).update(own)
    held = {listed: frozenset(numbers) for listed, numbers in lists.items()}
    return _Known(entries, frozenset(numbers[entry] for entry in entries if is_latin(entry)), spelled, held)


def _members(known: _Known, chosen: tuple[str, ...]) -> dict[Label, set[int]]:
    """Entries of each class; the first class has all that may be drawn."""
    listed = {pair: held for pair, held in known.lists.items() if not chosen or pair[0] in chosen}
    every = frozenset[int]().union(*listed.values())
    # Heß and Hess count once among all names, as they do in ``pool``.
    distinct = {known.entries[entry].casefold(): entry for entry in sorted(every, reverse=True)}
    members: dict[Label, set[int]] = {ALL: {entry for entry in distinct.values() if chosen or entry in known.latin}}
    for (locale, gender), held in listed.items():
        for latin, own in ((True, held & known.latin), (False, held - known.latin)):
            for place in (locale, language(locale)):
                members.setdefault((place, gender, latin), set()).update(own)
        if gender:
            members.setdefault(("", gender, True), set()).update(held & members[ALL])
    return {label: held for label, held in members.items() if label == ALL or len(held) >= _LEAST}


def _told(known: _Known, chosen: tuple[str, ...], *, by_gender: bool) -> list[set[tuple[str, Gender]]]:
    """Locale and gender that each entry has, by the most telling lists that hold it.

    Args:
        known: the names.
        chosen: locales to draw from. A name that none of them lists has the gender alone.
        by_gender: a list with a gender anywhere outweighs those without: a given name has one, most family names none.
    """
    told: list[set[tuple[str, Gender]]] = [set() for _ in known.entries]
    for pair, held in known.lists.items():
        for entry in held:
            told[entry].add(pair)
    for entry, pairs in enumerate(told):
        gendered = {pair for pair in pairs if pair[1]}
        places = {locale for locale, _ in gendered}
        rest = set() if gendered and by_gender else {pair for pair in pairs if pair[0] not in places}
        telling = gendered | rest
        drawable = {pair for pair in telling if not chosen or pair[0] in chosen}
        told[entry] = drawable or {("", gender) for _, gender in telling}
    return told


@cache
def names_of(kind: str, chosen: tuple[str, ...], keeps: frozenset[str]) -> Names:
    """The names of one kind.

    Args:
        kind: ``first_name`` or ``last_name``.
        chosen: locales to draw from; empty for all. Names that only other locales list keep their gender alone.
        keeps: of ``locale`` and ``gender``, what a substitute shares with its name where that is known.
    """
    known = _known(kind)
    members = _members(known, chosen)
    numbers = {label: number for number, label in enumerate(members)}

    @cache
    def class_of(place: str, gender: Gender, latin: bool) -> int:
        place, gender = place if "locale" in keeps else "", gender if "gender" in keeps else ""
        return nearest(numbers, (place, gender, latin or not place))

    told = _told(known, chosen, by_gender=kind == "first_name")
    classes = [{class_of(*pair, entry in known.latin) for pair in pairs} for entry, pairs in enumerate(told)]
    by_key: dict[str, set[int]] = {}
    for key, entry in zip(folded(pa.array(known.spelled)).to_pylist(), known.spelled.values(), strict=True):
        by_key.setdefault(key, set()).update(classes[entry])
    keys = pl.Series(list(by_key), dtype=pl.String)
    order = np.argsort(keys.hash().to_numpy())
    listed = [sorted(held) for held in by_key.values()]
    return Names(
        entries=pl.Series(kind, known.entries, dtype=pl.String),
        keys=keys.gather(order),
        hashes=keys.hash().to_numpy()[order],
        known=Lists.of([*(listed[place] for place in order), [0]]),
        labels=tuple(members),
        members=Lists.of([sorted(held) for held in members.values()]),
    )
