"""Shapes in running text, by themselves and behind naming words."""

from __future__ import annotations

from typing import Any, ClassVar

import pyarrow as pa
import pytest

from anon_assets.contracts.detector import Detector, Words
from anon_assets.stages.text_search import TextSearch
from anon_assets.text_shapes import text_shape


class Badge(Detector):
    """Six digits behind the word."""

    title: ClassVar[str] = "Badge"
    taxonomy = ("house: badge",)
    patterns = (r"[0-9]{6}",)
    named_patterns = (r"[0-9]{6}",)
    chance = 1.0
    in_text = True
    tokens: ClassVar[Words] = {"en": ("badge", "staff number"), "fr": ("matricule employé",)}
    proposes: ClassVar[tuple[Any, ...]] = ("null",)


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in text_shape(Badge()).spans(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("badge 123456", ["123456"]),
        ("BADGE: 123456, then 654321", ["123456", "654321"]),
        ("Badges no. 123456", ["123456"]),
        ("staff-number=123456", ["123456"]),
        ("matricule employe 123456", ["123456"]),
        ("Matricule employé n° 123456", ["123456"]),
        ("badge" + " " * 29 + "123456", ["123456"]),
        ("badge" + " " * 31 + "123456", []),
        ("123456 is the badge", []),
        ("badger 123456", []),
        ("ebadge 123456", []),
        ("badge x123456", []),
        ("badge 1234567", []),
        ("badge\n123456", []),
        ("order 123456", []),
        ("", []),
    ],
)
def test_a_shape_counts_behind_its_word(text: str, found: list[str]) -> None:
    assert pieces(text) == found


def test_the_search_of_a_column_agrees() -> None:
    search = TextSearch([Badge()])
    values = pa.array(["order 123456", "badge 123456", "nothing", "the badge is lost", "Staff number 111111"])
    (found,) = search.find(values)
    assert set(found.positions.tolist()) >= {1, 4}
    assert not {0, 2} & set(found.positions.tolist())
    assert search.extract(found.detector, values.to_pylist()) == [[], ["123456"], [], [], ["111111"]]


def test_without_named_shapes_nothing_is_asked_of_words() -> None:
    from anon_assets.contracts.detector import DETECTORS

    shape = text_shape(DETECTORS.load("email")())
    assert shape.named == shape.words == ""
    assert shape.free
