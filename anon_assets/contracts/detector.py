"""The contract of a detector: it recognises one entity in values and in column names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from anon_assets.columns import LogicalType
from anon_assets.family import Family, Member

__all__ = ["DETECTORS", "Detector", "Tier", "Verdict", "Words"]

Tier = Literal["direct", "quasi", "sensitive"]
"""direct: names one person by itself. quasi: narrows down in combination. sensitive: harms when linked to a person."""

Words = Mapping[str, Sequence[str]]
"""Words and phrases by language (ISO 639-1)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scan holds a column to be, with the evidence in numbers. Never a value.

    Args:
        column: its name.
        verdict: ``type`` (the column is this entity), ``contains`` (some values hold it inside), ``none`` (looked at,
            nothing found), ``unknown`` (too little to say), ``not_scanned`` (with the reason in ``rule``).
        entity: the detector's kind; empty without one.
        tier: of the entity; None without one.
        identifying: the entity's values point at one person by themselves.
        confidence: 0 to 1.
        hits: distinct values that the detector recognised. distinct: distinct non-null values seen. rows: rows seen.
        share: share of non-null rows whose value was recognised, 0 to 1.
        rule: what decided, such as ``pattern+name:mail`` or ``name:first name``.
        path: where inside the values, as a JSON path (``$.contact.email``); empty: in the values themselves.
        inside: each entity found inside the values, one verdict ``contains`` per entity and path.
    """

    column: str
    verdict: Literal["type", "contains", "none", "unknown", "not_scanned"]
    entity: str = ""
    tier: Tier | None = None
    identifying: bool = False
    confidence: float = 0.0
    hits: int = 0
    distinct: int = 0
    rows: int = 0
    share: float = 0.0
    rule: str = ""
    path: str = ""
    inside: tuple[Verdict, ...] = ()

    @property
    def personal(self) -> bool:
        """The column holds personal data, as far as we can say."""
        return self.verdict in {"type", "contains"}

    def to_dict(self) -> dict[str, Any]:
        """The verdict for machines."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Verdict:
        """The verdict that ``to_dict`` told.

        Raises: TypeError for other keys.

        >>> verdict = Verdict("body", "contains", "email", inside=(Verdict("body", "contains", "email", path="$.to"),))
        >>> Verdict.from_dict(verdict.to_dict()) == verdict
        True
        """
        return cls(**{**told, "inside": tuple(cls.from_dict(each) for each in told.get("inside", ()))})


class Detector(Member):
    """One entity. Everything is declared on the class; the entity is the file's name.

    Declared:
        title: one line. tier: see ``Tier``. taxonomy: where rules of law name it, such as ``("HIPAA: e-mail address",)``.
        identifying: a value points at one person by itself, so that none may reappear anywhere; False for common values
            (a first name, a city) which may reappear in other rows.
        patterns: RE2 syntax, without anchors; RE2's word and digit classes are ASCII, write explicit classes. A column is
            typed by whole-cell matches, text is searched with boundaries around them. Empty: known by name only.
        needs: RE2 syntax: what every value of the entity has somewhere, however it is written (``@`` in an address). A column
            whose values lack it is not this entity, whatever its name says. Empty: anything may be one.
        chance: share of random input of the pattern's shape that ``valid`` accepts, 0 to 1. At 1 the pattern says what a
            value may look like and proves nothing: the column's name must speak.
        in_text: hits inside longer text count (needs a chance rate of at most 0.01, or ``text_patterns``).
        text_patterns: stricter shapes that are searched inside longer text instead of ``patterns``.
        named_patterns: shapes that count inside longer text where one of the name words (``tokens``) stands at most 30
            characters before, on the same line (``passport no. C01X00T47``); ``valid`` judges them, too.
        wordy: its values are words and numbers like those of titles; inside text they count in sentences only.
        tokens: name words by language (ISO 639-1); a column name that contains them as whole words is evidence. A phrase
            (``"date of birth"``) needs its words in that order.
        weak: name words by language that say something only in a table about persons (``title``, ``city``).
        beside: entities of which one must stand in the same table for ``weak`` words to count; empty: any direct one, or
            a table named for persons.
        name_patterns: RE2, searched in a column's name as it is written, case aside; as good as a name word.
        negative: words in a name that veto it (``verified``, ``count``).
        types: logical types whose columns may hold it.
        names_suffice: a name match on a fitting type is enough without value evidence.
        minimum_hits: distinct accepted values below which values are no evidence.
        examples, counterexamples: values that must and must not be recognised.
        proposes: the transform to draft, as YAML, best first; the first that fits the column is taken.
    """

    tier: ClassVar[Tier] = "direct"
    taxonomy: ClassVar[tuple[str, ...]] = ()
    identifying: ClassVar[bool] = False
    patterns: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[str] = ""
    chance: ClassVar[float] = 0.0
    in_text: ClassVar[bool] = False
    text_patterns: ClassVar[tuple[str, ...]] = ()
    named_patterns: ClassVar[tuple[str, ...]] = ()
    wordy: ClassVar[bool] = False
    tokens: ClassVar[Words] = {}
    weak: ClassVar[Words] = {}
    beside: ClassVar[frozenset[str]] = frozenset()
    name_patterns: ClassVar[tuple[str, ...]] = ()
    negative: ClassVar[frozenset[str]] = frozenset()
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text"})
    names_suffice: ClassVar[bool] = False
    minimum_hits: ClassVar[int] = 1
    examples: ClassVar[tuple[str, ...]] = ()
    counterexamples: ClassVar[tuple[str, ...]] = ()
    proposes: ClassVar[tuple[Any, ...]] = ()

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """For each distinct pattern hit: does it pass the checksum or parser? Called on few values, never on rows.

        Args:
            values: distinct matched texts.

        Returns: as many booleans.
        """
        return [True] * len(values)

    def inside(self, texts: Sequence[str]) -> Sequence[Sequence[tuple[int, int]]]:
        """For each distinct text that has a shape for running text: where the entity stands in it, in characters.

        Overridden where a shape catches more than the entity, such as runs of capitalised words with a name among them;
        such an entity is looked for in running text only, and whole values say by ``valid`` what they are.

        Args:
            texts: distinct matched texts.

        Returns: as many lists of spans; here the whole text where it is valid.
        """
        return [[(0, len(text))] if good else [] for text, good in zip(texts, self.valid(texts), strict=True)]

    def in_context(self, lines: Sequence[str], values: Sequence[str]) -> Sequence[bool]:  # noqa: ARG002 for members
        """For each text that ``valid`` refused inside running text: is it one for what stands before it?

        Overridden where the words before decide, as in ``client ip 8.8.8.8``.

        Args:
            lines: what stands before each on its line, the last of it if that is long.
            values: the texts.

        Returns: as many; False leaves it refused.
        """
        return [False] * len(values)

    @classmethod
    def minds_context(cls) -> bool:
        """``in_context`` is overridden."""
        return cls.in_context is not Detector.in_context

    @classmethod
    def of_words(cls) -> bool:
        """``inside`` is overridden: what it finds in running text are words among words."""
        return cls.inside is not Detector.inside


DETECTORS: Family[Detector] = Family("detectors", Detector)
