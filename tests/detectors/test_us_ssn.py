"""Social Security numbers of the United States."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.us_ssn import UsSsn
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(UsSsn(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [UsSsn()]).get("us_ssn", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def made() -> str:
    area = random.choice([*range(1, 666), *range(667, 900)])
    return f"{area:03d}-{random.randint(1, 99):02d}-{random.randint(1, 9999):04d}"


def test_numbers_that_were_given_out_or_printed_are_recognised() -> None:
    """The first ever issued, one of an advertisement, and the limits of each group."""
    assert all(accepted("055-09-0001", "078-05-1120", "001-01-0001", "665-99-9999", "667-01-0001", "899-99-9999"))
    assert all(accepted("536-90-4399", "536 90 4399"))


def test_numbers_never_given_out_are_refused() -> None:
    never = ("000-12-3456", "666-12-3456", "900-12-3456", "999-99-9999", "123-00-4567", "123-45-0000")
    assert not any(accepted(*never, "123456789", "1234-56-789", "12-3456789", "123-45-67890"))


def test_nine_random_numbers_in_ten_pass() -> None:
    random.seed(1)
    share = sum(accepted(*(f"{digits(3)}-{digits(2)}-{digits(4)}" for _ in range(10_000)))) / 10_000
    assert abs(share - UsSsn.chance) < 0.02


def test_columns_need_groups_and_hardly_an_exception(found: Found) -> None:
    random.seed(2)
    good = [made() for _ in range(150)]
    columns = {
        "c1": good,
        "city": good,
        "c2": [f"{digits(3)}-{digits(2)}-{digits(4)}" for _ in range(150)],
        "c3": [number.replace("-", "") for number in good],
        "c4": [f"{digits(2)}-{digits(7)}" for _ in range(150)],
        "c5": list(range(123_456_001, 123_456_151)),
    }
    assert found(columns) == {"c1": "us_ssn", "city": "us_ssn", "c2": "", "c3": "", "c4": "", "c5": ""}


def test_bare_digits_count_where_the_name_speaks(found: Found) -> None:
    random.seed(3)
    bare = [made().replace("-", "") for _ in range(50)]
    columns = {
        "ssn": bare, "SocialSecurityNumber": [int(number) for number in bare], "numero_de_seguridad_social": bare,
        "ssn_verified": bare, "c7": bare, "social": bare,
    }  # fmt: skip
    assert [name for name, kind in found(columns).items() if kind == "us_ssn"] == list(columns)[:3]


def test_in_text() -> None:
    random.seed(4)
    numbers = [made() for _ in range(300)]
    assert in_text(*(f"his SSN: {number}." for number in numbers)) == 300
    assert in_text(*(f"({number})" for number in numbers)) == 300
    assert in_text("SSN 536904399", "social security number is 536 90 4399", "soc sec 536.90.4399") == 3
    assert in_text("order 536904399", "call 536 90 4399", "ref 123-45-67890", "2024-01-3100", "A536-90-4399") == 0
