"""Shapes of values: what may be told of a column to a service outside without telling a value."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from anon_assets.columns import to_polars
from anon_assets.contracts.classifier import OTHER_SIGN, SHAPE_LENGTH

__all__ = ["shapes"]

_RUN = 8  # longer runs of one sign look alike: the length of a long word or number says something of a person
_SEEN = 100  # characters looked at of each value
_SHARED = 3  # distinct values that must have a shape before it is told
_SIGNS = r"!-/:-@\[-`\{-~"
_SHAPE, _COUNT = pl.col("shape"), pl.col("count")


def shapes(values: pa.Array, most: int = 8) -> list[str]:
    """The shapes that several distinct values of a column share, the most frequent first.

    Letters of any script become ``A`` or ``a``, digits ``9``; spaces and ASCII punctuation stay; every other character
    becomes one fixed sign. Nothing else of a value enters: values that differ only in which letters and digits they
    have give the same result. To keep what is rare or telling back:

    - a shape is told when at least three distinct values have it. Of the others the runs are shortened
      (``Aaaa-Aaaaaa`` to ``Aa-Aa``), and what is then still not shared by three is left out: a column of two words, such
      as a gender, gives nothing, nor does the one name with an unusual form;
    - a value without any letter or digit (``+``, ``***``) would be its own shape: its signs are replaced, too;
    - runs are cut to 8 signs, shapes to 40 characters; how often a shape occurs is not told.

    Args:
        values: texts; nulls and blank ones say nothing.
        most: shapes, at most.

    >>> shapes(pa.array(["ada@example.com", "bob@example.com", "eve@example.org", "m", "f", "x"]))
    ['a', 'aaa@aaaaaaa.aaa']
    >>> shapes(pa.array(["male", "female"]))
    []
    """
    distinct = to_polars(values).cast(pl.String).drop_nulls().unique().rename("shape").to_frame()
    exact = _counted(distinct.with_columns(_shape(_SHAPE), count=pl.lit(1, pl.UInt32)))
    rare = exact.filter(_COUNT < _SHARED)
    short = _counted(
        rare.with_columns(_SHAPE.str.replace_all("A+", "A").str.replace_all("a+", "a").str.replace_all("9+", "9"))
    )
    told = _counted(pl.concat([exact.filter(_COUNT >= _SHARED), short.filter(_COUNT >= _SHARED)]))
    found: list[str] = told.sort("count", "shape", descending=[True, False])["shape"].head(most).to_list()
    return found


def _counted(shapes: pl.DataFrame) -> pl.DataFrame:
    return shapes.filter(_SHAPE.str.strip_chars() != "").group_by("shape").agg(_COUNT.sum())


def _shape(text: pl.Expr) -> pl.Expr:
    signs = (
        text.str.slice(0, _SEEN)
        .str.replace_all(r"\p{M}", "")
        .str.replace_all(r"[\p{Lu}\p{Lt}]", "A")
        .str.replace_all(r"[\p{Ll}\p{Lm}\p{Lo}]", "a")
        .str.replace_all(r"\p{N}", "9")
        .str.replace_all(rf"[^Aa9 {_SIGNS}]", OTHER_SIGN)
    )
    nothing_else = ~signs.str.contains("[Aa9]")
    signs = pl.when(nothing_else).then(signs.str.replace_all("[^ ]", OTHER_SIGN)).otherwise(signs)
    for sign in (*"Aa9", OTHER_SIGN):
        signs = signs.str.replace_all(f"{sign}{{{_RUN},}}", sign * _RUN)
    return signs.str.slice(0, SHAPE_LENGTH)
