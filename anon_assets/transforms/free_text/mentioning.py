"""Where a text mentions what stands in another column of its row."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa

from anon_assets.columns import as_text, to_polars
from anon_assets.entity_search.overlapping import Spans

__all__ = ["mentions"]


def mentions(values: pa.Array, named: pa.Array, entity: int) -> Spans:
    """Where a row's text mentions the value of another column of the row.

    Args:
        values: texts without nulls. named: the other column, as long, of any type.
        entity: number that the spans get.

    Whole words of at least three characters, letter case aside. The spans stand for the column's value as it is there.
    """
    frame = pl.DataFrame(
        {"text": _folded(to_polars(values)), "value": _folded(to_polars(as_text(named)).str.strip_chars())}
    )
    mentioned = (pl.col("value").str.len_chars() >= 3) & pl.col("text").str.contains(pl.col("value"), literal=True)
    rows, begins, ends = [], [], []
    hits = frame.select(mentioned.fill_null(value=False).arg_true()).to_series().to_numpy()
    texts = values.take(pa.array(hits)).to_pylist()
    for row, text, value in zip(hits.tolist(), texts, frame["value"].gather(hits).to_list(), strict=True):
        low = text.replace("İ", "i").lower().replace("\u03c2", "\u03c3")  # one character for each; sigma has two forms
        at = low.find(value)
        while at >= 0:
            end = at + len(value)
            if not (at and text[at - 1].isalnum()) and not text[end : end + 1].isalnum():
                rows.append(row)
                begins.append(len(text[:at].encode()))
                ends.append(len(text[:end].encode()))
                at = end - 1
            at = low.find(value, at + 1)
    where = np.array(rows, np.int64)
    number = np.full(len(rows), entity, np.int16)
    return Spans(
        where, np.array(begins, np.int64), np.array(ends, np.int64), number, as_text(named).take(pa.array(where))
    )


def _folded(text: pl.Series) -> pl.Series:
    return text.str.replace_many(["İ"], ["i"]).str.to_lowercase().str.replace_many(["\u03c2"], ["\u03c3"])
