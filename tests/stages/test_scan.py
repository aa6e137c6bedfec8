"""The scan engine: evidence from values, sparse hits, bounded memory, failing closed."""

from __future__ import annotations

import json
import pickle
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from anon_assets.columns import LogicalType
from anon_assets.contracts.database import Column, Table
from anon_assets.contracts.detector import DETECTORS, Detector, Verdict
from anon_assets.entity_search.gates import unions
from anon_assets.errors import ScanFailed
from anon_assets.stages.distinct_sample import DistinctSample
from anon_assets.stages.neighbours import all_detectors
from anon_assets.stages.scan import TableScan, scan_batches, text_hits
from anon_assets.stages.text_search import TextSearch
from anon_assets.stages.weighing import at_chance, lower_bound


def judge(
    values: Sequence[object], name: str = "c7", logical: LogicalType = "text", kind: pa.DataType | None = None
) -> Verdict:
    table = Table("public", "facts", (Column(name, logical=logical),))
    batch = pa.RecordBatch.from_arrays([pa.array(values, kind)], names=[name])
    return scan_batches(table, [batch])[0]


def luhn(digits: str) -> str:
    from stdnum import luhn as algorithm

    return digits + algorithm.calc_check_digit(digits)


def test_values_type_a_column_of_any_name() -> None:
    for values, entity in (
        ([f"user{n}@example.com" for n in range(50)], "email"),
        ([f"+49 30 90{n:04d}" for n in range(50)], "phone"),
        ([f"198.51.{n}.{255 - n}" for n in range(50)], "ip_address"),
        ([luhn(f"4{n:014d}") for n in range(50)], "payment_card"),
        ([f"{n} Hanoi Way" for n in range(50)], "street_address"),
    ):
        verdict = judge(values)
        assert (verdict.verdict, verdict.entity, verdict.rule) == ("type", entity, "pattern")
        assert (verdict.hits, verdict.distinct, verdict.rows, verdict.share) == (50, 50, 50, 1.0)
        assert verdict.confidence > 0.9


def test_known_names_type_a_column_of_any_name() -> None:
    given = [
        "Maria",
        "Thomas",
        "Jennifer",
        "Luca",
        "François",
        "Anna",
        "Peter",
        "Zofia",
        "Jan",
        "Ingrid",
        "Carlos",
        "Emma",
    ]
    family = [
        "Schneider",
        "Garcia",
        "Smith",
        "Rossi",
        "Martin",
        "Kowalski",
        "Nowak",
        "Silva",
        "Jansen",
        "Müller",
        "Jones",
        "Brown",
    ]
    assert judge(given).entity == "first_name"
    assert judge(family).entity == "last_name"
    assert judge([f"{one} {two}" for one, two in zip(given, family, strict=True)]).entity == "person_name"
    assert judge([f"{two}, {one}" for one, two in zip(given, family, strict=True)]).entity == "person_name"
    assert not judge(given, name="product_name").personal  # the name speaks against it
    assert judge(given, name="last_name").entity == "last_name"  # the name decides between names


def test_numbers_that_pass_a_check_by_chance_are_not_cards() -> None:
    random.seed(3)
    orders = [str(random.randrange(4 * 10**15, 5 * 10**15)) for _ in range(2_000)]
    verdict = judge(orders, name="order_number")
    assert verdict.verdict == "none"
    assert verdict.rule.startswith("at chance rate:payment_card")
    assert judge([int(order) for order in orders], name="order_number", logical="integer").verdict == "none"
    cards = [int(luhn(f"4{n:014d}")) for n in range(200)]
    assert judge(cards, name="reference", logical="integer").entity == "payment_card"
    assert judge(range(10**9, 10**9 + 2_000), name="epoch", logical="integer").verdict == "none"


def test_versions_and_times_are_not_addresses() -> None:
    assert judge([f"1.{n}.{n % 7}.0" for n in range(30)]).verdict == "none"
    assert judge([f"{n:02d}:{n}7:12" for n in range(10, 24)]).verdict == "none"


