"""Names that people bear, from the lists that Faker ships (86 locales, MIT licence). Loaded when first asked for.

The lists are static data of an installed package: nothing is fetched, and no list gathered from real accounts is used.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache

__all__ = ["family_names", "given_names", "name_words"]

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


def name_words(text: str) -> list[str]:
    """The words of a name, case folded: letters, with apostrophes inside kept; hyphens and points part words.

    >>> name_words("Anne-Marie O'NEILL jr.")
    ['anne', 'marie', "o'neill", 'jr']
    """
    return _WORD.findall(text.casefold())


def _listed(prefixes: tuple[str, ...]) -> Iterator[str]:
    folder = importlib.import_module("faker.providers.person")
    for module in pkgutil.iter_modules(folder.__path__):
        provider = importlib.import_module(f"{folder.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            names = getattr(provider, attribute) if attribute.startswith(prefixes) else ()
            if isinstance(names, (list, tuple, set, frozenset, Mapping)):
                yield from (name for name in names if isinstance(name, str))


def _words_of(prefixes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for name in _listed(prefixes) for word in name_words(name) if len(word) > 1)


@cache
def given_names() -> frozenset[str]:
    """Words of given names, case folded: about 28,000.

    >>> "maria" in given_names(), "warehouse" in given_names()
    (True, False)
    """
    return _words_of(("first_names",))


@cache
def family_names() -> frozenset[str]:
    """Words of family names, case folded: about 32,000."""
    return _words_of(("last_names", "male_last_names", "unisex_last_names"))
