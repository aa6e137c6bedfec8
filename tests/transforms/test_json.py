from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed
from anon_assets.text_buffer import Joined
from anon_assets.transforms.json.paths import Automaton, parse_path
from anon_assets.transforms.json.scanning import malformed, scan

_leaf = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**80), 2**80), st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["ada@example.org", "", "a", 'q"\\\n\u2028', "😀"]), st.text(max_size=6),
)  # fmt: skip
_keys = st.sampled_from(["a", "b", "ab", "", 'k"', "ä"])
_document = st.recursive(
    _leaf, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_keys, inner, max_size=3)), max_leaves=8
)
_written = st.tuples(_document, st.booleans(), st.sampled_from([None, 1])).map(
    lambda drawn: json.dumps(drawn[0], ensure_ascii=drawn[1], indent=drawn[2])
)
LAW_CASES = [
    {"paths": {"$.a": "token", "$.b[*]": {"mask": {"last": 1}}, "$.ab": "free_text"}, "rest": "null"},
    {"paths": {"$": "token", "$.*": "token", "$.*.*": "null", "$['k\"']": "keep"}, "rest": "keep"},
    {"paths": {"$.a": {"noise": {"ratio": 0.1}}}, "rest": "refuse"},
]
LAW_VALUES = {"json": _written, "text": st.one_of(_written, st.text(max_size=4))}


def token(value: str, domain: str = "example") -> str:
    key = KeyRing("example", {1: Sealed(bytes(32))}).derive(domain, "token", "text").reveal()
    return "B" + base64.b32encode(hmac.digest(key.hex().encode(), value.encode(), "sha256")).decode()[:20]


def test_only_the_named_values_change_byte_for_byte(make, apply) -> None:
    document = make("json", paths={"$.contact.emails[*]": "token", "$.id": "keep"}, rest="keep")
    text = '{ "id":1.0,"big": 12345678901234567890123, '
    text += '"u":"\\u00e9\\/", "d":1,\t"d":2e+05,\n"contact":{"emails":["ä@b.c" , "x"],"emails":[]}}'
    expected = text.replace("ä@b.c", token("ä@b.c")).replace('"x"', f'"{token("x")}"')
    assert apply(document, [text, None, "7", '"emails"', " [ ] "], logical="json") == [
        expected,
        None,
        "7",
        '"emails"',
        " [ ] ",
    ]


def test_paths(make, apply) -> None:
    text = '{"items":[{"name":"a","n":"b"},{"name":"c"},["d"],"e"],"odd key":"f","it\'s":"g","ä":{"x":"h","y":["i"]},"z":"j"}'
    hit = json.loads(apply(make("json", paths={
        "$.items[*].name": {"constant": "1"}, "$['odd key']": {"constant": "2"}, '$["it\'s"]': {"constant": "3"},
        "$.ä.*": {"constant": "4"}, "$['ä'].y.*": {"constant": "5"},
    }, rest="null"), [text], logical="json")[0])  # fmt: skip
    assert hit == {
        "items": [{"name": "1", "n": None}, {"name": "1"}, [None], None], "odd key": "2", "it's": "3",
        "ä": {"x": "4", "y": ["5"]}, "z": None,
    }  # fmt: skip
    assert apply(make("json", paths={"$": "token"}), ['"a"', "null", "[]"], logical="json") == [
        f'"{token("a")}"',
        "null",
        "[]",
    ]


def test_the_path_with_the_most_names_decides(make, apply) -> None:
    paths = {
        "$.*.*": {"constant": "any"},
        "$.a.*": {"constant": "in a"},
        "$.*.b": {"constant": "some b"},
        "$.a.b": {"constant": "ab"},
    }
    text = '{"a":{"b":"","c":""},"d":{"b":"","c":""}}'
    made = '{"a":{"b":"ab","c":"in a"},"d":{"b":"some b","c":"any"}}'
    for order in (list(paths), list(paths)[::-1]):
        assert apply(make("json", paths={path: paths[path] for path in order}), [text], logical="json") == [made]
    tie = {"$.a.*": {"constant": "first"}, "$.*.b": {"constant": "second"}}
    assert apply(make("json", paths=tie), ['{"a":{"b":""}}'], logical="json") == ['{"a":{"b":"first"}}']


