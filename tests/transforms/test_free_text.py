from __future__ import annotations

import base64
import hmac

import pyarrow as pa
import pytest
from hypothesis import strategies as st

from anon_assets.contracts.database import Column
from anon_assets.contracts.detector import DETECTORS
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

LAW_CASES = [
    {"replace": "token", "only": ["email", "ip_address"]},
    {"replace": "fake"},
    {"replace": "mask", "with": ["name"]},
    {"entities": {"email": {"token": {"length": 8}}, "person_name": "keep", "phone": "null"}},
]
_pieces = st.sampled_from(
    ["ada@example.org", "jürgen@münchen.example", "192.0.2.44", "10.0.0.1", "2001:db8::8a2e:370:7334", "Ada Miller",
     "Dear Maria García,", "+49 30 901820", "4111 1111 1111 1111", "s1", "S2", "and", "x", "ä", "…", "\n", "a..b@example.org"]
)  # fmt: skip
LAW_VALUES = {
    "text": st.one_of(
        st.lists(_pieces, max_size=6).map(" ".join), st.lists(_pieces, max_size=4).map("".join), st.text(max_size=9)
    )
}

LINE = "ticket 7: Ada Miller <ada@example.org>, tel. +49 30 901820, from 192.0.2.44"


def token(value: str, domain: str = "example") -> str:
    key = KeyRing("example", {1: Sealed(bytes(32))}).derive(domain, "token", "text").reveal()
    return "B" + base64.b32encode(hmac.digest(key.hex().encode(), value.encode(), "sha256")).decode()[:20]


def test_labels_stand_for_what_is_found_and_the_rest_stays(make, apply) -> None:
    free = make("free_text")
    assert apply(free, [LINE, None, "", "nothing here", "ä…\t😀\n"]) == [
        "ticket 7: <PERSON_NAME> <<EMAIL>>, tel. <PHONE>, from <IP_ADDRESS>", None, "", "nothing here", "ä…\t😀\n",
    ]  # fmt: skip
    assert apply(free, ["ada@example.org"]) == ["<EMAIL>"]
    assert apply(free, ["😀ada@example.org\nä192.0.2.44…"]) == ["😀<EMAIL>\nä<IP_ADDRESS>…"]
    assert apply(free, ["x+49 30 901820", "+49 30 901820ä"]) == [
        "x+<PHONE>",
        "+49 30 901820ä",
    ]  # digits prove little


def test_each_word(make, apply) -> None:
    name, mail, phone, address = map(token, ["Ada Miller", "ada@example.org", "+49 30 901820", "192.0.2.44"])
    assert apply(make("free_text", "token"), [LINE]) == [f"ticket 7: {name} <{mail}>, tel. {phone}, from {address}"]
    assert apply(make("free_text", "mask"), [LINE]) == [
        "ticket 7: ********** <***************>, tel. *************, from **********"
    ]
    (faked,) = apply(make("free_text", replace="fake"), [LINE])
    assert "ada" not in faked.lower() and "<" in faked and "@example." in faked and ", from 10." in faked
    (same,) = apply(make("fake", "email"), ["ada@example.org"])
    assert same in faked
    assert apply(make("free_text", "fake"), ["{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr"]) == [
        "<PASSWORD>"
    ]  # nothing to invent


def test_format_preserving_where_there_is_such_a_transform(make, apply) -> None:
    if not {"fpe", "ip"} <= set(TRANSFORMS.kinds()):
        pytest.skip("fpe and ip are not there")
    (made,) = apply(make("free_text", "fpe"), [LINE])
    assert made != LINE and made.startswith("ticket 7: ") and ", tel. +49" in made
    (address,) = apply(make("ip", {}), ["192.0.2.44"])
    assert made.endswith(f", from {address}")


def test_entities_have_transforms_of_their_own(make, apply) -> None:
    free = make(
        "free_text",
        replace="token",
        entities={
            "email": {"mask": {"as": "email"}},
            "person_name": "label",
            "phone": "keep",
            "ip_address": {"constant": "?"},
        },
    )
    assert apply(free, [LINE]) == ["ticket 7: <PERSON_NAME> <a**@*******.***>, tel. +49 30 901820, from ?"]


def test_only_some_entities(make, apply) -> None:
    assert apply(make("free_text", only="email"), [LINE]) == [LINE.replace("ada@example.org", "<EMAIL>")]
    assert apply(make("free_text", only=["phone", "ip_address"]), [LINE]) == [
        "ticket 7: Ada Miller <ada@example.org>, tel. <PHONE>, from <IP_ADDRESS>"
    ]


