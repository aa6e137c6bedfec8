"""One detector as a user's file writes it, checked before anything is made of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from anon_assets.columns import LOGICAL_TYPES
from anon_assets.contracts.detector import Tier
from anon_assets.findings import near
from anon_assets.stages.name_evidence import words
from anon_assets.stages.user_patterns import fits_anything, pattern_problem, too_large

__all__ = ["SURE", "DeclaredDetector", "WordLists", "folded", "inside_text"]

SURE = 0.01
"""Chance rate up to which text is searched without a naming word."""

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MOST_EXACT = 200_000
_MOST_PARTIAL = 1_000  # words searched inside text: from about 1,500 on RE2 outgrows Arrow's memory and slows down
_FILE_BYTES = 16 << 20


def folded(text: str) -> str:
    """How words are compared: composed, without case, white space as one space.

    >>> folded("Stra\u00dfe  NR")
    'strasse nr'
    """
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def inside_text(partial: Sequence[str]) -> str:
    """One pattern for all words that are looked for inside text, case and the kind of white space aside.

    >>> inside_text(["HIV", "asthma"])
    '(?i:HIV|asthma)'
    """
    spelled = sorted({unicodedata.normalize("NFC", word) for word in partial})
    union = "|".join(r"\s+".join(map(re.escape, word.split())) for word in spelled)
    return f"(?i:{union})"


def _from_file(value: Any, info: ValidationInfo) -> Any:
    """Words written out, or the lines of a file: UTF-8, one word or phrase each; empty ones and # comments left out."""
    if not isinstance(value, Mapping):
        return value
    if set(value) != {"file"} or not isinstance(value["file"], str):
        raise ValueError("write a list of words, or {file: PATH}")
    path = Path((info.context or {}).get("folder", ".")) / Path(value["file"]).expanduser()
    try:
        with path.open("rb") as file:
            raw = file.read(_FILE_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise ValueError(f"the file of words cannot be read ({error.strerror})") from None
    except UnicodeError:
        raise ValueError("the file of words is not text in UTF-8") from None
    if len(raw) > _FILE_BYTES or "\0" in text:
        raise ValueError("the file of words is larger than 16 MiB, or not text")
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if not found:
        raise ValueError("the file holds no words")
    return found


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _by_language(value: Any) -> Any:
    return {"en": value} if isinstance(value, list | tuple | str) else value


_Words = Annotated[tuple[str, ...], BeforeValidator(_from_file)]
_Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WordLists(BaseModel):
    """The words of one detector, each list written out or in a file."""

    model_config = _STRICT

    exact: _Words = Field((), description="words that are the whole value")
    partial: _Words = Field((), description="words that stand inside a value")

    @field_validator("exact", "partial")
    @classmethod
    def _usable(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        most, least = (_MOST_EXACT, 1) if info.field_name == "exact" else (_MOST_PARTIAL, 2)
        if len(value) > most:
            raise ValueError(f"more than {most:,} words")
        short = sum(len(folded(word)) < least or not any(map(str.isalnum, word)) for word in value)
        if short:
            raise ValueError(f"{short} of {len(value)} words have fewer than {least} characters, or no letter or digit")
        if info.field_name == "partial" and value and too_large([inside_text(value)]):
            raise ValueError("together the words are too long to be looked for inside text; divide them")
        return value


class DeclaredDetector(BaseModel):
    """One detector as the file writes it."""

    model_config = _STRICT

    title: str = Field("", description="one line for people; the name otherwise", max_length=100)
    tier: Tier = Field("direct", description="direct, quasi or sensitive")
    identifying: bool | None = Field(None, description="a value points at one person; true for direct ones otherwise")
    patterns: _Texts = Field((), description="RE2, held against the whole value", max_length=100)
    text: bool = Field(False, description="the patterns are also looked for inside longer text")
    chance: float | None = Field(None, ge=0, le=1, description="share of values of this shape that are something else")
    words: WordLists = Field(WordLists(), description="word lists")
    names: Annotated[dict[str, _Texts], BeforeValidator(_by_language)] = Field({}, description="name words by language")
    name_patterns: _Texts = Field((), description="RE2, searched in the column's name", max_length=100)
    names_suffice: bool = Field(True, description="a name of a fitting type is enough without values")
    negative: _Texts = Field((), description="words in a column's name that veto it")
    minimum_hits: int = Field(3, ge=1, le=512, description="distinct hits below which values are no evidence")
    types: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(("text",), description="types of columns")
    taxonomy: _Texts = Field((), description="where rules of law name it")
    examples: _Texts = Field((), description="values that must be recognised")
    counterexamples: _Texts = Field((), description="values that must not be")
    proposes: Annotated[tuple[Any, ...], BeforeValidator(_listed)] = Field((), description="transforms, best first")

    @field_validator("patterns", "name_patterns")
    @classmethod
    def _re2(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for number, pattern in enumerate(value):
            if problem := pattern_problem(pattern, anchors=info.field_name == "name_patterns"):
                raise ValueError(f"pattern {number + 1}: {problem}")
        if value and too_large(value):
            raise ValueError("together the patterns are too large; divide them among several detectors")
        return value

    @field_validator("names")
    @classmethod
    def _phrases(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if not all(_LANGUAGE.fullmatch(language) for language in value):
            raise ValueError("name words stand by language, such as en or de")
        if not all(words(phrase) for listed in value.values() for phrase in listed):
            raise ValueError("a phrase holds no letters; names are compared by their words")
        return value

    @field_validator("types")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if each not in LOGICAL_TYPES or each == "binary":
                raise ValueError(f"no such type; {near(each, set(LOGICAL_TYPES) - {'binary'})}")
        if not value:
            raise ValueError("name at least one type")
        return value

    @model_validator(mode="after")
    def _decides(self) -> DeclaredDetector:
        named = bool(self.names or self.name_patterns)
        if not (named or self.patterns or self.words.exact or self.words.partial):
            raise ValueError("nothing to know it by; give patterns, words, names or name_patterns")
        if self.patterns and self.rate >= 1 and not named:
            what = "the patterns fit plain numbers, dates or words and prove nothing"
            raise ValueError(f"{what}; give names, make them stricter, or state chance")
        if self.text and not self.patterns:
            raise ValueError("text speaks of patterns, and there are none; words.partial are looked for inside text")
        if self.text and self.rate > SURE and not self.names:
            what = "the patterns are too plain to be looked for inside text"
            raise ValueError(f"{what}; give names, near which they count, or make them stricter")
        return self

    @property
    def rate(self) -> float:
        """The chance rate: what the file states, else 1 for patterns that fit anything and 0 for others."""
        return self.chance if self.chance is not None else float(fits_anything(self.patterns))
