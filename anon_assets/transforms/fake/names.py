"""Names of persons in classes: a name's substitute is drawn from a class that it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.transforms.fake.pools import Gender, pool, slug

__all__ = ["ALL", "Label", "Lists", "Names", "folded", "language", "nearest", "persons", "substitutes"]

Integers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Label = tuple[str, Gender, bool]
"""Locale, language or nothing for all; gender; whether it is of the Latin script."""

ALL: Label = ("", "", True)
_GIVEN = r"^(?:[^,]*,)?\s*(?:\S+\.\s+)*([^\s,-]+)"  # first word, that after a comma if there is one; no titles


def folded(text: pa.Array) -> pa.Array:
    """Text in lower case without outer blanks: spellings of one name."""
    return pc.utf8_lower(pc.utf8_trim_whitespace(text))


@dataclass(frozen=True)
class Lists:
    """Lists of numbers, one after the other in ``flat``."""

    starts: Integers
    counts: Integers
    flat: Integers

    @staticmethod
    def of(parts: Sequence[Collection[int]]) -> Lists:
        """These lists, in order."""
        counts = np.fromiter(map(len, parts), np.int64, len(parts))
        flat = np.fromiter(chain.from_iterable(parts), np.int64, int(counts.sum()))
        return Lists(np.cumsum(counts) - counts, counts, flat)

    def among(self, kept: npt.NDArray[np.bool_]) -> Lists:
        """Only the numbers that are ``kept``; a list with fewer than two of them becomes the first list."""
        held = kept[self.flat]
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(held)])
        starts, counts = before[self.starts], before[self.starts + self.counts] - before[self.starts]
        few = counts < 2
        return Lists(np.where(few, starts[0], starts), np.where(few, counts[0], counts), self.flat[held])

    def pick(self, lists: Integers, word: Words) -> Integers:
        """One number of each of these lists, as the words tell."""
        return self.flat[self.starts[lists] + (word % self.counts[lists].astype(np.uint64)).astype(np.int64)]


@dataclass(frozen=True, eq=False)
class Names:
    """The names of one kind, and what is known of them.

    Args:
        entries: every name, in the spelling in which it is drawn.
        keys: folded spellings of the known names, in the order of ``hashes``.
        hashes: of the keys, rising.
        known: classes of each key; the last list, for names that are not known, has class 0 alone.
        labels: of the classes; the first is that of all names that may be drawn.
        members: entries of each class.
    """

    entries: pl.Series
    keys: pl.Series
    hashes: Words
    known: Lists
    labels: tuple[Label, ...]
    members: Lists

    @cached_property
    def lengths(self) -> Integers:
        """Characters of each entry."""
        return self.entries.str.len_chars().to_numpy().astype(np.int64)

    @cached_property
    def slugs(self) -> pl.Series:
        """Each entry as an address holds it; for one without Latin letters that of another."""
        slugs = pl.Series([slug(entry) for entry in self.entries], dtype=pl.String)
        with_letters = slugs.filter(slugs != "")
        spare = with_letters if len(with_letters) else pool(f"slug_{self.entries.name.removesuffix('_name')}")
        return slugs.zip_with(slugs != "", spare.gather(np.arange(len(slugs)) % len(spare)))

    def find(self, spellings: pl.Series) -> Integers:
        """The key of each folded name; the number of keys where it is not known."""
        places = np.searchsorted(self.hashes, spellings.hash().to_numpy())
        places = np.minimum(places, len(self.keys) - 1)
        return np.where((self.keys.gather(places) == spellings).to_numpy(), places, len(self.keys))

    def find_parts(self, spellings: pl.Series, found: Integers, part: str) -> Integers:
        """What was found, and for names that were not the key of the part that a regular expression takes out."""
        unknown = np.flatnonzero((found == len(self.keys)) & spellings.str.contains(r"[ ,.-]").to_numpy())
        filled = found.copy()
        if len(unknown):
            filled[unknown] = self.find(spellings.gather(unknown).str.extract(part, 1).fill_null(""))
        return filled

    def classes(self, found: Integers, word: Words) -> Integers:
        """A class of each name that was found, chosen by the upper half of a word."""
        return self.known.pick(found, word >> np.uint64(32))

    def draw(self, classes: Integers, word: Words, room: int | None) -> Integers:
        """An entry of each class: any of them where it fits ``room``, else one of those that do."""
        drawn = self.members.pick(classes, word)
        if room is None or not (wide := self.lengths[drawn] > room).any():
            return drawn
        return np.where(wide, _fitting(self, room).pick(classes, word), drawn)

    def has_two(self, room: int | None) -> bool:
        """Whether two names can be drawn of at most so many characters."""
        return bool((self.members if room is None else _fitting(self, room)).counts[0] >= 2)


@cache
def _fitting(names: Names, room: int) -> Lists:
    """Members of the classes of at most so many characters."""
    return names.members.among(names.lengths <= room)


@cache
def _families(first: Names, last: Names) -> Integers:
    """The class of family names for each class of given names: of its locale and gender as far as there is one."""
    numbers = {label: number for number, label in enumerate(last.labels)}
    return np.array([nearest(numbers, label) for label in first.labels], np.int64)


def nearest(numbers: Mapping[Label, int], label: Label) -> int:
    """The number of the class with this label, or of the narrowest wider one that there is."""
    place, gender, latin = label
    tongue = language(place)
    wider: tuple[Label, ...] = (
        (tongue, gender, latin), (place, "", latin), (tongue, "", latin), ("", gender, True),
    )  # fmt: skip
    return next((numbers[each] for each in (label, *wider) if each in numbers), 0)


def language(locale: str) -> str:
    """A place that is no locale: Faker has one named ``en`` beside ``en_GB``."""
    return locale.partition("_")[0] + "_"


def substitutes(names: Names, spellings: pl.Series, words: Words, room: int | None) -> Integers:
    """An entry for each name, of a class that the name belongs to; it may be the name itself.

    Args:
        names: of the kind wanted.
        spellings: folded. Where a name of several parts is not known, the first given or the last family name counts.
        words: uniform, shape (rows, 4).
        room: most characters.
    """
    part = r"^([^\s-]+)" if names.entries.name == "first_name" else r"([^\s-]+)$"
    found = names.find_parts(spellings, names.find(spellings), part)
    return names.draw(names.classes(found, words[:, 3]), words[:, 0], room)


def persons(
    first: Names, last: Names, spellings: pl.Series, words: Words, room: int | None
) -> tuple[Integers, Integers]:
    """Entries of a given and a family name for each whole name, both of the locale and gender of its given name.

    The given name is the first word, after the comma where there is one (``Byron, Ada``), titles with a point left out.
    Where the two would not fit ``room`` with a space between them, each is drawn from names of at most half of it.
    """
    found = first.find(spellings.str.splitn(" ", 2).struct.field("field_0"))
    found = first.find_parts(spellings, found, _GIVEN)
    classes = first.classes(found, words[:, 3])
    families = _families(first, last)[classes]
    given, family = first.draw(classes, words[:, 0], None), last.draw(families, words[:, 1], None)
    if room is not None:
        half = (room - 1) // 2
        wide = np.flatnonzero(first.lengths[given] + last.lengths[family] >= room)
        given[wide] = first.draw(classes[wide], words[wide, 0], half)
        family[wide] = last.draw(families[wide], words[wide, 1], room - 1 - half)
    return given, family
