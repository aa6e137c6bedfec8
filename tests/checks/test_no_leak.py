"""Planted leaks are found, and what is no leak is left alone."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.checks.no_leak import NoLeak
from anon_assets.checks.no_leak.chance import poisson_bound
from anon_assets.checks.no_leak.hashes import KeySet
from anon_assets.checks.no_leak.scripts import pieces
from anon_assets.checks.no_leak.words import Grams, decoded, normal, padded, word_grams

from .memory_evidence import (
    ACCEPTED,
    FAKE,
    FPE,
    KEEP,
    MASK,
    NOISE,
    NULL,
    SHUFFLE,
    TOKEN,
    Col,
    MemoryEvidence,
    Tab,
    typed,
)

MAIL = typed("email")
FIRST, LAST = typed("first_name", identifying=False), typed("last_name", identifying=False)
COUNT = 40
MAILS = [f"person{n}@mail{n}.example" for n in range(COUNT)]
TOKENS = [f"t{n:08x}k{n * 7919:08x}" for n in range(COUNT)]
PEOPLE = Tab({"id": Col(range(COUNT)), "email": Col(MAILS, TOKENS, TOKEN, MAIL)}, primary_key=("id",))


def judge(tables, structure="", batch_rows=16, **parameters):
    evidence = MemoryEvidence(tables, structure, batch_rows=batch_rows)
    return {result.table: result for result in NoLeak(**parameters).run(evidence, evidence.tables)}


def beside(**columns):
    return judge({"s.person": PEOPLE, "s.other": Tab(columns)})


def test_tokens_for_mails_pass_and_are_counted():
    results = beside(note=Col(["nothing here", "call back"]))
    assert all(result.passed for result in results.values()), results
    assert results["s.person"].counts["values_checked"] == COUNT
    assert results["s.person"].counts["set_columns"] == 1


@pytest.mark.parametrize(
    "column",
    [
        Col(["x", MAILS[3]]),
        Col(["x", MAILS[3].upper()]),
        Col(["x", f"  {MAILS[3]} "]),
        Col(["x", f"write to <{MAILS[3]}>, please."]),
        Col(["x", f"write to mailto:{MAILS[3].title()}?subject=x"]),
        Col(["{}", f'{{"contact": {{"mail": "{MAILS[3]}"}}}}'], logical="json"),
        Col(["{}", f'{{"log": "line\\n{MAILS[3]}\\nline"}}'], logical="json"),
        Col(["{}", f'{{"log": "{MAILS[3].replace("@", chr(92) + "u0040")}"}}'], logical="json"),
        Col(["{a}", f"{{a,{MAILS[3]},b}}"], logical="array"),
        Col([["a"], ["b", MAILS[3]]], logical="array"),
        Col(["<a/>", f"<to>{MAILS[3]}</to>"], logical="other"),
    ],
    ids=["cell", "case", "blanks", "text", "uri", "json", "json-lines", "json-escape", "array-text", "array", "xml"],
)
def test_a_mail_in_a_kept_column_fails_wherever_it_stands(column):
    result = beside(note=column)["s.other"]
    assert result.blocks
    assert result.counts["leaked_values"] == 1
    assert result.counts["leaked_rows"] == 1
    assert "s.person.email -> note" in result.detail


@pytest.mark.parametrize(
    "text", ["x-person3@mail3.example.org", "superperson3@mail3.example", "person3@mail33.example"]
)
def test_another_mail_that_looks_alike_passes(text):
    assert beside(note=Col(["x", text]))["s.other"].passed


def test_a_leak_through_a_transformed_column_is_found():
    result = beside(note=Col(["a b c d", "some text"], ["**", f"see {MAILS[1]}"], MASK))["s.other"]
    assert result.blocks


def test_unchanged_mails_fail_by_set_and_by_row():
    after = [*TOKENS[:5], MAILS[5], *TOKENS[6:]]
    result = judge({"s.person": Tab({"email": Col(MAILS, after, TOKEN, MAIL)})})["s.person"]
    assert result.blocks
    assert result.counts["leaked_values"] == 1
    assert result.counts["unchanged_rows"] == 1


def test_a_shuffled_mail_column_fails():
    assert judge({"s.person": Tab({"email": Col(MAILS, MAILS[1:] + MAILS[:1], SHUFFLE, MAIL)})})["s.person"].blocks


def test_a_mail_in_the_structure_fails():
    script = f"COMMENT ON TABLE s.person IS 'ask {MAILS[7]}';"
    result = judge({"s.person": PEOPLE}, structure=script)["s.person"]
    assert result.blocks
    assert "structure" in result.detail
    assert judge({"s.person": PEOPLE}, structure="CREATE TABLE s.person (email text);")["s.person"].passed


def test_a_plain_word_counts_in_quotes_of_the_structure_only():
    users = Tab({"login": Col(["customer", "smithers", "waylonx"], TOKENS[:3], TOKEN, typed("username"))})
    assert judge({"s.u": users}, structure="CREATE TABLE s.customer (id int);")["s.u"].passed
    assert judge({"s.u": users}, structure="ALTER TABLE x ALTER y SET DEFAULT 'smithers';")["s.u"].blocks


WORDS = ["summer", "grace", "pending", "harbour", "velvet", "copper", "meadow", "falcon", "marble", "juniper"]
LOGINS = Tab({"login": Col([*WORDS, *(f"user{n}x" for n in range(30))], TOKENS, TOKEN, typed("username"))})


def test_ordinary_words_inside_kept_text_are_coincidences_unless_many():
    few = judge({"s.u": LOGINS, "s.p": Tab({"title": Col(["Summer dress", "A copper kettle", "Grace period"])})})
    assert few["s.p"].passed
    assert few["s.p"].counts["coincidences"] == 3
    texts = [f"signed in: {word}" for word in WORDS[:4]]
    many = judge({"s.u": LOGINS, "s.p": Tab({"log": Col(texts)})})["s.p"]
    assert many.blocks
    assert (many.counts["leaked_values"], many.counts["leaked_rows"]) == (4, 4)
    assert judge({"s.u": LOGINS, "s.p": Tab({"log": Col(texts, None, ACCEPTED)})})["s.p"].passed


def test_an_ordinary_word_counts_as_a_whole_cell_unless_accepted():
    assert judge({"s.u": LOGINS, "s.p": Tab({"season": Col(["Summer", "winter"])})})["s.p"].blocks
    assert judge({"s.u": LOGINS, "s.p": Tab({"season": Col(["Summer", "winter"], None, ACCEPTED)})})["s.p"].passed


@pytest.mark.parametrize("treatment", [KEEP, ACCEPTED])
def test_a_login_with_a_digit_counts_wherever_it_stands(treatment):
    texts = Tab({"log": Col(["Summer dress", "seen: user3x"], None, treatment)})
    result = judge({"s.u": LOGINS, "s.p": texts})["s.p"]
    assert result.blocks
    assert (result.counts["leaked_values"], result.counts["leaked_rows"]) == (1, 1)


def test_a_plain_word_of_the_same_row_counts():
    columns = {
        "login": Col(WORDS, TOKENS[:10], TOKEN, typed("username")),
        "note": Col([f"{word} called" for word in WORDS], [f"{WORDS[0]} rang", *["x"] * 9], MASK),
    }
    assert judge({"s.u": Tab(columns)})["s.u"].blocks


def test_a_short_plain_word_in_the_structure_is_no_leak():
    assert judge({"s.u": LOGINS}, structure="ALTER TABLE x ALTER y SET DEFAULT 'pending'::text;")["s.u"].passed
    assert judge({"s.u": LOGINS}, structure="ALTER TABLE x ALTER y SET DEFAULT 'user3x'::text;")["s.u"].blocks


@pytest.mark.parametrize(
    "script",
    [
        "COMMENT ON TABLE s.t IS 'pat.o''brien@corp.example';",
        "COMMENT ON TABLE s.t IS 'it''s of\n12 Long Lane\nOldtown';",
        "-- don't trip\nCOMMENT ON TABLE s.t IS 'ask\npat.o''brien@corp.example';",
        "CREATE FUNCTION f() AS $body$ BEGIN PERFORM g('pat.o''brien@corp.example'); END $body$;",
        "CREATE FUNCTION f() AS $$\n/* sent to 12 Long\n Lane, Oldtown */ SELECT 1 $$;",
        "COMMENT ON TABLE s.t IS E'pat.o\\'brien@corp.example';",
    ],
    ids=["doubled", "two-lines", "after-apostrophe", "function", "body", "escape"],
)
def test_whole_literals_of_the_structure_are_searched(script):
    person = {
        "email": Col(["pat.o'brien@corp.example", *MAILS], ["q1q", *TOKENS], TOKEN, MAIL),
        "address": Col(["12 Long Lane, Oldtown"] * 41, ["q"] * 41, MASK, typed("address")),
    }
    result = judge({"s.a": Tab(person)}, structure=script)["s.a"]
    assert result.blocks
    assert result.counts["leaked_values"] == 1


def test_pieces_of_a_script_are_its_lines_bodies_and_literals():
    lines, quoted = pieces("""SELECT 'A''b', "it's" -- isn't\nDO $x$ f('in\nside') $x$; SELECT 'end'""")
    assert {"a'b", "in side", "end"} <= set(quoted)
    assert "f('in side')" in set(lines)


