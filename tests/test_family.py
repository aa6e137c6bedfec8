from __future__ import annotations

import importlib.metadata
import sys
import types
from collections.abc import Iterator
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from anon_assets import family
from anon_assets.contracts.database import DATABASES, Column
from anon_assets.contracts.transform import TRANSFORMS, Context, Effects, Transform
from anon_assets.errors import DocumentError
from anon_assets.family import Family, Member


def test_all() -> None:
    assert set(family.__all__) >= {"Family", "Member", "validation_findings"}
    assert all(hasattr(family, name) for name in family.__all__)


def test_kinds_are_the_files() -> None:
    kinds = TRANSFORMS.kinds()
    assert kinds == sorted(kinds)
    assert {"keep", "null", "constant", "mask", "token", "date_shift", "noise", "fake"} <= set(kinds)
    assert {member.kind() for member in TRANSFORMS} == set(kinds)


def test_unknown_kinds_get_a_near_name() -> None:
    with pytest.raises(DocumentError, match="did you mean mask"):
        TRANSFORMS.load("maks")
    member, found = TRANSFORMS.parse({"maks": {"last": 4}}, "public.a.b", "p.yaml:3")
    assert member is None
    assert [(f.code, f.where, f.source, f.hint) for f in found] == [
        ("unknown-kind", "public.a.b", "p.yaml:3", "did you mean mask?")
    ]


@pytest.mark.parametrize("secret", ["postgresql://admin:S3cretPw@db/shop", "S3cret Pw", "x" * 60, ""])
def test_a_literal_where_a_kind_belongs_is_never_quoted(secret: str) -> None:
    for spec in (secret, {secret: {"database": "shop"}}):
        member, found = DATABASES.parse(spec, "databases.shop", "r.yaml:2")
        assert member is None
        assert [(f.code, f.what) for f in found] == [("unknown-kind", "not a kind among databases")]
        assert "{env: NAME}" in found[0].hint
        assert not secret or secret not in str(found[0])
    with pytest.raises(DocumentError) as caught:
        DATABASES.load(secret)
    assert not secret or secret not in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "kind", "fields"),
    [
        ("keep", "keep", {}),
        (None, "null", {}),
        ({None: None}, "null", {}),
        ({"mask": None}, "mask", {}),
        ({"mask": {"last": 4}}, "mask", {"last": 4}),
        ({"mask": {"as": "email"}}, "mask", {"as_": "email"}),
        ({"constant": "x"}, "constant", {"value": "x"}),
        ({"constant": {"value": "x"}}, "constant", {"value": "x"}),
        ({"constant": {"a": 1}}, "constant", {"value": {"a": 1}}),
        ({"fake": "city"}, "fake", {"as_": "city"}),
        ({"fake": {"as": "city", "locale": "de_DE"}}, "fake", {"as_": "city", "locale": ("de_DE",)}),
    ],
)
def test_forms_of_yaml(spec: object, kind: str, fields: dict[str, Any]) -> None:
    member, found = TRANSFORMS.parse(spec, "x")
    assert not found and member is not None
    assert member.kind() == kind
    assert {name: getattr(member, name) for name in fields} == fields


@pytest.mark.parametrize("spec", [3, [], {}, {"keep": {}, "mask": {}}, {3: {}}, True])
def test_what_is_no_member_is_malformed(spec: object) -> None:
    member, found = TRANSFORMS.parse(spec, "x")
    assert member is None and [f.code for f in found] == ["malformed"]


@pytest.mark.parametrize(
    ("spec", "code", "where", "hint"),
    [
        ({"mask": {"lats": 4}}, "unknown-key", "x.mask.lats", "did you mean last?"),
        ({"mask": {"last": "canary"}}, "invalid-value", "x.mask.last", ""),
        (
            {"token": {"foo[0]": 1}},
            "unknown-key",
            "x.token.foo[0]",
            "one of: domain, encoding, length, prefix, suffix, when",
        ),
        ({"fake": {"unique": True}}, "missing-key", "x.fake.as", ""),
        ({"fake": {"as": "email", "uniqe": True}}, "unknown-key", "x.fake.uniqe", "did you mean unique?"),
        ({"fake": "canary"}, "invalid-value", "x.fake.as", "did you mean country?"),
        ({"date_shift": {"within": "canary"}}, "invalid-value", "x.date_shift.within", ""),
        (
            {"mask": "canary"},
            "malformed",
            "x",
            "parameters of mask: as, fill, first, keep_domain, last, length, separators, when",
        ),
    ],
)
def test_findings_name_the_place_and_never_the_value(spec: object, code: str, where: str, hint: str) -> None:
    member, found = TRANSFORMS.parse(spec, "x")
    assert member is None
    assert [(f.code, f.where, f.hint) for f in found] == [(code, where, hint)]
    assert "canary" not in "".join(map(str, found))


def test_members_are_frozen() -> None:
    member, _ = TRANSFORMS.parse({"mask": {"last": 4}}, "x")
    with pytest.raises(ValueError, match="frozen"):
        member.last = 5


class ReverseText(Transform):
    """A transform as a third party would write it."""

    title: ClassVar[str] = "Write backwards"

    def effects(self, column: Column) -> Effects:
        return Effects(accepts=frozenset({"text"}))

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        import pyarrow.compute as pc

        return pc.utf8_reverse(column)


@pytest.fixture(autouse=True)
def _look_up_again() -> Iterator[None]:
    yield
    vars(TRANSFORMS).pop("_entry_points", None)


def _install(monkeypatch: pytest.MonkeyPatch, name: str, **held: object) -> None:
    module = types.ModuleType("third_party")
    vars(module).update(held)
    monkeypatch.setitem(sys.modules, "third_party", module)
    point = importlib.metadata.EntryPoint(name, f"third_party:{next(iter(held))}", "anon_assets.transforms")

    def entry_points(*, group: str) -> list[importlib.metadata.EntryPoint]:
        return [point] if group == "anon_assets.transforms" else []

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    vars(TRANSFORMS).pop("_entry_points", None)  # they are looked up once


def test_third_parties_join_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, "reverse_text", ReverseText=ReverseText)
    assert "reverse_text" in TRANSFORMS.kinds()
    assert TRANSFORMS.load("reverse_text") is ReverseText
    assert ReverseText in list(TRANSFORMS)
    member, found = TRANSFORMS.parse("reverse_text", "x")
    assert not found and isinstance(member, ReverseText)
    assert "reverse_text" not in Family("detectors", Member).kinds()


def test_a_third_party_member_of_another_name_or_family_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, "backwards", ReverseText=ReverseText)
    with pytest.raises(DocumentError, match="holds no Transform of that name"):
        TRANSFORMS.load("backwards")
    _install(monkeypatch, "stranger", Stranger=type("Stranger", (Member,), {}))
    with pytest.raises(DocumentError, match="holds no Transform of that name"):
        TRANSFORMS.load("stranger")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Keep", "keep"), ("DateShift", "date_shift"), ("Md5Sum", "md5_sum"), ("KAnonymity", "k_anonymity")],
)
def test_a_kind_is_the_class_name_in_snake_case(name: str, kind: str) -> None:
    assert type(name, (Member,), {}).kind() == kind
