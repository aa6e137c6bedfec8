"""Given, family and full names, by their values alone."""

from __future__ import annotations

import pyarrow as pa
import pytest
from faker import Faker

from anon_assets.detectors.first_name import FirstName
from anon_assets.detectors.last_name import LastName
from anon_assets.detectors.person_name import PersonName
from anon_assets.gazetteer import alike, common_words, family_names, given_names, names_within, occupations, places
from anon_assets.stages.text_search import recognised

LOCALES = (
    "en_US",
    "en_GB",
    "de_DE",
    "fr_FR",
    "es_ES",
    "it_IT",
    "pt_BR",
    "nl_NL",
    "pl_PL",
    "sv_SE",
    "da_DK",
    "tr_TR",
    "cs_CZ",
    "ja_JP",
    "ru_RU",
    "hi_IN",
    "en_IN",
    "zh_CN",
)

INDIAN = (
    "Sharma Gupta Patel Iyer Reddy Mukherjee Nair Banerjee Chatterjee Deshmukh Kulkarni Bhattacharya Joshi Rao Menon"
)
RUSSIAN = (
    "Aleksandr Ekaterina Sergey Tatyana Dmitry Olga Nikolai Svetlana Yevgeny Oksana Vladislav Anastasia Ruslan Lyudmila"
)

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
    "Victoria",
    "Santiago",
]

