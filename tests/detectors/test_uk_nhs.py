"""Patient numbers of the National Health Service."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.uk_nhs import UkNhs
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(UkNhs(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [UkNhs()]).get("uk_nhs", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def check(nine: str) -> str:
    """The last digit by the definition of the NHS data dictionary; X where it is ten, as books write it."""
    rest = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(nine)) % 11
    return {11: "0", 10: "X"}.get(rest, str(rest))


def made() -> str:
    while True:
        nine = digits(9)
        if check(nine) != "X":
            return nine + check(nine)


def book() -> str:
    nine = digits(9)
    return nine + check(nine)


def test_published_numbers_are_recognised() -> None:
    assert all(accepted("943 476 5919", "943-476-5919", "9434765919", "401 023 2137", "450 557 7104"))


def test_one_changed_digit_and_repeated_digits_are_refused() -> None:
    assert not any(accepted("943 476 5918", "943 476 5829", "9434765910", "0000000000", "1111111111", "94347 65919"))


def test_one_random_number_in_eleven_passes() -> None:
    random.seed(1)
    share = sum(accepted(*(digits(10) for _ in range(20_000)))) / 20_000
    assert abs(share - UkNhs.chance) < 0.01


def test_columns_by_values(found: Found) -> None:
    random.seed(2)
    good = [made() for _ in range(60)]
    columns = {
        "c1": good,
        "city": [f"{each[:3]} {each[3:6]} {each[6:]}" for each in good],
        "c2": [int("4" + each[1:]) for each in good],
        "c3": [book() for _ in range(60)],
        "c4": [digits(10) for _ in range(60)],
        "c5": list(range(4_505_577_000, 4_505_577_060)),
    }
    assert found(columns) == {"c1": "uk_nhs", "city": "uk_nhs", "c2": "", "c3": "", "c4": "", "c5": ""}
    assert found({"c6": [int(each) for each in good if each[0] != "0"]}) == {"c6": "uk_nhs"}


def test_names(found: Found) -> None:
    random.seed(3)
    bare = [made() for _ in range(30)]
    names = ("nhs_number", "NHSNo", "numero_nhs", "nhs_trust")
    empty = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if empty[name] == "uk_nhs"] == list(names[:3])
    assert found({"nhs_number": bare}) == {"nhs_number": "uk_nhs"}


def test_in_text_a_word_must_name_it() -> None:
    assert in_text("NHS number: 943 476 5919", "nhs no 9434765919", "NHS 943-476-5919.") == 3
    assert in_text("call 943 476 5919", "NHS number: 943 476 5918", "ref 9434765919") == 0
