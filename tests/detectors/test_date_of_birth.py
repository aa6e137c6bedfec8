from __future__ import annotations

import random
from datetime import date, datetime, time

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


def between(first: date, last: date, seed: int = 3) -> list[date]:
    drawn = random.Random(seed)
    return [date.fromordinal(drawn.randint(first.toordinal(), last.toordinal())) for _ in range(200)]


def test_dates_that_spread_like_births_are_births_without_a_name(found) -> None:
    adults = between(date(1940, 1, 1), date(2005, 1, 1))
    assert found({"c17": adults}, table="t")["c17"] == "date_of_birth"
    assert found({"c17": [f"{day:%d.%m.%Y}" for day in adults]}, table="t")["c17"] == "date_of_birth"
    assert found({"c17": [datetime.combine(day, time()) for day in adults]}, table="t")["c17"] == "date_of_birth"


def test_orders_contracts_works_and_events_are_not_births(found) -> None:
    weekdays = [day for day in between(date(1940, 1, 1), date(2005, 1, 1)) if day.weekday() < 5]
    columns = {
        "orders": between(date(2019, 1, 1), date(2026, 1, 1)),
        "contracts": [day.replace(day=1) for day in between(date(1950, 1, 1), date(2005, 1, 1))],
        "releases": between(date(1950, 1, 1), date(2026, 1, 1)),
        "history": between(date(1500, 1, 1), date(1990, 1, 1)),
        "one decade": between(date(1990, 1, 1), date(2000, 1, 1)),
        "plans": between(date(2000, 1, 1), date(2060, 1, 1)),
        "business": weekdays,
        "times": [f"{day:%Y-%m-%d} 13:{day.day:02d}:07" for day in between(date(1940, 1, 1), date(2005, 1, 1))],
        "few": between(date(1940, 1, 1), date(2005, 1, 1))[:8],
    }
    for what, values in columns.items():
        assert found({"c17": values}, table="t")["c17"] == "", what