OTHERS = {
    "colours": [
        "Amber",
        "Ruby",
        "Olive",
        "Violet",
        "Ivory",
        "Hazel",
        "Jade",
        "Rose",
        "Scarlet",
        "Crimson",
        "Blue",
        "Green",
        "Teal",
        "Navy",
        "Coral",
        "Indigo",
    ],
    "months": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "mesi": [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    "statuses": [
        "active",
        "inactive",
        "pending",
        "closed",
        "open",
        "archived",
        "draft",
        "approved",
        "rejected",
        "shipped",
    ],
    "cars": [
        "Toyota",
        "Honda",
        "Ford",
        "Chevrolet",
        "Nissan",
        "Hyundai",
        "Kia",
        "Volkswagen",
        "Mercedes",
        "Audi",
        "Lexus",
        "Mazda",
        "Subaru",
        "Volvo",
    ],
    "drugs": [
        "levetiracetam",
        "topiramate",
        "lamotrigine",
        "carbamazepine",
        "valproate",
        "phenytoin",
        "clonazepam",
        "buspirone",
    ],
    "plants": [
        "Lavender",
        "Rosemary",
        "Basil",
        "Thyme",
        "Iris",
        "Lily",
        "Daisy",
        "Violet",
        "Heather",
        "Ivy",
        "Fern",
        "Jasmine",
        "Poppy",
        "Holly",
    ],
    "languages": [
        "English",
        "German",
        "French",
        "Spanish",
        "Italian",
        "Portuguese",
        "Dutch",
        "Polish",
        "Swedish",
        "Danish",
        "Russian",
        "Chinese",
    ],
    "programming": [
        "Python",
        "Java",
        "Ruby",
        "Rust",
        "Go",
        "Swift",
        "Kotlin",
        "Scala",
        "Perl",
        "Julia",
        "Ada",
        "Pascal",
        "Haskell",
        "Erlang",
        "Elixir",
    ],
    "wines": [
        "Merlot",
        "Chardonnay",
        "Riesling",
        "Malbec",
        "Shiraz",
        "Syrah",
        "Pinot",
        "Sauvignon",
        "Tempranillo",
        "Sangiovese",
        "Barbera",
    ],
    "units": [
        "piece",
        "box",
        "kilogram",
        "litre",
        "metre",
        "pair",
        "dozen",
        "pack",
        "set",
        "carton",
        "pallet",
        "hour",
        "day",
    ],
    "products": [f"{a} {b}" for a in ("Red", "Oak", "Steel", "Small") for b in ("chair", "table", "lamp", "shelf")],
    "films": [
        "ACADEMY DINOSAUR",
        "ACE GOLDFINGER",
        "ADAPTATION HOLES",
        "AFFAIR PREJUDICE",
        "AFRICAN EGG",
        "AGENT TRUMAN",
    ],
    "firms": ["Miller Ltd", "Garcia and Sons", "Schmidt GmbH", "Rossi S.r.l.", "Jones, Brown and Smith", "Weber AG"],
    "departments": [
        "Vertrieb",
        "Einkauf",
        "Buchhaltung",
        "Personal",
        "Entwicklung",
        "Produktion",
        "Lager",
        "Marketing",
    ],
    "streets": ["Baker Street", "High Street", "Station Road", "Church Lane", "Victoria Road", "Park Avenue"],
    "species": ["Homo sapiens", "Canis lupus", "Felis catus", "Panthera leo", "Ursus arctos", "Equus ferus"],
}


def share(detector, values: list[str]) -> float:
    return float(recognised(detector, pa.array(sorted(set(values))), "t")[1].mean())


@pytest.mark.parametrize("locale", LOCALES)
def test_columns_of_names_are_what_they_are_and_nothing_else(found, locale: str) -> None:
    fake = Faker(locale)
    fake.seed_instance(9)
    makers = {"first_name": fake.first_name, "last_name": fake.last_name, "person_name": fake.name}
    for kind, make in makers.items():
        values = [make() for _ in range(100)]
        assert found({"c17": values}, table="t")["c17"] == kind, kind
        assert found({"c17": [value.upper() for value in values]}, table="t")["c17"] == kind, kind


def test_names_that_no_list_of_faker_holds() -> None:
    assert share(LastName(), INDIAN.split()) == 1
    assert share(FirstName(), RUSSIAN.split()) == 1
    full = [f"{given} {family}" for given, family in zip(RUSSIAN.split(), INDIAN.split(), strict=False)]
    assert share(PersonName(), full) == 1


def test_unlisted_names_are_known_by_their_letters_among_listed_ones() -> None:
    rare = ["Wolkowitzer", "Brezinowska", "Schnurrenberger", "Hagemoser"]
    known = ["Schneider", "Kowalska", "Zimmermann", "Nowak", "Lehmann", "Wagner", "Wójcik", "Baumann"]
    assert not {word.casefold() for word in rare} & family_names().holds([word.casefold() for word in rare])
    assert share(LastName(), rare + known) == 1


@pytest.mark.parametrize("kind", list(OTHERS))
def test_words_of_other_kinds_are_no_names(found, kind: str) -> None:
    assert found({"c17": OTHERS[kind] * 3}, table="t")["c17"] not in {"first_name", "last_name", "person_name", "city"}
    for detector in (FirstName(), LastName(), PersonName()):
        assert share(detector, OTHERS[kind]) < 0.3


def test_cities_are_cities(found) -> None:
    assert found({"c17": CITIES}, table="t")["c17"] == "city"
    for detector in (FirstName(), LastName()):
        assert share(detector, CITIES) == 0


def test_made_up_words_are_nothing() -> None:
    made = [f"{a}{b}{c}" for a in ("ba", "ke", "li") for b in ("mo", "nu", "ra") for c in ("se", "ti", "vo")]
    for kind in ("given", "family", "person", "place", "job", "country"):
        assert not alike(kind, made).any()


def test_titles_initials_and_order() -> None:
    for name in (
        "Dr. Anna Schmidt",
        "John F. Kennedy",
        "García, María",
        "VAN BEEK, Peter",
        "Miller Jr., Thomas",
        "Ludwig van Beethoven",
        "Ana María de la Cruz",
        "Jean-Pierre Martin",
    ):
        assert share(PersonName(), [name]) == 1, name
    for other in ("Anna", "Blue Warehouse", "Schmidt & Partner", "42 Anna Schmidt", "New York", "Sales Manager"):
        assert share(PersonName(), [other]) == 0, other


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Dear Ada Miller", ["Ada Miller"]),
        ("Mr. Smith", ["Smith"]),
        ("Hi Kevin", ["Kevin"]),
        ("Frau Dr. Anna Schmidt", ["Anna Schmidt"]),
        ("Ludwig van Beethoven", ["Ludwig van Beethoven"]),
        ("Thomas K. Arcuri", ["Thomas K. Arcuri"]),
        ("New York", []),
        ("General Manager", []),
        ("Devon Street", []),
        ("Via Tasso", []),
        ("Johnson & Johnson", []),
        ("Credit Card", []),
        ("Monday Morning", []),
    ],
)
def test_the_name_in_a_run_of_capitalised_words(text: str, names: list[str]) -> None:
    assert [text[start:end] for start, end in names_within([text])[0]] == names
    assert [text[start:end] for start, end in PersonName().inside([text])[0]] == names


def test_the_lists_are_large_and_answer_many_at_once() -> None:
    assert len(given_names()) > 45_000
    assert len(family_names()) > 55_000
    assert len(places()) > 100_000
    assert len(common_words()) > 70_000
    assert len(occupations()) > 30_000
    assert given_names().holds(["anna", "warehouse", "joao"]) == {"anna", "joao"}
    assert given_names().weights(["maria", "warehouse"]).tolist() == [6, 0]
    assert given_names().weights([]).tolist() == []
