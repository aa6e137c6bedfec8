"""Which columns share their values through foreign keys, and which of them decides for the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from anon_assets.contracts.database import Schema

__all__ = ["End", "Links", "joined", "links_of", "nearest", "root"]

End = tuple[str, str]
"""A column: (place of its table, its name)."""

Links = Mapping[End, tuple[End, ...]]
"""A referencing column to all that it refers to, sorted. A column may be under several foreign keys."""


def links_of(schema: Schema) -> Links:
    """The foreign keys of a schema, column by column; without those that lead to themselves or to no listed table."""
    places = {table.place for table in schema.tables}
    links: dict[End, set[End]] = defaultdict(set)
    for table in schema.tables:
        for key in table.foreign_keys:
            for own, theirs in zip(key.columns, key.target_columns, strict=True):
                if (table.place, own) != (key.target, theirs) and key.target in places:
                    links[table.place, own].add((key.target, theirs))
    return {end: tuple(sorted(targets)) for end, targets in links.items()}


def root(end: End, links: Links) -> End:
    """Where a column's foreign keys lead in the end: by the first of several, in a cycle to its smallest member."""
    path = [end]
    while targets := links.get(path[-1]):
        if targets[0] in path:
            return min(path[path.index(targets[0]) :])
        path.append(targets[0])
    return path[-1]


def nearest(end: End, links: Links, found: Callable[[End], bool]) -> End | None:
    """The column itself or the one, the fewest foreign keys away, for which ``found`` holds; None without one."""
    queue, seen = [end], {end}
    for each in queue:  # grows as it goes
        if found(each):
            return each
        fresh = [target for target in links.get(each, ()) if target not in seen]
        seen.update(fresh)
        queue += fresh
    return None


def joined(ends: Iterable[End], links: Links, same: Callable[[End, End], bool]) -> list[list[End]]:
    """Groups of the given columns that foreign keys join, in either direction, over pairs for which ``same`` holds."""
    near: dict[End, list[End]] = {end: [] for end in ends}
    for end, others in near.items():
        for target in links.get(end, ()):
            if target in near and same(end, target):
                others.append(target)
                near[target].append(end)
    groups, seen = [], set()
    for start in near:
        if start in seen:
            continue
        group = [start]
        seen.add(start)
        for each in group:  # grows as it goes
            fresh = [other for other in dict.fromkeys(near[each]) if other not in seen]
            seen.update(fresh)
            group += fresh
        groups.append(group)
    return groups
