from __future__ import annotations

COUNTRIES = ["Germany", "France", "Poland", "Portugal", "Netherlands", "Italy", "Spain", "Austria"]


def test_a_country_counts_beside_a_person_and_not_in_a_list_of_countries(found) -> None:
    mails = [f"p{number}@mail.example" for number in range(len(COUNTRIES))]
    assert found({"email": mails, "country": COUNTRIES})["country"] == "country"
    assert found({"id": list(range(8)), "country": COUNTRIES}, table="country")["country"] == ""
