from __future__ import annotations

import copy
import pickle

import pytest
from pydantic import BaseModel, ValidationError

from anon_assets import sealed
from anon_assets.errors import KeyUnavailable
from anon_assets.sealed import Reference, Sealed

CANARY = b"canary-secret"


def test_all() -> None:
    assert sealed.__all__ == ["Reference", "Sealed"]


def test_a_sealed_value_cannot_be_shown() -> None:
    value = Sealed(CANARY)
    shown = [
        repr(value),
        str(value),
        f"{value}",
        f"{value:>40}",
        f"{value!r}",
        str([value]),
        str({"k": value}),
    ]
    assert all("canary" not in text for text in shown)
    assert repr(value) == "Sealed(13 bytes)"
    assert len(value) == 13 and value.reveal() == CANARY


@pytest.mark.parametrize(
    "attempt", [pickle.dumps, copy.copy, copy.deepcopy, hash, iter, bytes, vars, sorted, lambda v: v[0]]
)
def test_a_sealed_value_cannot_be_copied_hashed_or_iterated(attempt) -> None:
    with pytest.raises(TypeError) as caught:
        attempt(Sealed(CANARY))
    assert "canary" not in str(caught.value)


def test_no_attribute_can_be_added() -> None:
    with pytest.raises(AttributeError):
        Sealed(CANARY).note = "x"


def test_equality_is_by_content() -> None:
    assert Sealed(b"a") == Sealed(b"a") and Sealed(b"a") != Sealed(b"b")
    assert Sealed(b"a") != b"a"


def test_text_loses_only_its_line_end() -> None:
    assert Sealed(b" pass word \r\n").reveal_text() == " pass word "


def test_a_reference_reads_environment_and_file(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("SOME_SECRET", "canary")
    (tmp_path / "key").write_bytes(CANARY)
    assert Reference(env="SOME_SECRET").resolve("x").reveal() == b"canary"
    assert Reference(file=str(tmp_path / "key")).resolve("x").reveal() == CANARY
    assert str(Reference(env="SOME_SECRET")) == "env SOME_SECRET"


def test_what_is_not_there_is_named(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("SOME_SECRET", raising=False)
    with pytest.raises(KeyUnavailable, match="SOME_SECRET is not set"):
        Reference(env="SOME_SECRET").resolve("databases.shop")
    monkeypatch.setenv("SOME_SECRET", "")
    with pytest.raises(KeyUnavailable):
        Reference(env="SOME_SECRET").resolve("databases.shop")
    with pytest.raises(KeyUnavailable, match="cannot be read"):
        Reference(file=str(tmp_path / "none")).resolve("databases.shop")


class Holder(BaseModel):
    password: Reference


@pytest.mark.parametrize(
    "value", ["canary-literal", {"env": "A", "file": "canary"}, {}, {"vault": "canary"}, 7, ["canary"]]
)
def test_literal_secrets_are_refused_and_not_printed(value) -> None:
    for model, given in ((Reference, value), (Holder, {"password": value})):
        with pytest.raises(ValidationError) as caught:
            model.model_validate(given)
        if model is Reference:
            assert "canary" not in str(caught.value)
        assert all("canary" not in item["msg"] for item in caught.value.errors(include_input=False))