def test_one_domain_one_replacement(make, apply) -> None:
    domain = "public.customer.email"
    (own,) = apply(make("token"), ["ada@example.org"], domain=domain)
    assert own == token("ada@example.org", domain)
    named = make("free_text", replace="token", domains={"email": domain})
    inside = make("free_text", replace="token", entities={"email": {"token": {"domain": domain}}})
    for free in (named, inside):
        assert apply(free, ["to ada@example.org, 192.0.2.44"]) == [f"to {own}, {token('192.0.2.44')}"]


def test_the_length_of_the_own_column_counts_for_a_fake(make, apply) -> None:
    values = [f"user{number}@example.org" for number in range(50)]
    own = apply(make("fake", "email"), values, max_length=20)
    free = make("free_text", replace="fake", lengths={"email": 20})
    assert apply(free, [f"to {value}" for value in values]) == [f"to {value}" for value in own]
    assert apply(make("free_text", replace="fake"), [f"to {value}" for value in values]) != [
        f"to {value}" for value in own
    ]


def test_columns_of_the_row_are_removed_as_well(make, apply) -> None:
    free = make("free_text", **{"with": ["first", "last"], "entities": {"first": {"fake": "first_name"}}})
    assert free.needs() == {"first", "last"} and free.effects(Column("c")).scope == "row"
    sources = {
        "first": pa.array(["Ada", "Bo", None, "Ünal", "Σας", "Kim"]),
        "last": pa.array(["O'Neil", "Li", "Ray", "İnce", "Kim", "Kim Ray"]),
    }
    texts = ["ADA o'neil, adams and ada.", "bo li", "ray rays array", "ünal İNCE üNALä", "σαΣ, kim", "kim ray, kim"]
    (ada, unal, sas, kim) = apply(make("fake", "first_name"), ["Ada", "Ünal", "Σας", "Kim"], domain="s.t.first")
    made = apply(free, texts, sources=sources, domains={"first": "s.t.first", "last": "s.t.last"})
    assert made == [
        f"{ada} <LAST>, adams and {ada}.", "bo li", "<LAST> rays array",
        f"{unal} <LAST> üNALä", f"{sas}, <LAST>", f"<LAST>, {kim}",
    ]  # fmt: skip


def test_numbers_of_the_row_are_removed_too(make, apply) -> None:
    sources = {"id": pa.array([4711, 12, None])}
    assert apply(make("free_text", **{"with": "id"}), ["no. 4711, 47110", "no. 12", None], sources=sources) == [
        "no. <ID>, 47110", "no. 12", None,
    ]  # fmt: skip


def test_overlaps_the_longest_counts_and_nothing_of_the_others_is_left(make, apply) -> None:
    sources = {"who": pa.array(["ada", "ada miller", "miller called"])}
    free = make("free_text", **{"with": ["who"]})
    assert apply(free, ["ada@example.org", "Ada Miller", "Ada Miller called"], sources=sources) == [
        "<EMAIL>", "<WHO>", "<PERSON_NAME><WHO>",
    ]  # fmt: skip


def test_what_a_detector_accepts_inside_of_what_it_does_not(make, apply) -> None:
    free = make("free_text")
    assert apply(free, ["Dear Ada Miller", "Ticket Maria García Opened Anna Schmidt", "a..b@example.org", "logo@2x.png"]) == [
        "Dear <PERSON_NAME>", "Ticket <PERSON_NAME>", "a..<EMAIL>", "logo@2x.png",
    ]  # fmt: skip
    assert apply(free, ["+49 30 901820 111111111111"]) == ["<PHONE> 111111111111"]


def test_a_value_is_judged_without_what_stands_in_other_rows(make, apply) -> None:
    free = make("free_text")
    alone = apply(free, ["on 10.0.0.1", "on 127.0.0.1"])
    assert alone == [
        "on <IP_ADDRESS>",
        "on 127.0.0.1",
    ]  # small numbers too: better a version covered than an address left
    assert apply(free, ["on 10.0.0.1", "on 192.0.2.44"])[0] == alone[0]


def test_what_a_transform_does_not_take_gets_the_label(make, apply, monkeypatch) -> None:
    mask = TRANSFORMS.load("mask")
    plain = mask.apply

    def picky(self, column, context):
        if any("b" in value for value in column.to_pylist()):
            raise TransformError(context.place, "refused")
        return plain(self, column, context)

    monkeypatch.setattr(mask, "apply", picky)
    values = [f"{letter}@example.org" for letter in "abcdbe"]
    stars = "*" * len(values[0])
    assert apply(make("free_text", "mask"), values) == [stars, "<EMAIL>", stars, stars, "<EMAIL>", stars]
    assert apply(make("free_text", entities={"email": "null"}), ["to a@example.org"]) == ["to <EMAIL>"]


