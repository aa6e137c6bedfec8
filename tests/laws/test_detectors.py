"""What holds for every detector, whatever it looks for. A new one is under these tests by its file alone."""

from __future__ import annotations

import random
import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import re2

from anon_assets.columns import LOGICAL_TYPES
from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.detector import DETECTORS, Detector
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.entity_search.finding import entities
from anon_assets.frame_scan import spans
from anon_assets.stages.name_evidence import NameEvidence, words
from anon_assets.stages.scan import scan_batches, text_hits
from anon_assets.stages.text_search import recognised, says_something

LANGUAGES = {"en", "de", "fr", "es", "it", "pt", "nl", "pl"}
EVERY = [pytest.param(DETECTORS.load(kind)(), id=kind) for kind in DETECTORS.kinds()]
each = pytest.mark.parametrize("detector", EVERY)


@each
def test_it_declares_what_it_is(detector: Detector) -> None:
    assert detector.title
    assert detector.title[0].isupper()
    assert type(detector).__doc__
    assert detector.taxonomy
    assert detector.tier in {"direct", "quasi", "sensitive"}
    assert detector.types <= set(LOGICAL_TYPES)
    assert detector.tokens or detector.weak
    assert detector.examples
    assert detector.counterexamples
    assert 0 <= detector.chance <= 1
    assert detector.beside <= set(DETECTORS.kinds())


@each
def test_examples_are_recognised_and_counterexamples_are_not(detector: Detector) -> None:
    for example in detector.examples:
        assert recognised(detector, pa.array([example]), "law")[1].tolist() == [True], example
    for example in detector.counterexamples:
        assert recognised(detector, pa.array([example]), "law")[1].tolist() == [False], example
    assert recognised(detector, pa.array(detector.examples), "law")[1].all()


@each
def test_patterns_are_re2_without_anchors(detector: Detector) -> None:
    for pattern in (*detector.patterns, *detector.text_patterns, *detector.named_patterns):
        assert re2.compile(pattern) is not None
        assert pc.match_substring_regex(pa.array(["x"]), pattern) is not None
        assert not re.search(r"(?<!\[)\^|(?<!\\)\$(?!\\)$|\\b|\\w|\\d|\\A|\\z", re.sub(r"\[[^\]]*\]", "", pattern)), (
            pattern
        )


@each
def test_text_is_searched_only_for_what_chance_rarely_makes(detector: Detector) -> None:
    if detector.in_text:
        assert detector.chance <= 0.01 or detector.text_patterns or detector.named_patterns
    else:
        assert not detector.text_patterns
        assert not detector.named_patterns
    assert detector.tokens or not detector.named_patterns


@each
def test_an_example_is_found_inside_text_and_only_there(detector: Detector) -> None:
    if not detector.in_text:
        pytest.skip("known by whole columns only")
    kind = detector.kind()
    if not says_something(detector):
        assert text_hits(pa.array([f"see ({example}), please" for example in detector.examples]), [detector]) == {}
        pytest.skip("says nothing about a text by itself")
    name = next((phrases[0] for phrases in detector.tokens.values() if detector.named_patterns), "see")
    fitting = [example for example in detector.examples if text_hits(pa.array([f"{name}: {example}"]), [detector])]
    assert fitting
    for example in fitting:
        assert text_hits(pa.array([f"{name} ({example}), please"]), [detector]) == {kind: 1}
        assert text_hits(pa.array([f"{name} zażółć{example}9gęślą"]), [detector]).get(kind, 0) <= 1
    assert text_hits(pa.array(["nothing to be seen here", "", None]), [detector]) == {}


@each
def test_spans_in_text_are_those_of_the_example(detector: Detector) -> None:
    kind = detector.kind()
    if kind not in entities():
        pytest.skip("known by whole columns only")
    name = next((phrases[0] for phrases in detector.tokens.values() if detector.named_patterns), "see")
    texts = [f"żółw; {name}: {example}; please" for example in detector.examples]
    found = spans(texts, detectors=[kind]).to_pylist()
    assert found
    for each in found:
        piece = texts[each["row"]][each["start"] : each["end"]]
        example = detector.examples[each["row"]]
        assert piece in example or example in piece


@each
def test_shapes_behind_a_naming_word_need_it(detector: Detector) -> None:
    """What only a naming word makes an entity is left alone without it, and too far behind it."""
    if not detector.named_patterns or detector.text_patterns:
        pytest.skip("counts by itself")
    phrase = next(iter(detector.tokens.values()))[0]
    for example in detector.examples:
        for text in (f"ref {example} ok", f"{phrase} {'x ' * 30}{example}", f"{phrase}\n{example}"):
            assert text_hits(pa.array([text]), [detector]) == {}, text


@each
def test_names_are_given_in_eight_languages(detector: Detector) -> None:
    for listed in (detector.tokens, detector.weak):
        assert not listed or set(listed) >= LANGUAGES
        assert all(words(phrase) for phrases in listed.values() for phrase in phrases)


