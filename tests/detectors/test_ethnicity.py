from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "values",
    [
        ["White", "Black or African American", "Asian", "Hispanic or Latino", "Native American", "Other"],
        ["White British", "White Irish", "Black Caribbean", "Indian", "Pakistani", "Mixed", "Chinese"],
        ["Branca", "Preta", "Parda", "Amarela", "Indígena", "Afrodescendente", "Mestiço"],
        ["Caucasian", "African American", "Asian", "Latino", "Pacific Islander"],
        ["White", "Black", "Asian-Pac-Islander", "Amer-Indian-Eskimo", "Other"],
    ],
)
def test_origins_by_value_alone(found, values: list[str]) -> None:
    assert found({"c17": values * 10}, table="t")["c17"] == "ethnicity"


@pytest.mark.parametrize(
    "values",
    [
        ["White", "Black", "Red", "Blue", "Green"],
        ["Chinese", "Korean", "Japanese", "German", "French"],
        ["Tamil", "Telugu", "Bengali", "Hindi", "Urdu"],
        ["Italian", "Mexican", "Indian", "Thai", "Chinese"],
        ["Mixed", "Other", "Single"],
    ],
)
def test_colours_languages_and_cuisines_are_none(found, values: list[str]) -> None:
    assert found({"c17": values * 10}, table="t")["c17"] == ""


def test_it_is_known_by_name_and_is_sensitive(found) -> None:
    from anon_assets.detectors.ethnicity import Ethnicity

    for name in ("ethnicity", "race", "ethnische_herkunft", "origine_ethnique", "raza", "etnia", "raça", "etniciteit"):
        assert found({name: ["a", "b", "c"] * 5}, table="t")[name] == "ethnicity", name
    assert found({"race_time": ["a", "b", "c"] * 5}, table="t")["race_time"] == ""
    assert Ethnicity.tier == "sensitive"
    assert any("art. 9" in rule for rule in Ethnicity.taxonomy)
