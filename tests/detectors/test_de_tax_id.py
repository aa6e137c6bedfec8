"""Tax identification numbers of Germany."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.de_tax_id import DeTaxId
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(DeTaxId(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [DeTaxId()]).get("de_tax_id", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def check(ten: str) -> str:
    """The last digit by ISO 7064, mod 11-10."""
    product = 10
    for digit in ten:
        summed = (int(digit) + product) % 10 or 10
        product = summed * 2 % 11
    return str((11 - product) % 10)


def made() -> str:
    """Nine different digits in ten places, the first not 0: exactly one digit occurs twice."""
    while True:
        chosen = random.sample("0123456789", 9)
        chosen.insert(random.randrange(10), random.choice(chosen))
        ten = "".join(chosen)
        if ten[0] != "0" and len(set(ten)) == 9:
            return ten + check(ten)


def test_published_numbers_are_recognised() -> None:
    assert all(accepted("36574261809", "36 574 261 809", "36/574/261/809", "86095742719", "65929970489"))


def test_of_ten_last_digits_one_is_right() -> None:
    random.seed(1)
    for _ in range(50):
        ten = made()[:10]
        assert [last for last in range(10) if accepted(f"{ten}{last}")[0]] == [int(check(ten))]


def test_digits_repeated_too_often_or_never_are_refused() -> None:
    for ten in ("1234567890", "1111234567", "1122345678", "0123456788"):
        assert accepted(ten + check(ten)) == [False], ten


def test_four_random_numbers_in_a_thousand_pass() -> None:
    random.seed(2)
    assert sum(accepted(*(f"{random.randint(1, 9)}{digits(10)}" for _ in range(20_000)))) / 20_000 <= DeTaxId.chance


def test_columns(found: Found) -> None:
    random.seed(3)
    good = [made() for _ in range(40)]
    columns = {
        "c1": good, "quantity": [int(each) for each in good], "c2": [digits(11) for _ in range(40)],
        "steuer_id": good, "c3": list(range(36_574_261_800, 36_574_261_840)), "ust_id": ["DE" + digits(9)] * 40,
    }  # fmt: skip
    typed = [name for name, kind in found(columns).items() if kind == "de_tax_id"]
    assert typed == ["c1", "quantity", "steuer_id"]


def test_names(found: Found) -> None:
    names = ("steuerIdentifikationsnummer", "Steuer_ID", "idnr", "tax_id", "tax_rate", "company_tax_id")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "de_tax_id"] == list(names[:4])
    elsewhere = found({"tax_id": pa.array([None] * 5, pa.string())}, table="invoices")
    assert elsewhere == {"tax_id": ""}


def test_in_text() -> None:
    assert in_text("IdNr. 36574261809,", "Steuer-ID: 36 574 261 809") == 2
    assert in_text("order 36574261808", "365742618091", "tel 49301234567") == 0