def test_keys_with_escapes_are_what_they_spell(make, apply) -> None:
    document = make("json", paths={"$.name": {"constant": "x"}, "$['a\"b']": {"constant": "y"}}, rest="keep")
    text = '{"n\\u0061me":"a","\\u006e\\u0061\\u006d\\u0065":"b","a\\"b":"c","nam":"d","name ":"e"}'
    assert apply(document, [text], logical="json") == [
        '{"n\\u0061me":"x","\\u006e\\u0061\\u006d\\u0065":"x","a\\"b":"y","nam":"d","name ":"e"}'
    ]


def test_strings_are_read_and_written_with_escapes(make, apply) -> None:
    values = ['q"\\/\b\f\n\r\t\u0001é😀\u2028', "plain", ""]
    document = make("json", paths={"$[*]": "token"})
    for ascii_only in (True, False):
        (made,) = apply(document, [json.dumps(values, ensure_ascii=ascii_only)], logical="json")
        assert json.loads(made) == [token(value) for value in values]
    odd = '\x01\x1f"\\\n\u2028é'
    (made,) = apply(make("json", paths={"$.a": {"constant": odd}}), ['{"a":"b"}'], logical="json")
    assert json.loads(made) == {"a": odd}
    with pytest.raises(TransformError, match=r"\$\[\*\]: 2 strings hold unpaired surrogates"):
        apply(document, ['["\\ud800", "a\\udc00b", "\\ud83d\\ude00"]'], logical="json")


def test_numbers_and_booleans_keep_their_type(make, apply, monkeypatch) -> None:
    seen: list[tuple[str, pa.DataType, list[Any]]] = []
    noise = TRANSFORMS.load("noise")

    def told(self, column, context: Context):
        seen.append((context.column.logical, column.type, column.to_pylist()))
        return column

    monkeypatch.setattr(noise, "apply", told)
    document = make("json", paths={"$[*]": {"noise": {"ratio": 0.1}}})
    text = "[1, -0, 9223372036854775807, 9223372036854775808, 1.50, 1e2, null]"
    assert apply(document, [text], logical="json") == [
        "[1, 0, 9223372036854775807, 9223372036854775808, 1.5, 100.0, null]"
    ]
    assert [(logical, str(kind)) for logical, kind, _ in seen] == [
        ("integer", "int64"), ("decimal", "decimal128(38, 0)"), ("float", "double"),
    ]  # fmt: skip
    assert seen[2][2] == [1.5, 100.0]
    with pytest.raises(TransformError, match="1 values are booleans"):
        apply(document, ["[true]"], logical="json")
    with pytest.raises(TransformError, match="1 numbers lie beyond"):
        apply(document, ["[1e999]"], logical="json")
    effects = noise.effects
    monkeypatch.setattr(
        noise, "effects", lambda self, column: type(effects(self, column))(accepts=frozenset({"integer"}))
    )
    with pytest.raises(TransformError, match=r"\$\[\*\]: 2 values are strings, which noise does not take"):
        apply(document, ['["secret", "other", 1]'], logical="json")


def test_text_for_a_number_becomes_a_string(make, apply) -> None:
    document = make("json", paths={"$[*]": "token"})
    (made,) = apply(
        document, ["[7, 7.0, 1e5, true, false, null, 123456789012345678901234567890123456789012345]"], logical="json"
    )
    texts = ["7", "7.0", "1e5", "true", "false", None, "123456789012345678901234567890123456789012345"]
    assert json.loads(made) == [None if text is None else token(text) for text in texts]


