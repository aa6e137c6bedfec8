from __future__ import annotations

from datetime import date

DATES = [date(1950 + number, 1 + number % 12, 1 + number % 28) for number in range(40)]


def test_birth_dates_are_known_by_name_in_many_languages(found) -> None:
    for name in (
        "birth_date",
        "dateOfBirth",
        "dob",
        "geburtsdatum",
        "date_naissance",
        "fecha_nacimiento",
        "data_urodzenia",
    ):
        assert found({name: DATES})[name] == "date_of_birth", name


def test_other_dates_are_not(found) -> None:
    for name in ("created_at", "last_update", "order_date", "due_date"):
        assert found({name: DATES})[name] == "", name
