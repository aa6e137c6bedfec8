from __future__ import annotations

import pytest
from faker import Faker

CITIES = ["Stuttgart", "Lyon", "Gdynia", "Porto", "Utrecht", "Siena", "Leeds", "Cadiz", "Graz", "Ghent"]


def test_a_city_counts_beside_a_person_and_not_in_a_list_of_cities(found) -> None:
    mails = [f"p{number}@mail.example" for number in range(len(CITIES))]
    assert found({"email": mails, "city": CITIES})["city"] == "city"
    assert found({"email": mails, "stadt": CITIES})["stadt"] == "city"
    assert found({"id": list(range(10)), "city": CITIES}, table="city")["city"] == ""


def test_where_somebody_was_born_counts_by_itself(found) -> None:
    assert found({"geburtsort": CITIES}, table="note")["geburtsort"] == "city"


@pytest.mark.parametrize(
    "locale", ["en_US", "de_DE", "es_ES", "it_IT", "nl_NL", "pl_PL", "sv_SE", "da_DK", "tr_TR", "cs_CZ", "ja_JP"]
)
def test_cities_by_value_alone(found, locale: str) -> None:
    fake = Faker(locale)
    fake.seed_instance(4)
    assert found({"c17": [fake.city() for _ in range(80)]}, table="t")["c17"] == "city"


def test_cities_in_many_scripts(found) -> None:
    cities = ["東京", "Москва", "Αθήνα", "القاهرة", "서울", "दिल्ली", "北京", "Київ", "Wien", "Genève"]
    assert found({"c17": cities}, table="t")["c17"] == "city"