def test_a_type_that_only_a_string_can_carry(make, apply, monkeypatch) -> None:
    shift = TRANSFORMS.load("date_shift")
    seen = []

    def told(self, column, context: Context):
        seen.append((context.column.logical, column.to_pylist()))
        return column

    monkeypatch.setattr(shift, "apply", told)
    document = make("json", paths={"$[*]": {"date_shift": {"within": "30 days"}}})
    text = '["2024-02-29", "2024-02-29T10:00:00", "1999-12-31"]'
    assert apply(document, [text], logical="json") == [text]
    assert seen == [("date", ["2024-02-29", "1999-12-31"]), ("timestamp", ["2024-02-29T10:00:00"])]


def test_nulls_from_a_transform_and_for_whole_parts(make, apply) -> None:
    document = make("json", paths={"$.a": "null", "$.b": "keep", "$.c.d": "token"}, rest=None)
    assert document.rest == "null"
    text = '{"a":{"x":[1]},"b":{"y":{"z":"k"}},"c":{"d":{},"e":[],"f":[[]],"g":1},"h":"i"}'
    assert apply(document, [text], logical="json") == [
        '{"a":null,"b":{"y":{"z":"k"}},"c":{"d":{},"e":[],"f":null,"g":null},"h":null}'
    ]


def test_rest_refuses_and_counts(make, apply) -> None:
    document = make("json", paths={"$.a": "keep", "$.c.d": "keep"})
    assert apply(document, ['{"a":1,"b":null,"e":[],"c":{"d":[1,2],"f":{}}}', None], logical="json")[1] is None
    for text, count in (
        ('{"b":1}', 1),
        ('{"secretkey":{"x":[1,"2",null]},"c":3}', 3),
        ('{"b":{"secretkey":null}}', 1),
        ("7", 1),
    ):
        with pytest.raises(TransformError, match=f"{count} values stand under no listed path") as caught:
            apply(document, [text, '{"a":1}'], logical="json")
        assert "secretkey" not in str(caught.value)


def test_an_object_where_a_plain_value_should_be(make, apply) -> None:
    for rest in ("keep", "refuse"):
        document = make("json", paths={"$.a": "token"}, rest=rest)
        with pytest.raises(TransformError, match=r"2 objects or arrays stand where .* such as \$\.a\."):
            apply(document, ['{"a":[1]}', '{"a":{"b":1}}', '{"a":[]}'], logical="json")
    made = apply(make("json", paths={"$.a": "token"}, rest="null"), ['{"a":[1]}', '{"a":[ ]}'], logical="json")
    assert made == ['{"a":null}', '{"a":[ ]}']


def test_invalid_documents_are_counted(make, apply) -> None:
    values = [
        '{"a":1}',
        "{",
        "",
        '{"canary":1,}',
        "NaN",
        "[1",
        '"\\x"',
        "01",
        '{"a" 1}',
        "[1]]",
        "{]",
        '"\n"',
        "\ufeff1",
    ]
    with pytest.raises(TransformError, match="12 of 13 texts are no JSON") as caught:
        apply(make("json", paths={"$.a": "keep"}), values, logical="json")
    assert "canary" not in str(caught.value)


def test_one_domain_one_replacement(make, apply) -> None:
    domain = "public.customer.email"
    for parameters in ({"domains": {"$.m": domain}}, {"paths": {"$.m": {"token": {"domain": domain}}, "$.n": "token"}}):
        document = make("json", **{"paths": {"$.m": "token", "$.n": "token"}, **parameters})
        assert apply(document, ['{"m":"x","n":"x"}'], logical="json") == [
            f'{{"m":"{token("x", domain)}","n":"{token("x")}"}}'
        ]
    own = apply(make("fake", "email"), ["a@b.org"], max_length=20)[0]
    document = make("json", paths={"$": {"fake": "email"}}, lengths={"$": 20})
    assert apply(document, ['"a@b.org"'], logical="json") == [f'"{own}"']


def test_text_inside_documents(make, apply) -> None:
    document = make("json", paths={"$.log[*]": "free_text"})
    assert apply(document, ['{"log":["to ada@example.org\\n", "\\"none\\""]}'], logical="json") == [
        '{"log":["to <EMAIL>\\n","none"]}'.replace('"none"', ' "\\"none\\""')
    ]


