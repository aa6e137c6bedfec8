"""Names that Dagster accepts, made from table places that may hold anything."""

from __future__ import annotations

import hashlib
import re

import dagster as dg

__all__ = ["STAGES", "asset_key", "check_name", "slug"]

STAGES = ("raw", "scan", "anonymized", "validated", "published")


def slug(place: str) -> str:
    """A table place as an identifier: ``public.`` is dropped, other schemas are kept in front.

    A place that loses characters gets six hex digits of its hash, so that no two places share a slug.

    >>> slug("public.customer"), slug("hr.employee")
    ('customer', 'hr__employee')
    >>> slug("public.Order Details")
    'Order_Details_c4cb72'
    """
    name = place.removeprefix("public.")
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name.replace(".", "__", 1))
    exact = re.fullmatch(r"(?:[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*\.)?[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*", name)
    return plain if exact else f"{plain}_{hashlib.sha256(place.encode()).hexdigest()[:6]}"


def asset_key(product: str, place: str, stage: str) -> dg.AssetKey:
    """The key of one stage of one table: the product, then ``<table>_<stage>`` (the graph shows only the last part)."""
    return dg.AssetKey([product, f"{slug(place)}_{stage}"])


def check_name(name: str) -> str:
    """A check's name as Dagster accepts it.

    >>> check_name("no_leak")
    'no_leak'
    """
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return plain if plain == name else f"{plain}_{hashlib.sha256(name.encode()).hexdigest()[:6]}"