@pytest.mark.parametrize("arrow", [pa.binary(), pa.large_binary(), pa.binary_view()])
def test_text_in_bytes_is_searched(arrow):
    held = [b"\xff\xfe\x00", f"To: {MAILS[3]}\r\nSubject: caf\u00e9".encode(), None]
    result = beside(blob=Col(held, arrow=arrow))["s.other"]
    assert result.blocks
    assert (result.counts["leaked_values"], result.counts["leaked_rows"]) == (1, 1)
    assert beside(blob=Col([b"\xff\xfe\x00", b"nothing", None], arrow=arrow))["s.other"].passed


def test_bytes_that_came_through_a_transform_are_searched():
    column = Col([MAILS[3].encode(), b"x"], [b"by " + MAILS[3].encode(), b"y"], TOKEN)
    assert beside(blob=column)["s.other"].blocks


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=6) | st.text(max_size=3).map(str.encode), max_size=8))
def test_bytes_are_decoded_where_they_are_utf8(values):
    def text(value):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return None

    held = decoded(pa.array(values, pa.binary()))
    assert held.to_list() == normal(pa.array([text(each) for each in values], pa.string())).to_list()


def test_counts_are_of_the_table_and_agree_with_the_detail():
    first, last = people(30, 1)
    out_first, out_last = people(30, 2)
    named = Tab({"f": Col(first, out_first, FAKE, FIRST), "l": Col(last, out_last, FAKE, LAST)})
    results = judge({"s.person": PEOPLE, "s.named": named, "s.other": Tab({"note": Col(["fine"])})})
    assert [results[place].counts["values_checked"] for place in ("s.person", "s.named", "s.other")] == [COUNT, 30, 0]
    for place, shown in (("s.person", "email"), ("s.named", "none"), ("s.other", "none")):
        assert results[place].detail.startswith(f"by set: {shown}; by row")
        assert results[place].counts["set_columns"] == (shown != "none")


