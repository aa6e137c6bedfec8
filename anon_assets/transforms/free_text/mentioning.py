"""Where a text mentions what stands in another column of its row."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

import numpy as np
import polars as pl
import pyarrow as pa

from anon_assets.columns import as_text, to_polars
from anon_assets.entity_search.overlapping import Spans

__all__ = ["mentions"]

_LONGER = {  # small letters that are two or three in capitals, as ß is SS
    letter: letter.casefold().replace("\u02bc", "'").replace("\u03c2", "\u03c3")
    for letter in map(chr, (*range(0xDF, 0x2000), *range(0xFB00, 0xFB18)))
    if letter == letter.lower() and len(letter.casefold()) > 1
}
_SAME = {
    **_LONGER,
    **dict.fromkeys("\u2018\u2019\u201b\u2032\u02bb\u02bc\uff07\u00b4`", "'"),
    **dict.fromkeys("\u2010\u2011\u2013", "-"),
    "i\u0307": "i",  # what a capital with a dot becomes
    "\u03c2": "\u03c3",  # sigma has two forms
}
"""Signs that are written for one another; letters are small and composed then."""
_TABLE = str.maketrans({sign: same for sign, same in _SAME.items() if len(sign) == 1})

_WIDE = "\t-\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # blanks but the usual one
_BLANKS = f"[ {_WIDE}]{{2,}}|[{_WIDE}]"
_RUN = re.compile(f"[ {_WIDE}]+")
_LOOSE = (  # whatever the composed form (NFC) may lack, and more
    "[\\p{M}\u0374-\u0387\u0900-\u0fff\u1100-\u11ff\u1f00-\u2001\u2126-\u212b\u2329\u232a\u2adc\uf900-\ufb4f"
    "\U00011000-\U00011fff\U00016100-\U00016fff\U0001d15e-\U0001d1c0\U0002f800-\U0002fa1f]"
)


def mentions(values: pa.Array, named: pa.Array, entity: int) -> Spans:
    """Where a row's text mentions the value of another column of the row.

    Args:
        values: texts without nulls. named: the other column, as long, of any type.
        entity: number that the spans get.

    Whole words of at least three characters. Letter case tells nothing apart, nor does the way to write the same sign:
    composed or not (Unicode's NFC and NFD), any apostrophe, any hyphen, one blank or several of any kind. The spans are
    those of the text as it is, and stand for the column's value as it is there.
    """
    frame = pl.DataFrame(
        {"text": _folded(to_polars(values)), "value": _folded(to_polars(as_text(named)).str.strip_chars())}
    )
    mentioned = (pl.col("value").str.len_chars() >= 3) & pl.col("text").str.contains(pl.col("value"), literal=True)
    rows, begins, ends = [], [], []
    hits = frame.select(mentioned.fill_null(value=False).arg_true()).to_series().to_numpy()
    texts = values.take(pa.array(hits)).to_pylist()
    lows, wanted = (frame[name].gather(hits).to_list() for name in ("text", "value"))
    for row, text, low, value in zip(hits.tolist(), texts, lows, wanted, strict=True):
        at = low.find(value)
        while at >= 0:
            end = at + len(value)
            if _stands_alone(low, at, end) and (span := _as_written(text, low, at, end)):
                rows.append(row)
                begins.append(len(text[: span[0]].encode()))
                ends.append(len(text[: span[1]].encode()))
                at = end - 1
            at = low.find(value, at + 1)
    where = np.array(rows, np.int64)
    number = np.full(len(rows), entity, np.int16)
    return Spans(
        where, np.array(begins, np.int64), np.array(ends, np.int64), number, as_text(named).take(pa.array(where))
    )


def _folded(text: pl.Series) -> pl.Series:
    """Texts in small and composed letters, with one form of each sign and single blanks."""
    low = text.str.to_lowercase()
    loose = low.str.contains(_LOOSE).fill_null(value=False)
    if loose.any():  # most texts are composed, and to ask each of them is slow
        low = low.scatter(loose.arg_true(), low.filter(loose).str.normalize("NFC"))
    return low.str.replace_many(list(_SAME), list(_SAME.values())).str.replace_all(_BLANKS, " ")


def _fold(word: str) -> str:
    """The same for a part of one word."""
    return unicodedata.normalize("NFC", word.lower()).translate(_TABLE).replace("i\u0307", "i")


def _stands_alone(low: str, begin: int, end: int) -> bool:
    """No letter or digit touches it, and no mark belongs to its last letter."""
    after = low[end : end + 1]
    if after.isalnum() or _is_mark(after):
        return False
    while begin and _is_mark(low[begin - 1]):
        begin -= 1
    return not (begin and low[begin - 1].isalnum())


def _is_mark(sign: str) -> bool:
    return sign != "" and unicodedata.category(sign)[0] == "M"


def _as_written(text: str, low: str, begin: int, end: int) -> tuple[int, int] | None:
    """Where a part of the folded text stands in the text itself; None where it ends inside a sign of that."""
    if len(text) == len(low) and unicodedata.is_normalized("NFC", text) and _LONGER.keys().isdisjoint(text.lower()):
        return begin, end  # folding made one sign of each
    runs = [0, *(edge for run in _RUN.finditer(text) for edge in run.span()), len(text)]
    first, last = _place(text, low, begin, runs), _place(text, low, end, runs)
    return None if first is None or last is None else (first, last)


def _place(text: str, low: str, place: int, runs: list[int]) -> int | None:
    """The place in the text for one in the folded text, which has the same words between its blanks."""
    word = low.count(" ", 0, place)
    begin, stop = runs[2 * word : 2 * word + 2]
    made = low[low.rfind(" ", 0, place) + 1 : place]
    if text[begin:stop].isascii():
        return begin + len(made)
    # the folded form of a word's beginning never gets shorter with another sign
    sizes = range(stop - begin + 1)
    size = bisect_right(sizes, len(made), key=lambda size: len(_fold(text[begin : begin + size]))) - 1
    return begin + size if _fold(text[begin : begin + size]) == made else None
