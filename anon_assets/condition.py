"""A condition on the columns of a row, written in SQL: which rows a transform is for.

Only what is decided row by row is allowed, so that results do not depend on how rows are cut into batches: comparisons,
``AND OR NOT``, ``IN``, ``BETWEEN``, ``LIKE``, ``IS NULL``, arithmetic, literals, and a few functions of one value. Dates and
times are compared with ``date('2024-12-31')``; in a pattern of ``LIKE`` a backslash takes the next character as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import polars as pl
import pyarrow as pa
from polars.exceptions import PanicException

from anon_assets.columns import logical_of, to_arrow, to_polars
from anon_assets.errors import TransformError

__all__ = ["FUNCTIONS", "condition_columns", "condition_problem", "holds"]

FUNCTIONS = frozenset({"abs", "coalesce", "date", "ends_with", "length", "lower", "starts_with", "trim", "upper"})
"""Functions that a condition may call."""

_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "null", "like", "ilike", "between", "true", "false"})
_TOKEN = re.compile(
    r"""\s*(?: (?P<text>'(?:[^']|'')*') | (?P<quoted>"(?:[^"]|"")+") | (?P<number>\d+(?:\.\d+)?)
          | (?P<name>[^\W\d]\w*) | (?P<sign>[-+*/%]|<=|>=|<>|!=|[=<>(),]) )\s*""",
    re.VERBOSE,
)
_QUOTED = r"""'(?:[^']|'')*'|"(?:[^"]|"")+\""""
_LIKE = frozenset({"like", "ilike"})
_PIECE = re.compile(r"\\(.)|(%)|(_)|(.)", re.DOTALL)  # of a pattern: escaped, any characters, any one, itself
_DAY = re.compile(r"\s*\(\s*'\d{4}-\d\d-\d\d'\s*\)")  # of a column its form would be guessed from the batch


def condition_problem(sql: str) -> str:
    """Why this is no condition: a sentence that quotes no literal; empty when it is one.

    >>> condition_problem("country <> 'DE' AND age >= 18")
    ''
    >>> condition_problem("sum(age) > 3")
    'calls sum; a condition may call abs, coalesce, date, ends_with, length, lower, starts_with, trim, upper'
    """
    if told := _reading_problem(sql) or _pattern_problem(sql):
        return told
    try:
        expression = _parsed(sql)
    except Exception:  # noqa: BLE001 whatever the parser says quotes the text
        return "is not a SQL condition"
    return "" if expression.meta.root_names() else "names no column"


def _reading_problem(sql: str) -> str:
    """Token by token: what would not be decided row by row, or hide from this reading."""
    bare = re.sub(_QUOTED, "''", sql)
    if "--" in bare or "/*" in bare:
        return "has a comment, which a condition may not"
    place, before, quoted = 0, "", False
    while place < len(sql):
        token = _TOKEN.match(sql, place)
        if token is None:
            return f"cannot be read from character {place + 1} on"
        called = token["sign"] == "("
        name = before.lower() if called else ""
        if (name and name not in FUNCTIONS and name not in _KEYWORDS) or (called and quoted):
            return f"calls {name or 'a quoted name'}; a condition may call {', '.join(sorted(FUNCTIONS))}"
        if name == "date" and not _DAY.match(sql, place):
            return "calls date on something else than a literal such as '2024-12-31'"
        before, quoted = token["name"] or "", bool(token["quoted"])
        if before.lower() in {"select", "from", "over", "case", "cast", "exists"}:
            return f"uses {before.upper()}, which a condition may not"
        place = token.end()
    return ""


def _pattern_problem(sql: str) -> str:
    tokens = list(_TOKEN.finditer(sql))
    for _, place in _escaping(tokens):
        pattern = tokens[place]["text"][:-1]
        if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
            return "has a pattern that ends with a backslash, which escapes nothing"
    return ""


def _escaping(tokens: Sequence[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Where a LIKE stands and where its pattern does, for each pattern with a backslash."""
    operator: int | None = None
    for place, token in enumerate(tokens):
        if (token["name"] or "").lower() in _LIKE:
            operator = place
        elif operator is not None and token["sign"] != "(":
            if "\\" in (token["text"] or ""):
                yield operator, place
            operator = None


def condition_columns(sql: str) -> frozenset[str]:
    """The columns that a condition names.

    >>> sorted(condition_columns("country <> 'DE' AND age >= 18"))
    ['age', 'country']
    """
    return frozenset(_parsed(sql).meta.root_names())


def _parsed(sql: str) -> pl.Expr:
    """The condition in polars, which knows no escapes in ``LIKE``: patterns with one become regular expressions."""
    if "\\" not in sql:
        return pl.sql_expr(sql)
    tokens = list(_TOKEN.finditer(sql))
    parts = [token[0] for token in tokens]
    for operator, place in _escaping(tokens):
        flags = "si" if parts[operator].strip().lower() == "ilike" else "s"
        parts[operator], parts[place] = " RLIKE ", f" '(?{flags})^{_as_regex(tokens[place]['text'])}$' "
    return pl.sql_expr("".join(parts))


def _as_regex(literal: str) -> str:
    """A pattern of ``LIKE`` within its quotes as a regular expression, for quotes again."""
    return "".join(
        ".*" if many else "." if one else pl.escape_regex(escaped or itself)
        for escaped, many, one, itself in _PIECE.findall(literal[1:-1])
    )


def holds(sql: str, sources: Mapping[str, pa.Array], where: str) -> pa.Array:
    """For which rows the condition is true. Unknown (null) is not true.

    Args:
        sql: without a problem.
        sources: columns by name, those that it names at least.
        where: for errors.

    Returns: ``pa.bool_()`` without nulls, as long as the columns.
    Raises: TransformError when types do not go together, or the outcome is not true or false; it quotes nothing.
    """
    try:
        frame = pl.DataFrame({name: to_polars(sources[name], name) for name in condition_columns(sql)})
        frame = frame.with_columns(pl.selectors.integer().cast(pl.Int128))  # in its own width a product may wrap around
        found = frame.select(_parsed(sql).alias("")).to_series()
    except (Exception, PanicException) as error:  # noqa: BLE001 the message may quote a value
        dated = any(logical_of(sources[name].type) in {"date", "timestamp"} for name in sources)
        hint = "compare columns with literals of their own type"
        hint += ": dates and times with date('2024-12-31')" if dated else ""
        what = f"its condition could not be evaluated ({type(error).__name__})"
        raise TransformError(where, what, hint) from None
    if found.dtype != pl.Boolean:
        raise TransformError(where, f"its condition yields {found.dtype} instead of true or false")
    return to_arrow(found.fill_null(value=False))
