from __future__ import annotations

FIRMS = [
    "Acme Ltd",
    "Meyer GmbH",
    "Dupont SA",
    "Rossi Srl",
    "Kowalski sp. z o.o.",
    "Silva Lda",
    "Jansen BV",
    "Weber AG",
]


def test_an_employer_beside_a_person(found) -> None:
    mails = [f"p{number}@mail.example" for number in range(len(FIRMS))]
    assert found({"email": mails, "company": FIRMS})["company"] == "company"


def test_a_list_of_companies_is_not_personal(found) -> None:
    assert found({"id": list(range(8)), "company": FIRMS}, table="exchange")["company"] == ""