def test_a_repeated_value_is_one_vote() -> None:
    mixed = ["ada@example.com"] * 9_000 + [f"note {n}" for n in range(1_000)]
    verdict = judge(mixed)
    assert verdict.verdict == "contains"
    assert (verdict.hits, verdict.distinct, verdict.rows) == (1, 1_001, 10_000)
    assert verdict.share == pytest.approx(0.9, abs=0.01)


def test_one_hit_among_very_many_rows_is_found() -> None:
    texts = [f"order {n} went out in time" for n in range(100_000)]
    texts[54_321] = "please write to ada.lovelace@example.org, thank you"
    table = Table("public", "facts", (Column("c7"),))
    verdict = scan_batches(table, pa.table({"c7": texts}).to_batches(max_chunksize=8_192))[0]
    assert (verdict.verdict, verdict.entity, verdict.hits, verdict.rows) == ("contains", "email", 1, 100_000)
    assert verdict.rule == "text:email"
    assert 0 < verdict.share < 1e-4
    assert abs(verdict.distinct - 100_000) < 10_000


def test_a_hit_far_into_a_long_text_is_found() -> None:
    assert judge(["x " * 5_000 + "ada@example.com", "a", "b", "c"]).verdict == "contains"


def test_json_arrays_enums_and_other_text_are_searched_inside() -> None:
    assert judge(['{"who": {"mail": "ada@example.com"}}', "{}", "[]"], logical="json").entity == "email"
    assert judge([["a"], ["b", "ada@example.com"], []], logical="array", kind=pa.list_(pa.string())).entity == "email"
    assert judge(["<a>ada@example.com</a>", "<b/>", "<c/>"], logical="other").entity == "email"
    assert judge([f"192.168.{n}.7" for n in range(40)], logical="inet").verdict == "type"
    log = ["sshd[1]: Failed password for root from 203.0.113.9 port 22 ssh2", "session opened", "session closed"]
    verdict = judge(log)
    assert (verdict.verdict, verdict.entity) == ("contains", "ip_address")


def test_several_entities_in_text_are_named_in_the_rule() -> None:
    notes = [f"call +49 30 9018{n:02d}" for n in range(10)] + ["mail ada@example.com", "nothing", "none"]
    verdict = judge(notes)
    assert (verdict.entity, verdict.rule) == ("phone", "text:phone+email")
    assert text_hits(pa.array(notes)) == {"email": 1, "phone": 10}


def test_text_hits_counts_rows_and_judges_each_hit() -> None:
    column = pa.chunked_array(
        [["4111 1111 1111 1111 paid", "4111 1111 1111 1112 paid", None], ["4111 1111 1111 1111 paid", ""]]
    )
    assert text_hits(column) == {"payment_card": 2}
    assert text_hits(pa.array([], pa.string())) == {}


def test_blanks_are_no_values_and_too_few_values_say_nothing() -> None:
    assert judge([None, "", "   ", None]).rule == "no values"
    assert judge([None, "", "   ", None]).verdict == "unknown"
    assert judge(["abc", None]).verdict == "unknown"
    assert judge(["abc", "abc", "abd", "x"]).verdict == "none"
    assert judge(["   ", " ", ""], name="phone").verdict == "type"
    padded = [f"user{n}@example.com".ljust(40) for n in range(9)]
    assert judge(padded).verdict == "type"


def test_values_that_do_not_fit_lower_the_confidence_in_a_name() -> None:
    doubted = judge([f"model 4{n:02d}x{n:03d}y" for n in range(25)], name="phone")
    assert (doubted.verdict, doubted.confidence) == ("type", 0.5)
    assert "values differ" in doubted.rule
    table = Table("public", "orders", (Column("customer_email"), Column("state")))
    states = pa.RecordBatch.from_pydict(
        {"customer_email": ["a@b.org"] * 4, "state": ["open", "paid", "shipped", "open"]}
    )
    assert scan_batches(table, [states])[1].verdict == "none"
    places = pa.RecordBatch.from_pydict({"customer_email": ["a@b.org"] * 4, "state": ["CA", "NY", "TX", "CA"]})
    assert scan_batches(table, [places])[1].entity == "region"


