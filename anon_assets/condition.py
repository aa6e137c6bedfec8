"""A condition on the columns of a row, written in SQL: which rows a transform is for.

Only what is decided row by row is allowed, so that results do not depend on how rows are cut into batches: comparisons,
``AND OR NOT``, ``IN``, ``BETWEEN``, ``LIKE``, ``IS NULL``, arithmetic, literals, and a few functions of one value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl
import pyarrow as pa
from polars.exceptions import PanicException

from anon_assets.columns import to_arrow, to_polars
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
_DAY = re.compile(r"\s*\(\s*'\d{4}-\d\d-\d\d'\s*\)")  # of a column its form would be guessed from the batch


def condition_problem(sql: str) -> str:
    """Why this is no condition: a sentence that quotes no literal; empty when it is one.

    >>> condition_problem("country <> 'DE' AND age >= 18")
    ''
    >>> condition_problem("sum(age) > 3")
    'calls sum; a condition may call abs, coalesce, date, ends_with, length, lower, starts_with, trim, upper'
    """
    if told := _reading_problem(sql):
        return told
    try:
        expression = pl.sql_expr(sql)
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


def condition_columns(sql: str) -> frozenset[str]:
    """The columns that a condition names.

    >>> sorted(condition_columns("country <> 'DE' AND age >= 18"))
    ['age', 'country']
    """
    return frozenset(pl.sql_expr(sql).meta.root_names())


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
        found = frame.select(pl.sql_expr(sql).alias("")).to_series()
    except (Exception, PanicException) as error:  # noqa: BLE001 the message may quote a value
        raise TransformError(where, f"its condition could not be evaluated ({type(error).__name__})",
                             "compare columns with literals of their own type") from None  # fmt: skip
    if found.dtype != pl.Boolean:
        raise TransformError(where, f"its condition yields {found.dtype} instead of true or false")
    return to_arrow(found.fill_null(value=False))
