"""Vehicle identification numbers."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.vin import Vin
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(Vin(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [Vin()]).get("vin", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
# 49 CFR 565.15, table III and IV.
WORTH = dict(zip(SIGNS, (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9, *range(10)), strict=True))
WEIGHT = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def made(maker: str = "1HG") -> str:
    number = maker + "".join(random.choices(SIGNS, k=10)) + digits(4)
    rest = sum(WORTH[sign] * weight for sign, weight in zip(number, WEIGHT, strict=True)) % 11
    return number[:8] + ("X" if rest == 10 else str(rest)) + number[9:]


def test_published_numbers_are_recognised() -> None:
    """The example of 49 CFR 565, and numbers of American and European makers from their leaflets."""
    assert all(
        accepted(
            "1M8GDM9AXKP042788", "5GZCZ43D13S812715", "1HGCM82633A004352", "WVWZZZ1JZ3W386752", "WDD2040021A123456"
        )
    )


def test_numbers_made_by_the_regulation() -> None:
    random.seed(1)
    assert all(accepted(*(made() for _ in range(200)), *(made("JT2").lower() for _ in range(50))))


def test_a_wrong_check_digit_letters_never_used_and_plain_numbers_are_refused() -> None:
    assert not any(accepted("1M8GDM9A1KP042788", "1M8GDM9AXKP04278", "IO8GDM9AXKP042788", "12345678901234567"))
    assert not any(accepted("PKG20240115001235", "ABCDEFGHJKLMNPRST"))


def test_one_random_text_in_ten_passes_that_has_a_digit_in_the_ninth_place() -> None:
    random.seed(2)
    values = ["".join(random.choices(SIGNS, k=17)) for _ in range(20_000)]
    assert sum(accepted(*values)) / 20_000 < 0.05
    digit = [value[:8] + digits(1) + value[9:] for value in values]
    assert 0.08 < sum(accepted(*digit)) / 20_000 <= Vin.chance + 0.005


def test_columns(found: Found) -> None:
    random.seed(3)
    columns = {
        "c1": [made() for _ in range(40)], "color": [made("JT2") for _ in range(40)],
        "c2": ["".join(random.choices(SIGNS, k=17)) for _ in range(40)], "c3": ["PKG202401" + digits(8) for _ in range(40)],
        "vin": ["rouge", "blanc"] * 20, "c4": [digits(17) for _ in range(40)],
        "chassis_number": [made("WVW") for _ in range(40)],
    }  # fmt: skip
    assert [name for name, kind in found(columns).items() if kind == "vin"] == ["c1", "color", "chassis_number"]


def test_names_need_values(found: Found) -> None:
    random.seed(4)
    good = [made() for _ in range(12)] + ["unknown " + digits(3) for _ in range(28)]
    assert found({"vin": good, "vin_decoder": ["a"] * 40}) == {"vin": "vin", "vin_decoder": ""}


def test_in_text() -> None:
    assert in_text("VIN 1M8GDM9AXKP042788.", "(WVWZZZ1JZ3W386752)") == 2
    assert in_text("1M8GDM9A1KP042788", "X1M8GDM9AXKP042788", "12345678901234567") == 0
