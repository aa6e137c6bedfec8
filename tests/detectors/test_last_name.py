from __future__ import annotations

NAMES = [
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


def test_family_names_by_name_and_by_value(found) -> None:
    for name in ("last_name", "surname", "nachname", "apellido", "nazwisko"):
        assert found({name: NAMES})[name] == "last_name", name


def test_the_name_of_a_file_is_none(found) -> None:
    assert found({"last_file": [f"part{n}.csv" for n in range(12)]})["last_file"] == ""
