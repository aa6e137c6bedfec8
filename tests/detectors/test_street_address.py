"""Street addresses."""

from __future__ import annotations

import pyarrow as pa
import pytest
from faker import Faker

from anon_assets.detectors.street_address import StreetAddress
from anon_assets.stages.text_search import recognised
from anon_assets.text_shapes import text_shape


@pytest.mark.parametrize(
    "address",
    [
        "47 MySakila Drive",
        "1600 Pennsylvania Ave NW",
        "221b Baker Street",
        "10 Downing St., Flat 2",
        "5 E 23rd St",
        "Barbarossastraße 19",
        "Hauptstr. 5a",
        "Rotenturmweg 4",
        "Keizersgracht 123",
        "12 rue de la Paix",
        "68, Rue Marie",
        "Calle Mayor 15",
        "C/ Alcalá, 42",
        "Via Garibaldi, 10",
        "Rua da Assunção 53",
        "Av. Brigadeiro Faria Lima, 2170",
        "ul. Marszałkowska 12",
        "Storgatan 5",
        "Mannerheimintie 14",
    ],
)
def test_addresses_of_many_countries(address: str) -> None:
    assert recognised(StreetAddress(), pa.array([address]), "t")[1][0]


@pytest.mark.parametrize(
    "other",
    [
        "Highway to Hell",
        "The Long Road",
        "3 weeks",
        "Street 7 Records Ltd",
        "50 ways to leave",
        "101 Dalmatians",
        "7 up",
    ],
)
def test_other_texts_with_numbers_and_streets(other: str) -> None:
    assert not recognised(StreetAddress(), pa.array([other]), "t")[1][0]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("sent to 221b Baker Street, please", "221b Baker Street"),
        (
            "lives at 1600 Pennsylvania Avenue NW, Washington, DC 20500.",
            "1600 Pennsylvania Avenue NW, Washington, DC 20500",
        ),
        ("at 350 Fifth Avenue, Suite 3300 now", "350 Fifth Avenue, Suite 3300"),
        ("wohnt Theodor-Heuss-Straße 34, 70174 Stuttgart seit Mai", "Theodor-Heuss-Straße 34, 70174 Stuttgart"),
        ("Lieferung an Hauptstr. 5a bitte", "Hauptstr. 5a"),
        ("habite 8 bis, rue de la Paix, 75002 Paris depuis", "8 bis, rue de la Paix, 75002 Paris"),
        ("vive en Calle Mayor 15, 28013 Madrid desde", "Calle Mayor 15, 28013 Madrid"),
        ("abita in Via Garibaldi, 10 da", "Via Garibaldi, 10"),
        ("mora na Rua da Assunção 53 desde", "Rua da Assunção 53"),
        ("woont Keizersgracht 123, 1015 CJ Amsterdam sinds", "Keizersgracht 123, 1015 CJ Amsterdam"),
        ("mieszka ul. Marszałkowska 12, 00-590 Warszawa od", "ul. Marszałkowska 12, 00-590 Warszawa"),
        ("write to P.O. Box 1234 or", "P.O. Box 1234"),
    ],
)
def test_addresses_in_text_with_what_belongs_to_them(text: str, address: str) -> None:
    detector = StreetAddress()
    spans = [text[start:end] for start, end in text_shape(detector).spans(text)]
    assert [span for span, fine in zip(spans, detector.valid(spans), strict=True) if fine] == [address]


@pytest.mark.parametrize(
    "locale", ["en_US", "de_DE", "es_ES", "it_IT", "nl_NL", "pl_PL", "sv_SE", "da_DK", "cs_CZ", "el_GR", "ru_RU"]
)
def test_streets_of_many_countries_by_value_alone(found, locale: str) -> None:
    fake = Faker(locale)
    fake.seed_instance(4)
    values = [" ".join(fake.street_address().split()) for _ in range(80)]
    assert found({"c17": values}, table="t")["c17"] == "street_address"


@pytest.mark.parametrize(
    "values",
    [
        [f"Room {n}" for n in range(1, 40)],
        [f"{word} {n}" for word in ("Windows", "iPhone", "Galaxy", "Pixel") for n in range(1, 12)],
        [f"Level {n}" for n in range(1, 30)],
        [
            f"{word} {n}"
            for n, word in enumerate(
                [
                    "red",
                    "green",
                    "blue",
                    "small",
                    "large",
                    "chair",
                    "table",
                    "lamp",
                    "shelf",
                    "paper",
                    "box",
                    "door",
                    "window",
                ]
            )
        ],
    ],
)
def test_rooms_versions_and_goods_with_numbers_are_not(found, values: list[str]) -> None:
    assert found({"c17": values}, table="t")["c17"] == ""