def test_a_kept_mail_column_fails_unless_accepted():
    def kept(treatment):
        return judge({"s.t": Tab({"mail": Col(MAILS, None, treatment, MAIL)})})["s.t"]

    assert kept(KEEP).blocks
    assert kept(KEEP).counts["kept_columns"] == 1
    assert kept(ACCEPTED).passed


def test_accepting_a_column_does_not_excuse_mails_transformed_elsewhere():
    assert beside(mail=Col(MAILS[:4], None, ACCEPTED, MAIL))["s.other"].blocks


def test_text_that_contains_mails_is_judged_by_the_mails_inside():
    log = Col([f"from {mail} at noon" for mail in MAILS], None, KEEP)
    source = Col([f"Hello, {mail}!" for mail in MAILS], [None] * COUNT, MASK, typed("email", verdict="contains"))
    results = judge({"s.a": Tab({"body": source}), "s.b": Tab({"log": log})})
    assert results["s.b"].counts["leaked_values"] == COUNT
    clean = judge({"s.a": Tab({"body": source}), "s.b": Tab({"log": Col(["from nobody"])})})
    assert all(result.passed for result in clean.values())


NUMBERS = [5_551_000_000 + n * 7_919_113 for n in range(COUNT)]
PHONES = Tab({"phone": Col([str(n) for n in NUMBERS], TOKENS, TOKEN, typed("phone"))})


