from __future__ import annotations

CITIES = ["Stuttgart", "Lyon", "Gdynia", "Porto", "Utrecht", "Siena", "Leeds", "Cadiz", "Graz", "Ghent"]


def test_a_city_counts_beside_a_person_and_not_in_a_list_of_cities(found) -> None:
    mails = [f"p{number}@mail.example" for number in range(len(CITIES))]
    assert found({"email": mails, "city": CITIES})["city"] == "city"
    assert found({"email": mails, "stadt": CITIES})["stadt"] == "city"
    assert found({"id": list(range(10)), "city": CITIES}, table="city")["city"] == ""


def test_where_somebody_was_born_counts_by_itself(found) -> None:
    assert found({"geburtsort": CITIES}, table="note")["geburtsort"] == "city"
