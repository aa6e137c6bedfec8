"""Words of names, written alike however they were typed: no case, no accents."""

# ruff: noqa: RUF001 -- words of languages that write them so

from __future__ import annotations

import re
import unicodedata

__all__ = ["fold", "name_words"]

_WORD = re.compile(
    r"(?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u0e30-\u0e4e])+(?:['\u2019\u02bc](?:[^\W\d_]|[\u0300-\u036f])+)*"
)  # signs that stand for vowels in the scripts of India and Thailand are no letters to Python
_LETTERS = str.maketrans({
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "\u2019": "'",
    "\u02bc": "'",
})  # fmt: skip


def fold(text: str) -> str:
    """The text without case and without accents; letters that stand for themselves in one language get the usual stand-in.

    >>> fold("Łódź"), fold("MÜLLER"), fold("Søren")
    ('lodz', 'muller', 'soren')
    """
    if text.isascii():
        return text.casefold()
    parted = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    kept = "".join(letter for letter in parted if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", kept).translate(_LETTERS)


def name_words(text: str) -> list[str]:
    """The words of a name, case folded: letters, with apostrophes inside kept; hyphens and points part words.

    >>> name_words("Anne-Marie O'NEILL jr.")
    ['anne', 'marie', "o'neill", 'jr']
    """
    return _WORD.findall(text.casefold())