def test_what_was_not_scanned_is_said() -> None:
    columns = (Column("a"), Column("picture", "bytea", "binary"), Column("full", generated=True), Column("late"))
    batch = pa.RecordBatch.from_arrays(
        [pa.array(["x", "y", "z"]), pa.array([b"1", None, b"2"])], names=["a", "picture"]
    )
    verdicts = scan_batches(Table("public", "facts", columns), [batch])
    assert [verdict.column for verdict in verdicts] == ["a", "picture", "full", "late"]
    assert [verdict.rule for verdict in verdicts[1:]] == ["type:binary", "generated", "not read"]
    assert {verdict.verdict for verdict in verdicts[1:]} == {"not_scanned"}


def test_batches_make_no_difference() -> None:
    random.seed(5)
    values = [
        random.choice(["ada@example.com", None, f"n{n % 700}", f"+49 30 9018{n % 90}", "4111 1111 1111 1111"])
        for n in range(9_000)
    ]
    table = Table("public", "facts", (Column("c7"),))
    whole = pa.table({"c7": values})
    answers = [scan_batches(table, whole.to_batches(max_chunksize=size))[0] for size in (9_000, 1_000, 77)]
    assert answers[0] == answers[1] == answers[2]


def test_dictionary_and_large_strings_are_scanned_like_plain_ones() -> None:
    values = [f"user{n % 20}@example.com" for n in range(100)]
    plain = judge(values)
    assert judge(values, kind=pa.large_string()) == plain
    table = Table("public", "facts", (Column("c7"),))
    encoded = pa.RecordBatch.from_arrays([pa.array(values).dictionary_encode()], names=["c7"])
    assert scan_batches(table, [encoded])[0] == plain


class Broken(Detector):
    """Fails on every value, quoting it."""

    title: ClassVar[str] = "Broken"
    patterns = (r"c[a-z]+y",)
    in_text = True

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        raise ValueError(values[0])


class Short(Broken):
    """Answers for fewer values than it was asked about."""

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        return [True] * (len(values) - 1)


@pytest.mark.parametrize("detector", [Broken(), Short()], ids=["raises", "answers too few"])
@pytest.mark.parametrize("value", ["canary", "a canary inside"])
def test_a_detector_that_fails_stops_the_scan_without_a_value(detector: Detector, value: str) -> None:
    table = Table("public", "facts", (Column("c7"),))
    scan = TableScan(table, [detector])
    scan.update(pa.RecordBatch.from_pydict({"c7": [value] * 3}))
    with pytest.raises(ScanFailed) as caught:
        scan.verdicts()
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert caught.value.where == "public.facts.c7"
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    with pytest.raises(ScanFailed):
        text_hits(pa.array([value]), [detector])


def test_a_detector_of_ones_own_joins() -> None:
    class Ticket(Detector):
        title: ClassVar[str] = "Ticket"
        patterns = (r"T-[0-9]{4}",)
        chance = 0.001
        in_text = True

    table = Table("public", "facts", (Column("c7"),))
    batch = pa.RecordBatch.from_pydict({"c7": [f"T-{n:04d}" for n in range(20)]})
    assert scan_batches(table, [batch], [Ticket()])[0].entity == "ticket"


def test_verdicts_survive_json() -> None:
    verdict = judge([f"user{n}@example.com" for n in range(9)])
    assert Verdict.from_dict(json.loads(json.dumps(verdict.to_dict()))) == verdict


def test_many_shapes_are_searched_in_several_unions() -> None:
    made = [
        type(
            f"Kind{n}",
            (Detector,),
            {"__annotations__": {}, "__module__": __name__, "patterns": (rf"k{n}x[0-9]+",), "in_text": True},
        )
        for n in range(60)
    ]
    values = [f"see k{n}x7 here" for n in range(60)]
    assert text_hits(pa.array(values), [each() for each in made]) == {f"kind{n}": 1 for n in range(60)}