@pytest.mark.parametrize(
    "column",
    [
        Col([1, NUMBERS[4]]),
        Col([1.5, float(NUMBERS[4])]),
        Col(["x", f"{str(NUMBERS[4])[:3]}-{str(NUMBERS[4])[3:6]}-{str(NUMBERS[4])[6:]}"]),
        Col(["x", f"call {NUMBERS[4]}."]),
    ],
    ids=["integer", "float", "punctuation", "text"],
)
def test_a_phone_number_is_found_as_a_number_and_with_punctuation(column):
    assert judge({"s.p": PHONES, "s.o": Tab({"value": column})})["s.o"].blocks


def test_a_number_inside_a_longer_number_passes():
    column = Col([f"{NUMBERS[4]}.75", f"9{NUMBERS[4]}"])
    assert judge({"s.p": PHONES, "s.o": Tab({"value": column})})["s.o"].passed


def test_a_serial_key_that_happens_to_hold_numbers_of_the_source_passes():
    codes = random.Random(3).sample(range(100_000, 120_000), 300)
    source = Tab({"code": Col(codes, [f"q{n}x" for n in range(300)], TOKEN, typed("national_id"), arrow=pa.int64())})
    serial = Tab({"id": Col(range(100_000, 120_000))})
    assert judge({"s.a": source, "s.b": serial}, batch_rows=8192)["s.b"].passed
    sparse = Tab({"id": Col([*range(1000), *codes[:3]])})
    assert judge({"s.a": source, "s.b": sparse}, batch_rows=8192)["s.b"].blocks


def test_common_names_as_substitutes_pass():
    rng = random.Random(1)
    names = ["Mary", "John", "Anna", "Paul", "Ruth", "Carl", "Eve", "Max", "Ida", "Leo"]
    lasts = ["Smith", "Jones", "Brown", "Miller", "Davis", "Clark", "Lewis", "Young", "Walker", "Hall"]

    def other(value, pool):
        return rng.choice([each for each in pool if each != value])

    first, last = [rng.choice(names) for _ in range(500)], [rng.choice(lasts) for _ in range(500)]
    full = [f"{a} {b}" for a, b in zip(first, last, strict=True)]
    fakes = [f"{other(a, names)} {other(b, lasts)}" for a, b in zip(first, last, strict=True)]
    person = Tab(
        {
            "first_name": Col(first, [other(each, names) for each in first], FAKE, FIRST),
            "last_name": Col(last, [other(each, lasts) for each in last], FAKE, LAST),
            "full": Col(full, fakes, FAKE, typed("person_name")),
        }
    )
    result = judge({"s.person": person}, batch_rows=64)["s.person"]
    assert result.passed, result


def people(count, seed):
    rng = random.Random(seed)
    return [f"Name{rng.randrange(10**6)}" for _ in range(count)], [f"Line{rng.randrange(10**6)}" for _ in range(count)]


