"""Names that people bear, places, countries, occupations and plain words, and how alike a column's values are to them.

The lists are part of this package (SOURCES.md says where each comes from and under which licence), loaded when first asked
for: nothing is fetched, and no list gathered from real accounts is used.
"""

from __future__ import annotations

from anon_assets.gazetteer.likeness import Kind, alike
from anon_assets.gazetteer.lists import (
    common_words,
    countries,
    family_names,
    given_names,
    occupations,
    places,
    vocabulary,
)
from anon_assets.gazetteer.persons import names_within
from anon_assets.gazetteer.words import fold, name_words

__all__ = [
    "Kind", "alike", "common_words", "countries", "family_names", "fold", "given_names", "name_words", "names_within",
    "occupations", "places", "vocabulary",
]  # fmt: skip
