"""Given, family and full names."""

from __future__ import annotations

import pyarrow as pa
from faker import Faker

from anon_assets.contracts.detector import Detector
from anon_assets.detectors.first_name import FirstName
from anon_assets.detectors.last_name import LastName
from anon_assets.detectors.person_name import PersonName
from anon_assets.gazetteer import family_names, given_names
from anon_assets.stages.text_search import recognised

CITIES = [
    "Aurora",
    "Kragujevac",
    "Yokohama",
    "Reykjavik",
    "Tashkent",
    "Montevideo",
    "Kuala Lumpur",
    "Addis Ababa",
    "Lagos",
    "Antofagasta",
    "Vancouver",
    "Novosibirsk",
    "Osaka",
    "Marrakesh",
    "Zagreb",
    "Ulan Bator",
]


def share(detector: Detector, values: list[str]) -> float:
    return float(recognised(detector, pa.array(sorted(set(values))), "t")[1].mean())


def test_names_of_many_languages_are_known() -> None:
    for locale in ("en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "pl_PL", "ru_RU", "sv_SE", "tr_TR"):
        fake = Faker(locale)
        fake.seed_instance(9)
        assert share(FirstName(), [fake.first_name() for _ in range(200)]) > 0.95, locale
        assert share(LastName(), [fake.last_name() for _ in range(200)]) > 0.9, locale


def test_cities_and_words_pass_rarely() -> None:
    words = [
        "warehouse",
        "invoice",
        "pending",
        "blue",
        "kilogram",
        "delivery",
        "comedy",
        "express",
        "storage",
        "quantity",
    ]
    for detector in (FirstName(), LastName(), PersonName()):
        assert share(detector, CITIES) <= detector.chance + 0.1
        assert share(detector, words) == 0


def test_titles_initials_and_order() -> None:
    for name in ("Dr. Anna Schmidt", "John F. Kennedy", "García, María", "VAN BEEK, Peter", "Miller Jr., Thomas"):
        assert share(PersonName(), [name]) == 1, name
    for other in ("Anna", "Blue Warehouse", "Schmidt & Partner", "42 Anna Schmidt"):
        assert share(PersonName(), [other]) == 0, other


def test_the_lists_are_large_and_folded() -> None:
    assert len(given_names()) > 20_000
    assert len(family_names()) > 20_000
    assert all(word == word.casefold() for word in given_names() | family_names())
