"""The contract of a classifier: from outside, and never trusted, it guesses what columns hold."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from anon_assets.columns import LogicalType
from anon_assets.family import Family, Member

__all__ = ["CLASSIFIERS", "OTHER_SIGN", "SHAPE_LENGTH", "Classifier", "Described", "Vote", "Votes"]

SHAPE_LENGTH = 40
"""Most characters of a shape."""

OTHER_SIGN = "\N{CURRENCY SIGN}"
"""What stands in a shape for every character that is no letter, digit, space or ASCII punctuation."""

_SHAPE = re.compile(rf"[Aa9 !-/:-@\[-`{{-~{OTHER_SIGN}]{{1,{SHAPE_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Described:
    """What a classifier is told of one column.

    Args:
        name: the column's. type: its logical type.
        shapes: of its values: letters as ``A`` or ``a``, digits as ``9``; at most ``SHAPE_LENGTH`` characters each.
        samples: values, only where the owner allowed it.

    Raises: ValueError for a shape with another letter or digit in it: a value cannot pass for one.

    >>> Described("mail", "text", ("aaa.aaaa@aaaaa.aaa",)).shapes
    ('aaa.aaaa@aaaaa.aaa',)
    """

    name: str
    type: LogicalType
    shapes: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(_SHAPE.fullmatch(shape) for shape in self.shapes):
            raise ValueError("a shape holds something else than A, a, 9, spaces and signs")


class Vote(NamedTuple):
    """One guess: the kind of a detector, and how sure, from 0 to 1."""

    entity: str
    confidence: float


class Votes(dict[str, Vote]):
    """Votes by column name, and what went wrong where some are missing.

    Args:
        votes: by column name.
        problem: one sentence without a value, key or answer in it; empty when all went well.
    """

    def __init__(self, votes: Mapping[str, Vote] | Iterable[tuple[str, Vote]] = (), problem: str = "") -> None:
        super().__init__(votes)
        self.problem = problem


class Classifier(Member):
    """Something that guesses entities from names, types and shapes. What it says is one more piece of evidence."""

    @abstractmethod
    def vote(self, table: str, columns: Sequence[Described], entities: Mapping[str, str] | None = None) -> Votes:
        """Guess what columns hold.

        Args:
            table: its name. columns: what may be told of them. entities: kinds that may be voted for, with their titles;
                those of the family of detectors by default.

        Returns: votes for columns and entities that were asked about, with confidences from 0 to 1; none of what cannot
            be understood. Time-outs, refusals and nonsense are no errors: they give fewer votes and a ``problem``.
        Raises: KeyUnavailable when the key to the service cannot be read.
        """


CLASSIFIERS: Family[Classifier] = Family("resources.classifiers", Classifier)  # type: ignore[type-abstract]
