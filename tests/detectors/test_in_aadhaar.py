"""Aadhaar numbers of India."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.in_aadhaar import InAadhaar
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(InAadhaar(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [InAadhaar()]).get("in_aadhaar", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


# Verhoeff's tables, from the group of symmetries of a pentagon.
TIMES = [
    [(a + b) % 5 + 5 * (b > 4) if a < 5 else (a - b) % 5 + 5 * (b < 5) for b in range(10)] for a in range(10)
]  # fmt: skip
TURNED = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]


def check(eleven: str) -> str:
    def rest(number: str) -> int:
        value = 0
        for place, digit in enumerate(reversed(number)):
            turned = int(digit)
            for _ in range(place % 8):
                turned = TURNED[turned]
            value = TIMES[value][turned]
        return value

    return next(str(last) for last in range(10) if rest(f"{eleven}{last}") == 0)


def made() -> str:
    eleven = random.choice("23456789") + digits(10)
    return eleven + check(eleven)


def test_published_numbers_are_recognised() -> None:
    assert all(accepted("234123412346", "2341 2341 2346", "2341-2341-2346"))
    assert check("23412341234") == "6"


def test_of_ten_last_digits_one_is_right() -> None:
    random.seed(1)
    for _ in range(50):
        number = made()
        assert [last for last in "0123456789" if accepted(number[:11] + last)[0]] == [number[11]]


def test_numbers_never_given_out_are_refused() -> None:
    zero, one = "02341234123", "12341234123"
    assert not any(accepted(zero + check(zero), one + check(one), "222222222222", "2341 2341 2347", "23412341234"))


def test_one_random_number_in_ten_passes() -> None:
    random.seed(2)
    values = (random.choice("23456789") + digits(11) for _ in range(10_000))
    assert abs(sum(accepted(*values)) / 10_000 - InAadhaar.chance) < 0.012


def test_columns(found: Found) -> None:
    random.seed(3)
    good = [made() for _ in range(40)]
    columns = {
        "c1": good, "color": [f"{each[:4]} {each[4:8]} {each[8:]}" for each in good], "c2": [int(each) for each in good],
        "c3": ["4" + digits(11) for _ in range(40)], "c4": list(range(234_123_412_300, 234_123_412_340)),
        "aadhaar_no": ["4" + digits(11) for _ in range(40)],
    }  # fmt: skip
    assert [name for name, kind in found(columns).items() if kind == "in_aadhaar"] == [
        "c1",
        "color",
        "c2",
        "aadhaar_no",
    ]


def test_names(found: Found) -> None:
    names = ("aadhaar", "AadharNumber", "uidai", "aadhaar_verified", "uid")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "in_aadhaar"] == list(names[:3])


def test_in_text_a_word_must_name_it() -> None:
    assert in_text("Aadhaar: 2341 2341 2346.", "aadhaar no 234123412346") == 2
    assert in_text("order 234123412346", "Aadhaar 2341 2341 2347", "card 2341 2341 2346 1111") == 0
