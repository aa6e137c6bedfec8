"""Payment card numbers."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa
import pytest

from anon_assets.detectors.payment_card import PaymentCard
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised
from anon_assets.text_shapes import text_shape

Found = Callable[..., dict[str, str]]

# Test numbers that card networks and processors publish for trials.
PUBLISHED = [
    "378282246310005", "371449635398431", "30569309025904", "38520000023237", "6011111111111117", "6011000990139424",
    "3530111333300000", "3566002020360505", "5555555555554444", "5105105105105100", "4111111111111111",
    "4012888888881881", "4222222222222", "2223003122003222", "6759649826438453", "6304000000000000", "36227206271667",
    "6205500000000000004", "5019717010103742",
]  # fmt: skip


def grouped(number: str, by: tuple[int, ...], mark: str = " ") -> str:
    parts, start = [], 0
    for size in by:
        parts.append(number[start : start + size])
        start += size
    return mark.join(part for part in parts if part)


def made(first: str, length: int) -> str:
    """With the Luhn digit by its definition."""
    number = first + "".join(random.choices("0123456789", k=length - len(first) - 1))
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(number)))
    return number + str(-sum(each // 10 + each % 10 for each in doubled) % 10)


def test_published_trial_numbers_are_recognised() -> None:
    assert recognised(PaymentCard(), pa.array(PUBLISHED), "t")[1].all()


def test_numbers_of_all_brands_and_lengths() -> None:
    random.seed(1)
    brands = {
        16: ("4", "51", "55", "2221", "2720", "6011", "65", "35", "50", "56", "62", "2200"), 15: ("34", "37", "2131", "1800"),
        14: ("300", "305", "309", "36", "38", "39"), 13: ("4",), 19: ("4", "62", "6304"), 12: ("5018", "56", "6304", "6761"),
    }  # fmt: skip
    for length, firsts in brands.items():
        numbers = [made(first, length) for first in firsts for _ in range(20)]
        assert recognised(PaymentCard(), pa.array(numbers), "t")[1].all(), length
        assert text_hits(pa.array([f"card {number}, please" for number in numbers]), [PaymentCard()]) == {
            "payment_card": len(set(numbers))
        }


def test_one_changed_digit_is_noticed() -> None:
    changed = [number[:-1] + str((int(number[-1]) + 1) % 10) for number in PUBLISHED]
    assert not recognised(PaymentCard(), pa.array(changed), "t")[1].any()


def test_one_random_number_in_ten_passes() -> None:
    random.seed(4)
    values = sorted({f"4{random.randrange(10**15):015d}" for _ in range(3_000)})
    share = recognised(PaymentCard(), pa.array(values), "t")[1].mean()
    assert 0.08 < share < 0.12


@pytest.mark.parametrize("mark", [" ", "-", ".", "\xa0"])
def test_groups_are_taken_whole_and_nothing_after_them(mark: str) -> None:
    forms = [grouped("4111111111111111", (4, 4, 4, 4), mark), grouped("378282246310005", (4, 6, 5), mark),
             grouped("378282246310005", (4, 4, 4, 3), mark), grouped("30569309025904", (4, 6, 4), mark),
             grouped("6205500000000000004", (4, 4, 4, 4, 3), mark)]  # fmt: skip
    for form in forms:
        for text in (f"card {form} EXP 12/27", f"({form}),", f"pay with {form}"):
            spans = text_shape(PaymentCard()).spans(text)
            assert [text[start:end] for start, end in spans] == [form], text
            assert text_hits(pa.array([text]), [PaymentCard()]) == {"payment_card": 1}


def test_numbers_inside_longer_numbers_are_left_alone() -> None:
    assert text_hits(
        pa.array(["ref 94111111111111111", "x4111111111111111y", "4111111111111111"]), [PaymentCard()]
    ) == {"payment_card": 1}


def test_the_groups_of_a_wrong_iban_are_no_card() -> None:
    random.seed(5)
    texts = [f"DE{random.randrange(100):02d} {grouped(made('4', 16), (4, 4, 4, 4))} {n % 100:02d}" for n in range(200)]
    assert text_hits(pa.array(texts), [PaymentCard()]) == {}


def test_columns(found: Found) -> None:
    random.seed(6)
    good = [made("4", 16) for _ in range(60)]
    columns = {
        "c1": good, "color": [grouped(each, (4, 4, 4, 4)) for each in good], "c2": [int(each) for each in good],
        "order_no": [f"4{random.randrange(10**15):015d}" for _ in range(60)],
        "c3": list(range(4_111_111_111_111_100, 4_111_111_111_111_160)), "c4": ["**** **** **** 1111"] * 60,
        "c5": [made("35", 15) for _ in range(60)], "c6": [f"{1_700_000_000_000 + n * 977}" for n in range(60)],
    }  # fmt: skip
    assert [name for name, kind in found(columns).items() if kind == "payment_card"] == ["c1", "color", "c2"]


def test_names(found: Found) -> None:
    names = (
        "card_number",
        "creditCard",
        "kreditkartennummer",
        "numero_tarjeta",
        "card_holder",
        "card_expiry",
        "cardinal",
    )
    types = found({name: pa.array([None] * 5, pa.string()) for name in (*names[:3], *names[4:])})
    assert [name for name in types if types[name] == "payment_card"] == list(names[:3])
