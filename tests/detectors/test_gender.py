# ruff: noqa: RUF001 -- words of languages that write them so

from __future__ import annotations

import pyarrow as pa
import pytest

from anon_assets.detectors.gender import Gender
from anon_assets.stages.text_search import recognised


def accepted(values: list[str]) -> int:
    return int(recognised(Gender(), pa.array(values), "t")[1].sum())


@pytest.mark.parametrize(
    "values",
    [
        ["male", "female"],
        ["Male", "Female", "Other"],
        ["M", "F"],
        ["m", "f", "x"],
        ["männlich", "weiblich", "divers"],
        ["m", "w", "d"],
        ["homme", "femme"],
        ["H", "F"],
        ["hombre", "mujer"],
        ["maschio", "femmina"],
        ["masculino", "feminino"],
        ["man", "vrouw"],
        ["mężczyzna", "kobieta"],
        ["K", "M"],
        ["erkek", "kadın"],
        ["男", "女"],
        ["Мужской", "Женский"],
        ["Male", "Female", "Non-binary", "Genderqueer", "Prefer not to say"],
    ],
)
def test_words_and_pairs_of_letters(values: list[str]) -> None:
    assert accepted(values) == len(values)


@pytest.mark.parametrize(
    "values",
    [
        ["S", "M", "L"],
        ["S", "M", "L", "XL"],
        ["T", "F"],
        ["Y", "N"],
        ["M"],
        ["F"],
        ["M", "T", "W", "F"],
        ["A", "M", "F"],
        ["1", "2"],
        ["0", "1", "2", "9"],
        ["true", "false"],
        ["other", "unknown"],
        ["M", "H"][:1],
        ["K", "M", "G"],
        ["Mr", "Dr"],
    ],
)
def test_sizes_flags_days_and_codes_are_none(values: list[str]) -> None:
    assert accepted(values) < len(values) or accepted(values) == 0
    if len(values) > 1:
        assert accepted(values) <= 1


def test_columns_by_value_and_by_name(found) -> None:
    assert found({"c17": ["male", "female", "other"] * 20}, table="t")["c17"] == "gender"
    assert found({"sex": [1, 2] * 20}, table="t")["sex"] == "gender"
    assert found({"c17": [1, 2] * 20}, table="t")["c17"] == ""
    assert found({"c17": ["S", "M", "L"] * 20}, table="t")["c17"] == ""
    for name in ("gender", "geschlecht", "sexe", "sexo", "sesso", "geslacht", "płeć"):
        assert found({name: ["M", "F"] * 20}, table="t")[name] == "gender", name
    assert found({"gender_id": [1, 2] * 20}, table="t")["gender_id"] == ""


def test_letters_at_random_make_no_system() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    pairs = [(one, other) for one in letters for other in letters if one < other]
    passed = sum(accepted(list(pair)) == 2 for pair in pairs)
    assert passed == 7  # of 325: M F, M W, K M, F H, H M, M V, E K
