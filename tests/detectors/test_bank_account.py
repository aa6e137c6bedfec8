"""Bank account numbers in national form."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.bank_account import BankAccount
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(BankAccount(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [BankAccount()]).get("bank_account", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def clabe() -> str:
    """A Mexican account by the definition: weights 3, 7, 1, each product without its tens."""
    first = "032180" + digits(11)
    summed = sum(int(digit) * (3, 7, 1)[place % 3] % 10 for place, digit in enumerate(first))
    return f"{first}{-summed % 10}"


def belgian() -> str:
    ten = f"{random.choice('123456789')}{digits(9)}"
    return f"{ten[:3]}-{ten[3:]}-{int(ten) % 97 or 97:02d}"


def norwegian() -> str:
    while True:
        ten = f"{random.choice('123456789')}{digits(9)}"
        rest = -sum(int(d) * weight for d, weight in zip(ten, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        if rest < 10:
            return f"{ten[:4]}.{ten[4:6]}.{ten[6:]}{rest}"


def test_published_numbers_are_recognised() -> None:
    published = (
        "8601.11.17947",
        "19-2000145399/0800",
        "032180000118359719",
        "1234-1234-16 1234567890",
        "20-00-00 55779911",
    )
    assert all(accepted(*published, "01-0902-0068389-00", "2850590940090418135201"))


def test_numbers_made_by_the_definitions() -> None:
    random.seed(1)
    assert all(
        accepted(*(clabe() for _ in range(50)), *(belgian() for _ in range(50)), *(norwegian() for _ in range(50)))
    )


def test_a_wrong_check_digit_is_noticed() -> None:
    wrong = ("8601.11.17949", "19-2000145398/0800", "032180000118359710", "1234-1234-17 1234567890")
    assert not any(accepted(*wrong, "01-0902-0068388-00", "2850590940090418135200", "0" * 20, "12345678", "2024/2025"))


def test_one_random_number_in_ten_passes_at_most() -> None:
    random.seed(2)
    for shape in ((18,), (20,), (22,)):
        assert sum(accepted(*(digits(shape[0]) for _ in range(5_000)))) / 5_000 < BankAccount.chance + 0.015


def test_columns(found: Found) -> None:
    random.seed(3)
    columns = {
        "c1": [clabe() for _ in range(40)], "color": [belgian() for _ in range(40)],
        "c2": [f"20-{digits(2)}-{digits(2)} {digits(8)}" for _ in range(40)], "c3": [digits(18) for _ in range(40)],
        "c4": [digits(8) for _ in range(40)], "account_number": [digits(10) for _ in range(40)],
        "kontonr": list(range(12_345_600, 12_345_640)), "c5": [f"{digits(2)}-{digits(2)}-{digits(2)}" for _ in range(40)],
        "c6": [f"{n + 1}/2024" for n in range(40)],
    }  # fmt: skip
    typed = [name for name, kind in found(columns).items() if kind == "bank_account"]
    assert typed == ["c1", "color", "c2", "account_number", "kontonr"]


def test_names(found: Found) -> None:
    names = (
        "bank_account", "AccountNumber", "kontonummer", "numero_de_cuenta", "rekeningnummer", "numer_konta",
        "bank_account_type", "account_name", "account_id", "account_balance", "bank_name",
    )  # fmt: skip
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "bank_account"] == list(names[:6])


def test_in_text_a_word_must_name_it() -> None:
    assert in_text("account number: 12345678,", "Kontonummer 0532013000", "numer konta 19-2000145399/0800") == 3
    assert (
        in_text("order 12345678", "account number, opened 2024-01-15", "the account is 55", "032180000118359719") == 0
    )
