from __future__ import annotations

import psycopg
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.array_text import read_arrays, write_arrays
from anon_assets.errors import TransformError

_TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=6)
_LISTS = st.lists(st.one_of(st.none(), st.lists(st.one_of(st.none(), _TEXT), max_size=4)), max_size=5)


@given(_LISTS)
def test_what_is_written_is_read_again(lists):
    column = pa.array(lists, pa.list_(pa.string()))
    assert read_arrays(write_arrays(column), "t.c").equals(column)


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
    ],
)
def test_forms_that_postgresql_writes(text, expected):
    assert read_arrays(pa.array([text, None]), "t.c").to_pylist() == [expected, None]


@pytest.mark.parametrize("text", ["{{1,2},{3,4}}", "[2:3]={1,2}", "1,2", "", "{1,2", '{"a}'])
def test_other_forms_are_counted_and_refused(text):
    with pytest.raises(TransformError, match="1 of 2 values"):
        read_arrays(pa.array([text, "{x}"]), "t.c")


def test_a_server_agrees(embedded_server):
    lists = [["plain", 'quo"ted', "back\\slash", "NULL", "", " blank ", "ä,b", None], []]
    texts = write_arrays(pa.array(lists, pa.list_(pa.string()))).to_pylist()
    with psycopg.connect(embedded_server.url()) as connection:
        for text, expected in zip(texts, lists, strict=True):
            own, values = connection.execute("SELECT %s::text[]::text, %s::text[]", [text, text]).fetchone()
            assert values == expected
            assert read_arrays(pa.array([own]), "t.c").to_pylist() == [expected]
