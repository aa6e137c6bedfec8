from __future__ import annotations

import random

import pytest

from anon_assets.detectors.postal_code import PostalCode

CODES = ["10115", "69001", "80-001", "1012 AB", "SW1A 1AA", "28001", "00184", "4000-322", "90210", "8001"]


def test_postal_codes_are_known_by_name(found) -> None:
    for name in ("postal_code", "zip", "plz", "code_postal", "codigo_postal", "kod_pocztowy"):
        assert found({name: CODES})[name] == "postal_code", name


def test_numbers_of_that_shape_are_not(found) -> None:
    assert found({"order_number": ["10115", "69001", "28001", "90210", "80331", "20095"]})["order_number"] == ""


FORMS = {
    "GB": [
        "SW1A 1AA",
        "EC1A 1BB",
        "W1A 0AX",
        "M1 1AE",
        "B33 8TH",
        "CR2 6XH",
        "DN55 1PT",
        "L1 8JQ",
        "G2 3DX",
        "BS1 4ST",
        "NE1 7RU",
        "CF10 1EP",
    ],
    "CA": [
        "K1A 0B1",
        "T5K 2N1",
        "M5V 3L9",
        "H2Y 1C6",
        "V6B 4Y8",
        "B3H 4R2",
        "R3C 4T3",
        "S4P 3Y2",
        "E3B 5A3",
        "A1C 5S7",
        "G1R 4P5",
        "C1A 4P3",
    ],
    "NL": [
        "1016 GV",
        "2513 AA",
        "3511 LX",
        "9712 CP",
        "5611 EM",
        "6211 CL",
        "8011 NV",
        "4811 DJ",
        "7311 AB",
        "1071 XX",
        "2011 RD",
        "3011 ED",
    ],
    "PL": [
        "00-950",
        "30-001",
        "50-101",
        "80-001",
        "61-701",
        "90-001",
        "40-001",
        "20-001",
        "15-001",
        "70-001",
        "85-001",
        "35-001",
    ],
    "BR": [
        "01310-100",
        "20040-020",
        "30130-010",
        "40020-000",
        "70040-010",
        "80010-000",
        "90010-000",
        "50010-000",
        "60010-000",
        "66010-000",
        "69005-000",
        "88010-000",
    ],
    "PT": [
        "1000-001",
        "4000-322",
        "3000-150",
        "8000-076",
        "2700-220",
        "9000-018",
        "4700-030",
        "6000-081",
        "7000-508",
        "5000-528",
        "2400-013",
        "3800-200",
    ],
}


@pytest.mark.parametrize("country", list(FORMS))
def test_codes_of_a_form_of_their_own_need_no_name(found, country: str) -> None:
    assert found({"c17": FORMS[country]}, table="t")["c17"] == "postal_code"


def test_digits_and_part_numbers_need_one(found) -> None:
    drawn = random.Random(5)
    digits = [f"{drawn.randrange(100_000):05d}" for _ in range(60)]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    parts = [
        f"{drawn.choice(letters)}{drawn.randrange(10)}{drawn.choice(letters)} {drawn.randrange(10)}{drawn.choice(letters)}"
        f"{drawn.randrange(10)}"
        for _ in range(300)
    ]
    assert found({"c17": digits}, table="t")["c17"] == ""
    assert found({"c17": parts}, table="t")["c17"] == ""
    passed = sum(PostalCode().valid(parts)) / len(parts)
    assert passed <= PostalCode.chance
