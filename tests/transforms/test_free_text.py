from __future__ import annotations

import base64
import hmac
import unicodedata

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.contracts.database import Column
from anon_assets.contracts.detector import DETECTORS
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed
from anon_assets.transforms.free_text.mentioning import _LOOSE, mentions

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


def named(make, apply, text: str, value: str) -> str:
    (made,) = apply(make("free_text", **{"only": "email", "with": ["who"]}), [text], sources={"who": pa.array([value])})
    return made


@pytest.mark.parametrize(
    ("value", "text", "wanted"),
    [
        ("M\u00fcller", "mu\u0308ller was here, e\u0301te\u0301", "<WHO> was here, e\u0301te\u0301"),
        ("Mu\u0308ller", "M\u00dcLLER  was here", "<WHO>  was here"),
        ("Mu\u0308ller", "of MU\u0308LLER's and mu\u0308llers", "of <WHO>'s and mu\u0308llers"),
        ("\u0416\u043e\u0440\u0436 \u0419\u043e\u043d", "x  \u0436\u043e\u0440\u0436 \u0438\u0306\u043e\u043d!", "x  <WHO>!"),
        ("\uae40\ucca0\uc218", "a \u1100\u1175\u11b7\u110e\u1165\u11af\u1109\u116e, b", "a <WHO>, b"),
        ("Jose", "jose\u0301, jose and Jos\u00e9", "jose\u0301, <WHO> and Jos\u00e9"),
        ("Ada", "\u00e9\u0301ada e\u0301ada ada", "\u00e9\u0301ada e\u0301ada <WHO>"),
        ("\u0130nce", "i\u0307nce  INCE", "<WHO>  <WHO>"),
        ("Stra\u00dfe", "Ms STRASSE, stra\u00dfe!", "Ms <WHO>, <WHO>!"),
        ("Ada WEISS", "\u00df\u00a0 ada\u00a0 wei\u00df  \u00df", "\u00df\u00a0 <WHO>  \u00df"),
        ("O\u2019Brien", "Mr O'Brien\u2019s", "Mr <WHO>\u2019s"),
        ("O'Brien", "Mr O\u2019BRIEN, O\u02bcBrien", "Mr <WHO>, <WHO>"),
        ("Day-Lewis", "day\u2010lewis and Day\u2011Lewis", "<WHO> and <WHO>"),
        ("Ada  King", "to ada king.\u00a0 ", "to <WHO>.\u00a0 "),
        ("Ada King", "\t\u00a0Ada  King,  Ada\u00a0King\n\nADA\n\tKING\r\n", "\t\u00a0<WHO>,  <WHO>\n\n<WHO>\r\n"),
    ],
)  # fmt: skip
def test_a_value_is_found_however_its_signs_are_written(make, apply, value, text, wanted) -> None:
    assert named(make, apply, text, value) == wanted


@given(
    before=st.text(alphabet="ab\u00e9e\u0301 \u00a0\n'\u2019\u0130i\u0307\u03a3\U0001f600,", max_size=12),
    after=st.text(alphabet="ab\u00e9e\u0301 \u00a0\n'\u2019\u0130i\u0307\u03a3\U0001f600,", max_size=12),
    form=st.sampled_from(["NFC", "NFD"]),
    blank=st.sampled_from([" ", "  ", "\u00a0", "\n\t"]),
)
def test_every_byte_outside_of_a_mention_stays(before, after, form, blank) -> None:
    value = "Zo\u00eb O'Connor-N\u00fa\u00f1ez"
    written = unicodedata.normalize(form, value).replace(" ", blank)
    text = f"{before}, {written}, {after}"
    (begin, end) = (len(part.encode()) for part in (f"{before}, ", f"{before}, {written}"))
    spans = mentions(pa.array([text]), pa.array([value]), 0)
    assert (spans.begins.tolist(), spans.ends.tolist(), spans.texts.to_pylist()) == ([begin], [end], [value])


def test_every_sign_that_is_not_composed_is_looked_at() -> None:
    """The composed form costs time, so it is asked for where one of some signs stands only: those must be all there are."""
    signs = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    second = {chr(int(parts[-1], 16)) for parts in (unicodedata.decomposition(sign).split() for sign in signs)
              if len(parts) == 2 and not parts[0].startswith("<")}  # fmt: skip
    second |= {chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}  # letters inside of Hangul
    wanted = [sign for sign in signs if sign in second or not unicodedata.is_normalized("NFC", sign)]
    assert pl.Series(wanted).str.contains(_LOOSE).all()


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


def test_addresses_of_small_numbers_are_addresses_unless_they_are_versions(make, apply) -> None:
    """Public resolvers and whole networks of telephone companies have such addresses; so have versions of programs."""
    free = make("free_text", only="ip_address")
    addresses = [
        "client ip {}", "IP address: {}", "from {} to", "{}", "root@{}:22", "http://{}/x", "ping {}, {}", "a\tb {}",
        "login from {} with v2.1", "ip of the build server, version 2: {}", "release from host {}", "clientIP={}",
        '{{"version": "2.1", "ip": "{}"}}', "IPv4 {}", "build 7 of {}", "x{}", "Der Server {}", "ship {}",
    ]  # fmt: skip
    for number in ("8.8.8.8", "9.9.9.9", "1.2.3.4", "8.8.4.4"):
        texts = [text.format(number, number) for text in addresses]
        assert apply(free, texts) == [text.format("<IP_ADDRESS>", "<IP_ADDRESS>") for text in addresses]
    versions = [
        "version 1.2.3.4", "v1.2.3.4", "Version: 8.8.8.8", "server version 1.2.3.4", "appVersion=1.2.3.4",
        "firmware is 1.2.3.4", "release 1.2.3.4", "build: 1.2.3.4", "versions 1.2.3.4, 1.2.3.5 and 8.8.8.8", "\u00a7 1.2.3.4",
        "oid 1.3.6.1.4.1.311.21.20", "1.2.3.4.5", "ip 127.0.0.1", "IP 0.0.0.0",
    ]  # fmt: skip
    assert apply(free, versions) == versions
    both = ["ip 8.8.8.8 version 1.2.3.4", "v1.2.3.4 from 8.8.8.8", "version 10.2.3.4", "version\n8.8.8.8"]
    assert apply(free, both) == [
        "ip <IP_ADDRESS> version 1.2.3.4", "v1.2.3.4 from <IP_ADDRESS>", "version <IP_ADDRESS>", "version\n<IP_ADDRESS>",
    ]  # fmt: skip
    many = [f"row {row} {text}" for row in range(3_000) for text in ("client ip 8.8.8.8", "version 8.8.8.8")]
    assert apply(free, many) == [each.replace("ip 8.8.8.8", "ip <IP_ADDRESS>") for each in many]
    (one,) = apply(make("free_text", replace="token"), ["client ip 8.8.8.8"])
    assert one == f"client ip {token('8.8.8.8')}"


def test_a_parenthesis_around_a_number_stays_with_its_other_half(make, apply) -> None:
    free = make("free_text")
    assert apply(free, ["(+49 30 901820)", "(tel. 030 901820)", "tel (030 901820)", "call (+1 (780) 428-9482)"]) == [
        "(<PHONE>)", "(tel. <PHONE>)", "tel (<PHONE>)", "call (<PHONE>)",
    ]  # fmt: skip
    assert apply(free, ["(+49) 30 901820", "tel. (030) 901820", "((212) 736-5000)", "+49 (0)30 901820"]) == [
        "<PHONE>", "tel. <PHONE>", "(<PHONE>)", "<PHONE>",
    ]  # fmt: skip


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
