"""National insurance numbers of the United Kingdom."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.uk_nino import UkNino
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(UkNino(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [UkNino()]).get("uk_nino", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def made() -> str:
    first, second = random.choice("ABCEHJLMOPRSWXY"), random.choice("ABCEHJLMPRSWXYZ")
    return f"{first}{second}{digits(6)}{random.choice('ABCD')}"


def test_letters_as_hmrc_gives_them_out() -> None:
    """Manual NIM39110; QQ is what forms print as an example and no one has."""
    assert all(accepted("AB123456C", "JG121316A", "CE 12 34 56 D", "ZY-65-43-21-B", "ab123456c", "NY 123456 A"))
    for prefix in ("DA", "FA", "IA", "QA", "UA", "VA", "AD", "AF", "AI", "AO", "AQ", "AU", "AV", "QQ"):
        assert accepted(f"{prefix}123456A") == [False], prefix
    for prefix in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"):
        assert accepted(f"{prefix}123456A") == [False], prefix
    assert not any(accepted("AB123456E", "AB12345A", "AB1234567A", "A1234567B"))


def test_one_random_text_in_twelve_passes() -> None:
    random.seed(1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    values = ("".join(random.choices(letters, k=2)) + digits(6) + random.choice(letters) for _ in range(20_000))
    assert abs(sum(accepted(*values)) / 20_000 - UkNino.chance) < 0.01


def test_columns_by_values(found: Found) -> None:
    random.seed(2)
    good = [made() for _ in range(40)]
    spaced = [f"{each[:2]} {each[2:4]} {each[4:6]} {each[6:8]} {each[8]}" for each in good]
    articles = ["".join(random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=2)) + digits(6) + "X" for _ in range(40)]
    types = found({"c1": good, "city": spaced, "c2": articles, "c3": [each[:8] for each in good]})
    assert types == {"c1": "uk_nino", "city": "uk_nino", "c2": "", "c3": ""}


def test_names(found: Found) -> None:
    names = ("nino", "NationalInsuranceNumber", "ni_number", "ni_category", "nino_valid", "el_nino_index")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "uk_nino"] == list(names[:3])


def test_in_text() -> None:
    assert in_text("NINO AB 12 34 56 C.", "his is AB123456C", "ni number: AB123456", "(ce-12-34-56-d) ni number") == 3
    assert in_text("part AB123456E", "AB123456CD", "code AB123456", "QQ123456C") == 0