def test_row_scope_transforms_get_their_row(make, apply, monkeypatch) -> None:
    constant = TRANSFORMS.load("constant")
    monkeypatch.setattr(constant, "needs", lambda self: frozenset({"id"}))
    effects = constant.effects
    monkeypatch.setattr(
        constant,
        "effects",
        lambda self, column: type(made := effects(self, column))(accepts=made.accepts, scope="row", max_length=None),
    )

    def told(self, column, context: Context):
        parts = zip(column.to_pylist(), context.rows().to_list(), context.sources["id"].to_pylist(), strict=True)
        return pa.array(["|".join(map(str, part)) for part in parts])

    monkeypatch.setattr(constant, "apply", told)
    document = make("json", paths={"$[*]": {"constant": "x"}})
    assert document.needs() == {"id"} and document.effects(Column("c")).scope == "row"
    made = apply(document, ['["a","b"]', None, "[]", '["a"]'], logical="json", rows=["p", "q", "r", "s"],
                 sources={"id": pa.array([1, 2, 3, 4])})  # fmt: skip
    assert made == ['["a|p|1","b|p|1"]', None, "[]", '["a|s|4"]']


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_every_kind_of_text_sliced(make, apply, kind) -> None:
    column = pa.array(["x", '{"a":"b"}', None, "{}", "y"]).cast(kind).slice(1, 3)
    assert apply(make("json", paths={"$.a": {"constant": "c"}}), column) == ['{"a":"c"}', None, "{}"]


def test_documents_of_many_megabytes_in_all(make, apply) -> None:
    values = [json.dumps({"id": number, "mail": f"u{number}@x.org", "pad": "p" * 200}) for number in range(60_000)]
    made = apply(make("json", paths={"$.mail": {"mask": {"last": 1}}}, rest="keep"), values, logical="json")
    expected = [
        value.replace(f"u{number}@x.org", "*" * (len(str(number)) + 6) + "g") for number, value in enumerate(values)
    ]
    assert made == expected


def test_deep_documents(make, apply) -> None:
    deep = "[" * 5000 + '"a"' + "]" * 5000
    assert apply(make("json", paths={"$.a": "keep"}, rest="keep"), [deep], logical="json") == [deep]
    assert apply(make("json", paths={"$[*]": "null"}), [deep], logical="json") == ["[null]"]


@settings(max_examples=300, deadline=None)
@given(
    texts=st.lists(
        st.one_of(_written, st.text('{}[]:,"\\ \n\t0123-.eE+truefalsn"ua', max_size=9)), min_size=1, max_size=3
    )
)
def test_what_is_json_is_what_the_standard_library_says(texts: list[str]) -> None:
    assert (scan(Joined.of(pa.array(texts))) is None) == (malformed(pa.array(texts)) > 0)


