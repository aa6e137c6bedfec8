"""What stands inside structured values: JSON, XML, hstore, arrays and composite values, taken apart into leaves by path."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Leaf", "is_nested", "leaves", "named"]

Leaf = tuple[str, Any]
"""A JSON path (``$.contact.emails[*]``; ``$.2`` for the second field of a composite value) and a scalar there."""

_DEPTH = 32
_KEYS = 20  # keys below one from which they may be data
_SELDOM = 0.1  # share of values that have each, below which they are
_MOST = 2_000  # leaves taken of one value
_BEGINS = r'^\s*(?:\{|\[\s*[\[{"0-9\-tfn\]]|<[A-Za-z?!]|"[^"]*"\s*=>|\()'
_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*(?:"((?:[^"\\]|\\.)*)"|NULL)')
_BARE = re.compile(r"[^\W\d][\w\-]{0,39}")  # what may be a name; any other key is data itself


def is_nested(values: pa.Array) -> pa.Array:
    """Which texts begin like a structured value. Cheap; ``leaves`` has the last word.

    >>> is_nested(pa.array(['{"a": 1}', "[1]", "<a>b</a>", "plain", "(1,x)", "[REDACTED]"])).to_pylist()
    [True, True, True, False, True, False]
    """
    return pc.match_substring_regex(values, _BEGINS)


def named(paths: Sequence[Sequence[str]]) -> dict[str, str]:
    """For each path: the same with ``*`` for every key that stands in too few values to be a name.

    A key that one value alone has may be data, such as the login in ``{"ada": 3}``, and so may be each of many keys that
    few values have. Only what is left is told.

    Args:
        paths: of each value, those of its leaves.

    >>> named([["$.to", "$.by.ada"], ["$.to", "$.by.bob"]])
    {'$.by.ada': '$.by.*', '$.by.bob': '$.by.*', '$.to': '$.to'}
    """
    values: Counter[str] = Counter()
    for found in paths:
        values.update({".".join(path.split(".")[: end + 1]) for path in found for end in range(path.count(".") + 1)})
    least = max(2, len(paths) // 100)
    below: dict[str, list[int]] = {}
    for path, count in values.items():
        below.setdefault(path.rpartition(".")[0], []).append(count)
    loose = {  # many keys, few of them in any one value: a table by key, such as votes by login
        parent for parent, counts in below.items()
        if len(counts) > _KEYS and sum(counts) < len(counts) * values.get(parent, len(paths)) * _SELDOM
    }  # fmt: skip
    told = {}
    for path in sorted({path for found in paths for path in found}):
        parts = path.split(".")
        kept = [
            part
            if values[".".join(parts[: end + 1])] >= least and ".".join(parts[:end]) not in loose
            else re.sub(r"^[^\[]+", "*", part)
            for end, part in enumerate(parts[1:], 1)
        ]
        told[path] = ".".join([parts[0], *kept])
    return told


def leaves(text: str) -> list[Leaf]:
    r"""The scalars inside a structured value; none where it has no such structure, or is damaged.

    Args:
        text: JSON (objects and arrays), XML, hstore, a PostgreSQL array or composite value.

    Returns: at most 2,000 leaves. JSON values keep their type, all others are texts; empty ones and nulls are left out.
        A key that cannot be a name (an address, a number) is data: it comes as a leaf itself, and as ``*`` in the path.

    >>> leaves('{"to": [{"mail": "ada@example.com"}], "n": 1}')
    [('$.to[*].mail', 'ada@example.com'), ('$.n', 1)]
    >>> leaves('{"ada@example.com": 3}')
    [('$.*', 'ada@example.com'), ('$.*', 3)]
    >>> leaves('<p><mail type="home">ada@example.com</mail></p>')
    [('$.p.mail.type', 'home'), ('$.p.mail', 'ada@example.com')]
    >>> leaves('"mail"=>"ada@example.com", "x"=>NULL'), leaves('{a,"b c"}'), leaves('(7,"Ada M",)')
    ([('$.mail', 'ada@example.com')], [('$[*]', 'a'), ('$[*]', 'b c')], [('$.1', '7'), ('$.2', 'Ada M')])
    """
    text = text.strip()
    found: list[Leaf] = []
    for leaf in _taken_apart(text):
        if leaf[1] is not None and leaf[1] != "":
            found.append(leaf)
            if len(found) == _MOST:
                break
    return found


def _taken_apart(text: str) -> Iterator[Leaf]:
    if text[:1] in {"{", "["}:
        try:
            yield from _of_json(json.loads(text), "$", 0)
        except (ValueError, RecursionError):
            if text[0] == "{" and text[-1] == "}":
                yield from (("$[*]", field) for field in _fields(text.replace("{", "").replace("}", "")))
    elif text[:1] == "<":
        yield from _of_xml(text)
    elif text[:1] == "(" and text[-1:] == ")":
        fields = _fields(text[1:-1])
        if len(fields) > 1:
            yield from ((f"$.{number}", field) for number, field in enumerate(fields, 1))
    else:
        for key, value in _PAIR.findall(text):
            step = _step("$", key)
            if step.endswith(".*"):
                yield step, key
            yield step, value


def _of_json(value: Any, path: str, depth: int) -> Iterator[Leaf]:
    if depth > _DEPTH:
        return
    if isinstance(value, dict):
        for key, below in value.items():
            step = _step(path, key)
            if step.endswith(".*"):
                yield step, key
            yield from _of_json(below, step, depth + 1)
    elif isinstance(value, list):
        for below in value:
            yield from _of_json(below, f"{path}[*]", depth + 1)
    elif depth:
        yield path, value


def _step(path: str, key: str) -> str:
    return f"{path}.{key}" if _BARE.fullmatch(key) else f"{path}.*"


def _fields(text: str) -> list[str]:
    try:
        return [field for row in csv.reader([text], escapechar="\\") for field in row if field != "NULL"]
    except csv.Error:
        return []


def _of_xml(text: str) -> Iterator[Leaf]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # entities may expand without bound
        return
    try:
        root = ET.fromstring(text)  # noqa: S314 -- without a document type nothing expands
    except ET.ParseError:
        return
    waiting = [(root, f"$.{_local(root.tag)}", 0)]
    while waiting:
        element, path, depth = waiting.pop(0)
        yield from ((f"{path}.{_local(name)}", value) for name, value in element.attrib.items())
        yield path, (element.text or "").strip()
        yield from ((path, (below.tail or "").strip()) for below in element)
        if depth < _DEPTH:
            waiting += [(below, f"{path}.{_local(below.tag)}", depth + 1) for below in element]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
