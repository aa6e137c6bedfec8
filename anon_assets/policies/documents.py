"""YAML files as plain data that remembers its line numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from anon_assets.errors import DocumentError

__all__ = ["Document", "read_document"]

_FOLDERS = {"policies", "checks", "resources"}  # a product's policy and checks have one file name


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML mapping and where each of its keys stands.

    Args:
        path: the file.
        data: what it holds, a mapping.
        lines: key path, such as ``("tables", "public.customer", "email")``, to its line, counted from 1.
    """

    path: Path
    data: Mapping[str, Any]
    lines: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def at(self, *keys: object) -> str:
        """``file:line`` of a key path, or of the nearest part of it that exists; with the folder in a project."""
        path = tuple(str(key) for key in keys)
        while path and path not in self.lines:
            path = path[:-1]
        folder = self.path.parent.name
        place = f"{folder}/{self.path.name}" if folder in _FOLDERS else self.path.name
        return f"{place}:{self.lines.get(path, 1)}"


class _Loader(yaml.SafeLoader):
    """The safe loader with fewer guesses: keys are always text, and only true and false are booleans."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: ARG002
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}


_BOOL = "tag:yaml.org,2002:bool"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in {_BOOL, "tag:yaml.org,2002:merge"}]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def read_document(path: Path) -> Document:
    """Read a YAML file whose top level is a mapping.

    Args:
        path: the file; at most 16 MiB.

    Returns: its content with line numbers.
    Raises: DocumentError for a file that is missing, unreadable, not text, not YAML, empty, not a mapping, or holds a
        key twice. The message has a line and never quotes the file.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DocumentError(str(path), f"cannot be read ({error.strerror})", "check the path") from None
    if len(raw) > 16 * 2**20:
        raise DocumentError(str(path), "is larger than 16 MiB", "is it really a YAML file?")
    try:
        text = raw.decode("utf-8-sig")
        if "\0" in text:
            raise UnicodeError
    except UnicodeError:
        raise DocumentError(str(path), "is not text", "expected a YAML file in UTF-8") from None
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[tuple[str, ...], int] = {}
        if node is None:
            raise DocumentError(str(path), "is empty", "expected `key: value` lines")
        if not isinstance(node, yaml.MappingNode):
            raise DocumentError(str(path), "does not hold a mapping at its top level", "expected `key: value` lines")
        _index(node, (), lines, path)
        data = loader.construct_document(node)
    except yaml.YAMLError as error:
        raise DocumentError(_place(path, error), "is not valid YAML", _reason(error)) from None
    except (ValueError, RecursionError):  # such as the date 2020-02-31
        raise DocumentError(
            str(path), "holds a value that YAML cannot read", "put odd dates and numbers in quotes"
        ) from None
    finally:
        loader.dispose()
    return Document(path, data, lines)


def _place(path: Path, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"{path}:{mark.line + 1}" if mark is not None else str(path)


def _reason(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or ""
    general = "look at brackets, quotes and indentation near that line"
    return general if not problem or "'" in problem or '"' in problem else problem  # a quoted part could be a value


def _index(node: yaml.Node, path: tuple[str, ...], lines: dict[tuple[str, ...], int], file: Path) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[tuple[str, str]] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise DocumentError(f"{file}:{key.start_mark.line + 1}", "a key is not a plain word", "quote it")
            if (key.tag, key.value) in seen:
                raise DocumentError(f"{file}:{key.start_mark.line + 1}", f"key {key.value!r} stands twice", "keep one")
            seen.add((key.tag, key.value))
            inner = (*path, key.value)
            lines[inner] = key.start_mark.line + 1
            _index(value, inner, lines, file)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            inner = (*path, str(number))
            lines[inner] = item.start_mark.line + 1
            _index(item, inner, lines, file)