@pytest.mark.parametrize(
    "pattern", [r"k\d{3}", r"\bk[0-9]{3}\b", r"k[\w]{3}", r"\Qk1\E[0-9]{2}", r"k[0-9[]{3}", r"\<?k[0-9]{3}"]
)
def test_patterns_that_other_engines_read_otherwise_keep_their_meaning(pattern: str) -> None:
    kind = type("Code", (Detector,), {"__module__": __name__, "patterns": (pattern,), "in_text": True})
    values = [f"order {n}" for n in range(9_000)]
    values[7], values[8] = "see k123 here", "see k\u0661\u0662\u0663 here"
    assert text_hits(pa.array(values), [kind()]) == {"code": 1}


def test_every_shape_is_read_alike_by_both_engines() -> None:
    generator = random.Random(5)
    signs = "abcdefghijklmnopqrstuvwxyz\u00e4\u00df\u0142ABCDEF0123456789 .,-/:@+()_'\n\u212a\u0660"
    values = pa.array(["".join(generator.choices(signs, k=60)) for _ in range(3_000)])
    search = TextSearch(all_detectors())
    for union in unions(tuple(search._gates)):
        assert union.portable
        both = [
            replace(union, portable=which).matches(values, pl.from_arrow(values)).tolist() for which in (True, False)
        ]
        assert both[0] == both[1]


def test_of_what_is_frequent_only_what_may_be_kept_is_looked_for() -> None:
    values = pa.array([f"user{n}@example.com" for n in range(20_000)] + ["call +49 30 901820"])
    search = TextSearch(all_detectors())
    hashes = pl.Series(values.to_pylist()).hash().to_numpy()
    limit = int(np.sort(hashes)[999])
    found = {each.detector.kind(): each for each in search.find(values, limits={"email": limit})}
    expected = [n for n in range(20_000) if hashes[n] <= limit]
    assert found["email"].positions.tolist() == expected
    assert found["email"].scales == pytest.approx(20_001 / np.count_nonzero(hashes <= limit))
    assert found["phone"].positions.tolist() == [20_000]
    assert found["phone"].scales.tolist() == [1]


def test_shares_stay_right_over_many_batches() -> None:
    table = Table("public", "notes", (Column("c7"),))
    batches = [
        pa.RecordBatch.from_pydict(
            {"c7": [f"no. {n} of {k}" + f" to u{n}.{k}@example.com" * (n % 4 == 0) for n in range(20_000)]}
        )
        for k in range(5)
    ]
    (verdict,) = scan_batches(table, batches)
    assert (verdict.verdict, verdict.entity) == ("contains", "email")
    assert verdict.share == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("seed", range(4))
def test_a_value_that_fills_most_rows_counts_whatever_its_hash(seed: int) -> None:
    table = Table("public", "notes", (Column("c7"),))
    many = [f"ship to {n} Main Street, door {seed}" for n in range(9_000)]
    common = pa.repeat(pa.scalar(f"ship to {seed} Baker Street today"), 100_000)
    scan = TableScan(table)
    for _ in range(2):
        scan.update(pa.RecordBatch.from_pydict({"c7": pa.concat_arrays([pa.array(many), common])}))
    for _ in range(4):
        scan.update(pa.RecordBatch.from_pydict({"c7": common}))
    (verdict,) = scan.verdicts()
    assert (verdict.verdict, verdict.entity) == ("contains", "street_address")
    assert verdict.share == pytest.approx(1, abs=0.02)


def test_small_batches_lose_no_rows() -> None:
    table = Table("public", "notes", (Column("c7"),))
    batches = [
        pa.RecordBatch.from_pydict({"c7": [f"to u{n}.{k}@example.com or {k}" for n in range(100)]}) for k in range(150)
    ]
    (verdict,) = scan_batches(table, batches)
    assert verdict.share == pytest.approx(1, abs=0.01)


def test_white_space_beyond_ascii_hides_nothing() -> None:
    values = [f"postgres://shop{n}:ge\u00a0heim{n}@db/shop" for n in range(200)]
    assert text_hits(pa.array(values))["secret"] == 200
    kind = type(
        "Code", (Detector,), {"__module__": __name__, "patterns": (r"[]&&x]k[0-9]{3}", r"z[^\s]9"), "in_text": True}
    )
    assert text_hits(pa.array(["see ]k123", "see &k123", "a z\u00a09 b", "a z 9 b"]), [kind()]) == {"code": 3}


