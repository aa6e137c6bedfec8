"""Generalization hierarchies in files: each line a value and what it becomes on level 1, 2 and so on."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Hierarchy"]

_SEPARATORS = (";", ",")  # as ARX writes, and as other tools do


@dataclass(frozen=True)
class Hierarchy:
    r"""One level of a hierarchy.

    Args:
        values: each once.
        labels: what they become, in the same order.
        digest: SHA-256 of the file, in hexadecimal. Equal digests and levels mean equal hierarchies.
        level: from 1.

    >>> one = Hierarchy.of(b"Munich;Bavaria;Germany\nParis;France;France\n", 2, "cities.csv")
    >>> one.labelled(pa.array(["Paris", "Munich", "Rome"])).to_pylist()
    ['France', 'Germany', None]
    """

    values: pa.Array = field(compare=False, repr=False)
    labels: pa.Array = field(compare=False, repr=False)
    digest: str
    level: int

    @classmethod
    def read(cls, path: Path, level: int) -> Hierarchy:
        """From a file.

        Args:
            path: CSV in UTF-8 without a header, separated by semicolons or commas; every line has equally many fields.
            level: from 1 to the number of fields less one.

        Raises: ValueError for a file that is none, with the lines' numbers; its content is never quoted.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ValueError(f"hierarchy file {path} cannot be read ({error.strerror})") from None
        return cls.of(content, level, path.name)

    @classmethod
    def of(cls, content: bytes, level: int, name: str) -> Hierarchy:
        """As ``read``, from the file's bytes; ``name`` is for errors."""
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValueError(f"{name} is not written in UTF-8") from None
        seen: dict[str, tuple[str, int]] = {}
        width = 0
        for number, fields in _lines(text, name):
            width = width or len(fields)
            if len(fields) != width:
                raise ValueError(f"{name}, line {number}: {len(fields)} fields, the lines before have {width}")
            if level >= width:
                raise ValueError(f"{name} has {width - 1} levels, there is no level {level}")
            label, first = seen.setdefault(fields[0], (fields[level], number))
            if label != fields[level]:
                raise ValueError(f"{name}, lines {first} and {number}: one value with two labels on level {level}")
        if not seen:
            raise ValueError(f"{name} is empty")
        labels = pa.array([label for label, _ in seen.values()], pa.string())
        return cls(pa.array(list(seen), pa.string()), labels, hashlib.sha256(content).hexdigest(), level)

    def labelled(self, values: pa.Array, *, fold_case: bool = False) -> pa.Array:
        """The label of each value; null where the file does not have it.

        Args:
            values: ``pa.string()``.
            fold_case: letter case does not count. Of values that are then equal the first in the file decides.
        """
        known = self.values
        if fold_case:
            values, known = pc.utf8_lower(values), pc.utf8_lower(known)
        return self.labels.take(pc.index_in(values, value_set=known))

    @property
    def longest(self) -> int:
        """Characters of the longest label."""
        return int(pc.max(pc.utf8_length(self.labels)).as_py())

    @property
    def range(self) -> tuple[int, int] | None:
        """Least and greatest label where every label is a whole number of up to 18 digits; else None."""
        if not pc.all(pc.match_substring_regex(self.labels, r"^(?:0|-?[1-9][0-9]{0,17})$")).as_py():
            return None
        bounds = pc.min_max(self.labels.cast(pa.int64())).as_py()
        return int(bounds["min"]), int(bounds["max"])


def _lines(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Fields of every line that has any, with its number from 1."""
    separator = next((mark for mark in _SEPARATORS if mark in text.partition("\n")[0]), None)
    if separator is None:
        raise ValueError(f"{name}, line 1: no fields separated by ; or ,")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for fields in reader:
            if fields:
                yield reader.line_num, fields
    except csv.Error:
        raise ValueError(f"{name}, line {reader.line_num}: not CSV; mind the quotes") from None