@each
def test_every_name_word_is_found_and_vetoed(detector: Detector) -> None:
    names = NameEvidence.of(type(detector))
    for listed, ask in ((detector.tokens, names.says), (detector.weak, names.hints)):
        for phrases in listed.values():
            for phrase in phrases:
                column = "_".join(words(phrase))
                assert ask(column), column
                assert ask(f"x_{column}_2"), column
                assert not ask(f"{column}_verified"), column
                assert not ask(f"{column}_id"), column
                assert "_" in column or not ask(f"q{column}q"), column


@each
def test_an_empty_column_is_typed_by_its_name_alone_where_names_suffice(detector: Detector) -> None:
    phrases = [phrase for listed in detector.tokens.values() for phrase in listed]
    logical = "text" if "text" in detector.types else min(detector.types)
    for phrase in phrases[:1]:
        table = Table("public", "facts", (Column("_".join(words(phrase)), logical=logical),))
        (verdict,) = scan_batches(table, [])
        assert (verdict.verdict == "type") is detector.names_suffice
        assert verdict.hits == verdict.rows == 0


@each
def test_no_evidence_no_verdict(detector: Detector) -> None:
    """Random words and numbers in a column of no name are never this entity."""
    random.seed(7)
    syllables = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zy"]
    made = {
        "text": ["".join(random.choices(syllables, k=random.randint(2, 5))) for _ in range(400)],
        "integer": [random.randrange(10**15, 10**16) for _ in range(400)],
        "digits": [str(random.randrange(10**9, 10**10)) for _ in range(400)],
        "hex": [f"{random.getrandbits(160):040x}" for _ in range(400)],
        "dates": [f"20{n % 30:02d}-{n % 12 + 1:02d}-{n % 28 + 1:02d} {n % 24:02d}:{n % 60:02d}:00" for n in range(400)],
        "groups": [f"{random.randrange(1000)}-{random.randrange(100)}-{random.randrange(10_000)}" for _ in range(400)],
    }
    columns = tuple(Column(name, logical="integer" if name == "integer" else "text") for name in made)
    verdicts = scan_batches(Table("public", "facts", columns), [pa.RecordBatch.from_pydict(made)], [detector])
    assert {verdict.verdict for verdict in verdicts} == {"none"}


@each
def test_the_chance_rate_is_honest(detector: Detector) -> None:
    """Random fillings of a shape pass no more often than declared; only asked where digits make the shape."""
    random.seed(11)
    shapes = {
        "payment_card": lambda: random.choice("45") + "".join(random.choices("123456789", k=15)),
        "phone": lambda: random.choice(
            [
                f"{random.randint(200, 999)}-{random.randint(200, 999)}-{random.randint(0, 9999):04d}",
                f"0{random.randint(10, 9999)} {random.randint(1000, 9999999)}",
                f"+{random.randint(10**9, 10**12)}",
            ]
        ),
        "ip_address": lambda: ".".join(str(random.randint(256, 999)) for _ in range(4)),
    }
    if detector.kind() not in shapes:
        pytest.skip("no digits to fill in at random")
    values = sorted({shapes[detector.kind()]() for _ in range(800)})
    shape, accepted = recognised(detector, pa.array(values), "law")
    assert accepted.sum() <= (detector.chance + 0.05) * max(1, shape.sum())


@each
def test_proposals_are_transforms(detector: Detector) -> None:
    assert detector.proposes
    for spec in detector.proposes:
        transform, findings = TRANSFORMS.parse(spec, detector.kind())
        assert transform is not None, [str(finding) for finding in findings]
        assert not findings


def test_the_family_holds_the_entities_of_law_and_practice() -> None:
    assert set(DETECTORS.kinds()) >= {
        "age", "bank_account", "br_cpf", "city", "company", "country", "crypto_wallet", "date_of_birth", "de_tax_id",
        "driver_license", "email", "es_nif", "ethnicity", "first_name", "fr_nir", "free_text", "gender",
        "geo_coordinates", "iban", "in_aadhaar", "in_pan", "ip_address", "it_fiscal_code", "job_title", "last_name",
        "license_plate", "mac_address", "medical_record", "nl_bsn", "passport", "password", "payment_card",
        "person_name", "phone", "pl_pesel", "postal_code", "profile_url", "region", "religion", "salary",
        "se_personnummer", "secret", "street_address", "uk_nhs", "uk_nino", "url", "us_itin", "us_ssn", "username", "vin",
    }  # fmt: skip


def test_values_that_point_at_one_person_are_marked() -> None:
    identifying = {kind for kind in DETECTORS.kinds() if DETECTORS.load(kind).identifying}
    direct = {"email", "phone", "ip_address", "payment_card", "street_address", "person_name", "username", "password"}
    common = {"first_name", "last_name", "city", "region", "postal_code", "date_of_birth", "salary", "job_title"}
    assert identifying >= direct
    assert not identifying & common
