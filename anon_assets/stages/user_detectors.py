"""Detectors without code: a YAML file of patterns, word lists, names of columns and the transform to propose."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, cast

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import DETECTORS, Detector
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.family import validation_findings
from anon_assets.findings import Finding, near, raise_errors
from anon_assets.policies.documents import Document, read_document
from anon_assets.stages.declared_detector import SURE, DeclaredDetector, WordLists, folded, inside_text
from anon_assets.stages.name_evidence import words
from anon_assets.stages.text_search import TextSearch, recognised
from anon_assets.stages.user_patterns import whole

__all__ = ["UserDetector", "detector_of", "own_detectors", "user_detectors"]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_ANY = r"(?s:.+)"  # the shape of words: the list itself decides


class UserDetector(Detector):
    """A detector that a file declares. ``user_detectors`` derives one class for each.

    Declared beyond ``Detector``:
        declaration: SHA-256 of everything declared, files of words included: another one may judge otherwise.
        shapes: the file's patterns. words: its words, folded: a value, or what was found inside one, is in this list.
    """

    declaration: ClassVar[str] = ""
    shapes: ClassVar[tuple[str, ...]] = ()
    words: ClassVar[frozenset[str]] = frozenset()

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """A value matches one of the patterns as a whole, or is one of the words."""
        listed = [folded(value) in self.words for value in values] if self.words else [False] * len(values)
        if not self.shapes:
            return listed
        shaped = pc.match_substring_regex(pa.array(values, pa.string()), whole(self.shapes)).to_pylist()
        return [bool(fits or known) for fits, known in zip(shaped, listed, strict=True)]


def user_detectors(path: Path, *, root: Path | None = None, taken: Collection[str] = ()) -> tuple[Detector, ...]:
    """The detectors that a YAML file declares under ``detectors:``, one per name.

    Args:
        path: the file. Files of words that it names are looked for from its folder on.
        root: where relative paths in proposed transforms start; the file's folder otherwise.
        taken: further kinds that are no longer free, such as those of another file.

    Returns: one object per detector, in the order of the file; equal declarations give the same class.
    Raises: DocumentError for a file that is no YAML mapping; FindingsError with every unknown key, wrong pattern, name
        that is taken and transform that does not parse at once. Neither quotes a pattern, word or example.
    """
    document = read_document(path)
    found = [
        Finding("error", "unknown-key", key, "no such key", near(key, ["detectors"]), document.at(key))
        for key in document.data
        if key != "detectors"
    ]
    declared = document.data.get("detectors")
    if not isinstance(declared, Mapping) or not declared:
        what = "declares no detector" if declared is None or declared == {} else "not a mapping of names"
        hint = "write detectors: with a name and what it is known by"
        found.append(Finding("error", "malformed", "detectors", what, hint, document.at("detectors")))
        declared = {}
    made = []
    known = {*DETECTORS.kinds(), *taken}
    for name, spec in declared.items():
        detector, problems = _parsed(document, str(name), spec, known, root or path.parent)
        found += problems
        if detector is not None:
            made.append(detector)
    raise_errors(str(path), found)
    return tuple(made)


def own_detectors(files: Sequence[Path | str]) -> tuple[Detector, ...]:
    """The detectors of several files, in order.

    Raises: as ``user_detectors``; a name that two files declare is taken.
    """
    found: list[Detector] = []
    for file in files:
        found += user_detectors(Path(file), taken=[each.kind() for each in found])
    return tuple(found)


def detector_of(entity: str, own: Sequence[Detector] = ()) -> type[Detector]:
    """The class of an entity: one of the user's detectors, else of the family.

    Raises: DocumentError for an entity that neither has.
    """
    return next((type(each) for each in own if each.kind() == entity), None) or DETECTORS.load(entity)


def _parsed(
    document: Document, name: str, spec: object, known: Collection[str], root: Path
) -> tuple[Detector | None, list[Finding]]:
    place = f"detectors.{name}"
    line = document.at("detectors", name)
    if not _NAME.fullmatch(name):
        what = "a name is lower-case letters, digits and _, starting with a letter, at most 41"
        return None, [Finding("error", "malformed", "detectors", what, "", line)]
    if name in known:
        hint = f"give it a name of its own, such as own_{name}"
        return None, [Finding("error", "duplicate-kind", place, "there is a detector of that name", hint, line)]
    if not isinstance(spec, Mapping):
        hint = f"write what it is known by: {', '.join(sorted(DeclaredDetector.model_fields))}"
        return None, [Finding("error", "malformed", place, "not a mapping", hint, line)]
    try:
        declared = DeclaredDetector.model_validate(dict(spec), context={"folder": document.path.parent})
    except ValidationError as error:
        return None, [_located(document, each) for each in validation_findings(error, place, "", DeclaredDetector)]
    found = []
    for number, each in enumerate(declared.proposes):
        where = f"{place}.proposes.{number}"
        found += TRANSFORMS.parse(each, where, document.at(*where.split(".")), root)[1]
    detector = _class_of(name, _canonical(declared))()
    found += [
        Finding("error", "wrong-example", where, what, "", document.at(*where.split(".")))
        for where, what in _misjudged(place, declared, detector)
    ]
    return (None if found else detector), found


def _located(document: Document, finding: Finding) -> Finding:
    path = finding.where.split(".")
    hint = finding.hint
    if finding.code == "unknown-key" and path[2:3] == ["words"]:
        hint = near(path[-1], WordLists.model_fields)
    elif finding.what.endswith("valid string"):
        hint = "put it in quotes"
    return Finding(finding.severity, finding.code, finding.where, finding.what, hint, document.at(*path))


def _misjudged(place: str, declared: DeclaredDetector, detector: Detector) -> Iterator[tuple[str, str]]:
    """Places of examples that are not recognised, and of counter-examples that are."""
    for key, texts, wanted in (
        ("examples", declared.examples, True),
        ("counterexamples", declared.counterexamples, False),
    ):
        for number, text in enumerate(texts):
            if _recognises(detector, text) is not wanted:
                yield f"{place}.{key}.{number}", "is not recognised" if wanted else "is recognised"


def _recognises(detector: Detector, text: str) -> bool:
    values = pa.array([text])
    if recognised(detector, values, "example")[1].any():
        return True
    search = TextSearch([detector])
    if not detector.in_text or not list(search.find(values)):
        return False
    return bool(search.accepts(detector, search.extract(detector, [text]), "example").any())


def _canonical(declared: DeclaredDetector) -> str:
    told = declared.model_dump(mode="json", exclude={"examples", "counterexamples"})
    return json.dumps({**told, "rate": declared.rate}, sort_keys=True)


@lru_cache(maxsize=512)
def _class_of(name: str, canonical: str) -> type[UserDetector]:
    """The class of a declaration: made once, so that what is compiled for it is found again."""
    told = json.loads(canonical)
    shapes, exact, partial = tuple(told["patterns"]), told["words"]["exact"], told["words"]["partial"]
    inside = (inside_text(partial),) if partial else ()
    in_text = shapes if told["text"] else ()
    plain = told["rate"] > SURE
    identifying = told["identifying"] if told["identifying"] is not None else told["tier"] == "direct"
    declared: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": f"{told['title'] or name}: declared in a file.",
        "kind": classmethod(lambda _: name),
        "title": told["title"] or name.replace("_", " ").capitalize(),
        "tier": told["tier"],
        "taxonomy": tuple(told["taxonomy"]) or (f"own: {name}",),
        "identifying": identifying,
        "patterns": (*shapes, *((_ANY,) if exact or partial else ())),
        "chance": told["rate"],
        "text_patterns": (*(() if plain else in_text), *inside),
        "named_patterns": in_text if plain else (),
        "in_text": bool(in_text or inside),
        "tokens": {language: tuple(phrases) for language, phrases in told["names"].items()},
        "negative": frozenset(word for phrase in told["negative"] for word in words(phrase)),
        "types": frozenset(cast("list[LogicalType]", told["types"])),
        "names_suffice": told["names_suffice"],
        "proposes": tuple(told["proposes"]),
        "name_patterns": tuple(told["name_patterns"]),
        "minimum_hits": told["minimum_hits"],
        "declaration": hashlib.sha256(canonical.encode()).hexdigest(),
        "shapes": shapes,
        "words": frozenset(map(folded, (*exact, *partial))),
    }
    title = "".join(part.capitalize() for part in name.split("_"))
    return cast("type[UserDetector]", type(title, (UserDetector,), declared))
