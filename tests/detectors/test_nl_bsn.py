"""Citizen service numbers of the Netherlands."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.nl_bsn import NlBsn
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(NlBsn(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [NlBsn()]).get("nl_bsn", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def made() -> str:
    while True:
        number = digits(9)
        weighed = sum(int(digit) * weight for digit, weight in zip(number, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True))
        if weighed % 11 == 0 and number[0] != "0":
            return number


def test_published_numbers_are_recognised() -> None:
    """Test numbers of the Dutch administration."""
    assert all(accepted("111222333", "123456782", "1112.22.333", "111.222.333", "999990019"))


def test_numbers_made_by_the_eleven_test_with_and_without_leading_zero() -> None:
    random.seed(1)
    assert all(accepted(*(made() for _ in range(200)), "010000008", "10000008"))


def test_wrong_numbers_are_refused() -> None:
    assert not any(accepted("111252333", "123456789", "000000000", "1112223334", "1112223", "1112-22-333"))


def test_one_random_number_in_eleven_passes() -> None:
    random.seed(2)
    assert abs(sum(accepted(*(digits(9) for _ in range(20_000)))) / 20_000 - NlBsn.chance) < 0.01


def test_columns(found: Found) -> None:
    random.seed(3)
    good = [made() for _ in range(40)]
    columns = {
        "c1": good, "quantity": [int(each) for each in good], "c2": [digits(9) for _ in range(40)],
        "c3": list(range(111_222_300, 111_222_340)), "c4": [f"2024{n % 12 + 1:02d}{n % 28 + 1:02d}" for n in range(40)],
        "bsn": [digits(9) for _ in range(40)],
    }  # fmt: skip
    assert [name for name, kind in found(columns).items() if kind == "nl_bsn"] == ["c1", "quantity", "bsn"]


def test_names(found: Found) -> None:
    names = ("bsn", "BurgerServiceNummer", "klant_bsn", "sofinummer", "bsn_verified", "bsnx")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "nl_bsn"] == list(names[:4])


def test_in_text_a_word_must_name_it() -> None:
    assert in_text("BSN: 111222333.", "burgerservicenummer 1112.22.333", "bsn is 123456782") == 3
    assert in_text("order 111222333", "BSN 111252333", "bsn 1112223334") == 0
