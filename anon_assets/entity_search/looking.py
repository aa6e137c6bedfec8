"""What one detector finds in texts: matches of its shapes that it accepts, whole or in part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import re2

from anon_assets.contracts.detector import Detector
from anon_assets.errors import TransformError
from anon_assets.text_buffer import Joined, Positions
from anon_assets.text_shapes import TextShape, text_shape

__all__ = ["SURE", "Known", "Look", "Rows"]

SURE = 0.01
"""Chance rate up to which a shape is taken even in the middle of a word: the address in x192.0.2.44."""

_MEMORY = 64 << 20  # bytes for the automaton of one detector
_MOST_PARTS = 16
_BEFORE = 160  # bytes before a shape in which its naming word is looked for
_NONE = np.zeros(0, np.int64)
_PART = re.compile(r"[^\W_]+")

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Rows:
    """Some of the texts that are searched together.

    Args:
        places: which ones. values: they, ``pa.large_string()``. joined: they, end to end.
    """

    places: Positions
    values: pa.Array
    joined: Joined

    @classmethod
    def of(cls, values: pa.Array) -> Rows:
        """All of these texts."""
        return cls(np.arange(len(values)), values, Joined.of(values))

    def take(self, rows: Positions) -> Rows:
        """Those in these rows."""
        values = self.values.take(pa.array(rows))
        return Rows(self.places[rows], values, Joined.of(values))

    def moved(self, whole: Rows, positions: Positions) -> Positions:
        """Where positions of these texts, taken from others, lie in those."""
        if self is whole:
            return positions
        rows = self.joined.rows(positions)
        return positions + whole.joined.starts[self.places[rows]] - self.joined.starts[rows]


@dataclass(frozen=True)
class Known:
    """What a detector said about texts so far.

    Args:
        good: which it accepts. parts: of runs of words, where its entity stands in each, in bytes, and whether that is
            the beginning of the run, and its end.
    """

    good: dict[str, bool] = field(default_factory=dict)
    parts: dict[str, list[tuple[int, int, bool, bool]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """One detector: what it searches for, and what it accepts of it."""

    shape: TextShape
    searched: str
    accepted: str

    @classmethod
    def of(cls, detector: Detector) -> Look:
        """Look for what the detector's patterns describe."""
        shape = text_shape(detector)
        either = "|".join(each for each in (shape.free, shape.named) if each)
        return cls(shape, shape.free, either)

    @property
    def detector(self) -> Detector:
        """Whose it is."""
        return self.shape.detector

    @cached_property
    def _pattern(self) -> Any:
        options = re2.Options()
        options.longest_match, options.max_mem = True, _MEMORY
        return re2.compile(self.searched, options)

    def find(self, texts: Rows, few: Rows, wordy: Rows, known: Known, place: str) -> tuple[Positions, Positions]:
        """Begins and ends of what the detector accepts.

        Args:
            texts: all. few: those of them that may hold a shape that counts anywhere.
            wordy: those of them that may hold a naming word. known: what the detector said so far. place: for the error.
        """
        begins, ends = self._search(texts, few, wordy)
        if not len(begins):
            return begins, ends
        joined = texts.joined
        free = ~np.stack([_touched(joined, begins, -1), _touched(joined, ends, 0)])
        free |= self.detector.chance <= SURE
        if self.detector.of_words():
            return self._words(joined, begins, ends, free, known, place)
        encoded = joined.slices(begins, ends).dictionary_encode()
        distinct, which = encoded.dictionary, encoded.indices.to_numpy().astype(np.int64)
        good = self._judged(distinct, known.good, place)[which] & free.all(axis=0)
        if self.detector.minds_context():
            refused = np.flatnonzero(~good & free.all(axis=0))
            good[refused] = self._in_context(joined, begins[refused], ends[refused], place)
        if good.all():
            return begins, ends
        # what is not accepted as a whole, each once
        cases, case = np.unique((which * 4 + free[0] * 2 + free[1])[~good], return_inverse=True)
        refused_texts = distinct.take(pa.array(cases // 4)).to_pylist()
        inner = self._inside(refused_texts, np.stack([cases // 2 % 2, cases % 2], axis=1) > 0, known.good, place)
        filled = np.flatnonzero(np.array([len(spans) > 0 for spans in inner])[case])
        parts = [
            (begin + start, begin + end)
            for begin, number in zip(begins[~good][filled].tolist(), case[filled].tolist(), strict=True)
            for start, end in inner[number]
        ]
        more = np.array(parts, np.int64).reshape(-1, 2)
        return np.concatenate([begins[good], more[:, 0]]), np.concatenate([ends[good], more[:, 1]])

    def _words(
        self,
        joined: Joined,
        begins: Positions,
        ends: Positions,
        free: npt.NDArray[np.bool_],
        known: Known,
        place: str,
    ) -> tuple[Positions, Positions]:
        """Where in the matched runs of words the detector says that the entity stands."""
        encoded = joined.slices(begins, ends).dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        if fresh := [text for text in texts if text not in known.parts]:
            answers = self._answers(
                lambda: ([(int(start), int(end)) for start, end in spans] for spans in self.detector.inside(fresh)),
                len(fresh),
                place,
            )
            for text, spans in zip(fresh, answers, strict=True):
                known.parts[text] = [
                    (len(text[:start].encode()), len(text[:end].encode()), not start, end == len(text))
                    for start, end in spans
                ]
        parts = [known.parts[text] for text in texts]
        found = [
            (begin + start, begin + end)
            for begin, number, left, right in zip(
                begins.tolist(), encoded.indices.to_pylist(), free[0].tolist(), free[1].tolist(), strict=True
            )
            for start, end, first, last in parts[number]
            if (left or not first) and (right or not last)
        ]
        places = np.array(found, np.int64).reshape(-1, 2)
        return places[:, 0], places[:, 1]

    def _search(self, texts: Rows, few: Rows, wordy: Rows) -> tuple[Positions, Positions]:
        """Every match of the shapes: of those that count anywhere, and of those that count behind a naming word."""
        begins, ends = self._matches(few.joined, self._pattern) if self.searched and len(few.places) else (_NONE, _NONE)
        begins, ends = few.moved(texts, begins), few.moved(texts, ends)
        if not self.shape.named:
            return begins, ends
        words = np.array([match.span() for match in self.shape.word.finditer(wordy.joined.buffer)], np.int64)
        if not len(words):
            return begins, ends
        # a match begins with the sign before the word and ends with the one behind it, which may be line feeds of rows:
        # then the next row may begin with a word that was not matched for want of a sign before it
        named = np.unique(wordy.joined.rows(np.minimum(words + np.array([1, 0]), wordy.joined.starts[-1] - 1)))
        behind = wordy.take(named)
        more, until = self._matches(behind.joined, self.shape.named_pattern)
        before = _before(behind.joined, more)
        tells = {each: self.shape.is_named(each) for each in set(before)}
        is_named = np.array([tells[each] for each in before], bool)
        more, until = behind.moved(texts, more), behind.moved(texts, until)
        fresh = is_named & ~np.isin(more, begins)
        return np.concatenate([begins, more[fresh]]), np.concatenate([ends, until[fresh]])

    def _matches(self, joined: Joined, pattern: Any) -> tuple[Positions, Positions]:
        """Every match that lies in one row."""
        spans = np.array([match.span() for match in pattern.finditer(joined.buffer)], np.int64).reshape(-1, 2)
        spans = spans[spans[:, 0] < spans[:, 1]]
        first, last = joined.rows(spans[:, 0]), joined.rows(spans[:, 1])
        if (crossing := first != last).any():  # a shape that matches line feeds: look at those rows one by one
            touched = np.unique(
                np.concatenate([np.arange(a, b + 1) for a, b in zip(first[crossing], last[crossing], strict=True)])
            )
            touched = touched[touched < len(joined.starts) - 1]  # behind the last line feed there is no row
            again = [
                (joined.starts[row] + begin, joined.starts[row] + end)
                for row in touched.tolist()
                for begin, end in (
                    match.span()
                    for match in pattern.finditer(joined.buffer[joined.starts[row] : joined.starts[row + 1] - 1])
                )
                if begin < end
            ]
            spans = np.concatenate([spans[~np.isin(first, touched)], np.array(again, np.int64).reshape(-1, 2)])
        return spans[:, 0], spans[:, 1]

    def _judged(self, distinct: pa.Array, known: dict[str, bool], place: str) -> npt.NDArray[np.bool_]:
        """Which distinct texts have the accepted shape and pass the detector's own judgement."""
        texts = distinct.to_pylist()
        fresh = [text for text in texts if text not in known]
        shaped = fresh
        if self.accepted != self.searched:
            shape = pc.match_substring_regex(pa.array(fresh, pa.string()), rf"\A(?:{self.accepted})\z").to_pylist()
            shaped = [text for text, fits in zip(fresh, shape, strict=True) if fits]
            known.update(dict.fromkeys(fresh, False))
        if shaped:
            asked = [*self.detector.examples, *shaped]
            answers = self._answers(lambda: map(bool, self.detector.valid(asked)), len(asked), place)
            known.update(zip(shaped, answers[len(self.detector.examples) :], strict=True))
        return np.array([known[text] for text in texts], bool)

    def _in_context(self, joined: Joined, begins: Positions, ends: Positions, place: str) -> npt.NDArray[np.bool_]:
        """Which of the refused matches the detector takes for the words before them."""
        lines = [before.rpartition("\n")[2] for before in _before(joined, begins)]
        texts = list(zip(lines, joined.slices(begins, ends).to_pylist(), strict=True))
        asked = list(dict.fromkeys(texts))
        if not asked:
            return np.zeros(0, bool)
        before, values = zip(*asked, strict=True)
        answers = self._answers(lambda: map(bool, self.detector.in_context(before, values)), len(asked), place)
        taken = dict(zip(asked, answers, strict=True))
        return np.array([taken[each] for each in texts], bool)

    def _answers(self, answer: Callable[[], Iterable[_Answer]], asked: int, place: str) -> list[_Answer]:
        """What the detector answers, one for each that it was asked about. Raises: TransformError without a value."""
        try:
            answers = list(answer())
            problem = "" if len(answers) == asked else f"it gave {len(answers)} answers"
        except Exception as error:  # noqa: BLE001 -- whatever a detector raises may quote the value it stumbled over
            answers, problem = [], type(error).__name__
        if problem:
            what = f"the detector {self.detector.kind()} failed on {asked} values ({problem})"
            raise TransformError(place, what, "mend the detector, or leave it out of only")
        return answers

    def _inside(
        self, texts: Sequence[str], free: npt.NDArray[np.bool_], known: dict[str, bool], place: str
    ) -> list[list[tuple[int, int]]]:
        """For each text: the accepted parts between its words, as bytes; those that overlap as one.

        Args:
            free: of each, whether nothing touches its left side, and its right side.
        """
        windows = [
            (number, begin, end)
            for number, text in enumerate(texts)
            for begin, end in _windows(text)
            if (begin or free[number, 0]) and (end < len(text) or free[number, 1]) and end - begin < len(text)
        ]
        parts = pa.array([texts[number][begin:end] for number, begin, end in windows], pa.string())
        shape = pc.match_substring_regex(parts, rf"\A(?:{self.accepted})\z").to_numpy(zero_copy_only=False)
        windows = [window for window, fits in zip(windows, shape.tolist(), strict=True) if fits]
        encoded = parts.filter(pa.array(shape)).dictionary_encode()
        good = self._judged(encoded.dictionary, known, place)[encoded.indices.to_numpy()] if windows else shape[:0]
        found: list[list[tuple[int, int]]] = [[] for _ in texts]
        for (number, begin, end), fine in zip(windows, good.tolist(), strict=True):
            if fine and found[number] and begin < found[number][-1][1]:
                found[number][-1] = (found[number][-1][0], max(end, found[number][-1][1]))
            elif fine:
                found[number].append((begin, end))
        return [
            [(len(text[:begin].encode()), len(text[:end].encode())) for begin, end in spans]
            for text, spans in zip(texts, found, strict=True)
        ]


def _before(joined: Joined, positions: Positions) -> list[str]:
    """What stands before each position in its row, the last of it."""
    begins = np.maximum(positions - _BEFORE, joined.starts[joined.rows(positions)])
    parts = joined.slices(begins, positions).cast(pa.binary())
    return [part.decode("utf-8", "replace") for part in parts.to_pylist()]


def _windows(text: str) -> list[tuple[int, int]]:
    """Parts of a text from the beginning of one word (or a sign before it) to the end of another, the earliest first."""
    words = [match.span() for match in _PART.finditer(text)][:_MOST_PARTS]
    begins = {begin for begin, _ in words}
    begins |= {
        begin - 1 for begin in begins if begin and not text[begin - 1].isspace() and not text[begin - 1].isalnum()
    }
    return sorted((begin, end) for begin in begins for _, end in words if begin < end)


def _touched(joined: Joined, positions: Positions, step: int) -> npt.NDArray[np.bool_]:
    """Whether a letter or digit stands right before (step -1) or at (step 0) each position."""
    data = joined.bytes
    near = data[
        np.maximum(positions + step, 0)
    ]  # a row's line feed stands behind its last byte and before the next row
    near = np.where(positions + step < 0, np.uint8(10), near)
    touched = ((near >= 48) & (near <= 57)) | (((near | 32) >= 97) & ((near | 32) <= 122))
    for number in np.flatnonzero(near >= 128).tolist():  # few: a letter beyond ASCII
        position = int(positions[number])
        piece = data[max(position - 4, 0) : position] if step else data[position : position + 4]
        text = piece.tobytes().decode("utf-8", "ignore")
        touched[number] = text[-1 if step else 0].isalnum()
    return touched
