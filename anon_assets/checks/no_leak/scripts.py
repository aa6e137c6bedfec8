"""The texts of a structure script in which values are looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from anon_assets.checks.no_leak.words import normal
from anon_assets.columns import to_arrow

__all__ = ["pieces"]

_LEXEME = re.compile(  # comments and quoted names are passed over, so that an apostrophe in them opens no literal
    r"""--[^\n]*|/\*.*?\*/|"[^"]*+"
    |(?<!\w)[eE]'(?P<escaped>(?:[^'\\]|\\.|'')*+)'
    |'(?P<literal>(?:[^']|'')*+)'
    |(?<![\w$])\$(?P<tag>(?:[^\W\d]\w*)?)\$(?P<body>.*?)\$(?P=tag)\$""",
    re.DOTALL | re.VERBOSE,
)


def pieces(script: str) -> tuple[pl.Series, pl.Series]:
    """What of a script is searched, in normal form.

    Args:
        script: SQL of PostgreSQL.

    Returns: its lines and the dollar-quoted bodies, where words are mostly names and SQL; and what stands in quotes:
        whole literals, with doubled quotes and escapes resolved, and line by line. Line breaks inside are blanks.
    """
    found = list(_quoted(script))
    bodies = [text for text, body in found if body]
    lines = pl.Series([*script.splitlines(), *bodies], dtype=pl.String)
    inline = lines.str.extract_all("'[^']*'").list.explode().drop_nulls().str.strip_chars("'")
    literals = pl.Series([text for text, body in found if not body], dtype=pl.String)
    return _normal(lines), _normal(pl.concat([literals, inline]).unique(maintain_order=True))


def _quoted(script: str) -> Iterator[tuple[str, bool]]:
    """(text, is a dollar-quoted body) of everything quoted, also inside the bodies."""
    for match in _LEXEME.finditer(script):
        if (body := match["body"]) is not None:
            yield body, True
            yield from _quoted(body)
        elif (literal := match["literal"]) is not None:
            yield literal.replace("''", "'"), False
        elif (escaped := match["escaped"]) is not None:
            yield re.sub(r"\\[nrtbf]", " ", escaped.replace("''", "'")).replace("\\", ""), False


def _normal(text: pl.Series) -> pl.Series:
    return normal(to_arrow(text.str.replace_all(r"\s+", " ")))
