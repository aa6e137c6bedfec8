"""The scan's labelled data are what they say, and its figures count what they claim to count."""

from __future__ import annotations

import json
import random
import re

import phonenumbers
import pytest
from stdnum import bitcoin, iban, luhn
from stdnum.br import cpf
from stdnum.de import idnr
from stdnum.es import nif
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.se import personnummer
from stdnum.us import ssn

from anon_assets.contracts.detector import Verdict
from benchmarks.scan_quality import identifiers
from benchmarks.scan_quality.columns import Label, tables
from benchmarks.scan_quality.cultures import CULTURES
from benchmarks.scan_quality.peer import ask
from benchmarks.scan_quality.scoring import Judged, figures, judge, misses
from benchmarks.scan_quality.spans import MADE_UP, tally
from benchmarks.scan_quality.texts import LabelledText, made_up


@pytest.mark.parametrize(
    ("make", "check"),
    [
        (identifiers.aadhaar, aadhaar), (identifiers.br_cpf, cpf), (identifiers.bsn, bsn), (identifiers.btc, bitcoin),
        (identifiers.card, luhn), (identifiers.codice_fiscale, codicefiscale), (identifiers.es_nif, nif),
        (identifiers.fr_nir, nir), (identifiers.iban, iban), (identifiers.nhs_number, nhs), (identifiers.pan, pan),
        (identifiers.pesel_number, pesel), (identifiers.ssn, ssn), (identifiers.steuer_id, idnr),
        (identifiers.swedish, personnummer),
    ],
)  # fmt: skip
def test_identifiers_are_valid(make, check):
    chance = random.Random(7)
    assert all(check.is_valid(make(chance)) for _ in range(200))


def test_wrong_identifiers_are_refused():
    chance = random.Random(7)
    assert not any(luhn.is_valid(identifiers.wrong_card(chance)) for _ in range(200))
    assert not any(iban.is_valid(identifiers.wrong_iban(chance)) for _ in range(200))


@pytest.mark.parametrize("region", sorted({culture.region for culture in CULTURES.values()}))
def test_phones_are_valid(region):
    chance = random.Random(7)
    for form in ("e164", "international", "national", "digits", "dotted", "uri", "extension"):
        number = identifiers.phone(chance, region, form)
        assert phonenumbers.is_valid_number(phonenumbers.parse(number, region)), form


def test_a_seed_makes_the_same_tables():
    first, again, other = (list(tables(40, seed)) for seed in (3, 3, 4))
    assert [each.labels for each in first] == [each.labels for each in again]
    assert all(one.data.equals(two.data) for one, two in zip(first, again, strict=True))
    assert [each.labels for each in first] != [each.labels for each in other]


def test_labels_cover_what_they_should():
    made = list(tables(700, 1))
    labels = [label for table in made for label in table.labels]
    personal = [label for label in labels if label.personal]
    assert all([label.column for label in table.labels] == table.data.column_names for table in made)
    assert 0.4 < len(personal) / len(labels) < 0.6
    assert len({label.entity for label in personal}) > 30
    assert len({label.locale for label in personal}) >= 15
    assert {label.name_class for label in personal} == {"clean", "messy", "misleading", "opaque"}
    assert {label.shape for label in personal} >= {"whole", "sparse", "json", "text"}
    assert {label.storage for label in labels} >= {"text", "int", "date", "bool", "float"}


def test_spans_of_texts_hold_what_they_are_labelled():
    shape = {
        "email": "@",
        "us_ssn": r"^[0-9][0-9 -]+[0-9]$",
        "iban": "^[A-Z]{2}[0-9]{2}",
        "ip_address": "[.:]",
        "phone": "[0-9]{2}",
    }
    texts = made_up(200, 1)
    assert texts == made_up(200, 1)
    assert {entity for text in texts for _, _, entity in text.spans} == set(MADE_UP)
    for text in texts:
        for start, end, entity in text.spans:
            part = text.text[start:end]
            assert part == part.strip() != ""
            assert re.search(shape.get(entity, "."), part), entity


def test_a_span_counts_from_half_of_it_on():
    texts = [LabelledText("0123456789", ((0, 4, "x"),)), LabelledText("0123456789", ((4, 8, "x"),))]
    told = [[(0, 2, "own"), (6, 9, "own")], [(7, 9, "own"), (4, 8, "else")]]
    counted = tally(texts, told, "x", frozenset({"own"}))
    assert (counted.labelled, counted.found, counted.exact, counted.given, counted.right) == (2, 1, 0, 3, 2)
    assert tally(texts, told, "x", frozenset({"else"})).exact == 1


def _judged(entity: str, verdict: str, told: str, **label: object) -> Judged:
    known = Label("c", label.pop("personal", True), entity, "clean", **label)  # type: ignore[arg-type]
    return Judged("t", known, (Verdict("c", verdict, told),))  # type: ignore[arg-type]


def test_figures_count_columns():
    judged = [
        _judged("email", "type", "email"),
        _judged("phone", "type", "email"),
        _judged("iban", "unknown", ""),
        _judged("last_name", "type", "person_name", near=frozenset({"person_name"})),
        _judged("sku", "contains", "phone", personal=False),
        _judged("sku", "none", "", personal=False),
    ]
    told = figures(judged)
    assert (told["precision"], told["recall"], told["f1"]) == (0.75, 0.75, 0.75)
    assert told["false_positive_rate"] == 0.5
    assert (told["right_entity"], told["exact_entity"]) == (0.6667, 0.3333)
    assert told["by_kind"]["iban"] == {"columns": 1, "found": 0.0, "right": None}
    assert [each["what"] for each in misses(judged)] == ["wrong entity", "missed", "false alarm"]


def test_inside_json_any_finding_counts():
    label = Label("c", True, "email", "opaque", "json", path="$.a")
    judged = Judged(
        "t", label, (Verdict("c", "contains", "phone", path="$.b"), Verdict("c", "contains", "email", path="$.a"))
    )
    assert judged.exact
    assert judged.path
    assert not Judged("t", Label("c", True, "email", "opaque"), judged.findings).exact


def test_a_small_run_tells_no_value():
    made = list(tables(12, 5))
    judged = list(judge(made))
    assert [each.label for each in judged] == [label for table in made for label in table.labels]
    assert all(each.findings for each in judged)
    told = json.dumps([figures(judged), list(misses(judged))])
    values = {value for table in made for column in table.data.columns for value in column.to_pylist()}
    assert not [value for value in values if isinstance(value, str) and len(value) > 8 and value in told]


def test_without_an_interpreter_there_is_no_peer():
    assert ask("", ["text"]) is None
