"""A family is a folder of members; the file name is the kind. There is no registry to edit.

A member is a frozen pydantic model: its fields are the YAML parameters. Third parties join by entry point, in the
group ``anon_assets.<family>``, under the same rules.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from anon_assets.errors import DocumentError
from anon_assets.findings import Finding, near

__all__ = ["Family", "Member", "validation_findings"]


class Member(BaseModel):
    """One member of a family. Fields are its parameters; the class declares what it is.

    ``title`` is one line for people. ``shorthand`` names the field that a bare YAML value fills
    (``{constant: x}`` for ``{constant: {value: x}}``).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)

    title: ClassVar[str] = ""
    shorthand: ClassVar[str | None] = None

    @classmethod
    def kind(cls) -> str:
        """The kind: the class name in snake case, which is also the name of its file."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()


M = TypeVar("M", bound=Member)

_UNION_MEMBER = re.compile(r"(tuple|list|dict|set|frozenset)\[.*\]$")  # what pydantic puts in, no word of the user's
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}")


class Family(Generic[M]):
    """The members of one folder, found by file name and loaded when first used.

    Args:
        name: the folder below ``anon_assets`` in dotted form, such as ``resources.kms``; its last part names the
            entry point group.
        contract: the class that every member extends.

    >>> from anon_assets.contracts.transform import Transform
    >>> Family("transforms", Transform).load("keep").kind()
    'keep'
    """

    def __init__(self, name: str, contract: type[M]) -> None:
        self.name = name.rpartition(".")[2]
        self.package = f"anon_assets.{name}"
        self.contract = contract

    @cached_property
    def _entry_points(self) -> dict[str, importlib.metadata.EntryPoint]:
        return {point.name: point for point in importlib.metadata.entry_points(group=f"anon_assets.{self.name}")}

    def kinds(self) -> list[str]:
        """Every kind, sorted; no member is imported."""
        folder = importlib.import_module(self.package)
        own = {module.name for module in pkgutil.iter_modules(folder.__path__)}
        return sorted(own | set(self._entry_points))

    def load(self, kind: str) -> type[M]:
        """The class of one kind.

        Raises: DocumentError for an unknown kind, or for a file whose class does not carry its name.
        """
        if kind not in self.kinds():
            raise DocumentError(self.name, *self._unknown(kind))
        points = self._entry_points
        if kind in points:
            found = points[kind].load()
        else:
            module = importlib.import_module(f"{self.package}.{kind}")
            name = "".join(part.capitalize() for part in kind.split("_"))
            found = getattr(module, name, None)
        if not (isinstance(found, type) and issubclass(found, self.contract) and found.kind() == kind):
            raise DocumentError(f"{self.name}.{kind}", f"the file holds no {self.contract.__name__} of that name")
        return found

    def _unknown(self, kind: str) -> tuple[str, str]:
        """What and hint. Only what could be a kind is quoted: a secret may stand here by mistake."""
        if _NAME.fullmatch(kind):
            return f"no kind {kind!r}", near(kind, self.kinds())
        hint = "write a kind with its parameters, and a secret as a reference to where it lies: {env: NAME} or {file: PATH}"
        return "not a kind", hint

    def __iter__(self) -> Iterator[type[M]]:
        return (self.load(kind) for kind in self.kinds())

    def parse(
        self, spec: object, where: str, source: str = "", root: Path | None = None
    ) -> tuple[M | None, list[Finding]]:
        """One member from its YAML form: ``kind``, ``{kind: {parameters}}`` or ``{kind: shorthand}``.

        Args:
            spec: what the YAML holds.
            where: the place for findings.
            source: ``file:line`` for findings.
            root: the project's folder, where relative paths start.

        Returns: the member and no findings, or None and every error.
        """
        kind, parameters = _kind_and_parameters(spec)
        if kind is None:
            what = f"not a kind of {self.name}"
            hint = "write a kind (keep) or one kind with its parameters ({mask: {last: 4}})"
            return None, [Finding("error", "malformed", where, what, hint, source)]
        if kind not in self.kinds():
            what, hint = self._unknown(kind)
            return None, [Finding("error", "unknown-kind", where, f"{what} among {self.name}", hint, source)]
        member = self.load(kind)
        if parameters is None:
            parameters = {}
        elif member.shorthand and not (isinstance(parameters, Mapping) and set(parameters) & _names(member)):
            short = {member.shorthand: parameters}
            if not isinstance(parameters, Mapping) or _fits(member, short, root):
                parameters = short  # else a mapping with misspelt names, to be told as such
        if not isinstance(parameters, Mapping):
            hint = f"parameters of {kind}: {', '.join(sorted(_names(member))) or 'none'}"
            return None, [Finding("error", "malformed", where, f"{kind} takes parameters by name", hint, source)]
        try:
            return member.model_validate(dict(parameters), context={"root": root}), []
        except ValidationError as error:
            return None, validation_findings(error, f"{where}.{kind}", source, member)


def _fits(member: type[Member], parameters: Mapping[str, object], root: Path | None) -> bool:
    try:
        member.model_validate(dict(parameters), context={"root": root})
    except ValidationError:
        return False
    return True


def _names(model: type[BaseModel]) -> set[str]:
    """The parameters as YAML spells them: a field named like a Python keyword has an alias (``as``)."""
    return {field.alias or name for name, field in model.model_fields.items()}


def _kind_and_parameters(spec: object) -> tuple[str | None, object]:
    if spec is None:  # YAML reads a bare `null` as nothing
        return "null", None
    if isinstance(spec, str):
        return spec, None
    if isinstance(spec, Mapping) and len(spec) == 1:
        ((kind, parameters),) = spec.items()
        kind = "null" if kind is None else kind
        return (kind, parameters) if isinstance(kind, str) else (None, None)
    return None, None


def validation_findings(
    error: ValidationError, where: str, source: str = "", model: type[BaseModel] | None = None
) -> list[Finding]:
    """A pydantic error as findings, one per problem, without the value that caused it.

    Args:
        error: what pydantic raised.
        where: the place; the failing field is appended.
        source: ``file:line``.
        model: the model, for near-name hints on unknown keys.
    """
    found = []
    for item in error.errors(include_url=False):
        path = [str(part) for part in item["loc"] if not _UNION_MEMBER.match(str(part))]
        place = ".".join([where, *path])
        if item["type"] == "extra_forbidden":
            hint = near(path[-1], _names(model)) if model is not None and len(path) == 1 else ""
            found.append(Finding("error", "unknown-key", place, "no such key", hint, source))
        elif item["type"] == "missing":
            found.append(Finding("error", "missing-key", place, "a required key is missing", "", source))
        else:
            what = item["msg"].removeprefix("Value error, ")
            hint = ""
            if item["type"] == "literal_error" and isinstance(item["input"], str):  # which chooses, and is not shown
                hint = near(item["input"], re.findall("'([^']*)'", item["ctx"]["expected"]), listed=False)
            found.append(Finding("error", "invalid-value", place, what[:1].lower() + what[1:], hint, source))
    return found
