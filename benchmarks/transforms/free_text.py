"""Lines of a log whose entities are replaced, and documents of JSON, beside loops of the standard library."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.entity_search.finding import entities
from anon_assets.keys import KeyRing
from anon_assets.sample.people import draw_people
from anon_assets.sample.work import draw_work
from anon_assets.sealed import Sealed
from benchmarks.measuring import Figure, best

_TAIL = " at step 0017 of the queue, partition compute, exit status pending, nothing else to be told about it"
_CONTEXT = Context("s.t.c", Column("c"), "example", KeyRing("example", {1: Sealed(bytes(32))}))
_ROWS = 100_000
_CLASSES = {r"\p{Lu}": "A-ZÀ-Þ", r"\p{L}": "A-Za-zÀ-ÿ", r"\p{N}": "0-9", r"\p{M}": "\u0300-\u036f",
            r"\p{Han}": "\u4e00-\u9fff", r"\p{Hiragana}": "\u3040-\u309f", r"\p{Katakana}": "\u30a0-\u30ff",
            r"\p{Hangul}": "\uac00-\ud7a3"}  # fmt: skip
"""Classes of RE2 in the dialect of ``re``, near enough to be timed."""


def _lines() -> pa.Array:
    """Log lines of 100 characters as the sample database has them; about half mention an address or a person."""
    work = draw_work(draw_people(5_000, 1), 12_000, 10)
    message = pa.concat_arrays([batch.column("message") for batch in work.log_rows()])[:_ROWS]
    return pc.utf8_slice_codeunits(pc.binary_join_element_wise(message, _TAIL, ""), 0, 100)


def _apply(column: pa.Array, spec: Any) -> Any:
    transform, findings = TRANSFORMS.parse(spec, "benchmark")
    if transform is None:
        raise ValueError(findings)
    transform.apply(column[:1000], _CONTEXT)  # compile patterns, load lists
    return lambda: transform.apply(column, _CONTEXT)


def _by_re(lines: list[str]) -> list[str]:
    """The same shapes by one ``re.sub`` each, without judging what is found."""
    from anon_assets.contracts.detector import DETECTORS

    patterns = []
    for kind in entities():
        detector = DETECTORS.load(kind)
        if detector.in_text:
            shapes = "|".join(detector.text_patterns or detector.patterns)
            for name, told in _CLASSES.items():  # inside brackets, then alone
                shapes = re.sub(r"(\[[^\]]*)" + re.escape(name), rf"\g<1>{told}", shapes)
                shapes = shapes.replace(name, f"[{told}]")
            shapes = re.sub(r"\\x\{([0-9A-Fa-f]+)\}", lambda match: chr(int(match[1], 16)), shapes)
            patterns.append((re.compile(shapes), f"<{kind.upper()}>"))
    made = []
    for line in lines:
        for pattern, label in patterns:
            line = pattern.sub(label, line)  # noqa: PLW2901
        made.append(line)
    return made


def _documents() -> pa.Array:
    number = pl.int_range(_ROWS, eager=True).cast(pl.String)
    parts = [
        '{"id": ', number, ', "name": "Ada ', number, '", "contact": {"emails": ["a', number, '@example.org", "b', number,
        '@example.org"], "since": "2024-01-31"}, "tags": ["x", "y"], "score": 12.50, "active": true}',
    ]  # fmt: skip
    return pl.select(pl.concat_str([pl.lit(part) for part in parts])).to_series().to_arrow().cast(pa.string())


def _by_walk(documents: list[str]) -> list[str]:
    made = []
    for text in documents:
        document = json.loads(text)
        contact = document["contact"]
        contact["emails"] = ["*" * len(email) for email in contact["emails"]]
        document["name"] = "*" * len(document["name"])
        made.append(json.dumps(document))
    return made


def measure() -> Iterator[Figure]:
    lines = _lines()
    few = lines[:10_000].to_pylist()
    peer = best(lambda: _by_re(few), len(few))
    for told, spec in (
        ("free_text, labels", "free_text"),
        ("free_text, tokens", {"free_text": "token"}),
        ("free_text, fakes", {"free_text": "fake"}),
        ("free_text, e-mail and IP addresses only", {"free_text": {"only": ["email", "ip_address"]}}),
    ):
        ns = best(_apply(lines, spec), len(lines))
        yield Figure(f"{told}: a line of 100", ns, "re.sub per pattern", peer, ns_wanted=10_000)
    repeated = pa.concat_arrays([lines[:1000]] * 100)
    yield Figure("free_text, 1 % distinct lines", best(_apply(repeated, "free_text"), len(repeated)))
    documents = _documents()
    few = documents[:10_000].to_pylist()
    walk = best(lambda: _by_walk(few), len(few))
    masked = {"json": {"paths": {"$.name": "mask", "$.contact.emails[*]": "mask"}, "rest": "keep"}}
    size = round(pc.mean(pc.binary_length(documents)).as_py())
    ns = best(_apply(documents, masked), len(documents))
    yield Figure(f"json, two paths masked: a document of {size}", ns, "json.loads, dumps", walk)
