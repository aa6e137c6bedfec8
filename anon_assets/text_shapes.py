"""How a detector's shapes are looked for inside running text: by themselves, or behind a word that names them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from anon_assets.contracts.detector import Detector

__all__ = ["GAP", "REACH", "TextShape", "text_shape"]

REACH = 30
"""Characters that may stand between a naming word and what it names."""

_MEMORY = 64 << 20  # bytes for the automaton of one detector
_LONGEST_PHRASE = 40
_CONTINUED = re.compile(r":[ \t]*\r?\n[ \t]*\Z")
GAP = r"[\s_\-.]{0,2}"


def _folded(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))


def _phrases(detector: Detector) -> list[str]:
    """Its strong name words as regular expressions, the longest first, with and without accents."""
    listed = {phrase.casefold() for phrases in detector.tokens.values() for phrase in phrases}
    spelled = {form for phrase in listed for form in (phrase, _folded(phrase))}
    return [GAP.join(map(re.escape, phrase.split())) for phrase in sorted(spelled, key=lambda each: (-len(each), each))]


def _union(patterns: tuple[str, ...]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


@dataclass(frozen=True)
class TextShape:
    """What one detector looks for inside text.

    Args:
        detector: whose. free: union of the shapes that count anywhere; empty without. named: of those that count behind
            a naming word; empty without. words: that word, case aside; empty without ``named``.
    """

    detector: Detector
    free: str
    named: str
    words: str

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the shapes stand in a text, in characters, with no letter, digit or mask on either side.

        >>> from anon_assets.contracts.detector import DETECTORS
        >>> text_shape(DETECTORS.load("email")()).spans("to ada@example.com, please")
        [(3, 18)]
        """
        found = [match.span() for match in self.pattern.finditer(text)] if self.free else []
        if self.named and self.word.search(text):
            found += [
                span
                for span in (match.span() for match in self.named_pattern.finditer(text))
                if self.is_named(text[max(0, span[0] - REACH - _LONGEST_PHRASE) : span[0]])
            ]
        return sorted({span for span in found if span[0] < span[1] and _stands_free(text, *span)})

    def is_named(self, before: str) -> bool:
        """A naming word ends at most ``REACH`` characters before the end of this text, on its last line.

        A word with a colon at the end of a line names what the next one begins with.
        """
        before = _CONTINUED.sub(": ", before)
        line = before.rpartition("\n")[2]  # the match of a word ends past the sign behind it
        return any(len(line) - match.end() < REACH for match in self.word.finditer(line))

    @property
    def pattern(self) -> Any:
        """``free``, longest match."""
        return _cached(self.free)

    @property
    def named_pattern(self) -> Any:
        """``named``, longest match."""
        return _cached(self.named)

    @property
    def word(self) -> Any:
        """``words`` as a whole word."""
        return _cached(rf"(?i)(?:^|[^\p{{L}}\p{{N}}])(?:{self.words})(?:s|es)?(?:[^\p{{L}}\p{{N}}]|$)")


@cache
def _cached(pattern: str) -> Any:
    options = re2.Options()
    options.longest_match, options.max_mem = True, _MEMORY
    return re2.compile(pattern, options)


def text_shape(detector: Detector) -> TextShape:
    """What a detector looks for inside text: ``text_patterns``, else ``patterns`` unless it has only named shapes."""
    free = detector.text_patterns or (() if detector.named_patterns else detector.patterns)
    named = _union(detector.named_patterns)
    return TextShape(detector, _union(free), named, "|".join(_phrases(detector)) if named else "")


def _stands_free(text: str, start: int, end: int) -> bool:
    return not (start and _touches(text[start - 1])) and not _touches(text[end : end + 1])


def _touches(sign: str) -> bool:
    """A letter, a digit, or what masks one: the rest of ``a***b@example.com`` is no address."""
    return sign.isalnum() or (sign != "" and sign in "*\u2022\u25cf")