def test_detectors_for_whole_values_only_see_long_columns() -> None:
    table = Table("public", "people", (Column("first_name"),))
    batch = pa.RecordBatch.from_pydict({"first_name": [f"Maria{n}" for n in range(9_000)]})
    for kind in ("first_name", "city", "url"):
        assert len(scan_batches(table, [batch, batch], [DETECTORS.load(kind)()])) == 1


def test_one_entity_that_fills_a_column_hides_no_other() -> None:
    values = [f"user{n}@example.com" for n in range(3_000)]
    values[2_500] = "user2500@example.com, +49 30 901820"
    values[2_700] = "+49 30 901821"
    assert text_hits(pa.array(values)) == {"email": 2_999, "phone": 2}


def test_the_sample_is_bounded_fair_and_counts() -> None:
    sample = DistinctSample(500)
    for start in range(0, 100_000, 10_000):
        values = pl.Series([f"v{n}" for n in range(start, start + 10_000)] + ["again"])
        places, hashes = sample.pick(values)
        sample.keep(hashes, values.gather(places), pl.repeat(2, len(places), eager=True))
    assert len(sample) == 500
    assert abs(sample.distinct - 100_001) < 15_000
    early = sum(int(text[1:]) < 50_000 for text in sample.texts.to_pylist() if text != "again")
    assert 200 < early < 300


def test_the_weights_are_those_of_the_binomial() -> None:
    assert at_chance(1, 1, 0.1) == pytest.approx(0.1)
    assert at_chance(2, 3, 0.5) == pytest.approx(0.5)
    assert at_chance(100, 1_000, 0.1) == pytest.approx(0.5, abs=0.03)
    assert at_chance(1_024, 1_024, 0.999) == pytest.approx(0.999**1024)
    assert lower_bound(0, 10) == 0
    assert lower_bound(50, 100) < 0.5 < lower_bound(70, 100)


def test_every_detector_is_on_by_default() -> None:
    assert [each.kind() for each in TableScan(Table("public", "facts", ())).detectors] == DETECTORS.kinds()


def test_values_that_lack_what_an_entity_needs_void_its_name() -> None:
    tokens = [f"tok_{number:08x}" for number in range(30)]
    assert judge(tokens, name="email").verdict == "none"
    assert judge([f"user{number}@example.com" for number in range(30)], name="email").entity == "email"


def test_masked_values_are_no_longer_personal_and_what_was_left_out_is_found() -> None:
    masked = judge([f"a***{number}@example.com" for number in range(30)], name="email")
    assert (masked.verdict, masked.rule) == ("none", "masked values")
    left = judge([*(f"***-***-{number:04d}" for number in range(57)), *(f"u{n}@example.com" for n in range(3))])
    assert (left.verdict, left.entity) == ("contains", "email")


def test_names_count_in_sentences_and_not_in_titles() -> None:
    names = ["Maria Garcia", "Thomas Schneider", "Jennifer Smith", "Luca Rossi", "Anna Kowalska"]
    notes = [f"please call {names[n % 5]} about order {n} before the end of the week" for n in range(40)]
    assert (judge(notes).verdict, judge(notes).entity) == ("contains", "person_name")
    titles = [f"{word} Street Number {n}" for n, word in enumerate(["Blue", "Long", "Silent", "Golden"] * 10)]
    titles[3] = "The Ballad Of Maria Garcia"
    assert judge(titles, name="title").verdict == "none"


def test_digits_alone_do_not_overrule_a_name() -> None:
    valid = [f"21255{number:05d}" for number in range(10_000, 10_400)]
    assert judge(valid, name="phone_order_no").entity != "phone"


def test_a_dense_column_hides_nothing_rare() -> None:
    values = [f"user{n}@example.com" for n in range(30_000)]
    values[12_345] = "user12345@example.com, DE89 3704 0044 0532 0130 00"
    verdict = judge(values)
    assert verdict.entity == "email"
    assert 29_000 <= verdict.hits <= 31_000
    hits = [hit for batch in (values[:15_000], values[15_000:]) for hit in text_hits(pa.array(batch)).items()]
    assert ("iban", 1) in hits