def test_a_source_person_in_another_table_fails():
    first, last = people(30, 1)
    out_first, out_last = people(30, 2)
    person = Tab({"f": Col(first, out_first, FAKE, FIRST), "l": Col(last, out_last, FAKE, LAST)})
    staff_first, staff_last = people(8, 3)
    planted = [*staff_first[:-1], first[4]], [*staff_last[:-1], last[4]]
    source_first, source_last = people(8, 4)
    staff = Tab({"f": Col(source_first, planted[0], FAKE, FIRST), "l": Col(source_last, planted[1], FAKE, LAST)})
    results = judge({"s.person": person, "s.staff": staff})
    assert results["s.person"].passed
    assert results["s.staff"].blocks
    assert "persons" in results["s.staff"].detail
    split = [first[4], *planted[0][1:-1], "Nobody"], planted[1]
    staff = Tab({"f": Col(source_first, split[0], FAKE, FIRST), "l": Col(source_last, split[1], FAKE, LAST)})
    assert judge({"s.person": person, "s.staff": staff})["s.staff"].passed


@pytest.mark.parametrize(
    "text", ["spoke to {0} {1} today", "{1}, {0}", "by: {1},{0} (new)", "{1} {0}", "{0}.{1}@mail.example", "{0} {1}"]
)
def test_a_full_name_in_text_fails(text):
    first, last = people(30, 1)
    out_first, out_last = people(30, 2)
    person = Tab({"f": Col(first, out_first, FAKE, FIRST), "l": Col(last, out_last, FAKE, LAST)})
    note = Tab({"note": Col(["fine", text.format(first[4], last[4])])})
    assert judge({"s.person": person, "s.note": note})["s.note"].blocks
    listed = f"Dave {last[4]}, {first[4]} Harris / Dave {last[4]}/{first[4]} Harris"
    apart = Tab({"note": Col([f"{first[4]} and {last[4]}", f"{first[1]} {last[2]}", listed])})
    assert judge({"s.person": person, "s.note": apart})["s.note"].passed


def test_a_substitute_built_from_the_real_names_of_its_row_fails():
    first, last = people(30, 1)
    out_first, out_last = people(30, 2)
    built = [f"{a}.{b}@safe.example" for a, b in zip(first, last, strict=True)]
    columns = {
        "f": Col(first, out_first, FAKE, FIRST),
        "l": Col(last, out_last, FAKE, LAST),
        "m": Col(MAILS[:30], built, FAKE, MAIL),
    }
    assert judge({"s.person": Tab(columns)})["s.person"].blocks


def test_an_unchanged_name_fails_whatever_its_case():
    first, _ = people(30, 1)
    out, _ = people(30, 2)
    result = judge({"s.t": Tab({"f": Col(first, [first[0].upper(), *out[1:]], FAKE, FIRST)})})["s.t"]
    assert result.blocks
    assert result.counts["unchanged_rows"] == 1


CITIES = ["Berlin", "Paris", "London", "Madrid", "Vienna", "Prague"]


def test_cities_may_come_again_in_other_rows_but_not_in_their_own():
    city = typed("city", "quasi", identifying=False)
    before = [CITIES[n % 6] for n in range(60)]
    rolled = [CITIES[(n + 1) % 6] for n in range(60)]
    assert judge({"s.t": Tab({"city": Col(before, rolled, FAKE, city)})})["s.t"].passed
    assert judge({"s.t": Tab({"city": Col(before, [before[0], *rolled[1:]], FAKE, city)})})["s.t"].blocks
    shuffled = random.Random(5).sample(before, 60)
    assert judge({"s.t": Tab({"city": Col(before, shuffled, SHUFFLE, city)})})["s.t"].passed
    assert judge({"s.t": Tab({"city": Col(before, before, SHUFFLE, city)})})["s.t"].blocks


def test_dates_may_stay_now_and_then_but_not_all():
    days = [dt.date(2000, 1, 1) + dt.timedelta(days=11 * n) for n in range(200)]
    shifted = [day + dt.timedelta(days=n % 15 - 7) for n, day in enumerate(days)]
    result = judge({"s.t": Tab({"d": Col(days, shifted, NOISE), "seen": Col(days[::-1])})}, batch_rows=64)["s.t"]
    assert result.passed
    assert result.counts["coincidences"] == 13
    assert judge({"s.t": Tab({"d": Col(days, days, NOISE)})}, batch_rows=64)["s.t"].blocks


