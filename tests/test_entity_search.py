"""The search for entities in running text: the same spans however many rows there are, and in whatever company."""

from __future__ import annotations

import random

import pyarrow as pa

from anon_assets.contracts.detector import DETECTORS
from anon_assets.entity_search.finding import entities, finder

Found = tuple[int, int, int, int]


def found(texts: list[str]) -> set[Found]:
    """Row, begin, end and entity of everything found."""
    return {
        (row, begin, end, entity)
        for spans in finder(tuple(entities())).find(pa.array(texts), "text")
        for row, begin, end, entity in zip(
            spans.rows.tolist(), spans.begins.tolist(), spans.ends.tolist(), spans.entity.tolist(), strict=True
        )
    }


def mentions() -> list[str]:
    """A text for every example of every detector: alone, behind its naming word, between letters."""
    texts = []
    for kind in entities():
        detector = DETECTORS.load(kind)
        words = [phrase for phrases in detector.tokens.values() for phrase in phrases][:3] or [kind]
        for example in detector.examples:
            texts += [f"we met {example} today", f"x{example}y", f"({example}), {example}"]
            texts += [f"{word}: {example}" for word in words]
            texts += [f"{word}\n{example} and {word} no. {example}" for word in words]
    return texts


def test_what_is_rare_is_found_all_the_same() -> None:
    generator = random.Random(3)
    told = mentions()
    plain = [f"order {n} of {generator.choice(['steel', 'lamps', 'paint'])} left the house" for n in range(24_000)]
    places = sorted(generator.sample(range(3_000, len(plain)), len(told)))
    texts = list(plain)
    for place, text in zip(places, told, strict=True):
        texts[place] = text
    alone = {
        (place, begin, end, entity)
        for place, text in zip(places, told, strict=True)
        for _, begin, end, entity in found([text])
    }
    everything = found(texts)
    assert {each for each in everything if each[0] in set(places)} == alone
    assert {entity for _, _, _, entity in alone} == set(range(len(entities())))


def test_a_word_at_the_end_of_a_row_hides_none_at_the_beginning_of_the_next() -> None:
    number = entities().index("nl_bsn")
    texts = ["he forgot his bsn", "bsn 123456782", "bsn", "bsn", "bsn 123456782", "about bsn", "123456782"]
    assert {(row, entity) for row, _, _, entity in found(texts) if entity == number} == {(1, number), (4, number)}
