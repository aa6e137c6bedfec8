from __future__ import annotations

import pytest

COUNTRIES = ["Germany", "France", "Poland", "Portugal", "Netherlands", "Italy", "Spain", "Austria"]


def test_a_country_counts_beside_a_person_and_not_in_a_list_of_countries(found) -> None:
    mails = [f"p{number}@mail.example" for number in range(len(COUNTRIES))]
    assert found({"email": mails, "country": COUNTRIES})["country"] == "country"
    assert found({"id": list(range(8)), "country": COUNTRIES}, table="country")["country"] == ""


@pytest.mark.parametrize(
    "values",
    [
        ["Germany", "France", "Poland", "Portugal", "Netherlands", "Italy"],
        ["Deutschland", "Frankreich", "Polen", "Österreich", "Schweiz", "Türkei"],
        ["Allemagne", "Pologne", "Espagne", "Italie", "Suède", "Japon"],
        ["Niemcy", "Francja", "Hiszpania", "Włochy", "Szwecja", "Japonia"],
        ["ドイツ", "フランス", "日本", "イタリア", "スペイン", "ポーランド"],
        ["DE", "FR", "US", "GB", "IT", "ES", "NL", "PL"],
    ],
)
def test_countries_by_value_alone(found, values: list[str]) -> None:
    assert found({"c17": values * 5}, table="t")["c17"] == "country"


@pytest.mark.parametrize(
    "values",
    [
        ["AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "TX", "NY"],
        ["EN", "DE", "FR", "ES", "IT", "JA", "ZH", "PT"],
        ["USD", "EUR", "GBP", "JPY", "CHF", "PLN"],
        ["Africa", "Asia", "Europe", "Oceania", "North America", "South America"],
    ],
)
def test_states_languages_currencies_and_continents_are_none(found, values: list[str]) -> None:
    assert found({"c17": values * 5}, table="t")["c17"] != "country"
