"""How probable a word is in a language of names: by a list of known words, and by the letters of unknown ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anon_assets.gazetteer.lists import WordList

__all__ = ["WordModel"]

_BUCKETS = 1 << 17
_LISTED = 0.6  # share of the probability that known words get
_CHUNK = 1 << 17  # bytes counted at a time, which bounds the temporaries


def _codes(data: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each byte from the third on: buckets of the three bytes up to it, of two before, of two up to it, of one."""
    wide = data.astype(np.uint32)
    pairs = wide[:-1] * 256 + wide[1:]
    triples = (pairs[:-1] * 40_503 + wide[2:] * 97) % _BUCKETS
    return triples, pairs[:-1], pairs[1:], wide[1:-1]


class WordModel:
    """A mixture of a weighted word list and of sequences of three bytes learned from it.

    A word of the list has a share of the list's mass; any word has the probability that its bytes follow each other in
    words of the list (interpolated counts of triples, pairs and single bytes; Jelinek and Mercer, 1980).

    Args:
        listed: the words.
    """

    def __init__(self, listed: WordList) -> None:
        self.listed = listed
        sizes = (_BUCKETS, 1 << 16, 1 << 16, 256)
        counts = [np.zeros(size, np.float32) for size in sizes]
        data = np.frombuffer(listed.text.replace(b"\n", b"\n\n"), np.uint8)
        for start in range(0, len(data), _CHUNK):
            for count, codes in zip(counts, _codes(data[start : start + _CHUNK + 2]), strict=True):
                np.add(count, np.bincount(codes, minlength=len(count)), out=count, casting="unsafe")
        self._triples, self._befores, self._pairs, self._singles = counts

    def log(self, words: Sequence[str]) -> np.ndarray:
        """Natural logarithms of the words' probabilities; float64, as many."""
        if not words:
            return np.zeros(0)
        data = np.frombuffer(("\n\n" + "\n\n".join(words) + "\n\n").encode(), np.uint8)
        triples, befores, pairs, singles = _codes(data)
        steps = (
            0.75 * self._triples[triples] / np.maximum(self._befores[befores], 1)
            + 0.2 * self._pairs[pairs] / np.maximum(self._singles[singles], 1)
            + 1e-4
        )
        sums = np.concatenate([[0.0], np.cumsum(np.log(steps))])
        ends = np.cumsum([len(word.encode()) + 2 for word in words])  # two line feeds stand before each word
        starts = np.concatenate([[0], ends[:-1]])
        spelled = sums[ends - 1] - sums[starts]  # its bytes and the line feed behind it
        shares = self.listed.weights(words) / self.listed.total
        return np.asarray(np.logaddexp(np.log(np.maximum(_LISTED * shares, 1e-300)), spelled + np.log(1 - _LISTED)))
