from __future__ import annotations

import ipaddress
import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.errors import TransformError
from anon_assets.transforms.fake.pools import POOLS, pool

KINDS = [
    "first_name", "last_name", "person_name", "email", "username", "phone", "street_address", "city", "region",
    "postal_code", "country", "company", "job", "ip_address", "text",
]  # fmt: skip
LAW_CASES = [{"as": kind} for kind in KINDS] + [
    {"as": "email", "unique": True},
    {"as": "username", "unique": True},
    {"as": "text", "unique": True},
    {"as": "city", "locale": ["de_DE", "ja_JP"]},
    {"as": "first_name", "keep": []},
    {"as": "email", "with": ["given", "family"]},
    {"as": "username", "with": ["given", "family"], "unique": True},
    {"as": "person_name", "with": "person"},
]
ODD = ["a@localhost", "ab", "x", "😀", "Ünïcode Straße 7", "--", "0", " ", "canary value"]


@pytest.mark.parametrize("kind", KINDS)
def test_equal_values_equal_fakes_and_never_the_value(make, apply, kind) -> None:
    made = apply(make("fake", kind), [*ODD, None, "", "ab"])
    assert made[-1] == made[1] and made[-3] is None and made[-2] == ""
    assert all(was.lower() != now.lower() for was, now in zip(ODD, made, strict=False))
    assert all("canary" not in now for now in made if now)


def test_pools_are_broad_distinct_and_latin() -> None:
    assert len(pool("first_name")) >= 5_000
    assert len(pool("last_name")) >= 10_000
    for kind in POOLS:
        entries = pool(kind).to_list()
        assert len({entry.casefold() for entry in entries}) == len(entries) > 200
        assert entries == sorted(entries) and all(entry == entry.strip() and len(entry) > 1 for entry in entries)
        assert not any(re.search(r"[\u0370-\u1dff\u2e80-\uffff]", entry) for entry in entries)


def test_a_pool_never_gives_back_its_own_entry(make, apply) -> None:
    for kind in ("first_name", "country", "city"):
        entries = pool(kind).to_list()
        made = apply(make("fake", kind), [entry.upper() for entry in entries])
        assert all(was.upper() != now.upper() for was, now in zip(entries, made, strict=True))
        assert set(made) <= set(entries)
        assert len(set(made)) > len(entries) // 2


def test_names_are_drawn_evenly(make, apply) -> None:
    made = apply(make("fake", "country"), [f"c{n}" for n in range(20_000)])
    counts = pc.value_counts(pa.array(made)).field("counts").to_pylist()
    expected = 20_000 / len(pool("country"))
    assert len(counts) == len(pool("country")) and max(counts) < 2 * expected and min(counts) > expected / 2


@pytest.mark.parametrize("room", [None, 19, 20, 25, 40])
def test_emails_lie_in_reserved_domains(make, apply, room) -> None:
    made = apply(make("fake", "email"), [f"p{n}@firm.test" for n in range(500)], max_length=room)
    pattern = re.compile(r"[a-z]+(\.[a-z]+)?[0-9]{4}@example\.(com|net|org)")
    assert all(pattern.fullmatch(text) for text in made)
    assert len({text.partition("@")[2] for text in made}) == 3


@pytest.mark.parametrize(
    ("kind", "room"), [("email", 28), ("email", 60), ("username", 16), ("username", None), ("text", 20)]
)
def test_unique_fakes_carry_a_digest(make, apply, kind, room) -> None:
    values = pa.array([f"person {n}" for n in range(200_000)])
    transform = make("fake", **{"as": kind, "unique": True})
    made = pa.array(apply(transform, values, max_length=room))
    assert pc.count_distinct(made).as_py() == len(values)
    assert room is None or pc.max(pc.utf8_length(made)).as_py() <= room
    assert transform.effects(Column("c")).injective and not transform.effects(Column("c")).coincides


PHONES = [
    "+49 (0)30 1234-5678", "030/123456", "+1-202-555-0100", "0041 44 1234567", "+358401234567", "110", "555 0100 x12",
    "+49", "00", "n/a", "call Anna", "٠١٢٣", "+", "--",
]  # fmt: skip


def test_phones_keep_their_form(make, apply) -> None:
    made = apply(make("fake", "phone"), PHONES)
    for was, now in zip(PHONES, made, strict=True):
        assert len(was) == len(now) and was != now
        assert not re.search(r"[^\W\d_]", now), "a letter came through"
    shaped = PHONES[:7]
    digits = str.maketrans("123456789", "0" * 9)
    for was, now in zip(shaped[:6], made, strict=False):
        assert was.translate(digits) == now.translate(digits)
    assert [now[:4] for now in (made[0], made[2], made[4])] == ["+49 ", "+1-2"[:3] + made[2][3], "+358"]
    assert made[1][0] == "0" != made[1][1] and made[3].startswith("00") and made[3][2] != "0"
    assert made[5][0] != "0"


