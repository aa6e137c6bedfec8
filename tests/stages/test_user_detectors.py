"""Detectors that a YAML file declares: what it may say, what is refused and how, and what a scan makes of them."""

from __future__ import annotations

import importlib.metadata
import sys
import types
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.detector import DETECTORS, Detector, Verdict
from anon_assets.errors import DocumentError, FindingsError
from anon_assets.stages.declared_detector import DeclaredDetector
from anon_assets.stages.neighbours import all_detectors
from anon_assets.stages.scan import scan_batches, text_hits
from anon_assets.stages.text_search import recognised
from anon_assets.stages.user_detectors import UserDetector, detector_of, user_detectors

STAFF = """\
detectors:
  staff_number:
    title: Staff number
    tier: quasi
    identifying: true
    patterns: ["S[0-9]{6}", "EXT-[0-9]{4}"]
    names: {en: ["staff number", "badge"], de: [Personalnummer]}
    negative: [printer]
    minimum_hits: 3
    types: [text, enum]
    examples: [S123456, EXT-0001]
    counterexamples: [S12345, "123456"]
    proposes: [{token: {}}, "null"]
"""


@pytest.fixture
def written(tmp_path):
    def write(text: str, name: str = "own.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.fixture
def made(written):
    return lambda text, **others: user_detectors(written(text), **others)


@pytest.fixture
def refused(written):
    def refuse(text: str, **others: Any) -> list[str]:
        with pytest.raises(FindingsError) as caught:
            user_detectors(written(text), **others)
        return list(caught.value.lines)

    return refuse


def one(text: str) -> str:
    """A file with one detector ``staff_number`` that declares this."""
    return f"detectors:\n  staff_number: {{{text}}}\n"


def verdicts(detectors, table="facts", **columns) -> dict[str, Verdict]:
    batch = pa.record_batch({name: pa.array(values) for name, values in columns.items()})
    logical = {name: "integer" if pa.types.is_integer(batch.column(name).type) else "text" for name in columns}
    facts = Table("public", table, tuple(Column(name, logical=logical[name]) for name in columns))
    return {each.column: each for each in scan_batches(facts, iter([batch]), (*all_detectors(), *detectors))}


# -- what is declared -------------------------------------------------------------------------------------------------


def test_everything_declared_stands_on_the_class(made):
    (detector,) = made(STAFF)
    assert isinstance(detector, UserDetector) and isinstance(detector, Detector)
    assert detector.kind() == type(detector).kind() == "staff_number"
    assert (detector.title, detector.tier, detector.identifying) == ("Staff number", "quasi", True)
    assert detector.patterns == ("S[0-9]{6}", "EXT-[0-9]{4}")
    assert detector.tokens == {"en": ("staff number", "badge"), "de": ("Personalnummer",)}
    assert (detector.negative, detector.types) == (frozenset({"printer"}), frozenset({"text", "enum"}))
    assert (detector.minimum_hits, detector.chance, detector.names_suffice) == (3, 0.0, True)
    assert (detector.in_text, detector.text_patterns, detector.named_patterns) == (False, (), ())
    assert detector.proposes == ({"token": {}}, "null")


def test_what_is_left_out_has_sensible_defaults(made):
    (detector,) = made(one('patterns: "S[0-9]{6}"'))
    assert (detector.title, detector.tier, detector.identifying) == ("Staff number", "direct", True)
    assert (detector.types, detector.minimum_hits, detector.proposes) == (frozenset({"text"}), 3, ())
    assert made(one('patterns: ["S[0-9]{6}"], tier: sensitive'))[0].identifying is False


def test_lists_may_be_written_as_one_and_names_without_a_language(made):
    (detector,) = made(one('patterns: "S[0-9]{6}", names: badge, types: integer, proposes: {token: {}}'))
    assert (detector.tokens, detector.types) == ({"en": ("badge",)}, frozenset({"integer"}))
    assert detector.proposes == ({"token": {}},)


@pytest.mark.parametrize("name", ["staff", "us_2fa_code", "k9", "a_b_c", "x" * 41])
def test_the_kind_is_the_name(made, name):
    (detector,) = made(f"detectors: {{{name}: {{names: badge}}}}")
    assert detector.kind() == name


def test_kinds_of_one_file_do_not_mistake_each_other(made):
    text = "detectors: {one: {names: badge}, two: {names: badge}}"
    one_, two = made(text)
    assert one_ != two and len({one_: 1, two: 2}) == 2
    assert one_.taxonomy != two.taxonomy  # equal ones would be akin: names of one would not speak against the other


def test_equal_declarations_are_one_class_and_changed_ones_are_not(made):
    assert made(STAFF) == made(STAFF)
    assert (
        made(STAFF)[0].declaration
        == made(STAFF)[0].declaration
        != made(STAFF.replace("quasi", "direct"))[0].declaration
    )
    assert made(STAFF) != made(STAFF.replace("{6}", "{7}").replace("123456", "1234567"))


def test_the_file_in_the_documentation_is_one(made):
    page = (Path(__file__).parents[2] / "docs" / "detectors-of-your-own.md").read_text()
    (example,) = (block for block in page.split("```") if block.startswith("yaml\n# detectors.yaml"))
    own = made(example.removeprefix("yaml\n"))
    assert [each.kind() for each in own] == ["staff_number", "ward", "project"]
    assert [each.chance for each in own] == [0, 0, 1]
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    told = {name.partition(".")[0] for row in rows for name in row.split("`")[1::2]}
    assert told == set(DeclaredDetector.model_fields)


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where", "told"),
    [
        ("paterns: [a]", "staff_number.paterns", "no such key. did you mean patterns?"),
        ("words: {exakt: [ab]}", "staff_number.words.exakt", "no such key. did you mean exact?"),
        ("names: badge, tier: secret", "staff_number.tier", "'direct', 'quasi' or 'sensitive'"),
        ("names: badge, types: [txt]", "staff_number.types", "did you mean text?"),
        ("names: badge, types: []", "staff_number.types", "name at least one type"),
        ("names: badge, types: binary", "staff_number.types", "no such type"),
        ("names: badge, minimum_hits: 0", "staff_number.minimum_hits", "greater than or equal to 1"),
        ("names: badge, chance: 2", "staff_number.chance", "less than or equal to 1"),
        ("names: {english: [badge]}", "staff_number.names", "such as en or de"),
        ('names: {en: ["123"]}', "staff_number.names", "holds no letters"),
        ('patterns: ["S[0-9"]', "staff_number.patterns", "pattern 1: RE2 does not take it"),
        ('patterns: ["S1", "^S2"]', "staff_number.patterns", "pattern 2: leave out ^"),
        ('name_patterns: ["(?!x)"]', "staff_number.name_patterns", "RE2 does not take it"),
        ("title: nothing else", "staff_number", "nothing to know it by"),
        ('patterns: "[0-9]{6}"', "staff_number", "prove nothing; give names, make them stricter, or state chance"),
        ("names: badge, text: true", "staff_number", "text speaks of patterns, and there are none"),
        ('name_patterns: badge, patterns: "[0-9]{6}", text: true', "staff_number", "too plain to be looked for inside"),
        ("words: {exact: [101, abc]}", "staff_number.words.exact.0", "put it in quotes"),
        ("words: {exact: {path: x}}", "staff_number.words.exact", "write a list of words, or {file: PATH}"),
        ("words: {exact: {file: absent.txt}}", "staff_number.words.exact", "cannot be read (No such file"),
        ("words: {partial: [ok, a]}", "staff_number.words.partial", "1 of 2 words have fewer than 2 characters"),
        ('words: {exact: ["--"]}', "staff_number.words.exact", "1 of 1 words"),
        ("names: badge, proposes: [{tokn: {}}]", "staff_number.proposes.0", "did you mean token?"),
        ("names: badge, proposes: [token, {mask: {lats: 4}}]", "staff_number.proposes.1.mask.lats", "did you mean last?"),
        ('patterns: "S[0-9]{6}", examples: [S123456, S12]', "staff_number.examples.1", "is not recognised"),
        ('patterns: "S[0-9]{6}", counterexamples: S123456', "staff_number.counterexamples.0", "is recognised"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_names_its_place_and_what_to_do(refused, text, where, told):
    (line,) = refused(one(text))
    assert f"own.yaml:2: detectors.{where}: " in line
    assert told in line


def test_every_finding_comes_at_once_each_with_its_line(refused):
    lines = refused(
        "detectors:\n"
        "  Staff: {names: badge}\n"
        "  email: {names: mail}\n"
        "  badge:\n"
        "    tier: direct\n"
        "    patterns: ['(']\n"
        "    nmaes: {en: [x]}\n"
        "  third: S[0-9]\n"
        "others: 1\n"
    )
    assert len(lines) == 6
    for told in (
        "own.yaml:9: others: no such key. one of: detectors",
        "own.yaml:2: detectors: a name is lower-case letters",
        "own.yaml:3: detectors.email: there is a detector of that name. give it a name of its own, such as own_email",
        "own.yaml:6: detectors.badge.patterns: pattern 1",
        "own.yaml:7: detectors.badge.nmaes: no such key. did you mean names?",
        "own.yaml:8: detectors.third: not a mapping",
    ):
        assert any(told in line for line in lines), told


def test_nothing_of_a_file_is_quoted(refused):
    lines = refused(
        "detectors:\n"
        "  a: {patterns: ['canary(']}\n"
        "  b: {names: badge, tier: canary, types: [canary], minimum_hits: canary}\n"
        "  c: {words: {exact: {file: /canary/x}}}\n"
        "  d: {patterns: 'S[0-9]{6}', examples: [canary]}\n"
        "  e: {names: badge, proposes: [{mask: canary}]}\n"
        "  canary!: {}\n"
    )
    assert len(lines) == 8
    assert "canary" not in "".join(lines)


@pytest.mark.parametrize(
    "text", ["detectors: {}\n", "detectors:\n", "detectors: [a]\n", "other: 1\n", "detectors: S1\n"]
)
def test_a_file_without_detectors_is_refused(refused, text):
    assert any("detectors: " in line and "write detectors: with a name" in line for line in refused(text))


def test_a_file_that_is_none_is_refused(tmp_path, written):
    with pytest.raises(DocumentError, match="cannot be read"):
        user_detectors(tmp_path / "absent.yaml")
    with pytest.raises(DocumentError, match="stands twice"):
        user_detectors(written("detectors:\n  a: {names: x}\n  a: {names: y}\n"))


def test_names_that_are_taken_are_refused(refused, made):
    assert "there is a detector of that name" in refused(STAFF, taken={"staff_number"})[0]
    for kind in DETECTORS.kinds():
        assert "there is a detector of that name" in refused(f"detectors: {{{kind}: {{names: badge}}}}")[0]


# -- words ------------------------------------------------------------------------------------------------------------


def test_exact_words_are_whole_values_whatever_their_case(made):
    (detector,) = made(one('words: {exact: ["Große Leitung", Vorstand, "Ärzt/in"]}'))
    values = ["VORSTAND", "große  leitung", "GROSSE LEITUNG", "A\u0308rzt/in", "Vorstand Nord", "Leitung", "", "x"]
    assert recognised(detector, pa.array(values), "x")[1].tolist() == [
        True,
        True,
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert not detector.in_text
    assert text_hits(pa.array(["der Vorstand sagt"]), [detector]) == {}


def test_partial_words_stand_inside_text_between_non_letters(made):
    (detector,) = made(one('words: {partial: ["acute asthma", HIV, "M. Crohn"]}, minimum_hits: 1'))
    texts = ["had Acute\n asthma twice", "HIV-positive", "hive", "(m. crohn)", "archive", "mXcrohn", "asthma"]
    found = text_hits(pa.array(texts), [detector])
    assert found == {"staff_number": 3}
    assert recognised(detector, pa.array(["hiv", "hive"]), "x")[1].tolist() == [True, False]


def test_words_from_a_file(made, tmp_path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "wards.txt").write_bytes(
        "\ufeff# wards\r\n\r\nWard A\r\n  Ward B  \r\nStation Süd\r\n".encode()
    )
    (detector,) = made(one("words: {exact: {file: words/wards.txt}}"))
    assert detector.words == {"ward a", "ward b", "station süd"}
    absolute = made(one(f"words: {{partial: {{file: {tmp_path / 'words' / 'wards.txt'}}}}}"))[0]
    assert text_hits(pa.array(["moved to station süd on monday"]), [absolute]) == {"staff_number": 1}


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"\xff\xfe\x00", "not text in UTF-8"), (b"a\x00b", "not text"), (b"# only this\n\n", "holds no words")],
)
def test_a_file_of_words_that_is_none_is_refused(refused, tmp_path, content, told):
    (tmp_path / "words.txt").write_bytes(content)
    assert told in refused(one("words: {exact: {file: words.txt}}"))[0]


def test_a_changed_file_of_words_is_another_class(made, tmp_path):
    (tmp_path / "words.txt").write_text("north\nsouth\n")
    first = made(one("words: {exact: {file: words.txt}}"))
    (tmp_path / "words.txt").write_text("east\nwest\n")
    assert made(one("words: {exact: {file: words.txt}}")) != first


def test_long_lists(made, refused, tmp_path):
    words = [f"word{number}" for number in range(1_001)]
    (tmp_path / "words.txt").write_text("\n".join(words))
    assert "more than 1,000 words" in refused(one("words: {partial: {file: words.txt}}"))[0]
    (exact,) = made(one("words: {exact: {file: words.txt}}"))
    assert len(exact.words) == 1_001
    (tmp_path / "words.txt").write_text("\n".join(f"{word}x{'y' * 400}" for word in words[:1_000]))
    assert "too long to be looked for" in refused(one("words: {partial: {file: words.txt}}"))[0]


# -- what a scan makes of them ----------------------------------------------------------------------------------------


def test_values_type_a_column_of_any_name(made):
    found = verdicts(made(STAFF), c17=[f"S{n:06}" for n in range(50)], c18=[f"T{n:06}" for n in range(50)])
    assert (found["c17"].verdict, found["c17"].entity, found["c17"].tier) == ("type", "staff_number", "quasi")
    assert found["c17"].identifying and found["c17"].confidence > 0.9 and found["c17"].rule == "pattern"
    assert found["c18"].verdict == "none"


def test_words_type_a_column(made):
    own = made(one("words: {exact: [ward a, ward b, ward c, ward d]}"))
    found = verdicts(own, x=["Ward A", "Ward B", "Ward C", None] * 9, y=["Ward A", "corridor", "roof", "yard"] * 9)
    assert (found["x"].entity, found["x"].verdict) == ("staff_number", "type")
    assert found["y"].entity != "staff_number"


def test_names_type_a_column_and_negative_words_veto(made):
    values = [None, None]
    own = made(STAFF)
    found = verdicts(own, badge=pa.array(values, pa.string()), badge_printer=pa.array(values, pa.string()))
    assert (found["badge"].entity, found["badge"].rule) == ("staff_number", "name:badge")
    assert found["badge_printer"].verdict != "type"
    strict = made(one('patterns: "S[0-9]{6}", names: badge, names_suffice: false'))
    assert verdicts(strict, badge=pa.array(values, pa.string()))["badge"].verdict == "unknown"


def test_a_plain_pattern_needs_the_name(made):
    own = made(one('patterns: "[0-9]{6}", names: {en: [badge number]}, types: [integer, text]'))
    assert own[0].chance == 1
    numbers = list(range(100_000, 100_100))
    found = verdicts(own, badge_number=numbers, order_total=numbers, c17=list(map(str, numbers)))
    assert found["badge_number"].entity == "staff_number"
    assert found["order_total"].verdict == found["c17"].verdict == "none"


def test_who_knows_better_states_the_chance_rate(made):
    own = made(one('patterns: "[0-9]{6}", chance: 0, types: [integer]'))
    assert verdicts(own, c17=list(range(100_000, 100_100)))["c17"].entity == "staff_number"


def test_patterns_inside_text(made):
    own = made(one('patterns: "S[0-9]{6}", text: true'))
    texts = [f"asked S{n:06} to call back" if n % 10 == 0 else f"no answer on day {n}" for n in range(100)]
    found = verdicts(own, note=texts)["note"]
    assert (found.verdict, found.entity, found.hits) == ("contains", "staff_number", 10)
    assert round(found.share, 2) == 0.1


def test_plain_patterns_inside_text_count_near_a_name(made):
    own = made(one('patterns: "[0-9]{6}", names: {en: [badge]}, text: true'))
    assert own[0].in_text and own[0].named_patterns == ("[0-9]{6}",) and own[0].text_patterns == ()
    assert text_hits(pa.array(["badge no. 123456", "ordered 654321 pieces"]), own) == {"staff_number": 1}


def test_too_few_hits_are_no_evidence(made):
    texts = ["see S000001", "see S000002", *(f"nothing on day {n}" for n in range(40))]
    for least, entity in ((1, "staff_number"), (2, "staff_number"), (3, "")):
        own = made(one(f'patterns: "S[0-9]{{6}}", text: true, minimum_hits: {least}'))
        assert verdicts(own, note=texts)["note"].entity == entity, least
    values = [f"S{n:06}" for n in range(4)] * 5
    for least, found in ((4, True), (5, False)):
        own = made(one(f'patterns: "S[0-9]{{6}}", minimum_hits: {least}'))
        assert (verdicts(own, c17=values)["c17"].entity == "staff_number") is found, least


def test_a_rule_for_names(made):
    own = made(one('name_patterns: ["^emp_?(no|nr)$"], negative: [old]'))
    empty = pa.array([None, None], pa.string())
    found = verdicts(own, EmpNo=empty, emp_nr=empty, temp_no=empty, emp_notes=empty)
    assert {name for name, each in found.items() if each.entity == "staff_number"} == {"EmpNo", "emp_nr"}
    assert found["EmpNo"].rule == "name:empno"
    vetoed = made(one('name_patterns: ["emp_?no"], negative: [old]'))
    assert verdicts(vetoed, old_emp_no=empty)["old_emp_no"].verdict != "type"
    assert verdicts(own, emp_no=[1, 2, 3])["emp_no"].verdict != "type"  # another type of column


def test_own_detectors_do_not_disturb_the_others(made):
    columns = {
        "contact": [f"user{n}@example.com" for n in range(40)],
        "amount": list(range(40)),
        "note": [f"call +49 30 9018{n:02}" for n in range(40)],
    }
    assert verdicts((), **columns) == verdicts(made(STAFF), **columns)


def test_a_draft_can_look_the_entity_up(made):
    own = made(STAFF)
    assert detector_of("staff_number", own) is type(own[0])
    assert detector_of("email", own) is DETECTORS.load("email")
    with pytest.raises(DocumentError, match="did you mean email"):
        detector_of("emial", own)


# -- with code --------------------------------------------------------------------------------------------------------


class StaffBadge(Detector):
    """A detector as another package would write it."""

    title: ClassVar[str] = "Staff badge"
    taxonomy = ("own: badge",)
    patterns = ("[0-9]{6}",)
    chance = 0.1
    types = frozenset({"integer", "text"})

    def valid(self, values):
        return [int(value) % 10 == sum(map(int, value[:5])) % 10 for value in values]


@pytest.fixture
def installed(monkeypatch):
    def install(name: str, member: type) -> None:
        module = types.ModuleType("third_party_detectors")
        vars(module)["Held"] = member
        monkeypatch.setitem(sys.modules, "third_party_detectors", module)
        point = importlib.metadata.EntryPoint(name, "third_party_detectors:Held", "anon_assets.detectors")
        monkeypatch.setattr(
            importlib.metadata, "entry_points", lambda *, group: [point] if group == point.group else []
        )
        vars(DETECTORS).pop("_entry_points", None)  # they are looked up once
        all_detectors.cache_clear()

    yield install
    monkeypatch.undo()
    vars(DETECTORS).pop("_entry_points", None)
    all_detectors.cache_clear()


def test_a_package_with_the_entry_point_joins(installed, refused):
    installed("staff_badge", StaffBadge)
    assert "staff_badge" in DETECTORS.kinds() and DETECTORS.load("staff_badge") is StaffBadge
    good = [number for number in range(100_000, 120_000) if StaffBadge().valid([str(number)])[0]][:300]
    found = verdicts((), c17=good, c18=[number + 1 for number in good])
    assert (found["c17"].verdict, found["c17"].entity) == ("type", "staff_badge")
    assert found["c18"].verdict == "none"
    assert "there is a detector of that name" in refused("detectors: {staff_badge: {names: badge}}")[0]


def test_a_member_of_another_name_or_family_is_refused(installed):
    installed("badge_of_staff", StaffBadge)
    with pytest.raises(DocumentError, match="holds no Detector of that name"):
        DETECTORS.load("badge_of_staff")


def test_an_installed_distribution_joins(tmp_path, monkeypatch):
    """The real thing: metadata on the import path, as pip leaves them."""
    (tmp_path / "acme_detectors.py").write_text(
        "from anon_assets.contracts.detector import Detector\n\n\n"
        "class AcmeTicket(Detector):\n"
        "    patterns = ('ACME-[0-9]+',)\n"
    )
    facts = tmp_path / "acme_detectors-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-detectors\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[anon_assets.detectors]\nacme_ticket = acme_detectors:AcmeTicket\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    vars(DETECTORS).pop("_entry_points", None)
    try:
        assert DETECTORS.load("acme_ticket").kind() == "acme_ticket"
    finally:
        monkeypatch.undo()
        vars(DETECTORS).pop("_entry_points", None)
        sys.modules.pop("acme_detectors", None)
    assert "acme_ticket" not in DETECTORS.kinds()
