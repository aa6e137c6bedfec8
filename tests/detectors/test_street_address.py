"""Street addresses."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anon_assets.detectors.street_address import StreetAddress
from anon_assets.stages.text_search import recognised


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
