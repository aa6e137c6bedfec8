"""Which parts of a run of capitalised words are the name of a person: ``Dear Ada Miller`` holds one of two words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from anon_assets.gazetteer.likeness import FIRMS, PARTICLES, TITLES, Scores
from anon_assets.gazetteer.lists import common_words, countries, family_names, given_names, places
from anon_assets.gazetteer.words import fold

__all__ = ["BEFORE", "names_within"]

_TOKEN = re.compile(r"[^\W\d_](?:[\w'\u2019\u0300-\u036f\u0900-\u0dff]|[.\-](?=\w)|(?<=\b\w)\.)*|,")
_MOST = 6  # words of a name in text
_PLAIN = 1.0  # natural logarithm of the odds of a name over plain words, both ends known
_HALF = 2.0  # where one end is only spelled like a name
_STREETS = frozenset({
    "street", "st", "avenue", "ave", "road", "rd", "lane", "ln", "drive", "park", "parks", "pass", "isle", "isles", "cliff",
    "cliffs", "cove", "coves", "extension", "way", "square", "squares", "court", "courts", "boulevard", "blvd", "bypass",
    "bridge", "field", "fields", "garden", "gardens", "grove", "hill", "hills", "island", "lodge", "mews", "mill", "mills",
    "place", "plaza", "ridge", "spring", "springs", "station", "terrace", "trail", "valley", "view", "village", "union",
    "university", "college", "school", "hospital", "airport", "museum", "church", "cathedral", "stadium", "tower", "hotel",
    "mall", "center", "centre", "club", "fort", "forge", "crescent", "county", "city", "town", "lake", "river", "bay", "beach",
    "u", "utca", "suite", "apt", "extensions", "crossing", "corner", "gate", "loop", "highway", "strasse", "platz",
})  # fmt: skip
_ROADS = frozenset({
    "rua", "via", "calle", "avenida", "rue", "piazza", "ulica", "ul", "viale", "corso",
    "avda", "plaza", "place", "boulevard", "avenue", "quai", "estrada", "travessa", "praca", "largo",
    "paseo", "camino", "carrera", "al", "os", "saint", "fort", "lake", "mount", "port",
    "new", "north", "south", "east", "west",
})  # fmt: skip
_NEVER = frozenset({
    "the", "and", "me", "my", "you", "your", "to", "in", "on", "at", "of", "is", "are", "was", "for", "with", "from", "this",
    "that", "country", "where", "when", "what", "who", "why", "how", "not", "but", "if", "it", "we", "us", "he", "she", "they",
    "his", "her", "our", "their", "please", "thanks", "thank", "regards", "und", "oder", "der", "die", "das", "ich", "wir",
    "sie", "est", "et", "pour", "avec", "bank", "inc", "price", "team", "support", "service", "customer", "account",
})  # fmt: skip

BEFORE = frozenset({
    "dear", "hi", "hello", "hey", "hallo", "liebe", "lieber", "guten", "bonjour", "cher", "chere", "salut", "hola",
    "estimado", "estimada", "querido", "querida", "ciao", "caro", "cara", "gentile", "egregio", "prezado", "prezada", "ola",
    "beste", "geachte", "hoi", "drogi", "droga", "szanowny", "szanowna", "czesc",
})  # fmt: skip
"""Words of a greeting after which one given name suffices, folded."""


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str
    folded: tuple[str, ...]

    @property
    def initial(self) -> bool:
        return len(self.text.rstrip(".")) == 1


class _Known:
    """What the lists say about all words of some texts at once."""

    def __init__(self, words: Sequence[str], phrases: Sequence[str]) -> None:
        self.places = places().holds(phrases)
        self.given, self.family = given_names().holds(words), family_names().holds(words)
        self.common = common_words().holds(words)
        self.lands = countries().holds(words)
        self.scores = Scores(words)


def _words(text: str) -> list[_Word]:
    found = []
    for match in _TOKEN.finditer(text):
        folded = tuple(part for part in re.split(r"[\-.]", fold(match.group())) if part)
        found.append(_Word(match.start(), match.end(), match.group(), folded))
    return found


def _odds(words: Sequence[_Word], known: _Known, titled: bool) -> float:  # noqa: PLR0911 -- one rule after another
    """How much more probable these words are as a name than as plain words, a place; -inf where a rule forbids it."""
    no = float("-inf")
    first, last = words[0], words[-1]
    if last.initial or any("," in word.text for word in words[:-1]) or last.text.islower() or first.text.islower():
        return no
    inner = [word for word in words if not word.initial and not set(word.folded) <= PARTICLES]
    if any(set(word.folded) & TITLES and len(word.folded) == 1 for word in words) or not inner:
        return no
    if any(set(word.folded) & _NEVER for word in inner) or set(last.folded) & _STREETS or set(first.folded) & _ROADS:
        return no
    family = sum(known.scores.family(part) for part in last.folded)
    given = [sum(known.scores.of("given", part) for part in word.folded) for word in inner if word is not last]
    plain = sum(known.scores.all("word", word.folded) for word in inner)
    middle = sum(max(each, sum(known.scores.family(part) for part in word.folded))
                 for each, word in zip(given[1:], inner[1:], strict=False))  # fmt: skip
    odds = (given[0] if given else 0.0) + middle + family - plain
    land = any(part in known.lands for part in last.folded)
    common = any(part in known.common for part in last.folded)
    is_given = all(part in known.given for part in first.folded) and first.folded[0] not in PARTICLES
    is_family = any(part in known.family or part in known.given for part in last.folded)
    if titled:
        return _PLAIN + max(odds, 0.0) if is_family or not (common or land) else no
    if len(words) < 2 or land or " ".join(part for word in words for part in word.folded) in known.places:
        return no
    if first.initial:
        return odds + 2.0 if is_family and not common else no
    if is_given and is_family:
        return odds
    if is_given and not common:
        return odds - (_HALF - _PLAIN)
    if is_family and not common and not any(part in known.common or part in known.lands for part in first.folded):
        like = sum(known.scores.of("given", part) for part in first.folded)
        return odds - _HALF if like > known.scores.all("word", first.folded) + 0.5 else no
    return no


def _single(word: _Word, known: _Known) -> bool:
    """One word behind a greeting."""
    parts = word.folded
    return word.text[0].isupper() and bool(parts) and all(part in known.given for part in parts)


def _search(words: Sequence[_Word], known: _Known) -> list[tuple[int, int]]:
    found = []
    position = 0
    while position < len(words):
        before = words[position - 1].folded if position else ()
        titled = len(before) == 1 and before[0] in TITLES
        best = (0.0, 0)
        for end in range(position + (1 if titled else 2), min(len(words), position + _MOST) + 1):
            window = words[position:end]
            if window[-1].text == ",":
                break
            after = words[end].folded if end < len(words) else ()
            if (after and after[-1] in _STREETS) or (before and before[-1] in _ROADS and not titled):
                continue
            odds = _odds(window, known, titled)
            if odds >= _PLAIN and end >= best[1]:
                best = (odds, end)
        if best[1]:
            found.append((words[position].start, words[best[1] - 1].end))
            position = best[1]
            continue
        if before and before[-1] in BEFORE and _single(words[position], known):
            found.append((words[position].start, words[position].end))
        position += 1
    return found


def names_within(texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    """For each text: where names of persons stand in it, in characters, from left to right; titles are left out.

    A name is a known given name (or an initial) before a known family name, or before a capitalised word that is spelled
    like one and no plain word, country or city; a capitalised word behind a title; a given name behind a greeting.

    Args:
        texts: distinct runs of capitalised words.

    >>> names_within(["Dear Ada Miller", "New York", "Mr. Smith", "General Manager"])
    [[(5, 15)], [], [(4, 9)], []]
    """
    parted = [_words(text) for text in texts]
    phrases = {
        " ".join(part for word in words[start:end] for part in word.folded)
        for words in parted
        for start in range(len(words))
        for end in range(start + 2, min(len(words), start + 4) + 1)
    }
    known = _Known(sorted({part for words in parted for word in words for part in word.folded}), sorted(phrases))
    return [[] if FIRMS.search(text) else _search(words, known) for text, words in zip(texts, parted, strict=True)]