@pytest.mark.parametrize(
    ("lasting", "changing"),
    [
        (0, list(range(1, 31))),
        (0.0, [n + 0.5 for n in range(30)]),
        (float("nan"), [n + 0.5 for n in range(30)]),
        (float("-inf"), [n + 0.5 for n in range(30)]),
        (Decimal("0.00"), [Decimal(n) + Decimal("100.25") for n in range(1, 31)]),
    ],
    ids=["zero", "float-zero", "nan", "infinity", "decimal-zero"],
)
def test_numbers_that_noise_promises_to_leave_are_not_held_against_it(lasting, changing):
    before = [*changing, *[lasting] * 70]
    noisy = [*(each + 100 for each in changing), *[lasting] * 70]
    assert judge({"s.t": Tab({"n": Col(before, noisy, NOISE)})})["s.t"].passed
    result = judge({"s.t": Tab({"n": Col(before, before, NOISE)})})["s.t"]
    assert result.blocks
    assert result.counts["unchanged_rows"] == 30


def test_infinite_dates_in_text_stay_and_finite_ones_must_not():
    days = [f"20{n:02d}-03-04" for n in range(30)]
    before = ["infinity", "-infinity"] * 40 + days
    after = [*before[:80], *days[1:], "1999-01-01"]
    assert judge({"s.t": Tab({"d": Col(before, after, NOISE, logical="date")})})["s.t"].passed
    assert judge({"s.t": Tab({"d": Col(before, before, NOISE, logical="date")})})["s.t"].blocks


def test_a_number_counts_once_however_many_rows_it_has():
    distinct = list(range(100, 150))
    before = [7] * 2_000 + distinct
    assert judge({"s.t": Tab({"n": Col(before, [7] * 2_000 + distinct[::-1], NOISE)})}, batch_rows=1_024)["s.t"].passed
    half = [*distinct[:25], *(n + 500 for n in distinct[25:])]
    assert judge({"s.t": Tab({"n": Col(before, [8] * 2_000 + half, NOISE)})}, batch_rows=1_024)["s.t"].blocks
    often = distinct * 40  # each stays in half of its rows
    after = [n if at < 1_000 else n + 500 for at, n in enumerate(often)]
    assert judge({"s.t": Tab({"n": Col(often, after, NOISE)})}, batch_rows=512)["s.t"].blocks


def test_text_that_is_all_fill_characters_may_stay():
    before = ["****", "--", *(f"secret{n}" for n in range(30))]
    assert judge({"s.t": Tab({"x": Col(before, ["****", "**", *["*******"] * 30], MASK)})})["s.t"].passed
    kept_one = ["****", "**", *["*******"] * 29, "secret29"]
    assert judge({"s.t": Tab({"x": Col(before, kept_one, MASK)})})["s.t"].blocks


def test_two_states_are_not_judged_by_row_and_said_so():
    result = judge({"s.t": Tab({"active": Col([True, False] * 9, [False, False] * 9, NOISE)})})["s.t"]
    assert result.passed
    assert "too few distinct values" in result.detail


def test_a_permutation_may_have_a_fixed_point():
    numbers = [f"{n:06d}" for n in random.Random(4).sample(range(10**6), 400)]
    after = numbers[1:200] + numbers[:1] + numbers[200:201] + numbers[202:] + numbers[201:202]
    assert judge({"s.t": Tab({"code": Col(numbers, after, FPE, typed("member_id"))})}, batch_rows=128)["s.t"].passed
    half = numbers[:200] + after[200:]
    assert judge({"s.t": Tab({"code": Col(numbers, half, FPE, typed("member_id"))})}, batch_rows=128)["s.t"].blocks


NOTES = [f"patient {n} complains about the weather of day {n * 31}" for n in range(COUNT)]


def test_notes_made_null_must_not_stand_elsewhere():
    table = {"s.a": Tab({"note": Col(NOTES, [None] * COUNT, NULL)})}
    assert judge({**table, "s.b": Tab({"x": Col(["all fine"])})})["s.a"].passed
    assert judge({**table, "s.b": Tab({"x": Col(["all fine", f"copy: {NOTES[9]} (end)"])})})["s.b"].blocks


