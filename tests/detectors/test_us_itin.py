"""Taxpayer numbers of the United States."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.us_itin import UsItin
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(UsItin(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [UsItin()]).get("us_itin", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def test_the_ranges_of_the_revenue_service() -> None:
    good = {*range(50, 66), *range(70, 89), 90, 91, 92, *range(94, 100)}
    for group in range(100):
        assert accepted(f"912-{group:02d}-3456") == [group in good], group
    assert accepted("900 70 0000") == [True]
    assert not any(accepted("812-70-3456", "912703456", "9127-03-456"))


def test_one_random_number_in_22_passes() -> None:
    random.seed(1)
    share = sum(accepted(*(f"{digits(3)}-{digits(2)}-{digits(4)}" for _ in range(10_000)))) / 10_000
    assert abs(share - 0.044) < 0.01


def test_columns_by_values_and_names(found: Found) -> None:
    random.seed(2)
    good = [f"9{digits(2)}-{random.choice([55, 71, 88, 90, 99])}-{digits(4)}" for _ in range(40)]
    columns = {
        "c1": good, "color": good, "itin": [number.replace("-", "") for number in good],
        "c2": [number.replace("-", "") for number in good], "c3": [f"9{digits(2)}-93-{digits(4)}" for _ in range(40)],
        "itin_status": ["open", "closed"] * 20,
    }  # fmt: skip
    types = found(columns)
    assert [name for name, kind in types.items() if kind == "us_itin"] == ["c1", "color", "itin"]
    assert not types["c2"]


def test_in_text() -> None:
    assert in_text("ITIN: 912-70-3456", "(999-88-1234)", "itin 912703456", "taxpayer id 912 70 3456") == 4
    assert in_text("912-93-3456", "number 912703456", "912-70-34567", "512-70-3456") == 0
