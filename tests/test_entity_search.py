"""The search for entities in running text: the same spans however many rows there are, and in whatever company."""

from __future__ import annotations

import random
import re

import pyarrow as pa

from anon_assets.contracts.detector import DETECTORS
from anon_assets.entity_search.finding import entities, finder
from anon_assets.entity_search.groups import groups
from anon_assets.text_buffer import Joined

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


def test_groups_keep_every_row_in_which_a_pattern_stands() -> None:
    small = {3: r"[0-9]{3}-[0-9]{2}", 5: r"[a-z]{2}\s[0-9]"}
    (group,) = groups({**small, 4: "|".join(f"[a-z]{{{n}}}x[0-9]{{{n}}}" for n in range(1, 30))})
    assert set(group.numbers) == set(small)  # the third is too large
    texts = ["x123-45y", "", "none", "ends with ab", "7 begins", "ab 7", "123-45"]
    alone = [row for row, text in enumerate(texts) if any(re.search(each, text) for each in small.values())]
    rows = group.rows(Joined.of(pa.array(texts))).tolist()
    assert set(alone) <= set(rows) == {0, 3, 4, 5, 6}  # and the two that a match across their line feed touches
    assert not len(group.rows(Joined.of(pa.array([], pa.string()))))


def test_what_becomes_frequent_is_found_all_the_same() -> None:
    number = entities().index("mac_address")
    texts = ["nothing at all"] * 3_000 + ["x00:1b:44:11:3a:b7y is up"] * 30_000 + ["nothing"] * 20_000
    rows = {row for row, _, _, entity in found(texts) if entity == number}
    assert rows == set(range(3_000, 33_000))


def test_a_match_that_ends_with_the_last_line_feed_of_all_is_cut(monkeypatch) -> None:
    from anon_assets.contracts.detector import Detector
    from anon_assets.entity_search.finding import Finder

    class Odd(Detector):
        title = "an odd number"
        tier = "indirect"
        patterns = (r"K-[0-9]{3}\s[a-z]?",)
        in_text = True

        def valid(self, values):
            return [True] * len(values)

    monkeypatch.setattr(DETECTORS, "load", lambda _kind: Odd)
    for texts in (["x", "K-123 and", "so K-124", "nothing"], ["K-125"]):
        spans = [span for part in Finder(["odd"]).find(pa.array(texts), "s.t.c") for span in part.rows.tolist()]
        assert spans == ([1] if len(texts) > 1 else [])
