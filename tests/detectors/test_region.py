from __future__ import annotations

REGIONS = ["Bavaria", "Texas", "Ontario", "Silesia", "Brittany", "Tuscany", "Galicia", "Tyrol"]


def test_a_region_counts_beside_a_person_only(found) -> None:
    mails = [f"p{number}@mail.example" for number in range(len(REGIONS))]
    assert found({"email": mails, "state": REGIONS})["state"] == "region"
    assert found({"id": list(range(8)), "region": REGIONS}, table="warehouse")["region"] == ""