def test_postal_codes_keep_their_form(make, apply) -> None:
    codes = ["10115", "SW1A 1AA", "D-10115", "0000", "k1a 0b1", "日本"]
    made = apply(make("fake", "postal_code"), codes)
    for was, now in zip(codes, made, strict=True):
        form = re.sub(
            "[0-9]", "9", re.sub("[a-z]", "a", re.sub("[A-Z]", "A", was.replace("日", "A").replace("本", "A")))
        )
        assert re.sub("[0-9]", "9", re.sub("[a-z]", "a", re.sub("[A-Z]", "A", now))) == form


def test_addresses_keep_family_and_prefix(make, apply) -> None:
    given = ["192.168.1.1", "::1", "2001:db8::1/64", "8.8.8.8/24", "::ffff:1.2.3.4"]
    for logical in ("text", "inet"):
        made = [ipaddress.ip_interface(text) for text in apply(make("fake", "ip_address"), given, logical=logical)]
        assert [one.version for one in made] == [4, 6, 6, 4, 6]
        assert all(one.ip in ipaddress.ip_network("10.0.0.0/8" if one.version == 4 else "fd00::/8") for one in made)
        assert [one.network.prefixlen for one in made] == [32, 128, 64, 24, 128]
    networks = apply(
        make("fake", "ip_address"), ["1.2.3.0/24", "2001:db8::/37", "9.0.0.0/8"], logical="inet", type="cidr"
    )
    assert [ipaddress.ip_network(text).prefixlen for text in networks] == [24, 37, 8]
    short = apply(make("fake", "ip_address"), given, max_length=15)
    assert all(len(text) <= 15 and ipaddress.ip_interface(text) for text in short)
    (odd,) = apply(make("fake", "ip_address"), ["canary-host"])
    assert ipaddress.ip_address(odd)


def test_street_addresses_have_a_number_and_a_street(make, apply) -> None:
    made = apply(make("fake", "street_address"), [f"{n} Main Street" for n in range(300)], max_length=30)
    assert all(re.fullmatch(r"[1-9][0-9]{0,3} \S.+", text) and len(text) <= 30 for text in made)


def test_text_has_the_length_of_the_value(make, apply) -> None:
    texts = ["a" * n for n in range(1, 300)] + ["é" * 1_100_000]
    made = apply(make("fake", "text"), texts)
    assert [len(text) for text in made] == [len(text) for text in texts]
    assert all(re.fullmatch("[a-z ]*[a-z]", text) for text in made)
    assert len({text[:40] for text in made[50:299]}) > 240


def test_results_fit_the_column(make, apply) -> None:
    for kind in KINDS:
        for room in (15, 19, 30):
            transform = make("fake", kind)
            if list(transform.problems(Column("c", max_length=room))):
                assert room < 19 and kind == "email"
                continue
            made = apply(transform, [f"v{n}"[:room] for n in range(300)], max_length=room)
            assert max(map(len, made)) <= room, kind


@pytest.mark.parametrize(
    ("parameters", "room", "told"),
    [
        ({"as": "email"}, 18, "19 characters"),
        ({"as": "email", "unique": True}, 27, "28 characters"),
        ({"as": "country"}, 3, "not two"),
        ({"as": "city", "locale": ["xx_XX"]}, None, "xx_XX"),
        ({"as": "region", "locale": ["no_NO"]}, None, "not two"),
        ({"as": "ip_address"}, 14, "15 characters"),
    ],
)
def test_what_cannot_be_had_is_a_problem(make, apply, parameters, room, told) -> None:
    transform = make("fake", **parameters)
    (problem,) = transform.problems(Column("c", max_length=room))
    assert told in problem
    with pytest.raises(TransformError):
        apply(transform, ["x"], max_length=room)


def test_only_some_kinds_can_be_unique() -> None:
    member, found = TRANSFORMS.parse({"fake": {"as": "first_name", "unique": True}}, "x")
    assert member is None and "email, username, text" in str(found[0])


def test_locales(make, apply) -> None:
    german = set(pool("city", ("de_DE",)).to_list())
    assert set(apply(make("fake", **{"as": "city", "locale": "de_DE"}), [str(n) for n in range(200)])) <= german
    (name,) = apply(make("fake", **{"as": "last_name", "locale": ["ja_JP"]}), ["Smith"])
    assert not name.isascii()


def test_a_column_that_ignores_case_gives_one_fake_for_all_spellings(make, apply):
    transform = make("fake", **{"as": "email", "unique": True})
    folded = apply(transform, ["Ada@X.org", "ada@x.ORG"], folds_case=True)
    assert folded[0] == folded[1] == apply(transform, ["ada@x.org"])[0]
