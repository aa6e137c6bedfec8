from __future__ import annotations

import pytest

AGES = [18 + (number * 7) % 70 for number in range(60)]


@pytest.mark.parametrize("name", ["age", "patient_age", "alter", "âge", "edad", "età", "idade", "leeftijd", "wiek"])
def test_ages_are_known_by_name(found, name: str) -> None:
    assert found({name: AGES}, table="t")[name] == "age"


@pytest.mark.parametrize(
    "name", ["c17", "quantity", "page", "storage", "max_age", "account_age", "cache_age_seconds", "age_group"]
)
def test_small_numbers_are_not(found, name: str) -> None:
    assert found({name: AGES}, table="t")[name] == ""


def test_years_and_amounts_are_beyond_the_greatest_age(found) -> None:
    from anon_assets.detectors.age import Age

    assert Age().valid(["0", "122", "123", "999", "35 years", "67 Jahre", "300 years"]) == [
        True,
        True,
        False,
        False,
        True,
        True,
        False,
    ]
