from __future__ import annotations

NAMES = ["Anna", "Bernd", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Lukas"]


def test_given_names_by_name_and_by_value(found) -> None:
    for name in ("first_name", "vorname", "prenom", "imie", "givenName"):
        assert found({name: NAMES})[name] == "first_name", name


def test_other_words_under_that_name_are_not_believed(found) -> None:
    assert found({"first_name_count": list(range(12))})["first_name_count"] == ""