def test_a_column_that_should_be_null_and_is_not_fails():
    assert judge({"s.a": Tab({"note": Col(NOTES, [None] * 38 + NOTES[:2], NULL)})})["s.a"].blocks


def test_a_constant_passes_though_one_row_held_it_before():
    constant = Col([*NOTES[:-1], "withheld by us"], ["withheld by us"] * COUNT, NULL)
    assert judge({"s.a": Tab({"note": constant})})["s.a"].passed


def test_words_of_a_kept_code_list_are_no_leak_but_the_same_keys_elsewhere_are():
    titles = [f"code-{n:03d}-reference" for n in range(60)] + ["standard delivery"]
    source = Tab({"title": Col(titles, [f"z{n}z" for n in range(61)], TOKEN)})
    code_list = Tab({"kind": Col(["standard delivery", "express"] * 30)})
    assert judge({"s.a": source, "s.b": code_list})["s.b"].passed
    assert judge({"s.a": source, "s.b": Tab({"ref": Col(titles[:40])})})["s.b"].blocks
    assert judge({"s.a": source, "s.b": Tab({"ref": Col(titles[:40], None, ACCEPTED)})})["s.b"].passed


def test_placeholders_are_no_ones():
    mails = Tab({"email": Col([*MAILS, "unknown", "nobody"], [*TOKENS, "q1q", "q2q"], TOKEN, MAIL)})
    assert judge({"s.a": mails, "s.b": Tab({"x": Col(["unknown", "unknown"])})})["s.b"].passed
    assert judge({"s.a": mails, "s.b": Tab({"x": Col(["nobody"])})})["s.b"].blocks
    assert judge({"s.a": mails, "s.b": Tab({"x": Col(["nobody"])})}, ignore=("Nobody",))["s.b"].passed


def test_rows_that_do_not_pair_up_fail():
    assert judge({"s.t": Tab({"email": Col(MAILS, TOKENS[:-1], TOKEN, MAIL)})})["s.t"].blocks


def test_only_the_named_tables_are_judged_against_all_sources():
    evidence = MemoryEvidence({"s.person": PEOPLE, "s.other": Tab({"note": Col([MAILS[0]])})})
    (result,) = NoLeak().run(evidence, ["s.other"])
    assert (result.table, result.passed) == ("s.other", False)


def test_empty_tables_pass():
    assert judge({"s.t": Tab({"email": Col([], [], TOKEN, MAIL, arrow=pa.string())})})["s.t"].passed


def test_unicode_forms_and_case_are_one():
    source = Tab({"u": Col(["Jos\u00e9-Mar\u00eda.77"], ["q"], TOKEN, typed("username"))})
    assert judge({"s.a": source, "s.b": Tab({"x": Col(["by jose\u0301-MARI\u0301A.77!"])})})["s.b"].blocks


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["ann", "bo", "c3", "12", "d\u00e9"]), min_size=1, max_size=9),
    st.text(max_size=20),
    st.text(max_size=20),
)
def test_a_value_put_into_any_text_between_blanks_is_found(words, before, after):
    value = normal(pa.array([" ".join(words)]))
    text = normal(pa.array([f"{before} {' '.join(words)} {after}"]))
    grams = Grams.of(value)
    found = word_grams(text, [min(int(grams.words[0]), 6)])
    assert any(grams.hashes[0] in each for _, each in found)
    assert padded(value)[0] in padded(text)[0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), max_size=50), st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_a_key_set_is_a_set(inside, others):
    keys = KeySet([np.array(inside, np.uint64)])
    probe = np.array(inside + others, np.uint64)
    assert keys.where(probe).tolist() == [at for at, each in enumerate(inside + others) if each in set(inside)]


@settings(max_examples=30, deadline=None)
@given(st.floats(0.05, 5_000))
def test_the_bound_lies_above_the_mean_and_grows(mean):
    assert mean < poisson_bound(mean) + 1
    assert poisson_bound(mean) <= poisson_bound(mean * 1.5)
