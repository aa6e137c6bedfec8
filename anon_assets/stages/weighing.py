"""Weighs what values and names say into one verdict for a column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from anon_assets.contracts.detector import Detector, Verdict

__all__ = ["DENIED", "MASKED", "Clue", "Counts", "at_chance", "lower_bound", "weigh"]

DENIED = "values are no "
"""Begins the part of a rule that lists entities which the name hints at and the values exclude."""

MASKED = "masked values"
"""The rule of a column whose values a redaction left: its name says nothing about them."""

_Z = 1.645  # one-sided 95 %
_DOUBT = 1e-3  # a column is typed by its values when chance would do that less often than this
_SEVERAL = 3
_MANY = 10  # shaped hits in text from which a pass rate near the chance rate shows look-alikes
_FEW = 3  # rows with a value below which nothing found says nothing
_RARE = 0.05  # share of plausible values below which a hint in the name is void
_CONTRADICTED = 20  # distinct values, hardly any of which could be the entity, from which a name is doubted
_ACCIDENT = 0.01  # how often chance may make as many hits in a column of codes and numbers
_NEARLY_ALL = 0.8  # share of values from which they overrule a name that speaks against them
_PLAUSIBLE = 0.35  # chance rate above which they never do
_RARELY = 0.002  # share of rows below which names among words are taken for titles and places
_SPARSE = 0.02  # share of distinct values from which whole values that are an entity count in a column of others


def lower_bound(hits: int, of: int) -> float:
    """Lower end of the one-sided 95 % Wilson interval for the share ``hits / of``.

    >>> round(lower_bound(3, 3), 2), round(lower_bound(100, 1000), 3), lower_bound(0, 0)
    (0.53, 0.085, 0.0)
    """
    if not of or not hits:
        return 0.0
    share, square = hits / of, _Z * _Z
    middle = share + square / (2 * of)
    spread = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return (middle - spread) / (1 + square / of)


def at_chance(hits: int, of: int, chance: float) -> float:
    """The probability that at least ``hits`` of ``of`` random values pass a check with that chance rate.

    >>> round(at_chance(2, 2, 0.1), 3), at_chance(0, 5, 0.1), at_chance(5, 5, 1.0)
    (0.01, 1.0, 1.0)
    """
    if hits <= 0 or chance >= 1:
        return 1.0
    chance = max(chance, 1e-3)  # no pattern is beyond doubt
    log, other, ways = math.log(chance), math.log1p(-chance), math.lgamma(of + 1)
    terms = (
        math.exp(ways - math.lgamma(n + 1) - math.lgamma(of - n + 1) + n * log + (of - n) * other)
        for n in range(hits, of + 1)
    )
    return min(1.0, math.fsum(terms))


@dataclass(frozen=True, slots=True)
class Clue:
    """What one detector has on one column.

    Args:
        detector: whose clue it is.
        phrase: of its strong name words found in the column's name; empty without.
        vetoed: the name holds a negative word; in ``weigh`` also: it speaks of another entity, and the values agree.
        looked: distinct values looked at. shaped: of those, judged because of their shape. accepted: of those.
        share: of the non-null rows, in accepted values.
        text_shaped, text_accepted: of a sample of distinct values, those with the shape inside; with an accepted one.
        text_hits: distinct values with an accepted one, all of them. text_share: of the non-null rows, in such values.
        hint: of its weak name words, found in the column's name.
        lacking: the values lack what every value of the entity has.
        prose: most values are sentences, so that a shape in them is no accident of numbering and no title.
        bare: most values are digits alone, which numbers of any kind are.
        plain: of the values looked at, those of a shape that counts only where a word names it.
    """

    detector: Detector
    phrase: str = ""
    vetoed: bool = False
    looked: int = 0
    shaped: int = 0
    accepted: int = 0
    share: float = 0.0
    text_shaped: int = 0
    text_accepted: int = 0
    text_hits: int = 0
    text_share: float = 0.0
    hint: str = ""
    lacking: bool = False
    prose: bool = True
    bare: bool = False
    plain: int = 0

    @property
    def family(self) -> tuple[str, ...]:
        """Entities of one family are akin: a name that speaks of one does not speak against another."""
        return self.detector.taxonomy[:1]

    @property
    def proven(self) -> bool:
        """The values alone show the entity: most have it, far more than chance would give.

        Where the column's name speaks against an entity that is only ever recognised in whole columns (words such as
        names), or against digits alone whose check proves little, nearly all values must be the entity.
        """
        chance = self.detector.chance
        share = lower_bound(self.accepted, self.looked)
        plain = chance > _PLAUSIBLE or (self.bare and chance > 0.01)
        doubtful = self.vetoed and (plain or not self.detector.in_text)
        if doubtful and (chance > _PLAUSIBLE or share < _NEARLY_ALL or self.accepted < _CONTRADICTED):
            return False
        doubt = _DOUBT**3 if doubtful else _DOUBT
        every = self.accepted == self.looked >= 2 and chance <= 0.01  # M and F are all the values there are
        return (every or share >= max(0.5, (1 + chance) / 2)) and at_chance(self.accepted, self.shaped, chance) <= doubt

    @property
    def held(self) -> bool:
        """Some values hold the entity inside.

        Many hits that pass at the chance rate are look-alikes, and so are few among codes and numbers. A shape that
        nothing verifies (a street address, which may be the title of a song) takes several distinct hits. Words among
        words count in sentences only.
        """
        detector = self.detector
        bare = detector.chance > 0 and type(detector).valid is Detector.valid
        if self.text_accepted < (_SEVERAL if bare else 1) or (detector.of_words() and not self.prose):
            return False
        if (bare or detector.wordy) and self.text_share < _RARELY:
            return False
        accident = at_chance(self.text_accepted, self.text_shaped, detector.chance)
        most = self.text_accepted >= self.text_shaped * (1 + detector.chance) / 2
        if not self.prose:
            formatted = not self.bare and most and self.text_shaped >= _CONTRADICTED
            return formatted or accident <= (_DOUBT if self.bare else _ACCIDENT)
        return self.text_shaped < _MANY or most or accident <= _ACCIDENT

    @property
    def sparse(self) -> bool:
        """Some whole values are the entity, among others of another shape: far more than chance would give.

        Where the check proves little by itself, most values of the shape must pass it: names among codes, not among words.
        """
        chance = self.detector.chance
        if chance > 0.01 and lower_bound(self.accepted, self.shaped) < max(0.5, (1 + chance) / 2):
            return False
        few = self.accepted < (_SEVERAL if chance <= 0.01 else _MANY)
        if self.vetoed or few or lower_bound(self.accepted, self.looked) < _SPARSE:
            return False
        return at_chance(self.accepted, self.shaped, chance) <= _DOUBT**2

    @property
    def contradicted(self) -> bool:
        """The name speaks for the entity, and the values say that they are something else."""
        if self.lacking:
            return True
        if self.looked < _CONTRADICTED or self.plain >= self.looked * 0.3:
            return False
        if self.shaped < self.looked * _RARE:
            return True
        chance = self.detector.chance
        return 0 < chance < 1 and self.accepted < self.shaped * min(chance, 0.5) and self.accepted < self.looked * 0.3

    @property
    def lookalike(self) -> bool:
        """Values have the shape, and pass a check that random ones pass too, without proving anything."""
        detector = self.detector
        return (
            detector.in_text
            and detector.chance > 0.01
            and self.shaped >= _MANY
            and self.accepted > 0
            and not self.proven
        )

    @property
    def denied(self) -> bool:
        """The name hints at the entity, but hardly any value could be one."""
        if self.lacking:
            return True
        if not self.hint or not self.detector.chance:
            return False
        if self.detector.chance >= 1:
            return self.looked >= _FEW and self.accepted < self.looked * _RARE
        return self.detector.wordy and self.looked >= _CONTRADICTED and self.accepted < self.looked * 0.1


@dataclass(frozen=True, slots=True)
class Counts:
    """What was seen of a column: rows, non-null and non-blank rows, distinct non-blank values."""

    rows: int = 0
    present: int = 0
    filled: int = 0
    distinct: int = 0


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    rank: int
    words: int
    confidence: float
    rule: str = field(compare=False)
    clue: Clue = field(compare=False)


def _typed(column: str, counts: Counts, best: _Candidate) -> Verdict:
    clue, detector = best.clue, best.clue.detector
    scale = counts.distinct / clue.looked if clue.looked else 0.0
    return Verdict(
        column, "type", detector.kind(), detector.tier, detector.identifying, round(best.confidence, 2),
        round(clue.accepted * scale), counts.distinct, counts.rows, round(clue.share, 6), best.rule,
    )  # fmt: skip


def _candidate(clue: Clue) -> _Candidate | None:
    share = lower_bound(clue.accepted, clue.looked)
    words = len(clue.phrase.split())
    if clue.proven and clue.phrase:
        return _Candidate(4, words, 0.99, f"pattern+name:{clue.phrase}", clue)
    if clue.proven:
        # of several kinds of words, that which fills the column furthest beyond chance
        formal = clue.detector.in_text and not clue.detector.wordy
        beyond = share if formal else (share - clue.detector.chance) / (1 - clue.detector.chance)
        return _Candidate(3 if formal else 1, 0, min(0.98, 0.5 + beyond / 2), "pattern", clue)
    if clue.phrase and not clue.lacking and (clue.detector.names_suffice or share > 0.1):
        if clue.contradicted:
            return _Candidate(0, words, 0.5, f"name:{clue.phrase}, values differ", clue)
        confidence = 0.8 if not clue.accepted else min(0.95, 0.8 + share / 5)
        return _Candidate(2, words, confidence, f"name:{clue.phrase}", clue)
    return None


def _beyond_chance(clue: Clue) -> tuple[bool, float]:
    return clue.detector.in_text, clue.accepted - clue.shaped * clue.detector.chance


def weigh(column: str, counts: Counts, clues: Sequence[Clue], *, needs_values: bool) -> Verdict:
    """The verdict on one column.

    Values that prove an entity together with the name come first, then values with a form of their own, then the name,
    then words that fill most values. A longer phrase beats a shorter one.

    Args:
        column: its name.
        counts: what was seen of it.
        clues: one per detector whose storage types fit or that found something inside.
        needs_values: the column's type may hold entities that only values can show.
    """
    speaking = [clue for clue in clues if (clue.phrase or clue.hint) and not clue.contradicted]
    clues = [
        replace(clue, vetoed=clue.vetoed or any(other.family != clue.family for other in speaking)) for clue in clues
    ]
    candidates = [candidate for clue in clues if (candidate := _candidate(clue)) is not None]
    best = max(candidates, default=None)
    held = sorted((clue for clue in clues if clue.held), key=lambda clue: -clue.text_hits)
    some = sorted((clue for clue in clues if clue.sparse), key=_beyond_chance, reverse=True)
    if best is not None and (best.rank or not (held or some)):  # a name that the values contradict comes last
        return _typed(column, counts, best)
    if held:
        first = held[0]
        doubt = at_chance(first.text_accepted, first.text_shaped, min(first.detector.chance, 0.5))
        return Verdict(
            column, "contains", first.detector.kind(), first.detector.tier, first.detector.identifying,
            round(1 - doubt, 2), first.text_hits, counts.distinct, counts.rows, round(min(1.0, first.text_share), 6),
            "text:" + "+".join(clue.detector.kind() for clue in held),
        )  # fmt: skip
    if some:
        first = some[0]
        return Verdict(
            column, "contains", first.detector.kind(), first.detector.tier, first.detector.identifying, 0.8,
            round(first.accepted * counts.distinct / first.looked), counts.distinct, counts.rows, round(first.share, 6),
            "some values:" + "+".join(clue.detector.kind() for clue in some),
        )  # fmt: skip
    if needs_values and counts.filled < _FEW:
        return Verdict(
            column,
            "unknown",
            distinct=counts.distinct,
            rows=counts.rows,
            rule="no values" if not counts.filled else "few values",
        )
    alike = [clue.detector.kind() for clue in clues if clue.lookalike]
    unlike = [clue.detector.kind() for clue in clues if clue.denied]
    rules = (["at chance rate:" + "+".join(alike)] if alike else []) + ([DENIED + "+".join(unlike)] if unlike else [])
    return Verdict(column, "none", distinct=counts.distinct, rows=counts.rows, rule=", ".join(rules))
