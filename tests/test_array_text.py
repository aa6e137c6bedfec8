from __future__ import annotations

import psycopg
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.array_text import TextArrays
from anon_assets.errors import TransformError

_TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=6)
_LISTS = st.lists(st.one_of(st.none(), st.lists(st.one_of(st.none(), _TEXT), max_size=4)), max_size=5)


def read(texts):
    return TextArrays.read(pa.array(texts, pa.string()), "t.c")


@given(_LISTS)
def test_what_is_written_is_read_again(lists):
    empty = read([None if each is None else "{" + ",".join("x" * len(each)) + "}" for each in lists])
    written = empty.written(pa.array(lists, pa.list_(pa.string())))
    assert TextArrays.read(written, "t.c").elements.to_pylist() == lists
    assert TextArrays.read(written, "t.c").written(pa.array(lists, pa.list_(pa.string()))).equals(written)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", []),
        ('{NULL,null,"NULL"}', [None, None, "NULL"]),
        (r'{"a\"b","c\\d",e f}', ['a"b', "c\\d", "e f"]),
        ('{"a,b","{}",""}', ["a,b", "{}", ""]),
        ("{1,2,-3}", ["1", "2", "-3"]),
        ("{[redacted],a]b}", ["[redacted]", "a]b"]),
        ('{"two\nlines"}', ["two\nlines"]),
        ("{{1,2},{3,4}}", ["1", "2", "3", "4"]),
        ('{{{a},{"}"}}}', ["a", "}"]),
        ("[2:3]={1,2}", ["1", "2"]),
        ("[-1:0][5:5]={{1},{2}}", ["1", "2"]),
    ],
)
def test_forms_that_postgresql_writes(text, expected):
    assert read([text, None]).elements.to_pylist() == [expected, None]


@pytest.mark.parametrize(
    "text",
    ["1,2", "", "{1,2", '{"a}', "{a}{b}", "{a}}", "{,}", "{a,}", "{{},a}", "{{a},b}", "{a,{b}}", '{"a""b"}', "{{}}", "x{a}",
     "[1:2]", "[1:2]=", "{a}[1:2]="],
)  # fmt: skip
def test_other_forms_are_counted_and_refused(text):
    with pytest.raises(TransformError, match="1 of 2 values"):
        read([text, "{x}"])


def test_parts_of_columns():
    column = pa.array(["{a}", "{b,c}", None, "{{d},{e}}", "{}"])[1:]
    arrays = TextArrays.read(column, "t.c")
    assert arrays.written(arrays.elements).to_pylist() == ['{"b","c"}', None, '{{"d"},{"e"}}', "{}"]
    none = read([])
    assert none.written(none.elements).equals(pa.array([], pa.string()))


def test_a_server_agrees(embedded_server):
    values = [
        ["plain", 'quo"ted', "back\\slash", "NULL", "", " blank ", "ä,b", None], [], [["a", None], ["{", "}"]], [[["x"]]],
    ]  # fmt: skip
    with psycopg.connect(embedded_server.url()) as connection:
        for value in values:
            (own,) = connection.execute("SELECT %s::text[]::text", [value]).fetchone()
            bounds = {1: "[0:7]", 2: "[-1:0][7:8]", 3: "[5:5][5:5][5:5]"}[len(own) - len(own.lstrip("{"))]
            for text in (own, f"{bounds}={own}") if value else (own,):
                arrays = read([text])
                (again,) = arrays.written(arrays.elements).to_pylist()
                same = connection.execute("SELECT %s::text[] IS NOT DISTINCT FROM %s::text[]", [text, again]).fetchone()
                assert same == (True,)
            flat = value
            while flat and isinstance(flat[0], list):
                flat = [each for inner in flat for each in inner]
            assert read([own]).elements.to_pylist() == [flat]
