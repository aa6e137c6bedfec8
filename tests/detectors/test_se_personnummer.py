"""Personal identity numbers of Sweden."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.se_personnummer import SePersonnummer
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(SePersonnummer(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [SePersonnummer()]).get("se_personnummer", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def check(nine: str) -> str:
    """The Luhn digit by its definition."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine))
    return str(-sum(each // 10 + each % 10 for each in doubled) % 10)


def made(days: int = 0) -> str:
    nine = f"{random.randint(30, 99)}{random.randint(1, 12):02d}{random.randint(1, 28) + days:02d}{digits(3)}"
    return nine[:6] + "-" + nine[6:] + check(nine)


def test_published_numbers_are_recognised() -> None:
    """Test numbers of the Swedish tax agency and of its leaflets."""
    assert all(accepted("811228-9874", "19811228-9874", "198112289874", "8112289874", "670919-9530", "121212+1212"))


def test_numbers_made_by_the_definition_and_coordination_numbers() -> None:
    random.seed(1)
    assert all(accepted(*(made() for _ in range(200)), *(made(60) for _ in range(200)), "701063-2391"))
    assert all(accepted(*("19" + made() for _ in range(50)), *(made().replace("-", "") for _ in range(50))))


def test_a_wrong_digit_or_date_is_refused() -> None:
    wrong = "811328987"
    assert not any(accepted("811228-9873", wrong[:6] + "-" + wrong[6:] + check(wrong), "17811228-9874", "811228-987"))


def test_lost_zeros_are_put_back() -> None:
    nine = "050228987"
    assert accepted((nine + check(nine)).lstrip("0")) == [True]


def test_few_random_numbers_pass_and_one_in_ten_of_those_with_a_date() -> None:
    random.seed(2)
    assert sum(accepted(*(digits(10) for _ in range(10_000)))) / 10_000 < 0.015
    dated = (made()[:7] + digits(4) for _ in range(10_000))
    assert abs(sum(accepted(*dated)) / 10_000 - SePersonnummer.chance) < 0.02


def test_columns(found: Found) -> None:
    random.seed(3)
    good = [made() for _ in range(40)]
    columns = {
        "c1": good, "city": ["19" + each for each in good], "c2": [each.replace("-", "") for each in good],
        "c3": [int("19" + each.replace("-", "")) for each in good],
        "c4": [f"2024{n % 12 + 1:02d}{n % 28 + 1:02d}-{n:04d}" for n in range(40)],
        "c5": [digits(6) + "-" + digits(4) for _ in range(40)], "personnummer": [digits(10) for _ in range(40)],
    }  # fmt: skip
    typed = [name for name, kind in found(columns).items() if kind == "se_personnummer"]
    assert typed == ["c1", "city", "c2", "c3", "personnummer"]


def test_names(found: Found) -> None:
    names = ("personnummer", "PersonNr", "samordningsnummer", "person_id", "personnummer_verified")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "se_personnummer"] == list(names[:3])


def test_in_text() -> None:
    assert in_text("född 811228-9874.", "(19811228-9874)", "personnummer 8112289874") == 3
    assert in_text("811228-9873", "order 8112289874", "20240115-1030", "ref 811228-98745") == 0
