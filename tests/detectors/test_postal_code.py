from __future__ import annotations

CODES = ["10115", "69001", "80-001", "1012 AB", "SW1A 1AA", "28001", "00184", "4000-322", "90210", "8001"]


def test_postal_codes_are_known_by_name(found) -> None:
    for name in ("postal_code", "zip", "plz", "code_postal", "codigo_postal", "kod_pocztowy"):
        assert found({name: CODES})[name] == "postal_code", name


def test_numbers_of_that_shape_are_not(found) -> None:
    assert found({"order_number": ["10115", "69001", "28001", "90210", "80331", "20095"]})["order_number"] == ""