@settings(max_examples=200, deadline=None)
@given(
    document=_document,
    path=st.sampled_from(
        ["$.a", "$.*", "$[*].a", "$.a[*].b", "$.*.*", "$", "$['k\"']", "$.ä.a", "$[0]", "$.a[1].b", "$.*[0][2]"]
    ),
)
def test_what_a_path_reaches_is_what_a_walk_reaches(document: Any, path: str) -> None:
    def walk(value, steps, listed):
        if not steps:
            listed = True
        if isinstance(value, dict | list) and steps:
            items = value.items() if isinstance(value, dict) else enumerate(value)
            made = [
                (
                    key,
                    walk(each, steps[1:], False)
                    if steps[0] is None or steps[0] == key
                    else None
                    if not empty(each)
                    else each,
                )
                for key, each in items
            ]
            return dict(made) if isinstance(value, dict) else [each for _, each in made]
        if value is None or empty(value):
            return value
        return "hit" if listed and not isinstance(value, dict | list) else None

    def empty(value):
        return isinstance(value, dict | list) and not value

    transform = TRANSFORMS.load("json")(paths={path: {"constant": "hit"}}, rest="null")
    context = Context("s.t.c", Column("c", logical="json"), "example", KeyRing("example", {1: Sealed(bytes(32))}))
    (made,) = transform.apply(pa.array([json.dumps(document)]), context).to_pylist()
    assert json.loads(made) == walk(document, parse_path(path), False)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({}, "required"),
        ({"paths": {}}, "at least 1"),
        ({"paths": {"a.b": "keep"}}, "begins with $"),
        ({"paths": {"$.a[-1]": "keep"}}, "[0] for its first"),
        ({"paths": {"$..a": "keep"}}, "a path is"),
        ({"paths": {"$.a": "keep", "$['a']": "keep"}}, "two paths are the same"),
        ({"paths": {"$.a": "kep"}}, "no kind"),
        ({"paths": {"$.a": {"mask": {"when": "x"}}}}, "when stands beside"),
        ({"paths": {"$.a": "keep"}, "domains": {"$.b": "x"}}, "not listed"),
        ({"paths": {"$.a": "keep"}, "lengths": {"$.b": 4}}, "not listed"),
        ({"paths": {"$.a": "keep"}, "rest": "drop"}, "keep"),
    ],
)
def test_mistakes_in_the_policy(parameters, told) -> None:
    member, found = TRANSFORMS.parse({"json": parameters}, "x")
    assert member is None and told in " ".join(f"{each.where} {each.what} {each.hint}" for each in found)


def test_problems_of_the_paths(make, apply, monkeypatch) -> None:
    constant = TRANSFORMS.load("constant")
    effects = constant.effects
    document = make("json", paths={"$.a": {"constant": "x"}, "$.b": {"fake": {"as": "email", "locale": "xx_XX"}}})
    monkeypatch.setattr(
        constant,
        "effects",
        lambda self, column: type(made := effects(self, column))(accepts=made.accepts, scope="column"),
    )
    column, locale = document.problems(Column("c", logical="json"))
    assert column == "$.a: constant needs a column of its own" and "locale" in locale
    with pytest.raises(TransformError, match="needs a column of its own"):
        apply(document, ["{}"], logical="json")
    monkeypatch.setattr(
        constant, "effects", lambda self, column: type(effects(self, column))(accepts=frozenset({"binary"}))
    )
    assert "takes nothing that JSON holds" in next(iter(document.problems(Column("c"))))


def test_effects(make) -> None:
    kept = make("json", paths={"$.a": "keep"}, rest="keep").effects(Column("c"))
    assert kept.passes and kept.scope == "value" and not kept.needs_key
    plain = make("json", paths={"$.a": "token", "$.b": {"fake": "first_name"}}, rest="keep").effects(Column("c"))
    assert (plain.passes, plain.needs_key, plain.coincides, plain.max_length, plain.may_null) == (
        False,
        True,
        True,
        None,
        False,
    )
    assert plain.accepts == {"json", "text"}


def test_places_in_arrays(make, apply) -> None:
    paths = {"$.to[0]": {"constant": "first"}, "$.to[2].x": {"constant": "third"}, "$.to[*]": "null", "$.0": "keep"}
    document = make("json", paths=paths, rest="keep")
    values = [
        '{"to": ["a", "b", {"x": "c", "y": [7]}, "d"], "0": "e"}', '{"to": [null, "b"]}', '{"to": []}', '{"to": {"0": 1}}',
    ]  # fmt: skip
    assert apply(document, values, logical="json") == [
        '{"to": ["first", null, {"x": "third", "y": [7]}, null], "0": "e"}', '{"to": [null, null]}', '{"to": []}',
        '{"to": {"0": null}}',
    ]  # fmt: skip


def test_states_of_paths() -> None:
    automaton = Automaton.of([parse_path("$.a.*"), parse_path("$.*.b")])
    assert automaton.names == ("a", "b")
    assert automaton.follow[0].tolist()[1] != automaton.follow[0].tolist()[2] and automaton.leads_on[0]
    assert automaton.accepted[0] == -1
