from __future__ import annotations

AMOUNTS = [52_000 + 750 * number for number in range(30)]


def test_pay_is_known_by_name(found) -> None:
    for name in ("salary", "gehalt", "salaire", "sueldo", "stipendio", "wynagrodzenie"):
        assert found({name: AMOUNTS})[name] == "salary", name


def test_amounts_and_classes_are_not(found) -> None:
    for name in ("amount", "price", "salary_grade", "salary_currency"):
        assert found({name: AMOUNTS})[name] == "", name
