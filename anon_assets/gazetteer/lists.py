"""The word lists, loaded when first asked for, kept as sorted 64-bit hashes: some megabytes instead of some hundred."""

from __future__ import annotations

import lzma
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl

__all__ = [
    "WordList",
    "common_words",
    "countries",
    "family_names",
    "given_names",
    "occupations",
    "places",
    "vocabulary",
]

_WEIGHTS = (6, 2, 1)  # of the blocks of a file: words that stand in four source lists or more, in two, in one
_FREQUENT = 2  # phrases from which a word of theirs is known


class WordList:
    """Words or phrases with weights, asked for many at a time.

    Args:
        words: distinct texts, folded. weights: as many positive integers.

    Two texts with one hash (chance 10**-13 per question) are held to be the same.
    """

    def __init__(self, words: pl.Series, weights: np.ndarray) -> None:
        hashes = words.hash().to_numpy()
        order = np.argsort(hashes)
        self._hashes, self._weights = hashes[order], weights[order].astype(np.uint16)
        self.text = f"\n{words.str.join(chr(10)).item()}\n".encode()
        self.total = int(weights.sum())

    def __len__(self) -> int:
        return len(self._hashes)

    def weights(self, words: Sequence[str]) -> np.ndarray:
        """The weight of each word, 0 for unknown ones; int64."""
        if not len(words) or not len(self):
            return np.zeros(len(words), np.int64)
        hashes = pl.Series(words, dtype=pl.String).hash().to_numpy()
        places = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        return np.where(self._hashes[places] == hashes, self._weights[places], 0).astype(np.int64)

    def holds(self, words: Sequence[str]) -> frozenset[str]:
        """Those of the words that are listed."""
        return frozenset(word for word, weight in zip(words, self.weights(words).tolist(), strict=True) if weight)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and bool(self.weights([word])[0])


def _read(name: str) -> tuple[pl.Series, np.ndarray]:
    data = files("anon_assets.gazetteer").joinpath("data", f"{name}.txt.xz").read_bytes()
    blocks = [pl.Series([block]).str.split("\n").explode() for block in lzma.decompress(data).decode().split("\n\n")]
    weights = np.concatenate([np.full(len(block), weight) for block, weight in zip(blocks, _WEIGHTS, strict=True)])
    return pl.concat(blocks), weights


@cache
def given_names() -> WordList:
    """Words of given names: about 51,000.

    >>> "maria" in given_names(), "warehouse" in given_names()
    (True, False)
    """
    return WordList(*_read("given"))


@cache
def family_names() -> WordList:
    """Words of family names: about 62,000."""
    return WordList(*_read("family"))


@cache
def places(*, words: bool = False) -> WordList:
    """Names of cities and towns as phrases: about 117,000, in the scripts of their countries, too.

    Args:
        words: the single words of these phrases instead, weighted by their number of phrases, those of several only.

    >>> "new york" in places(), "munchen" in places()
    (True, True)
    """
    return _words_of("places") if words else WordList(*_read("places"))


@cache
def countries() -> WordList:
    """Names of countries as phrases, in 24 languages."""
    return WordList(*_read("countries"))


@cache
def occupations(*, words: bool = False) -> WordList:
    """Job titles as phrases: about 32,000 in 40 languages; or their single words, as ``places`` does."""
    return _words_of("jobs") if words else WordList(*_read("jobs"))


@cache
def common_words() -> WordList:
    """Words that name no person and no place: of running text, goods, colours, months, statuses; 76,000."""
    return WordList(*_read("common"))


def _words_of(name: str) -> WordList:
    phrases, _ = _read(name)
    counted = phrases.str.split(" ").explode().value_counts(name="phrases")
    counted = counted.filter(pl.col("phrases") >= _FREQUENT)
    return WordList(counted.to_series(0), np.minimum(counted["phrases"].to_numpy(), 60_000))


@cache
def vocabulary(name: str) -> frozenset[str]:
    """A short list of words that this package keeps as plain text.

    Args:
        name: ``beliefs``, ``origins``, ``ambiguous_origins``, ``country_codes``, ``job_heads``, ``street_words``,
            ``male`` or ``female``.
    """
    return frozenset(files("anon_assets.gazetteer").joinpath("data", f"{name}.txt").read_text("utf-8").splitlines()) - {
        ""
    }
