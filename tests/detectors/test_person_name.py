from __future__ import annotations

FIRST = ["Anna", "Bernd", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Lukas"]
LAST = [
    "Schmidt",
    "Garcia",
    "Rossi",
    "Kowalski",
    "Dubois",
    "Jansen",
    "Silva",
    "Novak",
    "Miller",
    "Weber",
    "Moreau",
    "Costa",
]
FULL = [f"{first} {last}" for first, last in zip(FIRST, LAST, strict=True)]


def test_full_names_by_name_and_by_value(found) -> None:
    for name in ("full_name", "cardholder_name", "customer_name"):
        assert found({name: FULL})[name] == "person_name", name


def test_names_of_things_are_not(found) -> None:
    things = ["Red chair", "Oak table", "Desk lamp", "Floor mat", "Wall clock", "Glass vase", "Tea pot", "Book shelf"]
    assert found({"id": list(range(8)), "name": things}, table="product")["name"] == ""
