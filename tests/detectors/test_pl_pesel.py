"""Personal identification numbers of Poland."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.pl_pesel import PlPesel
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(PlPesel(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [PlPesel()]).get("pl_pesel", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def check(ten: str) -> str:
    weighed = sum(int(digit) * weight for digit, weight in zip(ten, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=True))
    return str(-weighed % 10)


def made(century: int = 0) -> str:
    ten = f"{digits(2)}{random.randint(1, 12) + century:02d}{random.randint(1, 28):02d}{digits(4)}"
    return ten + check(ten)


def test_published_numbers_are_recognised() -> None:
    assert all(accepted("44051401359", "02070803628"))


def test_numbers_of_all_centuries() -> None:
    random.seed(1)
    for century in (0, 20, 40, 60, 80):
        assert all(accepted(*(made(century) for _ in range(50))))


def test_lost_zeros_are_put_back() -> None:
    assert all(accepted("2070803628", "02070803628"))


def test_a_wrong_digit_or_date_is_refused() -> None:
    wrong = "4405320135"
    assert not any(accepted("44051401358", wrong + check(wrong), "00000000000", "440514013590", "44051401"))


def test_two_random_numbers_in_a_hundred_pass_and_one_in_ten_of_those_with_a_date() -> None:
    random.seed(2)
    assert 0.01 < sum(accepted(*(digits(11) for _ in range(10_000)))) / 10_000 < 0.03
    dated = (made()[:6] + digits(5) for _ in range(10_000))
    assert abs(sum(accepted(*dated)) / 10_000 - PlPesel.chance) < 0.02


def test_columns(found: Found) -> None:
    random.seed(3)
    good = [made() for _ in range(40)]
    columns = {
        "c1": good, "quantity": [int(each) for each in good], "c2": [digits(11) for _ in range(40)],
        "c3": [made()[:6] + digits(5) for _ in range(40)], "pesel": [digits(11) for _ in range(40)],
    }  # fmt: skip
    assert [name for name, kind in found(columns).items() if kind == "pl_pesel"] == ["c1", "quantity", "pesel"]


def test_names(found: Found) -> None:
    names = ("pesel", "NrPesel", "pesel_klienta", "numer_pesel", "pesel_zweryfikowany")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "pl_pesel"] == list(names[:4])


def test_in_text_a_word_must_name_it() -> None:
    assert in_text("PESEL: 44051401359,", "nr PESEL 440514 01359") == 2
    assert in_text("order 44051401359", "PESEL 44051401358") == 0
