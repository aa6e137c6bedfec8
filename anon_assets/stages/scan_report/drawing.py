"""The parts of the page that are drawn, as SVG inside it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ["bars", "meter", "shown", "stacked"]


def shown(text: object) -> str:
    """A text as HTML takes it, in text and in attributes; control characters, which a name may hold, become visible."""
    return escape(
        "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in str(text)), quote=True
    )


def stacked(parts: Sequence[tuple[str, str, int]]) -> str:
    """One bar cut into parts as wide as their counts. ``parts``: class of the style, words, count."""
    total = sum(count for _, _, count in parts)
    label = ", ".join(f"{count} {words}" for _, words, count in parts if count)
    drawn, start = [], 0.0
    for kind, _, count in parts:
        width = 1000 * count / max(1, total)
        drawn.append(f'<rect class="{kind}" x="{start:.1f}" width="{width:.1f}" height="22"/>')
        start += width
    return (
        f'<svg viewBox="0 0 1000 22" width="100%" height="22" preserveAspectRatio="none" role="img" '
        f'aria-label="{shown(label)}">{"".join(drawn)}</svg>'
    )


def bars(entities: Sequence[tuple[tuple[str, str], int]]) -> str:
    """A bar per entity. ``entities``: its name and the class of the style, and the count; at least one."""
    most, height = max(count for _, count in entities), 24 * len(entities)
    rows = []
    for number, ((entity, kind), count) in enumerate(entities):
        top, width = 24 * number, 420 * count / most
        rows.append(
            f'<text x="170" y="{top + 15}" text-anchor="end">{shown(entity)}</text>'
            f'<rect class="{kind}" x="180" y="{top + 3}" width="{width:.1f}" height="16" rx="3"/>'
            f'<text x="{186 + width:.1f}" y="{top + 15}">{count:,}</text>'
        )
    return (
        f'<svg viewBox="0 0 660 {height}" width="660" height="{height}" role="img" '
        f'aria-label="Columns per entity">{"".join(rows)}</svg>'
    )


def meter(share: float, kind: str) -> str:
    """A share as a small bar with its percentage. ``share``: 0 to 1. ``kind``: class of the style."""
    share = min(1.0, max(0.0, share))
    width = 60 * share
    told = "&lt;1%" if 0 < share < 0.005 else f"{share:.0%}"
    return (
        f'<svg width="60" height="8" role="img" aria-label="{told}"><rect class="track" width="60" height="8" rx="4"/>'
        f'<rect class="{kind}" width="{width:.1f}" height="8" rx="4"/></svg>{told}'
    )
