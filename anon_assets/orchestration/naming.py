"""Names that Dagster accepts, made from table places that may hold anything."""

from __future__ import annotations

import hashlib
import re

import dagster as dg

__all__ = ["STAGES", "asset_key", "check_name", "slug"]

_TAKEN = {"structure", "validate", "publish"}  # ops of the product are named so
STAGES = ("raw", "scan", "anonymized", "validated", "published")


def slug(place: str) -> str:
    """A table place as an identifier: ``public.`` is dropped, other schemas are kept in front.

    A place that loses characters, or is named like an op of the product, gets six hex digits of its hash, so that no
    two places share a slug.

    >>> slug("public.customer"), slug("hr.employee")
    ('customer', 'hr__employee')
    >>> slug("public.Order Details")
    'Order_Details_96ed5d'
    """
    return "__".join(_parts(place))


def _parts(place: str) -> list[str]:
    """Schema, unless it is ``public``, and table, as identifiers."""
    schema, _, table = place.partition(".") if "." in place else ("", "", place)
    named = [schema, table] if schema and schema != "public" else [table]
    plain = [re.sub(r"[^A-Za-z0-9_]", "_", name) for name in named]
    exact = all(re.fullmatch(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*", name) for name in named)
    if not exact or (len(named) == 1 and table in _TAKEN):
        plain[-1] += f"_{hashlib.sha256(place.encode()).hexdigest()[:6]}"
    return plain


def asset_key(product: str, place: str, stage: str) -> dg.AssetKey:
    """The key of one stage of one table: product, schema unless it is ``public``, ``<table>_<stage>``.

    The graph shows the last part only, and about 20 characters of it, so the schema does not stand there.

    >>> asset_key("shop", "public.customer", "raw").path, asset_key("shop", "hr.employee", "raw").path
    (['shop', 'customer_raw'], ['shop', 'hr', 'employee_raw'])
    """
    *schema, table = _parts(place)
    return dg.AssetKey([product, *schema, f"{table}_{stage}"])


def check_name(name: str) -> str:
    """A check's name as Dagster accepts it, short: the UI shows about 25 characters.

    >>> check_name("no_leak"), check_name("expect_column_values_to_not_match_regex__email")
    ('no_leak', 'not_match_regex__email')
    """
    name = re.sub("^expect_(column_values_to_)?", "", name)
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return plain if plain == name else f"{plain}_{hashlib.sha256(name.encode()).hexdigest()[:6]}"