def test_row_scope_transforms_get_their_row(make, apply, monkeypatch) -> None:
    constant = TRANSFORMS.load("constant")
    monkeypatch.setattr(constant, "needs", lambda self: frozenset({"id"}))
    effects = constant.effects

    def rowwise(self, column):
        made = effects(self, column)
        return type(made)(accepts=made.accepts, scope="row", max_length=None)

    def told(self, column, context: Context):
        parts = zip(column.to_pylist(), context.rows().to_list(), context.sources["id"].to_pylist(), strict=True)
        return pa.array(["|".join(map(str, part)) for part in parts])

    monkeypatch.setattr(constant, "effects", rowwise)
    monkeypatch.setattr(constant, "apply", told)
    free = make("free_text", entities={"ip_address": {"constant": "x"}})
    made = apply(
        free,
        ["none", "192.0.2.44, 192.0.2.45", None, "192.0.2.44"],
        rows=["a", "b", "c", "d"],
        sources={"id": pa.array([1, 2, 3, 4])},
    )
    assert made == ["none", "192.0.2.44|b|2, 192.0.2.45|b|2", None, "192.0.2.44|d|4"]
    assert free.effects(Column("c")).scope == "row"


def test_a_bounded_column_covers_what_would_be_too_long(make, apply) -> None:
    free = make("free_text", "token")
    values = ["ä a@b.org", "ä a@b.org, ä c@d.org " + "x" * 20, "é" * 41]
    assert free.effects(Column("c", max_length=41)).max_length == 41
    assert apply(free, values, max_length=41) == [
        f"ä {token('a@b.org')}", "ä *******, ä ******* " + "x" * 20, "é" * 41,
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_every_kind_of_text_sliced(make, apply, kind) -> None:
    column = pa.array(["x", "to ada@example.org", None, "y", "192.0.2.44"]).cast(kind).slice(1, 3)
    assert apply(make("free_text"), column) == ["to <EMAIL>", None, "y"]


def test_many_rows_and_repeats(make, apply) -> None:
    values = [f"line {number} from user{number % 7}@example.org" for number in range(40_000)]
    made = apply(make("free_text", replace="token", only="email"), values)
    tokens = [token(f"user{number}@example.org") for number in range(7)]
    assert made == [f"line {number} from {tokens[number % 7]}" for number in range(40_000)]


def test_a_pattern_that_matches_line_feeds_stays_in_its_row(make, apply, monkeypatch) -> None:
    from anon_assets.entity_search.finding import finder

    finder.cache_clear()
    monkeypatch.setattr(DETECTORS.load("password"), "patterns", (r"pw:\s*[a-z]+",))
    try:
        free = make("free_text", only="password")
        assert apply(free, ["say pw:", "abc", "pw: abc pw:\nabc"]) == ["say pw:", "abc", "<PASSWORD> <PASSWORD>"]
    finally:
        finder.cache_clear()


def test_a_detector_that_fails_stops_without_a_value(make, apply, monkeypatch) -> None:
    def broken(self, values):
        raise ValueError(values[-1])

    monkeypatch.setattr(DETECTORS.load("email"), "valid", broken)
    with pytest.raises(TransformError, match="the detector email failed") as caught:
        apply(make("free_text"), ["to canary@example.org"])
    assert "canary" not in str(caught.value) and caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"only": "salary"}, "cannot be found in text"),
        ({"entities": {"emial": "mask"}}, "did you mean email"),
        ({"entities": {"email": "mskk"}}, "mask"),
        ({"entities": {"email": {"mask": {"last": 99}}}}, "email.mask.last"),
        ({"entities": {"email": {"mask": {"when": "a > 1"}}}}, "when stands beside"),
        ({"only": "email", "domains": {"phone": "a.b.c"}}, "not looked for"),
        ({"lengths": {"email": 0}}, "greater than"),
        ({"replace": "hide"}, "label"),
    ],
)
def test_mistakes_in_the_policy(parameters, told) -> None:
    member, found = TRANSFORMS.parse({"free_text": parameters}, "x")
    assert member is None and told in " ".join(f"{each.where} {each.what} {each.hint}" for each in found)


def test_problems_of_the_entities(make, apply) -> None:
    free = make("free_text", entities={"email": {"noise": {"ratio": 0.1}}})
    (told,) = free.problems(Column("c"))
    assert told == "email: noise does not take text"
    with pytest.raises(TransformError, match="does not take text"):
        apply(free, ["x"])
    (told,) = make("free_text", entities={"email": {"fake": {"as": "email", "locale": "xx_XX"}}}).problems(Column("c"))
    assert "locale" in told


def test_effects(make) -> None:
    plain = make("free_text").effects(Column("c"))
    assert (plain.scope, plain.needs_key, plain.coincides, plain.injective, plain.max_length) == (
        "value",
        False,
        False,
        False,
        None,
    )
    assert make("free_text", "token").effects(Column("c")).needs_key
    assert make("free_text", replace="fake").effects(Column("c")).coincides
    assert make("free_text").model_dump(mode="json", by_alias=True)["with"] == []
